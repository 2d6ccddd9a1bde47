//! Barcodes nobody knows: where they were read, and which item each one is.
//!
//! Absent: changing barcodes that are known; those come from the item master.

use super::model::{agree, factors, message, proposals, seen};
use crate::{
    api::master,
    browser::page::TimeStyle,
    screen::desk::{
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, Loaded, load},
            note,
        },
        words,
    },
};
use leptos::prelude::*;
use shared::{
    api::master::{ItemRow, UnknownBarcodeRow},
    role::Permission,
};

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded =
        load(&[Topic::Barcode], move || desk.code(), |site| async move { master::unknown_barcodes(&site).await });
    let naming = RwSignal::new(None::<String>);
    let may_name = Memo::new(move |_| desk.may(Permission::PlanWork));
    view! {
        {note::head("Unknown barcodes", "Read on handhelds, kept with their quantity, waiting for somebody to say what they are", ())}
        // the form stands outside of the list: a barcode that arrives meanwhile must not wipe what is being typed
        {move || naming.get().map(|barcode| view! {
            <section class="naming-panel"><h2>"What is "<span class="code">{barcode.clone()}</span>"?"</h2>{form(desk, barcode, loaded, naming)}</section>
        })}
        {note::shown(loaded, move |rows: &Vec<UnknownBarcodeRow>| {
            if rows.is_empty() {
                return note::empty("Every barcode is known", "A barcode that no item has is kept as it was read and appears here. Naming it puts its quantity on the sheets it was read on.");
            }
            view! {
                <table class="rows">
                    <thead><tr><th>"Barcode"</th><th>"Seen"</th><th>"Where, by whom"</th><th class="right">"Scans"</th><th>"Taken for"</th><th></th></tr></thead>
                    <tbody>{rows.iter().map(|row| line(desk, row, loaded, naming, may_name)).collect_view()}</tbody>
                </table>
            }
            .into_any()
        })}
    }
    .into_any()
}

fn line(
    desk: Desk,
    row: &UnknownBarcodeRow,
    loaded: Loaded<Vec<UnknownBarcodeRow>>,
    naming: RwSignal<Option<String>>,
    may_name: Memo<bool>,
) -> impl IntoView + use<> {
    let (times, bins) = seen(row);
    let barcode = row.barcode.clone();
    let (mine, opened) = (barcode.clone(), barcode);
    let is_open = Memo::new(move |_| naming.with(|naming| naming.as_ref() == Some(&mine)));
    let sightings = row.seen.iter().take(4).map(|sighting| view! {
        <span class="block"><span class="code">{sighting.location_code.clone()}</span>
            <span class="quiet">{format!(" {}, {}", sighting.person_name, desk.time(sighting.at, TimeStyle::Minute))}</span></span>
    }).collect_view();
    let more = row.seen.len().saturating_sub(4);
    let scans: Vec<String> = row.seen.iter().map(|sighting| words::quantity(sighting.quantity)).take(4).collect();
    let act = Act::idle();
    let offers = proposals(row).into_iter().map(|proposed| {
        let what = format!("Pack of {} × {}", words::quantity(proposed.pack_factor), proposed.sku);
        let message = agree(&row.barcode, &proposed);
        let take = move |_| {
            let (site, message) = (desk.code_now(), message.clone());
            act.run(async move { master::name_barcode(&site, &message).await }, move |()| {
                desk.say("Named as it was taken for. The sheets it was read on are worked out again.".to_owned());
                loaded.again();
            });
        };
        view! {
            <span class="block">{what}" "{move || may_name.get().then(|| {
                let take = take.clone();
                view! { <button class="plain" data-test="take-proposal" disabled=move || act.busy.get() on:click=take>"Yes, it is"</button> }
            })}</span>
        }
    }).collect_view();
    view! {
        <tr data-test="unknown-row" data-barcode=row.barcode.clone()>
            <td class="code strong">{row.barcode.clone()}</td>
            <td class="nowrap">{format!("{} in {}", words::many(times as u64, "time", "times"), words::many(bins as u64, "bin", "bins"))}</td>
            <td>{sightings}{(more > 0).then(|| format!("and {more} more"))}</td>
            <td class="right number">{scans.into_iter().map(|scan| view! { <span class="block">{scan}</span> }).collect_view()}</td>
            <td>{offers}</td>
            <td class="right">{move || (may_name.get() && !is_open.get()).then(|| {
                let opened = opened.clone();
                view! { <button data-test="name-barcode" on:click=move |_| naming.set(Some(opened.clone()))>"Say what it is"</button> }
            })}</td>
        </tr>
    }
}

fn form(
    desk: Desk,
    barcode: String,
    loaded: Loaded<Vec<UnknownBarcodeRow>>,
    naming: RwSignal<Option<String>>,
) -> AnyView {
    let q = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<ItemRow>);
    let factor = RwSignal::new("1".to_owned());
    let fault = RwSignal::new(None::<String>);
    let act = Act::idle();
    let items = load(
        &[],
        move || (desk.code(), q.get()),
        |(site, q)| async move { if q.is_empty() { Ok(Vec::new()) } else { master::items(&site, &q).await } },
    );
    let save = move |_| {
        let Some(item) = chosen.get_untracked() else { return };
        match message(&barcode, &item, &factor.get_untracked()) {
            Err(sentence) => fault.set(Some(sentence)),
            Ok(message) => {
                fault.set(None);
                let site = desk.code_now();
                act.run(async move { master::name_barcode(&site, &message).await }, move |()| {
                    desk.say(format!("Named: it is {}. The sheets it was read on are worked out again.", item.sku));
                    naming.set(None);
                    loaded.again();
                });
            }
        }
    };
    Effect::new(move |_| {
        crate::browser::page::focus("[data-test='item-search']");
    });
    view! {
        <div class="naming">
            <label class="field"><span>"Which item is it?"</span>
                <input type="search" data-test="item-search" placeholder="SKU or words of the description" prop:value=move || q.get()
                    on:input:target=move |event| q.set(event.target().value().trim().to_owned())/>
            </label>
            {note::trouble_of(items)}
            <ul class="hits">{move || items.value.with(|items| items.iter().flatten().map(|item| {
                let (pick, id) = (item.clone(), item.id);
                view! {
                    <li><button class="hit" data-test="item-hit" data-sku=item.sku.clone()
                        aria-pressed=move || chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.id == id)).to_string()
                        on:click=move |_| chosen.set(Some(pick.clone()))>
                        <span class="code">{item.sku.clone()}</span><span class="clip">{item.description.clone()}</span><span class="quiet">{item.unit.clone()}</span>
                    </button></li>
                }
            }).collect_view())}</ul>
            {move || (!q.get().is_empty() && items.value.with(|items| items.as_ref().is_some_and(Vec::is_empty)) && !items.stale.get())
                .then(|| view! { <p class="quiet">"No item fits. If it is new, import it first; the barcode waits here."</p> })}
            {move || chosen.get().map(|item| view! {
                <div class="factor">
                    <label class="field"><span>{format!("One scan stands for how many {}?", item.unit)}</span>
                        <input class="short" inputmode="decimal" data-test="pack-factor" prop:value=move || factor.get() on:input:target=move |event| factor.set(event.target().value())/>
                    </label>
                    <div class="offers">{factors(&item).into_iter().map(|each| {
                        let text = each.to_string();
                        let shown = text.clone();
                        view! { <button class="plain" on:click=move |_| factor.set(text.clone())>{shown}</button> }
                    }).collect_view()}</div>
                </div>
            })}
            {move || fault.get().map(|sentence| view! { <p class="note note-warn" role="alert">{sentence}</p> })}
            {note::refusal(act.trouble)}
            <p>
                <button class="primary" data-test="save-barcode" on:click=save disabled=move || act.busy.get() || chosen.with(Option::is_none)>
                    {move || chosen.with(|chosen| chosen.as_ref().map_or_else(|| "Choose an item".to_owned(), |item| format!("It is {}", item.sku)))}
                </button>
                <button class="plain" on:click=move |_| naming.set(None)>"Not now"</button>
            </p>
        </div>
    }
    .into_any()
}

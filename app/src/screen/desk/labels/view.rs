//! Labels: what to print on the left, how it looks and the first label on the right.
//!
//! Absent: talking to printers. A browser prints the page; the file for label printers is saved.

use super::model::{Choice, Form, What, arrow_words, distance, dots_words, millimetres, size_words, symbol_words};
use crate::{
    api::{label, master},
    screen::desk::{
        devices::view::image,
        part::{
            context::Desk,
            feed::Topic,
            load::{Loaded, load},
            note,
        },
        words,
    },
};
use leptos::prelude::*;
use shared::{
    api::label::LabelPreview,
    label::{Arrow, Dots, LabelSize, Symbol},
};

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let choice = RwSignal::new(Choice { copies: 1, ..Choice::default() });
    let what = Memo::new(move |_| choice.with(|choice| choice.what));
    let preview = load(
        &[Topic::Master],
        move || {
            let choice = choice.get();
            choice.is_any().then(|| choice.path(&desk.code(), Form::Preview))
        },
        |path| async move {
            match path {
                Some(path) => label::preview(path).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let tab = move |each: What, title: &'static str, name: &'static str| {
        view! {
            <button role="tab" aria-selected=move || (what.get() == each).to_string() data-test=name
                on:click=move |_| choice.update(|choice| choice.what = each)>{title}</button>
        }
    };
    view! {
        {note::head("Labels", "Printed by the browser, or saved for a label printer", ())}
        <div class="case">
            <section class="case-main">
                <div class="tabs" role="tablist">{tab(What::Bins, "Bins", "label-bins")}{tab(What::Items, "Items", "label-items")}</div>
                {move || match what.get() {
                    What::Bins => bins(desk, choice),
                    What::Items => items(desk, choice),
                }}
                {left_out(preview)}
            </section>
            <aside class="case-side">{looks(desk, choice, what, preview)}</aside>
        </div>
    }
    .into_any()
}

fn bins(desk: Desk, choice: RwSignal<Choice>) -> AnyView {
    let q = RwSignal::new(String::new());
    let zones =
        load(&[Topic::Master], move || desk.code(), |site| async move { master::locations(&site, "", "", None).await });
    let zone = Memo::new(move |_| choice.with(|choice| choice.zone.clone()));
    let aisles = load(
        &[Topic::Master],
        move || (desk.code(), zone.get()),
        |(site, zone)| async move { label::aisles(&site, &zone).await },
    );
    let hits = load(
        &[],
        move || (desk.code(), q.get(), zone.get()),
        |(site, q, zone)| async move {
            if q.is_empty() {
                Ok(Vec::new())
            } else {
                master::locations(&site, &q, &zone, None).await.map(|page| page.rows)
            }
        },
    );
    view! {
        <div class="field-row label-filters">
            <label class="field"><span>"Zone"</span>
                <select data-test="label-zone" on:change:target=move |event| choice.update(|choice| { choice.zone = event.target().value(); choice.aisle.clear(); })>
                    <option value="">"Every zone"</option>
                    {move || zones.value.with(|page| page.iter().flat_map(|page| &page.zones).filter(|(zone, _)| !zone.is_empty()).map(|(zone, number)| view! {
                        <option value=zone.clone() selected=choice.with_untracked(|choice| choice.zone == *zone)>{format!("{zone} ({number})")}</option>
                    }).collect_view())}
                </select>
            </label>
            <label class="field"><span>"Aisle"</span>
                <select data-test="label-aisle" on:change:target=move |event| choice.update(|choice| choice.aisle = event.target().value())>
                    <option value="">"Every aisle"</option>
                    {move || aisles.value.with(|aisles| aisles.iter().flatten().map(|aisle| view! {
                        <option value=aisle.clone() selected=choice.with_untracked(|choice| choice.aisle == *aisle)>{aisle.clone()}</option>
                    }).collect_view())}
                </select>
            </label>
        </div>
        <label class="field"><span>"Or single bins"</span>
            <input type="search" data-search data-test="label-bin-search" placeholder="Part of a code  ( / )" prop:value=move || q.get()
                on:input:target=move |event| q.set(event.target().value().trim().to_owned())/>
        </label>
        {note::trouble_of(hits)}
        <ul class="hits">{move || hits.value.with(|rows| rows.iter().flatten().take(12).map(|row| {
            let (id, pick) = (row.id, (row.id, row.code.clone()));
            view! {
                <li><button class="hit" data-test="label-bin-hit" data-code=row.code.clone()
                    aria-pressed=move || choice.with(|choice| choice.bins.iter().any(|(other, _)| *other == id)).to_string()
                    on:click=move |_| choice.update(|choice| Choice::toggle(&mut choice.bins, pick.clone()))>
                    <span class="code">{row.code.clone()}</span><span class="quiet">{row.zone.clone()}</span>
                </button></li>
            }
        }).collect_view())}</ul>
        {move || choice.with(|choice| (!choice.bins.is_empty()).then(|| picks(choice.bins.iter().map(|(_, code)| code.clone()).collect())))
            .map(|names| view! { {names}<button class="plain" on:click=move |_| choice.update(|choice| choice.bins.clear())>"None of them: all of zone and aisle"</button> })}
    }
    .into_any()
}

fn picks(names: Vec<String>) -> AnyView {
    view! { <ul class="reasons picks">{names.into_iter().map(|name| view! { <li class="code">{name}</li> }).collect_view()}</ul> }
        .into_any()
}

fn items(desk: Desk, choice: RwSignal<Choice>) -> AnyView {
    let q = RwSignal::new(String::new());
    let hits = load(
        &[],
        move || (desk.code(), q.get()),
        |(site, q)| async move { if q.is_empty() { Ok(Vec::new()) } else { master::items(&site, &q).await } },
    );
    let text = move |title: &'static str,
                     kind: &'static str,
                     name: &'static str,
                     read: fn(&Choice) -> &String,
                     write: fn(&mut Choice) -> &mut String| {
        view! {
            <label class="field"><span>{title}</span>
                <input type=kind data-test=name prop:value=move || choice.with(|choice| read(choice).clone())
                    on:change:target=move |event| choice.update(|choice| *write(choice) = event.target().value())/>
            </label>
        }
    };
    view! {
        <label class="field"><span>"Which items"</span>
            <input type="search" data-search data-test="label-item-search" placeholder="SKU, barcode or words of the description  ( / )" prop:value=move || q.get()
                on:input:target=move |event| q.set(event.target().value().trim().to_owned())/>
        </label>
        {note::trouble_of(hits)}
        <ul class="hits">{move || hits.value.with(|rows| rows.iter().flatten().take(12).map(|row| {
            let (id, pick) = (row.id, (row.id, row.sku.clone()));
            view! {
                <li><button class="hit" data-test="label-item-hit" data-sku=row.sku.clone()
                    aria-pressed=move || choice.with(|choice| choice.items.iter().any(|(other, _)| *other == id)).to_string()
                    on:click=move |_| choice.update(|choice| Choice::toggle(&mut choice.items, pick.clone()))>
                    <span class="code">{row.sku.clone()}</span><span class="clip">{row.description.clone()}</span><span class="quiet">{row.unit.clone()}</span>
                </button></li>
            }
        }).collect_view())}</ul>
        {move || choice.with(|choice| (!choice.items.is_empty()).then(|| picks(choice.items.iter().map(|(_, sku)| sku.clone()).collect())))
            .map(|names| view! { {names}<button class="plain" on:click=move |_| choice.update(|choice| choice.items.clear())>"None of them"</button> })}
        <div class="label-marks">
            {text("Lot", "text", "label-lot", |choice| &choice.lot, |choice| &mut choice.lot)}
            {text("Serial number", "text", "label-serial", |choice| &choice.serial, |choice| &mut choice.serial)}
            {text("Use by", "date", "label-expiry", |choice| &choice.expiry, |choice| &mut choice.expiry)}
            <label class="field"><span>"Labels of each"</span>
                <input type="number" min="1" max="500" data-test="label-copies" prop:value=move || choice.with(|choice| choice.copies.to_string())
                    on:change:target=move |event| choice.update(|choice| choice.copies = event.target().value().parse().unwrap_or(1).clamp(1, 500))/>
            </label>
        </div>
        <p class="quiet">"An item with a trade item number (GTIN) gets a GS1 barcode, with lot, serial number and date in it; any other its own barcode."</p>
    }
    .into_any()
}

/// The word of a choice in addresses, and its words for people.
type Words<T> = (fn(T) -> &'static str, fn(T) -> &'static str);
/// Where a choice is read and written.
type Held<T> = (RwSignal<Choice>, fn(&Choice) -> T, fn(&mut Choice, T));

fn select<T: Copy + PartialEq + Send + Sync + 'static>(
    (title, name): (&'static str, &'static str),
    all: &'static [T],
    (word, words): Words<T>,
    (choice, read, write): Held<T>,
) -> impl IntoView {
    view! {
        <label class="field"><span>{title}</span>
            <select data-test=name on:change:target=move |event| {
                let chosen = event.target().value();
                if let Some(each) = all.iter().find(|each| word(**each) == chosen) {
                    choice.update(|choice| write(choice, *each));
                }
            }>
                {all.iter().map(|each| {
                    let each = *each;
                    view! { <option value=word(each) selected=move || choice.with(|choice| read(choice) == each)>{words(each)}</option> }
                }).collect_view()}
            </select>
        </label>
    }
}

fn looks(
    desk: Desk,
    choice: RwSignal<Choice>,
    what: Memo<What>,
    preview: Loaded<Option<LabelPreview>>,
) -> impl IntoView {
    let is_sheet = Memo::new(move |_| choice.with(|choice| choice.size.sheet().is_some()));
    let ready =
        move || preview.value.with(|value| value.as_ref().and_then(Option::as_ref).is_some_and(|seen| seen.labels > 0));
    let href = move |form: Form| choice.with(|choice| choice.path(&desk.code(), form).as_str().to_owned());
    view! {
        {move || preview.value.with(|value| value.as_ref().and_then(Option::as_ref).filter(|seen| seen.labels > 0).map(|seen| view! {
            <img class="label-preview" data-test="label-preview" alt="The first label" src=image(&seen.svg)/>
        }))}
        {note::trouble_of(preview)}
        {move || preview.value.with(|value| value.as_ref().and_then(Option::as_ref).map(|seen| view! {
            <p data-test="label-number"><b>{words::many(u64::from(seen.labels), "label", "labels")}</b>
                {format!(" on {}", words::many(u64::from(seen.pages), "page", "pages"))}
                {(seen.labels > 0).then(|| view! { <span class="quiet">{format!(". Thinnest bar {}: {}.", millimetres(seen.module_um), distance(seen.module_um))}</span> })}</p>
        }))}
        {move || (!choice.with(Choice::is_any)).then(|| view! { <p class="quiet">"Choose an item to see its label."</p> })}
        <p class="pair-buttons">
            <a class="button primary" rel="external noopener" target="_blank" data-test="label-print" class:is-off=move || !ready()
                href=move || if ready() { href(Form::Print) } else { String::from("#") }>"Print…"</a>
            <a class="button" rel="external" download="labels.zpl" data-test="label-zpl" class:is-off=move || !ready()
                href=move || if ready() { href(Form::Zpl) } else { String::from("#") }>"Save ZPL"</a>
        </p>
        {select(("Size", "label-size"), &LabelSize::ALL, (LabelSize::word, size_words), (choice, |choice| choice.size, |choice, size| {
            choice.size = size;
            // sheets go through office printers
            choice.dots = if size.sheet().is_some() { Dots::Dpi600 } else { Dots::Dpi203 };
        }))}
        {select(("Symbol", "label-symbol"), &Symbol::ALL, (Symbol::word, symbol_words), (choice, |choice| choice.symbol, |choice, symbol| choice.symbol = symbol))}
        {select(("Printer", "label-dots"), &Dots::ALL, (Dots::word, dots_words), (choice, |choice| choice.dots, |choice, dots| choice.dots = dots))}
        {move || (what.get() == What::Bins).then(|| view! {
            {select(("Arrow", "label-arrow"), &Arrow::ALL, (Arrow::word, arrow_words), (choice, |choice| choice.arrow, |choice, arrow| choice.arrow = arrow))}
            <label class="check"><input type="checkbox" data-test="label-letters" prop:checked=move || choice.with(|choice| choice.has_letters)
                on:change:target=move |event| choice.update(|choice| choice.has_letters = event.target().checked())/>
                <span>"Two letters to read aloud where a label cannot be scanned"</span></label>
        })}
        {move || is_sheet.get().then(|| view! {
            <label class="field"><span>"Labels already used on the first sheet"</span>
                <input class="short" type="number" min="0" data-test="label-used" prop:value=move || choice.with(|choice| choice.used.to_string())
                    on:change:target=move |event| choice.update(|choice| choice.used = event.target().value().parse().unwrap_or(0))/>
            </label>
        })}
        <p class="quiet">"In the print dialogue: scale 100 %, no margins, no headers."</p>
    }
}

fn left_out(preview: Loaded<Option<LabelPreview>>) -> impl IntoView {
    move || {
        preview.value.with(|value| {
            let left = value.as_ref().and_then(Option::as_ref).map(|seen| seen.left_out.clone()).unwrap_or_default();
            let more = left.len().saturating_sub(20);
            (!left.is_empty()).then(|| view! {
                <div class="note note-warn" data-test="label-left-out">
                    <p><b>{format!("{} cannot be printed:", words::many(left.len() as u64, "label", "labels"))}</b></p>
                    <ul>{left.into_iter().take(20).map(|one| view! { <li><span class="code">{one.name}</span>{format!(": {}", one.why)}</li> }).collect_view()}</ul>
                    {(more > 0).then(|| view! { <p>{format!("and {more} more")}</p> })}
                </div>
            })
        })
    }
}

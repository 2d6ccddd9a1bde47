//! Making a count: what to count on the left, what becomes of it on the right.
//!
//! Absent: thresholds; a count takes the site's rules as they are now, and the server freezes them.

use super::model::{By, Picked};
use crate::{
    api::{count, master},
    browser::page::TimeStyle,
    screen::desk::{
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, Loaded, load},
            note,
        },
        place::Place,
        words,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::api::{
    count::CounterRow,
    master::{LocationPage, LocationRow},
};

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let picked = RwSignal::new(Picked::default());
    let (q, zone, after) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(None::<i64>));
    let zones =
        load(&[Topic::Master], move || desk.code(), |site| async move { master::locations(&site, "", "", None).await });
    let locations = load(
        &[Topic::Task],
        move || (desk.code(), q.get(), zone.get(), after.get()),
        |(site, q, zone, after)| async move { master::locations(&site, &q, &zone, after).await },
    );
    let counters =
        load(&[Topic::Person, Topic::Task], move || desk.code(), |site| async move { count::counters(&site).await });
    let by = Memo::new(move |_| picked.with(|picked| picked.by));
    let tab = move |each: By, title: &'static str, name: &'static str| {
        view! {
            <button role="tab" aria-selected=move || (by.get() == each).to_string() data-test=name
                on:click=move |_| picked.update(|picked| picked.by = each)>{title}</button>
        }
    };
    view! {
        <div class="crumb"><a href=Place::Counts.path()>"← Counts"</a></div>
        {note::head("New count", (), ())}
        <div class="case">
            <section class="case-main">
                <div class="tabs" role="tablist">{tab(By::Zones, "Whole zones", "by-zones")}{tab(By::Locations, "Single locations", "by-locations")}</div>
                {move || match by.get() {
                    By::Zones => zone_list(zones, picked),
                    By::Locations => location_list(desk, zones, locations, picked, q, zone, after),
                }}
            </section>
            <aside class="case-side">{form(desk, picked, zones, counters)}</aside>
        </div>
    }
    .into_any()
}

fn zone_list(zones: Loaded<LocationPage>, picked: RwSignal<Picked>) -> AnyView {
    note::shown(zones, move |page| {
        if page.zones.is_empty() {
            return note::empty("No locations yet", "Import them first: “trueup import locations FILE --site CODE”.");
        }
        view! {
            <ul class="zones">{page.zones.iter().map(|(zone, number)| {
                let (name, toggled, test) = (zone.clone(), zone.clone(), format!("select-zone-{zone}"));
                let title = if zone.is_empty() { "no zone".to_owned() } else { zone.clone() };
                view! {
                    <li><label class="zone">
                        <input type="checkbox" data-test=test prop:checked=move || picked.with(|picked| picked.zones.contains(&name))
                            on:change=move |_| picked.update(|picked| picked.toggle_zone(&toggled))/>
                        <span class="code">{title}</span><span class="quiet number">{words::many(*number, "location", "locations")}</span>
                    </label></li>
                }
            }).collect_view()}</ul>
        }
        .into_any()
    })
    .into_any()
}

fn location_list(
    desk: Desk,
    zones: Loaded<LocationPage>,
    locations: Loaded<LocationPage>,
    picked: RwSignal<Picked>,
    q: RwSignal<String>,
    zone: RwSignal<String>,
    after: RwSignal<Option<i64>>,
) -> AnyView {
    let all = move |_| {
        locations.value.with_untracked(|page| {
            if let Some(page) = page {
                picked.update(|picked| picked.toggle_all(&page.rows));
            }
        });
    };
    view! {
        <div class="filters">
            <input class="search" type="search" data-search data-test="location-filter" placeholder="Code begins with…  ( / )" aria-label="Filter locations by code"
                prop:value=move || q.get() on:change:target=move |event| { after.set(None); q.set(event.target().value().trim().to_owned()); }/>
            <select aria-label="Zone" prop:value=move || zone.get() on:change:target=move |event| { after.set(None); zone.set(event.target().value()); }>
                <option value="">"All zones"</option>
                {move || zones.value.with(|page| page.iter().flat_map(|page| &page.zones).filter(|(zone, _)| !zone.is_empty()).map(|(zone, _)| view! {
                    <option value=zone.clone()>{zone.clone()}</option>
                }).collect_view())}
            </select>
            <button on:click=all data-test="select-shown">"Pick all shown"</button>
            <button class="plain" on:click=move |_| picked.update(|picked| picked.locations.clear())>"Clear"</button>
        </div>
        {note::shown(locations, move |page| {
            if page.rows.is_empty() {
                return note::empty("No location fits", "Change the filter: codes are compared from their beginning.");
            }
            let next = page.next;
            view! {
                <table class="rows tight">
                    <thead><tr><th class="tick-box"></th><th>"Location"</th><th>"Zone"</th><th>"Kind"</th><th>"Last counted"</th><th></th></tr></thead>
                    <tbody>{page.rows.iter().map(|row| location(desk, row, picked)).collect_view()}</tbody>
                </table>
                <p class="foot">
                    {format!("{} of {}", words::many(page.rows.len() as u64, "location", "locations"), words::number(page.total))}
                    {move || after.get().is_some().then(|| view! { <button class="plain" on:click=move |_| after.set(None)>"To the first"</button> })}
                    {next.map(|next| view! { <button class="plain" on:click=move |_| after.set(Some(next))>"Next ones"</button> })}
                </p>
            }
            .into_any()
        })}
    }
    .into_any()
}

fn location(desk: Desk, row: &LocationRow, picked: RwSignal<Picked>) -> impl IntoView + use<> {
    let id = row.id;
    let toggled = row.clone();
    let label = format!("Pick {}", row.code);
    view! {
        <tr>
            <td class="tick-box"><input type="checkbox" aria-label=label data-location=row.code.clone()
                prop:checked=move || picked.with(|picked| picked.locations.contains_key(&id))
                on:change=move |_| picked.update(|picked| picked.toggle(&toggled))/></td>
            <td class="code">{row.code.clone()}</td>
            <td>{row.zone.clone()}</td>
            <td class="quiet">{row.kind.word()}</td>
            <td class="quiet">{row.counted_at.map_or_else(|| "never".to_owned(), |at| desk.time(at, TimeStyle::Day))}</td>
            <td>{row.open_task.then(|| note::chip("task open", "chip-info"))}</td>
        </tr>
    }
}

/// Options of whom work can be given to, with their load.
pub fn assignees(counters: Loaded<Vec<CounterRow>>) -> impl IntoView {
    view! {
        <option value="pool">"Pool: whoever is free"</option>
        {move || counters.value.with(|counters| counters.iter().flatten().map(|counter| view! {
            <option value=counter.id.to_string()>{format!("{} ({} open)", counter.name, counter.tasks_open)}</option>
        }).collect_view())}
    }
}

fn form(
    desk: Desk,
    picked: RwSignal<Picked>,
    zones: Loaded<LocationPage>,
    counters: Loaded<Vec<CounterRow>>,
) -> AnyView {
    let name = RwSignal::new(String::new());
    let (assignee, shared) = (RwSignal::new("pool".to_owned()), RwSignal::new(false));
    let fault = RwSignal::new(None::<&'static str>);
    let act = Act::idle();
    let tasks = move || {
        zones.value.with(|page| {
            picked.with(|picked| picked.tasks(page.as_ref().map(|page| page.zones.as_slice()).unwrap_or_default()))
        })
    };
    Effect::new(move |before: Option<String>| {
        let proposed = picked.with(Picked::proposed_name);
        if before.is_none_or(|before| name.get_untracked() == before) {
            name.set(proposed.clone());
        }
        proposed
    });
    let navigate = use_navigate();
    let create = move |_| {
        let message = picked.with_untracked(|picked| {
            picked.message(&name.get_untracked(), &assignee.get_untracked(), shared.get_untracked())
        });
        match message {
            Err(sentence) => fault.set(Some(sentence)),
            Ok(message) => {
                fault.set(None);
                let (site, navigate) = (desk.code_now(), navigate.clone());
                act.run(async move { count::create(&site, &message).await }, move |created| {
                    let left = created.left_out.len() as u64;
                    desk.say(if left == 0 {
                        format!("“{}” is on the handhelds.", created.count.name)
                    } else {
                        format!(
                            "“{}” is made; {} left out, because they have an open task.",
                            created.count.name,
                            words::many(left, "location was", "locations were")
                        )
                    });
                    navigate(&Place::Count(created.count.id).path(), NavigateOptions::default());
                });
            }
        }
    };
    view! {
        <div class="decide">
            <p class="tasks-made" role="status" data-test="tasks-made">{move || tasks().sentence()}</p>
            <label class="field"><span>"Name"</span>
                <input data-test="count-name" placeholder="Zone A, Monday" prop:value=move || name.get() on:input:target=move |event| name.set(event.target().value())/>
            </label>
            <label class="field"><span>"For"</span>
                <select data-test="assignee" prop:value=move || assignee.get() on:change:target=move |event| assignee.set(event.target().value())>{assignees(counters)}</select>
            </label>
            <label class="check"><input type="checkbox" prop:checked=move || shared.get() on:change:target=move |event| shared.set(event.target().checked())/>
                <span>"Several people share a bin"<small class="block quiet">"Their sheets add up. Otherwise two people in one bin are compared."</small></span>
            </label>
            {move || fault.get().map(|sentence| view! { <p class="note note-warn" role="alert">{sentence}</p> })}
            {note::refusal(act.trouble)}
            <button class="primary wide" data-test="create-count" on:click=create disabled=move || act.busy.get()>"Make the count"</button>
            <p class="quiet small">"Counted blind: nobody with a handheld sees what the books say. Today's thresholds apply to it until it is closed."</p>
        </div>
    }
    .into_any()
}

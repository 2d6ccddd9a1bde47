//! What approvals posted: handing it to the other system as a file, and noting that it has been posted there.
//!
//! Absent: undoing. A wrong adjustment is put right by another count.

use super::model::{acknowledgeable, batch_again, csv, file_name, json, waiting};
use crate::{
    api::discrepancy,
    browser::page::{self, TimeStyle},
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
use leptos_router::hooks::use_query_map;
use shared::{
    api::discrepancy::{Acknowledge, AdjustmentRow, ExportedBatch},
    id::MovementId,
    role::Permission,
};
use std::collections::BTreeSet;

const FILTERS: [(&str, &str); 4] =
    [("all", "All"), ("posted", "To export"), ("exported", "Exported"), ("acknowledged", "Acknowledged")];

fn save(batch: &ExportedBatch, format: &str) {
    match format {
        "json" => page::download(&file_name(&batch.batch, "json"), "application/json", &json(batch)),
        _ => page::download(&file_name(&batch.batch, "csv"), "text/csv;charset=utf-8", &csv(batch)),
    }
}

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let asked = query.with(|query| query.get("state")).unwrap_or_default();
        FILTERS.into_iter().find(|(word, _)| *word == asked).map_or("all", |(word, _)| word)
    });
    let loaded = load(
        &[Topic::Discrepancy],
        move || (desk.code(), filter.get()),
        |(site, state)| async move { discrepancy::adjustments(&site, state).await },
    );
    let may_export = Memo::new(move |_| desk.may(Permission::ExportAdjustments));
    let selected = RwSignal::new(BTreeSet::<MovementId>::new());
    let format = RwSignal::new("csv".to_owned());
    let act = Act::idle();
    let export = move |_| {
        let site = desk.code_now();
        act.run(async move { discrepancy::export(&site).await }, move |batch| {
            save(&batch, &format.get_untracked());
            desk.say(format!(
                "{} handed over as {}.",
                words::many(batch.rows.len() as u64, "adjustment", "adjustments"),
                batch.batch
            ));
            loaded.again();
        });
    };
    let to_export = Memo::new(move |_| loaded.value.with(|rows| rows.as_deref().map(waiting).unwrap_or_default()));
    let tools = view! {
        <nav class="tabs" aria-label="Filter">{FILTERS.map(|(word, title)| view! {
            <a href=format!("{}?state={word}", Place::Adjustments.path()) aria-current=move || (filter.get() == word).then_some("true")>{title}</a>
        }).collect_view()}</nav>
        {move || may_export.get().then(|| view! {
            <select aria-label="File format" prop:value=move || format.get() on:change:target=move |event| format.set(event.target().value())>
                <option value="csv">"CSV"</option><option value="json">"JSON"</option>
            </select>
            <button class="primary" data-test="export-adjustments" on:click=export
                disabled=move || act.busy.get() || (to_export.get() == 0 && matches!(filter.get(), "all" | "posted"))>
                {move || match to_export.get() { 0 => "Export".to_owned(), some => format!("Export {}", words::number(some)) }}
            </button>
        })}
    };
    view! {
        {note::head("Adjustments", (), tools)}
        {note::refusal(act.trouble)}
        {acknowledge(desk, loaded, selected, may_export)}
        {note::shown(loaded, move |rows: &Vec<AdjustmentRow>| {
            if rows.is_empty() {
                return note::empty("No adjustment here", "An approved discrepancy posts the difference at the time of the scan and appears here. Export hands it to your other system as a file.");
            }
            view! {
                <table class="rows adjustments">
                    <thead><tr>
                        {may_export.get().then(|| view! { <th class="tick-box"><span class="unseen">"Selected"</span></th> })}
                        <th class="right">"Quantity"</th><th class="right">"Value "<small>{desk.currency()}</small></th><th>"Item"</th><th>"Bin"</th><th>"Reason"</th>
                        <th>"Posted"</th><th>"State, batch"</th></tr></thead>
                    <tbody>{rows.iter().map(|row| line(desk, row, loaded, selected, format, may_export.get())).collect_view()}</tbody>
                </table>
            }
            .into_any()
        })}
    }
    .into_any()
}

fn line(
    desk: Desk,
    row: &AdjustmentRow,
    loaded: Loaded<Vec<AdjustmentRow>>,
    selected: RwSignal<BTreeSet<MovementId>>,
    format: RwSignal<String>,
    may_export: bool,
) -> impl IntoView + use<> {
    let id = row.movement;
    let can = row.state == shared::api::discrepancy::DiscrepancyState::Exported;
    let label = format!("Select the adjustment of {} in {}", row.sku, row.location_code);
    let toggle = move |_| {
        selected.update(|selected| {
            if !selected.remove(&id) {
                selected.insert(id);
            }
        })
    };
    let key =
        [&row.lot, &row.serial].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
    let direction = words::direction(row.quantity);
    let (batch, again) = (row.batch.clone(), row.batch.clone());
    let save_again = move |_| {
        loaded.value.with_untracked(|rows| {
            if let Some(rows) = rows {
                save(&batch_again(rows, &again), &format.get_untracked());
            }
        })
    };
    view! {
        <tr data-test="adjustment-row" data-sku=row.sku.clone() data-state=row.state.word() data-quantity=row.quantity.to_string()>
            {may_export.then(|| view! { <td class="tick-box"><input type="checkbox" aria-label=label disabled=!can
                prop:checked=move || selected.with(|selected| selected.contains(&id)) on:change=toggle/></td> })}
            <td class="right">{note::variance(row.quantity)}</td>
            <td class=format!("right number {}", direction.class)>{words::value(row.value)}</td>
            <td class="what">{match row.discrepancy {
                Some(discrepancy) => view! { <a class="code" href=Place::Discrepancy(discrepancy).path()>{row.sku.clone()}</a> }.into_any(),
                None => view! { <span class="code">{row.sku.clone()}</span> }.into_any(),
            }}{(!key.is_empty()).then(|| view! { <span class="quiet code small">{key}</span> })}</td>
            <td class="code nowrap">{row.location_code.clone()}</td>
            <td class="reason">{words::plain(&row.reason)}{(!row.note.is_empty()).then(|| view! { <span class="quiet small block clip" title=row.note.clone()>{row.note.clone()}</span> })}</td>
            <td class="nowrap">{desk.time(row.posted_at, TimeStyle::Minute)}<span class="quiet small block">{row.approved_by_name.clone()}</span></td>
            <td class="nowrap">{note::state_chip(row.state)}
                {(!batch.is_empty()).then(|| view! { <button class="plain code small block" title="Save the file of this batch again" on:click=save_again>{batch}</button> })}</td>
        </tr>
    }
}

fn acknowledge(
    desk: Desk,
    loaded: Loaded<Vec<AdjustmentRow>>,
    selected: RwSignal<BTreeSet<MovementId>>,
    may_export: Memo<bool>,
) -> impl IntoView {
    let reference = RwSignal::new(String::new());
    let act = Act::idle();
    let chosen = Memo::new(move |_| {
        loaded
            .value
            .with(|rows| selected.with(|selected| acknowledgeable(rows.as_deref().unwrap_or_default(), selected)))
    });
    let exported = Memo::new(move |_| {
        loaded.value.with(|rows| {
            let every: BTreeSet<MovementId> = rows.iter().flatten().map(|row| row.movement).collect();
            acknowledgeable(rows.as_deref().unwrap_or_default(), &every)
        })
    });
    let send = move |_| {
        let message =
            Acknowledge { movements: chosen.get_untracked(), reference: reference.get_untracked().trim().to_owned() };
        let (site, many) = (desk.code_now(), words::many(message.movements.len() as u64, "adjustment", "adjustments"));
        act.run(async move { discrepancy::acknowledge(&site, &message).await }, move |()| {
            desk.say(format!("{many} acknowledged."));
            selected.set(BTreeSet::new());
            loaded.again();
        });
    };
    view! {
        {move || (may_export.get() && exported.with(|exported| !exported.is_empty())).then(|| view! {
            <div class="bulk">
                <span>{move || match chosen.with(Vec::len) {
                    0 => format!("{} handed over and not confirmed yet", words::many(exported.with(Vec::len) as u64, "adjustment", "adjustments")),
                    some => format!("{} selected", words::number(some as u64)),
                }}</span>
                <button class="plain" on:click=move |_| selected.set(exported.get_untracked().into_iter().collect())>"Select them"</button>
                <input aria-label="Reference of the other system" placeholder="Its reference, such as DOC-4711" data-test="acknowledge-reference"
                    prop:value=move || reference.get() on:input:target=move |event| reference.set(event.target().value())/>
                <button data-test="acknowledge" on:click=send disabled=move || act.busy.get() || chosen.with(Vec::is_empty)>"The other system has posted them"</button>
            </div>
        })}
        {note::refusal(act.trouble)}
    }
}

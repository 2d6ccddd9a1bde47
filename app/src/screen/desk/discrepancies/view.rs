//! The queue: worst value first, the filter in the address, `j` and `k` to walk.
//!
//! Absent: deciding; that takes the evidence of one page each.

use super::model::{Show, largest, magnitude, moved};
use crate::{
    api::discrepancy,
    browser::page,
    screen::desk::{
        keys::Action,
        part::{chart, context::Desk, feed::Topic, load::load, note},
        place::Place,
        words,
    },
};
use leptos::{html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::api::discrepancy::{DiscrepancyPage, DiscrepancyRow};

/// The address of the queue with a filter.
fn address(show: Show, q: &str) -> String {
    let mut path = Place::Discrepancies.path();
    path.push_str("?show=");
    path.push_str(show.word());
    if !q.is_empty() {
        path.push_str("&q=");
        crate::api::path::encode(q, &mut path);
    }
    path
}

/// The queue.
pub fn page(desk: Desk) -> AnyView {
    let query = use_query_map();
    let show = Memo::new(move |_| Show::parse(query.with(|query| query.get("show")).as_deref().unwrap_or_default()));
    let q = Memo::new(move |_| query.with(|query| query.get("q")).unwrap_or_default());
    let navigate = use_navigate();
    let loaded = load(
        &[Topic::Discrepancy, Topic::Task],
        move || (desk.code(), show.get().asked(), q.get()),
        |(site, state, q)| async move { discrepancy::discrepancies(&site, state, &q).await },
    );
    let current = RwSignal::new(None::<usize>);
    let rows = Memo::new(move |_| {
        let show = show.get();
        loaded.value.with(|page| {
            let rows = page.iter().flat_map(|page| page.rows.iter());
            rows.filter(|row| show.keeps(row.state)).cloned().collect::<Vec<DiscrepancyRow>>()
        })
    });
    Effect::new(move |_| {
        desk.queue.set(rows.with(|rows| rows.iter().map(|row| row.id).collect()));
        desk.queue_query.set(address(show.get(), &q.get()));
    });
    desk.on_action(move |action| {
        let step = match action {
            Action::Next => 1,
            Action::Previous => -1,
            _ => return,
        };
        let at = moved(current.get_untracked(), step, rows.with_untracked(Vec::len));
        if let Some(at) = at {
            page::focus(&format!("[data-row='{at}'] a"));
            page::reveal(&format!("[data-row='{at}']"));
        }
    });
    let search = NodeRef::<html::Input>::new();
    let filter = {
        let navigate = navigate.clone();
        move |text: String| {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&address(show.get_untracked(), text.trim()), options);
        }
    };
    let tabs = move || {
        Show::ALL
            .into_iter()
            .map(|(each, _, title)| {
                let number = (each == show.get() && !loaded.stale.get()).then(|| rows.with(Vec::len));
                view! {
                    <a href=move || address(each, &q.get()) aria-current=move || (each == show.get()).then_some("true")>
                        {title}{number.map(|number| view! { <b>{number}</b> })}
                    </a>
                }
            })
            .collect_view()
    };
    view! {
        {note::head("Discrepancies", (), view! {
            <nav class="tabs" aria-label="Filter">{tabs}</nav>
            <input class="search" type="search" data-search node_ref=search placeholder="Item, bin, lot…  ( / )" aria-label="Filter by item, bin, lot or count"
                prop:value=move || q.get() on:change:target=move |event| filter(event.target().value())/>
        })}
        {note::shown(loaded, move |page| {
            rows.with(|rows| table(desk, page, rows, show.get(), current))
        })}
    }
    .into_any()
}

fn table(
    desk: Desk,
    page: &DiscrepancyPage,
    rows: &[DiscrepancyRow],
    show: Show,
    current: RwSignal<Option<usize>>,
) -> AnyView {
    if rows.is_empty() {
        let (title, teach) = match show {
            Show::Decide => (
                "Nothing waits for a decision",
                "When a variance beyond tolerance is confirmed by two rounds, or all rounds disagree, it appears here by itself, worst value first.",
            ),
            Show::Recounting => (
                "Nothing is being recounted",
                "A variance beyond tolerance is counted again by somebody else, blind, before you see it.",
            ),
            Show::Open => (
                "No discrepancy is open",
                "Every count so far is within tolerance or decided. Counts are made under “Counts”.",
            ),
            Show::Decided => ("Nothing decided yet", "What you approve or reject is kept here with its reason."),
        };
        return note::empty(title, teach);
    }
    let largest = largest(rows);
    let fetched = page.rows.len() as u64;
    view! {
        <table class="rows queue">
            <thead><tr>
                <th class="right">"Value "<small>{desk.currency()}</small></th>
                <th class="drawn"><span class="unseen">"Drawn"</span><span aria-hidden="true" class="legend">"◂ short    over ▸"</span></th>
                <th class="right">"Variance"</th>
                <th class="right wide-only">"Counted"</th>
                <th class="right wide-only">"Book"</th>
                <th>"Item"</th>
                <th>"Bin"</th>
                <th>"State"</th>
                <th>"Due"</th>
            </tr></thead>
            <tbody>{rows.iter().enumerate().map(|(at, row)| line(desk, row, at, largest, current)).collect_view()}</tbody>
        </table>
        <p class="foot">
            {format!("{} shown", words::many(rows.len() as u64, "discrepancy", "discrepancies"))}
            {(page.total > fetched).then(|| format!(" of {}; filter to see the others", words::number(page.total)))}
            {matches!(show, Show::Open | Show::Decided).then(|| format!(" · {} together, short and over added up", desk.money(page.value_total)))}
            {(page.value_unknown > 0).then(|| format!(" · {} of unknown value", words::number(page.value_unknown)))}
        </p>
    }
    .into_any()
}

fn line(
    desk: Desk,
    row: &DiscrepancyRow,
    at: usize,
    largest: u128,
    current: RwSignal<Option<usize>>,
) -> impl IntoView + use<> {
    let direction = words::direction(row.variance);
    let now = page::now_ms();
    let late = row.state.is_open() && row.due_at.0 < now;
    let due = row.state.is_open().then(|| words::due(row.due_at.0 - now));
    let key =
        [&row.lot, &row.serial].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
    view! {
        <tr data-test="queue-row" data-row=at data-sku=row.sku.clone() data-location=row.location_code.clone()
            data-variance=row.variance.to_string() data-state=row.state.word() class="linked">
            <td class=format!("right number strong {}", if row.value.is_some() { direction.class } else { "is-match" })>{words::value(row.value)}</td>
            <td class="drawn">{chart::magnitude(magnitude(row, largest), direction.class)}</td>
            <td class="right">{note::variance(row.variance)}</td>
            <td class="right number wide-only">{words::quantity(row.counted)}</td>
            <td class="right number wide-only quiet">{words::quantity(row.book)}</td>
            <td class="what">
                <a href=Place::Discrepancy(row.id).path() on:focus=move |_| current.set(Some(at))>
                    <span class="code">{row.sku.clone()}</span>
                </a>
                {(!key.is_empty()).then(|| view! { <span class="quiet code small">{key}</span> })}
                <span class="quiet clip">{row.description.clone()}</span>
            </td>
            <td class="code nowrap">{row.location_code.clone()}</td>
            <td class="nowrap">{note::state_chip(row.state)}<span class="quiet small rounds-number">{format!("round {}", row.rounds)}</span></td>
            <td class="nowrap" title=format!("owner: {}", row.owner_name)>
                <span class:is-late=late>{due}</span><span class="quiet small block">{format!("{} old", desk.ago(row.opened_at))}</span>
            </td>
        </tr>
    }
}

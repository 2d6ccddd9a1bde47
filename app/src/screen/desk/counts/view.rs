//! Every count with its progress drawn.
//!
//! Absent: tasks; they are on the page of their count.

use super::model::{Progress, in_order};
use crate::{
    api::count,
    browser::page::TimeStyle,
    screen::desk::{
        part::{chart, context::Desk, feed::Topic, load::load, note},
        place::Place,
        words,
    },
};
use leptos::prelude::*;
use shared::{api::count::CountRow, role::Permission};

/// The list.
pub fn page(desk: Desk) -> AnyView {
    let loaded =
        load(&[Topic::Count, Topic::Task], move || desk.code(), |site| async move { count::counts(&site).await });
    let new = move || {
        desk.may(Permission::PlanWork).then(
            || view! { <a class="button primary" href=Place::CountNew.path() data-test="new-count">"New count"</a> },
        )
    };
    view! {
        {note::head("Counts", (), new)}
        {note::shown(loaded, move |rows: &Vec<CountRow>| {
            if rows.is_empty() {
                return note::empty(
                    "No count yet",
                    "A count is a list of bins to be scanned. Make one with “New count”: pick a zone, give it a name, \
                     and it appears on the handhelds in walk order.",
                );
            }
            view! {
                <table class="rows">
                    <thead><tr><th>"Count"</th><th class="drawn-wide">"Progress"</th><th class="right">"Done"</th><th class="right">"Remaining"</th>
                        <th class="right">"Skipped"</th><th class="right">"Recounts"</th><th class="wide-only">"Made"</th><th>"State"</th></tr></thead>
                    <tbody>{in_order(rows.clone()).iter().map(|row| line(desk, row)).collect_view()}</tbody>
                </table>
            }
            .into_any()
        })}
    }
    .into_any()
}

/// The bar of a count's progress.
pub fn bar(progress: Progress) -> impl IntoView {
    let titles = [
        (format!("{} counted", progress.counted), "fill-good"),
        (format!("{} being counted", progress.counting), "fill-info"),
        (format!("{} skipped", progress.skipped), "fill-warn"),
        (format!("{} not begun", progress.open), "fill-rest"),
    ];
    let pieces =
        progress.pieces().into_iter().zip(titles).map(|(piece, (title, class))| (piece, class, title)).collect();
    chart::stack(pieces, progress.sentence())
}

fn line(desk: Desk, row: &CountRow) -> impl IntoView + use<> {
    let progress = Progress::of(row);
    let none = |number: u32| if number == 0 { "–".to_owned() } else { words::number(number.into()) };
    view! {
        <tr class="linked" class:is-over-now=row.closed_at.is_some() data-test="count-row">
            <td class="what"><a href=Place::Count(row.id).path()>{row.name.clone()}</a><span class="quiet clip small">{row.why.clone()}</span></td>
            <td class="drawn-wide">{bar(progress)}</td>
            <td class="right number nowrap">{words::number(progress.settled().into())}<span class="quiet">" / "{words::number(progress.whole().into())}</span></td>
            <td class="right number">{none(progress.open + progress.counting)}</td>
            <td class="right number">{none(progress.skipped)}</td>
            <td class="right number">{none(row.tasks_recount)}</td>
            <td class="wide-only quiet nowrap">{desk.time(row.created_at, TimeStyle::Minute)}<span class="block small">{row.created_by.clone()}</span></td>
            <td>{match row.closed_at {
                Some(_) => note::chip("closed", "chip-quiet"),
                None if progress.settled() == progress.whole() => note::chip("all counted", "chip-good"),
                None => note::chip("running", "chip-info"),
            }}</td>
        </tr>
    }
}

//! The figures, drawn, each with its numbers beside it and its formula below.
//!
//! Absent: figures that a lead may not see; the server leaves them out, and so does the page.

use super::model::{accuracy_chart, age_bars, task_parts};
use crate::{
    api::count,
    screen::desk::{
        draw::side_by_side,
        part::{chart, context::Desk, feed::Topic, load::load, note},
        place::Place,
        words,
    },
};
use leptos::prelude::*;
use shared::api::dashboard::{AccuracyWeek, Dashboard, DeviceFigures, DiscrepancyFigures, TaskFigures};

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded = load(
        &[Topic::Task, Topic::Count, Topic::Discrepancy, Topic::Device, Topic::Barcode, Topic::Finding],
        move || desk.code(),
        |site| async move { count::dashboard(&site).await },
    );
    view! {
        {note::head("Dashboard", (), ())}
        {note::shown(loaded, move |figures: &Dashboard| view! {
            <div class="cards">
                <div class="card-column">{tasks(&figures.tasks)}{devices(&figures.devices)}</div>
                {attention(figures)}
                {figures.discrepancies.as_ref().map(|figures| discrepancies(desk, figures))}
                {figures.accuracy.as_ref().map(|weeks| accuracy(weeks))}
            </div>
        })}
    }
    .into_any()
}

fn tasks(figures: &TaskFigures) -> AnyView {
    let parts = task_parts(figures);
    let whole: u64 = parts.iter().map(|(_, number, _)| number).sum();
    if whole == 0 {
        return view! { <section class="card"><h2>"Tasks of open counts"</h2>
            {note::empty("No count is running", "Make one under “Counts”: its bins appear on the handhelds, and here how far they are.")}</section> }.into_any();
    }
    let pieces = side_by_side(&parts.map(|(_, number, _)| number));
    let drawn = pieces
        .into_iter()
        .zip(parts)
        .map(|(piece, (word, number, class))| (piece, class, format!("{number} {word}")))
        .collect();
    let sentence = parts.map(|(word, number, _)| format!("{number} {word}")).join(", ");
    view! {
        <section class="card">
            <h2>"Tasks of open counts"</h2>
            {chart::stack(drawn, sentence)}
            <dl class="figures">
                {parts.map(|(word, number, class)| view! { <div class="figure"><dd class=format!("number key-{}", class.trim_start_matches("fill-"))>{words::number(number)}</dd><dt>{word}</dt></div> }).collect_view()}
                <div class="figure"><dd class="number">{words::number(figures.recounts)}</dd><dt>"recounts to do"</dt></div>
                <div class="figure"><dd class="number">{words::number(figures.cancelled)}</dd><dt>"cancelled"</dt></div>
            </dl>
            {note::formula("One task is one location in one round. Recounts are the open or counting tasks of round 2 and later. Cancelled tasks are not in the bar.")}
        </section>
    }
    .into_any()
}

fn attention(figures: &Dashboard) -> impl IntoView + use<> {
    let link = |place: Place, number: u64, one: &'static str, more: &'static str, class: &'static str| {
        view! {
            <li class:is-none=number == 0><a href=place.path()><b class=format!("number {class}")>{words::number(number)}</b><span>{if number == 1 { one } else { more }}</span></a></li>
        }
    };
    view! {
        <section class="card">
            <h2>"Waiting for somebody"</h2>
            <ul class="attention">
                {figures.discrepancies.as_ref().map(|figures| view! {
                    {link(Place::Discrepancies, figures.awaiting_decision, "discrepancy to decide", "discrepancies to decide", "")}
                    {link(Place::Discrepancies, figures.overdue, "of the open ones is overdue", "of the open ones are overdue", "is-late")}
                })}
                {link(Place::Barcodes, figures.unknown_barcodes, "unknown barcode to name", "unknown barcodes to name", "")}
                {link(Place::Devices, figures.devices.silent_with_counts, "handheld silent with counts on it", "handhelds silent with counts on them", "is-late")}
                {figures.findings_open.map(|number| link(Place::Findings, number, "finding to read", "findings to read", ""))}
            </ul>
        </section>
    }
}

fn discrepancies(desk: Desk, figures: &DiscrepancyFigures) -> impl IntoView + use<> {
    let bars = age_bars(&figures.by_age);
    let none = figures.by_age.iter().all(|bucket| bucket.number == 0);
    view! {
        <section class="card">
            <h2>"Open discrepancies by age"</h2>
            {if none {
                note::empty("None is open", "Every variance so far is within tolerance or decided.")
            } else {
                view! {
                    <table class="ages">
                        <thead><tr><th></th><th colspan="2">"Number"</th><th colspan="2">{format!("Value, {}", desk.currency())}</th></tr></thead>
                        <tbody>{figures.by_age.iter().zip(bars).map(|(bucket, (number, value))| view! {
                            <tr><th scope="row">{bucket.label.clone()}</th>
                                <td class="right number">{words::number(bucket.number)}</td><td class="drawn-half">{chart::bar(number, "fill-info")}</td>
                                <td class="right number">{words::money(bucket.value)}{(bucket.value_unknown > 0).then(|| view! { <small class="block quiet">{format!("+ {} unknown", bucket.value_unknown)}</small> })}</td>
                                <td class="drawn-half">{chart::bar(value, "fill-accent")}</td></tr>
                        }).collect_view()}</tbody>
                    </table>
                    <p class="quiet number">{format!("{} to decide, {} being recounted, {} overdue", words::number(figures.awaiting_decision), words::number(figures.recounting), words::number(figures.overdue))}</p>
                }
                .into_any()
            }}
            {note::formula("Age runs from the first time the variance was seen beyond tolerance. Value adds up sizes: −5 and +5 are two errors, never none.")}
        </section>
    }
}

fn accuracy(weeks: &[AccuracyWeek]) -> impl IntoView + use<> {
    let chart = accuracy_chart(weeks);
    let latest = chart.latest.clone();
    let lines: u64 = weeks.iter().map(|week| week.lines_counted).sum();
    view! {
        <section class="card">
            <h2>"Record accuracy by week"{latest.map(|(latest, week)| view! { <span class="number"><small class="quiet">{format!("week of {week} ")}</small><span class="card-number">{latest}</span></span> })}</h2>
            {if lines == 0 {
                note::empty("No line has been counted yet", "As soon as bins are counted, each week gets a dot: how many of the lines were within tolerance the first time.")
            } else {
                view! { {chart::accuracy(chart)} }.into_any()
            }}
            {note::formula("Lines within tolerance ÷ lines counted, first round. Whiskers: Wilson interval at 95 %; the fewer lines, the wider. Point at a dot for its numbers. Weeks begin on Monday.")}
        </section>
    }
}

fn devices(figures: &DeviceFigures) -> impl IntoView + use<> {
    view! {
        <section class="card">
            <h2>"Handhelds"</h2>
            <dl class="figures">
                <div class="figure"><dd class="number">{words::number(figures.enrolled)}</dd><dt>"enrolled"</dt></div>
                <div class="figure"><dd class="number">{words::number(figures.waiting)}</dd><dt>"entries announced, not here yet"</dt></div>
                <div class="figure" class:is-late=figures.silent_with_counts != 0><dd class="number">{words::number(figures.silent_with_counts)}</dd><dt>"silent for an hour with counts"</dt></div>
            </dl>
            {note::formula("A handheld says with every sync how many entries it holds. What it holds is safe on it; it arrives when it has a network.")}
        </section>
    }
}

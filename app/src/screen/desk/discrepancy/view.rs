//! One discrepancy: what differs, the evidence of every round, the running book, and the decision beside it.
//!
//! Absent: the queue; but a decision goes on to its next one.

use super::{
    decide,
    model::{rounds_agree, timeline},
};
use crate::{
    api::discrepancy,
    browser::page::TimeStyle,
    screen::desk::{
        discrepancies::model::neighbour,
        keys::Action,
        part::{chart, context::Desk, feed::Topic, load::load, note},
        place::Place,
        words,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::{
    api::{
        discrepancy::{DiscrepancyDetail, RoundEvidence, VarianceKind},
        master::MovementLine,
    },
    id::DiscrepancyId,
};

/// The page of the discrepancy in the address.
pub fn page(desk: Desk, place: Memo<Place>) -> AnyView {
    let id = Memo::new(move |before: Option<&_>| match place.get() {
        Place::Discrepancy(id) => id,
        // on the way to another screen the address has changed already: nothing else is to be loaded
        _ => before.copied().unwrap_or(DiscrepancyId(0)),
    });
    let loaded = load(
        &[Topic::Discrepancy, Topic::Task],
        move || (desk.code(), id.get()),
        |(site, id)| async move { discrepancy::discrepancy(&site, id).await },
    );
    // whoever opens a page by its address still goes on to the next in the queue
    if desk.queue.with_untracked(Vec::is_empty) {
        let queue =
            load(&[], move || desk.code(), |site| async move { discrepancy::discrepancies(&site, "open", "").await });
        Effect::new(move |_| {
            queue.value.with(|page| {
                if let Some(page) = page {
                    let waiting = page.rows.iter().filter(|row| row.state.awaits_decision());
                    desk.queue.set(waiting.map(|row| row.id).collect());
                }
            });
        });
    }
    let back = move || {
        Some(desk.queue_query.get()).filter(|path| !path.is_empty()).unwrap_or_else(|| Place::Discrepancies.path())
    };
    let navigate = use_navigate();
    desk.on_action(move |action| {
        let to = |step| {
            let next = desk.queue.with_untracked(|queue| neighbour(queue, id.get_untracked(), step));
            if let Some(next) = next {
                navigate(&Place::Discrepancy(next).path(), NavigateOptions::default());
            }
        };
        match action {
            Action::Next => to(1),
            Action::Previous => to(-1),
            Action::Key('u') => navigate(&untrack(back), NavigateOptions::default()),
            Action::Key('r') => drop(crate::browser::page::focus("[data-test='reason']")),
            _ => {}
        }
    });
    let position = move || {
        desk.queue.with(|queue| {
            let at = queue.iter().position(|other| *other == id.get())?;
            Some(format!("{} of {}", at + 1, queue.len()))
        })
    };
    let step = move |step: isize, words: &'static str, label: &'static str| {
        move || {
            let next = desk.queue.with(|queue| neighbour(queue, id.get(), step));
            match next {
                Some(next) => view! { <a class="button" href=Place::Discrepancy(next).path() aria-label=label title=label>{words}</a> }.into_any(),
                None => view! { <span class="button is-off" aria-hidden="true">{words}</span> }.into_any(),
            }
        }
    };
    view! {
        <div class="crumb">
            <a href=back>"← Discrepancies"</a>
            <span class="quiet number">{position}</span>
            {step(-1, "↑ k", "Previous discrepancy")}{step(1, "↓ j", "Next discrepancy")}
        </div>
        {note::trouble_of(loaded)}
        <div class="case" class:is-stale=move || loaded.stale.get() && loaded.value.with(Option::is_some)>
            <div class="case-main">
                {move || loaded.value.with(|detail| detail.as_ref().map(|detail| evidence(desk, detail)))}
            </div>
            <aside class="case-side" aria-label="Decision">
                {decide::panel(desk, id, loaded)}
            </aside>
        </div>
    }
    .into_any()
}

fn evidence(desk: Desk, detail: &DiscrepancyDetail) -> AnyView {
    let row = &detail.row;
    let direction = words::direction(row.variance);
    let exact = row.value.map(|value| value.to_string()).unwrap_or_default();
    view! {
        <section class="case-head">
            <div class="case-what">
                <h1><span class="code">{row.sku.clone()}</span>" "<span class="case-description">{row.description.clone()}</span></h1>
                <dl class="facts">
                    <div><dt>"Bin"</dt><dd class="code">{row.location_code.clone()}</dd></div>
                    {(!row.lot.is_empty()).then(|| view! { <div><dt>"Lot"</dt><dd class="code">{row.lot.clone()}</dd></div> })}
                    {(!row.serial.is_empty()).then(|| view! { <div><dt>"Serial"</dt><dd class="code">{row.serial.clone()}</dd></div> })}
                    <div><dt>"Open for"</dt><dd>{desk.ago(row.opened_at)}</dd></div>
                    <div><dt>"Count"</dt><dd>{row.count_name.clone()}</dd></div>
                </dl>
            </div>
            <div class=format!("big {}", direction.class)>
                <p class="big-number number" data-test="variance">
                    <span class="shape" aria-hidden="true">{direction.shape}</span>{words::signed(row.variance)}" "
                    <small>{row.unit.clone()}" "{direction.word}</small>
                </p>
                <p class="big-sum number">
                    <span>{words::quantity(row.counted)}" counted"</span>" − "<span>{words::quantity(row.book)}" in the book at the scan"</span>
                </p>
                <p class="big-value number" title=exact>
                    {match row.value {
                        Some(_) => format!("{} {}", words::value(row.value), desk.currency()),
                        None => "value unknown: the item has no cost".to_owned(),
                    }}
                    {detail.unit_cost.map(|cost| view! { <span class="quiet">" at "{words::cost(cost)}" each"</span> })}
                </p>
            </div>
        </section>
        <p class="rule"><b>"Why it is here: "</b>{row.rule.clone()}</p>
        {(!detail.hints.is_empty()).then(|| view! {
            <section class="hints"><h2>"Look again"</h2><ul>{detail.hints.iter().map(|hint| view! { <li>{hint.clone()}</li> }).collect_view()}</ul></section>
        })}
        {rounds(desk, detail)}
        {book(desk, detail)}
    }
    .into_any()
}

fn rounds(desk: Desk, detail: &DiscrepancyDetail) -> impl IntoView + use<> {
    let agree = rounds_agree(&detail.rounds);
    view! {
        <section>
            <h2>"Rounds"{agree.then(|| view! { <span class="quiet">" · the variance is the same in each"</span> })}</h2>
            <div class="rounds">{detail.rounds.iter().map(|round| one_round(desk, round)).collect_view()}
                {detail.recount_task.clone().map(|task| view! {
                    <article class="round is-coming"><h3>"Next round"</h3><p>{task}</p></article>
                })}
            </div>
        </section>
    }
}

fn one_round(desk: Desk, round: &RoundEvidence) -> impl IntoView + use<> {
    let ambiguous = round.kind == VarianceKind::Ambiguous;
    let kind = words::kind_sentence(round.kind);
    let late = round.received_at.ms_since(round.scanned_at) > 120_000;
    view! {
        <article class="round" class:is-ambiguous=ambiguous>
            <h3>{format!("Round {}", round.round)}<span class="quiet">{round.merged.clone()}</span></h3>
            <p class="round-sum number">
                <b>{words::quantity(round.counted)}</b>{round.implied_zero.then_some(" (not on the sheet)")}
                <span class="quiet">" − "{words::quantity(round.book)}" = "</span>{note::variance(round.variance)}
            </p>
            {(!kind.is_empty()).then(|| view! { <p class="round-kind">{kind}{round.book_ends.map(|(from, to)| {
                format!("; book {} before, {} after", words::quantity(from), words::quantity(to))
            })}</p> })}
            <p>{round.counters.join(", ")}" "<span class="quiet">{round.devices.join(", ")}</span></p>
            <p class="quiet number small">
                {desk.time(round.scanned_at, TimeStyle::Minute)}
                {format!(" · window {} – {}", desk.time(round.window.from, TimeStyle::Clock), desk.time(round.window.to, TimeStyle::Clock))}
            </p>
            {late.then(|| view! { <p class="quiet small">{format!("arrived {} later", words::age(round.received_at.ms_since(round.scanned_at)))}</p> })}
        </article>
    }
}

fn book(desk: Desk, detail: &DiscrepancyDetail) -> impl IntoView + use<> {
    let drawing = timeline(&detail.movements, &detail.rounds);
    let times = drawing.times.iter().map(|(x, at)| (*x, desk.time(*at, TimeStyle::Minute))).collect();
    let not_drawn = drawing.not_drawn;
    let sentence = format!(
        "The running book with {} and {}",
        words::many(detail.movements.len() as u64, "movement", "movements"),
        words::many(detail.rounds.len() as u64, "round", "rounds")
    );
    let windows: Vec<_> = detail.rounds.iter().map(|round| round.window).collect();
    let lines: Vec<_> = detail
        .movements
        .iter()
        .rev()
        .map(|line| movement(desk, line, windows.iter().any(|window| window.contains(line.effective_at))))
        .collect();
    let number = lines.len() as u64;
    view! {
        <section>
            <h2>"The book around the scans"<span class="quiet">" · in order, not to the scale of time"</span></h2>
            {chart::timeline(drawing, times, sentence)}
            <p class="legend-line quiet small">
                <span class="key-book">"book"</span><span class="key-move">"movement"</span><span class="key-scan">"counted, with its gap to the book"</span>
                <span class="key-window">"window of a round"</span>
                {(not_drawn > 0).then(|| format!("{} not drawn, all are below", words::many(not_drawn as u64, "movement", "movements")))}
            </p>
            {if number == 0 {
                view! { <p class="quiet">"No movement of this item in this bin is known."</p> }.into_any()
            } else {
                view! {
                    <details open=number <= 8>
                        <summary>{words::many(number, "movement", "movements")}", newest first"</summary>
                        <table class="rows tight">
                            <thead><tr><th>"Happened"</th><th>"What"</th><th class="right">"Quantity"</th><th class="right">"Book after"</th><th>"Source"</th><th>"Learned"</th></tr></thead>
                            <tbody>{lines}</tbody>
                        </table>
                    </details>
                }
                .into_any()
            }}
        </section>
    }
}

fn movement(desk: Desk, line: &MovementLine, inside: bool) -> impl IntoView + use<> {
    let late = line.recorded_at.ms_since(line.effective_at);
    view! {
        <tr class:is-inside=inside>
            <td class="nowrap number">{desk.time(line.effective_at, TimeStyle::Minute)}</td>
            <td>{words::movement(line.kind)}{inside.then(|| view! { <span class="chip chip-warn">"in a window"</span> })}</td>
            <td class="right number">{words::signed(line.quantity)}</td>
            <td class="right number">{words::quantity(line.book_after)}</td>
            <td class="quiet"><span>{line.source.clone()}</span>" "<span class="code">{line.reference.clone()}</span></td>
            <td class="quiet nowrap">{if late > 120_000 { format!("{} later", words::age(late)) } else { "at once".to_owned() }}</td>
        </tr>
    }
}

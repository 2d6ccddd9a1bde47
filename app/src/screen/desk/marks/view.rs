//! Marked entries: who recorded what on which handheld, why it is marked, and what somebody decides about it.
//!
//! Absent: quantities. A lead may be blind, and may be sent to count here again.

use super::model::{Part, button, came_of, consequence, message, of_part, state};
use crate::{
    api::mark,
    browser::page::TimeStyle,
    screen::desk::part::{
        context::Desk,
        feed::Topic,
        load::{Act, Loaded, load},
        note, reason,
    },
};
use leptos::prelude::*;
use shared::{
    api::mark::MarkRow,
    mark::{MarkDecision, REASON_LETTERS_MAX},
    role::Permission,
};

/// What is being decided.
type Asking = RwSignal<Option<(MarkRow, MarkDecision)>>;

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded = load(&[Topic::Incident], move || desk.code(), |site| async move { mark::list(&site).await });
    let asking: Asking = RwSignal::new(None);
    let may_decide = Memo::new(move |_| desk.may(Permission::PlanWork) || desk.may(Permission::Administer));
    view! {
        {note::head("Marked entries", "Recorded and kept, but somebody has to look: whatever is decided, they stay in the record", ())}
        // the form stands outside of the list: what arrives meanwhile must not wipe what is being typed
        {move || asking.get().map(|(row, decision)| form(desk, loaded, asking, row, decision))}
        {note::shown(loaded, move |rows: &Vec<MarkRow>| {
            if rows.is_empty() {
                return note::empty("Nothing is marked", "Entries by somebody who has to be confirmed, of bins or items that are not known here, or from a handheld that was revoked: they are kept and appear here.");
            }
            Part::ALL.into_iter().map(|part| section(desk, part, &of_part(rows, part), asking, may_decide)).collect_view().into_any()
        })}
    }
    .into_any()
}

fn section(
    desk: Desk,
    part: Part,
    rows: &[&MarkRow],
    asking: Asking,
    may_decide: Memo<bool>,
) -> Option<impl IntoView + use<>> {
    let lines = rows.iter().map(|row| line(desk, row, asking, may_decide)).collect_view();
    (!rows.is_empty()).then(|| view! { <section class="incidents"><h2>{part.title()}</h2>{lines}</section> })
}

fn who(row: &MarkRow) -> String {
    let who = if row.person_name.is_empty() { "Somebody" } else { &row.person_name };
    format!("{who} on {}", row.device_name)
}

fn when(desk: Desk, row: &MarkRow) -> String {
    let time = |at| desk.time(at, TimeStyle::Minute);
    let received = format!("received {}", time(row.received_at));
    match (row.first_at, row.last_at) {
        (Some(first), Some(last)) if time(first) != time(last) => {
            format!("{} to {} · {received}", time(first), time(last))
        }
        (Some(first), _) => format!("{} · {received}", time(first)),
        _ => received,
    }
}

fn line(desk: Desk, row: &MarkRow, asking: Asking, may_decide: Memo<bool>) -> impl IntoView + use<> {
    let (word, class) = state(row.state);
    let bins = match row.bins.as_slice() {
        [] => String::new(),
        [one] => format!(", bin {one}"),
        more => format!(", bins {}", more.join(", ")),
    };
    let decided = row.decided_at.map(|at| {
        let reason = if row.reason.is_empty() { String::new() } else { format!(": “{}”", row.reason) };
        format!("{} by {}{reason}", desk.time(at, TimeStyle::Minute), row.decided_by)
    });
    let group = row.clone();
    view! {
        <article class="incident" data-test="mark-row" data-mark=row.mark.word() data-code=row.code.clone() data-state=row.state.word()>
            <header><b>{who(row)}</b>{note::chip(word, class)}<span class="quiet small number">{when(desk, row)}</span></header>
            <p>{row.what.clone()}{bins}". "{row.why.clone()}</p>
            {decided.map(|decided| view! { <p class="incident-reason">{decided}</p> })}
            {(!row.advice.is_empty()).then(|| view! { <p class="incident-advice">{row.advice.clone()}</p> })}
            {move || may_decide.get().then(|| {
                let group = group.clone();
                group.offers.clone().into_iter().map(|decision| {
                    let group = group.clone();
                    view! { <button data-test=format!("decide-{}", decision.state().word()) on:click=move |_| asking.set(Some((group.clone(), decision)))>{button(decision)}</button>" " }
                }).collect_view()
            })}
        </article>
    }
}

fn form(
    desk: Desk,
    loaded: Loaded<Vec<MarkRow>>,
    asking: Asking,
    row: MarkRow,
    decision: MarkDecision,
) -> impl IntoView {
    let act = Act::idle();
    let words = reason::Words {
        heading: format!("{}: {}", who(&row), row.what),
        about: consequence(decision).to_owned(),
        asked: if decision.needs_reason() { "Why?" } else { "A note, if there is something to say" },
        letters_max: REASON_LETTERS_MAX,
        field: "mark-reason",
        button: ("save-mark", button(decision).trim_end_matches('…').to_owned()),
    };
    let decide = move |message| {
        let site = desk.code_now();
        act.run(async move { mark::decide(&site, &message).await }, move |done| {
            desk.say(came_of(decision, done));
            asking.set(None);
            loaded.again();
        });
    };
    reason::panel(words, act, move |reason| message(&row, decision, reason), decide, move || asking.set(None))
}

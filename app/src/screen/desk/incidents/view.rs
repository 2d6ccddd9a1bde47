//! Incidents: what happened, how far it has mended, what to do, and closing one with what was found out.
//!
//! Absent: books, and what was counted.

use super::model::{Part, message, of_part, state};
use crate::{
    api::incident,
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
    api::incident::IncidentRow,
    id::IncidentId,
    incident::{IncidentState, REASON_LETTERS_MAX},
    role::Permission,
};

/// Which one is being closed.
type Closing = RwSignal<Option<(IncidentId, String)>>;

/// The page.
pub fn page(desk: Desk) -> AnyView {
    let loaded =
        load(&[Topic::Incident, Topic::Device], move || desk.code(), |site| async move { incident::list(&site).await });
    let closing: Closing = RwSignal::new(None);
    let may_close = Memo::new(move |_| desk.may(Permission::PlanWork) || desk.may(Permission::Administer));
    view! {
        {note::head("Incidents", "What went wrong with a handheld, its log or the server; closing one deletes nothing", ())}
        // the form stands outside of the list: what changes meanwhile must not wipe what is being typed
        {move || closing.get().map(|(id, sentence)| form(desk, loaded, closing, id, sentence))}
        {note::shown(loaded, move |rows: &Vec<IncidentRow>| {
            if rows.is_empty() {
                return note::empty("Nothing went wrong", "A handheld that was copied, that lost entries or that stays silent with counts on it, and a server that was restored: such things appear here, with what to do about each.");
            }
            Part::ALL.into_iter().map(|part| section(desk, part, &of_part(rows, part), closing, may_close)).collect_view().into_any()
        })}
    }
    .into_any()
}

fn section(
    desk: Desk,
    part: Part,
    rows: &[&IncidentRow],
    closing: Closing,
    may_close: Memo<bool>,
) -> Option<impl IntoView + use<>> {
    let lines = rows.iter().map(|row| line(desk, row, closing, may_close)).collect_view();
    (!rows.is_empty()).then(|| view! { <section class="incidents"><h2>{part.title()}</h2>{lines}</section> })
}

fn line(desk: Desk, row: &IncidentRow, closing: Closing, may_close: Memo<bool>) -> impl IntoView + use<> {
    let (word, class) = state(row);
    let (id, sentence) = (row.id, row.sentence.clone());
    let is_closed = row.state == IncidentState::Closed;
    let is_asked = Memo::new(move |_| closing.with(|closing| closing.as_ref().is_some_and(|(asked, _)| *asked == id)));
    let times = [
        Some(format!("noticed {}", desk.time(row.noticed_at, TimeStyle::Minute))),
        row.since.map(|at| format!("last heard of {}", desk.time(at, TimeStyle::Minute))),
        row.mended_at.map(|at| format!("mended {}", desk.time(at, TimeStyle::Minute))),
        row.closed_at.map(|at| format!("closed {} by {}", desk.time(at, TimeStyle::Minute), row.closed_by)),
    ];
    let times = times.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <article class="incident" data-test="incident-row" data-kind=row.kind.word() data-state=row.state.word()>
            <header><b>{row.kind.title()}</b>{note::chip(word, class)}<span class="quiet small number">{times}</span></header>
            <p>{row.sentence.clone()}" "{row.progress.clone()}</p>
            {(!row.reason.is_empty()).then(|| view! { <p class="incident-reason">{format!("“{}”", row.reason)}</p> })}
            {(!row.advice.is_empty()).then(|| view! { <p class="incident-advice">{row.advice.clone()}</p> })}
            {move || (may_close.get() && !is_closed && !is_asked.get()).then(|| {
                let sentence = sentence.clone();
                view! { <button data-test="close-incident" on:click=move |_| closing.set(Some((id, sentence.clone())))>"Close…"</button> }
            })}
        </article>
    }
}

fn form(
    desk: Desk,
    loaded: Loaded<Vec<IncidentRow>>,
    closing: Closing,
    id: IncidentId,
    sentence: String,
) -> impl IntoView {
    let act = Act::idle();
    let words = reason::Words {
        heading: "Close this incident?".to_owned(),
        about: sentence,
        asked: "What was found out and done? Your name and this stay in the record.",
        letters_max: REASON_LETTERS_MAX,
        field: "incident-reason",
        button: ("save-incident", "Close it".to_owned()),
    };
    let close = move |message| {
        let site = desk.code_now();
        act.run(async move { incident::close(&site, id, &message).await }, move |()| {
            desk.say("Closed. It stays in the record.");
            closing.set(None);
            loaded.again();
        });
    };
    reason::panel(words, act, message, close, move || closing.set(None))
}

//! The history of anything: a search, then what happened, newest first, with the raw record and its chain on demand.
//!
//! Absent: changing anything.

use super::model::{laid_out, learned_late_ms, subject_words, with_older};
use crate::{
    api::discrepancy,
    browser::page::TimeStyle,
    screen::desk::{
        part::{
            context::Desk,
            feed::Topic,
            load::{Act, load},
            note,
        },
        place::Place,
        words,
    },
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::api::history::{HistoryLine, SearchHit, Subject};

/// Searching for whose history to read.
pub fn search(desk: Desk) -> AnyView {
    let query = use_query_map();
    let q = Memo::new(move |_| query.with(|query| query.get("q")).unwrap_or_default());
    let hits = load(
        &[],
        move || (desk.code(), q.get()),
        |(site, q)| async move { if q.is_empty() { Ok(Vec::new()) } else { discrepancy::search(&site, &q).await } },
    );
    let navigate = use_navigate();
    let ask = move |text: String| {
        let mut path = Place::History.path();
        if !text.trim().is_empty() {
            path.push_str("?q=");
            crate::api::path::encode(text.trim(), &mut path);
        }
        navigate(&path, NavigateOptions { replace: true, scroll: false, ..Default::default() });
    };
    Effect::new(move |_| {
        crate::browser::page::focus(".search-wide");
    });
    view! {
        {note::head("History", "Every fact about a bin, an item, a task, a person or a handheld, as it was recorded", ())}
        <input class="search search-wide" type="search" data-search data-test="history-search" placeholder="Bin, SKU, words of a description, person, handheld…"
            aria-label="Whose history" prop:value=move || q.get_untracked() on:input:target=move |event| ask(event.target().value())/>
        {move || if q.get().is_empty() {
            note::empty("Whose history?", "Type a bin, a SKU, a name or a handheld. What you read is the record itself: appended to, chained by hash, never changed. “trueup verify” checks it.")
        } else {
            view! { {note::shown(hits, move |hits: &Vec<SearchHit>| if hits.is_empty() {
                note::empty("Nothing fits", "Try the beginning of a code, or one word of a description.")
            } else {
                view! { <ul class="hits">{hits.iter().map(|hit| view! {
                    <li><a class="hit" data-test="history-hit" href=Place::HistoryOf(hit.subject, hit.id).path()>
                        <span class="chip chip-quiet">{subject_words(hit.subject)}</span><b class="code">{hit.title.clone()}</b><span class="quiet clip">{hit.detail.clone()}</span>
                    </a></li>
                }).collect_view()}</ul> }.into_any()
            })} }.into_any()
        }}
    }
    .into_any()
}

/// The history of one thing.
pub fn page(desk: Desk, place: Memo<Place>) -> AnyView {
    let of = Memo::new(move |before: Option<&_>| match place.get() {
        Place::HistoryOf(subject, id) => (subject, id),
        // on the way to another screen the address has changed already: nothing else is to be loaded
        _ => before.copied().unwrap_or((Subject::Item, 0)),
    });
    let loaded = load(
        &[
            Topic::Task,
            Topic::Count,
            Topic::Discrepancy,
            Topic::Device,
            Topic::Barcode,
            Topic::Master,
            Topic::Person,
            Topic::Finding,
        ],
        move || (desk.code(), of.get()),
        |(site, (subject, id))| async move { discrepancy::history(&site, subject, id, None).await },
    );
    let older = RwSignal::new((Vec::<HistoryLine>::new(), None::<bool>));
    Effect::new(move |_| {
        of.track();
        older.set((Vec::new(), None));
    });
    let act = Act::idle();
    let more = move |_| {
        let (subject, id) = of.get_untracked();
        let last = older.with_untracked(|(lines, _)| lines.last().map(|line| line.position));
        let before =
            last.or_else(|| loaded.value.with_untracked(|page| page.as_ref()?.lines.last().map(|line| line.position)));
        let site = desk.code_now();
        act.run(async move { discrepancy::history(&site, subject, id, before).await }, move |page| {
            older.update(|(lines, more)| {
                *lines = with_older(std::mem::take(lines), page.lines);
                *more = Some(page.more);
            });
        });
    };
    let open = RwSignal::new(None::<i64>);
    view! {
        <div class="crumb"><a href=Place::History.path()>"← History"</a></div>
        {note::shown(loaded, move |page| {
            if page.lines.is_empty() {
                return view! { <h1>{page.title.clone()}</h1> {note::empty("Nothing is recorded about it yet", "What happens to it from now on appears here by itself.")} }.into_any();
            }
            let lines = with_older(page.lines.clone(), older.with(|(lines, _)| lines.clone()));
            let has_more = older.with(|(_, more)| *more).unwrap_or(page.more);
            view! {
                {note::head(page.title.clone(), format!("{} shown, newest first", words::many(lines.len() as u64, "fact", "facts")), ())}
                <table class="rows history">
                    <thead><tr><th>"When"</th><th>"What happened"</th><th>"Who"</th><th>"From"</th><th class="right">"Fact"</th></tr></thead>
                    <tbody>{lines.into_iter().map(|line| fact(desk, line, open)).collect_view()}</tbody>
                </table>
                {note::refusal(act.trouble)}
                {has_more.then(|| view! { <p class="foot"><button on:click=more disabled=move || act.busy.get()>"Older facts"</button></p> })}
            }
            .into_any()
        })}
    }
    .into_any()
}

fn fact(desk: Desk, line: HistoryLine, open: RwSignal<Option<i64>>) -> impl IntoView {
    let position = line.position;
    let is_open = Memo::new(move |_| open.get() == Some(position));
    let late = learned_late_ms(&line);
    let who = if line.person_name.is_empty() { "system".to_owned() } else { line.person_name.clone() };
    let raw = laid_out(&line.body);
    let chain = line.chain.clone();
    let toggle = move |_| open.update(|open| *open = if *open == Some(position) { None } else { Some(position) });
    view! {
        <tr data-test="history-line" data-kind=line.kind.clone()>
            <td class="nowrap number">{desk.time(line.at, TimeStyle::Full)}{late.map(|late| view! { <span class="quiet small block">{format!("learned {} later", words::age(late))}</span> })}</td>
            <td>{line.sentence.clone()}</td>
            <td class="nowrap">{who}</td>
            <td class="nowrap quiet">{line.origin.clone()}</td>
            <td class="right"><button class="plain code" aria-expanded=move || is_open.get().to_string() on:click=toggle title="The raw record and its chain">{format!("#{position}")}</button></td>
        </tr>
        {move || is_open.get().then(|| view! {
            <tr class="inset"><td colspan="5">
                <dl class="facts"><div><dt>"Kind"</dt><dd class="code">{line.kind.clone()}</dd></div><div><dt>"Chain at this fact"</dt><dd class="code">{chain.clone()}</dd></div></dl>
                <pre class="code raw">{raw.clone()}</pre>
            </td></tr>
        })}
    }
}

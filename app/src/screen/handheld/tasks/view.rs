//! Draws my bins: what to count, in walk order, and the next one under the thumb.
//!
//! Absent: order and choice (`model`).

use super::model::{self, Row, State};
use crate::{
    screen::handheld::{
        camera,
        count::model::Bin,
        device,
        floor::{Floor, Screen},
        shell,
    },
    words::{Words, fill},
};
use leptos::prelude::*;
use shared::event::TakenBy;

/// Rows drawn at once; more are behind a button. Nobody reads on, and each row costs a slow processor.
const ROWS_SHOWN: usize = 60;

/// The list.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let all = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let rows = Memo::new(move |_| model::from_here(floor.rows(), floor.last_walk.get_value()));
    let left = move || rows.with(|rows| rows.iter().filter(|row| row.state.is_left()).count());
    let loading = move || floor.status.with(|status| status.shards_here < status.shards_known);
    view! {
        {shell::bar(floor)}
        {shell::update(floor)}
        <div class="list">
            <h1>{words.tasks_title}</h1>
            <p class="quiet" data-test="tasks-left">{move || words.tasks_left.of(left())}</p>
            {move || loading().then(|| view! { <p class="warn" role="status">{words.loading}</p> })}
            {move || rows.with(Vec::is_empty).then(|| view! {
                <p class="hint"><b>{words.tasks_none}</b><br/>{words.tasks_none_help}</p>
            })}
            <ol class="tasks" data-test="task-list">
                {move || rows.with(|rows| {
                    let shown = if all.get() { rows.len() } else { ROWS_SHOWN };
                    rows.iter().take(shown).map(|row| draw(floor, words, row)).collect_view()
                })}
            </ol>
            {move || (!all.get() && rows.with(Vec::len) > ROWS_SHOWN).then(|| view! {
                <button class="wide" on:click=move |_| all.set(true)>{words.more_tasks}</button>
            })}
            <form class="typed" on:submit=move |event| {
                event.prevent_default();
                let code = typed.get_untracked();
                typed.set(String::new());
                floor.typed_bin(&code);
            }>
                <input type="text" aria-label=words.type_bin placeholder=words.type_bin data-test="bin-field" class="code"
                    autocomplete="off" autocapitalize="characters" spellcheck="false"
                    prop:value=move || typed.get() on:input=move |event| typed.set(event_target_value(&event))/>
                <button type="submit" data-test="open-bin">{words.open_bin}</button>
            </form>
            {camera::button(floor)}
            <footer class="who">
                <p data-test="person-name">{move || floor.person.with(|person| person.as_ref().map(|it| it.person.name.clone()))}</p>
                {move || floor.person.with(|person| {
                    person.as_ref().is_some_and(|it| it.taken_by == TakenBy::Unverified)
                }).then(|| view! { <p class="warn">{words.unverified}</p> })}
                {move || floor.person.with(|person| person.as_ref().is_some_and(|it| it.ask_password))
                    .then(|| view! { <p class="warn" data-test="ask-password">{words.sign_in_soon}</p> })}
                <p class="quiet">{move || floor.replica().and_then(|it| it.enrolled()).map(|it| {
                    format!("{} · {}", it.site.name, it.device_name)
                })}</p>
                {device::view::button(floor)}
                <button data-test="settings" on:click=move |_| floor.show(Screen::Settings)>{words.settings}</button>
                <button data-test="scanner-test" on:click=move |_| floor.show(Screen::Scanner)>{words.scanner_test}</button>
                <button data-test="sign-out" on:click=move |_| floor.sign_out()>{words.sign_out}</button>
            </footer>
        </div>
        <div class="acts">
            {move || floor.notice.get().map(|notice| view! {
                <p class="notice" class:bad=notice.bad role="status" data-test="notice">
                    <i aria-hidden="true">{if notice.bad { "✕ " } else { "✓ " }}</i>{notice.text}
                </p>
            })}
            {move || rows.with(|rows| floor.next(rows)).map(|row| {
                let bin = bin(&row);
                let template = if row.state == State::Open { words.resume } else { words.next_bin };
                view! {
                    <button class="primary" data-test="next-bin" data-location=row.place.code.clone()
                        on:click=move |_| floor.open(bin.clone())>{fill(template, &[&row.place.code])}</button>
                }
            })}
        </div>
    }
}

fn bin(row: &Row) -> Bin {
    Bin { id: row.place.id, code: row.place.code.clone() }
}

fn draw(floor: Floor, words: &'static Words, row: &Row) -> AnyView {
    let bin = bin(row);
    let (state, mark, word) = match row.state {
        State::Todo => ("todo", "", ""),
        State::Open => ("open", "▶", words.open_now),
        State::Done => ("done", "✓", words.done),
        State::Skipped => ("skipped", "–", words.skipped),
    };
    let items = row.keys.as_ref().map(|keys| words.only_items.of(keys.len()));
    view! {
        <li>
            <button class="task" data-test="task" data-location=row.place.code.clone() data-state=state
                data-round=row.round.to_string() on:click=move |_| floor.open(bin.clone())>
                <span class="code">{row.place.code.clone()}</span>
                <span class="meta">
                    {row.is_again().then(|| view! { <b class="again">"↻ "{words.count_again}</b> })}
                    {items}
                    {(!row.is_again()).then(|| row.count_name.clone())}
                    {(!word.is_empty()).then(|| view! { <b class="state"><i aria-hidden="true">{mark}" "</i>{word}</b> })}
                </span>
            </button>
        </li>
    }
    .into_any()
}

//! Small pieces: chips, signed numbers, notes about trouble, empty states that teach, heads of pages.
//!
//! Absent: drawings ([`super::chart`]).

use super::{context::Desk, load::Loaded};
use crate::{api::Trouble, screen::desk::words};
use leptos::prelude::*;
use shared::{api::discrepancy::DiscrepancyState, quantity::Quantity};

/// A signed quantity with its shape and word: never told by colour alone.
pub fn variance(variance: Quantity) -> impl IntoView {
    let direction = words::direction(variance);
    view! {
        <span class=format!("variance {}", direction.class)>
            <span class="shape" aria-hidden="true">{direction.shape}</span>
            <span class="number">{words::signed(variance)}</span>
            <span class="word">{direction.word}</span>
        </span>
    }
}

/// The chip of a state.
pub fn state_chip(state: DiscrepancyState) -> impl IntoView {
    let (word, class) = words::state(state);
    chip(word, class)
}

/// A word in a frame.
pub fn chip(word: &str, class: &str) -> impl IntoView + use<> {
    view! { <span class=format!("chip {class}")>{word.to_owned()}</span> }
}

/// What went wrong with something a person asked for, in the words of whoever said no.
pub fn refusal(trouble: RwSignal<Option<Trouble>>) -> impl IntoView {
    move || {
        trouble.get().map(|trouble| {
            view! { <p class="note note-bad" role="alert" data-test="refusal">{trouble.to_string()}</p> }
        })
    }
}

/// The heading of a page with what stands beside it.
pub fn head(
    title: impl IntoView + 'static,
    quiet: impl IntoView + 'static,
    tools: impl IntoView + 'static,
) -> impl IntoView {
    view! {
        <header class="head">
            <h1>{title}</h1>
            <div class="head-quiet">{quiet}</div>
            <div class="tools">{tools}</div>
        </header>
    }
}

/// A page or part of a page that says what would be here and how it comes to be.
pub fn empty(title: &str, teach: &str) -> AnyView {
    view! { <div class="empty"><p class="empty-title">{title.to_owned()}</p><p>{teach.to_owned()}</p></div> }.into_any()
}

/// Shows what was loaded; before that a place for it, and above it what went wrong.
pub fn shown<T, V>(loaded: Loaded<T>, draw: impl Fn(&T) -> V + Send + Sync + 'static) -> impl IntoView
where
    T: Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        {trouble_of(loaded)}
        <div class="shown" class:is-stale=move || loaded.stale.get() && loaded.value.with(Option::is_some)>
            {move || loaded.value.with(|value| match value {
                Some(value) => draw(value).into_any(),
                None if loaded.trouble.with(Option::is_some) => ().into_any(),
                None => view! { <div class="waiting-for" role="status" aria-label="Loading"><i/><i/><i/><i/></div> }.into_any(),
            })}
        </div>
    }
}

/// What went wrong with the last loading.
pub fn trouble_of<T: Send + Sync + 'static>(loaded: Loaded<T>) -> impl IntoView {
    move || {
        loaded.trouble.get().map(|trouble| {
            let again = move |_| loaded.again();
            view! {
                <div class="note note-warn" role="alert">
                    <span>{trouble.to_string()}</span>
                    <button class="plain" on:click=again>"Try again"</button>
                </div>
            }
        })
    }
}

/// Small print that explains a number.
pub fn formula(text: &str) -> impl IntoView + use<> {
    view! { <p class="formula">{text.to_owned()}</p> }
}

/// A link to the history of something, for those who may read it.
pub fn history_link(subject: shared::api::history::Subject, id: i64, text: String) -> AnyView {
    let place = crate::screen::desk::place::Place::HistoryOf(subject, id);
    if place.is_open_to(&untrack(|| Desk::here().roles())) {
        view! { <a href=place.path()>{text}</a> }.into_any()
    } else {
        text.into_any()
    }
}

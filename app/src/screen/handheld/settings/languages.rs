//! Draws the choice of a language: the one spoken now, and behind it all of them by their own names.
//!
//! Absent: texts to translate. Somebody who reads none of this finds their language all the same.

use crate::screen::handheld::floor::Floor;
use leptos::prelude::*;
use shared::language::Language;

/// One button; the languages are drawn in the page when it is tapped.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let open = RwSignal::new(false);
    view! {
        <nav class="languages" aria-label=words.choose_language>
            <button type="button" data-test="language" aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)>
                {words.language.own_name()}<i aria-hidden="true">{move || if open.get() { " ▴" } else { " ▾" }}</i>
            </button>
            {move || open.get().then(|| choices(floor, words.language))}
        </nav>
    }
}

/// Every language; the one spoken now is marked.
pub fn choices(floor: Floor, now: Language) -> impl IntoView {
    let one = move |language: Language| {
        view! {
            <button type="button" data-test=format!("language-{}", language.tag()) lang=language.tag()
                aria-pressed=(language == now).to_string() on:click=move |_| floor.choose_language(language)>
                {language.own_name()}
            </button>
        }
    };
    view! { <div class="choice-grid">{Language::ALL.map(one).into_iter().collect_view()}</div> }
}

//! Draws the screen that connects a handheld.
//!
//! Absent: reading codes (`model`).

use super::model;
use crate::screen::handheld::{floor::Floor, settings::languages};
use leptos::{prelude::*, task::spawn_local};

/// Type or scan a code; one that came in the address is used at once.
pub fn view(floor: Floor, given: Option<String>) -> impl IntoView {
    let words = floor.words();
    let text = RwSignal::new(given.clone().unwrap_or_default());
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let go = move || {
        let Some(replica) = floor.replica().filter(|_| !busy.get_untracked()) else { return };
        let Some(code) = text.with_untracked(|text| model::code(text)) else {
            return trouble.set(Some(words.enrol_short.to_owned()));
        };
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let told = replica.enrol(&code).await;
            busy.set(false);
            match told {
                Ok(_) => floor.route(),
                Err(error) => trouble.set(Some(words.trouble(&error))),
            }
        });
    };
    if given.is_some() {
        go();
    }
    Effect::new(move |_| {
        if let Some(scan) = floor.scanned_text.get() {
            floor.scanned_text.set(None);
            text.set(model::code(&scan).unwrap_or(scan));
            go();
        }
    });
    view! {
        {languages::view(floor)}
        <form class="form" on:submit=move |event| { event.prevent_default(); go(); }>
            <h1>{words.enrol_title}</h1>
            <p>{words.enrol_help}</p>
            <label for="enrol-code">{words.enrol_label}</label>
            <input id="enrol-code" data-test="enrol-code" class="code" type="text" autocomplete="off" autocapitalize="characters"
                spellcheck="false" prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))/>
            {move || trouble.get().map(|why| view! { <p class="bad" role="alert" data-test="trouble">{why}</p> })}
            <button type="submit" class="primary" data-test="enrol-go" disabled=move || busy.get()>
                {move || if busy.get() { words.enrol_busy } else { words.enrol_go }}
            </button>
        </form>
    }
}

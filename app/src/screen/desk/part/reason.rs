//! A panel that asks somebody for a reason in their own words, and sends what they decide with it.
//!
//! Absent: which reasons will do, which is for whoever asks.

use super::{load::Act, note};
use crate::browser::page;
use leptos::{ev::SubmitEvent, prelude::*};

/// What the panel says.
pub struct Words {
    /// What is being decided.
    pub heading: String,
    /// About what, or what follows.
    pub about: String,
    /// What is asked.
    pub asked: &'static str,
    /// Letters of a reason, at most.
    pub letters_max: usize,
    /// The name of the field, for tests.
    pub field: &'static str,
    /// The name of the button, for tests, and what stands on it.
    pub button: (&'static str, String),
}

/// The panel. `message` refuses a reason with a sentence, `send` sends what it made, `cancel` closes the panel.
pub fn panel<Message>(
    words: Words,
    act: Act,
    message: impl Fn(&str) -> Result<Message, String> + 'static,
    send: impl Fn(Message) + 'static,
    cancel: impl Fn() + 'static,
) -> impl IntoView {
    let Words { heading, about, asked, letters_max, field, button: (name, title) } = words;
    let reason = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let decide = move |event: SubmitEvent| {
        event.prevent_default();
        match message(&reason.get_untracked()) {
            Err(sentence) => fault.set(Some(sentence)),
            Ok(message) => {
                fault.set(None);
                send(message);
            }
        }
    };
    Effect::new(move |_| {
        page::focus(&format!("[data-test='{field}']"));
    });
    view! {
        <form class="naming-panel" on:submit=decide>
            <h2>{heading}</h2>
            <p>{about}</p>
            <label class="field"><span>{asked}</span>
                <textarea rows="2" maxlength=letters_max.to_string() data-test=field prop:value=move || reason.get()
                    on:input:target=move |event| reason.set(event.target().value())></textarea>
            </label>
            {move || fault.get().map(|sentence| view! { <p class="note note-warn" role="alert">{sentence}</p> })}
            {note::refusal(act.trouble)}
            <p>
                <button class="primary" data-test=name disabled=move || act.busy.get()>{title}</button>
                <button class="plain" type="button" on:click=move |_| cancel()>"Not now"</button>
            </p>
        </form>
    }
}

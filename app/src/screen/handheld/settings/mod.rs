//! What is set on this handheld: recalled at the start, kept at each change, applied to the page.
//!
//! Absent: what can be set (`crate::part::settings`).

pub mod languages;
pub mod view;

use super::floor::Floor;
use crate::{
    browser::{keys, memory, sound},
    part::settings::Settings,
};
use leptos::prelude::*;
use shared::language::Language;

/// Where the browser remembers which language was spoken last: a page that cannot start says so in it
/// (`app/web/handheld-boot.js`).
const SPOKEN: &str = "trueup-spoken";
/// Where the browser remembers it.
const NAME: &str = "trueup-handheld";

/// What was set on this handheld before.
pub fn recall() -> Settings {
    memory::recall(NAME).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

impl Floor {
    /// Changes a setting and keeps it.
    pub fn set(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        if let Ok(text) = self.settings.with_untracked(serde_json::to_string) {
            memory::remember(NAME, &text);
        }
    }
    /// A language was chosen: for whoever holds the handheld, or by somebody who is about to sign in.
    pub fn choose_language(self, language: Language) {
        let person = self.person.get_untracked().map(|held| held.person);
        if person.is_none() {
            self.picked.set_value(Some(language));
        }
        self.set(|settings| settings.choose(language, person.as_ref()));
    }
    /// Who chose a language and then signed in keeps it.
    pub(super) fn keep_picked_language(self) {
        if let Some(language) = self.picked.try_update_value(Option::take).flatten() {
            self.choose_language(language);
        }
    }
    /// Tells page and loudspeaker what is set, now and whenever it changes.
    pub(super) fn apply_settings(self) {
        Effect::new(move |_| {
            let words = self.words();
            memory::mark_root("lang", words.language.tag());
            memory::remember(SPOKEN, words.language.tag());
            keys::name(words.scanner_input);
        });
        Effect::new(move |_| {
            let person = self.person.get().map(|held| held.person.id);
            self.settings.with(|settings| {
                sound::set_level(settings.volume.percent(), settings.vibration);
                memory::mark_root("data-theme", settings.theme.word());
                memory::mark_root("data-hand", settings.hand(person).word());
            });
        });
    }
}

//! How this handheld looks, sounds and speaks: kept on the device, and where it is about a person, per person.
//!
//! Absent: keeping (`browser::memory`) and applying. Nothing a count depends on is here; it may vanish at any time.

use serde::{Deserialize, Serialize};
use shared::{id::PersonId, language::Language, sync::message::HandheldPerson};
use std::collections::BTreeMap;

/// What was set on this handheld.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The language of the sign-in screen, once somebody chose one.
    language: Option<String>,
    /// Languages that people chose here.
    people: BTreeMap<PersonId, Chosen>,
}

/// A language that somebody chose on this handheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Chosen {
    language: String,
    /// What the desk had on record then. When the desk changes it, the newer word counts.
    instead_of: String,
}

impl Settings {
    /// What is spoken with whoever holds the handheld; `browser` is the language of its browser.
    pub fn language(&self, person: Option<&HandheldPerson>, browser: &str) -> Language {
        let own = person.and_then(|person| {
            let chosen = self.people.get(&person.id).filter(|chosen| chosen.instead_of == person.language);
            Language::parse(chosen.map_or(&person.language, |chosen| &chosen.language))
        });
        let device = || self.language.as_deref().and_then(Language::parse);
        own.or_else(device).or_else(|| Language::parse(browser)).unwrap_or_default()
    }
    /// A language was chosen: by whoever holds the handheld, or by somebody about to sign in.
    pub fn choose(&mut self, language: Language, person: Option<&HandheldPerson>) {
        let tag = language.tag().to_owned();
        match person {
            None => self.language = Some(tag),
            Some(person) => {
                let chosen = Chosen { language: tag, instead_of: person.language.clone() };
                self.people.insert(person.id, chosen);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn person(id: i64, language: &str) -> HandheldPerson {
        HandheldPerson { id: PersonId(id), name: "Maria".into(), language: language.into() }
    }

    #[test]
    fn the_handheld_speaks_as_its_browser_until_told_and_then_as_the_person() {
        let mut settings = Settings::default();
        assert_eq!(settings.language(None, "fr-CA"), Language::French);
        assert_eq!(settings.language(None, "xx"), Language::English);
        settings.choose(Language::German, None);
        assert_eq!(settings.language(None, "fr-CA"), Language::German);
        assert_eq!(settings.language(Some(&person(1, "pl")), "fr"), Language::Polish);
        assert_eq!(settings.language(Some(&person(1, "nl")), "fr"), Language::German, "as the device, where unknown");
    }

    #[test]
    fn what_a_person_chose_here_is_theirs_alone_until_the_desk_says_otherwise() {
        let mut settings = Settings::default();
        settings.choose(Language::Spanish, Some(&person(1, "en")));
        let kept: Settings = serde_json::from_str(&serde_json::to_string(&settings).unwrap()).unwrap();
        assert_eq!(kept.language(Some(&person(1, "en")), "fr"), Language::Spanish);
        assert_eq!(kept.language(Some(&person(2, "en")), "fr"), Language::English);
        assert_eq!(kept.language(None, "fr"), Language::French);
        assert_eq!(kept.language(Some(&person(1, "pl")), "fr"), Language::Polish, "the desk changed it since");
    }

    #[test]
    fn settings_of_an_older_build_are_read() {
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    }
}

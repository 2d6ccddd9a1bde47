//! How this handheld looks, sounds and speaks: kept on the device, and where it is about a person, per person.
//!
//! Absent: keeping (`browser::memory`) and applying. Nothing a count depends on is here; it may vanish at any time.

use serde::{Deserialize, Serialize};
use shared::{id::PersonId, language::Language, sync::message::HandheldPerson};
use std::collections::BTreeMap;

/// How loud.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Volume {
    /// No sound: the motor and the screen say it.
    Off,
    /// A quiet room.
    Low,
    /// A hall.
    #[default]
    High,
    /// Beside machines, under ear defenders.
    Full,
}

impl Volume {
    /// Every one, quietest first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Low, Self::High, Self::Full];

    /// Loudness of a square wave in percent of what the device can. A full one hurts in headphones, so the default is
    /// well below it.
    pub const fn percent(self) -> u8 {
        match self {
            Self::Off => 0,
            Self::Low => 6,
            Self::High => 18,
            Self::Full => 60,
        }
    }
}

/// How the screen is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device is.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// Black on white, for sun and freezer.
    Contrast,
}

impl Theme {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Light, Self::Dark, Self::Contrast];

    /// What the styles call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }
}

/// Which thumb presses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// The right one.
    #[default]
    Right,
    /// The left one: everything that lies at a side is mirrored.
    Left,
}

impl Hand {
    /// What the styles call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
        }
    }
}

/// What was set on this handheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How loud.
    pub volume: Volume,
    /// Whether the motor speaks as well.
    pub vibration: bool,
    /// Colours.
    pub theme: Theme,
    /// The language of the sign-in screen, once somebody chose one.
    language: Option<String>,
    /// Languages that people chose here.
    people: BTreeMap<PersonId, Chosen>,
    /// The thumb of each; a person takes theirs along from shift to shift.
    hands: BTreeMap<PersonId, Hand>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            volume: Volume::default(),
            vibration: true,
            theme: Theme::default(),
            language: None,
            people: BTreeMap::new(),
            hands: BTreeMap::new(),
        }
    }
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
    /// The thumb that presses.
    pub fn hand(&self, person: Option<PersonId>) -> Hand {
        person.and_then(|person| self.hands.get(&person)).copied().unwrap_or_default()
    }
    /// A person says which thumb presses.
    pub fn take_hand(&mut self, person: PersonId, hand: Hand) {
        self.hands.insert(person, hand);
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
    fn each_person_holds_it_in_their_own_hand() {
        let mut settings = Settings::default();
        settings.take_hand(PersonId(1), Hand::Left);
        assert_eq!(settings.hand(Some(PersonId(1))), Hand::Left);
        assert_eq!(settings.hand(Some(PersonId(2))), Hand::Right);
        assert_eq!(settings.hand(None), Hand::Right);
    }

    #[test]
    fn louder_is_louder_and_off_is_silent() {
        assert_eq!(Volume::Off.percent(), 0);
        assert!(Volume::ALL.windows(2).all(|pair| pair[0].percent() < pair[1].percent()));
        assert!(Settings::default().vibration, "what nobody hears is felt");
    }

    #[test]
    fn settings_of_an_older_build_are_read() {
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    }
}

//! What the scanner test says, per language: a value of [`ScannerWords`] each, so a missing text does not compile.
//!
//! Read at a table by whoever sets handhelds up, so its sentences may be longer than those of the floor. Names of
//! settings stay as a scanner's own menus have them. Absent: what is found ([`shared::scan::trial`]).

mod english;
mod french;
mod german;
mod polish;
mod portuguese;
mod spanish;

use super::{Text, fill};
use shared::{
    language::Language,
    scan::{
        Channel, Learned,
        trial::{Advice, Finding, Separator},
    },
};

words! { ScannerWords { },
    // the screen
    all_arrived: Text,
    scan_code: Text,
    sheet: Text,
    caps_on: Text,
    again: Text,
    belongs: Text,
    everything: Text,
    text: Text,
    keys: Text,
    belongs_help: Text,
    profile: Text,
    apps: Text,
    quiet: Text,
    on: Text,
    enter_on: Text,
    events: Text,
    save: Text,
    // what is known of the scanner
    nothing_yet: Text,
    learned: Text,
    by_keys: Text,
    by_text: Text,
    by_character: Text,
    by_unknown: Text,
    ends_enter: Text,
    ends_open: Text,
    names: Text,
    names_not: Text,
    // what was found of a code
    found_keys: Text,
    found_text: Text,
    found_character: Text,
    found_nothing: Text,
    found_enter: Text,
    found_open: Text,
    found_symbol: Text,
    symbol_unknown: Text,
    found_no_symbol: Text,
    found_kept: Text,
    found_replaced: Text,
    found_lost: Text,
    found_exact: Text,
    // what to change
    advice_caps: Text,
    advice_country: Text,
    advice_other: Text,
    advice_controls: Text,
    advice_replaced: Text,
    advice_enter: Text,
    advice_aim: Text,
}

/// The words of a language.
pub const fn of(language: Language) -> &'static ScannerWords {
    match language {
        Language::English => &english::WORDS,
        Language::Spanish => &spanish::WORDS,
        Language::German => &german::WORDS,
        Language::French => &french::WORDS,
        Language::Polish => &polish::WORDS,
        Language::Portuguese => &portuguese::WORDS,
    }
}

impl ScannerWords {
    /// What is known of the scanner.
    pub fn learned(&self, learned: Learned) -> String {
        if learned.seen == 0 {
            return self.nothing_yet.to_owned();
        }
        let channel = match learned.channel {
            Some(Channel::Keys) => self.by_keys,
            Some(Channel::Text) => self.by_text,
            Some(Channel::TextByCharacter) => self.by_character,
            None => self.by_unknown,
        };
        let end = if learned.suffix { self.ends_enter } else { self.ends_open };
        let aim = if learned.aim { self.names } else { self.names_not };
        fill(self.learned, &[channel, end, aim, &learned.gap_ms.to_string(), &learned.seen.to_string()])
    }
    /// What was found of a code, a line each.
    pub fn lines(&self, finding: &Finding) -> Vec<String> {
        let channel = match finding.channel {
            Some(Channel::Keys) => self.found_keys,
            Some(Channel::Text) => self.found_text,
            Some(Channel::TextByCharacter) => self.found_character,
            None => self.found_nothing,
        };
        let mut lines = vec![channel.to_owned()];
        lines.push(if finding.suffix { self.found_enter } else { self.found_open }.to_owned());
        lines.push(match finding.symbology {
            Some(symbology) => {
                let name = symbology.gs1_name().or(symbology.name()).unwrap_or(self.symbol_unknown);
                fill(self.found_symbol, &[&symbology.to_string(), name])
            }
            None => self.found_no_symbol.to_owned(),
        });
        lines.extend(finding.separator.as_ref().map(|separator| match separator {
            Separator::Kept => self.found_kept.to_owned(),
            Separator::Replaced(by) => fill(self.found_replaced, &[by]),
            Separator::Lost => self.found_lost.to_owned(),
        }));
        if finding.exact {
            lines.push(self.found_exact.to_owned());
        }
        lines
    }
    /// One thing to change.
    pub const fn advice(&self, advice: Advice) -> Text {
        match advice {
            Advice::CapsLock => self.advice_caps,
            Advice::KeyboardCountry => self.advice_country,
            Advice::OtherCode => self.advice_other,
            Advice::SendControls => self.advice_controls,
            Advice::KeepSeparator => self.advice_replaced,
            Advice::SendEnter => self.advice_enter,
            Advice::NameSymbols => self.advice_aim,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scanner_test_is_whole_in_every_language_and_fills_in_the_same() {
        let english = of(Language::English).texts();
        for language in Language::ALL {
            for ((name, texts), (_, in_english)) in of(language).texts().into_iter().zip(&english) {
                let numbers = |text: &str| (0..9).filter(|n| text.contains(&format!("{{{n}}}"))).collect::<Vec<_>>();
                let (text, meant) = (texts[0], in_english[0]);
                assert!(!text.is_empty() && text.trim() == text, "{}: {name}", language.tag());
                assert_eq!(numbers(text), numbers(meant), "{}: {name}", language.tag());
                let may_be_alike = (name == "text" && language == Language::German) || language == Language::English;
                assert!(text != meant || may_be_alike, "{}: {name} is left in English", language.tag());
            }
        }
    }
}

//! Every language is whole, short enough for the floor, says what English says, and writes numbers its own way.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{api::Trouble, replica::NotSaved};
use shared::{api::problem::Problem, moment::Moment};
use std::collections::BTreeSet;

/// Texts read at a table by an administrator.
const LONGER: [&str; 3] = ["insecure_help", "insecure_proxy", "enrol_help"];

/// Texts that are the same as in English because the word is the same.
const ALIKE: &[(&str, &str)] = &[
    ("tick_server", "de"),
    ("tick_archived", "de pt-BR"),
    ("pin", "es de pl pt-BR"),
    ("enrol_label", "de fr"),
    ("volume", "fr pt-BR"),
    ("vibration", "de fr"),
    ("hand", "de"),
    ("tone_ask", "fr"),
    ("undo_unknown", "fr"),
    ("lot", "fr"),
    ("build", "de fr"),
    ("use_it", "es de fr pl pt-BR"),
];

fn all() -> [&'static Words; 6] {
    Language::ALL.map(of)
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default()).collect()
}

#[test]
fn no_text_is_missing_and_floor_texts_have_six_words_or_fewer() {
    for words in all() {
        for (name, texts) in words.texts() {
            for text in texts {
                let tag = words.language.tag();
                assert!(!text.trim().is_empty(), "{tag}: {name} says nothing");
                assert_eq!(text.trim(), text, "{tag}: {name} has space around it");
                for sentence in text.split(['.', ':', '?', '!']) {
                    let words =
                        sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
                    assert!(words <= 6 || LONGER.contains(&name), "{tag}: {name}: {text:?} is too long for gloves");
                }
            }
        }
    }
}

#[test]
fn every_language_fills_in_what_english_fills_in() {
    for words in all() {
        for ((name, english), (_, texts)) in ENGLISH.texts().into_iter().zip(words.texts()) {
            for text in texts {
                assert_eq!(placeholders(text), placeholders(english[0]), "{}: {name}", words.language.tag());
            }
        }
    }
}

#[test]
fn nothing_is_left_in_english_by_accident() {
    let mut alike = BTreeSet::new();
    for words in all().into_iter().filter(|words| words.language != Language::English) {
        let tag = words.language.tag();
        for ((name, english), (_, texts)) in ENGLISH.texts().into_iter().zip(words.texts()) {
            let letters = |text: &str| text.replace("{0}", "").chars().any(char::is_alphabetic);
            if letters(english[0]) && texts.iter().any(|text| english.contains(text)) {
                alike.insert((name, tag));
            }
        }
    }
    let allowed = ALIKE.iter().flat_map(|(name, tags)| tags.split_whitespace().map(move |tag| (*name, tag)));
    assert_eq!(alike, allowed.collect(), "left: in English as well; right: known to be the same word");
}

#[test]
fn a_page_that_cannot_start_says_so_in_every_language() {
    let boot = include_str!("../../web/handheld-boot.js");
    let says = |tag: &str| boot.lines().find_map(|line| line.trim().strip_prefix(&format!("\"{tag}\": \"")));
    let said: BTreeSet<_> =
        Language::ALL.map(|language| says(language.tag()).unwrap_or_else(|| panic!("{}", language.tag()))).into();
    assert_eq!(said.len(), Language::ALL.len());
}

#[test]
fn only_polish_has_a_form_for_a_few() {
    for words in all() {
        for count in [words.lines, words.tasks_left, words.counts_safe, words.only_items, words.cases] {
            assert_eq!(count.few != count.many, words.language == Language::Polish, "{}", count.many);
        }
    }
}

#[test]
fn a_number_takes_the_form_that_its_language_gives_it() {
    let check = |words: &Words, n: usize, text: &str| assert_eq!(words.lines.of(n), text);
    for (n, text) in [(0, "0 lines"), (1, "1 line"), (2, "2 lines"), (21, "21 lines"), (1_200, "1,200 lines")] {
        check(&ENGLISH, n, text);
    }
    for (n, text) in [(0, "0 Zeilen"), (1, "1 Zeile"), (1_200, "1.200 Zeilen")] {
        check(&GERMAN, n, text);
    }
    for (n, text) in [(0, "0 líneas"), (1, "1 línea"), (1_200, "1200 líneas"), (12_000, "12.000 líneas")] {
        check(&SPANISH, n, text);
    }
    for (n, text) in [(0, "0 ligne"), (1, "1 ligne"), (2, "2 lignes"), (1_200, "1\u{202f}200 lignes")] {
        check(&FRENCH, n, text);
    }
    for (n, text) in [(0, "0 linha"), (1, "1 linha"), (2, "2 linhas")] {
        check(&PORTUGUESE, n, text);
    }
    for n in [2, 3, 4, 22, 34, 102, 1_003] {
        check(&POLISH, n, &format!("{n} pozycje"));
    }
    for n in [0, 5, 11, 12, 13, 14, 15, 21, 31, 100, 101, 112, 114, 1_000] {
        check(&POLISH, n, &format!("{n} pozycji"));
    }
    check(&POLISH, 1, "1 pozycja");
    assert_eq!(POLISH.cases.with(3, &["12", "36"]), "3 kartony × 12 = 36");
}

#[test]
fn quantities_are_written_as_each_language_writes_them() {
    let check = |words: &Words, quantity: &str, text: &str| {
        assert_eq!(words.number(quantity.parse().unwrap()), text, "{quantity} in {}", words.language.tag());
    };
    check(&ENGLISH, "0", "0");
    check(&ENGLISH, "1234567.25", "1,234,567.25");
    check(&ENGLISH, "-1200", "\u{2212}1,200");
    check(&GERMAN, "2.5", "2,5");
    check(&GERMAN, "1234.5", "1.234,5");
    check(&GERMAN, "999", "999");
    check(&SPANISH, "1234.5", "1234,5");
    check(&SPANISH, "123456", "123.456");
    check(&FRENCH, "1234.5", "1\u{202f}234,5");
    check(&POLISH, "1234.5", "1234,5");
    check(&POLISH, "12345", "12\u{a0}345");
    check(&PORTUGUESE, "1234567", "1.234.567");
    assert_eq!(GERMAN.form.typed("1234.5"), "1234,5");
    assert_eq!(ENGLISH.form.typed("1234."), "1234.");
}

#[test]
fn days_and_times_are_written_as_each_language_writes_them() {
    let at = Moment::parse("2026-11-03T23:05:31Z").unwrap();
    for (words, day, shown) in [
        (&ENGLISH, "3 Nov 2026", "4 Nov 2026 00:05"),
        (&SPANISH, "03/11/2026", "04/11/2026 00:05"),
        (&GERMAN, "03.11.2026", "04.11.2026 00:05"),
        (&FRENCH, "03/11/2026", "04/11/2026 00:05"),
        (&POLISH, "03.11.2026", "04.11.2026 00:05"),
        (&PORTUGUESE, "03/11/2026", "04/11/2026 00:05"),
    ] {
        assert_eq!(words.form.day("2026-11-03"), day);
        assert_eq!(words.form.day_and_time(at, 60), shown);
        assert_eq!(words.form.time(at, -300), "18:05");
        for odd in ["", "soon", "2026-11", "26-11-03", "2026-11-03-04"] {
            assert_eq!(words.form.day(odd), odd, "what is no day is not made one");
        }
    }
    assert_eq!(ENGLISH.form.day("2026-13-03"), "2026-13-03");
}

#[test]
fn templates_are_filled_in_any_order() {
    assert_eq!(fill("Finish {0} and open {1}?", &["A-01", "A-02"]), "Finish A-01 and open A-02?");
    assert_eq!(fill("{1} nach {0}", &["A", "B"]), "B nach A");
    assert_eq!(fill("plain", &[]), "plain");
    assert_eq!(fill("missing {3}.", &["A"]), "missing .");
}

#[test]
fn what_went_wrong_is_said_in_the_persons_language() {
    let refused = |code: &str| {
        let body = serde_json::json!({"code": code, "status": 409, "detail": "in English"}).to_string();
        Trouble::Problem(serde_json::from_str::<Problem>(&body).unwrap())
    };
    assert_eq!(GERMAN.trouble(&refused("wrong_credentials")), "Name oder Passwort falsch");
    assert_eq!(GERMAN.trouble(&refused("new_rule")), "Geht nicht: new_rule");
    assert_eq!(POLISH.trouble(&Trouble::Offline), "Brak połączenia");
    assert_eq!(FRENCH.not_saved_because(&NotSaved::TooLong), "Code trop long");
    assert_eq!(SPANISH.not_saved_because(&NotSaved::Storage("quota".into())), "El equipo no graba: quota");
}

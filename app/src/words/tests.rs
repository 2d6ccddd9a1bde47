//! Every language is whole, short enough for the floor, and fills its templates.

use super::*;

/// Texts read at a table, by an administrator, or that carry a reason.
const LONGER: [&str; 5] = ["insecure_help", "enrol_help", "note_quantity_code", "not_saved_help", "offline_pick"];

#[test]
fn no_text_is_missing_and_floor_texts_have_six_words_or_fewer() {
    for (name, texts) in ENGLISH.texts() {
        for text in texts {
            assert!(!text.trim().is_empty(), "{name} says nothing");
            for sentence in text.split(['.', ':']) {
                let words = sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
                assert!(words <= 6 || LONGER.contains(&name), "{name}: {text:?} is too long to read with gloves on");
            }
        }
    }
}

#[test]
fn templates_are_filled_in_any_order() {
    assert_eq!(fill("Finish {0} and open {1}?", &["A-01", "A-02"]), "Finish A-01 and open A-02?");
    assert_eq!(fill("{1} nach {0}", &["A", "B"]), "B nach A");
    assert_eq!(fill("plain", &[]), "plain");
    assert_eq!(fill("missing {3}.", &["A"]), "missing .");
    assert_eq!(ENGLISH.lines.of(1), "1 line");
    assert_eq!(ENGLISH.lines.of(0), "0 lines");
}

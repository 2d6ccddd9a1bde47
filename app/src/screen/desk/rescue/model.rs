//! What was scanned so far, and what became of a file in sentences.
//!
//! Absent: storing anything. The server looks at everything once more.

use crate::screen::desk::words;
use shared::{
    api::rescue::{RescueReport, Tally},
    sync::rescue::{frame, looks_like},
};

/// Numbers of missing codes that are named before the rest is only counted.
const MISSING_NAMED_MAX: usize = 12;

/// What is in the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Nothing.
    Nothing,
    /// Something, but neither a file nor codes.
    Unknown,
    /// Some codes; these are missing.
    Part(String),
    /// All of it.
    Whole(String),
}

/// Looks at what was scanned, typed or pasted.
pub fn look(text: &str) -> Typed {
    if text.trim().is_empty() {
        return Typed::Nothing;
    }
    if looks_like(text) {
        return Typed::Whole("A whole file.".to_owned());
    }
    let codes = frame::join(text);
    if codes.total == 0 && codes.damaged == 0 {
        return Typed::Unknown;
    }
    let total = usize::from(codes.total);
    let wrong = match codes.damaged {
        0 => String::new(),
        wrong => format!(" {} read wrongly: scan it again.", words::many(wrong as u64, "code was", "codes were")),
    };
    if codes.text.is_some() {
        return Typed::Whole(format!("All {} are here.", words::many(total as u64, "code", "codes")));
    }
    if total == 0 {
        return Typed::Part(format!("No code could be read.{wrong}"));
    }
    let named: Vec<String> = codes.missing.iter().take(MISSING_NAMED_MAX).map(u16::to_string).collect();
    let more = codes.missing.len().saturating_sub(MISSING_NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let here = total - codes.missing.len();
    Typed::Part(format!("{here} of {total} codes are here. Missing: {}{more}.{wrong}", named.join(", ")))
}

/// What became of it, most important first.
pub fn sentences(report: &RescueReport) -> Vec<String> {
    let entries = |number: u64| words::many(number, "entry", "entries");
    let Tally { new, known, conflicting, apart, waiting, foreign } = report.tally;
    let mut said = Vec::new();
    let mut say = |number: u64, sentence: &str| {
        if number > 0 {
            said.push(format!("{} {sentence}", entries(number)));
        }
    };
    say(new, "new: stored, as if the handheld had sent them.");
    say(known, "known already: skipped.");
    say(conflicting, "contradicting what is here: kept beside it, without effect. See the incidents.");
    say(apart, "kept apart, because others before them are missing. Visits that are whole count.");
    say(waiting, "not stored yet: the handheld has to send first what it had saved before them. Then try again.");
    say(foreign, "not stored: no handheld of this site is known for them.");
    for mark in &report.marks {
        said.push(format!("{} stored and marked: {}.", entries(mark.events), mark.code.replace('_', " ")));
    }
    if said.is_empty() {
        said.push("Nothing could be read.".to_owned());
    }
    said
}

/// What could not be read.
pub fn damages(report: &RescueReport) -> Vec<String> {
    let mut said: Vec<String> = report.damages.iter().map(|damage| format!("Damaged: {damage}.")).collect();
    if report.damages_unnamed > 0 {
        said.push(format!("Damaged: {} more of the same kind.", report.damages_unnamed));
    }
    said
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use shared::sync::rescue::Damage;

    #[test]
    fn codes_that_are_missing_are_named_until_all_are_here() {
        let codes = frame::split(&"x".repeat(frame::PIECE_BYTES * 3)).unwrap();
        assert_eq!(look(" \n"), Typed::Nothing);
        assert_eq!(look("BOLT;3"), Typed::Unknown);
        assert_eq!(look(&codes[1]), Typed::Part("1 of 3 codes are here. Missing: 1, 3.".into()));
        let damaged = format!("{}\n{}X", codes[1], codes[0]);
        assert!(matches!(look(&damaged), Typed::Part(said) if said.contains("1 code was read wrongly")));
        assert_eq!(look(&codes.join("\n")), Typed::Whole("All 3 codes are here.".into()));
    }

    #[test]
    fn everything_that_became_of_a_file_is_said_and_nothing_else() {
        let mut report = RescueReport { tally: Tally { new: 3, known: 1, ..Tally::default() }, ..Default::default() };
        assert_eq!(sentences(&report).len(), 2);
        assert!(sentences(&report)[0].starts_with("3 entries new"));
        report.damages.push(Damage::Line { line: 4 });
        assert_eq!(damages(&report), ["Damaged: line 4 is damaged."]);
        assert_eq!(sentences(&RescueReport::default()), ["Nothing could be read."]);
    }
}

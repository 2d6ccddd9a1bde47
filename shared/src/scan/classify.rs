//! Judges a run of characters: a scan, a quantity typed by hand, or neither.
//!
//! Absent: state between runs ([`super::Capture`]).

use super::{CODE_CHARS_MAX, Channel, Ending, Expect};
use crate::barcode::{
    content::Fault,
    gs1::{self, ElementError},
    symbology::{Promise, Symbology},
};

/// Digits that a quantity may have without being asked about; anything longer is a code.
const QUANTITY_CHARS_MAX: usize = 6;
/// A median gap up to this is a machine's.
const MACHINE_MEDIAN_MS: i64 = 35;
/// Nine gaps in ten up to this are a slow machine's, given a terminator or text that no quantity has.
const MACHINE_P90_MS: i64 = 110;
/// A median gap above this is a hand's.
const HAND_MEDIAN_MS: i64 = 60;
/// Text committed in one piece of at least this many characters was not typed.
const CHUNK_SCAN_CHARS: usize = 3;
/// No symbol made of bars alone holds more: a longer text is of a 2D code, the kind that stalls on its way.
const BARS_CHARS_MAX: usize = 48;
/// From this many gaps on, one of them may be a stall.
const STALL_GAPS: usize = 5;
/// How long codes begin that stall on their way and often carry line ends of their own.
const OPEN_PREFIXES: [&str; 5] = ["[)>", "]Q", "]d", "{", "http"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Scan,
    Typed,
    Unclear,
}

/// The characters so far and how they came.
#[derive(Debug, Default)]
pub(super) struct Shape {
    text: String,
    chars: usize,
    /// One time stamp for each arrival (a key, or a piece of committed text).
    arrivals_ms: Vec<i64>,
    chunk_chars_max: usize,
    by_key: bool,
}

impl Shape {
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
    pub fn push(&mut self, at_ms: i64, piece: &str, by_key: bool) {
        let chars = piece.chars().count();
        if self.chars + chars > CODE_CHARS_MAX {
            return;
        }
        self.text.push_str(piece);
        self.chars += chars;
        self.chunk_chars_max = self.chunk_chars_max.max(chars);
        self.arrivals_ms.push(at_ms);
        self.by_key = by_key;
    }
    pub const fn channel(&self) -> Channel {
        match (self.by_key, self.chunk_chars_max) {
            (true, _) => Channel::Keys,
            (false, 0 | 1) => Channel::TextByCharacter,
            (false, _) => Channel::Text,
        }
    }
    pub fn pop(&mut self) {
        if self.text.pop().is_some() {
            self.chars -= 1;
            self.arrivals_ms.pop();
        }
    }
    pub fn into_text(self) -> String {
        self.text
    }
    pub fn text(&self) -> &str {
        &self.text
    }
    pub fn chunk_chars_max(&self) -> usize {
        self.chunk_chars_max
    }
    pub fn first_ms(&self) -> i64 {
        self.arrivals_ms.first().copied().unwrap_or_default()
    }
    pub fn last_ms(&self) -> i64 {
        self.arrivals_ms.last().copied().unwrap_or_default()
    }
    /// Silence since the last arrival; zero where there was none.
    pub fn silence_ms(&self, at_ms: i64) -> i64 {
        self.arrivals_ms.last().map_or(0, |last| at_ms - last)
    }
    pub fn is_open_code(&self) -> bool {
        OPEN_PREFIXES.iter().any(|prefix| self.text.starts_with(prefix)) && !self.text.starts_with("{GS}")
    }
    /// Whether it is longer than what stands on a strip of bars, and still comes character by character.
    pub fn is_long(&self) -> bool {
        self.chars > BARS_CHARS_MAX && self.chunk_chars_max == 1
    }
    /// Whether its prefix promises GS1 elements.
    pub fn promises_elements(&self) -> bool {
        Symbology::split(&self.text).0.map(Symbology::promise) == Some(Promise::Elements)
    }
    /// Whether the code says by itself that more must come: a value with fewer characters than it has, a message
    /// without its end, a brace that is not closed.
    pub fn is_broken_off(&self) -> bool {
        if !self.is_open_code() {
            return false;
        }
        let (_, body) = Symbology::split(&self.text);
        if self.promises_elements() {
            return match gs1::parse(body).error {
                Some(ElementError::Empty | ElementError::Length(_, Fault::TooShort | Fault::Empty)) => true,
                // the beginning of an identifier
                Some(ElementError::Unknown(rest)) => rest.len() < 4 && rest.bytes().all(|c| c.is_ascii_digit()),
                _ => false,
            };
        }
        if body.starts_with("[)>") {
            return body.contains('\u{1e}') && !body.ends_with('\u{4}');
        }
        body.starts_with('{') && body.matches('{').count() > body.matches('}').count()
    }
    /// Median and longest gap of a run of keys; `None` where it came in pieces or is too short to learn from.
    pub fn key_gaps(&self) -> Option<(i64, i64)> {
        let gaps = self.gaps_ms();
        if self.chunk_chars_max > 1 || gaps.len() < 3 {
            return None;
        }
        Some((share(&gaps, 50), *gaps.last()?))
    }
    fn gaps_ms(&self) -> Vec<i64> {
        let mut gaps: Vec<i64> = self.arrivals_ms.windows(2).map(|pair| (pair[1] - pair[0]).max(0)).collect();
        gaps.sort_unstable();
        gaps
    }

    /// # Source
    /// `HANDHELD.md` 1.4, "classify scan" and "classify typed quantity". Two additions, for scanners that send no
    /// terminator at 80 ms a character: text with anything but digits in it, and numbers longer than a quantity,
    /// cannot be a quantity, so they need less proof.
    pub fn classify(&self, ending: Ending, expect: Expect) -> Class {
        let gaps = self.gaps_ms();
        let (median, p90) = (share(&gaps, 50), share(&gaps, 90));
        let suffix = ending == Ending::Suffix;
        // a sum is a quantity too; a hyphen alone is a sign of one, between digits it is part of many codes
        let in_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '*' | '×');
        let sign = self.chars == 1 && matches!(self.text.as_str(), "-" | "x" | "X");
        let number = sign || self.text.chars().all(in_number);
        let could_be_typed = number && self.chars <= QUANTITY_CHARS_MAX;
        // a short code has fewer than ten gaps: one of them may be a stall, as one in ten may of a longer one
        let but_one = gaps.len().checked_sub(2).and_then(|last| gaps.get(last)).copied().unwrap_or(0);
        let stalled = !could_be_typed && gaps.len() >= STALL_GAPS && but_one <= MACHINE_P90_MS;
        let by_machine = p90 <= MACHINE_P90_MS || stalled;

        let scan = self.chunk_chars_max >= CHUNK_SCAN_CHARS
            || (self.chars > 3 && self.has_symbology_prefix())
            || (self.chars >= 4 && median <= MACHINE_MEDIAN_MS)
            || (self.chars >= 6 && by_machine && suffix)
            || (!could_be_typed && by_machine && (self.chars >= 4 || (self.chars >= 2 && suffix)))
            || (expect == Expect::Scan && by_machine && self.chars >= 3);
        if scan {
            Class::Scan
        } else if could_be_typed && expect == Expect::ScanOrQuantity && (self.chars == 1 || median > HAND_MEDIAN_MS) {
            Class::Typed
        } else {
            Class::Unclear
        }
    }
    pub fn has_symbology_prefix(&self) -> bool {
        matches!(self.text.as_bytes(), [b']', letter, digit, ..] if letter.is_ascii_alphabetic() && digit.is_ascii_alphanumeric())
    }
}

/// The value below which `percent` of the sorted gaps lie.
fn share(sorted: &[i64], percent: usize) -> i64 {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0)
}

//! Paper count sheets: the code printed on one, and what its lines become once they are typed in. A typed sheet is the
//! same events as a handheld's, so it is judged, recounted and approved by the same rules.
//!
//! Absent: who may type, and when; and printing.

use crate::{
    event::EventKind,
    id::{ItemId, SheetId, SiteId, TaskId},
    key::ItemKey,
    quantity::Quantity,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Lines of one typed sheet, at most: a bin with more is a zone, and one push holds them all.
pub const LINES_MAX: usize = 150;
/// Letters of what is written for an item, a lot or a serial number, at most: the longest barcode that is looked at.
pub const TEXT_LETTERS_MAX: usize = 100;
/// The most that a written time may be off: a day; beyond it the sheet says nothing about any instant.
pub const UNCERTAINTY_MINUTES_MAX: u32 = 24 * 60;

/// Letters that nobody mistakes for one another (no I, L, O, U).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// A prime below 32²: one wrong letter and two changed about are always noticed.
const CHECK_PRIME: u32 = 1021;

/// The code on a sheet: which task it is for, and which of its printed sheets it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperCode {
    /// The task.
    pub task: TaskId,
    /// Which sheet of it; twenty random bits, so that two prints of one task are two sheets.
    pub number: u32,
}

/// What is wrong with a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the code of a count sheet; it looks like P-2F-7K3MQX and stands beside the square symbol")]
pub struct NoPaperCode;

impl PaperCode {
    /// The code of a sheet, its number cut to twenty bits.
    pub const fn new(task: TaskId, number: u32) -> Self {
        Self { task, number: number & 0xF_FFFF }
    }
    /// The sheet it becomes: the same code is the same sheet, however often it is typed.
    pub fn sheet(self, site: SiteId) -> SheetId {
        let hash = Sha256::digest(format!("paper sheet {self} of site {site}"));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        SheetId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
    fn plain(self) -> String {
        let number = u64::from(self.number);
        format!("{}-{}", letters(self.task.0.cast_unsigned(), 1), letters(number, 4))
    }
}

fn letters(mut number: u64, least: usize) -> String {
    let mut reversed = Vec::new();
    while number > 0 || reversed.len() < least {
        reversed.push(LETTERS[usize::try_from(number % 32).unwrap_or(0)]);
        number /= 32;
    }
    reversed.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// The value of a letter as it is typed; what looks alike is the same.
fn value(letter: char) -> Option<u32> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    LETTERS.iter().position(|known| char::from(*known) == letter).and_then(|index| u32::try_from(index).ok())
}

fn check(plain: &str) -> u32 {
    let values = plain.chars().filter_map(value);
    values.zip(2..).fold(0, |sum, (value, weight)| (sum + value * weight) % CHECK_PRIME)
}

impl fmt::Display for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        write!(f, "P-{plain}{}", letters(u64::from(check(&plain)), 2))
    }
}

impl FromStr for PaperCode {
    type Err = NoPaperCode;

    fn from_str(text: &str) -> Result<Self, NoPaperCode> {
        let plain: String = text.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
        let rest = plain.strip_prefix(['P', 'p']).ok_or(NoPaperCode)?;
        let values: Vec<u32> = rest.chars().map(value).collect::<Option<_>>().ok_or(NoPaperCode)?;
        let (task, rest) =
            values.len().checked_sub(6).and_then(|end| values.split_at_checked(end)).ok_or(NoPaperCode)?;
        let read = |values: &[u32]| {
            let add = |sum: u64, value: &u32| sum.checked_mul(32)?.checked_add(u64::from(*value));
            values.iter().try_fold(0_u64, add).ok_or(NoPaperCode)
        };
        let number = u32::try_from(read(&rest[..4])?).map_err(|_| NoPaperCode)?;
        let code = Self::new(TaskId(read(task)?.cast_signed()), number);
        let same = code
            .to_string()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .skip(1)
            .map(value)
            .eq(values.iter().copied().map(Some));
        if same { Ok(code) } else { Err(NoPaperCode) }
    }
}

/// One typed line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperLine {
    /// The item; `None`: nobody at the desk knows it, and `written` waits for a lead to name it.
    pub item: Option<ItemId>,
    /// What stands on the paper for it.
    #[serde(default)]
    pub written: String,
    /// Its lot, empty where none is written.
    #[serde(default)]
    pub lot: String,
    /// Its serial number, empty where none is written.
    #[serde(default)]
    pub serial: String,
    /// Base units; of an unknown item, packs of whatever it is.
    pub quantity: Quantity,
}

/// What was written, as what a handheld would have recorded between opening and closing the sheet. Lines of the same key
/// are two heaps of the same thing: they add up.
///
/// # Errors
/// `bad_line`, `too_many`, `nothing_counted`.
pub fn entries(lines: &[PaperLine], is_empty: bool) -> Result<Vec<EventKind>, Refusal> {
    if lines.len() > LINES_MAX {
        return Err(Refusal::new(
            "too_many",
            format!("A sheet has up to {LINES_MAX} lines. Type the rest as a sheet of its own."),
        ));
    }
    if lines.is_empty() {
        let nothing = "The sheet has no line. If nothing lay in the bin, say that it was empty.";
        return if is_empty {
            Ok(vec![EventKind::ConfirmedEmpty])
        } else {
            Err(Refusal::new("nothing_counted", nothing))
        };
    }
    if is_empty {
        return Err(Refusal::new(
            "bad_line",
            "The sheet says that the bin was empty, and has lines. Take one of them back.",
        ));
    }
    let mut keyed: BTreeMap<ItemKey, Quantity> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (line, number) in lines.iter().zip(1..) {
        let bad = |what: &str| Err(Refusal::new("bad_line", format!("Line {number}: {what}")));
        let texts = [&line.written, &line.lot, &line.serial];
        if texts.iter().any(|text| text.chars().count() > TEXT_LETTERS_MAX || text.chars().any(char::is_control)) {
            return bad("a text is longer than 100 letters, or has signs that cannot be written.");
        }
        if line.quantity.is_negative() {
            return bad("nobody counts less than nothing.");
        }
        let (lot, serial) = (line.lot.trim().to_owned(), line.serial.trim().to_owned());
        let Some(item) = line.item else {
            let raw = line.written.trim().to_owned();
            if raw.is_empty() || line.quantity.is_zero() {
                return bad("an item that nobody knows needs what is written for it, and how many.");
            }
            unknown.push(EventKind::UnknownBarcode { raw, quantity: line.quantity });
            continue;
        };
        if !serial.is_empty() && line.quantity != Quantity::ONE && !line.quantity.is_zero() {
            return bad("a serial number is one thing: there (1) or not there (0).");
        }
        let key = ItemKey { item, lot, serial };
        let is_again = keyed.contains_key(&key);
        let sum = keyed.entry(key.clone()).or_insert(Quantity::ZERO);
        if is_again && !key.serial.is_empty() {
            return bad("this serial number stands on the sheet already.");
        }
        match sum.plus(line.quantity) {
            Ok(more) => *sum = more,
            Err(_) => return bad("the sum is beyond the largest number that can be kept."),
        }
    }
    let keyed = keyed.into_iter().map(|(key, quantity)| EventKind::Keyed { key, quantity });
    Ok(keyed.chain(unknown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(item: i64, lot: &str, quantity: &str) -> PaperLine {
        let quantity = quantity.parse().expect("a quantity");
        PaperLine { item: Some(ItemId(item)), written: String::new(), lot: lot.into(), serial: String::new(), quantity }
    }

    fn keyed(item: i64, lot: &str, quantity: &str) -> EventKind {
        let key = ItemKey { item: ItemId(item), lot: lot.into(), serial: String::new() };
        EventKind::Keyed { key, quantity: quantity.parse().expect("a quantity") }
    }

    #[test]
    fn two_heaps_of_the_same_thing_add_up_and_another_lot_stays_apart() {
        let lines = [line(2, "L1", "4"), line(1, "", "3.5"), line(2, "L2", "1"), line(2, " L1 ", "6")];
        let expected = vec![keyed(1, "", "3.5"), keyed(2, "L1", "10"), keyed(2, "L2", "1")];
        assert_eq!(entries(&lines, false), Ok(expected));
    }

    #[test]
    fn what_cannot_be_meant_is_told_with_its_line() {
        let check = |lines: &[PaperLine], is_empty: bool, expected: &str| {
            let refusal = entries(lines, is_empty).expect_err(expected);
            assert!(format!("{} {}", refusal.code, refusal.sentence).contains(expected), "{refusal:?}");
        };
        check(&[], false, "nothing_counted");
        check(&[line(1, "", "1")], true, "says that the bin was empty");
        check(&[line(1, "", "1"), line(2, "", "-1")], false, "bad_line Line 2");
        let serial = |quantity: &str| PaperLine { serial: "S1".into(), ..line(1, "", quantity) };
        check(&[serial("2")], false, "Line 1: a serial number");
        check(&[serial("1"), serial("1")], false, "Line 2: this serial number stands");
        check(&[PaperLine { item: None, ..line(1, "", "1") }], false, "Line 1: an item that nobody knows");
        check(&[PaperLine { written: "a\u{1b}b".into(), ..line(1, "", "1") }], false, "Line 1: a text");
        check(&vec![line(1, "", "1"); LINES_MAX + 1], false, "too_many");
        check(&[line(1, "", "9000000000000"), line(1, "", "9000000000000")], false, "Line 2: the sum");
    }

    #[test]
    fn an_empty_bin_and_an_unknown_item_are_recorded_as_on_a_handheld() {
        assert_eq!(entries(&[], true), Ok(vec![EventKind::ConfirmedEmpty]));
        let unknown = PaperLine { item: None, written: " box 77 ".into(), ..line(1, "", "3") };
        let expected = EventKind::UnknownBarcode { raw: "box 77".into(), quantity: "3".parse().expect("three") };
        assert_eq!(entries(&[unknown], false), Ok(vec![expected]));
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = PaperCode::new(TaskId(1_234), 77);
        let text = code.to_string();
        for typed in [text.to_lowercase(), text.replace('-', ""), text.replace('-', " "), text.replace('0', "o")] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
        assert_eq!(code.sheet(SiteId(1)), code.sheet(SiteId(1)));
        assert_ne!(code.sheet(SiteId(1)), PaperCode::new(TaskId(1_234), 78).sheet(SiteId(1)));
        for wrong in ["", "P", "P-1", "LOC-A-01", "P-ZZZZZZZZZZZZZZZZZZZZZZZZ"] {
            assert_eq!(wrong.parse::<PaperCode>(), Err(NoPaperCode), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_code_reads_back_and_a_wrong_letter_is_noticed(task in 1_i64..=i64::MAX, number: u32, place in 2_usize..18, by in 1_usize..32) {
            let code = PaperCode::new(TaskId(task), number);
            let text = code.to_string();
            prop_assert_eq!(text.parse(), Ok(code));
            let mut letters: Vec<char> = text.chars().collect();
            let place = 2 + place % (letters.len() - 2);
            if letters[place] != '-' {
                let old = value(letters[place]).expect("a letter of a code") as usize;
                letters[place] = char::from(LETTERS[(old + by) % 32]);
                let wrong: String = letters.iter().collect();
                prop_assert_eq!(wrong.parse::<PaperCode>(), Err(NoPaperCode), "{} instead of {}", wrong, text);
            }
        }
    }
}

//! Labels of health care products in the form of HIBC: `+`, a labeller, a product; lot, serial number and date behind `$`
//! or `/`; a check character at the end (`HANDHELD.md` 2.4).
//!
//! Absent: labels of blood (`=` and `&`), and the quantity of a pack: how many it holds is in the item master.

use super::value;
use chrono::{Datelike, NaiveDate};

/// The 43 characters, in the order of their values.
const ORDER: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/// What an HIBC label says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hibc {
    /// Labeller, product and packaging level, without the signs around them; `None` on a label for lot and date alone.
    pub primary: Option<String>,
    /// The lot, exactly as read.
    pub lot: Option<String>,
    /// The serial number, exactly as read.
    pub serial: Option<String>,
    /// The day it expires.
    pub expiry: Option<NaiveDate>,
    /// How many the label says there are.
    pub count: Option<u32>,
}

impl Hibc {
    /// The forms in which a catalogue may have the product.
    pub fn written_forms(&self) -> Vec<String> {
        let Some(primary) = &self.primary else { return vec![] };
        let signed = format!("+{primary}");
        let whole = check_character(&signed).map(|check| format!("{signed}{check}"));
        whole.into_iter().chain([signed, primary.clone()]).collect()
    }
}

/// The check character that belongs behind a text. `None` for characters that no such label has.
pub fn check_character(body: &str) -> Option<char> {
    let sum = body.chars().try_fold(0, |sum, character| Some(sum + ORDER.find(character)?))?;
    ORDER.chars().nth(sum % ORDER.len())
}

/// Reads a label. `None` where it is none, or its check character is wrong. `year_now` chooses the century.
pub fn parse(text: &str, year_now: i32) -> Option<Hibc> {
    let text = text.strip_prefix('*').and_then(|inner| inner.strip_suffix('*')).unwrap_or(text);
    let check = text.chars().next_back()?;
    let body = text.get(..text.len() - check.len_utf8())?;
    if check_character(body)? != check {
        return None;
    }
    let body = body.strip_prefix('+')?;
    if body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let mut pieces = body.split('/');
        let primary = pieces.next()?;
        let mut label = Hibc { primary: Some(primary.to_owned()).filter(|it| is_primary(it)), ..Hibc::default() };
        label.primary.as_ref()?;
        let (mut first, mut shown) = (true, true);
        for piece in pieces {
            shown &= if std::mem::take(&mut first) {
                secondary(piece, year_now, &mut label)
            } else {
                supplement(piece, &mut label)
            };
        }
        return shown.then_some(label);
    }
    // on a label of its own, a character that links it to the other one stands before the check character
    let link = body.chars().next_back()?;
    let mut label = Hibc::default();
    let body = body.get(..body.len() - link.len_utf8())?;
    secondary(body, year_now, &mut label).then_some(label)
}

/// A labeller of four, the first a letter; a product of 1 to 18; a digit for the packaging level.
fn is_primary(text: &str) -> bool {
    let plain = text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    plain && (6..=23).contains(&text.len()) && text.ends_with(|c: char| c.is_ascii_digit())
}

fn secondary(text: &str, year_now: i32, label: &mut Hibc) -> bool {
    if text.is_empty() {
        return true;
    }
    if let Some(rest) = text.strip_prefix("$$+") {
        return dated(rest, year_now, label, false);
    }
    if let Some(rest) = text.strip_prefix("$$") {
        return dated(rest, year_now, label, true);
    }
    if let Some(serial) = text.strip_prefix("$+") {
        label.serial = some(serial);
        return true;
    }
    if let Some(lot) = text.strip_prefix('$') {
        label.lot = some(lot);
        return true;
    }
    let Some((day, lot)) = text.split_at_checked(5) else { return false };
    label.expiry = julian(day, year_now);
    label.lot = some(lot);
    label.expiry.is_some()
}

/// A number of items where the first digit is 8 or 9, then a date in the form that the next digit says, then lot or
/// serial number.
fn dated(text: &str, year_now: i32, label: &mut Hibc, is_lot: bool) -> bool {
    let mut rest = text;
    let digits = match rest.as_bytes().first() {
        Some(b'8') => 2,
        Some(b'9') => 5,
        _ => 0,
    };
    if digits > 0 {
        let Some((number, behind)) = rest[1..].split_at_checked(digits) else { return false };
        let Ok(number) = number.parse() else { return false };
        label.count = Some(number);
        rest = behind;
    }
    let century = |day: &str| value::date(day, year_now);
    let taken = match rest.as_bytes().first() {
        Some(b'0' | b'1') => rest.split_at_checked(4).map(|(day, rest)| {
            let (month, year) = day.split_at_checked(2).unwrap_or_default();
            (century(&format!("{year}{month}00")), rest)
        }),
        Some(b'2') => rest[1..].split_at_checked(6).map(|(day, rest)| {
            let (day, year) = day.split_at_checked(4).unwrap_or_default();
            (century(&format!("{year}{day}")), rest)
        }),
        Some(b'3') => rest[1..].split_at_checked(6).map(|(day, rest)| (century(day), rest)),
        Some(b'4') => rest[1..].split_at_checked(8).map(|(day, rest)| (century(day), rest)),
        Some(b'5') => rest[1..].split_at_checked(5).map(|(day, rest)| (julian(day, year_now), rest)),
        Some(b'6') => rest[1..].split_at_checked(7).map(|(day, rest)| (julian(day, year_now), rest)),
        Some(b'7') => {
            set(label, &rest[1..], is_lot);
            return true;
        }
        // a number of items may stand alone
        None => return label.count.is_some(),
        Some(_) => None,
    };
    let Some((Some(expiry), behind)) = taken else { return false };
    label.expiry = Some(expiry);
    set(label, behind, is_lot);
    true
}

/// What may follow: a serial number, the day made or expired, a number of items.
fn supplement(text: &str, label: &mut Hibc) -> bool {
    if let Some(day) = text.strip_prefix("14D") {
        let read = written_out(day);
        label.expiry = label.expiry.or(read);
        return read.is_some();
    }
    if let Some(day) = text.strip_prefix("16D") {
        return written_out(day).is_some();
    }
    if let Some(serial) = text.strip_prefix('S') {
        label.serial = label.serial.take().or_else(|| some(serial));
        return true;
    }
    if let Some(number) = text.strip_prefix('Q') {
        let number = number.parse().ok();
        label.count = label.count.or(number);
        return number.is_some();
    }
    false
}

/// A day in eight digits. Read by hand: the calendar's own reader of patterns is larger than everything else in here.
fn written_out(day: &str) -> Option<NaiveDate> {
    if day.len() != 8 || !day.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    NaiveDate::from_ymd_opt(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?)
}

fn set(label: &mut Hibc, text: &str, is_lot: bool) {
    let place = if is_lot { &mut label.lot } else { &mut label.serial };
    *place = some(text);
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A year of two digits and the number of a day in it.
fn julian(text: &str, year_now: i32) -> Option<NaiveDate> {
    let year = value::date(&format!("{}0101", text.get(..2)?), year_now)?.year();
    let day = text.get(2..5).filter(|day| day.bytes().all(|c| c.is_ascii_digit()))?;
    NaiveDate::from_yo_opt(year, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let Some(label) = parse(text, 2026) else { return "none".to_owned() };
        let Hibc { primary, lot, serial, expiry, count } = label;
        let expiry = expiry.map(|day| day.to_string());
        let count = count.map(|count| count.to_string());
        [("item", primary), ("lot", lot), ("serial", serial), ("until", expiry), ("count", count)]
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| format!("{name} {value}")))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn primary_secondary_and_combined_labels_are_read() {
        let check = |body: &str, expected: &str| {
            let text = format!("{body}{}", check_character(body).expect("its characters"));
            assert_eq!(told(&text), expected, "{text}");
        };
        check("+A123BJC5D6E71", "item A123BJC5D6E71");
        check("+A99912345/$$52001510X3", "item A99912345 lot 10X3 until 2020-01-15");
        check(
            "+A99912345/$$52001510X3/16D20111212/S77DEFG45",
            "item A99912345 lot 10X3 serial 77DEFG45 until 2020-01-15",
        );
        check("+A99912345/$10X3/14D20280131/Q500", "item A99912345 lot 10X3 until 2028-01-31 count 500");
        check("+$$3270630LOT7G", "lot LOT7 until 2027-06-30");
        check("+$$0928LOT7G", "lot LOT7 until 2028-09-30");
        check("+$$2092828LOT7G", "lot LOT7 until 2028-09-28");
        check("+$$824 7G", "none");
        check("+$$8247LOT7G", "lot LOT7 count 24");
        check("+$$+3270630S1G", "serial S1 until 2027-06-30");
        check("+$+S1G", "serial S1");
        check("+27181LOT7G", "lot LOT7 until 2027-06-30");
        check("+$LOT7G", "lot LOT7");
        check("+1X2", "none");
    }

    #[test]
    fn a_wrong_check_character_is_no_label() {
        assert_eq!(told("+A99912345A"), "none");
        for text in ["", "+", "++", "+A", "é", "+A999123é", "**"] {
            assert_eq!(told(text), "none", "{text}");
        }
    }
}

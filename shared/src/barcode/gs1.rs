//! GS1 element strings: several values in one code, each behind its identifier (`HANDHELD.md` 2.3, rules 1 to 9).
//!
//! Absent: Digital Links, rules about which elements need which (a handheld sees one label of several), and the meaning
//! of elements other than item, lot, serial, dates and numbers of items.

use super::gtin::has_check_digit;
use crate::moment::Moment;
use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// The separator after a value whose length is not fixed.
pub const SEPARATOR: char = '\u{1d}';

/// One value with its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The application identifier, two to four digits.
    pub ai: String,
    /// The value, exactly as it was read.
    pub value: String,
}

/// Why a text is not a GS1 element string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ElementError {
    /// Nothing was there.
    #[error("nothing is there")]
    Empty,
    /// No such identifier.
    #[error("\"{0}\" is not an application identifier")]
    Unknown(String),
    /// A value is too short, or too long: never cut to fit.
    #[error("the value of ({0}) has the wrong length")]
    Length(String),
    /// A character that the value cannot have.
    #[error("the value of ({0}) has a character it cannot have")]
    Character(String),
    /// The check digit is wrong.
    #[error("the check digit of ({0}) is wrong")]
    CheckDigit(String),
    /// Not a date.
    #[error("the value of ({0}) is not a date")]
    Date(String),
    /// The same identifier twice, with different values, or two that exclude each other.
    #[error("({0}) contradicts another value of the code")]
    Contradiction(String),
}

/// What was read, and where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elements {
    /// The elements before the end, or before the error.
    pub elements: Vec<Element>,
    /// Why reading stopped before the end.
    pub error: Option<ElementError>,
}

/// The form of one value: its first digits, then anything; ends with a separator unless its length is fixed.
struct Form {
    identifiers: std::ops::RangeInclusive<u16>,
    ends_by_itself: bool,
    digits: usize,
    least: usize,
    most: usize,
    /// Of the leading digits, which are a number with its check digit: from, to.
    checked: Option<(usize, usize)>,
    date: bool,
}

const fn form(first: u16, last: u16, digits: usize, least: usize, most: usize) -> Form {
    Form { identifiers: first..=last, ends_by_itself: false, digits, least, most, checked: None, date: false }
}
/// A fixed number of digits that ends by itself.
const fn fixed(first: u16, last: u16, digits: usize) -> Form {
    Form { ends_by_itself: true, ..form(first, last, digits, digits, digits) }
}
/// Text up to a length.
const fn text(first: u16, last: u16, most: usize) -> Form {
    form(first, last, 0, 1, most)
}
/// Digits up to a number.
const fn number(first: u16, last: u16, most: usize) -> Form {
    form(first, last, most, 1, most)
}

/// # Source
/// The lengths of GS1 General Specifications section 3, as the GS1 Barcode Syntax Dictionary lists them; the test
/// `every_listed_identifier_has_the_length_of_the_dictionary` holds this table against it.
const FORMS: &[Form] = &[
    Form { checked: Some((0, 18)), ..fixed(0, 0, 18) },
    Form { checked: Some((0, 14)), ..fixed(1, 3, 14) },
    text(10, 10, 20),
    Form { date: true, ..fixed(11, 13, 6) },
    Form { date: true, ..fixed(15, 17, 6) },
    fixed(20, 20, 2),
    text(21, 22, 20),
    text(235, 235, 28),
    text(240, 241, 30),
    number(242, 242, 6),
    text(243, 243, 20),
    text(250, 251, 30),
    Form { checked: Some((0, 13)), ..form(253, 253, 13, 13, 30) },
    text(254, 254, 20),
    Form { checked: Some((0, 13)), ..form(255, 255, 25, 13, 25) },
    number(30, 30, 8),
    fixed(3100, 3699, 6),
    number(37, 37, 8),
    number(3900, 3909, 15),
    form(3910, 3919, 18, 4, 18),
    number(3920, 3929, 15),
    form(3930, 3939, 18, 4, 18),
    form(3940, 3943, 4, 4, 4),
    form(3950, 3955, 6, 6, 6),
    text(400, 401, 30),
    Form { checked: Some((0, 17)), ..form(402, 402, 17, 17, 17) },
    text(403, 403, 30),
    Form { checked: Some((0, 13)), ..fixed(410, 417, 13) },
    text(420, 420, 20),
    form(421, 421, 3, 4, 12),
    form(422, 422, 3, 3, 3),
    form(424, 424, 3, 3, 3),
    form(426, 426, 3, 3, 3),
    text(427, 427, 3),
    text(710, 717, 20),
    form(7001, 7001, 13, 13, 13),
    text(7002, 7002, 30),
    form(7003, 7003, 10, 10, 10),
    number(7004, 7004, 4),
    text(7005, 7005, 12),
    form(7006, 7006, 6, 6, 6),
    text(7008, 7008, 3),
    text(7009, 7009, 10),
    text(7010, 7010, 2),
    text(7020, 7022, 20),
    text(7023, 7023, 30),
    form(7030, 7039, 3, 4, 30),
    text(7240, 7240, 20),
    form(8001, 8001, 14, 14, 14),
    text(8002, 8002, 20),
    Form { checked: Some((1, 14)), ..form(8003, 8003, 14, 14, 30) },
    text(8004, 8004, 30),
    form(8005, 8005, 6, 6, 6),
    Form { checked: Some((0, 14)), ..form(8006, 8006, 18, 18, 18) },
    text(8009, 8009, 50),
    text(8012, 8012, 20),
    Form { checked: Some((0, 18)), ..form(8017, 8018, 18, 18, 18) },
    number(8019, 8019, 10),
    text(8020, 8020, 25),
    Form { checked: Some((0, 14)), ..form(8026, 8026, 18, 18, 18) },
    form(8111, 8111, 4, 4, 4),
    text(8200, 8200, 70),
    text(90, 90, 30),
    text(91, 99, 90),
];

/// How many digits an identifier has, by its first two.
fn identifier_digits(text: &str) -> Option<usize> {
    Some(match text.get(..2)? {
        "23" | "24" | "25" | "40" | "41" | "42" | "71" => 3,
        first
            if matches!(first.as_bytes(), [b'0' | b'1' | b'9', b'0'..=b'9'] | [b'2', b'0'..=b'2'] | b"30" | b"37") =>
        {
            2
        }
        first
            if matches!(first.as_bytes(), [b'3', b'1'..=b'6' | b'9'] | b"43" | b"70" | b"72" | [b'8', b'0'..=b'2']) =>
        {
            4
        }
        _ => return None,
    })
}

fn form_of(ai: &str) -> Option<&'static Form> {
    let number: u16 = ai.parse().ok()?;
    // measures have an implied number of decimals from 0 to 5
    let measure = matches!(number, 3100..=3699);
    let listed = !measure || (number % 10 <= 5 && matches!(number / 10, 310..=316 | 320..=337 | 340..=357 | 360..=369));
    FORMS.iter().find(|form| listed && form.identifiers.contains(&number) && digits_match(form, ai))
}

/// `30` is an identifier of two digits, and `0300` is none: the number alone does not tell.
fn digits_match(form: &Form, ai: &str) -> bool {
    let digits = match form.identifiers.start() {
        0..=99 => 2,
        100..=999 => 3,
        _ => 4,
    };
    ai.len() == digits
}

/// Whether text may stand in a value (the 82 characters of GS1's set).
fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(character)
}

/// Reads elements until the end or the first error. One leading separator is skipped, one at the end is no matter.
pub fn parse(text: &str) -> Elements {
    let mut rest = text.strip_prefix(SEPARATOR).unwrap_or(text);
    let mut elements: Vec<Element> = Vec::new();
    let mut error = rest.is_empty().then_some(ElementError::Empty);
    while error.is_none() && !rest.is_empty() {
        match next(rest) {
            Ok((element, behind)) => match contradiction(&elements, &element) {
                Some(contradiction) => error = Some(contradiction),
                None => {
                    if !elements.contains(&element) {
                        elements.push(element);
                    }
                    rest = behind;
                }
            },
            Err(stopped) => error = Some(stopped),
        }
    }
    Elements { elements, error }
}

fn next(text: &str) -> Result<(Element, &str), ElementError> {
    let unknown = || ElementError::Unknown(text.chars().take(4).collect());
    let digits = identifier_digits(text).ok_or_else(unknown)?;
    let (ai, body) = text.split_at_checked(digits).ok_or_else(unknown)?;
    let form = form_of(ai).ok_or_else(unknown)?;
    let end = body.find(SEPARATOR).unwrap_or(body.len());
    let end = if form.ends_by_itself { end.min(form.most) } else { end };
    let (value, behind) = body.split_at_checked(end).ok_or_else(|| ElementError::Character(ai.into()))?;
    if !value.chars().all(is_allowed) {
        return Err(ElementError::Character(ai.into()));
    }
    if value.len() < form.least || value.len() > form.most {
        return Err(ElementError::Length(ai.into()));
    }
    let leading = &value[..value.len().min(form.digits)];
    if !leading.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ElementError::Character(ai.into()));
    }
    if form.checked.is_some_and(|(from, to)| !value.get(from..to).is_some_and(has_check_digit)) {
        return Err(ElementError::CheckDigit(ai.into()));
    }
    if form.date && date(value, 2000).is_none() {
        return Err(ElementError::Date(ai.into()));
    }
    let behind = behind.strip_prefix(SEPARATOR).unwrap_or(behind);
    Ok((Element { ai: ai.into(), value: value.into() }, behind))
}

fn contradiction(earlier: &[Element], new: &Element) -> Option<ElementError> {
    let excludes =
        |a: &str, b: &str| matches!((a, b), ("01", "02" | "37") | ("02" | "37", "01") | ("21", "235") | ("235", "21"));
    let family = |ai: &str| (ai.len() == 4 && ai.starts_with('3')).then(|| ai[..3].to_owned());
    let contradicts = |old: &Element| {
        (old.ai == new.ai && old.value != new.value)
            || excludes(&old.ai, &new.ai)
            || (old.ai != new.ai && family(&old.ai).is_some() && family(&old.ai) == family(&new.ai))
    };
    earlier.iter().any(contradicts).then(|| ElementError::Contradiction(new.ai.clone()))
}

/// Whether the text might be several elements whose separator the scanner swallowed: a value of open length whose end
/// reads as further elements. Such a value must be looked at by a person before it is taken for a lot or serial.
pub fn might_hide_elements(value: &str) -> bool {
    (1..value.len()).any(|at| {
        value.get(at..).is_some_and(|tail| {
            let hidden = parse(tail);
            let telling =
                |element: &Element| matches!(element.ai.as_str(), "10" | "11" | "13" | "15" | "17" | "21" | "30");
            hidden.error.is_none() && hidden.elements.iter().all(telling)
        })
    })
}

/// The date of a six-digit value, the century chosen so that the year lies within fifty years of `year_now`; day 00 is
/// the last day of the month. `None` for what is no date.
///
/// # Source
/// GS1 General Specifications 7.12.
pub fn date(value: &str, year_now: i32) -> Option<NaiveDate> {
    if value.len() != 6 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize| value[from..from + 2].parse::<u32>().ok();
    let (year, month, day) = (i32::try_from(part(0)?).ok()?, part(2)?, part(4)?);
    let difference = year - year_now.rem_euclid(100);
    let century = year_now - year_now.rem_euclid(100)
        + match difference {
            51..=99 => -100,
            -99..=-50 => 100,
            _ => 0,
        };
    if day == 0 {
        let first = NaiveDate::from_ymd_opt(century + year, month, 1)?;
        return first.checked_add_months(chrono::Months::new(1))?.pred_opt();
    }
    NaiveDate::from_ymd_opt(century + year, month, day)
}

/// The year in UTC of an instant; 2000 for an instant that no calendar holds.
pub fn year_of(now: Moment) -> i32 {
    DateTime::<Utc>::from_timestamp_millis(now.0).map_or(2000, |instant| instant.year())
}

/// The longest value of an identifier; `None` for identifiers that are not read here.
#[cfg(test)]
pub(super) fn longest(ai: &str) -> Option<usize> {
    (identifier_digits(ai) == Some(ai.len())).then(|| form_of(ai)).flatten().map(|form| form.most)
}

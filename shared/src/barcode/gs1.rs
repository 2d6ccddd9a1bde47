//! GS1 element strings: several values in one code, each behind its identifier (`HANDHELD.md` 2.3, rules 1 to 9).
//!
//! Absent: which identifiers there are ([`super::table`]), what may stand in a value ([`super::content`]), which values go
//! together ([`super::association`]), and what they mean ([`super::value`]).

use super::{
    content::{Fault, Set},
    table::{self, Rule},
};
use std::fmt;

/// The separator after a value whose length is not fixed.
pub const SEPARATOR: char = '\u{1d}';
/// More elements than any label has.
const ELEMENTS_MAX: usize = 64;

/// One value with its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The application identifier, two to four digits.
    pub ai: String,
    /// The value, exactly as it was read.
    pub value: String,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

impl Element {
    /// A value, judged.
    ///
    /// # Errors
    /// [`ElementError::Unknown`] where there is no such identifier.
    pub fn new(ai: &str, value: &str) -> Result<Self, ElementError> {
        let rule = table::find(ai).ok_or_else(|| ElementError::Unknown(ai.to_owned()))?;
        Ok(Self { ai: ai.to_owned(), value: value.to_owned(), fault: fault_of(rule, value) })
    }
}

/// As it is printed beside a code.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}) {}", self.ai, self.value)
    }
}

/// Why reading stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ElementError {
    /// Nothing was there.
    #[error("nothing is there")]
    Empty,
    /// No such identifier.
    #[error("\"{0}\" is not an application identifier")]
    Unknown(String),
    /// A value of the wrong length: where the next one begins is not known.
    #[error("the value of ({0}) {1}")]
    Length(String, Fault),
    /// More elements than any label has.
    #[error("more than {ELEMENTS_MAX} elements")]
    TooMany,
}

/// What was read, and where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elements {
    /// The elements before the end, or before the error; with what is wrong in each.
    pub elements: Vec<Element>,
    /// Why reading stopped before the end.
    pub error: Option<ElementError>,
}

impl Elements {
    /// Whether everything was read and nothing is wrong in any value.
    pub fn is_sound(&self) -> bool {
        self.error.is_none() && self.elements.iter().all(|element| element.fault.is_none())
    }
    /// The value of an identifier, where nothing is wrong with it.
    pub fn value(&self, ai: &str) -> Option<&str> {
        let found = self.elements.iter().find(|element| element.ai == ai && element.fault.is_none());
        found.map(|element| element.value.as_str())
    }
    /// Writes them as a scanner would send them: a separator behind a value of open length, unless it is the last.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (number, element) in self.elements.iter().enumerate() {
            text += &element.ai;
            text += &element.value;
            let fixed = table::find(&element.ai).is_some_and(|rule| rule.is_fixed);
            if !fixed && number + 1 < self.elements.len() {
                text.push(SEPARATOR);
            }
        }
        text
    }
}

/// What is wrong with a value under a rule, if anything: characters first, then length, then what the pieces say.
pub fn fault_of(rule: &Rule, value: &str) -> Option<Fault> {
    judge(rule, value).err()
}

fn judge(rule: &Rule, value: &str) -> Result<(), Fault> {
    if value.is_empty() {
        return Err(Fault::Empty);
    }
    // a value of digits names the digit that is none
    let digits = rule.parts.iter().all(|part| part.set == Set::Digits);
    Set::Text.check(value).map_err(|fault| if digits { Fault::NotDigit } else { fault })?;
    let mut rest = value;
    for part in rule.parts {
        if rest.is_empty() && part.optional {
            break;
        }
        let (piece, behind) = rest.split_at(part.most.min(rest.len()));
        part.set.check(piece)?;
        if piece.len() < part.least {
            return Err(Fault::TooShort);
        }
        for check in part.checks {
            check.check(piece)?;
        }
        rest = behind;
    }
    if rest.is_empty() { Ok(()) } else { Err(Fault::TooLong) }
}

/// Reads elements until the end or the first one whose end is not known. One leading separator is skipped, one at the
/// end is no matter. A composite component behind `|` and a separator goes on with the same label.
pub fn parse(text: &str) -> Elements {
    read(text, |rule, ai, value| match fault_of(rule, value) {
        Some(fault @ (Fault::Empty | Fault::TooShort | Fault::TooLong)) => {
            Err(ElementError::Length(ai.to_owned(), fault))
        }
        fault => Ok(Element { ai: ai.to_owned(), value: value.to_owned(), fault }),
    })
}

/// Parts a text into identifiers and values and judges nothing but whether there is a value and an identifier: what the
/// scanner test shows of a label that cannot be read.
pub fn split(text: &str) -> Elements {
    read(text, |_, ai, value| {
        if value.is_empty() {
            return Err(ElementError::Length(ai.to_owned(), Fault::Empty));
        }
        Ok(Element { ai: ai.to_owned(), value: value.to_owned(), fault: None })
    })
}

fn read(text: &str, take: impl Fn(&Rule, &str, &str) -> Result<Element, ElementError>) -> Elements {
    let joined = text.replace("|\u{1d}", "\u{1d}");
    let mut rest = joined.strip_prefix(SEPARATOR).unwrap_or(&joined);
    let mut read = Elements { error: rest.is_empty().then_some(ElementError::Empty), ..Elements::default() };
    while read.error.is_none() && !rest.is_empty() {
        match next(rest, &take) {
            Ok(_) if read.elements.len() == ELEMENTS_MAX => read.error = Some(ElementError::TooMany),
            Ok((element, behind)) => {
                read.elements.push(element);
                rest = behind;
            }
            Err(error) => read.error = Some(error),
        }
    }
    read
}

fn next(
    text: &str,
    take: impl Fn(&Rule, &str, &str) -> Result<Element, ElementError>,
) -> Result<(Element, &str), ElementError> {
    let unknown = || ElementError::Unknown(text.chars().take(4).collect());
    let (ai, body) = table::digits_of(text).and_then(|digits| text.split_at_checked(digits)).ok_or_else(unknown)?;
    let rule = table::find(ai).ok_or_else(unknown)?;
    let mut end = body.find(SEPARATOR).unwrap_or(body.len());
    if rule.is_fixed {
        end = end.min(rule.most());
        while !body.is_char_boundary(end) {
            end -= 1;
        }
    }
    let (value, behind) = body.split_at(end);
    Ok((take(rule, ai, value)?, behind.strip_prefix(SEPARATOR).unwrap_or(behind)))
}

/// Whether the text might be several elements whose separator the scanner swallowed: a value of open length whose end
/// reads as further elements. Such a value must be looked at by a person before it is taken for a lot or serial.
pub fn might_hide_elements(value: &str) -> bool {
    (1..value.len()).any(|at| {
        value.get(at..).is_some_and(|tail| {
            let hidden = parse(tail);
            let telling =
                |element: &Element| matches!(element.ai.as_str(), "10" | "11" | "13" | "15" | "17" | "21" | "30");
            hidden.is_sound() && hidden.elements.iter().all(telling)
        })
    })
}

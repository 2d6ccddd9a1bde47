//! The scanner's own prefix that says what kind of symbol it read (AIM identifiers, `HANDHELD.md` 1.6), and what a
//! prefix promises about the data behind it.
//!
//! Absent: a need for it. Most scanners send no prefix, and everything works without one.

use super::{
    bracket,
    gs1::{self, Elements},
    gtin::has_check_digit,
    link,
};
use std::fmt;

/// What a prefix promises about the data behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Promise {
    /// No prefix, or one that promises nothing.
    #[default]
    Nothing,
    /// GS1 elements and nothing else.
    Elements,
    /// A trade item number and nothing else.
    Gtin,
}

/// A prefix: `]`, a letter for the kind of symbol, and a character for how it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbology {
    letter: char,
    modifier: char,
}

impl fmt::Display for Symbology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "]{}{}", self.letter, self.modifier)
    }
}

impl Symbology {
    /// The prefix at the beginning of a scan, and what is behind it.
    pub fn split(raw: &str) -> (Option<Self>, &str) {
        let mut characters = raw.chars();
        match (characters.next(), characters.next(), characters.next()) {
            (Some(']'), Some(letter), Some(modifier))
                if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                (Some(Self { letter, modifier }), characters.as_str())
            }
            _ => (None, raw),
        }
    }
    /// What it promises.
    pub const fn promise(self) -> Promise {
        match (self.letter, self.modifier) {
            ('C', '1') | ('d', '2') | ('Q', '3') | ('J', '1') | ('e', '0'..='2') => Promise::Elements,
            ('E', '0' | '4') | ('I', '1') => Promise::Gtin,
            _ => Promise::Nothing,
        }
    }
    /// How it was used.
    pub const fn modifier(self) -> char {
        self.modifier
    }
    /// The kind of symbol, in words; `None` for letters that stand for none.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.letter {
            'A' => "Code 39",
            'B' => "Telepen",
            'C' => "Code 128",
            'D' => "Code One",
            'E' => "EAN/UPC",
            'F' => "Codabar",
            'G' => "Code 93",
            'H' => "Code 11",
            'I' => "Interleaved 2 of 5",
            'J' => "DotCode",
            'K' => "Code 16K",
            'L' => "PDF417",
            'M' => "MSI",
            'N' => "Anker",
            'O' => "Codablock",
            'P' => "Plessey",
            'Q' => "QR Code",
            'R' | 'S' => "2 of 5",
            'T' => "Code 49",
            'U' => "MaxiCode",
            'X' => "other code",
            'Z' => "no bar code",
            'd' => "Data Matrix",
            'e' => "GS1 DataBar",
            'z' => "Aztec",
            _ => return None,
        })
    }
    /// The kind of symbol in GS1's words, where it is used as GS1 says.
    pub const fn gs1_name(self) -> Option<&'static str> {
        Some(match (self.letter, self.modifier) {
            ('C', '1') => "GS1-128",
            ('E', '0') => "EAN-13",
            ('E', '1') => "two-digit add-on",
            ('E', '2') => "five-digit add-on",
            ('E', '3') => "EAN-13 with add-on",
            ('E', '4') => "EAN-8",
            ('I', '1') => "ITF-14",
            ('J', '1') => "GS1 DotCode",
            ('Q', '3') => "GS1 QR Code",
            ('d', '2') => "GS1 DataMatrix",
            ('e', '0') => "GS1 DataBar",
            ('e', '1' | '2') => "GS1 Composite",
            _ => return None,
        })
    }
}

/// Why data does not keep what its prefix promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// No prefix.
    #[error("has no symbology identifier")]
    NoPrefix,
    /// A prefix that stands for nothing.
    #[error("has a symbology identifier of no symbol")]
    Unknown,
    /// Not so many digits with a check digit.
    #[error("is no number of {0} digits with its check digit")]
    Digits(usize),
    /// Not GS1 elements, or some with a wrong value.
    #[error("is not made of sound GS1 elements: {0}")]
    Elements(String),
    /// A web address that is no Digital Link.
    #[error("is no Digital Link: {0}")]
    Link(#[from] link::LinkError),
}

/// The elements of a scan with its prefix, held to what the prefix promises: stricter than [`super::read`], which makes
/// the best of what came. The component of a composite symbol is parted from the number by `|` and its own prefix. A
/// number without elements and plain text have none.
///
/// # Errors
/// What is not as promised.
pub fn check(raw: &str) -> Result<(Symbology, Elements), CarrierError> {
    let (symbology, body) = Symbology::split(raw);
    let symbology = symbology.ok_or(CarrierError::NoPrefix)?;
    symbology.name().filter(|_| symbology.modifier.is_ascii_hexdigit()).ok_or(CarrierError::Unknown)?;
    let elements = match symbology.promise() {
        Promise::Elements => sound(body)?,
        Promise::Gtin => {
            let digits = match (symbology.letter, symbology.modifier) {
                ('I', _) => 14,
                (_, '4') => 8,
                _ => 13,
            };
            let (number, component) = body.split_once("|]e0").unzip();
            if number.unwrap_or(body).len() != digits || !has_check_digit(number.unwrap_or(body)) {
                return Err(CarrierError::Digits(digits));
            }
            component.map_or_else(|| Ok(Elements::default()), sound)?
        }
        Promise::Nothing if link::is_address(body) => link::parse(body, link::Editions::default())?,
        Promise::Nothing => Elements::default(),
    };
    Ok((symbology, elements))
}

fn sound(body: &str) -> Result<Elements, CarrierError> {
    let read = gs1::parse(body);
    if read.is_sound() {
        return Ok(read);
    }
    let why = read.error.as_ref().map_or_else(|| bracket::write(&read.elements), ToString::to_string);
    Err(CarrierError::Elements(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_parted_from_the_data() {
        let check = |raw: &str, prefix: Option<&str>, promise: Promise, body: &str| {
            let (symbology, rest) = Symbology::split(raw);
            let told = symbology.map(|symbology| symbology.to_string());
            let kept = symbology.map_or(Promise::Nothing, Symbology::promise);
            assert_eq!((told.as_deref(), kept, rest), (prefix, promise, body), "{raw:?}");
        };
        check("]C10112", Some("]C1"), Promise::Elements, "0112");
        check("]d2", Some("]d2"), Promise::Elements, "");
        check("]E04006381333931", Some("]E0"), Promise::Gtin, "4006381333931");
        check("]C0LOC-A1", Some("]C0"), Promise::Nothing, "LOC-A1");
        check("A1", None, Promise::Nothing, "A1");
        check("]", None, Promise::Nothing, "]");
        check("]é1x", None, Promise::Nothing, "]é1x");
    }
}

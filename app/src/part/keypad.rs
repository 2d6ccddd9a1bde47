//! The number being keyed, and whether it can be meant as a quantity.
//!
//! Absent: keys on the screen (`keypad_view`), and what the quantity is of.

use serde::{Deserialize, Serialize};
use shared::{quantity::Quantity, sum};

/// More whole digits than this ask first (`HANDHELD.md` 3.4).
const DIGITS_TRUSTED: usize = 6;
/// From this many on it is a barcode that slipped into the quantity.
const BARCODE_DIGITS_MIN: usize = 8;
/// The longest GTIN.
const BARCODE_DIGITS_MAX: usize = 14;
/// Signs of a sum.
const SIGNS: [char; 3] = ['+', '-', '×'];
/// The longest sum: what fits on the screen in large letters.
const SUM_CHARS_MAX: usize = 24;

/// The digits so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keypad {
    text: String,
}

/// What OK means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyed {
    /// Nothing was keyed.
    Nothing,
    /// A quantity.
    Quantity(Quantity),
    /// A quantity so large that the person must say it again.
    Large(Quantity),
    /// 8 to 14 digits: a barcode, not a quantity.
    LooksLikeBarcode,
    /// More digits than any barcode.
    TooLong,
    /// Not a number that can be kept exactly.
    NotANumber,
}

impl Keypad {
    /// What is shown.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// Whether nothing is keyed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
    /// A digit, the decimal point (a comma is one), or a sign of a sum.
    pub fn press(&mut self, key: char) {
        let key = match key {
            ',' => '.',
            '*' | 'x' | 'X' => '×',
            key => key,
        };
        let number = self.text.rsplit(SIGNS).next().unwrap_or_default().to_owned();
        let in_sum = number.len() < self.text.len();
        let fits = match key {
            '0'..='9' => number.len() <= BARCODE_DIGITS_MAX + 1 && !(in_sum && self.text.len() >= SUM_CHARS_MAX),
            '.' => !number.contains('.'),
            '+' | '-' | '×' => number.ends_with(|last: char| last.is_ascii_digit()) && self.text.len() < SUM_CHARS_MAX,
            _ => false,
        };
        if !fits {
            return;
        }
        if number == "0" && key.is_ascii_digit() {
            self.text.pop();
        }
        if number.is_empty() && key == '.' {
            self.text.push('0');
        }
        self.text.push(key);
    }
    /// Takes the last one back.
    pub fn back(&mut self) {
        self.text.pop();
    }
    /// Forgets all.
    pub fn clear(&mut self) {
        self.text.clear();
    }
    /// Whether the number can be meant.
    ///
    /// # Source
    /// `HANDHELD.md` 3.4, quantity sanity.
    pub fn keyed(&self) -> Keyed {
        if self.text.is_empty() {
            return Keyed::Nothing;
        }
        if sum::is_sum(&self.text) {
            return match sum::evaluate(&self.text) {
                Ok(total) if total < Quantity::ZERO => Keyed::NotANumber,
                Ok(total) if whole_digits(&total.to_string()) > DIGITS_TRUSTED => Keyed::Large(total),
                Ok(total) => Keyed::Quantity(total),
                Err(_) => Keyed::NotANumber,
            };
        }
        let whole = whole_digits(&self.text);
        if whole > BARCODE_DIGITS_MAX {
            return Keyed::TooLong;
        }
        if whole >= BARCODE_DIGITS_MIN {
            return Keyed::LooksLikeBarcode;
        }
        match self.text.parse::<Quantity>() {
            Ok(quantity) if whole > DIGITS_TRUSTED => Keyed::Large(quantity),
            Ok(quantity) => Keyed::Quantity(quantity),
            Err(_) => Keyed::NotANumber,
        }
    }
}

fn whole_digits(number: &str) -> usize {
    number.split('.').next().unwrap_or_default().len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(keys: &str, text: &str, keyed: Keyed) {
        let mut keypad = Keypad::default();
        keys.chars().for_each(|key| if key == '<' { keypad.back() } else { keypad.press(key) });
        assert_eq!((keypad.text(), keypad.keyed()), (text, keyed), "{keys}");
    }

    fn units(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn keys_become_a_quantity_or_a_reason() {
        check("", "", Keyed::Nothing);
        check("12", "12", Keyed::Quantity(units("12")));
        check("0", "0", Keyed::Quantity(Quantity::ZERO));
        check("007", "7", Keyed::Quantity(units("7")));
        check("12<<", "", Keyed::Nothing);
        check("1.5", "1.5", Keyed::Quantity(units("1.5")));
        check(",5", "0.5", Keyed::Quantity(units("0.5")));
        check("1.2.3", "1.23", Keyed::Quantity(units("1.23")));
        check("999999", "999999", Keyed::Quantity(units("999999")));
        check("1000000", "1000000", Keyed::Large(units("1000000")));
    }

    #[test]
    fn a_sum_is_a_quantity() {
        check("12*6+3", "12×6+3", Keyed::Quantity(units("75")));
        check("2x.5", "2×0.5", Keyed::Quantity(units("1")));
        check("10-4", "10-4", Keyed::Quantity(units("6")));
        check("3-4", "3-4", Keyed::NotANumber);
        check("12*", "12×", Keyed::NotANumber);
        check("*+-12", "12", Keyed::Quantity(units("12")));
        check("1++2", "1+2", Keyed::Quantity(units("3")));
        check("1000*1000", "1000×1000", Keyed::Large(units("1000000")));
        check("12*6<<<", "1", Keyed::Quantity(units("1")));
    }

    #[test]
    fn a_barcode_typed_as_a_quantity_is_refused() {
        check("40170725", "40170725", Keyed::LooksLikeBarcode);
        check("4006381333931", "4006381333931", Keyed::LooksLikeBarcode);
        check("14006381333938", "14006381333938", Keyed::LooksLikeBarcode);
        check("1234567890123456789", "1234567890123456", Keyed::TooLong);
    }
}

//! Exact quantities: scaled integers with six decimals, checked arithmetic, no floating point.
//!
//! Absent: units of measure (an item has one base unit; pack factors live with the barcode) and any default: text that
//! is not a quantity is an error, never zero.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// How many decimals a scaled number holds. Six, because GS1 net weights carry up to five and unit costs of
/// electronic parts up to five (`SPEED.md`, real price lists); 64 bits then still hold nine trillion.
pub const DECIMALS: u32 = 6;
/// Ten to the power of [`DECIMALS`].
pub const SCALE: i64 = 1_000_000;

/// Why a text is not an exact number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberError {
    /// Nothing was there.
    #[error("is empty; expected a number such as 12 or 2.5")]
    Empty,
    /// A character that no number has.
    #[error("has '{0}' in it; expected digits with a point as decimal sign, such as 12 or 2.5")]
    Character(char),
    /// A comma as decimal or thousands sign: both readings exist, so neither is taken.
    #[error("has a comma in it; write 1.5 (or 1500): whether the comma means decimals or thousands is not guessed")]
    Comma,
    /// More decimals than can be kept exactly.
    #[error("has more than six decimals; such a number cannot be kept exactly")]
    Decimals,
    /// Larger than a scaled integer holds.
    #[error("is too large; the largest number is 9223372036854.775807")]
    TooLarge,
    /// A result did not fit.
    #[error("arithmetic went beyond the largest number that can be kept")]
    Overflow,
}

/// Parses decimal text into an integer scaled by [`SCALE`]. Accepts an optional sign; `-0` is zero.
///
/// # Errors
/// Says which character or property is wrong; never falls back to a default.
pub fn parse_scaled(text: &str) -> Result<i64, NumberError> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first() {
        None => return Err(NumberError::Empty),
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        Some(_) => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(NumberError::Empty);
    }
    if let Some(odd) = digits.chars().find(|c| !c.is_ascii_digit() && *c != '.') {
        return Err(if odd == ',' { NumberError::Comma } else { NumberError::Character(odd) });
    }
    if fraction.contains('.') {
        return Err(NumberError::Character('.'));
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > DECIMALS as usize {
        return Err(NumberError::Decimals);
    }
    let mut scaled: i128 = 0;
    for digit in
        whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', DECIMALS as usize - fraction.len()))
    {
        scaled = scaled * 10 + i128::from(digit - b'0');
        if scaled > i128::from(i64::MAX) {
            return Err(NumberError::TooLarge);
        }
    }
    i64::try_from(if negative { -scaled } else { scaled }).map_err(|_| NumberError::TooLarge)
}

/// Writes a scaled integer with no more decimals than it needs.
pub fn write_scaled(scaled: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let magnitude = scaled.unsigned_abs();
    let (whole, fraction) = (magnitude / SCALE.unsigned_abs(), magnitude % SCALE.unsigned_abs());
    let mut text = whole.to_string();
    if fraction != 0 {
        text.push('.');
        text.push_str(format!("{fraction:06}").trim_end_matches('0'));
    }
    f.pad_integral(scaled >= 0, "", &text)
}

/// An exact number of an item's base units; may be negative (books can be, variances often are).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity {
    micro: i64,
}

impl Quantity {
    /// Zero: a number, not "unknown".
    pub const ZERO: Self = Self { micro: 0 };
    /// One base unit.
    pub const ONE: Self = Self { micro: SCALE };

    /// From millionths of a unit, as tables keep it.
    pub const fn from_micro(micro: i64) -> Self {
        Self { micro }
    }
    /// In millionths of a unit.
    pub const fn micro(self) -> i64 {
        self.micro
    }
    /// From whole units.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`] beyond nine trillion.
    pub fn whole(units: i64) -> Result<Self, NumberError> {
        units.checked_mul(SCALE).map(Self::from_micro).ok_or(NumberError::TooLarge)
    }
    /// Sum, checked.
    ///
    /// # Errors
    /// [`NumberError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        self.micro.checked_add(other.micro).map(Self::from_micro).ok_or(NumberError::Overflow)
    }
    /// Difference, checked.
    ///
    /// # Errors
    /// [`NumberError::Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, NumberError> {
        self.micro.checked_sub(other.micro).map(Self::from_micro).ok_or(NumberError::Overflow)
    }
    /// This many packs of `factor` units. The product must be exact in six decimals.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] or [`NumberError::Decimals`].
    pub fn times(self, factor: Self) -> Result<Self, NumberError> {
        let product = i128::from(self.micro) * i128::from(factor.micro);
        if product % i128::from(SCALE) != 0 {
            return Err(NumberError::Decimals);
        }
        i64::try_from(product / i128::from(SCALE)).map(Self::from_micro).map_err(|_| NumberError::Overflow)
    }
    /// The magnitude, checked.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] for the one number without a positive twin.
    pub fn magnitude(self) -> Result<Self, NumberError> {
        self.micro.checked_abs().map(Self::from_micro).ok_or(NumberError::Overflow)
    }
    /// The opposite, checked.
    ///
    /// # Errors
    /// [`NumberError::Overflow`].
    pub fn negated(self) -> Result<Self, NumberError> {
        self.micro.checked_neg().map(Self::from_micro).ok_or(NumberError::Overflow)
    }
    /// Exactly zero.
    pub const fn is_zero(self) -> bool {
        self.micro == 0
    }
    /// Below zero.
    pub const fn is_negative(self) -> bool {
        self.micro < 0
    }
    /// Without decimals.
    pub const fn is_whole(self) -> bool {
        self.micro % SCALE == 0
    }
}

impl std::str::FromStr for Quantity {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        parse_scaled(text).map(Self::from_micro)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(self.micro, f)
    }
}

/// Exact numbers travel as decimal text: a JSON number would be read as floating point by most programs.
impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(format!("quantity \"{text}\" {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Result<i64, NumberError>) {
        assert_eq!(parse_scaled(text), expected, "{text:?}");
    }

    #[test]
    fn texts_become_exact_numbers_or_say_why_not() {
        check("12", Ok(12_000_000));
        check("-0", Ok(0));
        check("0.000001", Ok(1));
        check(" 2.50 ", Ok(2_500_000));
        check(".5", Ok(500_000));
        check("5.", Ok(5_000_000));
        check("", Err(NumberError::Empty));
        check("-", Err(NumberError::Empty));
        check(".", Err(NumberError::Empty));
        check("1,5", Err(NumberError::Comma));
        check("1e3", Err(NumberError::Character('e')));
        check("1.2.3", Err(NumberError::Character('.')));
        check("--1", Err(NumberError::Character('-')));
        check("0.0000001", Err(NumberError::Decimals));
        check("0.0000000", Ok(0));
        check("1234567890123456789012345678901234567890", Err(NumberError::TooLarge));
        check("9223372036854.775807", Ok(i64::MAX));
        check("9223372036854.775808", Err(NumberError::TooLarge));
        check("٣", Err(NumberError::Character('٣')));
    }

    proptest! {
        #[test]
        fn every_quantity_reads_back_from_its_own_text(micro in any::<i64>().prop_filter("has a twin", |m| *m != i64::MIN)) {
            let quantity = Quantity::from_micro(micro);
            prop_assert_eq!(quantity.to_string().parse::<Quantity>(), Ok(quantity));
            let json = serde_json::to_string(&quantity).expect("a quantity is a string");
            prop_assert_eq!(serde_json::from_str::<Quantity>(&json).expect("reads back"), quantity);
        }

        #[test]
        fn sums_are_exact_or_refused(a in any::<i64>(), b in any::<i64>()) {
            let sum = Quantity::from_micro(a).plus(Quantity::from_micro(b));
            match i64::try_from(i128::from(a) + i128::from(b)) {
                Ok(exact) => prop_assert_eq!(sum, Ok(Quantity::from_micro(exact))),
                Err(_) => prop_assert_eq!(sum, Err(NumberError::Overflow)),
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _ = parse_scaled(&text);
        }
    }
}

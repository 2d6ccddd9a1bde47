//! Exact money in the site's currency: scaled integers with six decimals, because unit costs have that many.
//!
//! Absent: currencies and conversion; a site has one currency.

use crate::quantity::{NumberError, Quantity, SCALE, parse_scaled, write_scaled};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An amount in the site's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money {
    micro: i64,
}

impl Money {
    /// Nothing: an amount, not "unknown".
    pub const ZERO: Self = Self { micro: 0 };

    /// From millionths of the currency unit, as tables keep it.
    pub const fn from_micro(micro: i64) -> Self {
        Self { micro }
    }
    /// In millionths of the currency unit.
    pub const fn micro(self) -> i64 {
        self.micro
    }
    /// The value of a quantity at a unit cost: the exact product, rounded half away from zero to six decimals.
    ///
    /// # Errors
    /// [`NumberError::Overflow`].
    pub fn of(quantity: Quantity, unit_cost: Self) -> Result<Self, NumberError> {
        let product = i128::from(quantity.micro()) * i128::from(unit_cost.micro);
        let half = i128::from(SCALE / 2) * product.signum();
        i64::try_from((product + half) / i128::from(SCALE)).map(Self::from_micro).map_err(|_| NumberError::Overflow)
    }
    /// Sum, checked.
    ///
    /// # Errors
    /// [`NumberError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        self.micro.checked_add(other.micro).map(Self::from_micro).ok_or(NumberError::Overflow)
    }
    /// The magnitude, checked.
    ///
    /// # Errors
    /// [`NumberError::Overflow`].
    pub fn magnitude(self) -> Result<Self, NumberError> {
        self.micro.checked_abs().map(Self::from_micro).ok_or(NumberError::Overflow)
    }
    /// Below zero.
    pub const fn is_negative(self) -> bool {
        self.micro < 0
    }
}

impl std::str::FromStr for Money {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        parse_scaled(text).map(Self::from_micro)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(self.micro, f)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(format!("amount \"{text}\" {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_the_exact_product_rounded_once() {
        let check = |quantity: &str, cost: &str, value: &str| {
            let exact = Money::of(quantity.parse().expect("quantity"), cost.parse().expect("cost"));
            assert_eq!(exact.expect("fits").to_string(), value, "{quantity} × {cost}");
        };
        check("3", "0.1051", "0.3153");
        check("-2", "1.25", "-2.5");
        check("0.000001", "0.5", "0.000001");
        check("-0.000001", "0.5", "-0.000001");
        check("0.000001", "0.4", "0");
    }

    #[test]
    fn a_value_beyond_the_largest_number_is_refused() {
        assert_eq!(Money::of(Quantity::from_micro(i64::MAX), Money::from_micro(i64::MAX)), Err(NumberError::Overflow));
    }
}

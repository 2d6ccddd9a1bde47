//! What values mean here: dates, exact decimals, numbers of items, weights.
//!
//! Absent: floating point, today's date (it is handed in), and conversions between kilograms and pounds: only a site may
//! say that it wants them.

use super::gs1::{Element, Elements};
use crate::{moment::Moment, quantity::Quantity};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use std::fmt;

/// A number with a fixed number of decimals, as a label carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    digits: String,
    decimals: usize,
}

impl Decimal {
    /// The number as a quantity; `None` where it cannot be kept exactly.
    pub fn to_quantity(&self) -> Option<Quantity> {
        self.to_string().parse().ok()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let padded = format!("{:0>width$}", self.digits, width = self.decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - self.decimals);
        let whole = whole.trim_start_matches('0');
        f.write_str(if whole.is_empty() { "0" } else { whole })?;
        if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
    }
}

/// The number in a measure, an amount or a percentage. The last digit of the identifier says how many decimals it has; a
/// currency in front of an amount is left out.
pub fn decimal(element: &Element) -> Option<Decimal> {
    let [b'3', family @ (b'1'..=b'6' | b'9'), kind, decimals @ b'0'..=b'9'] = element.ai.as_bytes() else {
        return None;
    };
    let with_currency = *family == b'9' && matches!(kind, b'1' | b'3');
    let digits = if with_currency { element.value.get(3..)? } else { element.value.as_str() };
    let right = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    right.then(|| Decimal { digits: digits.to_owned(), decimals: usize::from(decimals - b'0') })
}

/// The day of a value that begins with six digits, the century chosen so that the year lies within fifty years of
/// `year_now`; day 00 is the last day of the month. `None` for what is no date.
///
/// # Source
/// GS1 General Specifications 7.12.
pub fn date(value: &str, year_now: i32) -> Option<NaiveDate> {
    let value = value.get(..6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
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

/// What a number of items counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountOf {
    /// Single items in a thing of variable count (30).
    Units,
    /// Trade items in a pallet or case (37), each of so many units as its code says.
    Packs,
}

/// Units of weight that labels carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightUnit {
    /// Kilogram.
    Kilogram,
    /// Pound.
    Pound,
}

/// What a label says besides which item it is. Values with something wrong in them are not here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The trade item number, in fourteen digits.
    pub gtin: Option<String>,
    /// The lot, exactly as read.
    pub lot: Option<String>,
    /// The serial number, exactly as read.
    pub serial: Option<String>,
    /// The last day of use, or else the day it is best before.
    pub expiry: Option<NaiveDate>,
    /// How many items it says there are; to be proposed, never taken without asking.
    pub count: Option<(Quantity, CountOf)>,
    /// The net weight.
    pub weight: Option<(Quantity, WeightUnit)>,
    /// The number of the pallet or parcel.
    pub sscc: Option<String>,
}

impl Label {
    /// What elements say.
    pub fn of(elements: &Elements, now: Moment) -> Self {
        let text = |ai: &str| elements.value(ai).map(str::to_owned);
        let day = |ai: &str| date(elements.value(ai)?, year_of(now));
        let number = |ai: &str| elements.value(ai)?.parse::<Quantity>().ok().filter(|count| !count.is_zero());
        let weight = |family: &str| {
            let fits = |element: &&Element| element.fault.is_none() && element.ai.starts_with(family);
            let element = elements.elements.iter().filter(|element| element.ai.len() == 4).find(fits)?;
            decimal(element)?.to_quantity().filter(|weight| !weight.is_zero())
        };
        let kilograms = weight("310").map(|weight| (weight, WeightUnit::Kilogram));
        Self {
            gtin: text("01").or_else(|| text("02")).or_else(|| text("03")),
            lot: text("10"),
            serial: text("21"),
            expiry: day("17").or_else(|| day("15")),
            count: number("30")
                .map(|count| (count, CountOf::Units))
                .or_else(|| number("37").map(|count| (count, CountOf::Packs))),
            weight: kilograms.or_else(|| weight("320").map(|weight| (weight, WeightUnit::Pound))),
            sscc: text("00"),
        }
    }
}

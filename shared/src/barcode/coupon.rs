//! The inner form of coupons (identifiers 8110 and 8112): numbers that say their own length, one behind the other.
//!
//! Absent: what a coupon is worth. None is counted; a value is told from a misprint, no more.

use super::{
    content::{Check, Set},
    fault::Fault,
};

/// How many digits a company prefix has beyond the shortest.
const COMPANY: &str = "0123456";
/// Digits of the shortest company prefix, serial number or retailer's number.
const NUMBER_DIGITS_MIN: usize = 6;
/// Digits of an offer.
const OFFER_DIGITS: usize = 6;
/// In place of a length: no company prefix stands here.
const NO_COMPANY: usize = 9;

/// The digits that were not read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn of(value: &'a str) -> Result<Self, Fault> {
        Set::Digits.check(value).map(|()| Self(value))
    }
    fn take(&mut self, digits: usize) -> Result<&'a str, Fault> {
        let (taken, rest) = self.0.split_at_checked(digits).ok_or(Fault::Coupon)?;
        self.0 = rest;
        Ok(taken)
    }
    fn one_of(&mut self, allowed: &str) -> Result<usize, Fault> {
        let digit = self.take(1)?;
        digit.parse().ok().filter(|_| allowed.contains(digit)).ok_or(Fault::Coupon)
    }
    /// A number behind the digit that says by how much it is longer than the shortest.
    fn sized(&mut self, allowed: &str, shortest: usize) -> Result<(), Fault> {
        let more = self.one_of(allowed)?;
        self.take(shortest + more).map(drop)
    }
    /// What has to be bought: an amount, what it is of, and a family of items.
    fn purchase(&mut self) -> Result<(), Fault> {
        self.sized("12345", 0)?;
        self.one_of("012349")?;
        self.take(3).map(drop)
    }
    /// The company whose items have to be bought, unless it is the one that gave the coupon out.
    fn other_company(&mut self) -> Result<(), Fault> {
        match self.one_of("01234569")? {
            NO_COMPANY => Ok(()),
            more => self.take(NUMBER_DIGITS_MIN + more).map(drop),
        }
    }
    fn day(&mut self) -> Result<&'a str, Fault> {
        let day = self.take(6)?;
        Check::Date.check(day).map(|()| day)
    }
    /// Whether the optional part of this number comes next.
    fn has_part(&mut self, number: char) -> bool {
        let behind = self.0.strip_prefix(number);
        self.0 = behind.unwrap_or(self.0);
        behind.is_some()
    }
    fn end(&self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::Coupon) }
    }
}

/// Whether a value has the form of a coupon that says its own terms.
///
/// # Errors
/// What is wrong.
///
/// # Source
/// North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols.
pub fn with_terms(value: &str) -> Result<(), Fault> {
    let mut rest = Rest::of(value)?;
    rest.sized(COMPANY, NUMBER_DIGITS_MIN)?;
    rest.take(OFFER_DIGITS)?;
    rest.sized("12345", 0)?; // what is saved
    rest.purchase()?;
    if rest.has_part('1') {
        rest.one_of("0123")?; // how the purchases go together
        rest.purchase()?;
        rest.other_company()?;
    }
    if rest.has_part('2') {
        rest.purchase()?;
        rest.other_company()?;
    }
    let last = if rest.has_part('3') { Some(rest.day()?) } else { None };
    let first = if rest.has_part('4') { Some(rest.day()?) } else { None };
    if first.zip(last).is_some_and(|(first, last)| first > last) {
        return Err(Fault::Coupon);
    }
    if rest.has_part('5') {
        rest.sized("0123456789", NUMBER_DIGITS_MIN)?; // serial number
    }
    if rest.has_part('6') {
        rest.sized("1234567", NUMBER_DIGITS_MIN)?; // retailer
    }
    if rest.has_part('9') {
        rest.one_of("01256")?; // what kind of saving
        rest.one_of("012")?; // which of the items it is for
        rest.take(1)?; // whether it is the shop's own
        rest.one_of("01")?; // whether it may be multiplied
    }
    rest.end()
}

/// Whether a value has the form of a coupon whose terms are kept elsewhere.
///
/// # Errors
/// What is wrong.
///
/// # Source
/// GS1 AI (8112) Coupon Data Specification.
pub fn of_offer(value: &str) -> Result<(), Fault> {
    let mut rest = Rest::of(value)?;
    rest.one_of("01")?; // format
    rest.sized(COMPANY, NUMBER_DIGITS_MIN)?; // who pays
    rest.take(OFFER_DIGITS)?;
    rest.sized("0123456789", NUMBER_DIGITS_MIN)?; // serial number
    rest.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "012345612345611110123";

    #[test]
    fn a_coupon_with_terms_is_read_to_its_last_digit() {
        let check = |part: &str, is_right: bool| {
            let value = format!("{LEAST}{part}");
            assert_eq!(with_terms(&value).is_ok(), is_right, "{part:?}");
        };
        check("", true);
        for purchase in ["10110123", "2110123"] {
            check(&format!("{purchase}0123456"), true);
            check(&format!("{purchase}9"), true);
            check(&format!("{purchase}7"), false);
            check(purchase, false);
        }
        for right in ["3261231", "4261231", "32612314261231", "50123456", "611234567", "90000", "96291", "326123190000"]
        {
            check(right, true);
        }
        for wrong in
            ["0", "7", "8", "3261301", "32612304261231", "501234567", "60123456", "93000", "90300", "90002", "9000"]
        {
            check(wrong, false);
        }
        for cut in 0..LEAST.len() {
            assert_eq!(with_terms(&LEAST[..cut]), Err(Fault::Coupon), "{cut}");
        }
        assert_eq!(with_terms("a12345612345611110123"), Err(Fault::NotDigit));
    }

    #[test]
    fn a_coupon_of_an_offer_is_read_to_its_last_digit() {
        for right in ["001234561234560123456", "101234561234560123456", "061234567890121234569123456789012345"] {
            assert_eq!(of_offer(right), Ok(()), "{right}");
            assert_eq!(of_offer(&right[..right.len() - 1]), Err(Fault::Coupon), "{right}");
            assert_eq!(of_offer(&format!("{right}0")), Err(Fault::Coupon), "{right}");
        }
        assert_eq!(of_offer("201234561234560123456"), Err(Fault::Coupon));
        assert_eq!(of_offer("07123456789012"), Err(Fault::Coupon));
    }
}

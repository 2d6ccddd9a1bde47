//! What may stand in a value of GS1 data: sets of characters, check digits, dates, times, and lists of codes.
//!
//! Absent: which rule holds for which identifier ([`super::table`]), and registers of company prefixes.

pub use super::fault::Fault;

use super::{
    code_list, coupon,
    gtin::{check_characters, has_check_digit},
};

/// Which characters a value may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Digits.
    Digits,
    /// The 82 characters of most texts.
    Text,
    /// The 39 characters of parts.
    Code39,
    /// The 64 characters of signatures, with padding at the end.
    Base64,
}

/// What else must be true of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The last digit is the check digit of the others.
    CheckDigit,
    /// The last two characters are the check characters of the others.
    CheckPair,
    /// It begins like a company prefix.
    CompanyPrefix,
    /// It begins like a company prefix, behind its first character.
    CompanyPrefixSecond,
    /// Not only digits.
    HasNonDigit,
    /// A year, month and day of two digits each.
    Date,
    /// The same, where day 00 is the whole month.
    DateOrMonth,
    /// A year of four digits, a month and a day.
    LongDate,
    /// The same, where day 00 is the whole month.
    LongDateOrMonth,
    /// An hour.
    Hour,
    /// A minute.
    Minute,
    /// A second.
    Second,
    /// An hour and a minute.
    HourMinute,
    /// A piece and how many there are, of equally many digits.
    PieceOfTotal,
    /// A place in a sequence: `2/3`.
    PositionInSequence,
    /// Only zeros.
    Zero,
    /// Not only zeros.
    NonZero,
    /// No zero in front.
    NoZeroPrefix,
    /// Only hyphens.
    Hyphen,
    /// 0 or 1.
    YesNo,
    /// How a roll is wound: 0, 1 or 9.
    Winding,
    /// 0, 1, 2 or 9.
    Sex,
    /// One character that tells importers apart.
    ImporterIndex,
    /// Every `%` begins two hexadecimal digits.
    PercentEncoded,
    /// Degrees from the south pole, in ten millionths.
    Latitude,
    /// Degrees eastwards, in ten millionths.
    Longitude,
    /// The numeric code of a country.
    Country,
    /// The numeric code of a country, or 999 for several.
    CountryOr999,
    /// The two letters of a country.
    CountryLetters,
    /// The numeric code of a currency.
    Currency,
    /// An account number.
    Iban,
    /// A kind of medium.
    MediaType,
    /// A kind of package.
    PackageType,
    /// A coupon that says its own terms.
    Coupon,
    /// A coupon whose terms are kept elsewhere.
    CouponOffer,
}

const CODE39: &str = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// The shortest company prefix.
const PREFIX_DIGITS_MIN: usize = 4;
/// 180 and 360 degrees in ten millionths.
const LATITUDE_MAX: u64 = 1_800_000_000;
const LONGITUDE_MAX: u64 = 3_600_000_000;

/// Whether a character may stand in most texts.
pub const fn is_text(character: u8) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, b'!' | b'"' | b'%'..=b'/' | b':'..=b'?' | b'_')
}

impl Set {
    /// Whether every character belongs to it.
    ///
    /// # Errors
    /// The fault that names the set.
    pub fn check(self, value: &str) -> Result<(), Fault> {
        let all = |allowed: fn(u8) -> bool, fault| if value.bytes().all(allowed) { Ok(()) } else { Err(fault) };
        match self {
            Self::Digits => all(|c| c.is_ascii_digit(), Fault::NotDigit),
            Self::Text => all(is_text, Fault::NotText),
            Self::Code39 => all(|c| CODE39.bytes().any(|one| one == c), Fault::NotCode39),
            Self::Base64 => {
                let body = value.trim_end_matches('=');
                let padding = value.len() - body.len();
                if padding > 2 || (padding > 0 && !value.len().is_multiple_of(3)) {
                    return Err(Fault::Padding);
                }
                let allowed = body.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
                if allowed { Ok(()) } else { Err(Fault::NotBase64) }
            }
        }
    }
}

impl Check {
    /// Whether it is true of a value.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(self, value: &str) -> Result<(), Fault> {
        let require = |right: bool, fault| if right { Ok(()) } else { Err(fault) };
        let one_of = |allowed: &str, fault| require(value.len() == 1 && allowed.contains(value), fault);
        match self {
            Self::CheckDigit => {
                Set::Digits.check(value)?;
                require(!value.is_empty(), Fault::TooShort)?;
                require(value.len() == 1 && value == "0" || has_check_digit(value), Fault::CheckDigit)
            }
            Self::CheckPair => check_pair(value),
            Self::CompanyPrefix => company_prefix(value),
            Self::CompanyPrefixSecond => company_prefix(value.get(1..).ok_or(Fault::TooShort)?),
            Self::HasNonDigit => require(value.bytes().any(|c| !c.is_ascii_digit()), Fault::OnlyDigits),
            Self::Date => date(value, 6, false),
            Self::DateOrMonth => date(value, 6, true),
            Self::LongDate => date(value, 8, false),
            Self::LongDateOrMonth => date(value, 8, true),
            Self::Hour => below(value, 24, Fault::Hour),
            Self::Minute => below(value, 60, Fault::Minute),
            Self::Second => below(value, 60, Fault::Second),
            Self::HourMinute => {
                fixed_digits(value, 4)?;
                below(&value[..2], 24, Fault::Hour)?;
                below(&value[2..], 60, Fault::Minute)
            }
            Self::PieceOfTotal => piece_of_total(value),
            Self::PositionInSequence => position(value),
            Self::Zero => require(value.bytes().all(|c| c == b'0'), Fault::NotZero),
            Self::NonZero => {
                Set::Digits.check(value)?;
                require(value.bytes().any(|c| c != b'0'), Fault::Zero)
            }
            Self::NoZeroPrefix => require(value == "0" || !value.starts_with('0'), Fault::ZeroPrefix),
            Self::Hyphen => require(value.bytes().all(|c| c == b'-'), Fault::NotHyphen),
            Self::YesNo => one_of("01", Fault::NotYesNo),
            Self::Winding => one_of("019", Fault::Winding),
            Self::Sex => one_of("0129", Fault::Sex),
            Self::ImporterIndex => {
                let allowed = value.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
                require(value.len() == 1 && allowed, Fault::ImporterIndex)
            }
            Self::PercentEncoded => percent(value),
            Self::Latitude => degrees(value, LATITUDE_MAX, Fault::Latitude),
            Self::Longitude => degrees(value, LONGITUDE_MAX, Fault::Longitude),
            Self::Country => require(code_list::is_country(value), Fault::Country),
            Self::CountryOr999 => require(value == "999" || code_list::is_country(value), Fault::CountryOr999),
            Self::CountryLetters => require(code_list::is_country_letters(value), Fault::CountryLetters),
            Self::Currency => require(code_list::is_currency(value), Fault::Currency),
            Self::Iban => iban(value),
            Self::MediaType => {
                require(matches!(value.parse::<u8>(), Ok(1..=10 | 80..=99)) && value.len() == 2, Fault::MediaType)
            }
            Self::PackageType => require(code_list::is_package(value), Fault::PackageType),
            Self::Coupon => coupon::with_terms(value),
            Self::CouponOffer => coupon::of_offer(value),
        }
    }
    /// The rule of this name in the GS1 Barcode Syntax Dictionary.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "csum" => Self::CheckDigit,
            "csumalpha" => Self::CheckPair,
            "gcppos1" => Self::CompanyPrefix,
            "gcppos2" => Self::CompanyPrefixSecond,
            "hasnondigit" => Self::HasNonDigit,
            "yymmdd" => Self::Date,
            "yymmd0" => Self::DateOrMonth,
            "yyyymmdd" => Self::LongDate,
            "yyyymmd0" => Self::LongDateOrMonth,
            "hh" => Self::Hour,
            "mi" => Self::Minute,
            "ss" => Self::Second,
            "hhmi" => Self::HourMinute,
            "pieceoftotal" => Self::PieceOfTotal,
            "posinseqslash" => Self::PositionInSequence,
            "zero" => Self::Zero,
            "nonzero" => Self::NonZero,
            "nozeroprefix" => Self::NoZeroPrefix,
            "hyphen" => Self::Hyphen,
            "yesno" => Self::YesNo,
            "winding" => Self::Winding,
            "iso5218" => Self::Sex,
            "importeridx" => Self::ImporterIndex,
            "pcenc" => Self::PercentEncoded,
            "latitude" => Self::Latitude,
            "longitude" => Self::Longitude,
            "iso3166" => Self::Country,
            "iso3166999" => Self::CountryOr999,
            "iso3166alpha2" => Self::CountryLetters,
            "iso4217" => Self::Currency,
            "iban" => Self::Iban,
            "mediatype" => Self::MediaType,
            "packagetype" => Self::PackageType,
            "couponcode" => Self::Coupon,
            "couponposoffer" => Self::CouponOffer,
            _ => return None,
        })
    }
}

fn fixed_digits(value: &str, length: usize) -> Result<(), Fault> {
    match value.len() {
        short if short < length => Err(Fault::TooShort),
        long if long > length => Err(Fault::TooLong),
        _ => Set::Digits.check(value),
    }
}

fn below(value: &str, limit: u32, fault: Fault) -> Result<(), Fault> {
    fixed_digits(value, 2)?;
    if value.parse::<u32>().is_ok_and(|number| number < limit) { Ok(()) } else { Err(fault) }
}

/// Leap years are those of the calendar; a year of two digits is one of 1950 to 2049, which makes no difference to them.
fn date(value: &str, length: usize, whole_month: bool) -> Result<(), Fault> {
    fixed_digits(value, length)?;
    let number = |from: usize, to: usize| value[from..to].parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(0, length - 4), number(length - 4, length - 2), number(length - 2, length));
    let leap = year % 4 == 0 && (length == 6 || year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return Err(Fault::Month),
    };
    let first = if whole_month { 0 } else { 1 };
    if (first..=days).contains(&day) { Ok(()) } else { Err(Fault::Day) }
}

fn company_prefix(value: &str) -> Result<(), Fault> {
    if value.len() < PREFIX_DIGITS_MIN {
        return Err(Fault::TooShort);
    }
    let digits = value.bytes().take(PREFIX_DIGITS_MIN).all(|c| c.is_ascii_digit());
    if digits { Ok(()) } else { Err(Fault::CompanyPrefix) }
}

fn check_pair(value: &str) -> Result<(), Fault> {
    let (body, pair) = value.len().checked_sub(2).and_then(|at| value.split_at_checked(at)).ok_or(Fault::TooShort)?;
    Set::Text.check(body)?;
    let right = check_characters(body).ok_or(Fault::TooLong)?;
    if !pair.bytes().all(|c| super::gtin::CHECK_CHARACTERS.contains(&c)) {
        return Err(Fault::NotCheckCharacter);
    }
    if right.iter().copied().eq(pair.bytes()) { Ok(()) } else { Err(Fault::CheckPair) }
}

fn piece_of_total(value: &str) -> Result<(), Fault> {
    if value.is_empty() || !value.len().is_multiple_of(2) {
        return Err(Fault::PieceLength);
    }
    Set::Digits.check(value)?;
    let (piece, total) = value.split_at(value.len() / 2);
    match (piece.trim_start_matches('0'), total.trim_start_matches('0')) {
        ("", _) => Err(Fault::PieceZero),
        (_, "") => Err(Fault::TotalZero),
        _ if piece > total => Err(Fault::PieceBeyond),
        _ => Ok(()),
    }
}

fn position(value: &str) -> Result<(), Fault> {
    let (place, last) = value.split_once('/').ok_or(Fault::Position)?;
    let number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    if !number(place) || !number(last) {
        return Err(Fault::Position);
    }
    if place.starts_with('0') || last.starts_with('0') {
        return Err(Fault::ZeroPrefix);
    }
    if (place.len(), place) > (last.len(), last) { Err(Fault::PositionBeyond) } else { Ok(()) }
}

fn percent(value: &str) -> Result<(), Fault> {
    let follows = |part: &str| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if value.split('%').skip(1).all(follows) { Ok(()) } else { Err(Fault::Percent) }
}

fn degrees(value: &str, most: u64, fault: Fault) -> Result<(), Fault> {
    fixed_digits(value, 10)?;
    if value.parse::<u64>().is_ok_and(|number| number <= most) { Ok(()) } else { Err(fault) }
}

fn iban(value: &str) -> Result<(), Fault> {
    let (country, _) = value.split_at_checked(2).filter(|_| value.len() > 10).ok_or(Fault::IbanShort)?;
    if !code_list::is_country_letters(country) {
        return Err(Fault::IbanCountry);
    }
    let (front, back) = value.split_at_checked(4).ok_or(Fault::IbanCharacter)?;
    let mut rest = 0_u32;
    for c in back.bytes().chain(front.bytes()) {
        rest = match c {
            b'0'..=b'9' => rest * 10 + u32::from(c - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(c - b'A') + 10,
            _ => return Err(Fault::IbanCharacter),
        } % 97;
    }
    if rest == 1 { Ok(()) } else { Err(Fault::IbanCheck) }
}

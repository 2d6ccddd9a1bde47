//! The application identifiers of GS1: which there are, how long their values may be and what may stand in them, which
//! must or must not stand together, and which may stand in a Digital Link.
//!
//! The facts are those of the GS1 General Specifications, section 3, in a form of our own; the test
//! `every_identifier_is_as_the_dictionary_of_gs1_has_it` compares them one by one with the GS1 Barcode Syntax
//! Dictionary. Absent: titles, and what a value means here ([`super::value`]).

use super::content::{
    Check::{self, *},
    Set,
};

/// One piece of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What characters it may have.
    pub set: Set,
    /// The fewest characters.
    pub least: usize,
    /// The most characters.
    pub most: usize,
    /// Whether it may be absent; then all behind it are absent too.
    pub optional: bool,
    /// What else must be true of it.
    pub checks: &'static [Check],
}

/// What holds for one or several identifiers.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Identifiers and ranges of them; `310*` stands for 3100 to 3105.
    identifiers: &'static str,
    /// Its value, piece by piece.
    pub parts: &'static [Part],
    /// Whether its length is known beforehand, so that no separator follows.
    pub is_fixed: bool,
    /// Whether it may be an attribute of a Digital Link.
    pub is_attribute: bool,
    /// What must stand beside it: alternatives, each of identifiers joined by `+`; `n` is any digit.
    pub needs: &'static str,
    /// What must not stand beside it.
    pub excludes: &'static str,
    /// Whether it excludes those that differ from it in the last digit alone.
    pub is_alone: bool,
    /// The qualifiers that may follow it in the path of a Digital Link, alternatives parted by `|`; `None` where it can
    /// not be the key of one.
    pub key: Option<&'static str>,
}

impl Rule {
    const fn fixed(mut self) -> Self {
        self.is_fixed = true;
        self
    }
    const fn attribute(mut self) -> Self {
        self.is_attribute = true;
        self
    }
    const fn needs(mut self, needs: &'static str) -> Self {
        self.needs = needs;
        self
    }
    const fn excludes(mut self, excludes: &'static str) -> Self {
        self.excludes = excludes;
        self
    }
    const fn alone(mut self) -> Self {
        self.is_alone = true;
        self
    }
    const fn key(mut self, qualifiers: &'static str) -> Self {
        self.key = Some(qualifiers);
        self
    }
    /// The most characters of a value.
    pub fn most(&self) -> usize {
        self.parts.iter().map(|part| part.most).sum()
    }
    fn is_for(&self, identifier: &str) -> bool {
        self.identifiers.split(' ').any(|entry| {
            let (first, last) = entry.split_once('-').unwrap_or((entry, entry));
            let (first, last, identifier) = match (first.strip_suffix('*'), last.strip_suffix('*')) {
                (Some(first), Some(last)) => {
                    let Some((family, decimals)) = identifier.split_at_checked(first.len()) else { return false };
                    if !matches!(decimals, "0" | "1" | "2" | "3" | "4" | "5") {
                        return false;
                    }
                    (first, last, family)
                }
                _ => (first, last, identifier),
            };
            first.len() == identifier.len() && (first..=last).contains(&identifier)
        })
    }
}

const fn rule(identifiers: &'static str, parts: &'static [Part]) -> Rule {
    Rule {
        identifiers,
        parts,
        is_fixed: false,
        is_attribute: false,
        needs: "",
        excludes: "",
        is_alone: false,
        key: None,
    }
}

impl Part {
    const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
    const fn check(mut self, checks: &'static [Check]) -> Self {
        self.checks = checks;
        self
    }
}

const fn part(set: Set, least: usize, most: usize) -> Part {
    Part { set, least, most, optional: false, checks: &[] }
}
const fn digits(length: usize) -> Part {
    part(Set::Digits, length, length)
}
const fn digits_to(most: usize) -> Part {
    part(Set::Digits, 1, most)
}
const fn text(length: usize) -> Part {
    part(Set::Text, length, length)
}
const fn text_to(most: usize) -> Part {
    part(Set::Text, 1, most)
}

const GTIN: Part = digits(14).check(&[CheckDigit, CompanyPrefixSecond]);
const SSCC: Part = digits(18).check(&[CheckDigit, CompanyPrefixSecond]);
const GLN: Part = digits(13).check(&[CheckDigit, CompanyPrefix]);
const RELATION: Part = digits(18).check(&[CheckDigit, CompanyPrefix]);
const DATE: Part = digits(6).check(&[Date]);
const DATE_OR_MONTH: Part = digits(6).check(&[DateOrMonth]);
const TIME: Part = digits(4).check(&[HourMinute]);
const COUNTRY: Part = digits(3).check(&[Country]);
const COUNTRIES: &[Part] = &[COUNTRY, COUNTRY.optional(), COUNTRY.optional(), COUNTRY.optional(), COUNTRY.optional()];
/// Width, length, core, direction of winding, splices.
const ROLL: &[Part] = &[
    digits(4).check(&[NonZero]),
    digits(5).check(&[NonZero]),
    digits(3).check(&[NonZero]),
    digits(1).check(&[Winding]),
    digits(1),
];
const INSTANT: &[Part] =
    &[DATE, digits(2).check(&[Hour]), digits(2).optional().check(&[Minute]), digits(2).optional().check(&[Second])];
/// What says which item a thing is.
const ITEM: &str = "01 02 03 8006 8026";

/// How many digits the identifier at the beginning of a text has, by its first two. `None` where none begins so.
pub fn digits_of(text: &str) -> Option<usize> {
    let [first, second, ..] = text.as_bytes() else { return None };
    Some(match (first, second) {
        (b'0', b'0'..=b'3')
        | (b'1', b'0'..=b'3' | b'5'..=b'7')
        | (b'2', b'0'..=b'2')
        | (b'3', b'0' | b'7')
        | (b'9', b'0'..=b'9') => 2,
        (b'2', b'3'..=b'5') | (b'4', b'0'..=b'2') | (b'7', b'1') => 3,
        (b'3', b'1'..=b'6' | b'9') | (b'4', b'3') | (b'7', b'0' | b'2') | (b'8', b'0'..=b'2') => 4,
        _ => return None,
    })
}

/// What holds for an identifier. `None` where there is no such identifier.
pub fn find(identifier: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.is_for(identifier))
}

/// # Source
/// GS1 General Specifications, section 3, as the GS1 Barcode Syntax Dictionary lists them.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    rule("00", &[SSCC]).fixed().attribute().key(""),
    rule("01", &[GTIN]).fixed().attribute().excludes("255 37").key("22 10 21|235"),
    rule("02", &[GTIN]).fixed().attribute().needs("37").excludes("01 03"),
    rule("03", &[GTIN]).fixed().excludes("01 02 37 235"),
    rule("10", &[text_to(20)]).attribute().needs(ITEM),
    rule("11 13 15-16", &[DATE_OR_MONTH]).fixed().attribute().needs(ITEM),
    rule("12", &[DATE_OR_MONTH]).fixed().attribute().needs("8020"),
    rule("17", &[DATE_OR_MONTH]).fixed().attribute().needs("01 02 03 255 8006 8026"),
    rule("20", &[digits(2)]).fixed().attribute().needs(ITEM),
    rule("21", &[text_to(20)]).needs("01 03 8006").excludes("235"),
    rule("22", &[text_to(20)]).needs("01"),
    rule("235", &[text_to(28)]).needs("01"),
    rule("240-241", &[text_to(30)]).attribute().needs(ITEM),
    rule("242", &[digits_to(6)]).attribute().needs("01 02 8006 8026"),
    rule("243", &[text_to(20)]).attribute().needs("01 03"),
    rule("250", &[text_to(30)]).attribute().needs("01+21 03+21 8006+21"),
    rule("251", &[text_to(30)]).attribute().needs("01 03 8006"),
    rule("253", &[GLN, text_to(17).optional()]).attribute().key(""),
    rule("254", &[text_to(20)]).needs("414"),
    rule("255", &[GLN, digits_to(12).optional()]).attribute().excludes("01 02 415 8006 8020 8026").key(""),
    rule("30", &[digits_to(8)]).attribute().needs("01 02"),
    rule("310*-316* 320*-329* 350*-352* 356*-357* 360*-361* 364*-366*", &[digits(6)]).fixed().attribute()
        .needs("01 02").alone(),
    rule("330*-336* 340*-349* 353*-355* 362*-363* 367*-369*", &[digits(6)]).fixed().attribute().needs("00 01").alone(),
    rule("337*", &[digits(6)]).fixed().attribute().needs("01").alone(),
    rule("37", &[digits_to(8)]).attribute().needs("00+02 00+8026"),
    rule("3900-3909", &[digits_to(15)]).attribute().needs("255 8020").excludes("391n 394n 8111").alone(),
    rule("3910-3919", &[digits(3).check(&[Currency]), digits_to(15)]).attribute().needs("8020").alone(),
    rule("3920-3929", &[digits_to(15)]).attribute().needs("01+30 01+31nn 01+32nn 01+35nn 01+36nn").excludes("393n")
        .alone(),
    rule("3930-3939", &[digits(3).check(&[Currency]), digits_to(15)]).attribute().needs("30 31nn 32nn 35nn 36nn")
        .alone(),
    rule("3940-3943", &[digits(4)]).attribute().needs("255").excludes("8111").alone(),
    rule("3950-3955", &[digits(6)]).attribute().needs("30 31nn 32nn 35nn 36nn").excludes("392n 393n 8005").alone(),
    rule("400 90", &[text_to(30)]).attribute(),
    rule("401", &[text_to(30).check(&[CompanyPrefix])]).attribute().key(""),
    rule("402", &[digits(17).check(&[CheckDigit, CompanyPrefix])]).attribute().key(""),
    rule("403 4308 4319", &[text_to(30)]).attribute().needs("00"),
    rule("410-413 416", &[GLN]).fixed().attribute(),
    rule("414", &[GLN]).fixed().attribute().key("254|7040"),
    rule("415", &[GLN]).fixed().attribute().needs("8020").key("8020"),
    rule("417", &[GLN]).fixed().attribute().key("7040"),
    rule("420", &[text_to(20)]).attribute().excludes("421"),
    rule("421", &[COUNTRY, text_to(9)]).attribute().excludes("4307"),
    rule("422", &[COUNTRY]).attribute().needs(ITEM).excludes("426"),
    rule("423 425", COUNTRIES).attribute().needs("01 02 03").excludes("426"),
    rule("424", &[COUNTRY]).attribute().needs("01 02 03").excludes("426"),
    rule("426", &[COUNTRY]).attribute().needs("01 02 03"),
    rule("427", &[text_to(3)]).attribute().needs("01+422 02+422 03+422"),
    rule("4300-4301 4310-4311 4320", &[text_to(35).check(&[PercentEncoded])]).attribute().needs("00"),
    rule("4302 4304-4306 4312 4314-4316", &[text_to(70).check(&[PercentEncoded])]).attribute().needs("00"),
    rule("4303", &[text_to(70).check(&[PercentEncoded])]).attribute().needs("4302"),
    rule("4307 4317", &[text(2).check(&[CountryLetters])]).attribute().needs("00"),
    rule("4309", &[digits(10).check(&[Latitude]), digits(10).check(&[Longitude])]).attribute().needs("00"),
    rule("4313", &[text_to(70).check(&[PercentEncoded])]).attribute().needs("4312"),
    rule("4318", &[text_to(20)]).attribute().needs("00"),
    rule("4321-4323", &[digits(1).check(&[YesNo])]).attribute().needs("00"),
    rule("4324-4325", &[DATE_OR_MONTH, TIME]).attribute().needs("00"),
    rule("4326", &[DATE]).attribute().needs("00"),
    rule("4330", &[digits(6), text(1).optional().check(&[Hyphen])]).attribute().needs("00").excludes("4331"),
    rule("4331", &[digits(6), text(1).optional().check(&[Hyphen])]).attribute().needs("00").excludes("4330"),
    rule("4332", &[digits(6), text(1).optional().check(&[Hyphen])]).attribute().needs("00").excludes("4333"),
    rule("4333", &[digits(6), text(1).optional().check(&[Hyphen])]).attribute().needs("00").excludes("4332"),
    rule("7001", &[digits(13)]).attribute().needs("01 02 8006 8026"),
    rule("7002", &[text_to(30)]).attribute().needs("01 02"),
    rule("7003", &[DATE, TIME]).attribute().needs("01 02 03"),
    rule("7004", &[digits_to(4)]).attribute().needs("01+10 03+10"),
    rule("7005", &[text_to(12)]).attribute().needs("01 02"),
    rule("7006", &[DATE]).attribute().needs("01 02"),
    rule("7007", &[DATE, DATE.optional()]).attribute().needs("01 02"),
    rule("7008", &[text_to(3)]).attribute().needs("01 02"),
    rule("7009", &[text_to(10)]).attribute().needs("01 02"),
    rule("7010", &[text_to(2)]).attribute().needs("01 02 03"),
    rule("7011", &[DATE, TIME.optional()]).attribute().needs("01 02 03"),
    rule("7020", &[text_to(20)]).attribute().needs("01+416 03+416 8006+416"),
    rule("7021 8012", &[text_to(20)]).attribute().needs("01 03 8006"),
    rule("7022", &[text_to(20)]).attribute().needs("01+7021 03+7021 8006+7021"),
    rule("7023", &[text_to(30).check(&[CompanyPrefix])]).attribute(),
    rule("7030-7039", &[digits(3).check(&[CountryOr999]), text_to(27)]).attribute().needs("01 02"),
    rule("7040", &[digits(1), text(1), text(1), text(1).check(&[ImporterIndex])]),
    rule("7041", &[text_to(4).check(&[PackageType])]).needs("00"),
    rule("710-717", &[text_to(20)]).attribute().needs("01"),
    rule("7230-7239", &[text(2), text_to(28)]).attribute().needs("01 8004"),
    rule("7240", &[text_to(20)]).attribute().needs("01 8006").excludes("03"),
    rule("7241", &[digits(2).check(&[MediaType])]).attribute().needs("8017 8018"),
    rule("7242", &[text_to(25)]).attribute().needs("8017 8018"),
    rule("7250", &[digits(8).check(&[LongDate])]).attribute().needs("8018").excludes("7251"),
    rule("7251", &[digits(8).check(&[LongDate]), TIME]).attribute().needs("8018").excludes("7250"),
    rule("7252", &[digits(1).check(&[Sex])]).attribute().needs("8018"),
    rule("7253-7254", &[text_to(40).check(&[PercentEncoded])]).attribute().needs("8017 8018").excludes("7256 7259"),
    rule("7255", &[text_to(10)]).attribute().needs("8017 8018").excludes("7256 7259"),
    rule("7256", &[text_to(90).check(&[PercentEncoded])]).attribute().needs("8017 8018"),
    rule("7257", &[text_to(70).check(&[PercentEncoded])]).attribute().needs("8018"),
    rule("7258", &[text(3).check(&[PositionInSequence])]).attribute().needs("8018+7259"),
    rule("7259", &[text_to(40).check(&[PercentEncoded])]).attribute().needs("8018").excludes("7256"),
    rule("8001", ROLL).attribute().needs("01"),
    rule("8002", &[text_to(20)]).attribute(),
    rule("8003", &[digits(1).check(&[Zero]), GLN, text_to(16).optional()]).attribute().key(""),
    rule("8004", &[text_to(30).check(&[CompanyPrefix])]).attribute().key("7040"),
    rule("8005", &[digits(6)]).attribute().needs("01 02"),
    rule("8006", &[GTIN, digits(4).check(&[PieceOfTotal])]).attribute().excludes("01 03 37").key("22 10 21"),
    rule("8007", &[text_to(34).check(&[Iban])]).attribute().needs("415"),
    rule("8008", INSTANT).attribute().needs("01 02 03"),
    rule("8009", &[text_to(50)]).attribute().needs("00 01 03"),
    rule("8010", &[part(Set::Code39, 1, 30).check(&[CompanyPrefix])]).attribute().key("8011"),
    rule("8011", &[digits_to(12).check(&[NoZeroPrefix])]).needs("8010"),
    rule("8013", &[text_to(25).check(&[CheckPair, CompanyPrefix])]).attribute().key(""),
    rule("8014", &[text_to(25).check(&[CheckPair, CompanyPrefix, HasNonDigit])]).needs("01"),
    rule("8017", &[RELATION]).attribute().excludes("8018").key("8019"),
    rule("8018", &[RELATION]).attribute().excludes("8017").key("8019"),
    rule("8019", &[digits_to(10)]).needs("8017 8018"),
    rule("8020", &[text_to(25)]).needs("415"),
    rule("8026", &[GTIN, digits(4).check(&[PieceOfTotal])]).attribute().needs("37").excludes("02 03 8006"),
    rule("8030", &[part(Set::Base64, 1, 90)]).attribute()
        .needs("00 01+21 03+21 253 255 8003 8004 8006+21 8010+8011 8017 8018"),
    rule("8040", &[digits(15)]).needs("01+21"),
    rule("8041", &[digits(15)]).needs("01+21+8040"),
    rule("8042", &[digits(32)]).needs("01+21+8040"),
    rule("8043", &[digits(18), digits_to(2).optional()]).needs("01+21+8040"),
    rule("8110", &[text_to(70).check(&[Coupon])]).attribute(),
    rule("8111", &[digits(4)]).attribute().needs("255"),
    rule("8112", &[text_to(70).check(&[CouponOffer])]).attribute(),
    rule("8200", &[text_to(70)]).needs("01"),
    rule("91-99", &[text_to(90)]).attribute(),
];

//! Trade item numbers and the other keys that are digits: check digits, and the forms in which one number is written
//! (`HANDHELD.md` 2.3, rule 5).
//!
//! Absent: what a number stands for. How many units a pack holds is not in its number; it is in the item master.

/// Digits of a number of a logistic unit.
const SSCC_DIGITS: usize = 18;
/// Digits of a number of a party or place.
const GLN_DIGITS: usize = 13;

/// Whether the last of a run of digits is the GS1 check digit of the others (weights 3 and 1 from the right).
/// `false` for anything that is not at least two digits.
pub fn has_check_digit(digits: &str) -> bool {
    let Some((body, last)) = digits.len().checked_sub(1).and_then(|end| digits.split_at_checked(end)) else {
        return false;
    };
    if body.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = body
        .bytes()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    last.bytes().next().is_some_and(|digit| u32::from(digit - b'0') == (10 - sum % 10) % 10)
}

/// The fourteen-digit form of a trade item number of 8, 12, 13 or 14 digits with a right check digit. `None` for
/// everything else: longer numbers are never cut, because the end of another number can look like one.
pub fn to_fourteen(text: &str) -> Option<String> {
    (matches!(text.len(), 8 | 12 | 13 | 14) && has_check_digit(text)).then(|| format!("{text:0>14}"))
}

/// Whether whoever uses a number gave it out, so that it means another thing in every shop: prices and weights of the
/// counter, numbers of a company's own. Such a number is no trade item number, whatever its check digit.
///
/// # Source
/// GS1 General Specifications, restricted circulation numbers: prefixes 02, 04 and 20 to 29 of thirteen digits, 0 and 2 of
/// eight.
pub fn is_in_store(fourteen: &str) -> bool {
    let Some(thirteen) = fourteen.strip_prefix('0').filter(|thirteen| thirteen.len() == 13) else { return false };
    match thirteen.strip_prefix("00000") {
        Some(eight) => eight.starts_with(['0', '2']),
        None => thirteen.starts_with('2') || thirteen.starts_with("02") || thirteen.starts_with("04"),
    }
}

/// Every way in which a fourteen-digit number may be written: 14, 13, 12 and 8 digits, as far as only zeros are left out.
pub fn written_forms(fourteen: &str) -> impl Iterator<Item = &str> {
    [0, 1, 2, 6].into_iter().filter_map(move |zeros| {
        let (front, form) = fourteen.split_at_checked(zeros)?;
        front.bytes().all(|byte| byte == b'0').then_some(form)
    })
}

/// The check digit that belongs behind digits. `None` for anything but digits.
pub fn check_digit(body: &str) -> Option<u8> {
    if body.is_empty() || !body.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = body.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits.zip([3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    u8::try_from((10 - sum % 10) % 10).ok()
}

/// The shortest form in which a fourteen-digit number may be written: 8, 12, 13 or 14 digits.
pub fn shortest(fourteen: &str) -> &str {
    written_forms(fourteen).last().unwrap_or(fourteen)
}

/// The number in a form of so many digits. `None` where digits other than zeros would be lost, and for lengths that no
/// trade item number has.
pub fn in_form(fourteen: &str, digits: usize) -> Option<&str> {
    written_forms(fourteen).find(|form| form.len() == digits)
}

/// The packaging level, from the first digit of fourteen: 0 is the base unit, 1 to 8 are packs, 9 is of variable measure.
pub fn packaging_level(fourteen: &str) -> Option<u8> {
    let first = fourteen.bytes().next().filter(|_| fourteen.len() == 14)?;
    first.is_ascii_digit().then(|| first - b'0')
}

/// The number of the base unit that a pack with an indicator from 1 to 8 was made of, in fourteen digits. `None` for
/// others. That such an item exists, and how many are in the pack, is not said by it.
pub fn base_of_pack(fourteen: &str) -> Option<String> {
    packaging_level(fourteen).filter(|level| (1..=8).contains(level))?;
    let body = format!("0{}", fourteen.get(1..13)?);
    let base = format!("{body}{}", check_digit(&body)?);
    (!is_in_store(&base)).then_some(base)
}

/// Writes out a UPC-E of six digits, seven (with its number system) or eight (with its check digit too) as twelve digits.
/// `None` where it is none.
///
/// # Source
/// GS1 General Specifications, UPC-E: which five zeros were left out is said by the last of its six digits.
pub fn expand_upc_e(text: &str) -> Option<String> {
    if !matches!(text.len(), 6..=8) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (system, six) = if text.len() == 6 { ("0", text) } else { (text.get(..1)?, text.get(1..7)?) };
    if !matches!(system, "0" | "1") {
        return None;
    }
    let (front, last) = six.split_at(5);
    let body = match last {
        "0" | "1" | "2" => format!("{system}{}{last}0000{}", &front[..2], &front[2..]),
        "3" => format!("{system}{}00000{}", &front[..3], &front[3..]),
        "4" => format!("{system}{}00000{}", &front[..4], &front[4..]),
        _ => format!("{system}{front}0000{last}"),
    };
    let whole = format!("{body}{}", check_digit(&body)?);
    (text.len() < 8 || whole.ends_with(&text[7..])).then_some(whole)
}

/// Writes twelve digits as a UPC-E of eight. `None` where none of its forms leaves out the right zeros.
pub fn to_upc_e(twelve: &str) -> Option<String> {
    if twelve.len() != 12 || !has_check_digit(twelve) {
        return None;
    }
    let (maker, product) = (twelve.get(1..6)?, twelve.get(6..11)?);
    let six = if matches!(&maker[2..], "000" | "100" | "200") && product.starts_with("00") {
        format!("{}{}{}", &maker[..2], &product[2..], &maker[2..3])
    } else if maker.ends_with("00") && product.starts_with("000") {
        format!("{}{}3", &maker[..3], &product[3..])
    } else if maker.ends_with('0') && product.starts_with("0000") {
        format!("{}{}4", &maker[..4], &product[4..])
    } else if product.starts_with("0000") && matches!(&product[4..], "5" | "6" | "7" | "8" | "9") {
        format!("{maker}{}", &product[4..])
    } else {
        return None;
    };
    let short = format!("{}{six}{}", twelve.get(..1)?, twelve.get(11..)?);
    (expand_upc_e(&short).as_deref() == Some(twelve)).then_some(short)
}

/// Whether digits are the number of a logistic unit, such as a pallet.
pub fn is_sscc(text: &str) -> bool {
    text.len() == SSCC_DIGITS && has_check_digit(text)
}

/// Whether digits are the number of a party or place.
pub fn is_gln(text: &str) -> bool {
    text.len() == GLN_DIGITS && has_check_digit(text)
}

/// The characters of a pair of check characters.
pub(super) const CHECK_CHARACTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// The 82 characters of GS1 texts in the order of their values.
const TEXT_ORDER: &[u8; 82] = b"!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// The most characters that a pair is computed for.
const PAIR_BODY_MAX: usize = 97;

/// The two check characters behind an alphanumeric key: the values of its characters, weighted by prime numbers from the
/// right, modulo 1021. `None` for characters that no key has, and for longer texts than any.
///
/// # Source
/// GS1 General Specifications, check character calculation for alphanumeric keys.
pub fn check_characters(body: &str) -> Option<[u8; 2]> {
    if body.len() > PAIR_BODY_MAX {
        return None;
    }
    let is_prime = |number: &u32| (2..*number).take_while(|by| by * by <= *number).all(|by| !number.is_multiple_of(by));
    let primes = (2_u32..).filter(is_prime);
    let mut sum = 0_u32;
    for (character, weight) in body.bytes().rev().zip(primes) {
        let value = TEXT_ORDER.iter().position(|one| *one == character)?;
        sum += u32::try_from(value).ok()? * weight;
    }
    let sum = usize::try_from(sum % 1021).ok()?;
    Some([CHECK_CHARACTERS[sum >> 5], CHECK_CHARACTERS[sum & 31]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wrong_check_digit_is_no_trade_item_number() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(to_fourteen(text).as_deref(), expected, "{text:?}");
        check("4006381333931", Some("04006381333931"));
        check("4006381333932", None);
        check("96385074", Some("00000096385074"));
        check("036000291452", Some("00036000291452"));
        check("", None);
        check("0", None);
        check("400638133393١", None);
        check("376130321109103420", None);
    }

    #[test]
    fn a_short_upc_and_its_long_form_are_one_number() {
        let check = |short: &str, long: &str| {
            assert_eq!(expand_upc_e(short).as_deref(), Some(long), "{short}");
            assert!(to_upc_e(long).is_some_and(|again| again.contains(short)), "{long}");
        };
        check("425261", "042100005264");
        check("02345147", "023450000017");
        check("08679339", "086700000939");
        for wrong in ["04252615", "24252614", "123", "12345678", "42526x", ""] {
            assert_eq!(expand_upc_e(wrong), None, "{wrong}");
        }
        assert_eq!(to_upc_e("123456789012"), None);
    }

    #[test]
    fn a_pack_names_its_base_unit() {
        assert_eq!(base_of_pack("14006381333938").as_deref(), Some("04006381333931"));
        for none in ["04006381333931", "94006381333938", "4006381333931", "12012345678909", ""] {
            assert_eq!(base_of_pack(none), None, "{none}");
        }
        assert_eq!(shortest("00000096385074"), "96385074");
        assert_eq!(in_form("04006381333931", 12), None);
    }

    #[test]
    fn numbers_of_a_shops_own_are_no_trade_item_numbers() {
        for own in
            ["2012345678900", "2912345678905", "0212345678909", "0412345678907", "212345678909", "20123451", "01234565"]
        {
            assert!(is_in_store(&format!("{own:0>14}")), "{own}");
        }
        for trade in ["4006381333931", "0012345678905", "0312345678908", "3012345678907", "96385074", "12012345678909"]
        {
            assert!(!is_in_store(&format!("{trade:0>14}")), "{trade}");
        }
        assert!(!is_in_store("2012345678900"), "thirteen digits are not the form that is asked");
    }

    proptest! {
        #[test]
        fn whatever_is_written_short_is_written_long_again(six in "[0-9]{6}", system in "[01]") {
            let long = expand_upc_e(&format!("{system}{six}"));
            prop_assert!(long.as_deref().is_some_and(has_check_digit));
            if let Some(short) = long.as_deref().and_then(to_upc_e) {
                prop_assert_eq!(expand_upc_e(&short), long);
            }
        }

        #[test]
        fn every_written_form_is_the_same_number(digits in "[0-9]{7}", zeros in any::<bool>()) {
            let body = if zeros { digits } else { format!("12345{digits}") };
            for last in '0'..='9' {
                let text = format!("{body}{last}");
                let Some(fourteen) = to_fourteen(&text) else { continue };
                for form in written_forms(&fourteen) {
                    let again = to_fourteen(form);
                    prop_assert_eq!(again.as_ref(), Some(&fourteen));
                }
            }
        }

        #[test]
        fn one_wrong_digit_is_always_noticed(digits in "[0-9]{12}", place in 0_usize..12, by in 1_u8..10) {
            let whole = (0..10).map(|last| format!("{digits}{last}")).find(|text| has_check_digit(text)).expect("one of ten");
            let mut wrong = whole.into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
            prop_assert!(!has_check_digit(&String::from_utf8(wrong).expect("digits")));
        }
    }
}

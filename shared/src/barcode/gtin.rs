//! Trade item numbers: the check digit, and the forms in which one number is written (`HANDHELD.md` 2.3, rule 5).
//!
//! Absent: what a number stands for. How many units a pack holds is not in its number; it is in the item master.

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

/// Every way in which a fourteen-digit number may be written: 14, 13, 12 and 8 digits, as far as only zeros are left out.
pub fn written_forms(fourteen: &str) -> impl Iterator<Item = &str> {
    [0, 1, 2, 6].into_iter().filter_map(move |zeros| {
        let (front, form) = fourteen.split_at_checked(zeros)?;
        front.bytes().all(|byte| byte == b'0').then_some(form)
    })
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

    proptest! {
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

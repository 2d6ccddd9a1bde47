//! Sums typed as a quantity: `12*6+3` is 75.
//!
//! Exact, products before sums, nothing else: no brackets, no division. Absent: what the quantity is of, and whether so
//! many can be meant.

use crate::quantity::{NumberError, Quantity};

/// Signs that multiply.
const TIMES: [char; 4] = ['*', 'x', 'X', '×'];

/// Whether a text has a sign of a sum in it; `-` in front of everything is none.
pub fn is_sum(text: &str) -> bool {
    text.char_indices().any(|(at, c)| TIMES.contains(&c) || c == '+' || (c == '-' && at > 0))
}

/// What a sum comes to. A comma is a decimal point. A number alone is a sum of one.
///
/// # Errors
/// [`NumberError`] of the number that is none, or of the result that cannot be kept.
pub fn evaluate(text: &str) -> Result<Quantity, NumberError> {
    let text = text.replace(',', ".");
    let mut total = Quantity::ZERO;
    let mut rest = text.trim();
    let mut minus = false;
    loop {
        // a sign in front of a number belongs to it: "3-2" is three less two
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let (product, behind) = rest.split_at(end);
        let amount = multiply(product)?;
        total = if minus { total.minus(amount)? } else { total.plus(amount)? };
        let Some(sign) = behind.chars().next() else { return Ok(total) };
        minus = sign == '-';
        rest = &behind[1..];
    }
}

fn multiply(product: &str) -> Result<Quantity, NumberError> {
    product.split(TIMES).try_fold(Quantity::ONE, |so_far, factor| so_far.times(factor.trim().parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_are_exact_and_products_come_first() {
        let check = |text: &str, expected: &str| {
            let told = evaluate(text).map_or_else(|_| "none".to_owned(), |total| total.to_string());
            assert_eq!(told, expected, "{text}");
        };
        check("12*6+3", "75");
        check("3+12×6", "75");
        check("2x3x4", "24");
        check("10-3-2", "5");
        check("1,5*4", "6");
        check("0.1+0.2", "0.3");
        check("12", "12");
        check("3-5", "-2");
        check("", "none");
        check("12*", "none");
        check("*6", "none");
        check("1++2", "none");
        check("1.2.3", "none");
        check("9000000*9000000", "none");
        check("0.000001*0.5", "none");
        assert!(is_sum("12*6") && is_sum("3-1") && !is_sum("12") && !is_sum("1.5") && !is_sum("-1"));
    }

    proptest! {
        #[test]
        fn a_sum_comes_to_what_it_says(a in 0_i64..1_000, b in 0_i64..1_000, c in 0_i64..1_000) {
            let total = evaluate(&format!("{a}*{b}+{c}")).map(Quantity::micro);
            prop_assert_eq!(total, Ok((a * b + c) * crate::quantity::SCALE));
        }

        #[test]
        fn no_text_makes_a_sum_panic(text in "[0-9.,x*+× -]{0,24}|\\PC{0,12}") {
            let _ = evaluate(&text);
        }
    }
}

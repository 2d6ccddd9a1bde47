//! Figures of accuracy with their intervals (`DOMAIN.md` section 9), in hundredths of a percent, in whole numbers.
//!
//! Absent: which lines belong into a figure; whoever asks has chosen them.

use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// Hundredths of a percent in one whole.
const WHOLE: u128 = 10_000;
/// The square of 1.96, the two-sided 95 % point of the normal distribution, in ten-thousandths.
const Z_SQUARED: u128 = 38_416;

/// A share with its interval, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The share itself, rounded down: never shown better than it is.
    pub share: u32,
    /// Lower end of the Wilson interval at 95 %, rounded down.
    pub low: u32,
    /// Upper end, rounded up.
    pub high: u32,
}

/// Record accuracy: `within` of `counted` lines (or locations), with its Wilson interval at 95 %. `None` without lines:
/// nothing counted is not 0 % and not 100 %. Of more than four thousand million lines the share stays exact and the
/// interval is that of proportionally fewer, which is wider.
///
/// # Source
/// `DOMAIN.md` section 9. Wilson (1927): centre (k + z²/2) / (n + z²), half-width
/// z·√(k(n−k)/n + z²/4) / (n + z²). Multiplied out so that one integer square root is the only thing rounded.
pub fn record_accuracy(within: u64, counted: u64) -> Option<Share> {
    if counted == 0 {
        return None;
    }
    let within = within.min(counted);
    let share = u128::from(within) * WHOLE / u128::from(counted);
    let shift = (64 - counted.leading_zeros()).saturating_sub(32);
    let (k, n) = (u128::from(within >> shift), u128::from(counted >> shift));
    // everything times 2n·10⁴: n and k are below 2³², so the largest product, under the root, is below 2¹²⁵
    let under_root = (Z_SQUARED * 40_000 * k * (n - k) + Z_SQUARED * Z_SQUARED * n) * n;
    let half = under_root.isqrt() + u128::from(under_root.isqrt().pow(2) != under_root);
    let centre = 2 * n * (k * 10_000 + Z_SQUARED / 2);
    let below = 2 * n * (n * 10_000 + Z_SQUARED);
    let low = WHOLE * centre.saturating_sub(half) / below;
    let high = (WHOLE * (centre + half)).div_ceil(below).min(WHOLE);
    let small = |number: u128| u32::try_from(number).unwrap_or(u32::MAX);
    Some(Share { share: small(share), low: small(low), high: small(high.max(share)) })
}

/// Unit accuracy (or, with values for units, value accuracy), in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitAccuracy {
    /// 1 − Σ|variance| / Σ book, floored at 0. A surplus and a shortage are two errors, never none.
    pub gross: i64,
    /// 1 − |Σ variance| / Σ book. Shown only beside gross.
    pub net: i64,
}

/// Unit accuracy of lines of (book, variance). `None` where the books add up to nothing: there is nothing to be a
/// share of.
///
/// # Source
/// `DOMAIN.md` section 9.
pub fn unit_accuracy(lines: impl IntoIterator<Item = (Quantity, Quantity)>) -> Option<UnitAccuracy> {
    let (mut book, mut size, mut sum) = (0_i128, 0_i128, 0_i128);
    for (line_book, variance) in lines {
        book += i128::from(line_book.micro());
        size += i128::from(variance.micro()).abs();
        sum += i128::from(variance.micro());
    }
    let share = |error: i128| {
        // rounded away from accuracy; 2¹²⁷ holds ten thousand times the sum of 2⁵⁰ lines
        let lost = error.checked_mul(10_000)?.checked_add(book - 1)? / book;
        i64::try_from(10_000 - lost).ok()
    };
    if book <= 0 {
        return None;
    }
    Some(UnitAccuracy { gross: share(size)?.max(0), net: share(sum.abs())? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(within: u64, counted: u64, expected: Option<(u32, u32, u32)>) {
        let share = record_accuracy(within, counted).map(|found| (found.share, found.low, found.high));
        assert_eq!(share, expected, "{within} of {counted}");
    }

    /// Expected ends from the formula with 30 digits, rounded outwards.
    #[test]
    fn a_share_has_the_interval_of_wilson() {
        check(0, 0, None);
        check(0, 1, Some((0, 0, 7_935)));
        check(1, 1, Some((10_000, 2_065, 10_000)));
        check(5, 10, Some((5_000, 2_365, 7_635)));
        check(10, 10, Some((10_000, 7_224, 10_000)));
        check(95, 100, Some((9_500, 8_882, 9_785)));
        check(970, 1_000, Some((9_700, 9_574, 9_790)));
        check(1, 3, Some((3_333, 614, 7_924)));
        check(u64::MAX, u64::MAX, Some((10_000, 9_999, 10_000)));
    }

    #[test]
    fn five_over_and_five_short_are_two_errors() {
        let line = |book: i64, variance: i64| {
            (Quantity::whole(book).expect("small"), Quantity::whole(variance).expect("small"))
        };
        assert_eq!(unit_accuracy([line(50, 5), line(50, -5)]), Some(UnitAccuracy { gross: 9_000, net: 10_000 }));
        assert_eq!(unit_accuracy([line(10, 30)]), Some(UnitAccuracy { gross: 0, net: -20_000 }));
        assert_eq!(unit_accuracy([line(3, -1)]), Some(UnitAccuracy { gross: 6_666, net: 6_666 }));
        assert_eq!(unit_accuracy([line(0, 3)]), None);
        assert_eq!(unit_accuracy([]), None);
        let largest = Quantity::from_micro(i64::MAX);
        assert_eq!(unit_accuracy([(largest, largest), (largest, largest)]), Some(UnitAccuracy { gross: 0, net: 0 }));
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share_and_narrows_with_more_lines(k in 0_u64..2_000, more in 1_u64..2_000) {
            let n = k + more;
            let one = record_accuracy(k, n).expect("lines");
            let many = record_accuracy(k * 16, n * 16).expect("lines");
            prop_assert!(one.low <= one.share && one.share <= one.high && one.high <= 10_000);
            prop_assert!(many.high - many.low <= one.high - one.low);
        }

        #[test]
        fn no_numbers_break_the_interval(within in any::<u64>(), counted in 1_u64..) {
            let share = record_accuracy(within, counted).expect("lines");
            prop_assert!(share.low <= share.high && share.share <= share.high);
        }
    }
}

//! Look-again hints: arithmetic that explains a variance often enough to be worth saying (`DOMAIN.md` section 6).
//!
//! Absent: any effect. A hint is shown to whoever decides; it changes no verdict, and nobody who counts sees one.

use crate::{
    barcode::gtin::has_check_digit,
    quantity::{Quantity, SCALE},
};
use std::fmt;

/// How many packs a variance may be for "exactly so many packs" to mean something.
const PACKS_MAX: i128 = 20;

/// One explanation to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// Packs were counted as if they were units.
    PacksAsUnits {
        /// Units in a pack.
        pack_factor: Quantity,
    },
    /// Units were counted as if they were packs.
    UnitsAsPacks {
        /// Units in a pack.
        pack_factor: Quantity,
    },
    /// The difference is a whole number of packs.
    WholePacks {
        /// Units in a pack.
        pack_factor: Quantity,
        /// How many.
        packs: u32,
    },
    /// A digit was left out: the book is ten times the count.
    DigitLost,
    /// A digit too many: the count is ten times the book.
    DigitTooMany,
    /// Two digits beside each other changed places.
    DigitsSwapped,
    /// A barcode was keyed as a quantity.
    BarcodeKeyed,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PacksAsUnits { pack_factor } => {
                write!(
                    f,
                    "Counted packs as units? The book is exactly {pack_factor} times the count, and there is a pack of {pack_factor}."
                )
            }
            Self::UnitsAsPacks { pack_factor } => {
                write!(
                    f,
                    "Counted units as packs? The count is exactly {pack_factor} times the book, and there is a pack of {pack_factor}."
                )
            }
            Self::WholePacks { pack_factor, packs: 1 } => {
                write!(f, "A whole pack? The difference is exactly one pack of {pack_factor}.")
            }
            Self::WholePacks { pack_factor, packs } => {
                write!(f, "Whole packs? The difference is exactly {packs} packs of {pack_factor}.")
            }
            Self::DigitLost => f.write_str("A digit left out? The book is ten times the count."),
            Self::DigitTooMany => f.write_str("A digit too many? The count is ten times the book."),
            Self::DigitsSwapped => {
                f.write_str("Digits swapped? The count is the book with two digits in the other order.")
            }
            Self::BarcodeKeyed => f.write_str("A barcode keyed as a quantity? The count reads like one."),
        }
    }
}

/// The hints for a count against a book. `pack_factors` are those of the item's barcodes, `barcodes` their texts.
/// Nothing for a count that matches.
pub fn hints(counted: Quantity, book: Quantity, pack_factors: &[Quantity], barcodes: &[&str]) -> Vec<Hint> {
    let (count, expected) = (i128::from(counted.micro()), i128::from(book.micro()));
    let mut hints = Vec::new();
    if count == expected {
        return hints;
    }
    let scale = i128::from(SCALE);
    let mut factors: Vec<Quantity> = pack_factors.iter().copied().filter(|factor| *factor > Quantity::ONE).collect();
    factors.sort_unstable();
    factors.dedup();
    for pack_factor in factors {
        let factor = i128::from(pack_factor.micro());
        let difference = (count - expected).abs();
        if count > 0 && count * factor == expected * scale {
            hints.push(Hint::PacksAsUnits { pack_factor });
        } else if expected > 0 && expected * factor == count * scale {
            hints.push(Hint::UnitsAsPacks { pack_factor });
        } else if difference % factor == 0 && difference / factor <= PACKS_MAX {
            hints.extend(u32::try_from(difference / factor).ok().map(|packs| Hint::WholePacks { pack_factor, packs }));
        }
    }
    if count > 0 && count * 10 == expected {
        hints.push(Hint::DigitLost);
    }
    if expected > 0 && expected * 10 == count {
        hints.push(Hint::DigitTooMany);
    }
    if counted.is_whole() && book.is_whole() && are_swapped(&counted.to_string(), &book.to_string()) {
        hints.push(Hint::DigitsSwapped);
    }
    let text = counted.to_string();
    let same = |barcode: &&str| !barcode.is_empty() && barcode.trim_start_matches('0') == text;
    if barcodes.iter().any(|barcode| text.len() >= 4 && same(barcode)) || (text.len() >= 8 && has_check_digit(&text)) {
        hints.push(Hint::BarcodeKeyed);
    }
    hints
}

/// Whether two texts of digits differ by one exchange of neighbours.
fn are_swapped(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let different: Vec<usize> =
        a.iter().zip(b).enumerate().filter(|(_, (x, y))| x != y).map(|(place, _)| place).collect();
    match different.as_slice() {
        [first, second] => {
            a.len() == b.len() && second - first == 1 && a[*first] == b[*second] && a[*second] == b[*first]
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(counted: &str, book: &str, packs: &[i64], barcodes: &[&str], expected: &[Hint]) {
        let packs: Vec<Quantity> = packs.iter().map(|units| Quantity::whole(*units).expect("small")).collect();
        let found = hints(counted.parse().expect("number"), book.parse().expect("number"), &packs, barcodes);
        assert_eq!(found, expected, "counted {counted}, book {book}, packs {packs:?}");
    }

    #[test]
    fn arithmetic_names_what_may_have_happened() {
        let of = |units: i64| Quantity::whole(units).expect("small");
        check("12", "12", &[12], &["12"], &[]);
        check("4", "48", &[12], &[], &[Hint::PacksAsUnits { pack_factor: of(12) }]);
        check("48", "4", &[12, 12, 1], &[], &[Hint::UnitsAsPacks { pack_factor: of(12) }]);
        check("88", "100", &[12], &[], &[Hint::WholePacks { pack_factor: of(12), packs: 1 }]);
        check("0", "24", &[12], &[], &[Hint::WholePacks { pack_factor: of(12), packs: 2 }]);
        check("5", "50", &[], &[], &[Hint::DigitLost]);
        check("50", "5", &[], &[], &[Hint::DigitTooMany]);
        check("54", "45", &[], &[], &[Hint::DigitsSwapped]);
        check("1324", "1234", &[], &[], &[Hint::DigitsSwapped]);
        check("4321", "1234", &[], &[], &[]);
        check("4006381333931", "3", &[], &[], &[Hint::BarcodeKeyed]);
        check("90210", "3", &[], &["0090210"], &[Hint::BarcodeKeyed]);
        check("3", "5", &[], &["3"], &[]);
        check("0.5", "5", &[], &[], &[Hint::DigitLost]);
        check("0", "0.3", &[], &[], &[]);
        check("3", "-3", &[], &[], &[]);
    }

    proptest! {
        #[test]
        fn no_numbers_break_the_arithmetic(counted in any::<i64>(), book in any::<i64>(), factor in any::<i64>()) {
            let found = hints(Quantity::from_micro(counted), Quantity::from_micro(book), &[Quantity::from_micro(factor)], &[]);
            prop_assert!(counted != book || found.is_empty());
        }
    }
}

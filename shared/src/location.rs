//! Locations (bins): the smallest place that is counted, and the order in which to walk them.
//!
//! Absent: what stands in them.

use crate::id::LocationId;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What a location is used for (`DOMAIN.md` section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationKind {
    /// Picked from.
    #[default]
    Pick,
    /// Refills pick locations.
    Reserve,
    /// Goods on their way out.
    Staging,
    /// Goods on their way in.
    Receiving,
    /// Set aside.
    Quarantine,
}

impl LocationKind {
    /// The word used in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pick => "pick",
            Self::Reserve => "reserve",
            Self::Staging => "staging",
            Self::Receiving => "receiving",
            Self::Quarantine => "quarantine",
        }
    }
    /// Reads the word of a file or table. `bin`, `shelf` and an empty text are pick locations; `None` for other words.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "pick" | "bin" | "shelf" | "" => Some(Self::Pick),
            "reserve" | "bulk" | "overstock" => Some(Self::Reserve),
            "staging" | "shipping" | "dispatch" => Some(Self::Staging),
            "receiving" | "inbound" => Some(Self::Receiving),
            "quarantine" | "hold" => Some(Self::Quarantine),
            _ => None,
        }
    }
}

/// A bin of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The site's number for it.
    pub id: LocationId,
    /// Its code, unique in the site, as people say it.
    pub code: String,
    /// What its label says to a scanner.
    pub barcode: String,
    /// Zone, aisle, bay and level, empty where unknown.
    pub zone: String,
    /// Aisle in the zone.
    pub aisle: String,
    /// Bay in the aisle.
    pub bay: String,
    /// Level (and position) in the bay.
    pub level: String,
    /// What it is used for.
    pub kind: LocationKind,
    /// Position on the walk through the site; smaller is earlier.
    pub walk_order: i64,
}

/// The form in which location codes are compared: trimmed and upper-case (`HANDHELD.md` 2.5).
pub fn code_for_comparison(code: &str) -> String {
    code.trim().to_uppercase()
}

/// Compares texts with numbers in them as people do: `B2` before `B11`.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        match (a.chars().next(), b.chars().next()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (run_a, rest_a) = split_digits(a);
                let (run_b, rest_b) = split_digits(b);
                let (plain_a, plain_b) = (run_a.trim_start_matches('0'), run_b.trim_start_matches('0'));
                let order = plain_a.len().cmp(&plain_b.len()).then_with(|| plain_a.cmp(plain_b));
                if order != Ordering::Equal {
                    return order;
                }
                (a, b) = (rest_a, rest_b);
            }
            (Some(x), Some(y)) => {
                let order = x.to_uppercase().cmp(y.to_uppercase());
                if order != Ordering::Equal {
                    return order;
                }
                (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
            }
        }
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Sorts locations into a serpentine walk: zone, aisle, then bays up one aisle and down the next, then level
/// (`HANDHELD.md` 3.4), and numbers them 1, 2, 3….
pub fn number_serpentine(locations: &mut [Location]) {
    locations.sort_by(|a, b| natural_order(&a.zone, &b.zone).then_with(|| natural_order(&a.aisle, &b.aisle)));
    let mut start = 0;
    let mut aisle_no = 0_usize;
    while start < locations.len() {
        let same = |other: &Location| {
            natural_order(&other.zone, &locations[start].zone).is_eq()
                && natural_order(&other.aisle, &locations[start].aisle).is_eq()
        };
        let end = start + locations[start..].iter().take_while(|other| same(other)).count();
        let downwards = aisle_no % 2 == 1;
        locations[start..end].sort_by(|a, b| {
            let bay = natural_order(&a.bay, &b.bay);
            (if downwards { bay.reverse() } else { bay })
                .then_with(|| natural_order(&a.level, &b.level))
                .then_with(|| natural_order(&a.code, &b.code))
        });
        (start, aisle_no) = (end, aisle_no + 1);
    }
    for (location, order) in locations.iter_mut().zip(1_i64..) {
        location.walk_order = order;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bin(code: &str, aisle: &str, bay: &str, level: &str) -> Location {
        Location {
            id: LocationId(0),
            code: code.into(),
            barcode: code.into(),
            zone: "A".into(),
            aisle: aisle.into(),
            bay: bay.into(),
            level: level.into(),
            kind: LocationKind::Pick,
            walk_order: 0,
        }
    }

    #[test]
    fn b2_comes_before_b11() {
        assert_eq!(natural_order("B2-01", "B11-01"), Ordering::Less);
        assert_eq!(natural_order("b2", "B2"), Ordering::Equal);
        assert_eq!(natural_order("B02", "B2"), Ordering::Equal);
    }

    #[test]
    fn a_serpentine_walk_turns_at_the_end_of_an_aisle() {
        let mut bins = vec![
            bin("1-1", "1", "1", "A"),
            bin("2-1", "2", "1", "A"),
            bin("1-2", "1", "2", "A"),
            bin("2-2", "2", "2", "A"),
        ];
        number_serpentine(&mut bins);
        let codes: Vec<_> = bins.iter().map(|b| b.code.as_str()).collect();
        assert_eq!(codes, ["1-1", "1-2", "2-2", "2-1"]);
        assert_eq!(bins.iter().map(|b| b.walk_order).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn natural_order_is_an_order(a in "[A-C0-9-]{0,6}", b in "[A-C0-9-]{0,6}", c in "[A-C0-9-]{0,6}") {
            prop_assert_eq!(natural_order(&a, &b), natural_order(&b, &a).reverse());
            if natural_order(&a, &b).is_le() && natural_order(&b, &c).is_le() {
                prop_assert!(natural_order(&a, &c).is_le());
            }
        }
    }
}

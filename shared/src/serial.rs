//! Serial numbers seen in two places: each is one thing, so one of the places must be wrong (`DOMAIN.md` section 3: a
//! finding).
//!
//! Absent: deciding which. Within one round and location a serial counts once ([`crate::merge`]).

use crate::{
    id::{ItemId, LocationId},
    key::StockKey,
    quantity::Quantity,
};
use std::collections::{BTreeMap, BTreeSet};

/// One serial number that was counted in several locations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialClash {
    /// The item.
    pub item: ItemId,
    /// The number.
    pub serial: String,
    /// Where it was counted.
    pub locations: BTreeSet<LocationId>,
}

/// The serial numbers that were counted (with more than zero) in more than one location, in order of item and number.
pub fn clashes<'a>(counted: impl IntoIterator<Item = (&'a StockKey, Quantity)>) -> Vec<SerialClash> {
    let mut places: BTreeMap<(ItemId, &str), BTreeSet<LocationId>> = BTreeMap::new();
    for (key, quantity) in counted {
        if !key.what.serial.is_empty() && quantity > Quantity::ZERO {
            places.entry((key.what.item, &key.what.serial)).or_default().insert(key.location);
        }
    }
    let several = places.into_iter().filter(|(_, locations)| locations.len() > 1);
    several.map(|((item, serial), locations)| SerialClash { item, serial: serial.to_owned(), locations }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::ItemKey;

    fn seen(location: i64, item: i64, serial: &str, units: i64) -> (StockKey, Quantity) {
        let what = ItemKey { item: ItemId(item), lot: String::new(), serial: serial.into() };
        (StockKey { location: LocationId(location), what }, Quantity::whole(units).expect("small"))
    }

    fn check(counted: &[(StockKey, Quantity)], expected: &[&str]) {
        let found = clashes(counted.iter().map(|(key, quantity)| (key, *quantity)));
        let found: Vec<&str> = found.iter().map(|clash| clash.serial.as_str()).collect();
        assert_eq!(found, expected, "{counted:?}");
    }

    #[test]
    fn the_same_serial_in_two_locations_is_reported() {
        check(&[seen(1, 1, "S1", 1), seen(2, 1, "S1", 1), seen(2, 1, "S2", 1)], &["S1"]);
        check(&[seen(1, 1, "S1", 1), seen(1, 1, "S1", 1)], &[]);
        check(&[seen(1, 1, "S1", 1), seen(2, 2, "S1", 1)], &[]);
        check(&[seen(1, 1, "S1", 1), seen(2, 1, "S1", 0)], &[]);
        check(&[seen(1, 1, "", 4), seen(2, 1, "", 4)], &[]);
    }
}

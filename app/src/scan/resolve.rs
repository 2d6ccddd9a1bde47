//! What a scanned text means on this handheld: [`shared::barcode::read`] over the catalogue that is here, with what a
//! count screen needs to know of the thing found.
//!
//! Absent: any rule of reading, and the network: a code that is not here is unknown here.

use crate::{
    replica::Catalogue,
    screen::handheld::count::model::{Bin, Known, Read, Said},
};
use shared::{
    barcode::{
        self, Hint, ItemCode, Lookup, Meaning, Scan,
        symbology::{Promise, Symbology},
        value::{CountOf, Label, WeightUnit},
    },
    id::{ItemId, LocationId},
    moment::Moment,
    quantity::Quantity,
    sync::catalogue::CatalogueItem,
};

struct Here<'a>(&'a Catalogue);

impl Lookup for Here<'_> {
    fn item(&self, text: &str) -> Option<ItemCode> {
        self.0.find_item_barcode(text).map(|(item, pack_factor)| ItemCode { item: item.id, pack_factor })
    }
    fn location(&self, code: &str) -> Option<LocationId> {
        let found = self.0.find_location_barcode(code).or_else(|| self.0.find_location_code(code));
        found.map(|location| location.id)
    }
    fn location_without_signs(&self, code: &str) -> Option<LocationId> {
        let plain = |code: &str| {
            code.chars().filter(|c| !matches!(c, '-' | '.' | ' ')).flat_map(char::to_uppercase).collect::<String>()
        };
        let wanted = plain(code);
        let mut found =
            self.0.locations().filter(|location| plain(location.code) == wanted).map(|location| location.id);
        found.next().filter(|_| !wanted.is_empty() && found.next().is_none())
    }
}

/// What the handheld knows of an item.
pub fn known(item: &CatalogueItem<'_>) -> Known {
    Known {
        id: item.id,
        sku: item.sku.to_owned(),
        description: item.description.to_owned(),
        unit: item.unit.to_owned(),
        tracking: item.tracking,
    }
}

/// The bin of this number, where it is here.
pub fn bin(catalogue: &Catalogue, id: LocationId) -> Option<Bin> {
    catalogue.location(id).map(|location| Bin { id, code: location.code.to_owned() })
}

/// The item of this number; by its number alone where it is not here yet.
pub fn item(catalogue: &Catalogue, id: ItemId) -> Option<Known> {
    catalogue.item(id).map(|item| known(&item))
}

/// Units of weight: one scan of a thing that is kept by weight says nothing about how much it is.
fn is_weight(unit: &str) -> bool {
    matches!(unit.to_ascii_uppercase().as_str(), "KG" | "G" | "T" | "LB" | "OZ")
}

/// A weight in the unit that an item is counted in. Kilograms are not turned into pounds, nor pounds into kilograms.
fn weight_in(unit: &str, (weight, of): (Quantity, WeightUnit)) -> Option<Quantity> {
    let per_unit = match (unit.to_ascii_uppercase().as_str(), of) {
        ("KG", WeightUnit::Kilogram) | ("LB", WeightUnit::Pound) => "1",
        ("G", WeightUnit::Kilogram) => "1000",
        ("T", WeightUnit::Kilogram) => "0.001",
        ("OZ", WeightUnit::Pound) => "16",
        _ => return None,
    };
    weight.times(per_unit.parse().ok()?).ok()
}

/// Looks a scan up; and says what should be put right about the scanner.
pub fn resolve(raw: &str, catalogue: &Catalogue, now: Moment) -> (Read, Option<Hint>) {
    let scan = barcode::read(raw, &Here(catalogue), now);
    let hint = scan.hint;
    (meaning(scan, catalogue), hint)
}

fn meaning(scan: Scan, catalogue: &Catalogue) -> Read {
    let promised = scan.symbology.map(Symbology::promise) == Some(Promise::Elements);
    let Scan { raw, body, label, hint, .. } = scan;
    // a label may carry a lot or a serial number alone, on its own sticker beside the item's
    let unknown = |label: Label| {
        let own = |value: Option<String>| value.filter(|_| promised);
        Read::Unknown { lot: own(label.lot), serial: own(label.serial), pallet: label.sscc, raw: body.clone() }
    };
    match scan.meaning {
        Meaning::Location(id) => bin(catalogue, id).map_or_else(|| unknown(Label::default()), Read::Bin),
        Meaning::UnknownLocation => Read::NoBin(body),
        Meaning::CaseOf(code) => match item(catalogue, code.item) {
            Some(item) => Read::Case { item, raw: body },
            None => unknown(label),
        },
        Meaning::Item(code) => {
            let Some(item) = item(catalogue, code.item) else { return unknown(Label::default()) };
            let doubtful = hint == Some(Hint::SeparatorDoubtful);
            let proposals = if doubtful { label.lot.iter().chain(&label.serial).cloned().collect() } else { vec![] };
            let weighed = is_weight(&item.unit) && code.pack_factor == Quantity::ONE;
            let amount = if weighed {
                label.weight.and_then(|weight| weight_in(&item.unit, weight))
            } else {
                label.count.and_then(|(count, of)| match of {
                    CountOf::Units => Some(count),
                    CountOf::Packs => count.times(code.pack_factor).ok(),
                })
            };
            Read::Item {
                item,
                factor: code.pack_factor,
                lot: label.lot.filter(|_| !doubtful),
                serial: label.serial.filter(|_| !doubtful),
                expiry: label.expiry.map(|day| day.to_string()),
                proposals,
                said: Said { amount, weighed, pallet: label.sscc },
                raw: raw.trim().to_owned(),
            }
        }
        Meaning::Unknown => unknown(label),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use shared::{
        item::{Barcode, Item, Tracking},
        location::{Location, LocationKind},
        sync::{
            catalogue::{pack_items, pack_locations},
            message::ShardKind,
        },
    };

    fn catalogue() -> Catalogue {
        let item = Item {
            id: ItemId(7),
            sku: "GLOVE-M".into(),
            description: "Gloves, medium".into(),
            unit: "EA".into(),
            unit_cost: None,
            category: String::new(),
            abc: String::new(),
            tracking: Tracking::Lot,
            barcodes: vec![
                Barcode { text: "4006381333931".into(), pack_factor: Quantity::ONE },
                Barcode { text: "CASE-7".into(), pack_factor: Quantity::whole(12).unwrap() },
            ],
        };
        let location = Location {
            id: LocationId(3),
            code: "A-03-02".into(),
            barcode: "LOC-A-03-02".into(),
            zone: "A".into(),
            aisle: "3".into(),
            bay: "2".into(),
            level: String::new(),
            kind: LocationKind::Pick,
            walk_order: 5,
        };
        let mut catalogue = Catalogue::default();
        catalogue.put(ShardKind::Items, 0, pack_items(&[item])).unwrap();
        catalogue.put(ShardKind::Locations, 0, pack_locations(&[location])).unwrap();
        catalogue
    }

    fn read(raw: &str) -> Read {
        resolve(raw, &catalogue(), Moment(1_795_392_000_000)).0
    }

    #[test]
    fn bins_are_found_by_label_and_by_code_in_any_case() {
        for raw in ["LOC-A-03-02", "a-03-02", " loc-a-03-02 "] {
            assert_eq!(read(raw), Read::Bin(Bin { id: LocationId(3), code: "A-03-02".into() }), "{raw}");
        }
    }

    #[test]
    fn items_bring_their_pack_and_what_the_code_says() {
        let Read::Item { factor, .. } = read("CASE-7") else { panic!("an item") };
        assert_eq!(factor.to_string(), "12");
        let Read::Item { lot, expiry, .. } = read("]C101040063813339311728063010LOT7") else { panic!("an item") };
        assert_eq!((lot.as_deref(), expiry.as_deref()), (Some("LOT7"), Some("2028-06-30")));
    }

    #[test]
    fn numbers_on_the_label_are_proposed_in_base_units() {
        let Read::Item { said, .. } = read("01040063813339313012") else { panic!("an item") };
        assert_eq!((said.amount.map(|amount| amount.to_string()).as_deref(), said.weighed), (Some("12"), false));
        let text = |unit: &str, kilograms: &str| {
            weight_in(unit, (kilograms.parse().unwrap(), WeightUnit::Kilogram)).map(|weight| weight.to_string())
        };
        assert_eq!(text("kg", "0.525").as_deref(), Some("0.525"));
        assert_eq!(text("G", "0.525").as_deref(), Some("525"));
        assert_eq!(text("LB", "0.525"), None, "no site said that it wants pounds for kilograms");
    }

    #[test]
    fn what_is_not_here_is_unknown_and_a_lot_sticker_says_its_lot() {
        assert_eq!(read("XYZ"), Read::Unknown { raw: "XYZ".into(), lot: None, serial: None, pallet: None });
        assert_eq!(read("LOC-Z-99"), Read::NoBin("LOC-Z-99".into()));
        let Read::Case { item, .. } = read("34006381333932") else { panic!("a pack of something known") };
        assert_eq!(item.sku, "GLOVE-M");
        let Read::Unknown { lot, .. } = read("]C110LOT9") else { panic!("no item on it") };
        assert_eq!(lot.as_deref(), Some("LOT9"));
    }
}

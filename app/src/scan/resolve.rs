//! What a scanned text means on this handheld: [`shared::barcode::read`] over the catalogue that is here, with what a
//! count screen needs to know of the thing found.
//!
//! Absent: any rule of reading, and the network: a code that is not here is unknown here.

use crate::{
    replica::Catalogue,
    screen::handheld::count::model::{Bin, Known, Read},
};
use shared::{
    barcode::{
        self, Hint, ItemCode, Lookup, Meaning, Scan,
        symbology::{Promise, Symbology},
    },
    id::{ItemId, LocationId},
    moment::Moment,
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

/// Looks a scan up.
pub fn resolve(raw: &str, catalogue: &Catalogue, now: Moment) -> Read {
    let scan = barcode::read(raw, &Here(catalogue), now);
    let promised = scan.symbology.map(Symbology::promise) == Some(Promise::Elements);
    let Scan { body, label, hint, .. } = scan;
    match scan.meaning {
        Meaning::Location(id) => {
            bin(catalogue, id).map_or_else(|| Read::Unknown { raw: body, lot: None, serial: None }, Read::Bin)
        }
        Meaning::Item(code) => {
            let Some(item) = item(catalogue, code.item) else {
                return Read::Unknown { raw: body, lot: None, serial: None };
            };
            let doubtful = hint == Some(Hint::SeparatorDoubtful);
            let proposals = if doubtful { label.lot.iter().chain(&label.serial).cloned().collect() } else { vec![] };
            Read::Item {
                item,
                factor: code.pack_factor,
                lot: label.lot.filter(|_| !doubtful),
                serial: label.serial.filter(|_| !doubtful),
                expiry: label.expiry.map(|day| day.to_string()),
                proposals,
                raw: raw.trim().to_owned(),
            }
        }
        Meaning::CaseOf(_) | Meaning::UnknownLocation | Meaning::Unknown => {
            // a label may carry a lot or a serial number alone, on its own sticker beside the item's
            let own = |value: Option<String>| value.filter(|_| promised);
            Read::Unknown { lot: own(label.lot), serial: own(label.serial), raw: body }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use shared::{
        item::{Barcode, Item, Tracking},
        location::{Location, LocationKind},
        quantity::Quantity,
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
        resolve(raw, &catalogue(), Moment(1_795_392_000_000))
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
    fn what_is_not_here_is_unknown_and_a_lot_sticker_says_its_lot() {
        assert_eq!(read("XYZ"), Read::Unknown { raw: "XYZ".into(), lot: None, serial: None });
        let Read::Unknown { lot, .. } = read("]C110LOT9") else { panic!("no item on it") };
        assert_eq!(lot.as_deref(), Some("LOT9"));
    }
}

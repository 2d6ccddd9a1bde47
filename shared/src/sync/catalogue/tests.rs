//! Shards found as packed, whatever they hold, and garbage refused.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    id::{ItemId, LocationId},
    item::{Barcode, Item, Tracking},
    location::{Location, LocationKind, code_for_comparison},
    quantity::Quantity,
};
use proptest::prelude::*;

fn item(id: i64, sku: &str, barcodes: &[(&str, i64)]) -> Item {
    Item {
        id: ItemId(id),
        sku: sku.into(),
        description: format!("Syringe {id} ml, ÄÖ"),
        unit: "EA".into(),
        unit_cost: Some(crate::money::Money::from_micro(7_770_000)),
        category: String::new(),
        abc: "A".into(),
        tracking: Tracking::LotExpiry,
        barcodes: barcodes
            .iter()
            .map(|(text, factor)| Barcode { text: (*text).into(), pack_factor: Quantity::whole(*factor).unwrap() })
            .collect(),
    }
}

fn bin(id: i64, code: &str, walk_order: i64) -> Location {
    Location {
        id: LocationId(id),
        code: code.into(),
        barcode: format!("LOC-{code}"),
        zone: "A".into(),
        aisle: "1".into(),
        bay: String::new(),
        level: "2".into(),
        kind: LocationKind::Reserve,
        walk_order,
    }
}

#[test]
fn items_are_found_by_number_barcode_and_sku_with_their_pack_factor() {
    let items = [item(9, "B-9", &[("0400", 12), ("0399", 1)]), item(4, "a-4", &[]), item(7, "A-7", &[("0400-x", 1)])];
    let shard = ItemShard::open(pack_items(&items)).unwrap();
    let (found, factor) = shard.find_barcode("0400").unwrap();
    assert_eq!((found.sku, found.description, factor), ("B-9", "Syringe 9 ml, ÄÖ", Quantity::whole(12).unwrap()));
    assert_eq!((found.unit, found.abc, found.category, found.tracking), ("EA", "A", "", Tracking::LotExpiry));
    assert_eq!(shard.find_barcode("04"), None);
    assert_eq!(shard.find_sku("A-7").unwrap().id, ItemId(7));
    assert_eq!(shard.find_sku("a-7"), None);
    assert_eq!(shard.item(ItemId(4)).unwrap().sku, "a-4");
    assert_eq!(shard.item(ItemId(5)), None);
    assert_eq!(shard.barcodes_of(ItemId(9)).map(|barcode| barcode.text).collect::<Vec<_>>(), ["0399", "0400"]);
    assert_eq!(pack_items(&[items[1].clone(), items[2].clone(), items[0].clone()]), shard.bytes());
}

#[test]
fn a_search_wants_every_word_and_shows_first_whose_sku_begins_so() {
    let items = [item(1, "X-71", &[]), item(2, "7-b", &[]), item(3, "B-1", &[]), item(7, "Ä-7", &[])];
    let shard = ItemShard::open(pack_items(&items)).unwrap();
    let find = |text: &str, limit| {
        let mut found = Found::new(limit);
        shard.search(&ItemSearch::new(text), &mut found);
        found.into_items().iter().map(|item| item.sku).collect::<Vec<_>>()
    };
    assert_eq!(find("7", 6), ["7-b", "X-71", "Ä-7"]);
    assert_eq!(find("7", 1), ["7-b"]);
    assert_eq!(find("SYRinge ml ä-", 6), ["Ä-7"]);
    assert_eq!(find("x-7 syr", 6), ["X-71"]);
    assert_eq!(find("äö", 2), ["X-71", "7-b"]);
    assert!(find("  ", 6).is_empty() && find("syringe glove", 6).is_empty());
}

#[test]
fn no_cost_is_in_a_shard() {
    let mut dear = item(1, "S", &[]);
    let cheap = pack_items(std::slice::from_ref(&dear));
    dear.unit_cost = None;
    assert_eq!(pack_items(&[dear]), cheap);
}

#[test]
fn locations_are_found_whatever_the_case_and_walked_in_order() {
    let bins = [bin(3, "A-03-02", 5), bin(1, "a-03-01", -2), bin(2, "Straße 1", 9)];
    let shard = LocationShard::open(pack_locations(&bins)).unwrap();
    assert_eq!(shard.find_code(" a-03-02 ").unwrap().id, LocationId(3));
    assert_eq!(shard.find_barcode("loc-A-03-01").unwrap().code, "a-03-01");
    assert_eq!(shard.find_code("STRASSE 1").unwrap().id, LocationId(2));
    assert_eq!(shard.find_code("A-03"), None);
    assert_eq!(shard.in_walk_order().map(|it| it.walk_order).collect::<Vec<_>>(), [-2, 5, 9]);
    assert_eq!(shard.locations().map(|it| it.id.0).collect::<Vec<_>>(), [1, 2, 3]);
    let found = shard.location(LocationId(1)).unwrap();
    assert_eq!(
        (found.zone, found.aisle, found.bay, found.level, found.kind),
        ("A", "1", "", "2", LocationKind::Reserve)
    );
}

#[test]
fn a_newer_form_and_another_kind_are_told_apart() {
    let mut newer = pack_items(&[]);
    newer[3] = 2;
    assert_eq!(ItemShard::open(newer).err(), Some(OpenError::Newer(2)));
    assert_eq!(ItemShard::open(pack_locations(&[])).err(), Some(OpenError::NotAShard));
    assert_eq!(LocationShard::open(Vec::new()).err(), Some(OpenError::NotAShard));
    assert!(ItemShard::open(pack_items(&[])).unwrap().is_empty());
}

#[test]
fn the_shard_of_a_number_is_its_block_of_4096() {
    assert_eq!([0, 4095, 4096, -1].map(shard_of), [0, 0, 1, 0]);
}

/// Reads everything there is to read.
fn walk(bytes: Vec<u8>) {
    if let Ok(shard) = ItemShard::open(bytes.clone()) {
        assert_eq!(shard.items().count(), shard.len());
        for found in shard.items() {
            assert_eq!(shard.item(found.id), Some(found));
            for barcode in shard.barcodes_of(found.id) {
                assert_eq!(shard.find_barcode(barcode.text), Some((found, barcode.pack_factor)));
            }
            assert_eq!(shard.find_sku(found.sku).unwrap().sku, found.sku);
        }
    }
    if let Ok(shard) = LocationShard::open(bytes) {
        assert_eq!(shard.in_walk_order().count(), shard.len());
        for found in shard.locations() {
            assert_eq!(shard.location(found.id), Some(found));
            assert!(shard.find_code(found.code).is_some() && shard.find_barcode(found.barcode).is_some());
        }
    }
}

fn items_strategy() -> impl Strategy<Value = Vec<Item>> {
    let barcode = ("[0-9]{0,3}", 1_i64..1_000_000).prop_map(|(text, micro)| (text, Quantity::from_micro(micro)));
    let one = ("\\PC{0,6}", "\\PC{0,12}", prop::collection::vec(barcode, 0..4));
    prop::collection::hash_map(0_i64..9000, one, 0..40).prop_map(|all| {
        all.into_iter()
            .map(|(id, (sku, description, barcodes))| Item {
                description,
                barcodes: barcodes.into_iter().map(|(text, pack_factor)| Barcode { text, pack_factor }).collect(),
                ..item(id, &sku, &[])
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn whatever_was_packed_is_found(items in items_strategy()) {
        let shard = ItemShard::open(pack_items(&items)).unwrap();
        for item in &items {
            prop_assert!(shard.item(item.id).is_some());
            for barcode in &item.barcodes {
                let (found, factor) = shard.find_barcode(&barcode.text).unwrap();
                let packed = items.iter().any(|other| {
                    other.id == found.id && other.barcodes.iter().any(|b| b.text == barcode.text && b.pack_factor == factor)
                });
                prop_assert!(packed);
            }
        }
        walk(shard.bytes().to_vec());
    }

    #[test]
    fn whatever_location_was_packed_is_found(codes in prop::collection::btree_map(0_i64..9000, "\\PC{0,8}", 0..40)) {
        let bins: Vec<Location> = codes.iter().map(|(id, code)| bin(*id, code, -*id)).collect();
        let shard = LocationShard::open(pack_locations(&bins)).unwrap();
        for bin in &bins {
            let found = shard.find_code(&bin.code).unwrap();
            prop_assert_eq!(code_for_comparison(found.code), code_for_comparison(&bin.code));
        }
        walk(shard.bytes().to_vec());
    }

    #[test]
    fn garbage_is_refused_and_never_a_panic(kind in prop::sample::select(vec![*b"TUI\x01", *b"TUL\x01"]), tail in prop::collection::vec(any::<u8>(), 0..200)) {
        walk([kind.as_slice(), &tail].concat());
    }

    #[test]
    fn a_damaged_shard_is_refused_or_still_consistent(items in items_strategy(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let whole = pack_items(&items);
        let mut changed = whole.clone();
        let at = at.index(changed.len());
        changed[at] = byte;
        walk(changed);
        prop_assert!(ItemShard::open(whole[..cut.index(whole.len())].to_vec()).is_err());
    }
}

//! The search for an item without a barcode.

use super::{Counter, item, plain, units};
use crate::screen::handheld::count::{
    find::{Hit, is_word},
    prompt::Prompt,
};
use shared::{event::EventKind, id::ItemId, item::Tracking, key::ItemKey};

#[test]
fn an_item_without_a_barcode_is_picked_and_its_number_keyed() {
    let mut counter = Counter::new();
    counter.visit.find();
    let found = vec![item(4, Tracking::None)];
    let hits = counter.visit.hits("thing", found);
    let effects = counter.visit.pick(hits[0].clone());
    counter.run(effects);
    assert!(counter.written.is_empty(), "picking counts nothing");
    assert_eq!(counter.visit.line_in_hand(&counter.visit.lines()).unwrap().item.sku, "SKU-4");
    counter.key("12");
    assert_eq!(counter.written, [EventKind::Keyed { key: ItemKey::untracked(ItemId(4)), quantity: units(12) }]);
}

#[test]
fn a_picked_item_is_asked_for_its_lot_and_a_serial_number_is_one() {
    let mut counter = Counter::new();
    for (n, tracking, answer) in [(4, Tracking::LotExpiry, "L1"), (5, Tracking::Serial, "S1")] {
        counter.visit.find();
        let effects = counter.visit.pick(Hit::Item(item(n, tracking)));
        counter.run(effects);
        assert!(matches!(counter.visit.prompt, Some(Prompt::Lot(_) | Prompt::Serial(_))));
        let effects = counter.visit.answer_text(answer);
        counter.run(effects);
        if n == 4 {
            assert!(counter.written.is_empty(), "the lot is in hand, not counted");
            counter.key("3");
        }
    }
    let key = |n, lot: &str, serial: &str| ItemKey { item: ItemId(n), lot: lot.into(), serial: serial.into() };
    let lot = EventKind::Keyed { key: key(4, "L1", ""), quantity: units(3) };
    assert_eq!(counter.written, [lot, EventKind::Keyed { key: key(5, "", "S1"), quantity: units(1) }]);
}

#[test]
fn a_scan_closes_the_search_and_counts_and_cancelling_it_changes_nothing() {
    let mut counter = Counter::new();
    counter.scan(plain(1)).visit.find();
    counter.scan(plain(2));
    assert!(!counter.visit.is_finding());
    assert_eq!(counter.quantities(), [(2, Some(units(1))), (1, Some(units(1)))]);
    let before = counter.visit.draft();
    counter.visit.find();
    let effects = counter.visit.answer_no();
    counter.run(effects);
    assert_eq!((counter.visit.draft(), counter.written.len()), (before, 2));
    assert!(is_word("tube", false) && is_word("TY-0012", true) && !is_word("9990000000017", false));
}

#[test]
fn a_search_in_a_recount_offers_first_what_is_in_dispute() {
    let key = ItemKey { item: ItemId(9), lot: "L7".into(), serial: String::new() };
    let mut counter = Counter::recounting(vec![key.clone()]);
    counter.visit.learn(None, vec![item(9, Tracking::Lot)]);
    assert_eq!(counter.visit.hits("", vec![]), [Hit::Wanted(key.clone(), item(9, Tracking::Lot))]);
    assert!(counter.visit.hits("glove", vec![]).is_empty());
    let found = (1..=9).rev().map(|n| item(n, Tracking::None)).collect();
    let hits = counter.visit.hits("sku thing", found);
    assert_eq!(hits.iter().map(|hit| hit.item().id.0).collect::<Vec<_>>(), [9, 8, 7, 6, 5, 4]);
    counter.visit.find();
    let effects = counter.visit.pick(hits[0].clone());
    counter.run(effects).key("2");
    assert_eq!(counter.written, [EventKind::Keyed { key, quantity: units(2) }]);
}

//! What labels say: lots, serial numbers, amounts, weights, pallets and packs.

use super::{AT, Counter, item, pack, plain, tracked, units, unknown};
use crate::part::tone::Tone;
use crate::screen::handheld::count::{
    model::{Read, Said},
    prompt::{Prompt, Say},
};
use shared::{event::EventKind, id::ItemId, item::Tracking};

#[test]
fn a_lot_is_asked_for_unless_the_code_brings_it() {
    let mut counter = Counter::new();
    counter.scan(tracked(7, Tracking::LotExpiry, Some("L1"), None));
    assert_eq!(counter.visit.prompt, None);
    counter.scan(tracked(7, Tracking::LotExpiry, None, None));
    let Some(Prompt::Lot(wanted)) = &counter.visit.prompt else { panic!("asks for the lot") };
    assert_eq!(wanted.proposals, ["L1"]);
    // a code nobody knows answers the question: it is the lot's own label
    counter.scan(unknown("L2"));
    assert_eq!(counter.visit.prompt, None);
    let lots: Vec<String> = counter.visit.lines().into_iter().map(|line| line.key.lot).collect();
    assert_eq!(lots, ["L2", "L1"]);
    assert!(!counter.written.iter().any(|kind| matches!(kind, EventKind::UnknownBarcode { .. })));
}

#[test]
fn another_item_scanned_while_a_lot_is_wanted_waits() {
    let mut counter = Counter::new();
    counter.scan(tracked(7, Tracking::Lot, None, None)).scan(plain(8));
    assert_eq!(counter.quantities(), []);
    let effects = counter.visit.answer_text(" L9 ");
    counter.run(effects);
    assert_eq!(counter.quantities(), [(8, Some(units(1))), (7, Some(units(1)))]);
}

#[test]
fn the_same_serial_twice_is_already_counted() {
    let mut counter = Counter::new();
    counter.scan(tracked(7, Tracking::Serial, None, Some("S1")));
    counter.scan(tracked(7, Tracking::Serial, None, Some("S1")));
    assert_eq!(counter.visit.say, Some(Say::Already("S1".into(), Some(AT))));
    assert_eq!(counter.tones, [Tone::Item, Tone::Already]);
    assert_eq!(counter.written.len(), 1);
    counter.scan(tracked(7, Tracking::Serial, None, None)).scan(unknown("S2"));
    assert_eq!(counter.visit.lines().len(), 2);
    counter.key("3");
    assert_eq!(counter.visit.say, Some(Say::ScanSerials));
    counter.undo();
    counter.scan(tracked(7, Tracking::Serial, None, Some("S2")));
    assert_eq!(counter.visit.lines().len(), 2, "taken back, it may be scanned again");
}

fn said(amount: Option<i64>, weighed: bool, pallet: Option<&str>) -> Read {
    let Read::Item { item, factor, lot, serial, expiry, proposals, .. } = pack(7, 1) else { panic!("an item") };
    let said = Said { amount: amount.map(units), weighed, pallet: pallet.map(str::to_owned) };
    let raw = format!("code-{}", pallet.unwrap_or("7"));
    Read::Item { item, factor, lot, serial, expiry, proposals, said, raw }
}

#[test]
fn a_number_on_the_label_is_counted_with_one_tap_and_never_without() {
    let mut counter = Counter::new();
    counter.scan(said(Some(24), false, None));
    assert!(matches!(counter.visit.prompt, Some(Prompt::Amount { .. })) && counter.written.is_empty());
    counter.yes();
    assert_eq!(counter.quantities(), [(7, Some(units(24)))]);
    counter.scan(said(Some(24), false, None));
    let effects = counter.visit.answer_plain();
    counter.run(effects);
    assert_eq!(counter.quantities(), [(7, Some(units(25)))], "not what the label says: what one code stands for");
}

#[test]
fn a_weighed_item_asks_for_its_weight() {
    let mut counter = Counter::new();
    counter.scan(said(None, true, None)).key("2.5");
    assert_eq!(counter.quantities()[0].1.unwrap().to_string(), "2.5");
    counter.scan(said(Some(3), true, None)).yes();
    assert_eq!(counter.quantities()[0].1.unwrap().to_string(), "5.5");
    counter.scan(said(None, true, None)).key("0");
    assert_eq!(counter.visit.say, Some(Say::QuantityBad));
    let effects = counter.visit.answer_no();
    counter.run(effects);
    assert_eq!(counter.quantities()[0].1.unwrap().to_string(), "5.5");
}

#[test]
fn a_pallet_is_counted_once() {
    let mut counter = Counter::new();
    counter.scan(said(Some(60), false, Some("157035381410375177"))).yes();
    counter.scan(said(Some(60), false, Some("157035381410375177")));
    assert_eq!(counter.visit.say, Some(Say::Already("157035381410375177".into(), Some(AT))));
    assert_eq!(counter.tones.last(), Some(&Tone::Already));
    assert_eq!(counter.quantities(), [(7, Some(units(60)))]);
    counter.undo();
    counter.scan(said(Some(60), false, Some("157035381410375177"))).yes();
    assert_eq!(counter.quantities(), [(7, Some(units(60)))], "taken back, it may be counted again");
    let alone = || Read::Unknown { raw: "00357".into(), lot: None, serial: None, pallet: Some("357".into()) };
    counter.scan(alone()).scan(alone());
    assert_eq!(counter.visit.unknown()[0].quantity, units(1));
}

#[test]
fn a_pack_nobody_named_asks_how_many_are_in_it_once() {
    let case = || Read::Case { item: item(7, Tracking::None), raw: "34006381333932".into() };
    let mut counter = Counter::new();
    counter.scan(case()).key("12");
    assert_eq!(
        counter.written,
        [
            EventKind::PackProposed { raw: "34006381333932".into(), item: ItemId(7), pack_factor: units(12) },
            EventKind::UnknownBarcode { raw: "34006381333932".into(), quantity: units(1) }
        ]
    );
    counter.scan(case());
    let unknown = counter.visit.unknown();
    assert_eq!((unknown[0].quantity, &unknown[0].pack), (units(2), &Some(("SKU-7".into(), units(12)))));

    let mut counter = Counter::new();
    counter.scan(case());
    let effects = counter.visit.answer_no();
    counter.run(effects);
    assert!(matches!(&counter.written[..], [EventKind::UnknownBarcode { .. }]), "it is there, whatever is in it");
}

#[test]
fn a_label_of_no_bin_is_no_item() {
    let mut counter = Counter::new();
    counter.scan(Read::NoBin("LOC-Z-99".into()));
    assert_eq!((&counter.visit.say, counter.written.len()), (&Some(Say::NoSuchBin("LOC-Z-99".into())), 0));
}

//! Scans and keyed numbers: what is added, what replaces, what waits, what is taken back.

use super::{Counter, pack, plain, units, unknown};
use crate::part::tone::Tone;
use crate::screen::handheld::count::{
    model::Ending,
    prompt::{Prompt, Say},
    shown::{Packs, Undo},
};
use shared::quantity::Quantity;

#[test]
fn a_scan_adds_its_pack_and_a_keyed_quantity_replaces_the_total() {
    let mut counter = Counter::new();
    counter.scan(pack(7, 12)).scan(pack(7, 12));
    assert_eq!(counter.quantities(), [(7, Some(units(24)))]);
    assert_eq!(counter.visit.line_in_hand(&counter.visit.lines()).unwrap().packs, Packs::Cases(2, units(12)));
    counter.key("30");
    assert_eq!(counter.quantities(), [(7, Some(units(30)))]);
    assert_eq!(counter.visit.line_in_hand(&counter.visit.lines()).unwrap().packs, Packs::Plain);
    assert_eq!(counter.tones, [Tone::Item, Tone::Item, Tone::Item]);
}

#[test]
fn zero_is_a_number() {
    let mut counter = Counter::new();
    counter.scan(plain(7)).key("0");
    assert_eq!(counter.quantities(), [(7, Some(Quantity::ZERO))]);
    assert_eq!(counter.visit.counted(), 1);
}

#[test]
fn scanning_after_typing_asks_and_never_does_both_in_silence() {
    let mut counter = Counter::new();
    counter.scan(plain(7)).key("24").scan(plain(7));
    assert!(matches!(counter.visit.prompt, Some(Prompt::AddToKeyed { .. })));
    assert_eq!(counter.quantities(), [(7, Some(units(24)))]);
    counter.yes();
    assert_eq!(counter.quantities(), [(7, Some(units(25)))]);
    counter.scan(plain(7));
    assert_eq!(counter.quantities(), [(7, Some(units(26)))], "once answered, scans add");
}

#[test]
fn a_scan_during_a_question_waits_for_the_answer() {
    let mut counter = Counter::new();
    counter.scan(plain(7)).key("24").scan(plain(7)).scan(plain(8));
    assert_eq!(counter.visit.say, Some(Say::AnswerFirst(1)));
    let effects = counter.visit.answer_no();
    counter.run(effects);
    assert_eq!(counter.quantities(), [(8, Some(units(1))), (7, Some(units(24)))]);
}

#[test]
fn a_scan_that_no_longer_fits_behind_a_question_is_refused_aloud() {
    let mut counter = Counter::new();
    counter.scan(plain(7)).key("24").scan(plain(7));
    for n in 0..9 {
        counter.scan(plain(100 + n));
    }
    assert_eq!(counter.tones.last(), Some(&Tone::Unknown));
    assert_eq!(counter.visit.say, Some(Say::AnswerFirst(8)));
    let effects = counter.visit.answer_no();
    counter.run(effects);
    assert_eq!(counter.visit.counted(), 9, "the one in hand and the eight that were kept");
}

#[test]
fn a_barcode_keyed_as_a_quantity_is_a_scan_or_refused_and_seven_digits_ask() {
    let mut counter = Counter::new();
    counter.scan(plain(7)).key("4006381333931");
    assert_eq!(counter.quantities(), [(7, Some(units(2)))], "a code that is known is a scan");
    counter.key("4006381333948");
    assert_eq!(counter.visit.say, Some(Say::QuantityIsBarcode));
    assert_eq!(counter.quantities(), [(7, Some(units(2)))]);
    assert!(counter.visit.keypad.is_empty());
    counter.key("1000000");
    assert_eq!(counter.visit.prompt, Some(Prompt::Large(units(1_000_000))));
    assert_eq!(counter.quantities(), [(7, Some(units(2)))]);
    counter.yes();
    assert_eq!(counter.quantities(), [(7, Some(units(1_000_000)))]);
}

#[test]
fn a_number_without_an_item_is_not_thrown_away() {
    let mut counter = Counter::new();
    counter.key("12");
    assert_eq!(counter.visit.say, Some(Say::PickLine));
    assert_eq!(counter.visit.keypad.text(), "12");
    assert!(counter.written.is_empty());
}

#[test]
fn undo_names_what_it_takes_back_and_goes_further_back_each_time() {
    let mut counter = Counter::new();
    counter.scan(pack(7, 12)).scan(plain(8)).key("5");
    assert_eq!(counter.visit.undo_next(), Some(Undo::Keyed(units(5), "SKU-8".into())));
    counter.undo();
    assert_eq!(counter.quantities(), [(8, Some(units(1))), (7, Some(units(12)))]);
    assert_eq!(counter.visit.undo_next(), Some(Undo::Scan(units(1), "SKU-8".into())));
    counter.undo().undo();
    assert_eq!(counter.quantities(), []);
    assert_eq!(counter.visit.undo_next(), None);
    counter.undo();
    assert_eq!(counter.visit.say, Some(Say::NothingToUndo));
}

#[test]
fn an_unknown_code_is_kept_and_counted_up() {
    let mut counter = Counter::new();
    counter.scan(unknown("5012345678900")).scan(unknown("5012345678900"));
    let kept = counter.visit.unknown();
    assert_eq!((kept[0].raw.as_str(), kept[0].quantity), ("5012345678900", units(2)));
    assert_eq!(counter.tones, [Tone::Unknown, Tone::Unknown]);
    counter.done();
    assert_eq!(counter.left, Some((Ending::Done, None, 0)), "an unknown code is something counted");
}

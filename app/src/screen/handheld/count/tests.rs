//! What a counter does in a bin, told in scans and taps.
#![allow(clippy::unwrap_used)]

use super::{
    entry::{Fate, Ticket},
    find::{Hit, is_word},
    model::{Bin, Draft, Effect, Ending, Known, Read, Said, Visit, Work},
    prompt::{Prompt, Say},
    shown::{Packs, Undo},
};
use crate::part::tone::Tone;
use shared::{
    event::{EventKind, SkipReason},
    id::{CountId, EventId, ItemId, LocationId, TaskId},
    item::Tracking,
    key::ItemKey,
    moment::Moment,
    quantity::Quantity,
};

/// When everything is saved.
const AT: Moment = Moment(1_000);

/// A counter with a journal that works, unless told otherwise.
struct Counter {
    visit: Visit,
    written: Vec<EventKind>,
    tones: Vec<Tone>,
    left: Option<(Ending, Option<Bin>, usize)>,
    disk_works: bool,
}

fn bin(n: i64) -> Bin {
    Bin { id: LocationId(n), code: format!("A-{n:02}") }
}

fn item(n: i64, tracking: Tracking) -> Known {
    Known { id: ItemId(n), sku: format!("SKU-{n}"), description: "Thing".into(), unit: "EA".into(), tracking }
}

fn units(n: i64) -> Quantity {
    Quantity::whole(n).unwrap()
}

fn plain(n: i64) -> Read {
    pack(n, 1)
}

fn pack(n: i64, factor: i64) -> Read {
    Read::Item {
        item: item(n, Tracking::None),
        factor: units(factor),
        lot: None,
        serial: None,
        expiry: None,
        proposals: vec![],
        said: Said::default(),
        raw: format!("code-{n}"),
    }
}

fn tracked(n: i64, tracking: Tracking, lot: Option<&str>, serial: Option<&str>) -> Read {
    Read::Item {
        item: item(n, tracking),
        factor: units(1),
        lot: lot.map(str::to_owned),
        serial: serial.map(str::to_owned),
        expiry: None,
        proposals: vec![],
        said: Said::default(),
        raw: format!("code-{n}"),
    }
}

fn unknown(raw: &str) -> Read {
    Read::Unknown { raw: raw.into(), lot: None, serial: None, pallet: None }
}

impl Counter {
    fn new() -> Self {
        Self { visit: Visit::new(bin(1), None), written: vec![], tones: vec![], left: None, disk_works: true }
    }
    fn recounting(keys: Vec<ItemKey>) -> Self {
        let work = Work { task: TaskId(1), count: CountId(1), round: 2, keys: Some(keys) };
        Self { visit: Visit::new(bin(1), Some(work)), ..Self::new() }
    }
    fn run(&mut self, effects: Vec<Effect>) -> &mut Self {
        for effect in effects {
            match effect {
                Effect::Record(ticket, kind) => {
                    let told = if self.disk_works {
                        self.written.push(kind);
                        let n = u8::try_from(self.written.len()).unwrap();
                        self.visit.saved(ticket, EventId::from_parts(AT.0, &[n; 10]))
                    } else {
                        self.visit.not_saved(ticket)
                    };
                    self.run(told);
                }
                Effect::Tone(tone) => self.tones.push(tone),
                Effect::ReadCode(text) => {
                    let effects =
                        if text == "4006381333931" { self.visit.scan(plain(7)) } else { self.visit.refuse_code() };
                    self.run(effects);
                }
                Effect::Leave { ending, next, later } => self.left = Some((ending, next, later.len())),
            }
        }
        self
    }
    fn scan(&mut self, read: Read) -> &mut Self {
        let effects = self.visit.scan(read);
        self.run(effects)
    }
    fn key(&mut self, digits: &str) -> &mut Self {
        digits.chars().for_each(|digit| self.visit.press(digit));
        let effects = self.visit.press_ok();
        self.run(effects)
    }
    fn yes(&mut self) -> &mut Self {
        let effects = self.visit.answer_yes();
        self.run(effects)
    }
    fn undo(&mut self) -> &mut Self {
        let effects = self.visit.undo();
        self.run(effects)
    }
    fn done(&mut self) -> &mut Self {
        let effects = self.visit.done();
        self.run(effects)
    }
    fn quantities(&self) -> Vec<(i64, Option<Quantity>)> {
        self.visit.lines().into_iter().map(|line| (line.item.id.0, line.quantity)).collect()
    }
}

#[test]
fn a_scan_adds_its_pack_and_a_keyed_quantity_replaces_the_total() {
    let mut counter = Counter::new();
    counter.scan(pack(7, 12)).scan(pack(7, 12));
    assert_eq!(counter.quantities(), [(7, Some(units(24)))]);
    assert_eq!(counter.visit.line_in_hand().unwrap().packs, Packs::Cases(2, units(12)));
    counter.key("30");
    assert_eq!(counter.quantities(), [(7, Some(units(30)))]);
    assert_eq!(counter.visit.line_in_hand().unwrap().packs, Packs::Plain);
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
fn a_bin_on_its_way_out_is_neither_empty_nor_skipped_any_more() {
    let mut counter = Counter::new();
    counter.scan(plain(7));
    counter.disk_works = false;
    counter.done();
    counter.visit.empty();
    counter.visit.cannot();
    assert_eq!(counter.visit.prompt, None);
    assert_eq!(counter.visit.skip(SkipReason::Blocked), []);
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

#[test]
fn empty_takes_two_steps_and_is_refused_where_something_was_counted() {
    let mut counter = Counter::new();
    counter.visit.empty();
    assert_eq!((counter.visit.prompt.clone(), counter.written.len()), (Some(Prompt::Empty), 0));
    counter.yes();
    assert_eq!(counter.written, [EventKind::ConfirmedEmpty, EventKind::SheetClosed { location_done: true }]);
    assert_eq!(counter.left, Some((Ending::Done, None, 0)));

    let mut counter = Counter::new();
    counter.scan(plain(7));
    counter.visit.empty();
    assert_eq!(counter.visit.say, Some(Say::NotEmpty(1)));
}

#[test]
fn a_scan_answers_whether_the_bin_is_empty() {
    let mut counter = Counter::new();
    counter.visit.empty();
    counter.scan(plain(7));
    assert_eq!((counter.visit.prompt.clone(), counter.quantities()), (None, vec![(7, Some(units(1)))]));
}

#[test]
fn done_takes_one_step_when_something_was_counted_and_two_when_not() {
    let mut counter = Counter::new();
    counter.done();
    assert_eq!((counter.visit.prompt.clone(), counter.written.len()), (Some(Prompt::Nothing), 0));
    counter.scan(plain(7)).done();
    assert_eq!(counter.left, Some((Ending::Done, None, 0)));
    assert_eq!(counter.written.last(), Some(&EventKind::SheetClosed { location_done: true }));
    assert_eq!(counter.tones.last(), Some(&Tone::Complete));
}

#[test]
fn another_bin_asks_once_and_its_label_again_says_yes() {
    let mut counter = Counter::new();
    counter.scan(plain(7)).scan(Read::Bin(bin(2)));
    assert_eq!(counter.visit.prompt, Some(Prompt::OtherBin(bin(2))));
    assert_eq!(counter.left, None);
    counter.scan(Read::Bin(bin(2)));
    assert_eq!(counter.left, Some((Ending::Done, Some(bin(2)), 0)));
}

#[test]
fn an_item_scanned_before_the_bin_is_decided_goes_with_the_decision() {
    let mut counter = Counter::new();
    counter.scan(plain(7)).scan(Read::Bin(bin(2))).scan(plain(8)).yes();
    assert_eq!(counter.left, Some((Ending::Done, Some(bin(2)), 1)), "the scan goes to the new bin");
    let mut counter = Counter::new();
    counter.scan(plain(7)).scan(Read::Bin(bin(2))).scan(plain(8));
    let effects = counter.visit.answer_no();
    counter.run(effects);
    assert_eq!(counter.quantities().len(), 2, "the scan stays here");
}

#[test]
fn leaving_a_bin_with_nothing_counted_does_not_call_it_empty() {
    let mut counter = Counter::new();
    counter.scan(Read::Bin(bin(2))).yes();
    assert_eq!(counter.written, [EventKind::SheetClosed { location_done: false }]);
    assert_eq!(counter.left, Some((Ending::Left, Some(bin(2)), 0)));
}

#[test]
fn the_same_bin_again_changes_nothing() {
    let mut counter = Counter::new();
    counter.scan(Read::Bin(bin(1)));
    assert_eq!((counter.visit.say.clone(), counter.written.len()), (Some(Say::SameBin), 0));
}

#[test]
fn a_recount_shows_what_to_count_and_nothing_of_before() {
    let key = |n| ItemKey::untracked(ItemId(n));
    let mut counter = Counter::recounting(vec![key(7), key(8)]);
    assert_eq!(counter.quantities(), [(7, None), (8, None)]);
    counter.scan(plain(7)).done();
    assert_eq!(counter.visit.prompt, Some(Prompt::Missing(1)));
    counter.yes();
    assert!(counter.written.contains(&EventKind::Keyed { key: key(8), quantity: Quantity::ZERO }), "said, not implied");
    assert_eq!(counter.left, Some((Ending::Done, None, 0)));
}

#[test]
fn a_wanted_line_can_be_tapped_and_keyed_without_a_scan() {
    let key = ItemKey::untracked(ItemId(7));
    let mut counter = Counter::recounting(vec![key.clone()]);
    counter.visit.select(key.clone());
    counter.key("0");
    assert_eq!(counter.written, [EventKind::Keyed { key, quantity: Quantity::ZERO }]);
}

#[test]
fn a_skip_says_why_and_ends_the_visit() {
    let mut counter = Counter::new();
    counter.visit.cannot();
    let effects = counter.visit.skip(SkipReason::Blocked);
    counter.run(effects);
    assert!(matches!(&counter.written[0], EventKind::LocationSkipped { reason: SkipReason::Blocked, .. }));
    assert_eq!(counter.left, Some((Ending::Skipped, None, 0)));
}

#[test]
fn what_the_disk_refuses_stays_on_the_screen_and_the_bin_stays_open() {
    let mut counter = Counter::new();
    counter.disk_works = false;
    counter.scan(plain(7));
    assert_eq!(counter.tones, [Tone::Item, Tone::NotSaved]);
    let line = counter.visit.line_in_hand().unwrap();
    assert_eq!((line.quantity, line.fate), (Some(units(1)), Fate::NotSaved));
    counter.scan(unknown("X1"));
    assert_eq!(counter.visit.unknown()[0].fate, Fate::NotSaved);
    assert!(counter.visit.has_unsaved());
    counter.undo();
    assert_eq!(counter.quantities(), [(7, Some(units(1)))], "it has no name on the disk that could be taken back");
    counter.done();
    assert_eq!(counter.left, None);
    counter.visit.entries.retried();
    assert!(!counter.visit.has_unsaved());
}

#[test]
fn a_number_on_its_way_to_the_disk_is_marked_so() {
    let mut visit = Visit::new(bin(1), None);
    visit.scan(plain(7));
    assert_eq!(visit.line_in_hand().unwrap().fate, Fate::Waiting);
    visit.saved(Ticket(0), EventId::from_parts(1, &[1; 10]));
    assert_eq!(visit.line_in_hand().unwrap().fate, Fate::Saved);
}

#[test]
fn a_sheet_comes_back_exactly_as_it_was() {
    let mut counter = Counter::new();
    counter.scan(pack(7, 12)).scan(plain(8)).scan(unknown("X1")).undo();
    counter.visit.select(ItemKey::untracked(ItemId(7)));
    counter.visit.press('4');
    let events = counter.visit.entries.all().iter().map(|entry| (entry.id, entry.kind.clone())).collect();
    let text = serde_json::to_string(&counter.visit.draft()).unwrap();
    let draft: Draft = serde_json::from_str(&text).unwrap();
    let items = counter.visit.items.values().cloned().collect();
    let back = Visit::new(bin(1), None).restored(events, items, draft);
    assert_eq!(back.lines(), counter.visit.lines());
    assert_eq!((back.keypad.text(), back.unknown().len()), ("4", 0));
    assert_eq!(back.line_in_hand(), counter.visit.line_in_hand());
}

#[test]
fn a_half_typed_lot_comes_back_with_its_question_and_goes_with_it() {
    let mut counter = Counter::new();
    counter.scan(tracked(5, Tracking::Lot, None, None));
    counter.visit.typed = "LOT-7".into();
    let text = serde_json::to_string(&counter.visit.draft()).unwrap();
    let draft: Draft = serde_json::from_str(&text).unwrap();
    let mut back = Visit::new(bin(1), None).restored(vec![], vec![], draft);
    assert_eq!((back.typed.as_str(), back.prompt.clone()), ("LOT-7", counter.visit.prompt.clone()));
    back.answer_text("LOT-7");
    assert_eq!(back.line_in_hand().map(|line| line.item.sku), Some("SKU-5".into()), "it is not shown by its number");
    let effects = counter.visit.answer_text("LOT-7");
    counter.run(effects);
    counter.scan(tracked(6, Tracking::Lot, None, None));
    assert_eq!(counter.visit.typed, "", "the next question begins empty");
}

#[test]
fn an_item_without_a_barcode_is_picked_and_its_number_keyed() {
    let mut counter = Counter::new();
    counter.visit.find();
    let found = vec![item(4, Tracking::None)];
    let hits = counter.visit.hits("thing", found);
    let effects = counter.visit.pick(hits[0].clone());
    counter.run(effects);
    assert!(counter.written.is_empty(), "picking counts nothing");
    assert_eq!(counter.visit.line_in_hand().unwrap().item.sku, "SKU-4");
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

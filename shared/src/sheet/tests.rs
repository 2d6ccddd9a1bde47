//! Folding: tables of small visits, and what holds for all of them.

use super::*;
use crate::{
    event::{CaptureTime, EVENT_VERSION},
    id::ItemId,
};
use proptest::prelude::*;
use uuid::Uuid;

const MARIA: PersonId = PersonId(7);

fn id(seq: u64) -> EventId {
    EventId(Uuid::from_u128(u128::from(seq)))
}

/// Entry number `seq`, made at second `seq`, sure to a tenth of a second.
fn event(seq: u64, kind: EventKind) -> (u64, Event) {
    let wall_ms = i64::try_from(seq).expect("small") * 1_000;
    let at = CaptureTime { wall_ms, offset_ms: 0, uncertainty_ms: 100 };
    (seq, Event { v: EVENT_VERSION, id: id(seq), actor: MARIA, sheet: None, at, kind })
}

fn units(text: &str) -> Quantity {
    text.parse().expect("number")
}
fn item(number: i64) -> ItemKey {
    ItemKey::untracked(ItemId(number))
}
fn scan(number: i64, quantity: &str) -> EventKind {
    EventKind::Scanned { raw: number.to_string(), key: item(number), quantity: units(quantity), expiry: None }
}
fn keyed(number: i64, quantity: &str) -> EventKind {
    EventKind::Keyed { key: item(number), quantity: units(quantity) }
}
fn serial(serial: &str) -> ItemKey {
    ItemKey { serial: serial.into(), ..item(9) }
}
fn scan_serial(number: &str) -> EventKind {
    EventKind::Scanned { raw: number.into(), key: serial(number), quantity: units("1"), expiry: None }
}
fn unknown(raw: &str) -> EventKind {
    EventKind::UnknownBarcode { raw: raw.into(), quantity: units("1") }
}
fn undo(seq: u64) -> EventKind {
    EventKind::Undone { event: id(seq) }
}
const DONE: EventKind = EventKind::SheetClosed { location_done: true };

/// A lead has said that `case` is twelve of item 1.
fn named(raw: &str) -> Option<Named> {
    (raw == "case").then(|| Named { key: item(1), pack_factor: units("12") })
}

fn folded(kinds: Vec<EventKind>) -> FoldedSheet {
    let events: Vec<(u64, Event)> = (1..).zip(kinds).map(|(seq, kind)| event(seq, kind)).collect();
    fold(events.iter().map(|(seq, event)| (*seq, event)), &named)
}

fn told(sheet: &FoldedSheet) -> String {
    let mut words: Vec<String> = Vec::new();
    let name = |key: &ItemKey| if key.serial.is_empty() { key.item.to_string() } else { key.serial.clone() };
    words.extend(sheet.lines.iter().map(|(key, line)| format!("{}={}", name(key), line.quantity)));
    words.extend(sheet.broken.iter().map(|(key, fault)| format!("{}={fault:?}", name(key))));
    words.extend(sheet.unknown.iter().map(|(raw, code)| format!("?{raw}={}", code.quantity)));
    words.extend(sheet.confirmed_empty.then(|| "empty".into()));
    words.extend(sheet.closed.map(|close| if close.location_done { "done".into() } else { "part".into() }));
    words.extend(sheet.odd.iter().map(|(seq, code)| format!("{seq}:{code}")));
    words.join(" ")
}

fn check(kinds: Vec<EventKind>, expected: &str) {
    let words = format!("{kinds:?}");
    assert_eq!(told(&folded(kinds)), expected, "{words}");
}

#[test]
fn a_scan_adds_and_a_keyed_quantity_replaces() {
    check(vec![scan(1, "1"), scan(1, "12"), scan(2, "1"), DONE], "1=13 2=1 done");
    check(vec![scan(1, "1"), keyed(1, "40"), scan(1, "1")], "1=41");
    check(vec![scan(1, "0.25"), scan(1, "0.5")], "1=0.75");
    check(vec![], "");
}

#[test]
fn counted_zero_and_not_counted_are_never_the_same() {
    check(vec![keyed(1, "0"), DONE], "1=0 done");
    check(vec![scan(1, "1"), undo(1), DONE], "done");
    check(vec![scan(1, "1"), keyed(1, "0"), undo(2), DONE], "1=1 done");
}

#[test]
fn an_undo_takes_back_one_entry_and_an_undo_of_an_undo_restores_it() {
    check(vec![scan(1, "1"), scan(1, "1"), undo(1)], "1=1");
    check(vec![scan(1, "5"), keyed(1, "2"), undo(2)], "1=5");
    check(vec![scan(1, "5"), undo(1), undo(2)], "1=5");
    check(vec![scan(1, "5"), undo(1), undo(2), undo(3)], "");
    check(vec![scan(1, "5"), undo(1), undo(1)], "2:undone_twice");
    check(vec![scan(1, "5"), undo(77)], "1=5 2:undo_unknown");
    check(vec![undo(2), scan(1, "5")], "1=5 1:undo_not_possible");
    check(vec![scan(1, "5"), DONE, undo(1)], "1=5 done 3:after_close");
}

#[test]
fn a_serial_counts_once_however_often_it_is_scanned() {
    check(vec![scan_serial("S1"), scan_serial("S1"), scan_serial("S2")], "S1=1 S2=1");
    check(vec![scan_serial("S1"), scan_serial("S1"), undo(2)], "S1=1");
    check(vec![scan_serial("S1"), EventKind::Keyed { key: serial("S1"), quantity: units("0") }], "S1=0");
    check(vec![EventKind::Keyed { key: serial("S1"), quantity: units("2") }], "S1=SerialQuantity");
}

#[test]
fn a_line_without_a_total_is_neither_zero_nor_missing() {
    let largest = "9223372036854.775807";
    check(vec![keyed(1, largest), scan(1, "1")], "1=Overflow");
    check(vec![keyed(1, largest), scan(1, "1"), scan(2, "1")], "2=1 1=Overflow");
    check(vec![keyed(1, largest), scan(1, "1"), keyed(1, "3")], "1=3");
    check(vec![keyed(1, largest), scan(1, "1"), undo(1)], "1=1");
    check(vec![keyed(1, "-1")], "1=Negative");
    check(vec![scan(1, "0")], "1=Negative");
    check(vec![scan(1, "-1"), scan(1, "3")], "1=Negative");
    let case = |quantity: &str| EventKind::UnknownBarcode { raw: "case".into(), quantity: units(quantity) };
    check(vec![case(largest)], "1=Overflow");
}

#[test]
fn what_a_person_says_of_a_pack_waits_with_its_barcode_and_counts_nothing() {
    let says = |units_in: &str| EventKind::PackProposed {
        raw: "carton".into(),
        item: ItemId(7),
        pack_factor: units(units_in),
    };
    let sheet = folded(vec![says("6"), says("12"), unknown("carton")]);
    assert_eq!(sheet.proposed.get("carton"), Some(&(ItemId(7), units("12"))), "the last word holds");
    assert!(sheet.lines.is_empty() && sheet.unknown.contains_key("carton"));
    let sheet = folded(vec![says("0")]);
    assert!(sheet.proposed.is_empty() && sheet.odd.iter().any(|(_, code)| *code == "pack_of_nothing"));
}

#[test]
fn an_unknown_barcode_waits_with_its_quantity_and_naming_it_counts_it_in_its_place() {
    check(vec![unknown("X"), unknown("X"), unknown("Y"), scan(1, "1"), DONE], "1=1 ?X=2 ?Y=1 done");
    check(vec![unknown("case"), scan(1, "1"), unknown("X")], "1=13 ?X=1");
    check(vec![unknown("case"), keyed(1, "5")], "1=5");
    check(vec![keyed(1, "5"), unknown("case")], "1=17");
    check(vec![unknown("X"), undo(1)], "");
}

#[test]
fn a_bin_is_empty_only_when_somebody_says_so_and_nothing_contradicts() {
    check(vec![EventKind::ConfirmedEmpty, DONE], "empty done");
    check(vec![keyed(1, "0"), EventKind::ConfirmedEmpty, DONE], "1=0 empty done");
    check(vec![EventKind::ConfirmedEmpty, scan(1, "1"), DONE], "1=1 done 1:empty_but_counted");
    check(vec![unknown("X"), EventKind::ConfirmedEmpty, DONE], "?X=1 done 2:empty_but_counted");
    check(vec![EventKind::ConfirmedEmpty, undo(1), DONE], "done");
}

#[test]
fn entries_after_the_closing_are_kept_as_odd_and_change_nothing() {
    check(vec![scan(1, "1"), DONE, scan(1, "1"), DONE], "1=1 done 3:after_close 4:after_close");
}

#[test]
fn a_line_holds_the_instants_of_its_first_and_last_entry() {
    let sheet = folded(vec![scan(1, "1"), scan(2, "1"), scan(1, "1"), DONE]);
    let line = sheet.lines[&item(1)];
    assert_eq!(line.first, Window { from: Moment(900), to: Moment(1_100) });
    assert_eq!(line.at, Moment(3_000));
    let closed = sheet.closed.expect("closed").at;
    assert_eq!(line.window(closed), Window { from: Moment(900), to: Moment(4_100) });
    assert_eq!(sheet.people, BTreeSet::from([MARIA]));
}

#[test]
fn a_clock_that_jumps_back_never_makes_a_window_without_its_scan() {
    let (_, early) = event(1, scan(1, "1"));
    let (_, mut late) = event(2, DONE);
    late.at.wall_ms = 10;
    let sheet = fold([(1, &early), (2, &late)], &named);
    let line = sheet.lines[&item(1)];
    assert!(line.window(sheet.closed.expect("closed").at).contains(line.at));
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        4 => (1_i64..4, 1_i64..20).prop_map(|(number, quantity)| scan(number, &quantity.to_string())),
        2 => (1_i64..4, -1_i64..20).prop_map(|(number, quantity)| keyed(number, &quantity.to_string())),
        3 => (1_u64..12).prop_map(undo),
        1 => prop_oneof![Just("X"), Just("case")].prop_map(unknown),
        1 => prop_oneof![Just("S1"), Just("S2")].prop_map(scan_serial),
        1 => Just(EventKind::ConfirmedEmpty),
        1 => any::<bool>().prop_map(|location_done| EventKind::SheetClosed { location_done }),
    ]
}

proptest! {
    #[test]
    fn a_sheet_folds_the_same_for_every_order_and_repetition_of_arrival(
        kinds in proptest::collection::vec(any_kind(), 0..12),
        again in proptest::collection::vec(0_usize..12, 0..8),
        seed in any::<u64>(),
    ) {
        let events: Vec<(u64, Event)> = (1..).zip(kinds).map(|(seq, kind)| event(seq, kind)).collect();
        let mut arrived: Vec<&(u64, Event)> = events.iter().collect();
        arrived.extend(again.into_iter().filter_map(|place| events.get(place)));
        arrived.sort_by_key(|(seq, _)| (seq ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let in_order = fold(events.iter().map(|(seq, event)| (*seq, event)), &named);
        prop_assert_eq!(in_order, fold(arrived.into_iter().map(|(seq, event)| (*seq, event)), &named));
    }

    /// Said once more, differently: an entry counts unless a later undo that counts names it.
    #[test]
    fn what_is_taken_back_is_as_if_it_had_never_been(kinds in proptest::collection::vec(any_kind(), 0..12)) {
        let end = kinds.iter().position(|kind| matches!(kind, EventKind::SheetClosed { .. })).map_or(kinds.len(), |end| end + 1);
        let kinds = &kinds[..end];
        fn counts(kinds: &[EventKind], place: usize) -> bool {
            matches!(kinds[place], EventKind::SheetClosed { .. }) || !(place + 1..kinds.len()).any(|later| {
                let names = matches!(kinds[later], EventKind::Undone { event } if event == id(u64::try_from(place + 1).expect("small")));
                names && counts(kinds, later)
            })
        }
        let kept = (0..kinds.len()).filter(|place| counts(kinds, *place) && !matches!(kinds[*place], EventKind::Undone { .. }));
        let events: Vec<_> = kept.map(|place| event(u64::try_from(place + 1).expect("small"), kinds[place].clone())).collect();
        let without = fold(events.iter().map(|(seq, event)| (*seq, event)), &named);
        let with = folded(kinds.to_vec());
        prop_assert_eq!((with.lines, with.broken, with.unknown, with.closed), (without.lines, without.broken, without.unknown, without.closed));
    }
}

//! How a visit ends: empty, done, skipped, left for another bin.

use super::{Counter, bin, plain, units};
use crate::part::tone::Tone;
use crate::screen::handheld::count::{
    model::{Ending, Read},
    prompt::{Prompt, Say},
};
use shared::{
    event::{EventKind, SkipReason},
    id::ItemId,
    key::ItemKey,
    quantity::Quantity,
};

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

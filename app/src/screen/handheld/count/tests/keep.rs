//! What the disk refuses, and a sheet that comes back.

use super::{Counter, bin, pack, plain, tracked, units, unknown};
use crate::part::tone::Tone;
use crate::screen::handheld::count::{
    entry::{Fate, Ticket},
    model::{Draft, Visit},
};
use shared::{
    id::{EventId, ItemId},
    item::Tracking,
    key::ItemKey,
};

#[test]
fn what_the_disk_refuses_stays_on_the_screen_and_the_bin_stays_open() {
    let mut counter = Counter::new();
    counter.disk_works = false;
    counter.scan(plain(7));
    assert_eq!(counter.tones, [Tone::Item, Tone::NotSaved]);
    let line = counter.visit.line_in_hand(&counter.visit.lines()).unwrap();
    assert_eq!((line.quantity, counter.visit.fates().get(&line.key)), (Some(units(1)), Some(&Fate::NotSaved)));
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
    assert_eq!(visit.fates().into_values().collect::<Vec<_>>(), [Fate::Waiting]);
    visit.saved(Ticket(0), EventId::from_parts(1, &[1; 10]));
    assert!(visit.fates().is_empty(), "on the disk");
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
    assert_eq!(back.line_in_hand(&back.lines()), counter.visit.line_in_hand(&counter.visit.lines()));
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
    assert_eq!(
        back.line_in_hand(&back.lines()).map(|line| line.item.sku),
        Some("SKU-5".into()),
        "it is not shown by its number"
    );
    let effects = counter.visit.answer_text("LOT-7");
    counter.run(effects);
    counter.scan(tracked(6, Tracking::Lot, None, None));
    assert_eq!(counter.visit.typed, "", "the next question begins empty");
}

//! A handheld leaves a log for a new one while somebody is in the middle of a visit: the visit goes on there.

use crate::{
    handheld::Handheld,
    warehouse::{BIN, BOLT, MARIA, SUSAN, Warehouse},
};
use shared::{
    event::{EventKind, Verified},
    mark::MarkDecision,
};

impl Warehouse {
    /// What counts of bolts, and the codes of what is marked.
    fn outcome(&self) -> (Vec<String>, Vec<String>) {
        self.verify();
        let lines = self.rows("SELECT quantity_micro / 1000000 FROM sheet_line WHERE item_id = 1");
        (lines, self.rows("SELECT code FROM mark ORDER BY position"))
    }
}

fn outcome(lines: &[&str], marks: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    (owned(lines), owned(marks))
}

/// A visit with two scans, and the same handheld in a new log with the visit so far, two more scans and the closing.
fn left_in_the_middle() -> (Handheld, Handheld) {
    let mut first = Handheld::new(1);
    let sheet = first.open(MARIA, BIN, None);
    first.scan(MARIA, sheet, BOLT);
    first.scan(MARIA, sheet, BOLT);
    let mut second = first.left(0..3);
    second.scan(MARIA, sheet, BOLT);
    second.scan(MARIA, sheet, BOLT);
    second.close(MARIA, sheet);
    (first, second)
}

#[test]
fn a_visit_goes_on_in_the_new_log_in_whatever_order_the_two_arrive() {
    let (first, second) = left_in_the_middle();
    let orders: [&[(&Handheld, u64, u64)]; 6] = [
        &[(&first, 1, 3), (&second, 1, 6)],
        &[(&second, 1, 6), (&first, 1, 3)],
        &[(&first, 1, 1), (&second, 1, 6), (&first, 2, 3)],
        &[(&second, 1, 2), (&first, 1, 3), (&second, 3, 6)],
        &[(&first, 1, 2), (&second, 1, 4), (&first, 3, 3), (&second, 5, 6)],
        &[(&first, 1, 3), (&second, 1, 4), (&second, 4, 6), (&first, 1, 3)],
    ];
    for (number, order) in orders.into_iter().enumerate() {
        let warehouse = Warehouse::new();
        for (handheld, from, to) in order {
            warehouse.push(handheld.device, handheld.request(*from, *to)).expect("it is taken");
        }
        assert_eq!(warehouse.outcome(), outcome(&["4"], &[]), "order {number}");
    }
}

#[test]
fn a_visit_may_be_carried_twice() {
    let warehouse = Warehouse::new();
    let mut first = Handheld::new(1);
    let sheet = first.open(MARIA, BIN, None);
    first.scan(MARIA, sheet, BOLT);
    let mut second = first.left(0..2);
    second.scan(MARIA, sheet, BOLT);
    let mut third = second.left(0..3);
    third.scan(MARIA, sheet, BOLT);
    third.close(MARIA, sheet);
    for handheld in [&first, &second, &third] {
        handheld.push(&warehouse);
    }
    assert_eq!(warehouse.outcome(), outcome(&["3"], &[]));
}

#[test]
fn entries_that_the_handheld_no_longer_knew_of_are_put_before_a_person_and_nothing_is_guessed() {
    let (mut first, second) = left_in_the_middle();
    let sheet = shared::event::upcast::read(first.events[0].body.as_bytes()).unwrap().sheet.unwrap();
    first.scan(MARIA, sheet, BOLT);
    // the server had it: what goes on without it is not put together with it
    let warehouse = Warehouse::new();
    first.push(&warehouse);
    second.push(&warehouse);
    assert_eq!(warehouse.outcome(), outcome(&[], &["other_log"; 3]));
    // it comes when the visit has gone on without it: it is the one that is marked
    let warehouse = Warehouse::new();
    warehouse.push(first.device, first.request(1, 3)).expect("it is taken");
    warehouse.push(second.device, second.request(1, 4)).expect("it is taken");
    first.push(&warehouse);
    second.push(&warehouse);
    assert_eq!(warehouse.outcome(), outcome(&["4"], &["other_log"]));
}

#[test]
fn what_another_handheld_goes_on_with_is_its_own() {
    let (first, mut second) = left_in_the_middle();
    second.device = shared::id::DeviceId(2);
    let warehouse = Warehouse::new();
    first.push(&warehouse);
    second.push(&warehouse);
    let (lines, marks) = warehouse.outcome();
    assert_eq!((lines.len(), marks.contains(&"other_log".to_owned())), (0, true), "{marks:?}");
}

#[test]
fn no_order_of_single_entries_changes_what_counts() {
    let (first, second) = left_in_the_middle();
    // which three of nine pushes are those of the first log: every fourth of the 84 ways
    for chosen in (0_u32..1 << 9).filter(|chosen| chosen.count_ones() == 3).step_by(4) {
        let warehouse = Warehouse::new();
        let (mut of_first, mut of_second) = (1..=3, 1..=6);
        for push in 0..9 {
            let is_first = chosen & (1 << push) != 0;
            let (handheld, next) = if is_first { (&first, of_first.next()) } else { (&second, of_second.next()) };
            let seq = next.expect("as many as there are");
            warehouse.push(handheld.device, handheld.request(seq, seq)).expect("it is taken");
        }
        let lines = warehouse.rows("SELECT quantity_micro / 1000000 FROM sheet_line WHERE item_id = 1");
        assert_eq!((lines, warehouse.number("SELECT count(*) FROM mark")), (vec!["4".to_owned()], 0), "{chosen:b}");
    }
}

#[test]
fn a_visit_that_was_not_theirs_is_set_aside_also_where_the_new_log_came_first() {
    let mut first = Handheld::new(1);
    first.write(MARIA, None, EventKind::Unlocked { verified: Verified::Unverified });
    let sheet = first.open(MARIA, BIN, None);
    first.scan(MARIA, sheet, BOLT);
    let mut second = first.left(1..3);
    second.close(MARIA, sheet);
    for order in [[&first, &second], [&second, &first]] {
        let warehouse = Warehouse::new();
        for handheld in order {
            handheld.push(&warehouse);
        }
        let row = warehouse.marks().remove(0);
        assert_eq!(row.code, "unverified");
        warehouse.decide(SUSAN, &row, MarkDecision::NotTheirs).unwrap();
        assert_eq!(warehouse.rows("SELECT set_aside FROM sheet"), ["1"]);
        warehouse.verify();
    }
}

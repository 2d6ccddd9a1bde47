//! Marked events: listed in groups, and what people decide about them. Whatever is decided, the event stays, and the
//! projections can be rebuilt.

use crate::{handheld::Handheld, warehouse::*};
use server::{
    action::{
        Doer,
        decide_marks::{decide_marks, read_again},
        push::push,
    },
    read,
};
use shared::{
    api::mark::{DecideMarks, MarkRow, MarksDecided},
    event::{EventKind, Verified},
    fact::{Assignee, Fact},
    id::{EventId, ItemId, LocationId, PersonId},
    item::{Item, Tracking},
    location::{Location, LocationKind},
    mark::{MarkDecision, MarkState},
    sync::{message::Mark, receive::Odd},
};
use uuid::Uuid;

const NEW_BIN: LocationId = LocationId(99);
const NEW_ITEM: ItemId = ItemId(98);
const LINES: &str = "SELECT item_id, quantity_micro FROM sheet_line ORDER BY item_id";

impl Warehouse {
    pub fn marks(&self) -> Vec<MarkRow> {
        self.store().read_blocking(|tx| read::mark::list(tx, SITE)).expect("the list")
    }
    pub fn decide(&self, who: PersonId, row: &MarkRow, decision: MarkDecision) -> Result<MarksDecided, String> {
        let request = DecideMarks { log: row.log, seqs: row.seqs.clone(), decision, reason: "asked her".into() };
        self.store()
            .write_blocking(move |tx| decide_marks(tx, &Doer::desk(SITE, who), &request))
            .map_err(|failure| code(&failure))
    }
    fn add_bin(&self) {
        let row = Location {
            id: NEW_BIN,
            code: "A-01-99".into(),
            barcode: "A-01-99".into(),
            zone: "A".into(),
            aisle: "1".into(),
            bay: "99".into(),
            level: String::new(),
            kind: LocationKind::Pick,
            walk_order: 99,
        };
        self.facts(SITE, vec![Fact::LocationsRecorded { rows: vec![row] }]);
    }
    fn add_item(&self) {
        let row = Item {
            id: NEW_ITEM,
            sku: "NEW".into(),
            description: "new".into(),
            unit: "EA".into(),
            unit_cost: None,
            category: String::new(),
            abc: String::new(),
            tracking: Tracking::None,
            barcodes: Vec::new(),
        };
        self.facts(SITE, vec![Fact::ItemsRecorded { rows: vec![row] }]);
    }
}

#[test]
fn a_visit_to_a_bin_nobody_knew_counts_once_the_bin_is_there_and_somebody_lets_it() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, NEW_BIN, None, &[(BOLT, "3"), (GLOVE, "1")]);
    handheld.push(&warehouse);
    let rows = warehouse.marks();
    assert_eq!(rows.len(), 1, "a visit is one thing to decide: {rows:#?}");
    let row = &rows[0];
    assert_eq!(
        (row.mark, row.code.as_str(), row.seqs.as_slice()),
        (Mark::Quarantined, "unknown_location", &[1, 2, 3, 4][..])
    );
    assert_eq!(row.what, "1 visit begun, 2 entries, 1 visit closed");
    assert_eq!(
        (row.person_name.as_str(), row.device_name.as_str(), row.bins.as_slice()),
        ("maria", "H-01", &["number 99".to_owned()][..])
    );
    // too early: it stays listed
    assert_eq!(warehouse.decide(SUSAN, row, MarkDecision::Release), Ok(MarksDecided { decided: 4, unfit: 4 }));
    assert_eq!(warehouse.marks()[0].state, MarkState::Open);
    warehouse.add_bin();
    assert_eq!(warehouse.decide(SUSAN, row, MarkDecision::Release), Ok(MarksDecided { decided: 4, unfit: 0 }));
    assert_eq!(warehouse.rows(LINES), ["1|3000000", "2|1000000"]);
    let after = &warehouse.marks()[0];
    assert_eq!((after.state, after.decided_by.as_str()), (MarkState::Released, "susan"));
    assert!(after.offers.is_empty());
    // what still comes of it is as welcome as any
    handheld.visit(MARIA, NEW_BIN, None, &[(BOLT, "4")]);
    assert!(handheld.push(&warehouse).notes.is_empty());
    warehouse.verify();
}

#[test]
fn an_entry_of_an_item_nobody_knew_joins_its_closed_visit_at_its_own_place() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    let sheet = handheld.open(MARIA, BIN, None);
    handheld.key(MARIA, sheet, NEW_ITEM, "7");
    handheld.key(MARIA, sheet, BOLT, "2");
    handheld.key(MARIA, sheet, NEW_ITEM, "8");
    handheld.close(MARIA, sheet);
    handheld.push(&warehouse);
    assert_eq!(warehouse.rows(LINES), ["1|2000000"]);
    warehouse.add_item();
    let row = warehouse.marks().remove(0);
    assert_eq!((row.code.as_str(), row.seqs.as_slice()), ("unknown_item", &[2, 4][..]));
    assert_eq!(warehouse.decide(SUSAN, &row, MarkDecision::Release), Ok(MarksDecided { decided: 2, unfit: 0 }));
    assert_eq!(warehouse.rows(LINES), ["1|2000000", "98|8000000"], "the last total stands");
    assert_eq!(warehouse.number("SELECT entries FROM sheet"), 3);
    warehouse.verify();
}

#[test]
fn an_entry_let_into_a_visit_that_is_still_open_is_folded_in_the_order_of_the_log() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    let sheet = handheld.open(MARIA, BIN, None);
    handheld.key(MARIA, sheet, NEW_ITEM, "7");
    handheld.push(&warehouse);
    warehouse.add_item();
    handheld.key(MARIA, sheet, NEW_ITEM, "9");
    handheld.push(&warehouse);
    let row = warehouse.marks().remove(0);
    warehouse.decide(SUSAN, &row, MarkDecision::Release).unwrap();
    handheld.close(MARIA, sheet);
    handheld.push(&warehouse);
    assert_eq!(warehouse.rows(LINES), ["98|9000000"], "the earlier total, let in later, replaces nothing");
    warehouse.verify();
}

#[test]
fn what_a_revoked_handheld_handed_in_counts_once_somebody_lets_it() {
    let warehouse = Warehouse::new();
    let (_, task) = warehouse.count(Assignee::Pool);
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    handheld.visit(JONAS, OTHER_BIN, None, &[]);
    warehouse.facts(SITE, vec![Fact::DeviceRevoked { device: handheld.device }]);
    handheld.push(&warehouse);
    let rows = warehouse.marks();
    assert_eq!(rows.len(), 2, "each person is decided about: {rows:#?}");
    let maria = rows.iter().find(|row| row.person == Some(MARIA)).unwrap();
    assert_eq!(warehouse.decide(SUSAN, maria, MarkDecision::Release), Ok(MarksDecided { decided: 3, unfit: 0 }));
    assert_eq!(warehouse.rows(LINES), ["1|3000000"]);
    assert_eq!(warehouse.text(&format!("SELECT state FROM task WHERE task_id = {task}")), "counted");
    let jonas = rows.iter().find(|row| row.person == Some(JONAS)).unwrap();
    assert_eq!(warehouse.decide(SUSAN, jonas, MarkDecision::Dismiss), Ok(MarksDecided { decided: 2, unfit: 0 }));
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet"), 1);
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'event'"), 5, "nothing is deleted");
    warehouse.verify();
}

#[test]
fn counts_of_somebody_without_a_role_stand_until_somebody_says_that_they_are_not_theirs() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Pool);
    let state = format!("SELECT state FROM task WHERE task_id = {task}");
    let mut handheld = Handheld::new(1);
    handheld.visit(SECOND, BIN, Some((task, count)), &[(BOLT, "3")]);
    handheld.push(&warehouse);
    assert_eq!((warehouse.text(&state).as_str(), warehouse.discrepancy(BOLT).0.as_str()), ("counted", "recounting"));
    let row = warehouse.marks().remove(0);
    assert_eq!((row.mark, row.code.as_str()), (Mark::NeedsConfirm, "actor_not_counter"));
    warehouse.decide(SUSAN, &row, MarkDecision::NotTheirs).unwrap();
    assert_eq!(warehouse.text(&state), "open", "it is still to be counted");
    assert_eq!(
        warehouse.number("SELECT count(*) FROM discrepancy") + warehouse.number("SELECT count(*) FROM variance"),
        0
    );
    assert_eq!(warehouse.rows("SELECT set_aside, entries FROM sheet"), ["1|1"], "it stays as evidence");
    // somebody else counts it, as if it had never been counted
    let mut other = Handheld::new(2);
    other.visit(MARIA, BIN, Some((task, count)), &[(BOLT, "10")]);
    other.push(&warehouse);
    assert_eq!(warehouse.text(&state), "counted");
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0);
    warehouse.verify();
}

#[test]
fn confirming_somebody_changes_nothing_but_the_record_and_nobody_confirms_themselves() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(SUSAN, BIN, None, &[(BOLT, "3")]);
    handheld.push(&warehouse);
    let row = warehouse.marks().remove(0);
    assert_eq!(warehouse.decide(SUSAN, &row, MarkDecision::Confirm), Err("own_events".into()));
    assert_eq!(warehouse.decide(SECOND, &row, MarkDecision::Release), Err("decision_unfit".into()));
    let nowhere = MarkRow { log: shared::id::LogId(Uuid::from_u128(3)), ..row.clone() };
    assert_eq!(warehouse.decide(SECOND, &nowhere, MarkDecision::Confirm), Err("not_found".into()));
    assert_eq!(warehouse.decide(SECOND, &row, MarkDecision::Confirm), Ok(MarksDecided { decided: 3, unfit: 0 }));
    let facts = warehouse.number("SELECT count(*) FROM fact");
    assert_eq!(warehouse.decide(SECOND, &row, MarkDecision::NotTheirs), Ok(MarksDecided { decided: 0, unfit: 0 }));
    assert_eq!(warehouse.number("SELECT count(*) FROM fact"), facts, "what is decided stays decided");
    assert_eq!(warehouse.rows(LINES), ["1|3000000"]);
    assert_eq!(warehouse.marks()[0].state, MarkState::Confirmed);
    warehouse.verify();
}

#[test]
fn a_take_over_that_was_not_theirs_sets_their_visits_aside_up_to_the_next_take_over() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "1")]);
    handheld.write(MARIA, None, EventKind::Unlocked { verified: Verified::Unverified });
    handheld.visit(MARIA, OTHER_BIN, None, &[(BOLT, "2")]);
    handheld.write(MARIA, None, EventKind::Unlocked { verified: Verified::Password });
    handheld.visit(MARIA, BIN, None, &[(GLOVE, "3")]);
    handheld.push(&warehouse);
    let row = warehouse.marks().remove(0);
    assert_eq!((row.code.as_str(), row.what.as_str()), ("unverified", "1 handheld taken"));
    warehouse.decide(SUSAN, &row, MarkDecision::NotTheirs).unwrap();
    let aside = "SELECT location_id, set_aside FROM sheet ORDER BY open_seq";
    assert_eq!(warehouse.rows(aside), ["1|0", "2|1", "1|0"]);
    warehouse.verify();
}

#[test]
fn what_was_not_theirs_stays_so_for_what_arrives_after_the_decision_up_to_the_next_take_over() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Pool);
    let mut handheld = Handheld::new(1);
    handheld.write(MARIA, None, EventKind::Unlocked { verified: Verified::Unverified });
    handheld.push(&warehouse);
    let row = warehouse.marks().remove(0);
    warehouse.decide(SUSAN, &row, MarkDecision::NotTheirs).unwrap();
    handheld.visit(MARIA, BIN, Some((task, count)), &[(BOLT, "3")]);
    handheld.push(&warehouse);
    assert_eq!(warehouse.text(&format!("SELECT state FROM task WHERE task_id = {task}")), "open");
    assert_eq!(warehouse.rows("SELECT set_aside, entries FROM sheet"), ["1|1"], "it stays as evidence");
    assert_eq!(warehouse.number("SELECT count(*) FROM location WHERE counted_at IS NOT NULL"), 0);
    assert_eq!(warehouse.number("SELECT count(*) FROM variance"), 0);
    handheld.write(MARIA, None, EventKind::Unlocked { verified: Verified::Password });
    handheld.visit(MARIA, BIN, Some((task, count)), &[(BOLT, "10")]);
    handheld.push(&warehouse);
    assert_eq!(warehouse.rows("SELECT set_aside FROM sheet ORDER BY open_seq"), ["1", "0"]);
    assert_eq!(warehouse.text(&format!("SELECT state FROM task WHERE task_id = {task}")), "counted");
    warehouse.verify();
}

#[test]
fn what_an_older_server_could_not_read_takes_effect_when_a_newer_one_starts() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    let request = handheld.request(1, 3);
    let device = handheld.device;
    // an older server: it understands the first event only
    let mut readings =
        request.events.iter().map(|event| shared::sync::receive::read_body(&event.body, event.id)).collect::<Vec<_>>();
    readings[1] = Err(Odd::UnknownKind);
    readings[2] = Err(Odd::UnknownKind);
    let answer = warehouse.store().write_blocking(move |tx| push(tx, device, &request, readings)).unwrap();
    assert!(answer.notes.iter().all(|note| note.mark == Mark::Deferred), "{:?}", answer.notes);
    assert_eq!(answer.durable.seq, 3);
    warehouse.verify();
    assert_eq!(warehouse.rows("SELECT close_seq FROM sheet"), ["-"]);
    warehouse.at_minute(60);
    assert_eq!(warehouse.store().write_blocking(read_again).unwrap(), 2);
    assert_eq!(warehouse.rows(LINES), ["1|3000000"]);
    assert_eq!(warehouse.store().write_blocking(read_again).unwrap(), 0, "once");
    let row = warehouse.marks().remove(0);
    assert_eq!((row.state, row.decided_by.as_str()), (MarkState::Released, "the server"));
    warehouse.verify();
}

#[test]
fn what_can_never_be_read_is_dismissed_with_a_reason_and_stays() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.write_body(EventId(Uuid::from_u128(7)), "nonsense".into());
    handheld.push(&warehouse);
    let row = warehouse.marks().remove(0);
    assert_eq!((row.person, row.what.as_str()), (None, "1 record that cannot be read"));
    let request =
        DecideMarks { log: row.log, seqs: row.seqs.clone(), decision: MarkDecision::Dismiss, reason: " ".into() };
    let refused = warehouse.store().write_blocking(move |tx| decide_marks(tx, &Doer::desk(SITE, SUSAN), &request));
    assert_eq!(code(&refused.unwrap_err()), "bad_reason");
    warehouse.decide(SUSAN, &row, MarkDecision::Dismiss).unwrap();
    assert_eq!(warehouse.marks()[0].state, MarkState::Dismissed);
    assert_eq!(warehouse.store().read_blocking(|tx| read::mark::count_open(tx, SITE)).unwrap(), 0);
    warehouse.verify();
}

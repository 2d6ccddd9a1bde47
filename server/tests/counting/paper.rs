//! Sheets that were written on paper and typed in at the desk.

use crate::{handheld::Handheld, warehouse::*};
use server::action::{Doer, revoke_device::revoke_device, type_sheet::type_sheet};
use shared::{
    api::paper::{NewPaperSheet, SheetTyped},
    fact::Assignee,
    id::{DeviceId, ItemId, PersonId, TaskId},
    paper::{PaperCode, PaperLine},
};

fn line(item: ItemId, units: &str) -> PaperLine {
    let quantity = quantity(units);
    PaperLine { item: Some(item), written: String::new(), lot: String::new(), serial: String::new(), quantity }
}

/// A sheet written at ten past nine in Berlin, which is ten minutes into the morning.
fn written(task: TaskId, person: PersonId, lines: Vec<PaperLine>) -> NewPaperSheet {
    NewPaperSheet {
        code: PaperCode::new(task, 5).to_string(),
        person,
        written_at: "2026-11-23T09:10".into(),
        uncertainty_minutes: 15,
        is_empty: lines.is_empty(),
        lines,
        location_done: true,
    }
}

fn typed(warehouse: &Warehouse, typist: PersonId, sheet: NewPaperSheet) -> Result<SheetTyped, String> {
    warehouse.desk(typist, move |tx, doer| type_sheet(tx, doer, &sheet)).map_err(|failure| code(&failure))
}

#[test]
fn a_paper_sheet_is_judged_and_recounted_like_any_other_and_whoever_typed_it_does_not_decide() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Person(MARIA));
    warehouse.at_minute(60);
    // Maria wrote two heaps; Susan types them in
    let answer = typed(&warehouse, SUSAN, written(task, MARIA, vec![line(BOLT, "5"), line(BOLT, "3")])).unwrap();
    assert_eq!((answer.location_code.as_str(), answer.counter.as_str(), answer.lines), ("A-01-01", "maria", 2));
    assert_eq!(answer.marks, Vec::<String>::new());
    let minute_ten = MORNING + 10 * MINUTE;
    let sheet = "SELECT person_id, task_id, opened_at, ends_at, location_done FROM sheet";
    assert_eq!(
        warehouse.rows(sheet),
        [format!("{MARIA}|{task}|{minute_ten}|{}|1", minute_ten + 15 * MINUTE)],
        "the counter's, at the written time, as sure as was said"
    );
    let actors = "SELECT DISTINCT actor_id, origin FROM fact WHERE kind = 'event'";
    assert_eq!(warehouse.rows(actors), [format!("{MARIA}|Paper")]);
    let typists = "SELECT actor_id, origin FROM fact WHERE kind = 'paper_sheet_typed'";
    assert_eq!(warehouse.rows(typists), [format!("{SUSAN}|desk")]);

    let (recount, recount_of, chosen) = warehouse.recount(2);
    assert_eq!(recount_of, count);
    let chosen = chosen.expect("somebody else is chosen");
    assert_ne!(chosen, MARIA, "a recount is never given to who counted on paper");
    let mut other = Handheld::new(2);
    other.minute = 50;
    other.visit(chosen, BIN, Some((recount, count)), &[(BOLT, "8")]);
    other.push(&warehouse);
    let (state, id) = warehouse.discrepancy(BOLT);
    assert_eq!(state, "confirmed");
    assert_eq!(warehouse.approve(SUSAN, id), Err("approver_typed".into()));
    assert_eq!(warehouse.approve(MARIA, id), Err("approver_counted".into()));
    warehouse.approve(SECOND, id).unwrap();
    assert_eq!(warehouse.discrepancy(BOLT).0, "posted");
    warehouse.verify();
}

#[test]
fn a_recount_on_paper_counts_as_a_round() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Person(MARIA));
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, Some((task, count)), &[(BOLT, "8")]);
    maria.push(&warehouse);
    let (recount, _, chosen) = warehouse.recount(2);
    warehouse.at_minute(60);
    typed(&warehouse, SUSAN, written(recount, chosen.unwrap(), vec![line(BOLT, "8")])).unwrap();
    let (state, id) = warehouse.discrepancy(BOLT);
    assert_eq!(state, "confirmed");
    assert_eq!(warehouse.approve(SUSAN, id), Err("approver_typed".into()));
    warehouse.verify();
}

#[test]
fn the_same_sheet_is_taken_once_and_the_next_goes_on_with_the_same_log() {
    let warehouse = Warehouse::new();
    let (_, task) = warehouse.count(Assignee::Pool);
    warehouse.at_minute(60);
    typed(&warehouse, SUSAN, written(task, MARIA, vec![line(BOLT, "5")])).unwrap();
    let facts = warehouse.number("SELECT count(*) FROM fact");
    assert_eq!(typed(&warehouse, SECOND, written(task, JONAS, vec![line(BOLT, "5")])), Err("already_typed".into()));
    assert_eq!(warehouse.number("SELECT count(*) FROM fact"), facts, "nothing was kept of the second");
    let other = PaperCode::new(task, 6).to_string();
    let again = NewPaperSheet { code: other, ..written(task, JONAS, vec![line(BOLT, "5")]) };
    typed(&warehouse, SUSAN, again).unwrap();
    assert_eq!(warehouse.number("SELECT count(*) FROM device_log"), 1);
    assert_eq!(warehouse.number("SELECT head_seq FROM device_log"), 6);
    assert_eq!(warehouse.rows("SELECT name FROM device WHERE name LIKE 'Paper%'"), ["Paper"]);
    warehouse.verify();
}

#[test]
fn an_empty_bin_and_an_item_that_nobody_knows_arrive_as_from_a_handheld() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (_, task) = warehouse.count(Assignee::Pool);
    warehouse.at_minute(60);
    typed(&warehouse, SUSAN, written(task, MARIA, Vec::new())).unwrap();
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting", "ten are missing");
    let other = warehouse.number(&format!("SELECT task_id FROM task WHERE location_id = {OTHER_BIN}"));
    let unknown = PaperLine { item: None, written: "BOX 77".into(), ..line(BOLT, "3") };
    typed(&warehouse, SUSAN, written(TaskId(other), MARIA, vec![unknown])).unwrap();
    assert_eq!(warehouse.rows("SELECT barcode, quantity_micro FROM unknown_barcode"), ["BOX 77|3000000"]);
    warehouse.verify();
}

#[test]
fn what_cannot_be_meant_is_refused_while_the_paper_is_at_hand() {
    let warehouse = Warehouse::new();
    let (_, task) = warehouse.count(Assignee::Pool);
    warehouse.at_minute(60);
    let good = || written(task, MARIA, vec![line(BOLT, "5")]);
    let check = |sheet: NewPaperSheet, expected: &str| {
        assert_eq!(typed(&warehouse, SUSAN, sheet), Err(expected.to_owned()));
    };
    check(NewPaperSheet { code: "P-1".into(), ..good() }, "bad_code");
    check(NewPaperSheet { code: PaperCode::new(TaskId(987_654), 1).to_string(), ..good() }, "not_found");
    check(NewPaperSheet { person: PersonId(99), ..good() }, "not_found");
    // half past eleven has not come yet
    check(NewPaperSheet { written_at: "2026-11-23T11:30".into(), ..good() }, "bad_time");
    // the clocks jump over this half hour in Berlin
    check(NewPaperSheet { written_at: "2026-03-29T02:30".into(), ..good() }, "bad_time");
    check(NewPaperSheet { uncertainty_minutes: 0, ..good() }, "bad_time");
    check(NewPaperSheet { lines: vec![line(ItemId(99), "1")], ..good() }, "bad_item");
    check(NewPaperSheet { lines: Vec::new(), ..good() }, "nothing_counted");
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet"), 0);
    // a supervisor may count as well, and is then marked like anybody without the role
    let answer = typed(&warehouse, SUSAN, NewPaperSheet { person: SECOND, ..good() }).unwrap();
    assert_eq!(answer.marks, ["actor_not_counter"]);
    let paper = warehouse.number("SELECT device_id FROM paper_device");
    let doer = Doer::desk(SITE, SUSAN);
    warehouse.store().write_blocking(move |tx| revoke_device(tx, &doer, DeviceId(paper))).unwrap();
    check(NewPaperSheet { code: PaperCode::new(task, 9).to_string(), ..good() }, "paper_closed");
    warehouse.verify();
}

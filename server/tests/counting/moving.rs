//! Stock that moves while it is counted, and movements that are learned late.

use crate::{handheld::Handheld, warehouse::*};
use shared::fact::Assignee;

#[test]
fn a_pick_during_the_count_raises_no_false_variance() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    let sheet = maria.open(MARIA, BIN, None);
    maria.key(MARIA, sheet, BOLT, "10");
    maria.minute = 4;
    maria.close(MARIA, sheet);
    // picked after the scan, before the bin was done
    warehouse.movement(BIN, BOLT, "-3", 2, "pick 1");
    maria.push(&warehouse);
    assert_eq!(warehouse.rows("SELECT kind, variance_micro FROM variance"), ["settled_by_movement|0"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0);
    warehouse.verify();
}

#[test]
fn a_pick_recorded_late_with_an_earlier_time_takes_the_variance_back() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    maria.minute = 5;
    maria.visit(MARIA, BIN, None, &[(BOLT, "7")]);
    maria.push(&warehouse);
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
    warehouse.at_minute(60);
    warehouse.movement(BIN, BOLT, "-3", 1, "pick 1");
    assert_eq!(warehouse.rows("SELECT kind, variance_micro FROM variance"), ["plain|0"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0);
    assert_eq!(warehouse.number("SELECT count(*) FROM task WHERE round = 2 AND state = 'open'"), 0);
    warehouse.verify();
}

#[test]
fn a_clock_that_jumps_in_the_middle_of_a_visit_hides_no_movement() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    warehouse.stock(OTHER_BIN, BOLT, "10");
    warehouse.movement(BIN, BOLT, "-3", 5, "pick 1");
    let mut maria = Handheld::new(1);
    // set back after the opening, and right again at the closing: scanned "before" the pick
    maria.minute = 10;
    let sheet = maria.open(MARIA, BIN, None);
    maria.minute = 2;
    maria.key(MARIA, sheet, BOLT, "10");
    maria.minute = 11;
    maria.close(MARIA, sheet);
    // ahead while scanning, and right again at the closing
    let sheet = maria.open(MARIA, OTHER_BIN, None);
    maria.minute = 30;
    maria.key(MARIA, sheet, BOLT, "7");
    maria.minute = 12;
    maria.close(MARIA, sheet);
    maria.push(&warehouse);
    warehouse.at_minute(60);
    warehouse.movement(OTHER_BIN, BOLT, "-3", 20, "pick 2");
    assert_eq!(
        warehouse.rows("SELECT location_id, kind, variance_micro FROM variance ORDER BY 1"),
        ["1|settled_by_movement|0", "2|settled_by_movement|0"]
    );
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0);
    warehouse.verify();
}

#[test]
fn a_count_with_a_movement_in_its_window_that_explains_nothing_is_never_posted_by_itself() {
    let warehouse = Warehouse::new();
    let wide = shared::policy::Limits { units_short: Some(quantity("100")), ..Default::default() };
    let rule = shared::policy::ToleranceRule {
        scope: shared::policy::RuleScope::Site,
        recount: wide,
        approve: wide,
        alert: None,
        found_stock: Default::default(),
    };
    warehouse.facts(
        SITE,
        vec![shared::fact::Fact::RulesSet {
            version: 1,
            rules: vec![rule],
            dual_above: None,
            post_within_tolerance: true,
        }],
    );
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    let sheet = maria.open(MARIA, BIN, None);
    maria.key(MARIA, sheet, BOLT, "5");
    maria.minute = 4;
    maria.close(MARIA, sheet);
    warehouse.movement(BIN, BOLT, "-3", 2, "pick 1");
    maria.push(&warehouse);
    assert_eq!(
        warehouse.rows("SELECT kind, variance_micro, book_from_micro, book_to_micro FROM variance"),
        ["ambiguous|-5000000|10000000|7000000"]
    );
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
    assert_eq!(warehouse.number("SELECT count(*) FROM movement WHERE source = 'trueup'"), 0);
    warehouse.verify();
}

#[test]
fn a_movement_learned_after_the_approval_changes_no_record_and_raises_a_finding() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Person(MARIA));
    let mut maria = Handheld::new(1);
    maria.minute = 5;
    maria.visit(MARIA, BIN, Some((task, count)), &[(BOLT, "8")]);
    maria.push(&warehouse);
    let (recount, count, chosen) = warehouse.recount(2);
    let mut other = Handheld::new(2);
    other.minute = 6;
    other.visit(chosen.unwrap(), BIN, Some((recount, count)), &[(BOLT, "8")]);
    other.push(&warehouse);
    let (_, id) = warehouse.discrepancy(BOLT);
    warehouse.approve(SUSAN, id).unwrap();
    warehouse.movement(BIN, BOLT, "-2", 1, "late pick");
    assert_eq!(warehouse.rows("SELECT state, variance_micro FROM discrepancy"), ["posted|-2000000"]);
    let findings = warehouse.findings("would_now_differ");
    assert_eq!(findings.len(), 1);
    assert!(findings[0].contains("would now differ by 2"), "{}", findings[0]);
    assert_eq!(warehouse.number("SELECT count(*) FROM movement WHERE source = 'trueup'"), 1);
    // said once, however often it is learned
    warehouse.movement(BIN, BOLT, "-2", 1, "late pick");
    assert_eq!(warehouse.findings("would_now_differ").len(), 1);
    warehouse.verify();
}

#[test]
fn later_movements_stay_intact_under_an_adjustment() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    maria.minute = 5;
    maria.visit(MARIA, BIN, None, &[(BOLT, "8")]);
    maria.push(&warehouse);
    let (recount, count, chosen) = warehouse.recount(2);
    // three are picked between the rounds: the variances still agree
    warehouse.movement(BIN, BOLT, "-3", 8, "pick 1");
    let mut other = Handheld::new(2);
    other.minute = 10;
    other.visit(chosen.unwrap(), BIN, Some((recount, count)), &[(BOLT, "5")]);
    other.push(&warehouse);
    let (state, id) = warehouse.discrepancy(BOLT);
    assert_eq!(state, "confirmed");
    warehouse.approve(SUSAN, id).unwrap();
    assert_eq!(warehouse.number("SELECT sum(quantity_micro) FROM movement"), 5_000_000);
    warehouse.verify();
}

#[test]
fn a_statement_opens_new_keys_and_corrects_known_ones_with_a_finding() {
    let warehouse = Warehouse::new();
    warehouse.statement(BIN, BOLT, "10", -30);
    assert!(warehouse.findings("statement_correction").is_empty(), "the first figure is an opening");
    warehouse.statement(BIN, BOLT, "12", 0);
    assert_eq!(
        warehouse.rows("SELECT kind, quantity_micro FROM movement ORDER BY movement_id"),
        ["opening|10000000", "statement_correction|2000000"]
    );
    assert_eq!(warehouse.findings("statement_correction").len(), 1);
    warehouse.statement(BIN, BOLT, "12", 1);
    assert_eq!(warehouse.number("SELECT count(*) FROM movement"), 2, "the same figure says nothing new");
    warehouse.verify();
}

#[test]
fn a_second_delivery_of_a_movement_changes_nothing() {
    let warehouse = Warehouse::new();
    warehouse.movement(BIN, BOLT, "5", 0, "receipt 1");
    warehouse.movement(BIN, BOLT, "5", 0, "receipt 1");
    assert_eq!(warehouse.number("SELECT sum(quantity_micro) FROM movement"), 5_000_000);
    warehouse.verify();
}

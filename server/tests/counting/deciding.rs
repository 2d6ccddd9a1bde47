//! From a variance over recounts to a decision, and what may not be decided.

use crate::{handheld::Handheld, warehouse::*};
use server::action::{
    acknowledge, approve, assign, cancel, change_person, export_adjustments, order_round, pair, reject,
};
use shared::{
    api::{
        count::AssignTasks,
        discrepancy::{Acknowledge, Decide, OrderRound, Pair},
        people::ChangePerson,
    },
    approval::ApprovalStep,
    fact::{Assignee, Fact},
    id::{DiscrepancyId, PersonId},
    policy::{FoundStock, Limits, RuleScope, ToleranceRule},
    quantity::Quantity,
    role::Role,
};

/// From now on nothing is counted again, and somebody approves every variance; two where it is worth more.
fn approve_everything(warehouse: &Warehouse, dual_above: Option<&str>) {
    let zero = Limits { units_over: Some(Quantity::ZERO), units_short: Some(Quantity::ZERO), ..Limits::default() };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: Limits::default(),
        approve: zero,
        alert: None,
        found_stock: FoundStock::ByUnitsAndValue,
    };
    let dual_above = dual_above.map(|above| above.parse().unwrap());
    let rules = Fact::RulesSet { version: 1, rules: vec![rule], dual_above, post_within_tolerance: false };
    warehouse.facts(SITE, vec![rules]);
}

/// From now on a variance of up to two units is posted by itself.
fn post_within_two(warehouse: &Warehouse) {
    let two = Limits { units_over: Some(quantity("2")), units_short: Some(quantity("2")), ..Limits::default() };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: two,
        approve: two,
        alert: None,
        found_stock: FoundStock::AlwaysBeyond,
    };
    let rules = Fact::RulesSet { version: 1, rules: vec![rule], dual_above: None, post_within_tolerance: true };
    warehouse.facts(SITE, vec![rules]);
}

/// Maria counts `first` bolts where the book says ten; whoever the recount is given to counts `second`.
fn counted_twice(first: &str, second: &str) -> (Warehouse, PersonId) {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Person(MARIA));
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, Some((task, count)), &[(BOLT, first)]);
    maria.push(&warehouse);
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
    let (recount, count, chosen) = warehouse.recount(2);
    let chosen = chosen.expect("somebody else is chosen");
    assert_ne!(chosen, MARIA);
    let mut other = Handheld::new(2);
    other.minute = 10;
    other.visit(chosen, BIN, Some((recount, count)), &[(BOLT, second)]);
    other.push(&warehouse);
    (warehouse, chosen)
}

#[test]
fn a_variance_confirmed_by_somebody_else_is_approved_posted_exported_and_acknowledged() {
    let (warehouse, _) = counted_twice("8", "8");
    let (state, id) = warehouse.discrepancy(BOLT);
    assert_eq!(state, "confirmed");
    warehouse.approve(SUSAN, id).unwrap();
    assert_eq!(warehouse.discrepancy(BOLT).0, "posted");
    let posted = "SELECT quantity_micro, kind, effective_at FROM movement WHERE source = 'trueup'";
    assert_eq!(warehouse.rows(posted), [format!("-2000000|count_adjustment|{}", MORNING + 10 * MINUTE)]);
    // approving twice is one approval
    warehouse.approve(SUSAN, id).unwrap();
    assert_eq!(warehouse.rows(posted).len(), 1);
    let handed = warehouse.desk(SUSAN, export_adjustments::export_adjustments).unwrap();
    assert_eq!(handed.movements.len(), 1);
    let again = warehouse.desk(SUSAN, export_adjustments::export_adjustments).unwrap();
    assert!(again.movements.is_empty(), "each is handed over once");
    assert_eq!(warehouse.discrepancy(BOLT).0, "exported");
    let request = Acknowledge { movements: handed.movements, reference: "ERP-77".into() };
    warehouse.desk(SUSAN, move |tx, doer| acknowledge::acknowledge(tx, doer, &request)).unwrap();
    assert_eq!(warehouse.discrepancy(BOLT).0, "acknowledged");
    assert!(warehouse.findings("would_now_differ").is_empty(), "the adjustment itself is no late evidence");
    warehouse.verify();
}

#[test]
fn a_recount_that_matches_the_book_says_that_the_first_count_was_wrong() {
    let (warehouse, _) = counted_twice("8", "10");
    let (state, id) = warehouse.discrepancy(BOLT);
    assert_eq!(state, "accepted");
    assert_eq!(warehouse.approve(SUSAN, id), Err("not_awaiting_decision".into()));
    assert_eq!(warehouse.number("SELECT count(*) FROM movement WHERE source = 'trueup'"), 0);
    assert_eq!(warehouse.number("SELECT count(*) FROM variance"), 2, "both rounds are kept");
    warehouse.verify();
}

#[test]
fn when_all_rounds_disagree_the_evidence_goes_to_a_supervisor() {
    let (warehouse, second) = counted_twice("8", "7");
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
    let (recount, count, third) = warehouse.recount(3);
    let third = third.expect("one counter is left");
    assert!(third != MARIA && third != second);
    let mut handheld = Handheld::new(3);
    handheld.minute = 20;
    handheld.visit(third, BIN, Some((recount, count)), &[(BOLT, "6")]);
    handheld.push(&warehouse);
    assert_eq!(warehouse.discrepancy(BOLT).0, "escalated");
    warehouse.verify();
}

#[test]
fn a_line_without_a_total_reaches_a_supervisor_and_cannot_be_posted_as_nothing() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    // below zero is no count: the line has no total, which is neither zero nor missing
    let below = |handheld: &mut Handheld, person, task| {
        let sheet = handheld.open(person, BIN, task);
        handheld.key(person, sheet, BOLT, "-1");
        handheld.close(person, sheet);
        handheld.push(&warehouse);
    };
    below(&mut Handheld::new(1), MARIA, None);
    for round in [2, 3] {
        assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
        let (recount, count, person) = warehouse.recount(round);
        let mut handheld = Handheld::new(i64::from(round));
        handheld.minute = i64::from(round) * 10;
        below(&mut handheld, person.expect("somebody is left"), Some((recount, count)));
    }
    let (state, id) = warehouse.discrepancy(BOLT);
    assert_eq!(state, "escalated");
    assert_eq!(warehouse.approve(SUSAN, id), Err("nothing_to_post".into()));
    warehouse.verify();
}

#[test]
fn a_round_that_was_ordered_with_nobody_left_is_told_to_the_lead() {
    let (warehouse, second) = counted_twice("8", "7");
    let (recount, count, third) = warehouse.recount(3);
    let mut handheld = Handheld::new(3);
    handheld.minute = 20;
    handheld.visit(third.expect("a third"), BIN, Some((recount, count)), &[(BOLT, "6")]);
    handheld.push(&warehouse);
    assert_ne!(third, Some(second));
    let (_, id) = warehouse.discrepancy(BOLT);
    let evidence = warehouse.text("SELECT evidence FROM discrepancy");
    let request = OrderRound { note: "look behind the pallet".into(), evidence };
    warehouse.desk(SUSAN, move |tx, doer| order_round::order_round(tx, doer, id, &request)).unwrap();
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
    let (_, _, nobody) = warehouse.recount(4);
    assert_eq!(nobody, None);
    assert_eq!(warehouse.findings("nobody_left").len(), 1);
    warehouse.verify();
}

#[test]
fn a_recount_is_never_given_to_who_counted_before() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(BOLT, "8")]);
    maria.push(&warehouse);
    let (recount, _, _) = warehouse.recount(2);
    let request = AssignTasks { tasks: vec![recount], to: Assignee::Person(MARIA) };
    let refused = warehouse.desk(SUSAN, move |tx, doer| assign::assign_tasks(tx, doer, &request)).unwrap_err();
    assert_eq!(code(&refused), "counted_earlier_round");
    let refused = warehouse.desk(SUSAN, move |tx, doer| cancel::cancel_task(tx, doer, recount)).unwrap_err();
    assert_eq!(code(&refused), "recount_needed");
}

#[test]
fn nobody_decides_on_evidence_they_have_not_seen_or_on_their_own_count() {
    let (warehouse, second) = counted_twice("8", "8");
    let (_, id) = warehouse.discrepancy(BOLT);
    let decide = |person: PersonId, evidence: &str, reason: &str| {
        let request = Decide { reason: reason.into(), note: String::new(), evidence: evidence.into() };
        let refused = warehouse.desk(person, move |tx, doer| approve::approve(tx, doer, id, &request));
        code(&refused.unwrap_err())
    };
    let seen = warehouse.text("SELECT evidence FROM discrepancy");
    assert_eq!(decide(SUSAN, "older", "mis_pick"), "evidence_changed");
    assert_eq!(decide(SUSAN, &seen, "because"), "reason_unknown");
    assert_eq!(decide(MARIA, &seen, "mis_pick"), "approver_counted");
    assert_eq!(decide(second, &seen, "mis_pick"), "approver_counted");
    assert_eq!(warehouse.number("SELECT count(*) FROM decision"), 0);
}

#[test]
fn above_the_dual_limit_two_people_must_approve_the_same_evidence() {
    let warehouse = Warehouse::new();
    approve_everything(&warehouse, Some("1"));
    warehouse.stock(BIN, GLOVE, "10");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(GLOVE, "8")]);
    maria.push(&warehouse);
    let (state, id) = warehouse.discrepancy(GLOVE);
    assert_eq!(state, "awaiting_approval");
    warehouse.approve(SUSAN, id).unwrap();
    assert_eq!(warehouse.discrepancy(GLOVE).0, "half_approved");
    warehouse.approve(SUSAN, id).unwrap();
    assert_eq!(warehouse.discrepancy(GLOVE).0, "half_approved", "approving twice is one approval");
    // evidence that arrives now takes the first approval back
    warehouse.movement(BIN, GLOVE, "-1", -5, "late pick");
    assert_eq!(warehouse.discrepancy(GLOVE).0, "awaiting_approval");
    warehouse.approve(SECOND, id).unwrap();
    assert_eq!(warehouse.discrepancy(GLOVE).0, "half_approved");
    warehouse.approve(SUSAN, id).unwrap();
    assert_eq!(warehouse.discrepancy(GLOVE).0, "posted");
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM movement WHERE source = 'trueup'"), ["-1000000"]);
    warehouse.verify();
}

#[test]
fn a_variance_within_tolerance_is_posted_by_itself_where_the_policy_says_so() {
    let warehouse = Warehouse::new();
    post_within_two(&warehouse);
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(BOLT, "9")]);
    maria.push(&warehouse);
    assert_eq!(warehouse.discrepancy(BOLT).0, "posted");
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM movement WHERE source = 'trueup'"), ["-1000000"]);
    assert_eq!(warehouse.rows("SELECT reason FROM decision"), ["within_tolerance"]);
    warehouse.verify();
}

#[test]
fn an_older_count_that_arrives_late_is_not_posted_by_itself_over_a_newer_one() {
    let warehouse = Warehouse::new();
    post_within_two(&warehouse);
    warehouse.stock(BIN, BOLT, "10");
    let mut newer = Handheld::new(1);
    newer.minute = 2 * 24 * 60;
    newer.visit(MARIA, BIN, None, &[(BOLT, "9")]);
    newer.push(&warehouse);
    let mut older = Handheld::new(2);
    older.visit(AMIR, BIN, None, &[(BOLT, "9")]);
    older.push(&warehouse);
    assert_eq!(
        warehouse.rows("SELECT state FROM discrepancy ORDER BY scanned_at"),
        ["awaiting_approval", "posted"],
        "the book is right already; a supervisor sees the older one and rejects it"
    );
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM movement WHERE source = 'trueup'"), ["-1000000"]);
    warehouse.verify();
}

#[test]
fn what_somebody_who_counts_no_more_was_to_count_goes_back_into_the_pool() {
    let warehouse = Warehouse::new();
    let (_, task) = warehouse.count(Assignee::Person(MARIA));
    let request = ChangePerson { roles: vec![Role::Lead], approval_limit: None, disabled: false, language: None };
    warehouse.desk(SUSAN, move |tx, doer| change_person::change_person(tx, doer, MARIA, &request)).unwrap();
    let given = format!("SELECT count(*) FROM task WHERE task_id = {task} AND state = 'open' AND assignee_id IS NULL");
    assert_eq!(warehouse.number(&given), 1);
    warehouse.verify();
}

#[test]
fn a_rejected_variance_leaves_the_book_and_late_sheets_only_raise_findings() {
    let (warehouse, _) = counted_twice("8", "8");
    let (_, id) = warehouse.discrepancy(BOLT);
    let evidence = warehouse.text("SELECT evidence FROM discrepancy");
    let request = Decide { reason: "mis_pick".into(), note: "recounted by hand".into(), evidence };
    let again = request.clone();
    for request in [request, again] {
        warehouse.desk(SUSAN, move |tx, doer| reject::reject(tx, doer, id, &request)).unwrap();
    }
    assert_eq!(warehouse.discrepancy(BOLT).0, "rejected");
    assert_eq!(warehouse.number("SELECT count(*) FROM decision"), 1);
    let (count, task) = (
        warehouse.number("SELECT count_id FROM discrepancy"),
        warehouse.number("SELECT task_id FROM task WHERE round = 1 AND location_id = 1"),
    );
    let mut late = Handheld::new(3);
    late.minute = 5;
    late.visit(AMIR, BIN, Some((shared::id::TaskId(task), shared::id::CountId(count))), &[(BOLT, "10")]);
    late.push(&warehouse);
    assert_eq!(warehouse.discrepancy(BOLT).0, "rejected");
    assert_eq!(warehouse.findings("late_sheet").len(), 1);
    assert_eq!(warehouse.number("SELECT late FROM sheet WHERE person_id = 3"), 1);
    warehouse.verify();
}

#[test]
fn stock_missing_here_and_found_there_is_posted_as_one_transfer() {
    let warehouse = Warehouse::new();
    approve_everything(&warehouse, None);
    warehouse.stock(BIN, BOLT, "10");
    warehouse.stock(OTHER_BIN, BOLT, "5");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(BOLT, "7")]);
    maria.visit(MARIA, OTHER_BIN, None, &[(BOLT, "8")]);
    maria.push(&warehouse);
    let (_, short) = warehouse.discrepancy(BOLT);
    let over = DiscrepancyId(warehouse.number("SELECT discrepancy_id FROM discrepancy WHERE location_id = 2"));
    let evidence = warehouse.text(&format!("SELECT evidence FROM discrepancy WHERE discrepancy_id = {over}"));
    let request = Pair { other: short, reason: "mis_pick".into(), note: String::new(), evidence };
    warehouse.desk(SUSAN, move |tx, doer| pair::pair(tx, doer, over, &request)).unwrap();
    assert_eq!(warehouse.rows("SELECT DISTINCT state FROM discrepancy"), ["transferred"]);
    assert_eq!(
        warehouse.rows("SELECT location_id, quantity_micro, kind FROM movement WHERE source = 'trueup' ORDER BY 1"),
        ["1|-3000000|transfer", "2|3000000|transfer"]
    );
    warehouse.verify();
}

#[test]
fn an_older_count_is_not_posted_over_a_newer_one() {
    let warehouse = Warehouse::new();
    approve_everything(&warehouse, None);
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(BOLT, "7")]);
    maria.minute = 2 * 24 * 60;
    maria.visit(MARIA, BIN, None, &[(BOLT, "7")]);
    maria.push(&warehouse);
    let ids = warehouse.rows("SELECT discrepancy_id FROM discrepancy ORDER BY scanned_at");
    let [older, newer] = ids.as_slice() else { panic!("two visits on two days are two counts: {ids:?}") };
    warehouse.approve(SUSAN, newer.parse().unwrap()).unwrap();
    assert_eq!(warehouse.approve(SUSAN, older.parse().unwrap()), Err("newer_count_posted".into()));
    // nor as one half of a pair
    warehouse.stock(OTHER_BIN, BOLT, "5");
    maria.visit(MARIA, OTHER_BIN, None, &[(BOLT, "8")]);
    maria.push(&warehouse);
    let over = DiscrepancyId(warehouse.number("SELECT discrepancy_id FROM discrepancy WHERE location_id = 2"));
    let evidence = warehouse.text(&format!("SELECT evidence FROM discrepancy WHERE discrepancy_id = {over}"));
    let other = DiscrepancyId(older.parse().unwrap());
    let request = Pair { other, reason: "mis_pick".into(), note: String::new(), evidence };
    let paired = warehouse.desk(SUSAN, move |tx, doer| pair::pair(tx, doer, over, &request));
    assert_eq!(paired.map_err(|failure| code(&failure)), Err("newer_count_posted".into()));
    warehouse.verify();
}

#[test]
fn a_step_of_two_says_so() {
    // what the desk shows after an approval is the step itself
    let (warehouse, _) = counted_twice("8", "8");
    let (_, id) = warehouse.discrepancy(BOLT);
    let evidence = warehouse.text("SELECT evidence FROM discrepancy");
    let request = Decide { reason: "mis_pick".into(), note: String::new(), evidence };
    let step = warehouse.desk(SUSAN, move |tx, doer| approve::approve(tx, doer, id, &request)).unwrap();
    assert_eq!(step, ApprovalStep::Posts);
}

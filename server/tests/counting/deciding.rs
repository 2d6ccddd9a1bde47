//! From a variance over recounts to a decision, and what may not be decided.

use crate::{handheld::Handheld, warehouse::*};
use server::action::{
    Doer, acknowledge, approve, assign, cancel, change_person, close_count, export_adjustments, name_barcode,
    order_round, pair, reject,
};
use shared::{
    api::{
        count::{AssignTasks, CloseCount},
        discrepancy::{Acknowledge, Decide, OrderRound, Pair},
        master::NameBarcode,
        people::ChangePerson,
    },
    approval::ApprovalStep,
    event::EventKind,
    fact::{Assignee, Fact},
    id::{DiscrepancyId, PersonId},
    policy::{FoundStock, Limits, RuleScope, ToleranceRule},
    quantity::Quantity,
    role::Role,
};

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
    let desk = Doer::desk(SITE, SUSAN);
    let handed = warehouse.store().write_blocking(move |tx| export_adjustments::export_adjustments(tx, &desk)).unwrap();
    assert_eq!(handed.movements.len(), 1);
    let again = warehouse
        .store()
        .write_blocking(|tx| export_adjustments::export_adjustments(tx, &Doer::desk(SITE, SUSAN)))
        .unwrap();
    assert!(again.movements.is_empty(), "each is handed over once");
    assert_eq!(warehouse.discrepancy(BOLT).0, "exported");
    let request = Acknowledge { movements: handed.movements, reference: "ERP-77".into() };
    warehouse
        .store()
        .write_blocking(move |tx| acknowledge::acknowledge(tx, &Doer::desk(SITE, SUSAN), &request))
        .unwrap();
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
    warehouse
        .store()
        .write_blocking(move |tx| order_round::order_round(tx, &Doer::desk(SITE, SUSAN), id, &request))
        .unwrap();
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
    let refused = warehouse
        .store()
        .write_blocking(move |tx| assign::assign_tasks(tx, &Doer::desk(SITE, SUSAN), &request))
        .unwrap_err();
    assert_eq!(code(&refused), "counted_earlier_round");
    let refused = warehouse
        .store()
        .write_blocking(move |tx| cancel::cancel_task(tx, &Doer::desk(SITE, SUSAN), recount))
        .unwrap_err();
    assert_eq!(code(&refused), "recount_needed");
}

#[test]
fn nobody_decides_on_evidence_they_have_not_seen_or_on_their_own_count() {
    let (warehouse, second) = counted_twice("8", "8");
    let (_, id) = warehouse.discrepancy(BOLT);
    let decide = |person: PersonId, evidence: &str, reason: &str| {
        let request = Decide { reason: reason.into(), note: String::new(), evidence: evidence.into() };
        let refused =
            warehouse.store().write_blocking(move |tx| approve::approve(tx, &Doer::desk(SITE, person), id, &request));
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
    let zero = Limits { units_over: Some(Quantity::ZERO), units_short: Some(Quantity::ZERO), ..Limits::default() };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: Limits::default(),
        approve: zero,
        alert: None,
        found_stock: FoundStock::ByUnitsAndValue,
    };
    let rules = Fact::RulesSet {
        version: 1,
        rules: vec![rule],
        dual_above: Some("1".parse().unwrap()),
        post_within_tolerance: false,
    };
    warehouse.facts(SITE, vec![rules]);
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
    let two = Limits { units_over: Some(quantity("2")), units_short: Some(quantity("2")), ..Limits::default() };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: two,
        approve: two,
        alert: None,
        found_stock: FoundStock::AlwaysBeyond,
    };
    warehouse.facts(
        SITE,
        vec![Fact::RulesSet { version: 1, rules: vec![rule], dual_above: None, post_within_tolerance: true }],
    );
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
    let two = Limits { units_over: Some(quantity("2")), units_short: Some(quantity("2")), ..Limits::default() };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: two,
        approve: two,
        alert: None,
        found_stock: FoundStock::AlwaysBeyond,
    };
    warehouse.facts(
        SITE,
        vec![Fact::RulesSet { version: 1, rules: vec![rule], dual_above: None, post_within_tolerance: true }],
    );
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
    warehouse
        .store()
        .write_blocking(move |tx| change_person::change_person(tx, &Doer::desk(SITE, SUSAN), MARIA, &request))
        .unwrap();
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
        warehouse.store().write_blocking(move |tx| reject::reject(tx, &Doer::desk(SITE, SUSAN), id, &request)).unwrap();
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
    let zero = Limits { units_over: Some(Quantity::ZERO), units_short: Some(Quantity::ZERO), ..Limits::default() };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: Limits::default(),
        approve: zero,
        alert: None,
        found_stock: FoundStock::ByUnitsAndValue,
    };
    warehouse.facts(
        SITE,
        vec![Fact::RulesSet { version: 1, rules: vec![rule], dual_above: None, post_within_tolerance: false }],
    );
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
    warehouse.store().write_blocking(move |tx| pair::pair(tx, &Doer::desk(SITE, SUSAN), over, &request)).unwrap();
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
    let zero = Limits { units_over: Some(Quantity::ZERO), units_short: Some(Quantity::ZERO), ..Limits::default() };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: Limits::default(),
        approve: zero,
        alert: None,
        found_stock: FoundStock::ByUnitsAndValue,
    };
    warehouse.facts(
        SITE,
        vec![Fact::RulesSet { version: 1, rules: vec![rule], dual_above: None, post_within_tolerance: false }],
    );
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
    let paired = warehouse.store().write_blocking(move |tx| pair::pair(tx, &Doer::desk(SITE, SUSAN), over, &request));
    assert_eq!(paired.map_err(|failure| code(&failure)), Err("newer_count_posted".into()));
    warehouse.verify();
}

#[test]
fn naming_an_unknown_barcode_evaluates_its_sheets_again() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "24");
    let mut maria = Handheld::new(1);
    let sheet = maria.open(MARIA, BIN, None);
    maria.write(MARIA, Some(sheet), EventKind::UnknownBarcode { raw: "CARTON-9".into(), quantity: quantity("2") });
    maria.close(MARIA, sheet);
    maria.push(&warehouse);
    assert_eq!(warehouse.rows("SELECT barcode FROM unknown_barcode"), ["CARTON-9"]);
    assert_eq!(warehouse.discrepancy(BOLT).0, "recounting");
    let (recount, _, _) = warehouse.recount(2);
    let request = NameBarcode { barcode: "CARTON-9".into(), item: BOLT, pack_factor: quantity("12") };
    warehouse
        .store()
        .write_blocking(move |tx| name_barcode::name_barcode(tx, &Doer::desk(SITE, SUSAN), &request))
        .unwrap();
    assert_eq!(warehouse.number("SELECT count(*) FROM unknown_barcode"), 0);
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["24000000"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0, "the variance is gone, and nobody had decided");
    assert_eq!(warehouse.text(&format!("SELECT state FROM task WHERE task_id = {recount}")), "cancelled");
    warehouse.verify();
}

#[test]
fn a_name_that_is_put_right_evaluates_its_sheets_once_more() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "24");
    let mut maria = Handheld::new(1);
    let sheet = maria.open(MARIA, BIN, None);
    maria.write(MARIA, Some(sheet), EventKind::UnknownBarcode { raw: "CARTON-9".into(), quantity: quantity("1") });
    maria.close(MARIA, sheet);
    maria.push(&warehouse);
    let request = NameBarcode { barcode: "CARTON-9".into(), item: BOLT, pack_factor: quantity("12") };
    warehouse
        .store()
        .write_blocking(move |tx| name_barcode::name_barcode(tx, &Doer::desk(SITE, SUSAN), &request))
        .unwrap();
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["12000000"]);
    // the same code with the factor that is printed on the carton, as an import brings it
    let fact = Fact::BarcodeNamed { barcode: "CARTON-9".into(), item: BOLT, pack_factor: quantity("24") };
    warehouse.store().write_blocking(move |tx| tx.append(SITE, None, "import", &fact).map(drop)).unwrap();
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["24000000"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0, "nothing is short");
    warehouse.verify();
}

#[test]
fn closing_a_count_names_what_is_missing_and_escalates_what_was_to_be_recounted() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Person(MARIA));
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, Some((task, count)), &[(BOLT, "8")]);
    maria.push(&warehouse);
    let close = |anyway: bool| {
        warehouse.store().write_blocking(move |tx| {
            close_count::close_count(tx, &Doer::desk(SITE, SUSAN), count, &CloseCount { anyway })
        })
    };
    // Jonas is in the middle of the other bin, and his handheld has announced one entry more
    let mut jonas = Handheld::new(2);
    let sheet = jonas.open(JONAS, OTHER_BIN, None);
    jonas.key(JONAS, sheet, GLOVE, "1");
    jonas.key(JONAS, sheet, BOLT, "4");
    jonas.close(JONAS, sheet);
    warehouse.push(jonas.device, jonas.request(1, 2)).unwrap();
    let refused = close(false).unwrap_err();
    assert_eq!(code(&refused), "count_unfinished");
    let told = refused.to_string();
    for missing in ["1 bin that nobody has begun: A-01-01", "A-01-02 (jonas on H-02)", "2 entries still on H-02"] {
        assert!(told.contains(missing), "{missing}: {told}");
    }
    close(true).unwrap();
    close(false).expect("closing twice is closing once");
    let closed = "SELECT CAST(body AS TEXT) FROM fact WHERE kind = 'count_closed'";
    let fact: serde_json::Value = serde_json::from_str(&warehouse.text(closed)).unwrap();
    assert_eq!(fact["lacks"]["visits"][0]["bin"], "A-01-02", "what was lacking is kept with the decision: {fact}");
    assert_eq!(fact["lacks"]["devices"][0]["waiting"], 2);
    // the rest arrives: it counts for the closed count, marked late, and its variance goes to a supervisor
    jonas.push(&warehouse);
    assert_eq!(warehouse.rows("SELECT late, entries FROM sheet WHERE person_id = 2"), ["1|2"]);
    assert_eq!(warehouse.findings("late_sheet").len(), 1);
    let late = "SELECT state FROM discrepancy WHERE location_id = 2 AND item_id = 1";
    assert_eq!(warehouse.rows(late), ["escalated"]);
    assert_eq!(warehouse.discrepancy(BOLT).0, "escalated");
    assert_eq!(warehouse.number("SELECT count(*) FROM task WHERE state = 'open'"), 0);
    warehouse.verify();
}

#[test]
fn a_step_of_two_says_so() {
    // what the desk shows after an approval is the step itself
    let (warehouse, _) = counted_twice("8", "8");
    let (_, id) = warehouse.discrepancy(BOLT);
    let evidence = warehouse.text("SELECT evidence FROM discrepancy");
    let request = Decide { reason: "mis_pick".into(), note: String::new(), evidence };
    let step = warehouse
        .store()
        .write_blocking(move |tx| approve::approve(tx, &Doer::desk(SITE, SUSAN), id, &request))
        .unwrap();
    assert_eq!(step, ApprovalStep::Posts);
}

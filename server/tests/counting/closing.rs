//! Closing a count: what is lacking, said and kept, and what becomes of work that was not finished.

use crate::{handheld::Handheld, warehouse::*};
use server::action::close_count;
use shared::{api::count::CloseCount, fact::Assignee};

#[test]
fn closing_a_count_names_what_is_missing_and_escalates_what_was_to_be_recounted() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let (count, task) = warehouse.count(Assignee::Person(MARIA));
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, Some((task, count)), &[(BOLT, "8")]);
    maria.push(&warehouse);
    let close = |anyway: bool| {
        warehouse.desk(SUSAN, move |tx, doer| close_count::close_count(tx, doer, count, &CloseCount { anyway }))
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

//! `verify`: what it must notice.

use crate::{handheld::Handheld, warehouse::*};
use server::store::rebuild;

/// Changes the file behind the server's back; answers what `verify` says.
fn spoiled(sql: &str) -> String {
    let mut warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(BOLT, "8"), (GLOVE, "1")]);
    maria.push(&warehouse);
    warehouse.verify();
    warehouse.store = None;
    let conn = warehouse.look();
    conn.execute_batch("DROP TRIGGER fact_is_never_changed; DROP TRIGGER fact_is_never_deleted;").unwrap();
    conn.execute_batch(sql).unwrap();
    drop(conn);
    let report = rebuild::verify(warehouse.folder.path(), &mut |_| {}).expect("it can be looked at");
    report.problems.join("\n")
}

#[track_caller]
fn check(sql: &str, words: &[&str]) {
    let said = spoiled(sql);
    for word in words {
        assert!(said.contains(word), "{sql} should be told as \"{word}\":\n{said}");
    }
}

#[test]
fn a_changed_fact_is_noticed() {
    let keyed = "(SELECT min(position) FROM fact WHERE kind = 'event' AND seq = 2)";
    check(
        &format!(
            "UPDATE fact SET body = CAST(replace(CAST(body AS TEXT), '\"8\"', '\"9\"') AS BLOB) WHERE position = {keyed}"
        ),
        &["does not continue the chain", "does not continue log", "sheet_line differs first"],
    );
    check(
        &format!("UPDATE fact SET actor_id = 2 WHERE position = {keyed}"),
        &["does not continue the chain", "another person"],
    );
    check("UPDATE fact SET origin = 'x' WHERE position = 3", &["Fact 3 "]);
    check("UPDATE fact SET recorded_at = recorded_at + 1 WHERE position = 3", &["Fact 3 "]);
}

#[test]
fn a_missing_fact_is_noticed_also_at_the_end() {
    check("DELETE FROM fact WHERE position = (SELECT max(position) FROM fact)", &["facts are missing at the end"]);
    check("DELETE FROM fact WHERE position = 5", &["does not continue the chain"]);
}

#[test]
fn a_changed_projection_is_noticed_and_its_first_row_named() {
    check(
        "UPDATE variance SET book_micro = 8000000, variance_micro = 0 WHERE item_id = 1",
        &["variance differs first", "item_id 1", "book_micro is 8000000, the facts say 10000000"],
    );
    check("UPDATE task SET assignee_id = 1 WHERE round = 2", &["task differs first"]);
    check("DELETE FROM discrepancy WHERE item_id = 1", &["discrepancy lacks a row"]);
    check("INSERT INTO site_role VALUES (1, 1, 'admin')", &["site_role"]);
    check("DELETE FROM finding; DELETE FROM history WHERE position > 3", &["history"]);
}

#[test]
fn a_dangling_reference_is_noticed() {
    check("PRAGMA foreign_keys = OFF; DELETE FROM location WHERE location_id = 1", &["does not exist"]);
}

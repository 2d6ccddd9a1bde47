//! What leaves as a file: whole rows, exact figures, nothing that a spreadsheet runs.

use crate::folder::Folder;

#[test]
fn facts_are_exported_with_their_chain_as_csv_and_json() {
    let folder = Folder::stocked();
    let csv = folder.run(&["export", "facts", "--site", "main"]);
    assert!(csv.out.starts_with("position,site,kind,recorded_at,actor,origin,body,chain\n"), "{}", csv.out);
    let json = folder.run(&["export", "facts", "--format", "json"]).out;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).expect("one array");
    let stock = rows.iter().find(|row| row["kind"] == "statement_recorded").expect("the statement");
    assert_eq!(stock["body"]["rows"][1]["quantity"], "2.5", "bodies are as they were recorded");
    assert!(rows.iter().all(|row| row["chain"].as_str().is_some_and(|chain| chain.len() == 64)));
}

#[test]
fn an_export_without_rows_is_a_header_or_an_empty_array() {
    let folder = Folder::new();
    for what in ["discrepancies", "adjustments", "lines"] {
        let said = folder.run(&["export", what]);
        assert_eq!((said.code, said.out.lines().count()), (0, 1), "{what}: {}{}", said.out, said.err);
        let json = folder.run(&["export", what, "--format", "json"]).out;
        assert_eq!(json, "[]\n", "{what}");
    }
    folder.run(&["export", "lines", "--site", "WEST"]).is(1, &["no site WEST"]);
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let folder = Folder::new();
    let out = folder.path("facts.csv");
    let out_text = out.to_str().expect("UTF-8");
    folder.run(&["export", "facts", "--out", out_text]).is(0, &[]);
    assert!(std::fs::read_to_string(&out).expect("the file").contains("site_added"));
    let wrong = folder.path("no/such/folder.csv");
    folder.run(&["export", "facts", "--out", wrong.to_str().expect("UTF-8")]).is(1, &["cannot be written"]);
    folder.run(&["export", "facts", "--hand-over", "--site", "MAIN"]).is(1, &["goes with adjustments"]);
    folder.run(&["export", "adjustments", "--hand-over"]).is(2, &["--site"]);
}

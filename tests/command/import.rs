//! Imports that do what they say: dry runs, deliveries that come twice, good rows beside bad ones, statements.

use crate::folder::Folder;

#[test]
fn a_dry_run_says_everything_and_changes_nothing() {
    let folder = Folder::stocked();
    let before = folder.facts();
    let items = "sku,description,barcodes\nA,Apple,111\nL,Lemons,222\nN,Nut,\nBAD,,\n";
    let said = folder.import("items", items, &["--dry-run", "--rows"]);
    said.is(3, &["row 2: same A", "row 3: changed L", "row 4: new N", "row 5: description", "--dry-run"]);
    let movements = "time,sku,location,qty,type,ref\n2026-01-01T00:00:00Z,A,B1,1,receipt,R1\n";
    folder.import("movements", movements, &["--dry-run"]).is(0, &["new                 1", "--dry-run"]);
    folder.import("stock", "location,sku,qty\nB1,A,9\n", &["--dry-run"]).is(0, &["changed             1"]);
    folder
        .import("people", "username,name,roles\nmaria,Maria,counter\n", &["--dry-run"])
        .is(0, &["new                 1"]);
    folder.import("items", items, &["--dry-run", "--accept-good-rows"]).is(3, &["--dry-run"]);
    assert!(folder.facts() == before, "a dry run recorded something");
    assert!(!folder.path("items.errors.csv").exists(), "a dry run left a file behind");
}

#[test]
fn everything_imported_twice_is_the_same_and_adds_no_fact() {
    let folder = Folder::new();
    let files = [
        (
            "items",
            "sku,description,barcodes,unit_cost,currency,tracking\nA,Apple,111;112,1.5,EUR,none\nL,Lemon,,,,lot\n",
        ),
        ("barcodes", "sku,barcode,pack_qty\nA,113,6\nL,222,0.5\n"),
        ("locations", "code,zone,aisle,bay,level,type,barcode\nB1,B,1,1,A,pick,L-1\nB2,B,1,2,A,reserve,\n"),
        (
            "movements",
            "time,sku,location,lot,qty,type,ref\n2026-01-01T00:00:00Z,A,B1,,9,receipt,R1\n2026-01-02T00:00:00Z,A,B1,,-1,pick,O1\n\
             2026-01-02T00:00:00Z,L,B2,X,-1,pick,O1\n2026-01-03T00:00:00Z,A,B1,,-1,pick,\n2026-01-03T00:00:00Z,A,B1,,-1,pick,\n",
        ),
        ("stock", "location,sku,lot,qty\nB1,A,,6\nB2,L,X,0.5\nB2,L,Y,0\n"),
        ("people", "username,name,roles,approval_limit\nmaria,Maria,counter;lead,\nsam,Sam,supervisor,100\n"),
    ];
    for (what, text) in files {
        folder.import(what, text, &[]).is(0, &["Recorded at site MAIN"]);
    }
    let before = folder.facts();
    for (what, text) in files {
        let rows = text.lines().count() - 1;
        folder.import(what, text, &[]).is(0, &[&format!("same     {rows:>12}"), "Nothing to record"]);
    }
    assert!(folder.facts() == before, "a second import recorded something");
    folder.verify();
}

#[test]
fn one_bad_row_keeps_everything_out_unless_the_good_ones_are_accepted() {
    let folder = Folder::stocked();
    let before = folder.facts();
    let text = "sku;description;barcodes\nM;Melon;333\nN;;444\nO;Olive;111\n";
    folder.import("items", text, &[]).is(3, &["refused             2", "--accept-good-rows"]);
    assert!(folder.facts() == before, "something was recorded");
    folder.import("items", text, &["--accept-good-rows"]).is(3, &["items.errors.csv", "good rows were recorded"]);
    let refused = std::fs::read_to_string(folder.path("items.errors.csv")).expect("the refused rows");
    let lines: Vec<_> = refused.lines().collect();
    assert_eq!(lines[0], "sku;description;barcodes;trueup_row;trueup_error");
    assert!(lines[1].starts_with("N;;444;3;") && lines[2].starts_with("O;Olive;111;4;"), "{refused}");
    // corrected, the file is imported as it is
    let corrected = refused.replace("N;;444", "N;Nut;444").replace("Olive;111", "Olive;555");
    let corrected = folder.write("items.errors.csv", corrected);
    let said = folder.import_file("items", &corrected, &[]);
    said.is(0, &["new                 2"]);
    assert!(!said.err.contains("trueup_row"), "its own columns are unknown to it: {}", said.err);
}

#[test]
fn bad_movements_leave_none_recorded_even_after_many_good_ones() {
    let folder = Folder::stocked();
    let before = folder.facts();
    let mut text = String::from("time,sku,location,qty,type,ref\n");
    for number in 0..2500 {
        text.push_str(&format!("2026-01-01T00:00:00Z,A,B1,1,receipt,R{number}\n"));
    }
    text.push_str("2026-01-01T00:00:00Z,A,B1,x,receipt,R9999\n");
    folder.import("movements", &text, &[]).is(3, &["row 2502", "Nothing was recorded"]);
    assert!(folder.facts() == before, "a part was recorded");
    folder
        .import("movements", &text, &["--accept-good-rows"])
        .is(3, &["new             2,500", "movements.errors.csv"]);
    folder.import("movements", &text, &["--accept-good-rows"]).is(3, &["same            2,500"]);
    folder.verify();
}

#[test]
fn a_reference_that_comes_back_as_another_movement_is_refused() {
    let folder = Folder::stocked();
    let row =
        |quantity: i32| format!("time,sku,location,qty,type,ref\n2026-01-01T00:00:00Z,A,B1,{quantity},receipt,R1\n");
    folder.import("movements", row(1), &[]).is(0, &[]);
    folder.import("movements", row(2), &[]).is(3, &["ref \"R1\"", "never changed"]);
    folder.import("movements", row(2), &["--source", "other"]).is(0, &["new                 1"]);
}

#[test]
fn a_statement_becomes_corrections_as_of_its_time() {
    let folder = Folder::stocked();
    folder
        .import("stock", "location,sku,lot,qty\nB1,A,,4\n", &["--complete"])
        .is(0, &["1 keys with stock", "changed             1"]);
    let said = folder.import("stock", "location,sku,lot,qty\nB1,A,,4\nB2,L,X,0\n", &[]);
    said.is(0, &["same                2"]);
    folder.import("stock", "location,sku,qty\nB1,A,4\n", &["--as-of", "2999-01-01"]).is(1, &["in the future"]);
    // before anything moved the ledger had nothing of it
    folder
        .import("stock", "location,sku,qty\nB1,A,3\n", &["--as-of", "2020-01-01T00:00:00Z"])
        .is(0, &["new                 1"]);
    folder.verify();
}

#[test]
fn an_import_waits_for_nobody_while_a_server_has_the_folder() {
    let folder = Folder::stocked();
    let server = tests::server::Launch::serve().data(&folder.data()).start();
    folder.import("items", "sku,description\nZ,Zest\n", &[]).is(1, &["another Trueup server is using the folder"]);
    folder.run(&["export", "facts"]).is(0, &["items_recorded"]);
    drop(server);
}

//! Malformed files: a clear error, and nothing recorded.

use crate::folder::Folder;

/// Imports bytes and holds what was said against what must be; nothing may have been recorded.
#[track_caller]
fn check(folder: &Folder, what: &str, bytes: impl AsRef<[u8]>, code: i32, parts: &[&str]) {
    let before = folder.facts();
    folder.import(what, bytes, &[]).is(code, parts);
    assert!(folder.facts() == before, "something was recorded");
}

#[test]
fn a_file_that_is_not_utf_8_names_row_byte_and_remedy() {
    let folder = Folder::new();
    let parts = ["row 3", "column description", "0xE8", "\"è\"", "CSV UTF-8", "iconv"];
    check(&folder, "items", b"sku,description\nA,Apple\nC,Cr\xE8me\n", 1, &parts);
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain("sku,description\n".bytes().flat_map(|byte| [byte, 0])).collect();
    check(&folder, "items", utf16, 1, &["UTF-16", "CSV UTF-8"]);
    check(&folder, "items", b"PK\x03\x04...", 1, &["spreadsheet", "save it as CSV"]);
    check(&folder, "items", b"", 1, &["is empty", "sku, description"]);
}

#[test]
fn a_byte_order_mark_semicolons_and_tabs_are_no_trouble() {
    let folder = Folder::new();
    folder.import("items", b"\xEF\xBB\xBFdescription;sku\r\nApple;A\r\n", &[]).is(0, &["new                 1"]);
    folder.import("items", b"sku\tdescription\nB\tBread; brown, sliced\n", &[]).is(0, &["new                 1"]);
}

#[test]
fn a_missing_column_lists_what_was_found_and_an_unknown_one_is_named() {
    let folder = Folder::new();
    check(&folder, "stock", "sku,menge\nA,1\n", 1, &["no column location, qty", "Columns found: sku, menge"]);
    folder.import("items", "sku,description,Farbe\nA,Apple,red\n", &[]).is(0, &["does not know", "Farbe"]);
}

#[test]
fn numbers_that_are_none_are_named_and_never_zero() {
    let folder = Folder::stocked();
    let long = "1234567890123456789012345678901234567890";
    let text = format!("location,sku,qty\nB1,A,\"1,5\"\nB1,A,-0\nB1,A,{long}\nB1,A,\nB1,A,ten\n");
    let parts = [
        "row 2: qty \"1,5\" has a comma in it",
        "row 3: qty \"-0\" is minus zero",
        "row 4: qty \"1234567890",
        "too large",
        "row 5: qty \"\" is empty",
        "row 6: qty \"ten\" has 't' in it",
        "refused             5",
        "Nothing was recorded",
    ];
    check(&folder, "stock", text, 3, &parts);
}

#[test]
fn keys_that_are_there_twice_are_named_with_the_first_row() {
    let folder = Folder::stocked();
    check(&folder, "items", "sku,description\nZ,Zest\nZ,Zest\n", 3, &["row 3: sku \"Z\" is in row 2 already"]);
    check(&folder, "locations", "code\nC1\nc1\n", 3, &["row 3: code \"c1\"", "row 2"]);
    check(&folder, "barcodes", "sku,barcode,pack_qty\nA,9,1\nA,9,1\n", 3, &["row 3", "row 2 already"]);
    check(&folder, "people", "username,name,roles\nmaria,M,counter\nMaria,M,counter\n", 3, &["row 2 already"]);
    folder.import("stock", "location,sku,qty\nB1,A,2\nB1,A,3\n", &[]).is(0, &["added up", "same                2"]);
}

#[test]
fn a_barcode_means_one_item_in_the_file_and_in_the_warehouse() {
    let folder = Folder::stocked();
    check(&folder, "items", "sku,description,barcodes\nX,X,9\nY,Y,9\n", 3, &["row 3", "item X in row 2"]);
    check(&folder, "items", "sku,description,barcodes\nX,X,111\n", 3, &["(111)", "item A already"]);
    check(&folder, "items", "sku,description,barcodes\nX,X,b1\n", 3, &["label of location B1"]);
    check(&folder, "locations", "code\n111\n", 3, &["barcode of item A"]);
}

#[test]
fn unknown_items_and_locations_say_what_to_import_first() {
    let folder = Folder::stocked();
    let parts = [
        "location \"Q9\" is no location of this site",
        "import locations",
        "sku \"Q\" is no item of this site",
        "import items",
    ];
    check(&folder, "stock", "location,sku,qty\nQ9,A,1\nB1,Q,1\n", 3, &parts);
    let movement = "time,sku,location,qty,type,ref\n2026-01-01T00:00:00Z,A,Q9,1,receipt,R1\n";
    check(&folder, "movements", movement, 3, &["location \"Q9\""]);
}

#[test]
fn a_movement_without_quantity_or_of_an_unknown_kind_says_so() {
    let folder = Folder::stocked();
    let text = "time,sku,location,qty,type,ref\n2026-01-01T00:00:00Z,A,B1,,installed,R1\n2026-01-01T00:00:00Z,A,B1,1,beamed,R2\n";
    check(&folder, "movements", text, 3, &["moves no stock", "beamed", "opening, initial", "refused             2"]);
}

#[test]
fn a_cost_in_another_currency_is_refused() {
    let folder = Folder::new();
    check(&folder, "items", "sku,description,unit_cost,currency\nA,Apple,1,USD\n", 3, &["currency \"USD\"", "EUR"]);
}

#[test]
fn a_file_a_site_or_a_database_that_is_not_there_is_said() {
    let folder = Folder::new();
    folder
        .run(&["import", "items", "/nowhere/items.csv", "--site", "MAIN"])
        .is(1, &["/nowhere/items.csv cannot be read"]);
    let file = folder.write("items.csv", "sku,description\n");
    let file = file.to_str().expect("UTF-8");
    folder.run(&["import", "items", file, "--site", "WEST"]).is(1, &["no site WEST", "MAIN"]);
    let nowhere = folder.path("nowhere");
    let said =
        crate::folder::trueup(&["import", "items", file, "--site", "MAIN", "--data", nowhere.to_str().expect("UTF-8")]);
    said.is(1, &["no Trueup database", "trueup serve"]);
    assert!(!nowhere.exists(), "a mistyped folder made a database");
}

#[test]
fn a_command_that_is_not_understood_ends_with_two() {
    let folder = Folder::new();
    folder.run(&["import", "items"]).is(2, &["--site"]);
    folder.run(&["import", "stock", "f.csv", "--site", "MAIN", "--as-of", "yesterday"]).is(2, &["offset from UTC"]);
    let both = ["import", "stock", "f.csv", "--site", "MAIN", "--complete", "--accept-good-rows"];
    folder.run(&both).is(2, &["cannot be used with"]);
}

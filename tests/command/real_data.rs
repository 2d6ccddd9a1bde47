//! Real stock data of others, imported with the real program.

use crate::folder::Folder;
use std::path::Path;

/// Imports every file of a set twice: whole, then the same.
fn import_twice(folder: &Folder, set: &Path, files: &[(&str, &str, u64)]) {
    for (what, file, rows) in files {
        let said = folder.import_file(what, &set.join(file), &[]);
        said.is(0, &[]);
        assert!(said.out.contains(&format!("refused  {:>12}", 0)), "{}", said.out);
        let total: u64 = ["new ", "changed ", "same "].iter().map(|word| figure(&said.out, word)).sum();
        assert_eq!(total, *rows, "{what}: {}", said.out);
    }
    let before = folder.facts();
    for (what, file, rows) in files {
        let said = folder.import_file(what, &set.join(file), &[]);
        said.is(0, &["Nothing to record"]);
        assert_eq!(figure(&said.out, "same "), *rows, "{what}: {}", said.out);
    }
    assert!(folder.facts() == before, "a second import recorded something");
    folder.verify();
}

fn figure(out: &str, word: &str) -> u64 {
    let line = out.lines().find_map(|line| line.trim_start().strip_prefix(word)).expect(word);
    line.trim().replace(',', "").parse().expect("a number")
}

#[test]
fn the_hospital_store_is_imported_twice_and_verifies() {
    let Some(set) = tests::data::find("hospital") else { return };
    let folder = Folder::in_currency("USD");
    let files = [("items", "items.csv", 1496), ("locations", "locations.csv", 781), ("stock", "stock.csv", 1496)];
    import_twice(&folder, &set, &files);
}

#[test]
fn lots_serials_and_many_rows_for_one_key_are_imported_twice_and_verify() {
    let Some(set) = tests::data::find("inventree") else { return };
    let folder = Folder::in_currency("USD");
    let files = [("items", "items.csv", 411), ("locations", "locations.csv", 20), ("stock", "stock.csv", 1041)];
    import_twice(&folder, &set, &files);
    let said = folder.import_file("movements", &set.join("movements.csv"), &[]);
    said.is(3, &["moves no stock", "refused           140", "Nothing was recorded"]);
    let copy = folder.write("movements.csv", std::fs::read(set.join("movements.csv")).expect("the file"));
    folder.import_file("movements", &copy, &["--accept-good-rows"]).is(3, &["new               936"]);
    folder.verify();
}

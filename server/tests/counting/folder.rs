//! The data folder: its lock, its version, and what is not ours.

use crate::warehouse::*;
use server::store::{Identity, OpenError, Store, SystemClock};
use std::{path::Path, sync::Arc};

fn open(folder: &Path) -> Result<Store, OpenError> {
    Store::open(folder, Arc::new(SystemClock))
}

#[test]
fn two_servers_never_share_a_folder_and_a_closed_one_can_be_opened_again() {
    let mut warehouse = Warehouse::new();
    let identity: Identity = warehouse.store().identity();
    let refused = open(warehouse.folder.path()).err().expect("refused");
    assert!(matches!(refused, OpenError::InUse { .. }), "{refused}");
    warehouse.store = None;
    let again = open(warehouse.folder.path()).expect("free again");
    assert_eq!(again.identity(), identity);
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let mut warehouse = Warehouse::new();
    warehouse.store = None;
    look(warehouse.folder.path()).pragma_update(None, "user_version", 99).unwrap();
    let file = warehouse.folder.path().join("trueup.db");
    let before = std::fs::read(&file).unwrap();
    let refused = open(warehouse.folder.path()).err().expect("refused");
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_schema_step_in_another_form_is_refused() {
    let mut warehouse = Warehouse::new();
    warehouse.store = None;
    look(warehouse.folder.path()).execute("UPDATE migration SET checksum = x'00'", []).unwrap();
    let refused = open(warehouse.folder.path()).err().expect("refused");
    assert!(matches!(refused, OpenError::OtherSchema { step: 1, .. }), "{refused}");
}

#[test]
fn what_is_not_a_trueup_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trueup.db");
    std::fs::write(&file, "somebody's notes, long enough to be no empty database").unwrap();
    let refused = open(folder.path()).err().expect("refused");
    assert!(matches!(refused, OpenError::NotOurs { .. }), "{refused}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("somebody's notes"));

    let folder = tempfile::tempdir().unwrap();
    look(folder.path()).execute_batch("CREATE TABLE recipe (name TEXT)").unwrap();
    let refused = open(folder.path()).err().expect("refused");
    assert!(matches!(refused, OpenError::NotOurs { .. }), "{refused}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let refused = open(&file.join("data")).err().expect("refused");
    assert!(matches!(refused, OpenError::Unwritable { .. }), "{refused}");
    assert!(refused.to_string().contains("--data"));
}

#[test]
fn facts_refuse_to_be_changed_or_deleted() {
    let warehouse = Warehouse::new();
    let conn = warehouse.look();
    assert!(conn.execute("UPDATE fact SET origin = 'x'", []).is_err());
    assert!(conn.execute("DELETE FROM fact", []).is_err());
}

//! What the server holds, read from its database file without asking the server: the facts that handhelds recorded, and
//! the exports of the real command.
//!
//! Absent: writing. The database is opened for reading only, beside a running server or on a stopped one.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use shared::event::{Event, EventKind};
use shared::fact::Fact;
use shared::id::{LocationId, SheetId};

use crate::server::run;

/// One event of a handheld as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The handheld's name.
    pub device: String,
    /// Its number in its log.
    pub seq: u64,
    /// What it says.
    pub event: Event,
}

/// Opens the database of a data folder for reading.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn open(data: &Path) -> Connection {
    // by its name: copies that were made before steps of the schema lie beside it
    Connection::open_with_flags(data.join("trueup.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .expect("a database that can be read")
}

/// Every event that handhelds recorded, by handheld and in the order of its logs; each once, where it may take effect. A
/// log that was begun because another was left carries open visits over, so that the same event can be stored in both.
///
/// # Panics
/// When a body is not an event: no test here sends one.
#[must_use]
pub fn events(data: &Path) -> Vec<Recorded> {
    let database = open(data);
    let mut statement = database
        .prepare(
            "SELECT d.name, f.seq, f.body FROM fact f JOIN device_log l ON l.log_no = f.log_no
             JOIN device d ON d.device_id = l.device_id WHERE f.event_id IS NOT NULL ORDER BY d.name, l.log_no, f.seq",
        )
        .expect("the schema");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?)));
    rows.expect("rows")
        .map(|row| {
            let (device, seq, body) = row.expect("a row");
            let event = serde_json::from_slice(&body).expect("an event");
            Recorded { device, seq: u64::try_from(seq).expect("a number"), event }
        })
        .collect()
}

/// How many events are stored more than once in logs that carry nothing over: none may be (I4).
///
/// # Panics
/// Where the database cannot be read.
#[must_use]
pub fn stored_twice(data: &Path) -> u64 {
    let twice = "SELECT count(*) FROM (SELECT 1 FROM fact f JOIN device_log l ON l.log_no = f.log_no
                 WHERE l.reason = 'fresh' GROUP BY f.body HAVING count(*) > 1)";
    let count: i64 = open(data).query_row(twice, [], |row| row.get(0)).expect("the schema");
    u64::try_from(count).expect("a number")
}

/// Every event that is kept beside its log, because another stands at its number (I7).
///
/// # Panics
/// As [`events`].
#[must_use]
pub fn beside(data: &Path) -> Vec<Recorded> {
    let database = open(data);
    let mut statement = database.prepare("SELECT body FROM fact WHERE kind = 'event_conflicted'").expect("the schema");
    let mut device = database
        .prepare("SELECT d.name FROM device_log l JOIN device d ON d.device_id = l.device_id WHERE l.log_id = $1")
        .expect("the schema");
    let bodies = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).expect("rows");
    bodies
        .map(|body| match serde_json::from_slice(&body.expect("a row")).expect("a fact") {
            Fact::EventConflicted { log, seq, body, .. } => {
                let name = device.query_row([log.as_bytes().as_slice()], |row| row.get(0));
                let event = serde_json::from_str(&body).expect("an event");
                Recorded { device: name.expect("a log of a handheld"), seq, event }
            }
            other => panic!("not what it is called: {other:?}"),
        })
        .collect()
}

/// A name for each number, such as `names(data, "location", "code")`.
///
/// # Panics
/// When the table or the column does not exist.
#[must_use]
pub fn names(data: &Path, table: &str, column: &str) -> BTreeMap<i64, String> {
    let database = open(data);
    let mut statement =
        database.prepare(&format!("SELECT {table}_id, {column} FROM {table}")).expect("a table with that column");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

/// Which location each sheet is of.
#[must_use]
pub fn sheets(events: &[Recorded]) -> BTreeMap<SheetId, LocationId> {
    let opened = events.iter().filter_map(|recorded| match (recorded.event.sheet, &recorded.event.kind) {
        (Some(sheet), EventKind::SheetOpened { location, .. }) => Some((sheet, *location)),
        _ => None,
    });
    opened.collect()
}

/// What `trueup export WHAT` writes, as rows.
///
/// # Panics
/// When the command fails.
#[must_use]
pub fn export(data: &Path, what: &str) -> Vec<Value> {
    let output = run(["export", what, "--format", "json", "--data", &data.to_string_lossy()]);
    assert!(output.status.success(), "export {what} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("an array of objects")
}

//! The steps of the schema: which a file has had, and those it still needs. A step, once landed, is never edited; the
//! checksum of each applied one is kept in the file and compared.
//!
//! Absent: going back. An older program refuses a newer file and leaves it as it is.

use super::error::{Error, OpenError};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Every step, in order; `user_version` is how many of them a file has had.
const STEPS: [(&str, &str); 4] = [
    ("start", include_str!("../../../migrations/0001_start.sql")),
    ("incident", include_str!("../../../migrations/0002_incident.sql")),
    ("rescue", include_str!("../../../migrations/0003_rescue.sql")),
    ("backup", include_str!("../../../migrations/0004_backup.sql")),
];

/// Written into the file's header, so that other programs' files are recognised ("TRUP").
const APPLICATION_ID: i64 = 0x5452_5550;

const OWN_TABLE: &str = "CREATE TABLE migration (
    step     INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum BLOB NOT NULL
) STRICT";

/// How many steps this program knows.
pub fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Whether the file is ours, not newer than the program, and built from the same steps. Writes nothing.
///
/// # Errors
/// Says which of these it is not.
pub fn check(conn: &Connection, file: &Path) -> Result<i64, OpenError> {
    let failed = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => {
            OpenError::NotOurs { file: file.to_owned(), why: "it is not a database at all".into() }
        }
        _ => OpenError::Failed { file: file.to_owned(), source: source.into() },
    };
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    if tables == 0 {
        return Ok(0);
    }
    let application: i64 = conn.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(failed)?;
    if application != APPLICATION_ID {
        return Err(OpenError::NotOurs { file: file.to_owned(), why: "another program made it".into() });
    }
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(failed)?;
    if found > known() {
        return Err(OpenError::Newer { file: file.to_owned(), found, known: known() });
    }
    for (step, (_, sql)) in (1_i64..=found).zip(STEPS) {
        let checksum: Option<Vec<u8>> = conn
            .query_row("SELECT checksum FROM migration WHERE step = $1", [step], |row| row.get(0))
            .optional()
            .map_err(failed)?;
        if checksum.as_deref() != Some(Sha256::digest(sql).as_slice()) {
            return Err(OpenError::OtherSchema { file: file.to_owned(), step });
        }
    }
    Ok(found)
}

/// Brings a file that has had `found` steps up to date, in one transaction a step.
///
/// # Errors
/// [`Error::Engine`].
pub fn run(conn: &mut Connection, found: i64) -> Result<(), Error> {
    for (step, (name, sql)) in (1_i64..).zip(STEPS).skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        let tx = conn.transaction()?;
        if step == 1 {
            tx.execute_batch(OWN_TABLE)?;
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        }
        tx.execute_batch(sql)?;
        tx.execute(
            "INSERT INTO migration (step, name, checksum) VALUES ($1, $2, $3)",
            params![step, name, Sha256::digest(sql).as_slice()],
        )?;
        tx.pragma_update(None, "user_version", step)?;
        tx.commit()?;
    }
    Ok(())
}

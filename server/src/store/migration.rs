//! The steps of the schema: which a file has had, and those it still needs. A step, once landed, is never edited; the
//! checksum of each applied one is kept in the file and compared.
//!
//! Absent: going back. An older program refuses a newer file and leaves it as it is.

use super::error::{Error, OpenError};
use crate::planted;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Every step, in order; `user_version` is how many of them a file has had.
const STEPS: [(&str, &str); 9] = [
    ("start", include_str!("../../../migrations/0001_start.sql")),
    ("incident", include_str!("../../../migrations/0002_incident.sql")),
    ("rescue", include_str!("../../../migrations/0003_rescue.sql")),
    ("backup", include_str!("../../../migrations/0004_backup.sql")),
    ("pack_proposed", include_str!("../../../migrations/0005_pack_proposed.sql")),
    ("mark", include_str!("../../../migrations/0006_mark.sql")),
    ("paper", include_str!("../../../migrations/0007_paper.sql")),
    ("grant", include_str!("../../../migrations/0008_grant.sql")),
    ("carried", include_str!("../../../migrations/0009_carried.sql")),
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
    for step in found + 1..=known() {
        let tx = conn.transaction()?;
        take(&tx, step)?;
        planted::point("in_migration");
        tx.commit()?;
        planted::point("after_migration");
    }
    Ok(())
}

/// Takes one step, inside a transaction.
fn take(tx: &Connection, step: i64) -> Result<(), Error> {
    let at = usize::try_from(step - 1).ok().and_then(|at| STEPS.get(at));
    let (name, sql) = at.ok_or_else(|| Error::unreadable("schema step", step))?;
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::open, *};

    fn schema(conn: &Connection) -> Vec<(String, String)> {
        let mut statement = conn
            .prepare("SELECT name, coalesce(sql, '') AS sql FROM sqlite_schema ORDER BY type, name")
            .expect("a statement");
        let rows = statement.query_map([], |row| Ok((row.get("name")?, row.get("sql")?))).expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    }

    /// A folder whose database was killed in the middle of the step after this one.
    fn killed_after(step: i64) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let mut conn = Connection::open(folder.path().join(open::FILE)).expect("a database");
        conn.pragma_update(None, "journal_mode", "WAL").expect("a log");
        for taken in 1..=step {
            let tx = conn.transaction().expect("a transaction");
            take(&tx, taken).expect("a step");
            tx.commit().expect("committed");
        }
        if step < known() {
            let tx = conn.transaction().expect("a transaction");
            take(&tx, step + 1).expect("a step");
            // dropped without a commit, as by a kill
        }
        folder
    }

    #[test]
    fn a_run_that_was_cut_short_at_any_step_is_completed() {
        let mut whole = Connection::open_in_memory().expect("a database");
        run(&mut whole, 0).expect("every step");
        for step in 0..=known() {
            let folder = killed_after(step);
            let opened = open::open(folder.path()).unwrap_or_else(|error| panic!("after step {step}: {error}"));
            assert_eq!(schema(&opened.writer), schema(&whole), "after step {step}");
            assert_eq!(check(&opened.writer, &opened.file).expect("ours"), known());
        }
    }

    #[test]
    fn a_copy_is_kept_of_what_a_step_changes() {
        for step in 1..known() {
            let folder = killed_after(step);
            let copy = folder.path().join(format!("trueup-before-step-{}.db", step + 1));
            // half a copy, left by an attempt that was cut short
            std::fs::write(folder.path().join(format!("trueup-before-step-{}.db.partial", step + 1)), "half")
                .expect("a file");
            drop(open::open(folder.path()).expect("it opens"));
            let kept = Connection::open(&copy).unwrap_or_else(|error| panic!("{}: {error}", copy.display()));
            assert_eq!(check(&kept, &copy).expect("ours"), step);
            let left = std::fs::read_dir(folder.path()).expect("the folder").flatten();
            assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().ends_with(".partial")));
        }
    }
}

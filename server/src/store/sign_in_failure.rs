//! How often signing in failed of late, per person and per address; kept in the database, so that a restart forgives
//! nothing.
//!
//! Absent: how long to wait then; that is decided in `action/throttle.rs`.

use super::{Error, WriteTx};
use rusqlite::{OptionalExtension, params};
use shared::moment::Moment;

/// Failures of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureRow {
    /// In a row.
    pub failures: u32,
    /// The last of them.
    pub last_at: Moment,
}

/// Those of one subject, such as `person:maria`.
pub fn find(tx: &WriteTx<'_>, subject: &str) -> Result<Option<FailureRow>, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT failures, last_at FROM sign_in_failure WHERE subject = $1")?
        .query_row([subject], |row| {
            Ok(FailureRow { failures: row.get("failures")?, last_at: Moment(row.get("last_at")?) })
        })
        .optional()?)
}

/// Sets them; none removes the row.
pub fn set(tx: &WriteTx<'_>, subject: &str, failures: u32) -> Result<(), Error> {
    if failures == 0 {
        tx.conn().prepare_cached("DELETE FROM sign_in_failure WHERE subject = $1")?.execute([subject])?;
        return Ok(());
    }
    tx.conn()
        .prepare_cached(
            "INSERT INTO sign_in_failure (subject, failures, last_at) VALUES ($1, $2, $3)
             ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at",
        )?
        .execute(params![subject, failures, tx.now().0])?;
    Ok(())
}

/// Forgets what is older, so that made-up names do not fill the disk.
pub fn forget_before(tx: &WriteTx<'_>, before: Moment) -> Result<(), Error> {
    tx.conn().prepare_cached("DELETE FROM sign_in_failure WHERE last_at < $1")?.execute([before.0])?;
    Ok(())
}

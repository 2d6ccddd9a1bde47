//! Looking into a database beside a running server, for commands that only read: no lock, no writer.
//!
//! Absent: bringing an older file up to date; that is for whoever opens it to write.

use super::{Error, OpenError, ReadTx, open};
use shared::moment::Moment;
use std::path::Path;

/// Reads in one snapshot of the database in a folder.
///
/// # Errors
/// Why it cannot be opened, or what the read answers.
pub fn look<T, E>(folder: &Path, now: Moment, read: impl FnOnce(&ReadTx<'_>) -> Result<T, E>) -> Result<T, E>
where
    E: From<Error> + From<OpenError>,
{
    let conn = open::look(folder)?;
    let snapshot = conn.unchecked_transaction().map_err(Error::from)?;
    read(&ReadTx::new(&snapshot, now))
}

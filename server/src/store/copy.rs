//! Makes a verified backup: copied page by page from one snapshot, beside a running server or without one, read back and
//! proved, flushed with its folder, and only then called one (`SYNC.md` section 8).
//!
//! Page by page rather than row by row, so that what is damaged here is damaged in the copy and found there. Absent: the
//! receipt, which whoever may write the database writes last.

use super::{
    Error, OpenError,
    backup::Receipt,
    file::{beside, create_private, fingerprint, flush, flush_folder, make_private, remove},
    open,
    proof::{Holdings, prove},
};
use rusqlite::{Connection, OpenFlags, backup::Backup};
use shared::{
    api::backup::{BackupState, BackupWhy},
    moment::Moment,
};
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

const LOCK: &str = "trueup-backup.lock";
/// What a copy is called until it is proved.
const PARTIAL: &str = ".partial";

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One is being made.
    #[error("another backup is being made at this moment; wait until it is done")]
    Busy,
    /// The folder for backups, or the disk under it, cannot take one.
    #[error("{} cannot be written: {why}. Free some space there, or name another folder", path.display())]
    Unwritable {
        /// What could not be written.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The copy was not what it has to be, so the database is not either.
    #[error("the copy does not hold together, so no backup was made and the earlier ones stay: {}", problems.join(" "))]
    NotSound {
        /// What is wrong, as sentences.
        problems: Vec<String>,
    },
    /// The database cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Reading or writing it failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A backup that is on the disk, proved and flushed; not yet on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What its receipt says.
    pub receipt: Receipt,
    /// What it holds.
    pub holdings: Holdings,
}

/// Only one backup of a folder is made at a time; held until dropped.
pub(crate) fn turn(data: &Path) -> Result<File, CopyError> {
    let path = data.join(LOCK);
    let lock = create_private(&path).map_err(|error| unwritable(&path, &error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(CopyError::Busy),
        Err(TryLockError::Error(error)) => Err(unwritable(&path, &error)),
    }
}

/// Copies the database of a data folder to a folder for backups and proves the copy.
///
/// # Errors
/// [`CopyError`]; nothing is left behind then.
pub fn make(data: &Path, to: &Path, now: Moment, why: BackupWhy) -> Result<Made, CopyError> {
    let _turn = turn(data)?;
    make_named(data, to, now, (why, "trueup"))
}

/// As [`make`], with the word that its name begins with, for whoever holds the turn.
pub(super) fn make_named(
    data: &Path,
    to: &Path,
    now: Moment,
    (why, word): (BackupWhy, &str),
) -> Result<Made, CopyError> {
    let to = std::path::absolute(to).map_err(|error| unwritable(to, &error))?;
    if !to.exists() {
        std::fs::create_dir_all(&to).map_err(|error| unwritable(&to, &error))?;
        make_private(&to).map_err(|error| unwritable(&to, &error))?;
    }
    let source = open::look(data)?;
    sweep(&to).map_err(|error| unwritable(&to, &error))?;
    let name = free_name(&to, word, now);
    let partial = to.join(format!("{name}{PARTIAL}"));
    let made = copy(&source, &partial).and_then(|()| finish(&partial, &to.join(&name)));
    drop(source);
    let (size, sha256, holdings) = made.inspect_err(|_| {
        // what is left of it is swept by the next one at the latest
        let _ = remove(&partial);
    })?;
    let receipt = Receipt {
        id: 0,
        folder: to,
        name,
        made_at: now,
        why,
        size,
        sha256,
        position: holdings.position,
        facts: holdings.facts,
        events: holdings.events,
        state: BackupState::Verified,
        checked_at: now,
    };
    Ok(Made { receipt, holdings })
}

fn copy(source: &Connection, partial: &Path) -> Result<(), CopyError> {
    create_private(partial).map_err(|error| unwritable(partial, &error))?;
    let full = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::SystemIoFailure) => {
            CopyError::Unwritable { path: partial.to_owned(), why: error.to_string() }
        }
        _ => CopyError::Store(error.into()),
    };
    let mut target =
        Connection::open_with_flags(partial, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(full)?;
    // one snapshot from the first page to the last, whatever the server commits meanwhile
    let snapshot = source.unchecked_transaction().map_err(Error::from)?;
    snapshot.query_row("SELECT count(*) FROM meta", [], |_| Ok(())).map_err(Error::from)?;
    Backup::new(&snapshot, &mut target).and_then(|backup| backup.step(-1)).map_err(full)?;
    drop(snapshot);
    // one file, complete without a log beside it
    target.pragma_update(None, "journal_mode", "DELETE").map_err(full)?;
    target.close().map_err(|(_, error)| full(error))?;
    Ok(())
}

/// Proves a copy, flushes it and gives it its name.
fn finish(partial: &Path, path: &Path) -> Result<(u64, [u8; 32], Holdings), CopyError> {
    let failed = |error: std::io::Error| unwritable(path, &error);
    let (report, holdings) = prove(partial)?;
    if !report.is_clean() {
        return Err(CopyError::NotSound { problems: report.problems });
    }
    let (size, sha256) = fingerprint(partial).map_err(failed)?;
    flush(partial).map_err(failed)?;
    std::fs::rename(partial, path).map_err(failed)?;
    flush_folder(path.parent().unwrap_or(path)).map_err(failed)?;
    Ok((size, sha256, holdings))
}

/// Removes what an attempt that was cut short has left.
fn sweep(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("trueup-") && (name.ends_with(PARTIAL) || name.ends_with(".partial-journal")) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// `trueup-2026-11-23T02-00-00Z.db`, with a number where that is taken.
fn free_name(folder: &Path, word: &str, now: Moment) -> String {
    let at = chrono::DateTime::from_timestamp_millis(now.0).unwrap_or_default().format("%Y-%m-%dT%H-%M-%SZ");
    let name = format!("{word}-{at}.db");
    if !folder.join(&name).exists() {
        return name;
    }
    (2..).map(|number| format!("{word}-{at}-{number}.db")).find(|name| !folder.join(name).exists()).unwrap_or(name)
}

/// What became of a backup's file since it was proved.
pub fn look_at(receipt: &Receipt) -> BackupState {
    match fingerprint(&receipt.path()) {
        Ok((size, sha256)) if size == receipt.size && sha256 == receipt.sha256 => BackupState::Verified,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BackupState::Missing,
        _ => BackupState::Damaged,
    }
}

/// Removes the oldest verified backups of a folder beyond those that stay; answers the receipts whose files are gone.
/// One that no longer verifies does not count as kept, so that the last good one is never removed for it.
pub fn prune(receipts: &[Receipt], folder: &Path, keep: u32) -> Vec<i64> {
    let here = |receipt: &&Receipt| receipt.folder == folder && receipt.state == BackupState::Verified;
    let (mut kept, mut gone) = (0, Vec::new());
    for receipt in receipts.iter().filter(here) {
        // the newest were looked at just now; a file is only removed while enough good ones are newer
        if kept < shared::backup::kept(keep) {
            kept += usize::from(look_at(receipt) == BackupState::Verified);
        } else {
            match remove(&receipt.path()) {
                Ok(()) => gone.push(receipt.id),
                Err(error) => tracing::warn!(%error, "{} cannot be removed", receipt.path().display()),
            }
        }
    }
    gone
}

fn unwritable(path: &Path, error: &std::io::Error) -> CopyError {
    CopyError::Unwritable { path: path.to_owned(), why: error.to_string() }
}

/// Records a backup from another process than the server's, or without one: a connection of its own, for receipts alone.
///
/// # Errors
/// [`OpenError`], [`Error::Engine`].
pub fn record_aside(data: &Path, made: &Made, keep: Option<u32>) -> Result<(), CopyError> {
    let conn = open::aside(data)?;
    let tx = conn.unchecked_transaction().map_err(Error::from)?;
    super::backup::insert(&tx, &made.receipt, &made.holdings)?;
    tx.commit().map_err(Error::from)?;
    if let Some(keep) = keep {
        let receipts = super::backup::list_in(&conn)?;
        for id in prune(&receipts, &made.receipt.folder, keep) {
            super::backup::set_state(&conn, id, BackupState::Removed, made.receipt.checked_at)?;
        }
    }
    Ok(())
}

/// Writes what became of the files, from another process.
///
/// # Errors
/// [`OpenError`], [`Error::Engine`].
pub fn mark_aside(data: &Path, found: &[(i64, BackupState)], now: Moment) -> Result<(), CopyError> {
    let conn = open::aside(data)?;
    for (id, state) in found {
        super::backup::set_state(&conn, *id, *state, now)?;
    }
    Ok(())
}

/// The file of a backup together with what a database in use leaves beside it.
pub(super) fn all_files(database: &Path) -> [PathBuf; 3] {
    [database.to_owned(), beside(database, "-wal"), beside(database, "-shm")]
}

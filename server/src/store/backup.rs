//! Receipts of verified backups and the plan by which they are made: operations, no facts. Other processes write
//! receipts too; the writer notices by the engine's own count of foreign commits.
//!
//! Absent: the files ([`super::copy`]).

use super::{Error, ReadTx, WriteTx, log, proof::Holdings};
use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::{
    api::backup::{BackupState, BackupWhy},
    backup::Plan,
    id::LogId,
    moment::Moment,
    sync::{log::Chain, message::Head},
};
use std::path::{Path, PathBuf};

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its number; 0 before it is written.
    pub id: i64,
    /// Where the file is.
    pub folder: PathBuf,
    /// What it is called.
    pub name: String,
    /// It holds what was committed until then.
    pub made_at: Moment,
    /// Why it was made.
    pub why: BackupWhy,
    /// Of the file.
    pub size: u64,
    /// Of the file.
    pub sha256: [u8; 32],
    /// The last fact in it.
    pub position: i64,
    /// Facts in it.
    pub facts: u64,
    /// Facts in it that handhelds recorded.
    pub events: u64,
    /// What is known of the file.
    pub state: BackupState,
    /// Since when.
    pub checked_at: Moment,
}

impl Receipt {
    /// The file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }
}

/// Writes a receipt: from now on its logs are told to be in a verified backup.
pub(crate) fn insert(conn: &Connection, receipt: &Receipt, holdings: &Holdings) -> Result<i64, Error> {
    conn.execute(
        "INSERT INTO backup (folder, name, made_at, why, size_bytes, sha256, position, facts, events, state, checked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            receipt.folder.to_string_lossy(),
            receipt.name,
            receipt.made_at.0,
            receipt.why.word(),
            number(receipt.size)?,
            receipt.sha256.as_slice(),
            receipt.position,
            number(receipt.facts)?,
            number(receipt.events)?,
            receipt.state.word(),
            receipt.checked_at.0,
        ],
    )?;
    let id = conn.last_insert_rowid();
    let mut statement =
        conn.prepare("INSERT INTO backup_log (log_id, backup_id, seq, chain) VALUES ($1, $2, $3, $4)")?;
    for (log, head) in &holdings.logs {
        statement.execute(params![log.as_bytes().as_slice(), id, number(head.seq)?, head.chain.0.as_slice()])?;
    }
    conn.execute(
        "UPDATE backup_plan SET failed_at = NULL, failed_why = NULL WHERE failed_at <= $1",
        [receipt.checked_at.0],
    )?;
    Ok(id)
}

/// As [`insert`], by the server.
///
/// # Errors
/// [`Error::Engine`].
pub fn record(tx: &mut WriteTx<'_>, receipt: &Receipt, holdings: &Holdings) -> Result<i64, Error> {
    tx.memory.archived.clear();
    insert(tx.conn(), receipt, holdings)
}

/// Writes what was found of a file.
pub(crate) fn set_state(conn: &Connection, id: i64, state: BackupState, at: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE backup SET state = $1, checked_at = $2 WHERE backup_id = $3",
        params![state.word(), at.0, id],
    )?;
    if state == BackupState::Removed {
        conn.execute("DELETE FROM backup_log WHERE backup_id = $1", [id])?;
    }
    Ok(())
}

/// As [`set_state`], by the server.
///
/// # Errors
/// [`Error::Engine`].
pub fn mark(tx: &mut WriteTx<'_>, id: i64, state: BackupState) -> Result<(), Error> {
    tx.memory.archived.clear();
    set_state(tx.conn(), id, state, tx.now())
}

/// Every receipt of a file that was not removed, the newest first.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Receipt>, Error> {
    list_in(tx.conn())
}

pub(crate) fn list_in(conn: &Connection) -> Result<Vec<Receipt>, Error> {
    let mut statement = conn.prepare(
        "SELECT backup_id, folder, name, made_at, why, size_bytes, sha256, position, facts, events, state, checked_at
         FROM backup WHERE state <> 'removed' ORDER BY made_at DESC, backup_id DESC",
    )?;
    let rows = statement.query_map([], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<Receipt, Error> {
    let unsigned = |column: &'static str| -> Result<u64, Error> {
        u64::try_from(row.get::<_, i64>(column)?).map_err(|error| Error::unreadable(column, error))
    };
    let sha256: Vec<u8> = row.get("sha256")?;
    let (why, state): (String, String) = (row.get("why")?, row.get("state")?);
    Ok(Receipt {
        id: row.get("backup_id")?,
        folder: row.get::<_, String>("folder")?.into(),
        name: row.get("name")?,
        made_at: Moment(row.get("made_at")?),
        why: BackupWhy::parse(&why).ok_or_else(|| Error::unreadable("backup", why))?,
        size: unsigned("size_bytes")?,
        sha256: sha256.try_into().map_err(|_| Error::unreadable("backup", "its hash is not 32 bytes"))?,
        position: row.get("position")?,
        facts: unsigned("facts")?,
        events: unsigned("events")?,
        state: BackupState::parse(&state).ok_or_else(|| Error::unreadable("backup", state))?,
        checked_at: Moment(row.get("checked_at")?),
    })
}

/// The plan, and when and why the last attempt failed.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn plan(tx: &ReadTx<'_>) -> Result<(Plan, Option<(Moment, String)>), Error> {
    let stored: Option<(String, Option<i64>, Option<String>)> = tx
        .conn()
        .query_row("SELECT plan, failed_at, failed_why FROM backup_plan", [], |row| {
            Ok((row.get("plan")?, row.get("failed_at")?, row.get("failed_why")?))
        })
        .optional()?;
    let Some((plan, at, why)) = stored else { return Ok((Plan::default(), None)) };
    let plan = serde_json::from_str(&plan).map_err(|error| Error::unreadable("backup plan", error))?;
    Ok((plan, at.map(Moment).zip(why)))
}

/// Keeps another plan.
///
/// # Errors
/// [`Error::Engine`].
pub fn set_plan(tx: &WriteTx<'_>, plan: &Plan) -> Result<(), Error> {
    let text = serde_json::to_string(plan).map_err(|error| Error::unreadable("backup plan", error))?;
    tx.conn().execute(
        "INSERT INTO backup_plan (one, plan) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET plan = excluded.plan",
        [text],
    )?;
    Ok(())
}

/// Keeps why an attempt failed, for whoever looks.
///
/// # Errors
/// [`Error::Engine`].
pub fn note_failure(tx: &WriteTx<'_>, why: &str) -> Result<(), Error> {
    let (plan, _) = plan(&tx.as_read())?;
    set_plan(tx, &plan)?;
    tx.conn().execute("UPDATE backup_plan SET failed_at = $1, failed_why = $2", params![tx.now().0, why])?;
    Ok(())
}

/// Up to where a verified backup holds a log, on the line that is here.
pub(crate) fn archived(tx: &mut WriteTx<'_>, row: &log::LogRow) -> Result<u64, Error> {
    if let Some(seq) = tx.memory.archived.get(&row.id) {
        return Ok(*seq);
    }
    let seq = match last_copy(tx.conn(), row.id)? {
        Some(copy) if holds(tx.conn(), row, copy)? => copy.seq,
        _ => 0,
    };
    tx.memory.archived.insert(row.id, seq);
    Ok(seq)
}

fn last_copy(conn: &Connection, log: LogId) -> Result<Option<Head>, Error> {
    let found: Option<(i64, Vec<u8>)> = conn
        .prepare_cached(
            "SELECT l.seq, l.chain FROM backup_log l JOIN backup b ON b.backup_id = l.backup_id
             WHERE l.log_id = $1 AND b.state = 'verified' ORDER BY l.seq DESC LIMIT 1",
        )?
        .query_row([log.as_bytes().as_slice()], |row| Ok((row.get("seq")?, row.get("chain")?)))
        .optional()?;
    let Some((seq, chain)) = found else { return Ok(None) };
    let chain = Chain::from_slice(&chain).ok_or_else(|| Error::unreadable("backup", "a chain is not 32 bytes"))?;
    Ok(Some(Head { seq: seq.cast_unsigned(), chain }))
}

/// Whether the log here goes through where the copy ends.
fn holds(conn: &Connection, row: &log::LogRow, copy: Head) -> Result<bool, Error> {
    if copy.seq == row.head.seq {
        return Ok(copy.chain == row.head.chain);
    }
    Ok(copy.seq == 0 || log::chain_at(conn, row.no, copy.seq)? == Some(copy.chain))
}

/// The engine's count of commits by others, which moves when another process has written a receipt.
pub(crate) fn foreign_commits(conn: &Connection) -> Result<i64, Error> {
    Ok(conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}

/// Where a folder's backups are, unless somebody says otherwise.
pub fn usual_folder(data: &Path) -> PathBuf {
    let folder = data.join("backups");
    std::path::absolute(&folder).unwrap_or(folder)
}

fn number(of: u64) -> Result<i64, Error> {
    i64::try_from(of).map_err(|error| Error::unreadable("number", error))
}

//! Logs of handhelds: which are bound to which device, and where they stand.

use super::{Error, Header, WriteTx};
use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::{
    id::{DeviceId, LogId, SiteId},
    sync::{
        log::Chain,
        message::{Head, LogReason},
    },
};

/// A log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRow {
    /// Its own name.
    pub id: LogId,
    /// The number tables use for it.
    pub no: i64,
    /// The handheld it is bound to.
    pub device: DeviceId,
    /// The site.
    pub site: SiteId,
    /// Why it exists.
    pub reason: LogReason,
    /// How far it has arrived, without a gap.
    pub head: Head,
}

/// The word used in tables.
pub const fn reason_word(reason: LogReason) -> &'static str {
    match reason {
        LogReason::Fresh => "fresh",
        LogReason::Salvage => "salvage",
        LogReason::Fork => "fork",
        LogReason::Rescue => "rescue",
    }
}

const COLUMNS: &str = "SELECT log_no, log_id, device_id, site_id, reason, head_seq, head_chain FROM device_log";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<LogRow, Error>> {
    let word: String = row.get("reason")?;
    let reason = [LogReason::Fresh, LogReason::Salvage, LogReason::Fork, LogReason::Rescue]
        .into_iter()
        .find(|reason| reason_word(*reason) == word);
    let id = LogId::from_slice(row.get_ref("log_id")?.as_blob().unwrap_or_default());
    let chain = Chain::from_slice(row.get_ref("head_chain")?.as_blob().unwrap_or_default());
    let (Some(reason), Some(id), Some(chain)) = (reason, id, chain) else {
        return Ok(Err(Error::unreadable("log", "its id, reason or chain is damaged")));
    };
    Ok(Ok(LogRow {
        id,
        no: row.get("log_no")?,
        device: DeviceId(row.get("device_id")?),
        site: SiteId(row.get("site_id")?),
        reason,
        head: Head { seq: row.get::<_, i64>("head_seq")?.cast_unsigned(), chain },
    }))
}

/// A log by its own name.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find(conn: &Connection, log: LogId) -> Result<Option<LogRow>, Error> {
    conn.prepare_cached(&format!("{COLUMNS} WHERE log_id = $1"))?
        .query_row([log.as_bytes().as_slice()], read)
        .optional()?
        .transpose()
}

/// A log by its number.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_by_no(conn: &Connection, no: i64) -> Result<Option<LogRow>, Error> {
    conn.prepare_cached(&format!("{COLUMNS} WHERE log_no = $1"))?.query_row([no], read).optional()?.transpose()
}

/// A log by its own name, as the writer remembers it.
pub(crate) fn known(tx: &mut WriteTx<'_>, log: LogId) -> Result<Option<LogRow>, Error> {
    if let Some(row) = tx.memory.logs.get(&log) {
        return Ok(Some(*row));
    }
    let row = find(tx.conn(), log)?;
    if let Some(row) = row {
        tx.memory.logs.insert(log, row);
    }
    Ok(row)
}

/// The number the next log gets.
pub(crate) fn next_no(conn: &Connection) -> Result<i64, Error> {
    Ok(conn.query_row("SELECT coalesce(max(log_no), 0) + 1 FROM device_log", [], |row| row.get(0))?)
}

pub(crate) fn insert(conn: &Connection, row: &LogRow) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO device_log (log_no, log_id, device_id, site_id, reason, head_seq, head_chain)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )?
    .execute(params![
        row.no,
        row.id.as_bytes().as_slice(),
        row.device.0,
        row.site.0,
        reason_word(row.reason),
        row.head.seq.cast_signed(),
        row.head.chain.0.as_slice(),
    ])?;
    Ok(())
}

/// Binds a log to another handheld.
pub(crate) fn bind(tx: &mut WriteTx<'_>, log: LogId, device: DeviceId) -> Result<(), Error> {
    if let Some(row) = tx.memory.logs.get_mut(&log) {
        row.device = device;
    }
    tx.conn()
        .prepare_cached("UPDATE device_log SET device_id = $1 WHERE log_id = $2")?
        .execute(params![device.0, log.as_bytes().as_slice()])?;
    Ok(())
}

/// Writes where a log stands now; once per push.
pub(crate) fn set_head(tx: &mut WriteTx<'_>, log: LogId, head: Head) -> Result<(), Error> {
    if let Some(row) = tx.memory.logs.get_mut(&log) {
        row.head = head;
    }
    tx.conn()
        .prepare_cached("UPDATE device_log SET head_seq = $1, head_chain = $2 WHERE log_id = $3")?
        .execute(params![head.seq.cast_signed(), head.chain.0.as_slice(), log.as_bytes().as_slice()])?;
    Ok(())
}

/// The chain of a log after one of its events.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn chain_at(conn: &Connection, log_no: i64, seq: u64) -> Result<Option<Chain>, Error> {
    let stored: Option<Vec<u8>> = conn
        .prepare_cached("SELECT device_chain FROM fact WHERE log_no = $1 AND seq = $2")?
        .query_row(params![log_no, seq.cast_signed()], |row| row.get("device_chain"))
        .optional()?;
    stored
        .map(|bytes| Chain::from_slice(&bytes).ok_or_else(|| Error::unreadable("log chain", "it is not 32 bytes")))
        .transpose()
}

/// Whether an event with exactly this chain is held beside the log.
///
/// # Errors
/// [`Error::Engine`].
pub fn holds_beside(conn: &Connection, log_no: i64, seq: u64, chain: &Chain) -> Result<bool, Error> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM log_branch WHERE log_no = $1 AND seq = $2 AND chain = $3")?
        .exists(params![log_no, seq.cast_signed(), chain.0.as_slice()])?)
}

pub(crate) fn insert_branch(
    conn: &Connection,
    header: &Header,
    log_no: i64,
    (seq, chain): (u64, Chain),
) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO log_branch (log_no, seq, chain, position) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )?
    .execute(params![log_no, seq.cast_signed(), chain.0.as_slice(), header.position.0])?;
    Ok(())
}

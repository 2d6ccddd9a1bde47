//! Files that people carried in by hand: each with what became of it, and whole as long as something of it waits.
//!
//! Absent: the entries in them, which are facts once they are taken.

use super::{Error, ReadTx, WriteTx};
use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::{
    api::rescue::{RescueReport, RescueRow},
    id::{EventId, PersonId, SiteId},
    moment::Moment,
};

/// What of an event is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing has its id.
    No,
    /// It is here, byte for byte.
    Same,
    /// Something else has its id.
    Other,
}

/// Whether an event is here, in whichever log.
///
/// # Errors
/// [`Error::Engine`].
pub fn known(conn: &Connection, id: EventId, body: &str) -> Result<Known, Error> {
    let same: Option<bool> = conn
        .prepare_cached("SELECT body = $1 AS same FROM fact WHERE event_id = $2")?
        .query_row(params![body.as_bytes(), id.as_bytes().as_slice()], |row| row.get("same"))
        .optional()?;
    Ok(match same {
        None => Known::No,
        Some(true) => Known::Same,
        Some(false) => Known::Other,
    })
}

/// Writes down what became of a file. A later try replaces an earlier one.
pub(crate) fn keep(
    tx: &WriteTx<'_>,
    hash: &[u8; 32],
    (site, person): (SiteId, Option<PersonId>),
    file: Option<&str>,
    report: &RescueReport,
) -> Result<(), Error> {
    let report = serde_json::to_string(report).map_err(|error| Error::unreadable("report", error))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO rescue_file (file_hash, site_id, received_at, person_id, file, report) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (file_hash) DO UPDATE SET site_id = excluded.site_id, received_at = excluded.received_at,
                person_id = excluded.person_id, file = excluded.file, report = excluded.report",
        )?
        .execute(params![hash.as_slice(), site.0, tx.now().0, person.map(|person| person.0), file, report])?;
    Ok(())
}

/// A kept file as it was; `None` when there is none, or nothing of it waits.
///
/// # Errors
/// [`Error::Engine`].
pub fn find(tx: &ReadTx<'_>, site: SiteId, hash: &[u8; 32]) -> Result<Option<String>, Error> {
    let found: Option<Option<String>> = tx
        .conn()
        .prepare_cached("SELECT file FROM rescue_file WHERE file_hash = $1 AND site_id = $2")?
        .query_row(params![hash.as_slice(), site.0], |row| row.get("file"))
        .optional()?;
    Ok(found.flatten())
}

/// Files brought to a site, newest first.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn list(tx: &ReadTx<'_>, site: SiteId, limit: u32) -> Result<Vec<RescueRow>, Error> {
    tx.conn()
        .prepare_cached(
            "SELECT r.file_hash, r.received_at, r.person_id, coalesce(p.name, '') AS person_name, r.report
             FROM rescue_file r LEFT JOIN person p ON p.person_id = r.person_id
             WHERE r.site_id = $1 ORDER BY r.received_at DESC, r.file_hash LIMIT $2",
        )?
        .query_map(params![site.0, limit], read)?
        .map(|row| row?)
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<RescueRow, Error>> {
    let hash: Vec<u8> = row.get("file_hash")?;
    let report: String = row.get("report")?;
    Ok(match serde_json::from_str(&report) {
        Ok(report) => Ok(RescueRow {
            id: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            received_at: Moment(row.get("received_at")?),
            person: row.get::<_, Option<i64>>("person_id")?.map(PersonId),
            person_name: row.get("person_name")?,
            report,
        }),
        Err(error) => Err(Error::unreadable("report", error)),
    })
}

//! Paper sheets: the handheld and the log they stand under.
//!
//! Absent: what is printed (see `read/label.rs`).

use super::{
    Error,
    log::{self, LogRow},
};
use rusqlite::{Connection, OptionalExtension};
use shared::id::{CountId, DeviceId, LocationId, PersonId, SiteId, TaskId};

/// The handheld that a site's paper stands under, once there was any.
///
/// # Errors
/// [`Error::Engine`].
pub fn find_device(conn: &Connection, site: SiteId) -> Result<Option<DeviceId>, Error> {
    Ok(conn
        .prepare_cached("SELECT device_id FROM paper_device WHERE site_id = $1")?
        .query_row([site.0], |row| Ok(DeviceId(row.get("device_id")?)))
        .optional()?)
}

/// Whether a handheld is what a site's paper stands under.
///
/// # Errors
/// [`Error::Engine`].
pub fn is_paper(conn: &Connection, device: DeviceId) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM paper_device WHERE device_id = $1")?.exists([device.0])?)
}

/// Its log, once something was typed.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_log(conn: &Connection, device: DeviceId) -> Result<Option<LogRow>, Error> {
    let no: Option<i64> = conn
        .prepare_cached("SELECT max(log_no) AS no FROM device_log WHERE device_id = $1")?
        .query_row([device.0], |row| row.get("no"))?;
    no.map_or(Ok(None), |no| log::find_by_no(conn, no))
}

/// The count of a task.
///
/// # Errors
/// [`Error::Engine`].
pub fn find_count(conn: &Connection, task: TaskId) -> Result<Option<CountId>, Error> {
    Ok(conn
        .prepare_cached("SELECT count_id FROM task WHERE task_id = $1")?
        .query_row([task.0], |row| Ok(CountId(row.get("count_id")?)))
        .optional()?)
}

/// Who typed paper sheets of a place in, with the round of each.
///
/// # Errors
/// [`Error::Engine`].
pub fn list_typists(conn: &Connection, count: CountId, location: LocationId) -> Result<Vec<(u8, PersonId)>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT DISTINCT s.round, p.typist_id FROM sheet s JOIN paper_sheet p ON p.sheet_id = s.sheet_id
             WHERE s.count_id = $1 AND s.location_id = $2 AND s.close_seq IS NOT NULL",
        )?
        .query_map([count.0, location.0], |row| Ok((row.get("round")?, PersonId(row.get("typist_id")?))))?
        .collect::<Result<_, _>>()?)
}

//! Enrolled handhelds.

use super::{Error, ReadTx, WriteTx};
use rusqlite::OptionalExtension;
use shared::id::{DeviceId, SiteId};

/// A handheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its number.
    pub id: DeviceId,
    /// The site it was enrolled at.
    pub site: SiteId,
    /// What is written on it.
    pub name: String,
    /// Whether it may no longer read.
    pub revoked: bool,
}

/// A handheld by its number.
///
/// # Errors
/// [`Error::Engine`].
pub fn find(conn: &rusqlite::Connection, device: DeviceId) -> Result<Option<DeviceRow>, Error> {
    Ok(conn
        .prepare_cached("SELECT site_id, name, revoked FROM device WHERE device_id = $1")?
        .query_row([device.0], |row| {
            Ok(DeviceRow {
                id: device,
                site: SiteId(row.get("site_id")?),
                name: row.get("name")?,
                revoked: row.get("revoked")?,
            })
        })
        .optional()?)
}

/// A handheld by its number, as the writer remembers it.
///
/// # Errors
/// [`Error::Engine`].
pub(crate) fn known(tx: &mut WriteTx<'_>, device: DeviceId) -> Result<Option<DeviceRow>, Error> {
    if let Some(row) = tx.memory.devices.get(&device) {
        return Ok(row.clone());
    }
    let row = find(tx.conn(), device)?;
    tx.memory.devices.insert(device, row.clone());
    Ok(row)
}

/// Whether a handheld of the site already has this name.
///
/// # Errors
/// [`Error::Engine`].
pub fn is_name_taken(tx: &ReadTx<'_>, site: SiteId, name: &str) -> Result<bool, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT 1 FROM device WHERE site_id = $1 AND name = $2")?
        .exists(rusqlite::params![site.0, name])?)
}

//! Locations shard by shard for handhelds, and as actions look at them.

use super::{Error, ReadTx, item::span};
use rusqlite::{Connection, OptionalExtension, Rows, params};
use shared::{
    id::{LocationId, SiteId},
    location::{Location, LocationKind},
};

/// The code of the location with this label, if it is one.
///
/// # Errors
/// [`Error::Engine`].
pub fn find_label(conn: &Connection, site: SiteId, barcode: &str) -> Result<Option<String>, Error> {
    Ok(conn
        .prepare_cached("SELECT code FROM location WHERE site_id = $1 AND barcode = $2")?
        .query_row(params![site.0, barcode], |row| row.get("code"))
        .optional()?)
}

/// The locations of one shard.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn list_shard(tx: &ReadTx<'_>, site: SiteId, shard: u32) -> Result<Vec<Location>, Error> {
    let (from, to) = span(shard);
    let mut statement = tx.conn().prepare_cached(
        "SELECT location_id, code, barcode, zone, aisle, bay, level, kind, walk_order FROM location
         WHERE location_id BETWEEN $1 AND $2 AND site_id = $3 ORDER BY location_id",
    )?;
    listed(statement.query([from, to, site.0])?)
}

/// Locations as they stand in their table.
pub(super) fn listed(mut rows: Rows<'_>) -> Result<Vec<Location>, Error> {
    let mut locations = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get("kind")?;
        locations.push(Location {
            id: LocationId(row.get("location_id")?),
            code: row.get("code")?,
            barcode: row.get("barcode")?,
            zone: row.get("zone")?,
            aisle: row.get("aisle")?,
            bay: row.get("bay")?,
            level: row.get("level")?,
            kind: LocationKind::parse(&kind).ok_or_else(|| Error::unreadable("location kind", &kind))?,
            walk_order: row.get("walk_order")?,
        });
    }
    Ok(locations)
}

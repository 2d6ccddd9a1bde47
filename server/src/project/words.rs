//! Names for sentences: a bin's code, an item's SKU, a handheld's name, a person's.

use crate::store::Error;
use rusqlite::{Connection, OptionalExtension};
use shared::id::{DeviceId, ItemId, LocationId, PersonId};

fn one(conn: &Connection, sql: &str, id: i64) -> Result<String, Error> {
    let name = conn.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    Ok(name.unwrap_or_else(|| format!("number {id}")))
}

pub(crate) fn device(conn: &Connection, id: DeviceId) -> Result<String, Error> {
    one(conn, "SELECT name FROM device WHERE device_id = $1", id.0)
}
pub(crate) fn location(conn: &Connection, id: LocationId) -> Result<String, Error> {
    one(conn, "SELECT code FROM location WHERE location_id = $1", id.0)
}
pub(crate) fn item(conn: &Connection, id: ItemId) -> Result<String, Error> {
    one(conn, "SELECT sku FROM item WHERE item_id = $1", id.0)
}
pub(crate) fn person(conn: &Connection, id: PersonId) -> Result<String, Error> {
    one(conn, "SELECT name FROM person WHERE person_id = $1", id.0)
}

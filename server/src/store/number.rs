//! The numbers that the server gives to what it makes: one more than the highest so far. Nothing numbered is ever
//! deleted, and there is one writer, so no number is given twice.

use super::{Error, WriteTx};

/// What gets a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbered {
    /// A site.
    Site,
    /// A person.
    Person,
    /// A handheld.
    Device,
}

/// The next number.
pub fn next(tx: &WriteTx<'_>, of: Numbered) -> Result<i64, Error> {
    let sql = match of {
        Numbered::Site => "SELECT coalesce(max(site_id), 0) + 1 FROM site",
        Numbered::Person => "SELECT coalesce(max(person_id), 0) + 1 FROM person",
        Numbered::Device => "SELECT coalesce(max(device_id), 0) + 1 FROM device",
    };
    Ok(tx.conn().prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

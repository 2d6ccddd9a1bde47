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
    /// A count that somebody makes; those nobody planned have derived numbers, which are higher.
    Count,
    /// A task that somebody makes.
    Task,
    /// A movement.
    Movement,
}

/// Numbers from here on are derived from what they name (`project/trace.rs`); those counted up stay below.
pub const DERIVED_FROM: i64 = 1 << 51;

/// The next number.
pub fn next(tx: &WriteTx<'_>, of: Numbered) -> Result<i64, Error> {
    let sql = match of {
        Numbered::Site => "SELECT coalesce(max(site_id), 0) + 1 FROM site",
        Numbered::Person => "SELECT coalesce(max(person_id), 0) + 1 FROM person",
        Numbered::Device => "SELECT coalesce(max(device_id), 0) + 1 FROM device",
        Numbered::Count => return below(tx, "SELECT coalesce(max(count_id), 0) + 1 FROM count WHERE count_id < $1"),
        Numbered::Task => return below(tx, "SELECT coalesce(max(task_id), 0) + 1 FROM task WHERE task_id < $1"),
        Numbered::Movement => "SELECT coalesce(max(movement_id), 0) + 1 FROM movement",
    };
    Ok(tx.conn().prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

fn below(tx: &WriteTx<'_>, sql: &str) -> Result<i64, Error> {
    Ok(tx.conn().prepare_cached(sql)?.query_row([DERIVED_FROM], |row| row.get(0))?)
}

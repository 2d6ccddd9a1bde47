//! What `trueup doctor` asks of all sites at once.

use super::row;
use crate::store::{Error, ReadTx};
use shared::moment::Moment;

/// A handheld that announced entries which are not here.
pub struct Holding {
    /// What is written on it.
    pub name: String,
    /// How many.
    pub waiting: u64,
    /// When it was last heard of.
    pub seen_at: Moment,
}

/// Handhelds that hold something, the longest silent first.
pub fn list_holding(tx: &ReadTx<'_>) -> Result<Vec<Holding>, Error> {
    row::all(
        tx.conn(),
        "SELECT d.name, s.waiting, s.seen_at FROM device_seen s JOIN device d ON d.device_id = s.device_id
         WHERE s.waiting > 0 AND d.revoked = 0 ORDER BY s.seen_at, d.name",
        &[],
        |found| {
            Ok(Holding {
                name: row::text(found, "name")?,
                waiting: row::small(found, "waiting")?,
                seen_at: row::moment(found, "seen_at")?,
            })
        },
    )
}

/// Handhelds that said last that their second journal takes nothing, by name.
pub fn list_one_journal(tx: &ReadTx<'_>) -> Result<Vec<String>, Error> {
    list_without(tx, "$.mirror")
}

/// Handhelds that said last that their browser may delete what is stored, by name.
pub fn list_not_persistent(tx: &ReadTx<'_>) -> Result<Vec<String>, Error> {
    list_without(tx, "$.persistent")
}

/// Handhelds that said no to something about their storage; those that said nothing of it are not among them.
fn list_without(tx: &ReadTx<'_>, path: &str) -> Result<Vec<String>, Error> {
    row::all(
        tx.conn(),
        "SELECT d.name FROM device_seen s JOIN device d ON d.device_id = s.device_id
         WHERE json_extract(s.storage, $1) = 0 AND d.revoked = 0 ORDER BY d.name",
        &[&path],
        |found| row::text(found, "name"),
    )
}

/// When the last fact was recorded.
pub fn last_recorded(tx: &ReadTx<'_>) -> Result<Option<Moment>, Error> {
    row::first(tx.conn(), "SELECT recorded_at FROM fact ORDER BY position DESC LIMIT 1", &[], |found| {
        row::moment(found, "recorded_at")
    })
}

//! When a handheld was last heard of, and what it said it still holds: operations, no facts.

use super::{Error, WriteTx};
use rusqlite::params;
use shared::{id::DeviceId, moment::Moment};

/// A handheld that says the same again is written at most this often: every row written is a page in the next flush.
const WRITE_EVERY_MS: i64 = 5_000;

/// What a handheld said about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: Moment,
    /// Events it announced that have not arrived.
    pub waiting: u64,
    /// The build of its app.
    pub app: String,
    /// Its storage, as JSON.
    pub storage: String,
}

/// Writes what a handheld said.
pub(crate) fn heard(tx: &mut WriteTx<'_>, device: DeviceId, seen: &Seen) -> Result<(), Error> {
    if let Some(before) = tx.memory.seen.get(&device) {
        let alike = before.waiting == seen.waiting && before.app == seen.app && before.storage == seen.storage;
        if alike && (0..WRITE_EVERY_MS).contains(&seen.at.ms_since(before.at)) {
            return Ok(());
        }
    }
    tx.conn()
        .prepare_cached(
            "INSERT INTO device_seen (device_id, seen_at, waiting, app, storage) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (device_id) DO UPDATE SET seen_at = excluded.seen_at, waiting = excluded.waiting,
                app = excluded.app, storage = excluded.storage",
        )?
        .execute(params![
            device.0,
            seen.at.0,
            i64::try_from(seen.waiting).unwrap_or(i64::MAX),
            seen.app,
            seen.storage
        ])?;
    tx.memory.seen.insert(device, seen.clone());
    Ok(())
}

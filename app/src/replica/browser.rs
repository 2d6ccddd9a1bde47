//! The browser as the replica's world: IndexedDB, `fetch`, its clocks, its random numbers.
//!
//! Absent: everything but passing on.

use super::ports::{Answer, Device, Disk, NoAnswer, Radio, Request, Worked};
use crate::browser::{device, storage::Database, wait, wire};
use shared::sync::{clock::Reading, message::StorageHealth};

/// The journal's database; its version is 1 for ever.
const JOURNAL: &str = "trueup-journal";

/// This browser.
pub struct Browser;

impl Disk for Browser {
    type Database = Database;
    async fn open_journal(&self, stores: &'static [&'static str]) -> Worked<Database> {
        Database::open(JOURNAL, stores).await
    }
}

impl Radio for Browser {
    async fn exchange(&self, request: Request<'_>) -> Result<Answer, NoAnswer> {
        wire::exchange(request).await
    }
}

impl Device for Browser {
    fn clocks(&self) -> Reading {
        device::clocks()
    }
    fn fill_random(&self, bytes: &mut [u8]) -> bool {
        device::fill_random(bytes)
    }
    async fn sleep(&self, ms: u32) {
        wait::sleep(ms).await;
    }
    async fn storage_health(&self) -> StorageHealth {
        device::storage_health().await
    }
}

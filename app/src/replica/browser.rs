//! The browser as the replica's world: IndexedDB, files behind a worker, `fetch`, its clocks, its random numbers.
//!
//! Absent: everything but passing on.

use super::ports::{Answer, Device, Disk, Mirror, MirrorFile, NoAnswer, Radio, Request, Worked};
use crate::browser::{device, mirror, signature, storage::Database, wait, wire};
use shared::sync::{clock::Reading, message::StorageHealth};

/// The journal's database; its version is 1 for ever.
const JOURNAL: &str = "trueup-journal";

/// This browser.
#[derive(Default)]
pub struct Browser {
    mirror: mirror::Mirror,
}

impl Disk for Browser {
    type Database = Database;
    async fn open_journal(&self, stores: &'static [&'static str]) -> Worked<Database> {
        Database::open(JOURNAL, stores).await
    }
}

impl Mirror for Browser {
    async fn read_mirror(&self) -> Worked<Vec<MirrorFile>> {
        self.mirror.read().await
    }
    async fn append_mirror(&self, text: &str) -> Worked<()> {
        self.mirror.append(text).await
    }
    async fn remove_mirror(&self, name: &str) -> Worked<()> {
        self.mirror.remove(name).await
    }
    async fn make_ballast(&self) -> Worked<()> {
        self.mirror.take_room().await
    }
    async fn give_up_ballast(&self) -> Worked<bool> {
        self.mirror.give_room().await
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
    async fn is_signed(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
        signature::is_signed(key, message, signature).await
    }
}

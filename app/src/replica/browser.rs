//! The browser as the replica's world: IndexedDB, files behind a worker, `fetch`, its clocks, its random numbers.
//!
//! Absent: everything but passing on.

use super::ports::{Answer, Device, Disk, Mirror, MirrorFile, NoAnswer, Radio, Request, Worked};
use crate::browser::{device, mirror, place, signature, storage::Database, wait, wire};
use shared::sync::{clock::Reading, message::StorageHealth};
use std::cell::Cell;

/// The journal's database; its version is 1 for ever.
const JOURNAL: &str = "trueup-journal";
/// How often in a row it may refuse to open a page's journal before the page goes on in another place: twice in each of
/// three tries, which are ten seconds.
const REFUSALS_MAX: u32 = 6;

/// This browser.
#[derive(Default)]
pub struct Browser {
    mirror: mirror::Mirror,
    /// In which place of the browser the journal lies; `None`: nobody has looked yet.
    place: Cell<Option<u32>>,
    /// Whether this page has had a journal: then it is a connection that broke, not the place.
    has_opened: Cell<bool>,
    refusals: Cell<u32>,
}

impl Browser {
    async fn open_somewhere(&self, stores: &'static [&'static str]) -> Worked<Database> {
        // another tab may have left the place meanwhile
        let place = place::find(self.place.get()).await?;
        self.place.set(Some(place));
        let open = async || Database::open(JOURNAL, stores).await;
        if self.refusals.get() < REFUSALS_MAX {
            return open().await;
        }
        self.refusals.set(0);
        place::leave(place, open).await
    }
}

impl Disk for Browser {
    type Database = Database;
    async fn open_journal(&self, stores: &'static [&'static str]) -> Worked<Database> {
        let opened = self.open_somewhere(stores).await;
        if opened.is_ok() {
            self.has_opened.set(true);
        } else if !self.has_opened.get() {
            self.refusals.set(self.refusals.get().saturating_add(1));
        }
        opened
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

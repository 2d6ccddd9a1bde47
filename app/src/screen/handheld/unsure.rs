//! Several labels in view of one trigger pull: a code that nobody knows waits a moment for the one that was meant. When
//! that comes, the unknown one was only beside it (`HANDHELD.md` 1.4, `MULTI`).
//!
//! Absent: which scans belong to one pull ([`shared::scan`]).

use super::{count::model::Read, floor::Floor};
use gloo_timers::callback::Timeout;
use shared::scan::COMPANION_MS;
use std::cell::RefCell;

thread_local! {
    static UNSURE: RefCell<Option<(Timeout, Read)>> = const { RefCell::new(None) };
}

impl Floor {
    /// Takes a scan, or keeps it back where it is unknown and its neighbour may still come.
    pub(super) fn take_or_wait(self, read: Read, companion: bool) {
        let before = UNSURE.take();
        let unknown = matches!(read, Read::Unknown { .. });
        if let Some((_, before)) = before.filter(|_| !companion || unknown) {
            self.take(before);
        }
        if !unknown || self.asks_for_text() {
            return self.take(read);
        }
        let wait = u32::try_from(COMPANION_MS).unwrap_or_default();
        let timer = Timeout::new(wait, move || {
            if let Some((_, read)) = UNSURE.take() {
                self.take(read);
            }
        });
        UNSURE.replace(Some((timer, read)));
    }
}

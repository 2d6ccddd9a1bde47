//! The first moments after a cold start: the journal is open and the sheet in hand is back, but the catalogue is still
//! being read from the disk. What is scanned then waits, because a code that is not found yet is not an unknown one, and
//! what is shown by number gets its name.
//!
//! Absent: the first load from a server. There the parts that are here are used while the others come.

use super::floor::{Floor, Screen};
use crate::{replica::Replica, scan::resolve};
use leptos::prelude::*;

impl Floor {
    /// Keeps a scan for later while the journal or the catalogue is being read. Says whether it did.
    pub(super) fn is_too_early(self, text: &str, companion: bool) -> bool {
        if self.is_ready() {
            return false;
        }
        self.early.update_value(|early| early.push((text.to_owned(), companion)));
        true
    }

    fn is_ready(self) -> bool {
        let starting = self.screen.with_untracked(|screen| *screen == Screen::Starting);
        !starting && self.replica().is_none_or(|replica| replica.is_catalogue_restored())
    }
    /// Takes what was scanned too early, once it can be understood.
    pub(super) fn take_early(self) {
        if self.is_ready() {
            for (text, companion) in self.early.try_update_value(std::mem::take).unwrap_or_default() {
                self.scanned(&text, companion);
            }
        }
    }

    /// More of the catalogue is here.
    pub(super) fn catalogue_came(self) {
        let Some(replica) = self.replica() else { return };
        self.turn.update(|turn| *turn = turn.wrapping_add(1));
        self.name_what_is_in_hand(replica);
        self.take_early();
    }

    fn name_what_is_in_hand(self, replica: Replica) {
        let wanted = self.visit.with_untracked(|visit| visit.as_ref().map(|visit| (visit.bin.id, visit.item_ids())));
        let Some((location, ids)) = wanted else { return };
        let (bin, items) = replica.catalogue(|catalogue| {
            let items: Vec<_> = ids.into_iter().filter_map(|id| resolve::item(catalogue, id)).collect();
            (resolve::bin(catalogue, location), items)
        });
        self.visit.update(|visit| {
            if let Some(visit) = visit {
                visit.learn(bin, items);
            }
        });
    }
}

//! What people did with a handheld, each kind of event in a sentence.

use super::Narrator;
use crate::store::Error;
use shared::event::{EventKind, SheetIntent, SkipReason, TakenBy, Verified};
use shared::key::ItemKey;

impl Narrator<'_, '_> {
    pub(super) fn event(&mut self, kind: &EventKind) -> Result<String, Error> {
        Ok(match kind {
            EventKind::SheetOpened { location, task, intent, .. } => {
                let how = match (intent, task) {
                    (SheetIntent::Helping, _) => ", helping somebody",
                    (SheetIntent::Continue, _) => ", going on with an earlier visit",
                    (SheetIntent::Own, None) => ", without a task",
                    (SheetIntent::Own, Some(_)) => "",
                };
                format!("Began to count bin {}{how}.", self.bin(*location)?)
            }
            EventKind::Scanned { raw, key, quantity, .. } => {
                format!("Scanned {raw}: {quantity} of {}.", self.key(key)?)
            }
            EventKind::Keyed { key, quantity } => format!("Keyed {quantity} as the total of {}.", self.key(key)?),
            EventKind::UnknownBarcode { raw, quantity } => format!("Read the unknown barcode {raw}, {quantity} times."),
            EventKind::PackProposed { raw, item, pack_factor } => {
                format!("Said that {raw} is a pack of {pack_factor} of {}.", self.key(&ItemKey::untracked(*item))?)
            }
            EventKind::Undone { .. } => "Took an entry back.".into(),
            EventKind::ConfirmedEmpty => "Said that the bin is empty.".into(),
            EventKind::SheetClosed { location_done: true } => "Finished: the whole bin is counted.".into(),
            EventKind::SheetClosed { location_done: false } => "Finished a part of the bin.".into(),
            EventKind::LocationSkipped { location, reason, .. } => {
                let why = match reason {
                    SkipReason::Blocked => "it is blocked",
                    SkipReason::DamagedLabel => "its label is damaged",
                    SkipReason::Unsafe => "it is not safe to reach",
                    SkipReason::StockMoving => "stock is being moved there",
                };
                format!("Skipped bin {}: {why}.", self.bin(*location)?)
            }
            EventKind::Unlocked { verified: Verified::Password }
            | EventKind::HandheldTaken { by: TakenBy::Password, .. } => "Took the handheld, with a password.".into(),
            EventKind::HandheldTaken { by: TakenBy::Pin, .. } => "Took the handheld, with the PIN chosen on it.".into(),
            EventKind::Unlocked { verified: Verified::Unverified }
            | EventKind::HandheldTaken { by: TakenBy::Unverified, .. } => {
                "Took the handheld without a network, so unverified.".into()
            }
            EventKind::Locked => "Gave the handheld back.".into(),
        })
    }
}

//! What a handheld records: immutable events, written once as bytes and never serialised again by anybody else.
//!
//! Absent: what they mean together ([`crate::sheet`]) and how they travel ([`crate::sync`]). New kinds may be added;
//! a kind, once released, is never changed: a body of an older version is lifted when it is read ([`upcast`]).

use crate::{
    grant::SignedGrant,
    id::{CountId, EventId, ItemId, LocationId, PersonId, SheetId, TaskId},
    key::ItemKey,
    moment::{Moment, Window},
    quantity::Quantity,
};
use serde::{Deserialize, Serialize};

pub mod upcast;

/// The version of the body's form that this program writes.
pub const EVENT_VERSION: u16 = 1;

/// When the handheld says it happened, and how sure it can be.
///
/// # Source
/// `SYNC.md` section 6: a clock never orders or drops anything; it only chooses the book instant of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureTime {
    /// The handheld's wall clock, milliseconds since 1970.
    pub wall_ms: i64,
    /// What to add to reach the server's clock, as measured at the last sync.
    pub offset_ms: i64,
    /// How far the corrected time may be off, either way.
    pub uncertainty_ms: i64,
}

impl CaptureTime {
    /// The best estimate of the instant, on the server's clock.
    pub const fn instant(&self) -> Moment {
        Moment(self.wall_ms.saturating_add(self.offset_ms))
    }
    /// The span in which it happened for certain.
    pub fn window(&self) -> Window {
        let spread = self.uncertainty_ms.max(0);
        Window { from: self.instant().plus_ms(-spread), to: self.instant().plus_ms(spread) }
    }
}

/// What a second sheet for the same location means (`DOMAIN.md` section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetIntent {
    /// A count of its own: a repeat of the same person's earlier one, or independent of another person's.
    #[default]
    Own,
    /// The same person goes on with an earlier sheet: lines add up.
    Continue,
    /// Helps somebody else in the same bin: lines add up.
    Helping,
}

/// Why a bin could not be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Something stands in the way.
    Blocked,
    /// The label cannot be read.
    DamagedLabel,
    /// Not safe to reach.
    Unsafe,
    /// Stock is being put away or picked.
    StockMoving,
}

impl SkipReason {
    /// Every reason, in the order shown.
    pub const ALL: [Self; 4] = [Self::Blocked, Self::DamagedLabel, Self::Unsafe, Self::StockMoving];
}

/// How sure the handheld was of who held it (`SYNC.md` section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// The server checked the password.
    Password,
    /// Chosen from the people known to this handheld while there was no network: stored, and marked.
    Unverified,
}

/// How somebody showed that it was them who took the handheld (`SYNC.md` section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenBy {
    /// The server checked the password.
    Password,
    /// The PIN that they chose on this handheld: says who, and keeps nothing secret.
    Pin,
    /// Their name, chosen from those known to this handheld: stored, and marked.
    Unverified,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// A person began a visit to a location.
    SheetOpened {
        /// Where.
        location: LocationId,
        /// The task worked on; without one the server attaches the sheet to the open task of the location, or keeps
        /// it as a count of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// The count of that task.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<CountId>,
        /// What it means beside other sheets.
        #[serde(default)]
        intent: SheetIntent,
    },
    /// A barcode of a known item was scanned: adds `quantity` (its pack factor) to the line.
    Scanned {
        /// The code as it was read.
        raw: String,
        /// Which line.
        #[serde(flatten)]
        key: ItemKey,
        /// Base units to add.
        quantity: Quantity,
        /// Expiry date of the lot (`YYYY-MM-DD`) where the code or the person gave one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiry: Option<String>,
    },
    /// A quantity was keyed: replaces the line's total so far.
    Keyed {
        /// Which line.
        #[serde(flatten)]
        key: ItemKey,
        /// The new total in base units; zero is a number.
        quantity: Quantity,
    },
    /// A barcode nobody knows was read; waits for a lead to name it.
    UnknownBarcode {
        /// The code as it was read.
        raw: String,
        /// Scans of it that this event stands for, in packs of whatever it is.
        quantity: Quantity,
    },
    /// A person said which item a pack is that nobody has named, and how many are in it: waits for a lead with the
    /// barcode, and counts nothing by itself.
    PackProposed {
        /// The code as it was read.
        raw: String,
        /// The item.
        item: ItemId,
        /// Base units in one pack.
        pack_factor: Quantity,
    },
    /// One earlier event of the same sheet is taken back.
    Undone {
        /// Which.
        event: EventId,
    },
    /// The person says that nothing stands in the location.
    ConfirmedEmpty,
    /// The visit is over.
    SheetClosed {
        /// Whether the whole location was counted: what is not on the sheet is not there.
        location_done: bool,
    },
    /// The location could not be counted.
    LocationSkipped {
        /// Which.
        location: LocationId,
        /// The task, where it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// Why.
        reason: SkipReason,
    },
    /// A person took the handheld, as it was written before there were grants.
    Unlocked {
        /// How sure we are that it was them.
        verified: Verified,
    },
    /// A person took the handheld.
    HandheldTaken {
        /// How they showed that it was them.
        by: TakenBy,
        /// The server's word that they may count with it, where the handheld has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grant: Option<SignedGrant>,
    },
    /// A person gave the handheld back.
    Locked,
}

impl EventKind {
    /// The key and quantity a line event is about.
    pub const fn line(&self) -> Option<(&ItemKey, Quantity)> {
        match self {
            Self::Scanned { key, quantity, .. } | Self::Keyed { key, quantity } => Some((key, *quantity)),
            _ => None,
        }
    }
    /// Whether somebody took the handheld.
    pub const fn is_take_over(&self) -> bool {
        matches!(self, Self::Unlocked { .. } | Self::HandheldTaken { .. })
    }
    /// Whether somebody took the handheld or gave it back.
    pub const fn is_hand_over(&self) -> bool {
        self.is_take_over() || matches!(self, Self::Locked)
    }
    /// The item an entry is about.
    pub fn item(&self) -> Option<ItemId> {
        match self {
            Self::PackProposed { item, .. } => Some(*item),
            _ => self.line().map(|(key, _)| key.item),
        }
    }
}

/// One event of a handheld's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Version of the body's form, see [`EVENT_VERSION`].
    pub v: u16,
    /// Takes effect at most once, however often it arrives (I4).
    pub id: EventId,
    /// Who held the handheld when it was made; who is signed in at upload does not matter (I9).
    pub actor: PersonId,
    /// The visit it belongs to, where it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<SheetId>,
    /// When, by the handheld's clock.
    pub at: CaptureTime,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

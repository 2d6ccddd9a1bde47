//! Stock keys: (location, item, lot, serial), the unit of books, lines and variances.

use crate::id::{ItemId, LocationId};
use serde::{Deserialize, Serialize};

/// What stands in a location, apart from where: item, and lot and serial where the item is tracked by them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemKey {
    /// The item.
    pub item: ItemId,
    /// Its lot, exactly as scanned; empty where the item is not tracked by lot.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lot: String,
    /// Its serial number, exactly as scanned; empty where the item is not tracked by serial.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub serial: String,
}

impl ItemKey {
    /// A key of an item that is not tracked.
    pub const fn untracked(item: ItemId) -> Self {
        Self { item, lot: String::new(), serial: String::new() }
    }
}

/// The full key of a stock figure (`DOMAIN.md` section 2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StockKey {
    /// Where.
    pub location: LocationId,
    /// What.
    #[serde(flatten)]
    pub what: ItemKey,
}

//! What a scan is once it was looked up: a bin, an item with what its label says, a pack, or something nobody knows.
//!
//! Absent: looking it up (`crate::scan::resolve`).

use serde::{Deserialize, Serialize};
use shared::{
    id::{ItemId, LocationId},
    item::Tracking,
    quantity::Quantity,
};

/// A bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    /// Its number.
    pub id: LocationId,
    /// Its code.
    pub code: String,
}

/// What the handheld knows of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Known {
    /// Its number.
    pub id: ItemId,
    /// Its code.
    pub sku: String,
    /// In words.
    pub description: String,
    /// Base unit.
    pub unit: String,
    /// How units are told apart.
    pub tracking: Tracking,
}

/// What a label says besides the item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// How many there are, or what it weighs, in base units: to be proposed.
    pub amount: Option<Quantity>,
    /// One scan is no amount of it: it has to be weighed.
    pub weighed: bool,
    /// The number of the pallet or parcel; there is one of it.
    pub pallet: Option<String>,
}

/// A scan, looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// A bin's label.
    Bin(Bin),
    /// An item's code.
    Item {
        /// The item.
        item: Known,
        /// Base units that the code stands for.
        factor: Quantity,
        /// What the code itself says.
        lot: Option<String>,
        /// What the code itself says.
        serial: Option<String>,
        /// What the code itself says.
        expiry: Option<String>,
        /// Lots or serial numbers that the code may mean, to be confirmed.
        proposals: Vec<String>,
        /// What the code says besides.
        said: Said,
        /// As read.
        raw: String,
    },
    /// A pack that nobody has named, of an item that is known.
    Case {
        /// The item.
        item: Known,
        /// As read.
        raw: String,
    },
    /// A bin's label by its form, of no bin that is known.
    NoBin(String),
    /// Nobody knows it.
    Unknown {
        /// As read.
        raw: String,
        /// A lot that the code says without an item.
        lot: Option<String>,
        /// A serial number that the code says without an item.
        serial: Option<String>,
        /// The number of a pallet or parcel.
        pallet: Option<String>,
    },
}

//! The one question a count screen may be asking, and the one sentence it may be saying. Both are drawn in the page:
//! a modal dialog would swallow scans (`HANDHELD.md` 1.1).
//!
//! Absent: words (`crate::words`) and what an answer does ([`super::model`]).

use super::{
    model::{Bin, Known},
    shown::Undo,
};
use serde::{Deserialize, Serialize};
use shared::{barcode::Hint, key::ItemKey, moment::Moment, quantity::Quantity};

/// An item whose lot or serial number is still wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The item.
    pub item: Known,
    /// The code that was read.
    pub raw: String,
    /// Base units of it.
    pub factor: Quantity,
    /// Expiry date where the code gave one.
    pub expiry: Option<String>,
    /// Lots of the item seen in this bin, to pick from.
    pub proposals: Vec<String>,
    /// Picked from the catalogue instead of read: nothing was scanned, the number is keyed.
    #[serde(default)]
    pub picked: bool,
    /// How many the label says there are, or what it weighs, in base units.
    #[serde(default)]
    pub amount: Option<Quantity>,
    /// One scan is no amount of it: it has to be weighed.
    #[serde(default)]
    pub weighed: bool,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// Which lot is it?
    Lot(Wanted),
    /// Which serial number is it?
    Serial(Wanted),
    /// A total was typed and now the item is scanned: add to it?
    AddToKeyed {
        /// The line.
        key: ItemKey,
        /// The code that was read.
        raw: String,
        /// Base units of it.
        factor: Quantity,
        /// Expiry date where the code gave one.
        expiry: Option<String>,
        /// What was typed.
        total: Quantity,
    },
    /// How many, where the label says a number; how much, where it has to be weighed.
    Amount {
        /// The line.
        key: ItemKey,
        /// The code that was read.
        raw: String,
        /// Base units of the code itself.
        factor: Quantity,
        /// Expiry date where the code gave one.
        expiry: Option<String>,
        /// What the label says.
        amount: Option<Quantity>,
        /// Whether it has to be weighed.
        weighed: bool,
    },
    /// How many are in a pack that nobody has named, of an item that is known?
    Case {
        /// The item.
        item: Known,
        /// The code that was read.
        raw: String,
    },
    /// That many?
    Large(Quantity),
    /// Another bin was scanned.
    OtherBin(Bin),
    /// Is the bin empty?
    Empty,
    /// Done with nothing counted?
    Nothing,
    /// Done with so many of the wanted items not counted?
    Missing(usize),
    /// Which item is it, where no code of it can be read?
    Find,
    /// Why can it not be counted?
    Skip,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// This very bin was scanned again.
    SameBin,
    /// The serial number or the pallet stands on the sheet already, since then.
    Already(String, Option<Moment>),
    /// No bin has this label.
    NoSuchBin(String),
    /// The scan was read, but the scanner should be put right.
    Scanner(Hint),
    /// An unknown code was kept.
    UnknownKept(String),
    /// A barcode was typed as a quantity.
    QuantityIsBarcode,
    /// More digits than anything has.
    QuantityTooLong,
    /// Not a number.
    QuantityBad,
    /// No line is chosen for the quantity.
    PickLine,
    /// Serial numbers are scanned one by one.
    ScanSerials,
    /// So many scans wait for the answer.
    AnswerFirst(usize),
    /// Something was taken back.
    Undone(Undo),
    /// There is nothing to take back.
    NothingToUndo,
    /// The bin cannot be empty: so many lines were counted.
    NotEmpty(usize),
}

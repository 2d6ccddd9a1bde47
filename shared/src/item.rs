//! Items: what is kept in stock, in which base unit, and how it is told apart.
//!
//! Absent: stock. An item knows no quantity; the book of a stock key is in [`crate::book`].

use crate::{id::ItemId, money::Money, quantity::Quantity};
use serde::{Deserialize, Serialize};

/// How the units of an item are told apart (`DOMAIN.md` section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// Units are alike.
    #[default]
    None,
    /// Units belong to lots.
    Lot,
    /// Units belong to lots that expire.
    LotExpiry,
    /// Every unit has its own number.
    Serial,
}

impl Tracking {
    /// The word used in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lot => "lot",
            Self::LotExpiry => "lot_expiry",
            Self::Serial => "serial",
        }
    }
    /// Reads the word of a file or table; `lot+expiry` is accepted as well.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "lot" => Some(Self::Lot),
            "lot_expiry" | "lot+expiry" => Some(Self::LotExpiry),
            "serial" => Some(Self::Serial),
            _ => None,
        }
    }
    /// Whether a count asks for a lot.
    pub const fn wants_lot(self) -> bool {
        matches!(self, Self::Lot | Self::LotExpiry)
    }
    /// Whether a count asks for a serial number.
    pub const fn wants_serial(self) -> bool {
        matches!(self, Self::Serial)
    }
}

/// A code printed on something, and how many base units one scan of it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barcode {
    /// The text as the scanner reads it.
    pub text: String,
    /// Base units that one scan stands for; always above zero.
    pub pack_factor: Quantity,
}

/// An item of a site, with its cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The site's number for it.
    pub id: ItemId,
    /// Stock-keeping unit: the code the books use, unique in the site.
    pub sku: String,
    /// What it is, in words.
    pub description: String,
    /// Base unit in which it is counted, such as `EA`.
    pub unit: String,
    /// Cost of one base unit in the site's currency; `None` is unknown, not zero.
    pub unit_cost: Option<Money>,
    /// Category, empty where there is none.
    pub category: String,
    /// ABC class (`A`, `B`, `C`…), empty where there is none.
    pub abc: String,
    /// How its units are told apart.
    pub tracking: Tracking,
    /// Its barcodes with their pack factors.
    pub barcodes: Vec<Barcode>,
}

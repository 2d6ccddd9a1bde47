//! The catalogue of a site as handhelds hold it: packed, sorted buffers ("shards") that are searched where they lie.
//! 100,000 records in a browser's database take half a minute to load, a few buffers a tenth of a second (`SPEED.md`).
//!
//! Shard `n` holds what has the numbers `n × 4096` to `n × 4096 + 4095`. Opening one checks every length, text and order
//! once, so that a search needs no further care; garbage is an [`OpenError`], never a panic. Look-ups of codes are exact
//! on bytes (locations: in the form of [`code_for_comparison`]); what else a scan may mean is [`crate::barcode`]'s work.
//!
//! Absent: costs and quantities. What a handheld does not hold it cannot show (`DOMAIN.md` section 7).
//!
//! # Layout, version 1
//! Magic (`TUI` or `TUL`, then the version) · number of records · records by ascending id · number of barcodes (items
//! only) · barcodes by ascending text · permutations of the records (items: by SKU; locations: by barcode, by code, by
//! walk order), each number two bytes. Numbers are LEB128, signed ones zigzag; a text is its length and its UTF-8 bytes.

mod bytes;
mod find;
mod items;
mod locations;
#[cfg(test)]
mod tests;

pub use find::{Found, ItemSearch};
pub use items::{CatalogueBarcode, CatalogueItem, ItemShard, pack_items};
pub use locations::{CatalogueLocation, LocationShard, pack_locations};

#[cfg(doc)]
use crate::location::code_for_comparison;

/// How many consecutive numbers share a shard. 4096 items are about 150 KB: a changed price list costs one of them, and
/// 100,000 items are 25 requests.
pub const SHARD_SPAN: i64 = 4096;

/// The shard in which a number is found. Negative numbers do not exist; they would be in shard 0.
pub fn shard_of(id: i64) -> u32 {
    u32::try_from((id / SHARD_SPAN).max(0)).unwrap_or(u32::MAX)
}

/// Why bytes are no shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// They are not of this kind.
    #[error("these bytes are not a catalogue shard of this kind")]
    NotAShard,
    /// A later form.
    #[error("this catalogue shard is of form {0}, which only a newer app can read")]
    Newer(u8),
    /// Cut short, changed on the way, or put together wrongly.
    #[error("this catalogue shard is damaged")]
    Damaged,
}

//! Items, barcodes and locations of the site, over all packed shards that are here. Look-ups need no network, no await and
//! no copy: 65,000 barcodes are a few dozen buffers with a binary search in each.
//!
//! Absent: costs and book quantities, and what a scanned text may mean beside itself (`shared::barcode`).

use shared::{
    id::{ItemId, LocationId},
    quantity::Quantity,
    sync::{
        catalogue::{
            CatalogueItem, CatalogueLocation, Found, ItemSearch, ItemShard, LocationShard, OpenError, shard_of,
        },
        message::ShardKind,
    },
};
use std::collections::BTreeMap;

/// The opened shards.
#[derive(Default)]
pub struct Catalogue {
    items: BTreeMap<u32, ItemShard>,
    locations: BTreeMap<u32, LocationShard>,
}

impl Catalogue {
    /// Puts a shard in place of its earlier version.
    ///
    /// # Errors
    /// [`OpenError`]: the bytes are not taken, what was there stays.
    pub fn put(&mut self, kind: ShardKind, number: u32, bytes: Vec<u8>) -> Result<(), OpenError> {
        match kind {
            ShardKind::Items => drop(self.items.insert(number, ItemShard::open(bytes)?)),
            ShardKind::Locations => drop(self.locations.insert(number, LocationShard::open(bytes)?)),
        }
        Ok(())
    }
    /// Forgets a shard.
    pub fn remove(&mut self, kind: ShardKind, number: u32) {
        match kind {
            ShardKind::Items => drop(self.items.remove(&number)),
            ShardKind::Locations => drop(self.locations.remove(&number)),
        }
    }
    /// How many shards are here.
    pub fn shards(&self) -> usize {
        self.items.len() + self.locations.len()
    }
    /// The item of this number.
    pub fn item(&self, id: ItemId) -> Option<CatalogueItem<'_>> {
        self.items.get(&shard_of(id.0))?.item(id)
    }
    /// The location of this number.
    pub fn location(&self, id: LocationId) -> Option<CatalogueLocation<'_>> {
        self.locations.get(&shard_of(id.0))?.location(id)
    }
    /// The item and pack factor of exactly this barcode.
    pub fn find_item_barcode(&self, text: &str) -> Option<(CatalogueItem<'_>, Quantity)> {
        self.items.values().find_map(|shard| shard.find_barcode(text))
    }
    /// The item of exactly this SKU.
    pub fn find_sku(&self, sku: &str) -> Option<CatalogueItem<'_>> {
        self.items.values().find_map(|shard| shard.find_sku(sku))
    }
    /// The location with this barcode, whatever the case.
    pub fn find_location_barcode(&self, text: &str) -> Option<CatalogueLocation<'_>> {
        self.locations.values().find_map(|shard| shard.find_barcode(text))
    }
    /// The location with this code, whatever the case.
    pub fn find_location_code(&self, code: &str) -> Option<CatalogueLocation<'_>> {
        self.locations.values().find_map(|shard| shard.find_code(code))
    }
    /// The barcodes of an item with their pack factors, by ascending text.
    pub fn barcodes_of(&self, id: ItemId) -> Vec<(String, Quantity)> {
        let shard = self.items.get(&shard_of(id.0));
        shard.into_iter().flat_map(|it| it.barcodes_of(id)).map(|it| (it.text.to_owned(), it.pack_factor)).collect()
    }
    /// Items in whose SKU or description every word occurs, whatever the case, those first whose SKU begins with the first
    /// word; at most `limit`. Reads all of them: for a search box.
    pub fn search_items(&self, words: &str, limit: usize) -> Vec<CatalogueItem<'_>> {
        let (search, mut found) = (ItemSearch::new(words), Found::new(limit));
        if !search.is_empty() {
            self.items.values().for_each(|shard| shard.search(&search, &mut found));
        }
        found.into_items()
    }
    /// Every location, by ascending number.
    pub fn locations(&self) -> impl Iterator<Item = CatalogueLocation<'_>> {
        self.locations.values().flat_map(LocationShard::locations)
    }
    /// Position on the walk, for sorting tasks; locations that are not here yet come last.
    pub fn walk_position(&self, id: LocationId) -> i64 {
        self.location(id).map_or(i64::MAX, |location| location.walk_order)
    }
}

//! A handheld fetches one packed piece of the catalogue. Packing is done once per version and kept in memory.
//!
//! Absent: costs and quantities; a shard has no room for them.

use super::Failure;
use crate::store::{ReadTx, Store, change, item, location};
use shared::{
    id::SiteId,
    sync::{
        catalogue::{pack_items, pack_locations},
        message::ShardKind,
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Shards kept packed, at most: some 150 KB each, and what 100,000 items and 50,000 locations need.
const SHARDS_KEPT: usize = 64;

/// A packed shard.
#[derive(Debug, Clone)]
pub struct Shard {
    /// Changes whenever any of its rows does.
    pub version: i64,
    /// What the handheld searches.
    pub bytes: Arc<[u8]>,
}

type Name = (SiteId, ShardKind, u32);

/// The shards that were asked for lately.
#[derive(Debug, Clone, Default)]
pub struct Shards {
    kept: Arc<Mutex<HashMap<Name, Shard>>>,
}

impl Shards {
    /// The shard as it is now; `None` where nothing ever had a number in it.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn load(
        &self,
        store: &Store,
        site: SiteId,
        kind: ShardKind,
        number: u32,
    ) -> Result<Option<Shard>, Failure> {
        let shards = self.clone();
        store.read(move |tx| shards.find(tx, site, kind, number)).await
    }

    /// As [`Self::load`], inside a read.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub fn find(&self, tx: &ReadTx<'_>, site: SiteId, kind: ShardKind, number: u32) -> Result<Option<Shard>, Failure> {
        let subject = match kind {
            ShardKind::Items => "item_shard",
            ShardKind::Locations => "location_shard",
        };
        let Some(version) = change::find_shard(tx, site, subject, number)? else { return Ok(None) };
        let name = (site, kind, number);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        if let Some(shard) = kept.filter(|shard| shard.version == version) {
            return Ok(Some(shard));
        }
        let bytes = match kind {
            ShardKind::Items => pack_items(&item::list_shard(tx, site, number)?),
            ShardKind::Locations => pack_locations(&location::list_shard(tx, site, number)?),
        };
        let shard = Shard { version, bytes: bytes.into() };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= SHARDS_KEPT && !kept.contains_key(&name) {
            kept.clear();
        }
        kept.insert(name, shard.clone());
        Ok(Some(shard))
    }
}

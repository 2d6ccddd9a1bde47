//! What was pulled, on the disk of the handheld, so that a cold start without a server knows tasks, people and catalogue
//! (IndexedDB `trueup-cache-1`). Disposable: whatever is lost or damaged here is pulled again.
//!
//! | store | key | value |
//! |---|---|---|
//! | `tasks` | block of 256 numbers | JSON list of tasks: a record per task would load too slowly (`SPEED.md`) |
//! | `state` | `people`, `shards`, `site`, `cursor` | JSON |
//! | `shards` | `items/0`… | packed bytes |
//! | `versions` | `items/0`… | the version of those bytes |
//!
//! Absent: anything that cannot be had from the server again.

use super::{
    ports::{Database as _, Durability, StorageError, Transaction as _},
    state::State,
};
use crate::browser::{
    storage::{Database, Tx},
    wait::within,
};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    id::TaskId,
    sync::{
        inbox::View,
        message::{Cursor, HandheldTask, ShardKind},
    },
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

const NAME: &str = "trueup-cache-1";
const STORES: &[&str] = &["tasks", "state", "shards", "versions"];
/// Tasks per record: about 40 KB.
const BLOCK: i64 = 256;
/// How long reading or writing may take before the handheld goes on without.
const PATIENCE_MS: u32 = 20_000;

/// The cache's database; without one, everything is pulled again after each start.
pub struct Cache {
    database: Option<Database>,
    /// The cursor on the disk as this page left or found it: another tab may have written since.
    stored: RefCell<Option<Cursor>>,
}

/// Opened buffers with their kind, number and version.
pub type Buffers = Vec<(ShardKind, u32, i64, Vec<u8>)>;

impl Cache {
    /// Opens the cache and reads the view. Never fails: an unreadable cache is an empty one.
    pub async fn open() -> (Self, View) {
        let database = within(PATIENCE_MS, Database::open(NAME, STORES)).await.and_then(Result::ok);
        let cache = Self { database, stored: RefCell::new(None) };
        let view = cache.read_view().await.unwrap_or_default();
        cache.stored.replace(view.cursor.clone());
        (cache, view)
    }
    async fn read_view(&self) -> Option<View> {
        let tx = self.database.as_ref()?.read(&["tasks", "state"]).ok()?;
        let reading = async { Ok::<_, StorageError>((tx.texts("tasks").await?, tx.texts("state").await?)) };
        let (blocks, state) = within(PATIENCE_MS, reading).await?.ok()?;
        let state: BTreeMap<String, String> = state.into_iter().collect();
        let mut view = View {
            cursor: Some(from_json(state.get("cursor")?)?),
            site: Some(from_json(state.get("site")?)?),
            people: from_json(state.get("people")?)?,
            shards: from_json(state.get("shards")?)?,
            tasks: BTreeMap::new(),
        };
        for (_, block) in blocks {
            view.tasks.extend(from_json::<Vec<HandheldTask>>(&block)?.into_iter().map(|task| (task.id, task)));
        }
        Some(view)
    }
    /// Reads the packed catalogue, where to go before what stands there.
    pub async fn read_shards(&self) -> Buffers {
        let reading = async {
            let tx = self.database.as_ref()?.read(&["shards", "versions"]).ok()?;
            let versions: BTreeMap<String, String> = tx.texts("versions").await.ok()?.into_iter().collect();
            Some((versions, tx.buffers("shards").await.ok()?))
        };
        let Some(Some((versions, buffers))) = within(PATIENCE_MS, reading).await else { return Buffers::new() };
        let mut shards: Buffers = buffers
            .into_iter()
            .filter_map(|(name, bytes)| {
                let (kind, number) = shard_of_name(&name)?;
                Some((kind, number, versions.get(&name)?.parse().ok()?, bytes))
            })
            .collect();
        shards.sort_by_key(|(kind, number, ..)| (*kind == ShardKind::Items, *number));
        shards
    }
    /// Writes what a page changed, and the cursor with it, in one transaction; all there is after a reset, and where
    /// another tab has written since. Best effort.
    pub async fn put_page(&self, state: &RefCell<State>, touched: &BTreeSet<TaskId>, reset: bool) {
        let Some(database) = &self.database else { return };
        let writing = async {
            let tx = database.write(&["tasks", "state", "versions"], Durability::Relaxed)?;
            let on_disk = tx.text("state", &"cursor".into()).await?.and_then(|json| from_json::<Cursor>(&json));
            let cursor = put_view(&tx, &state.borrow().view, touched, reset || on_disk != *self.stored.borrow())?;
            if reset {
                for ((kind, number), version) in &state.borrow().shards {
                    tx.put_text("versions", &shard_name(*kind, *number).as_str().into(), &version.to_string())?;
                }
            }
            tx.commit().await?;
            self.stored.replace(cursor);
            Ok::<_, StorageError>(())
        };
        let _ = within(PATIENCE_MS, writing).await;
    }
    /// Writes a shard. Best effort.
    pub async fn put_shard(&self, kind: ShardKind, number: u32, version: i64, bytes: &[u8]) {
        let Some(database) = &self.database else { return };
        let name = shard_name(kind, number);
        let writing = async {
            let tx = database.write(&["shards", "versions"], Durability::Relaxed)?;
            tx.put_bytes("shards", &name.as_str().into(), bytes)?;
            tx.put_text("versions", &name.as_str().into(), &version.to_string())?;
            tx.commit().await
        };
        let _ = within(PATIENCE_MS, writing).await;
    }
    /// Forgets everything: this handheld belongs to another warehouse now.
    pub async fn clear(&self) {
        let Some(database) = &self.database else { return };
        let clearing = async {
            let tx = database.write(STORES, Durability::Relaxed)?;
            for store in STORES {
                tx.clear(store)?;
            }
            tx.commit().await
        };
        let _ = within(PATIENCE_MS, clearing).await;
        self.stored.replace(None);
    }
}

fn put_view(tx: &Tx<'_>, view: &View, touched: &BTreeSet<TaskId>, whole: bool) -> Result<Option<Cursor>, StorageError> {
    let mut blocks: BTreeSet<i64> = touched.iter().map(|task| task.0.div_euclid(BLOCK)).collect();
    if whole {
        tx.clear("tasks")?;
        blocks = view.tasks.keys().map(|task| task.0.div_euclid(BLOCK)).collect();
    }
    for block in blocks {
        let first = block.saturating_mul(BLOCK);
        let range = TaskId(first)..TaskId(first.saturating_add(BLOCK));
        let tasks: Vec<&HandheldTask> = view.tasks.range(range).map(|(_, task)| task).collect();
        tx.put_text("tasks", &block.to_string().as_str().into(), &json(&tasks)?)?;
    }
    tx.put_text("state", &"people".into(), &json(&view.people)?)?;
    tx.put_text("state", &"shards".into(), &json(&view.shards)?)?;
    if let (Some(site), Some(cursor)) = (&view.site, &view.cursor) {
        tx.put_text("state", &"site".into(), &json(site)?)?;
        tx.put_text("state", &"cursor".into(), &json(cursor)?)?;
    }
    Ok(view.cursor.clone())
}

/// The name of a shard, in its address and here.
pub fn shard_name(kind: ShardKind, number: u32) -> String {
    match kind {
        ShardKind::Items => format!("items/{number}"),
        ShardKind::Locations => format!("locations/{number}"),
    }
}

fn shard_of_name(name: &str) -> Option<(ShardKind, u32)> {
    let (kind, number) = name.split_once('/')?;
    let kind = match kind {
        "items" => ShardKind::Items,
        "locations" => ShardKind::Locations,
        _ => return None,
    };
    Some((kind, number.parse().ok()?))
}

fn json<T: Serialize>(value: &T) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError(error.to_string()))
}

fn from_json<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

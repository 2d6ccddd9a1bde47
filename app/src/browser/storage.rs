//! The browser's database (IndexedDB): a few stores, texts and bytes in them, transactions that say when they are on disk.
//!
//! Absent: versions. A database here is at version 1 for ever; other contents get another name, because an upgrade hangs
//! without an event when a frozen tab holds the old version (`SYNC.md` section 1). And what the records mean.

use super::freeze;
use crate::replica::ports::{self, Durability, Fields, Key, StorageError, Worked};
use indexed_db_futures::{
    Build, BuildPrimitive, KeyRange,
    database::Database as Idb,
    object_store::ObjectStore,
    query_source::QuerySource,
    transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions},
};
use js_sys::{Array, Uint8Array};
use std::{cell::Cell, future::Future, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};

fn failed(error: impl std::fmt::Display) -> StorageError {
    StorageError(error.to_string())
}

/// The answer to a request in a transaction. A page that is being frozen waits for none: the transaction is then dropped,
/// and does not stand in the way of other tabs.
async fn answered<T>(request: impl Future<Output = indexed_db_futures::Result<T>>) -> Worked<T> {
    let answer = freeze::unless_frozen(request).await;
    answer.ok_or_else(|| StorageError("the page is frozen".into()))?.map_err(failed)
}

fn js(key: &Key) -> JsValue {
    match key {
        Key::Name(name) => JsValue::from_str(name),
        // a number in a key is exact up to 2^53: nobody writes that many events
        Key::Numbered(name, number) => Array::of2(&JsValue::from_str(name), &JsValue::from_f64(*number as f64)).into(),
    }
}

fn number_of(key: &JsValue) -> Option<u64> {
    let number = key.dyn_ref::<Array>()?.get(1).as_f64()?;
    (number >= 0.0).then_some(number as u64)
}

/// An open database.
pub struct Database {
    inner: Idb,
    is_new: bool,
}

impl Database {
    /// Opens a database, making it with these stores where there is none.
    ///
    /// # Errors
    /// The browser's.
    pub async fn open(name: &str, stores: &'static [&'static str]) -> Worked<Self> {
        let made = Rc::new(Cell::new(false));
        let make = {
            let made = Rc::clone(&made);
            move |_event, database: Idb| {
                made.set(true);
                for store in stores {
                    database.create_object_store(*store).build()?;
                }
                Ok(())
            }
        };
        freeze::thawed().await;
        let opening = Idb::open(name.to_owned()).with_version(1_u8).with_on_upgrade_needed(make);
        let inner = opening.await.map_err(failed)?;
        let database = Self { inner, is_new: made.get() };
        let there: Vec<String> = database.inner.object_store_names().collect();
        match stores.iter().find(|store| !there.iter().any(|name| name == *store)) {
            None => Ok(database),
            Some(store) => Err(StorageError(format!("the database {name} has no store {store}"))),
        }
    }
}

impl ports::Database for Database {
    type Tx<'a> = Tx<'a>;
    fn is_new(&self) -> bool {
        self.is_new
    }
    fn close(&self) {
        self.inner.clone().close();
    }
    fn read(&self, stores: &[&str]) -> Worked<Tx<'_>> {
        let transaction = self.inner.transaction(names(stores)).with_mode(TransactionMode::Readonly);
        Ok(Tx { inner: transaction.build().map_err(failed)? })
    }
    fn write(&self, stores: &[&str], durability: Durability) -> Worked<Tx<'_>> {
        let durability = match durability {
            Durability::Strict => TransactionDurability::Strict,
            Durability::Relaxed => TransactionDurability::Relaxed,
        };
        let transaction = self
            .inner
            .transaction(names(stores))
            .with_mode(TransactionMode::Readwrite)
            .with_options(TransactionOptions::new().with_durability(durability));
        Ok(Tx { inner: transaction.build().map_err(failed)? })
    }
}

fn names(stores: &[&str]) -> Vec<String> {
    stores.iter().map(|store| (*store).to_owned()).collect()
}

/// A transaction. It ends by itself when nothing of it is awaited any more: await nothing else inside.
pub struct Tx<'a> {
    inner: Transaction<'a>,
}

impl Tx<'_> {
    fn store(&self, store: &str) -> Worked<ObjectStore<'_>> {
        self.inner.object_store(store).map_err(failed)
    }
    async fn get(&self, store: &str, key: &Key) -> Worked<Option<JsValue>> {
        let store = self.store(store)?;
        let found = store.get::<JsValue, JsValue, _>(js(key)).primitive().map_err(failed)?;
        answered(found).await
    }
    async fn all(&self, store: &str) -> Worked<Vec<(String, JsValue)>> {
        let store = self.store(store)?;
        let keys = store.get_all_keys::<JsValue>().primitive().map_err(failed)?;
        let values = store.get_all::<JsValue>().primitive().map_err(failed)?;
        let keys: Vec<_> = answered(keys).await?.collect();
        let values: Vec<_> = answered(values).await?.collect();
        let named = keys.into_iter().zip(values).filter_map(|(key, value)| Some((key.ok()?.as_string()?, value.ok()?)));
        Ok(named.collect())
    }
    fn put_js(&self, store: &str, key: &Key, value: JsValue) -> Worked<()> {
        // not awaited: an error of a request is an error of the transaction
        self.store(store)?.put(value).with_key(js(key)).primitive().map(drop).map_err(failed)
    }
    /// Reads all bytes of a store with their names.
    ///
    /// # Errors
    /// The browser's.
    pub async fn buffers(&self, store: &str) -> Worked<Vec<(String, Vec<u8>)>> {
        let all = self.all(store).await?;
        let bytes = |value: JsValue| value.dyn_into::<Uint8Array>().ok().map(|array| array.to_vec());
        Ok(all.into_iter().filter_map(|(name, value)| Some((name, bytes(value)?))).collect())
    }
    /// Writes bytes, in place of earlier ones.
    ///
    /// # Errors
    /// The browser's.
    pub fn put_bytes(&self, store: &str, key: &Key, bytes: &[u8]) -> Worked<()> {
        self.put_js(store, key, Uint8Array::from(bytes).into())
    }
    /// Removes every record of a store.
    ///
    /// # Errors
    /// The browser's.
    pub fn clear(&self, store: &str) -> Worked<()> {
        self.store(store)?.clear().map(drop).map_err(failed)
    }
}

impl ports::Transaction for Tx<'_> {
    async fn text(&self, store: &str, key: &Key) -> Worked<Option<String>> {
        Ok(self.get(store, key).await?.and_then(|value| value.as_string()))
    }
    async fn texts(&self, store: &str) -> Worked<Vec<(String, String)>> {
        let all = self.all(store).await?;
        Ok(all.into_iter().filter_map(|(name, value)| Some((name, value.as_string()?))).collect())
    }
    async fn fields(&self, store: &str, key: &Key) -> Worked<Option<Fields>> {
        Ok(self.get(store, key).await?.map(|value| fields_of(&value)))
    }
    async fn range(&self, store: &str, from: &Key, to: &Key, limit: u32) -> Worked<Vec<(u64, Fields)>> {
        let store = self.store(store)?;
        let range = || KeyRange::Bound(js(from), false, js(to), false);
        let keys = store.get_all_keys::<JsValue>().with_query::<JsValue, _>(range()).with_limit(limit);
        let values = store.get_all::<JsValue>().with_query::<JsValue, _>(range()).with_limit(limit);
        let (keys, values) = (keys.primitive().map_err(failed)?, values.primitive().map_err(failed)?);
        let keys: Vec<_> = answered(keys).await?.collect();
        let values: Vec<_> = answered(values).await?.collect();
        keys.into_iter()
            .zip(values)
            .map(|(key, value)| {
                let (key, value) = (key.map_err(failed)?, value.map_err(failed)?);
                let number = number_of(&key).ok_or_else(|| StorageError("a key without a number".into()))?;
                Ok((number, fields_of(&value)))
            })
            .collect()
    }
    async fn count(&self, store: &str, from: &Key, to: &Key) -> Worked<u64> {
        let store = self.store(store)?;
        let range = KeyRange::Bound(js(from), false, js(to), false);
        let counting = store.count().with_query::<JsValue, _>(range).primitive().map_err(failed)?;
        answered(counting).await.map(u64::from)
    }
    fn put_text(&self, store: &str, key: &Key, text: &str) -> Worked<()> {
        self.put_js(store, key, JsValue::from_str(text))
    }
    fn add(&self, store: &str, key: &Key, fields: &Fields) -> Worked<()> {
        self.store(store)?.add(fields).with_key(js(key)).primitive().map(drop).map_err(failed)
    }
    fn put(&self, store: &str, key: &Key, fields: &Fields) -> Worked<()> {
        self.store(store)?.put(fields).with_key(js(key)).primitive().map(drop).map_err(failed)
    }
    fn delete(&self, store: &str, key: &Key) -> Worked<()> {
        self.store(store)?.delete(js(key)).primitive().map(drop).map_err(failed)
    }
    async fn commit(self) -> Worked<()> {
        // asked for at once, and done by the browser whatever becomes of the page
        self.inner.commit().await.map_err(failed)
    }
}

fn fields_of(value: &JsValue) -> Fields {
    let Some(object) = value.dyn_ref::<js_sys::Object>() else { return Fields::new() };
    js_sys::Object::entries(object)
        .iter()
        .filter_map(|entry| {
            let pair: Array = entry.dyn_into().ok()?;
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .collect()
}

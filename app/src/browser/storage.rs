//! The browser's database (IndexedDB): a few stores, texts and bytes in them, transactions that say when they are on disk.
//!
//! Absent: versions. A database here is at version 1 for ever; other contents get another name, because an upgrade hangs
//! without an event when a frozen tab holds the old version (`SYNC.md` section 1). And what the records mean.

use indexed_db_futures::{
    Build, BuildPrimitive, KeyRange,
    database::Database as Idb,
    object_store::ObjectStore,
    query_source::QuerySource,
    transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions},
};
use js_sys::{Array, Uint8Array};
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};

/// What went wrong, in the browser's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StorageError(pub String);

impl StorageError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A key: a name, or a name and a number (ordered by both).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A name.
    Name(String),
    /// A name and a number in it.
    Numbered(String, u64),
}

impl Key {
    fn js(&self) -> JsValue {
        match self {
            Self::Name(name) => JsValue::from_str(name),
            // a number in a key is exact up to 2^53: nobody writes that many events
            Self::Numbered(name, number) => {
                Array::of2(&JsValue::from_str(name), &JsValue::from_f64(*number as f64)).into()
            }
        }
    }
    fn number_of(key: &JsValue) -> Option<u64> {
        let number = key.dyn_ref::<Array>()?.get(1).as_f64()?;
        (number >= 0.0).then_some(number as u64)
    }
}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

/// A record with named texts in it.
pub type Fields = BTreeMap<String, String>;

/// When a write counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk: the journal, nothing less.
    Strict,
    /// When the browser has it: for what can be fetched again.
    Relaxed,
}

/// An open database.
pub struct Database {
    inner: Idb,
}

impl Database {
    /// Opens a database, making it with these stores where there is none.
    ///
    /// # Errors
    /// The browser's.
    pub async fn open(name: &str, stores: &'static [&'static str]) -> Result<Self, StorageError> {
        let make = move |_event, database: Idb| {
            for store in stores {
                database.create_object_store(*store).build()?;
            }
            Ok(())
        };
        let opening = Idb::open(name.to_owned()).with_version(1_u8).with_on_upgrade_needed(make);
        let inner = opening.await.map_err(StorageError::of)?;
        let database = Self { inner };
        let there: Vec<String> = database.inner.object_store_names().collect();
        match stores.iter().find(|store| !there.iter().any(|name| name == *store)) {
            None => Ok(database),
            Some(store) => Err(StorageError(format!("the database {name} has no store {store}"))),
        }
    }
    /// Closes it once its transactions are done.
    pub fn close(&self) {
        self.inner.clone().close();
    }
    /// A transaction that reads.
    ///
    /// # Errors
    /// The browser's.
    pub fn read(&self, stores: &[&str]) -> Result<Tx<'_>, StorageError> {
        let transaction = self.inner.transaction(names(stores)).with_mode(TransactionMode::Readonly);
        Ok(Tx { inner: transaction.build().map_err(StorageError::of)? })
    }
    /// A transaction that writes. Dropped without [`Tx::commit`], it changes nothing.
    ///
    /// # Errors
    /// The browser's.
    pub fn write(&self, stores: &[&str], durability: Durability) -> Result<Tx<'_>, StorageError> {
        let durability = match durability {
            Durability::Strict => TransactionDurability::Strict,
            Durability::Relaxed => TransactionDurability::Relaxed,
        };
        let transaction = self
            .inner
            .transaction(names(stores))
            .with_mode(TransactionMode::Readwrite)
            .with_options(TransactionOptions::new().with_durability(durability));
        Ok(Tx { inner: transaction.build().map_err(StorageError::of)? })
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
    fn store(&self, store: &str) -> Result<ObjectStore<'_>, StorageError> {
        self.inner.object_store(store).map_err(StorageError::of)
    }
    async fn get(&self, store: &str, key: &Key) -> Result<Option<JsValue>, StorageError> {
        let store = self.store(store)?;
        let found = store.get::<JsValue, JsValue, _>(key.js()).primitive().map_err(StorageError::of)?;
        found.await.map_err(StorageError::of)
    }
    fn put_js(&self, store: &str, key: &Key, value: JsValue) -> Result<(), StorageError> {
        // not awaited: an error of a request is an error of the transaction
        self.store(store)?.put(value).with_key(key.js()).primitive().map(drop).map_err(StorageError::of)
    }
    /// Reads a text.
    ///
    /// # Errors
    /// The browser's.
    pub async fn text(&self, store: &str, key: &Key) -> Result<Option<String>, StorageError> {
        Ok(self.get(store, key).await?.and_then(|value| value.as_string()))
    }
    /// Reads a record.
    ///
    /// # Errors
    /// The browser's.
    pub async fn fields(&self, store: &str, key: &Key) -> Result<Option<Fields>, StorageError> {
        Ok(self.get(store, key).await?.map(|value| fields_of(&value)))
    }
    /// Reads the records from `from` up to and including `to`, at most `limit`, in order, with the numbers in their keys.
    ///
    /// # Errors
    /// The browser's.
    pub async fn range(
        &self,
        store: &str,
        from: &Key,
        to: &Key,
        limit: u32,
    ) -> Result<Vec<(u64, Fields)>, StorageError> {
        let store = self.store(store)?;
        let range = || KeyRange::Bound(from.js(), false, to.js(), false);
        let keys = store.get_all_keys::<JsValue>().with_query::<JsValue, _>(range()).with_limit(limit);
        let values = store.get_all::<JsValue>().with_query::<JsValue, _>(range()).with_limit(limit);
        let (keys, values) =
            (keys.primitive().map_err(StorageError::of)?, values.primitive().map_err(StorageError::of)?);
        let keys: Vec<_> = keys.await.map_err(StorageError::of)?.collect();
        let values: Vec<_> = values.await.map_err(StorageError::of)?.collect();
        keys.into_iter()
            .zip(values)
            .map(|(key, value)| {
                let (key, value) = (key.map_err(StorageError::of)?, value.map_err(StorageError::of)?);
                let number = Key::number_of(&key).ok_or_else(|| StorageError("a key without a number".into()))?;
                Ok((number, fields_of(&value)))
            })
            .collect()
    }
    /// Reads every text of a store with its name.
    ///
    /// # Errors
    /// The browser's.
    pub async fn texts(&self, store: &str) -> Result<Vec<(String, String)>, StorageError> {
        let all = self.all(store).await?;
        Ok(all.into_iter().filter_map(|(name, value)| Some((name, value.as_string()?))).collect())
    }
    /// Reads all bytes of a store with their names.
    ///
    /// # Errors
    /// The browser's.
    pub async fn buffers(&self, store: &str) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
        let all = self.all(store).await?;
        let bytes = |value: JsValue| value.dyn_into::<Uint8Array>().ok().map(|array| array.to_vec());
        Ok(all.into_iter().filter_map(|(name, value)| Some((name, bytes(value)?))).collect())
    }
    async fn all(&self, store: &str) -> Result<Vec<(String, JsValue)>, StorageError> {
        let store = self.store(store)?;
        let keys = store.get_all_keys::<JsValue>().primitive().map_err(StorageError::of)?;
        let values = store.get_all::<JsValue>().primitive().map_err(StorageError::of)?;
        let keys: Vec<_> = keys.await.map_err(StorageError::of)?.collect();
        let values: Vec<_> = values.await.map_err(StorageError::of)?.collect();
        let named = keys.into_iter().zip(values).filter_map(|(key, value)| Some((key.ok()?.as_string()?, value.ok()?)));
        Ok(named.collect())
    }
    /// Writes a text, in place of an earlier one.
    ///
    /// # Errors
    /// The browser's.
    pub fn put_text(&self, store: &str, key: &Key, text: &str) -> Result<(), StorageError> {
        self.put_js(store, key, JsValue::from_str(text))
    }
    /// Writes bytes, in place of earlier ones.
    ///
    /// # Errors
    /// The browser's.
    pub fn put_bytes(&self, store: &str, key: &Key, bytes: &[u8]) -> Result<(), StorageError> {
        self.put_js(store, key, Uint8Array::from(bytes).into())
    }
    /// Adds a record; where the key is taken already, the whole transaction fails.
    ///
    /// # Errors
    /// The browser's.
    pub fn add(&self, store: &str, key: &Key, fields: &Fields) -> Result<(), StorageError> {
        let adding = self.store(store)?.add(fields).with_key(key.js()).primitive().map(drop);
        adding.map_err(StorageError::of)
    }
    /// Removes a record, where there is one.
    ///
    /// # Errors
    /// The browser's.
    pub fn delete(&self, store: &str, key: &Key) -> Result<(), StorageError> {
        let store = self.store(store)?;
        store.delete(key.js()).primitive().map(drop).map_err(StorageError::of)
    }
    /// Removes every record of a store.
    ///
    /// # Errors
    /// The browser's.
    pub fn clear(&self, store: &str) -> Result<(), StorageError> {
        self.store(store)?.clear().map(drop).map_err(StorageError::of)
    }
    /// Waits until the browser says that the transaction is complete.
    ///
    /// # Errors
    /// The browser's; nothing of the transaction is then kept.
    pub async fn commit(self) -> Result<(), StorageError> {
        self.inner.commit().await.map_err(StorageError::of)
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

//! A disk with the journal's database on it, as a browser keeps it: transactions that are alone on their stores, strict
//! writes that survive a power cut and relaxed ones that may not, and everything that was seen to go wrong.
//!
//! Absent: what the records mean.

use crate::run::Clockwork;
use app::replica::ports::{Database, Durability, Fields, Key, StorageError, Transaction, Worked};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::{pending, poll_fn},
    rc::Rc,
    task::{Poll, Waker},
};

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Fields(Fields),
}

type Place = (String, Key);

/// What a commit replaced: enough to take it back.
type Undo = Vec<(Place, Option<Value>)>;

/// What goes wrong with the next writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    None,
    /// Every write is refused.
    Full,
    /// Writes are never done, and their connection is dead.
    Silent,
}

struct Live {
    id: u64,
    stores: Vec<String>,
    writes: bool,
}

/// The disk.
pub struct Disk {
    pub records: BTreeMap<Place, Value>,
    commits: Vec<Undo>,
    /// How many of the commits survive a power cut for sure.
    synced: usize,
    generation: u64,
    is_new: bool,
    live: Vec<Live>,
    next_tx: u64,
    waiting: Vec<Waker>,
    pub trouble: Trouble,
    /// How often that changed, and when last.
    pub troubles: u64,
    pub calm_since_ms: i64,
    /// Whether somebody from outside changed what lies there: then a number may be taken.
    pub was_damaged: bool,
    /// A number was offered that was taken, on a disk that nobody had damaged.
    pub taken: Option<String>,
    /// Events that the program removed, since they were last counted.
    pub removed: u64,
}

impl Disk {
    pub fn new() -> Self {
        Self {
            records: BTreeMap::new(),
            commits: Vec::new(),
            synced: 0,
            generation: 0,
            is_new: true,
            live: Vec::new(),
            next_tx: 0,
            waiting: Vec::new(),
            trouble: Trouble::None,
            troubles: 0,
            calm_since_ms: 0,
            was_damaged: false,
            taken: None,
            removed: 0,
        }
    }
    /// What a copy of the profile holds.
    pub fn copy(&self) -> Self {
        Self { records: self.records.clone(), is_new: false, was_damaged: true, ..Self::new() }
    }
    fn wake(&mut self) {
        self.waiting.drain(..).for_each(Waker::wake);
    }
    fn take_back(&mut self) {
        for (place, before) in self.commits.pop().into_iter().flatten() {
            match before {
                Some(value) => drop(self.records.insert(place, value)),
                None => drop(self.records.remove(&place)),
            }
        }
    }
    /// The power fails: of what was written after the last strict commit, a part is gone.
    pub fn cut_power(&mut self, below: impl FnOnce(usize) -> usize) {
        let lost = below(self.commits.len() - self.synced + 1);
        (0..lost).for_each(|_| self.take_back());
        self.commits.clear();
        self.synced = 0;
    }
    /// The end of the database's file is gone, and nobody says so.
    pub fn truncate(&mut self, below: impl FnOnce(usize) -> usize) {
        let lost = below(self.commits.len().min(30) + 1);
        (0..lost).for_each(|_| self.take_back());
        (self.synced, self.was_damaged) = (self.commits.len(), true);
    }
    /// Garbage in the database's file: the browser makes an empty one.
    pub fn empty(&mut self) {
        self.records.clear();
        self.commits.clear();
        (self.synced, self.is_new, self.was_damaged) = (0, true, true);
        self.generation += 1;
        self.wake();
    }
    /// One record of a log is as it was some events ago; its events are all there.
    pub fn forget_head(&mut self, below: impl FnOnce(usize) -> usize) {
        let depth = 1 + below(4);
        let commits: Vec<Undo> = self.commits.iter().rev().take(depth).cloned().collect();
        for (place, before) in commits.into_iter().flatten() {
            if let ("heads", Some(before)) = (place.0.as_str(), before) {
                self.records.insert(place, before);
            }
        }
        self.commits.clear();
        (self.synced, self.was_damaged) = (0, true);
    }
    /// One event is gone, or is not what it was.
    pub fn rot(&mut self, below: impl Fn(usize) -> usize) {
        let events: Vec<Place> = self.records.keys().filter(|(store, _)| store == "events").cloned().collect();
        if let Some(place) = events.get(below(events.len())) {
            match below(2) {
                0 => drop(self.records.remove(place)),
                _ => {
                    if let Some(Value::Fields(fields)) = self.records.get_mut(place) {
                        fields.insert("body".into(), "rotten".into());
                    }
                }
            }
        }
        self.commits.clear();
        (self.synced, self.was_damaged) = (0, true);
    }
    /// Every event: its log, number, id and bytes.
    pub fn events(&self) -> impl Iterator<Item = (&str, u64, &Fields)> {
        self.records.iter().filter_map(|((store, key), value)| match (store.as_str(), key, value) {
            ("events", Key::Numbered(log, seq), Value::Fields(fields)) => Some((log.as_str(), *seq, fields)),
            _ => None,
        })
    }
    /// Every text of a store.
    pub fn texts(&self, store: &str) -> impl Iterator<Item = (&str, &str)> {
        self.records.iter().filter_map(move |((of, key), value)| match (key, value) {
            (Key::Name(name), Value::Text(text)) if of == store => Some((name.as_str(), text.as_str())),
            _ => None,
        })
    }
}

/// A connection to it.
pub struct Connection {
    disk: Rc<RefCell<Disk>>,
    clockwork: Rc<Clockwork>,
    generation: u64,
    is_new: bool,
    is_dead: Rc<Cell<bool>>,
}

impl Connection {
    pub async fn open(disk: Rc<RefCell<Disk>>, clockwork: Rc<Clockwork>) -> Worked<Self> {
        clockwork.turns().await;
        let (generation, is_new) = {
            let mut disk = disk.borrow_mut();
            let is_new = std::mem::replace(&mut disk.is_new, false);
            (disk.generation, is_new)
        };
        Ok(Self { disk, clockwork, generation, is_new, is_dead: Rc::default() })
    }
    fn begin(&self, stores: &[&str], durability: Option<Durability>) -> Tx {
        let stores: Vec<String> = stores.iter().map(|store| (*store).to_owned()).collect();
        let mut disk = self.disk.borrow_mut();
        disk.next_tx += 1;
        let id = disk.next_tx;
        disk.live.push(Live { id, stores, writes: durability.is_some() });
        drop(disk);
        Tx {
            disk: Rc::clone(&self.disk),
            clockwork: Rc::clone(&self.clockwork),
            generation: self.generation,
            is_dead: Rc::clone(&self.is_dead),
            id,
            durability,
            writes: RefCell::default(),
        }
    }
}

impl Database for Connection {
    type Tx<'a> = Tx;
    fn is_new(&self) -> bool {
        self.is_new
    }
    fn read(&self, stores: &[&str]) -> Worked<Tx> {
        Ok(self.begin(stores, None))
    }
    fn write(&self, stores: &[&str], durability: Durability) -> Worked<Tx> {
        Ok(self.begin(stores, Some(durability)))
    }
    fn close(&self) {}
}

enum Write {
    Put(Place, Value),
    Add(Place, Value),
    Delete(Place),
}

/// A transaction.
pub struct Tx {
    disk: Rc<RefCell<Disk>>,
    clockwork: Rc<Clockwork>,
    generation: u64,
    is_dead: Rc<Cell<bool>>,
    id: u64,
    durability: Option<Durability>,
    writes: RefCell<Vec<Write>>,
}

impl Drop for Tx {
    fn drop(&mut self) {
        let mut disk = self.disk.borrow_mut();
        disk.live.retain(|live| live.id != self.id);
        disk.wake();
    }
}

impl Tx {
    /// Waits until nobody who came earlier writes to the same stores, or reads what this one writes.
    async fn ready(&self) -> Worked<()> {
        self.clockwork.turns().await;
        if self.is_dead.get() {
            pending::<()>().await;
        }
        poll_fn(|context| {
            let mut disk = self.disk.borrow_mut();
            if disk.generation != self.generation {
                return Poll::Ready(Err(StorageError("the connection is closed".into())));
            }
            let own = disk.live.iter().position(|live| live.id == self.id).unwrap_or(0);
            let (before, me) = (&disk.live[..own], &disk.live[own]);
            let blocks = |other: &Live| {
                (other.writes || me.writes) && other.stores.iter().any(|store| me.stores.contains(store))
            };
            if before.iter().any(blocks) {
                disk.waiting.push(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(Ok(()))
        })
        .await
    }
    fn get(&self, store: &str, key: &Key) -> Option<Value> {
        self.disk.borrow().records.get(&(store.to_owned(), key.clone())).cloned()
    }
    fn push(&self, write: Write) -> Worked<()> {
        self.writes.borrow_mut().push(write);
        Ok(())
    }
    /// All of the writes, or none.
    fn apply(&self) -> Worked<()> {
        let mut disk = self.disk.borrow_mut();
        let writes = self.writes.take();
        for write in &writes {
            if let Write::Add(place, _) = write
                && disk.records.contains_key(place)
            {
                if !disk.was_damaged {
                    disk.taken = Some(format!("{place:?}"));
                }
                return Err(StorageError("there is a record with this key".into()));
            }
        }
        let mut undo = Vec::new();
        for write in writes {
            let (place, value) = match write {
                Write::Put(place, value) | Write::Add(place, value) => (place, Some(value)),
                Write::Delete(place) => (place, None),
            };
            let is_delete = value.is_none();
            let before = match value {
                Some(value) => disk.records.insert(place.clone(), value),
                None => disk.records.remove(&place),
            };
            disk.removed += u64::from(place.0 == "events" && is_delete && before.is_some());
            undo.insert(0, (place, before));
        }
        disk.commits.push(undo);
        if self.durability == Some(Durability::Strict) {
            disk.synced = disk.commits.len();
        }
        Ok(())
    }
}

fn place(store: &str, key: &Key) -> Place {
    (store.to_owned(), key.clone())
}

impl Transaction for Tx {
    async fn text(&self, store: &str, key: &Key) -> Worked<Option<String>> {
        self.ready().await?;
        Ok(self.get(store, key).and_then(|value| match value {
            Value::Text(text) => Some(text),
            Value::Fields(_) => None,
        }))
    }
    async fn texts(&self, store: &str) -> Worked<Vec<(String, String)>> {
        self.ready().await?;
        let disk = self.disk.borrow();
        Ok(disk.texts(store).map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }
    async fn fields(&self, store: &str, key: &Key) -> Worked<Option<Fields>> {
        self.ready().await?;
        Ok(self.get(store, key).and_then(|value| match value {
            Value::Fields(fields) => Some(fields),
            Value::Text(_) => None,
        }))
    }
    async fn range(&self, store: &str, from: &Key, to: &Key, limit: u32) -> Worked<Vec<(u64, Fields)>> {
        self.ready().await?;
        if from > to {
            return Err(StorageError("a range that ends before it begins".into()));
        }
        let disk = self.disk.borrow();
        let range = disk.records.range(place(store, from)..=place(store, to));
        let found = range.filter_map(|((_, key), value)| match (key, value) {
            (Key::Numbered(_, seq), Value::Fields(fields)) => Some((*seq, fields.clone())),
            _ => None,
        });
        Ok(found.take(usize::try_from(limit).expect("small")).collect())
    }
    async fn count(&self, store: &str, from: &Key, to: &Key) -> Worked<u64> {
        self.ready().await?;
        Ok(self.disk.borrow().records.range(place(store, from)..=place(store, to)).count() as u64)
    }
    fn put_text(&self, store: &str, key: &Key, text: &str) -> Worked<()> {
        self.push(Write::Put(place(store, key), Value::Text(text.to_owned())))
    }
    fn add(&self, store: &str, key: &Key, fields: &Fields) -> Worked<()> {
        self.push(Write::Add(place(store, key), Value::Fields(fields.clone())))
    }
    fn put(&self, store: &str, key: &Key, fields: &Fields) -> Worked<()> {
        self.push(Write::Put(place(store, key), Value::Fields(fields.clone())))
    }
    fn delete(&self, store: &str, key: &Key) -> Worked<()> {
        self.push(Write::Delete(place(store, key)))
    }
    async fn commit(self) -> Worked<()> {
        self.ready().await?;
        let trouble = self.disk.borrow().trouble;
        match trouble {
            Trouble::None => {}
            Trouble::Full => return Err(StorageError("the disk is full".into())),
            Trouble::Silent => {
                if self.clockwork.percent(50) {
                    // it reached the disk, and nobody will ever say so
                    self.apply()?;
                }
                self.is_dead.set(true);
                pending::<()>().await;
            }
        }
        self.apply()?;
        // it is there; the page may die before it hears of it
        self.clockwork.turns().await;
        Ok(())
    }
}

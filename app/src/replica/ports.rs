//! What the replica asks of the world outside: a database with transactions, files that grow, the network, the clocks, chance. The very
//! same code runs over the browser (`crate::browser`) and over the disks and networks that the simulation makes up.
//!
//! Absent: what is done with them, and decisions. A port that fails says so in the words of whoever is behind it.

#![allow(async_fn_in_trait)] // there is one thread: nobody asks whether a future may move to another

use shared::sync::{clock::Reading, message::StorageHealth};
use std::collections::BTreeMap;

/// What went wrong, in the words of whoever keeps the data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StorageError(pub String);

/// The result of work on a disk.
pub type Worked<T> = Result<T, StorageError>;

/// A key: a name, or a name and a number (ordered by both).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A name.
    Name(String),
    /// A name and a number in it.
    Numbered(String, u64),
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
    /// When the browser has it: for what can be told again.
    Relaxed,
}

/// Where the journal's database is.
pub trait Disk {
    /// An open one.
    type Database: Database;
    /// Opens it, making it with these stores where there is none.
    ///
    /// # Errors
    /// Those of the disk.
    async fn open_journal(&self, stores: &'static [&'static str]) -> Worked<Self::Database>;
}

/// An open database.
pub trait Database {
    /// A transaction on it.
    type Tx<'a>: Transaction
    where
        Self: 'a;
    /// A transaction that reads.
    ///
    /// # Errors
    /// Those of the disk.
    fn read(&self, stores: &[&str]) -> Worked<Self::Tx<'_>>;
    /// A transaction that writes. It is alone on its stores: what it reads stays true until it is done. Dropped without
    /// [`Transaction::commit`], it changes nothing.
    ///
    /// # Errors
    /// Those of the disk.
    fn write(&self, stores: &[&str], durability: Durability) -> Worked<Self::Tx<'_>>;
    /// Whether it had to be made. Says nothing about the handheld: a disk that lost everything looks the same.
    fn is_new(&self) -> bool;
    /// Closes it once its transactions are done.
    fn close(&self);
}

/// A transaction. It ends by itself when nothing of it is awaited any more: await nothing else inside.
pub trait Transaction {
    /// Reads a text.
    ///
    /// # Errors
    /// Those of the disk.
    async fn text(&self, store: &str, key: &Key) -> Worked<Option<String>>;
    /// Reads every text of a store with its name.
    ///
    /// # Errors
    /// Those of the disk.
    async fn texts(&self, store: &str) -> Worked<Vec<(String, String)>>;
    /// Reads a record.
    ///
    /// # Errors
    /// Those of the disk.
    async fn fields(&self, store: &str, key: &Key) -> Worked<Option<Fields>>;
    /// Reads the records from `from` up to and including `to`, at most `limit`, in order, with the numbers in their keys.
    ///
    /// # Errors
    /// Those of the disk.
    async fn range(&self, store: &str, from: &Key, to: &Key, limit: u32) -> Worked<Vec<(u64, Fields)>>;
    /// How many records there are from `from` up to and including `to`.
    ///
    /// # Errors
    /// Those of the disk.
    async fn count(&self, store: &str, from: &Key, to: &Key) -> Worked<u64>;
    /// Writes a text, in place of an earlier one.
    ///
    /// # Errors
    /// Those of the disk.
    fn put_text(&self, store: &str, key: &Key, text: &str) -> Worked<()>;
    /// Adds a record; where the key is taken already, the whole transaction fails.
    ///
    /// # Errors
    /// Those of the disk.
    fn add(&self, store: &str, key: &Key, fields: &Fields) -> Worked<()>;
    /// Writes a record, in place of an earlier one.
    ///
    /// # Errors
    /// Those of the disk.
    fn put(&self, store: &str, key: &Key, fields: &Fields) -> Worked<()>;
    /// Removes a record, where there is one.
    ///
    /// # Errors
    /// Those of the disk.
    fn delete(&self, store: &str, key: &Key) -> Worked<()>;
    /// Waits until the disk says that the transaction is complete.
    ///
    /// # Errors
    /// Those of the disk; nothing of the transaction is then known to be kept.
    async fn commit(self) -> Worked<()>;
}

/// One file of the second journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorFile {
    /// Its name.
    pub name: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Where the second journal is: files that only grow. Each page writes to one of its own, so that no two of them wait for
/// each other, and a page that is frozen keeps nobody waiting.
pub trait Mirror {
    /// Reads every file, those that other pages write to as well.
    ///
    /// # Errors
    /// Those of the disk.
    async fn read_mirror(&self) -> Worked<Vec<MirrorFile>>;
    /// Appends to this page's file; done means on the disk.
    ///
    /// # Errors
    /// Those of the disk.
    async fn append_mirror(&self, text: &str) -> Worked<()>;
    /// Removes a file as a whole.
    ///
    /// # Errors
    /// Those of the disk; a file that a page writes to stays.
    async fn remove_mirror(&self, name: &str) -> Worked<()>;
    /// Takes up room that can be given back, where there is none taken yet.
    ///
    /// # Errors
    /// Those of the disk.
    async fn make_ballast(&self) -> Worked<()>;
    /// Gives that room back; says whether there was any.
    ///
    /// # Errors
    /// Those of the disk.
    async fn give_up_ballast(&self) -> Worked<bool>;
}

/// What to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// Where; begins with `/`.
    pub path: &'a str,
    /// The device's secret.
    pub secret: Option<&'a str>,
    /// A JSON body makes it a POST.
    pub json: Option<String>,
}

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Whether the status is a success.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// No answer came: no network, no server, or it took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// It did not get through.
    Offline,
    /// It took longer than the limit.
    Timeout,
}

/// The way to the server.
pub trait Radio {
    /// Sends, and waits for the whole answer however long it takes; dropped, it is given up.
    ///
    /// # Errors
    /// [`NoAnswer::Offline`]
    async fn exchange(&self, request: Request<'_>) -> Result<Answer, NoAnswer>;
}

/// What the device itself gives.
pub trait Device {
    /// Both clocks, now.
    fn clocks(&self) -> Reading;
    /// Fills with random bytes, fit for secrets and ids; `false` where there are none to give.
    fn fill_random(&self, bytes: &mut [u8]) -> bool;
    /// Waits so many milliseconds.
    async fn sleep(&self, ms: u32);
    /// Asks for the promise to keep what is stored, and how much room there is.
    async fn storage_health(&self) -> StorageHealth;
    /// Whether the owner of a public key of P-256 signed a message; `None` where the device cannot tell.
    async fn is_signed(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool>;
    /// So many random bytes.
    fn random<const N: usize>(&self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.fill_random(&mut bytes).then_some(bytes)
    }
    /// A random number to spread retries with; of no use for secrets.
    fn jitter(&self) -> u16 {
        self.random::<2>().map_or(0, u16::from_le_bytes)
    }
}

/// Everything the replica asks for.
pub trait Ports: Disk + Mirror + Radio + Device + 'static {}

impl<T: Disk + Mirror + Radio + Device + 'static> Ports for T {}

//! What screens are told: who holds the handheld, what is saved where, and what is wrong.
//!
//! Absent: words for people. A screen finds its own for each value.

use serde::{Deserialize, Serialize};
use shared::{
    id::{DeviceId, EventId, LogId},
    moment::Moment,
    role::Role,
    sync::message::{HandheldPerson, LogReason, MissingEvents, SiteInfo},
};
use uuid::Uuid;

/// Which handheld this is, and of which site. Kept in the journal's database, never in localStorage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The server's number for it.
    pub device: DeviceId,
    /// Its name, as people call it.
    pub device_name: String,
    /// The server it belongs to. An answer of another one is not believed.
    pub server: Uuid,
    /// Its site.
    pub site: SiteInfo,
}

/// Who holds the handheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The person; stands as actor in every event from now on.
    pub person: HandheldPerson,
    /// How they showed that it was them.
    #[serde(rename = "verified")] // its name before there were PINs
    pub taken_by: shared::event::TakenBy,
    /// The server's word for them is missing here or has ended: somebody will have to confirm what they count, until they
    /// sign in with the password.
    #[serde(default)]
    pub ask_password: bool,
    /// What the person is on the site; empty when only chosen here. To show or hide; the server decides.
    pub roles: Vec<Role>,
}

/// An event that is on the disk of this handheld: it survives any kill of tab, browser or power (I1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The log it is in.
    pub log: LogId,
    /// Its number there.
    pub seq: u64,
    /// Its id; what an undo names.
    pub id: EventId,
}

/// Why an event is *not* saved. The screen says so in red and keeps what was entered on it (I14).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSaved {
    /// The handheld is not enrolled.
    #[error("this handheld does not belong to a warehouse yet")]
    NotEnrolled,
    /// Nobody has taken the handheld.
    #[error("nobody is signed in on this handheld")]
    NobodySignedIn,
    /// The browser's database failed twice, the second time after it was opened anew.
    #[error("this handheld could not write it down: {0}")]
    Storage(String),
    /// Longer than any event a person makes (such as a document pasted in place of a barcode).
    #[error("this is too long to be kept")]
    TooLong,
}

/// How far an event has come. Each step is true, not hoped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tick {
    /// On the disk of this handheld.
    Saved,
    /// On the disk of the server.
    Server,
    /// In a verified backup.
    Archived,
}

/// What keeps counts from travelling, or the handheld from being sure of them. Nothing of it stops counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No answer: no network, or no server.
    Unreachable,
    /// The server answers, but with an error of its own; it is asked again.
    ServerTrouble {
        /// HTTP status.
        status: u16,
    },
    /// The server does not know this handheld (any more). Counts stay here; a lead enrols it again.
    NotRecognised,
    /// Something answers that is not this handheld's server: a log-in page of the network, another installation.
    NotTheServer,
    /// One event is refused for its size; the rest waits behind it.
    TooLarge,
    /// The last write failed.
    Storage(String),
    /// The second journal does not write. What is ticked is in the first all the same.
    Mirror(String),
}

/// Everything the sync badge shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncStatus {
    /// Events of all logs that are on this disk.
    pub saved_seq: u64,
    /// Events of all logs that are on the server's disk.
    pub durable_seq: u64,
    /// Events of all logs that are in a verified backup.
    pub archived_seq: u64,
    /// Events of all logs of this handheld that are not known to be on the server's disk (I12).
    pub waiting: u64,
    /// Whether the last exchange with the server worked. A hint, never a fact.
    pub online: bool,
    /// When the server last answered, by this handheld's wall clock.
    pub last_contact: Option<Moment>,
    /// What is wrong, where something is.
    pub problem: Option<Problem>,
    /// Events that this handheld had and has no longer, and that are not known to be on the server: for a lead to look for.
    pub missing: Vec<MissingEvents>,
    /// Whether the browser promised to keep the data; `None`: it did not say.
    pub persistent: Option<bool>,
    /// Packed parts of the catalogue that are here and usable.
    pub shards_here: usize,
    /// Packed parts that the site has, as far as is known. Equal to `shards_here`: the catalogue is whole.
    pub shards_known: usize,
}

/// How one log of this handheld stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    /// Which.
    pub log: LogId,
    /// Why it exists.
    pub reason: LogReason,
    /// Events on this disk.
    pub saved: u64,
    /// Events on the server's disk.
    pub server: u64,
    /// Events in a verified backup.
    pub archived: u64,
    /// Whether new events go to it.
    pub is_current: bool,
}

/// What changed, told to whoever subscribed; read the new state from the replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// [`SyncStatus`].
    Status,
    /// Tasks.
    Tasks,
    /// People who may use the handheld.
    People,
    /// The catalogue.
    Catalogue,
    /// Who holds the handheld, or whether it is enrolled.
    Person,
}

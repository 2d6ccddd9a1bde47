//! The replica as screens hold it.
//!
//! One per page: [`Replica`] is a handle without content that is free to copy into every closure and every context; the
//! state lives in the page. Calls that read answer at once from memory; calls that write return once it is on the disk.

use super::{Catalogue, Enrolment, NotSaved, OpenSheet, Saved, SignedIn, SyncStatus, Tick, Topic};
use crate::api::Trouble;
use shared::{
    event::EventKind,
    id::{PersonId, SheetId},
    sync::message::{HandheldPerson, HandheldTask},
};

/// The handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replica {
    _one: (),
}

/// Ends the subscription when dropped.
#[must_use = "a dropped subscription is over"]
pub struct Subscription {
    number: u64,
}

impl Replica {
    /// Opens the databases of this handheld, restores what was being worked on and starts the loops. Needs no network.
    ///
    /// # Errors
    /// [`NotSaved::Storage`] when the browser's database cannot be opened: the page must say that it cannot count.
    pub async fn open() -> Result<Self, NotSaved> {
        Ok(Self { _one: () })
    }
    /// Which handheld this is; `None` before [`Replica::enrol`].
    pub fn enrolled(&self) -> Option<Enrolment> {
        None
    }
    /// Redeems an enrolment code (online, once per handheld).
    ///
    /// # Errors
    /// The server's refusal, or why there is no answer.
    pub async fn enrol(&self, code: &str) -> Result<Enrolment, Trouble> {
        let _ = code;
        Err(Trouble::Offline)
    }
    /// Who holds the handheld.
    pub fn person(&self) -> Option<SignedIn> {
        None
    }
    /// People who may use this handheld, as last heard, by name. Works offline.
    pub fn people(&self) -> Vec<HandheldPerson> {
        Vec::new()
    }
    /// Signs in with the server's word, and records who holds the handheld from now on.
    ///
    /// # Errors
    /// The server's refusal, or why there is no answer ([`Trouble::Offline`]: offer [`Replica::take_over`]).
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<SignedIn, Trouble> {
        let _ = (username, password);
        Err(Trouble::Offline)
    }
    /// Takes the handheld without the server's word, as somebody known here; what is counted is marked unverified.
    ///
    /// # Errors
    /// [`NotSaved`]; also when the person is not known here ([`NotSaved::NobodySignedIn`]).
    pub async fn take_over(&self, person: PersonId) -> Result<SignedIn, NotSaved> {
        let _ = person;
        Err(NotSaved::NotEnrolled)
    }
    /// Gives the handheld back. Deletes nothing: what waits still travels.
    ///
    /// # Errors
    /// [`NotSaved`]
    pub async fn sign_out(&self) -> Result<(), NotSaved> {
        Err(NotSaved::NotEnrolled)
    }
    /// A new id for a visit, to be given to [`Replica::record`] with `SheetOpened` and everything after it.
    pub fn new_sheet(&self) -> SheetId {
        SheetId(uuid::Uuid::nil())
    }
    /// Writes down one event: returns once it is on the disk. Beep and tick on `Ok`, and only then.
    ///
    /// # Errors
    /// [`NotSaved`]: show it, loudly, with what was entered still on the screen.
    pub async fn record(&self, kind: EventKind, sheet: Option<SheetId>) -> Result<Saved, NotSaved> {
        let _ = (kind, sheet);
        Err(NotSaved::NotEnrolled)
    }
    /// How far this event has come.
    pub fn tick(&self, saved: &Saved) -> Tick {
        let _ = saved;
        Tick::Saved
    }
    /// The state of saving and sending.
    pub fn status(&self) -> SyncStatus {
        SyncStatus::default()
    }
    /// Tasks the device knows that the person who holds it may do: assigned to them or to the pool, not excluded; in walk
    /// order. All of the device's tasks while nobody holds it.
    pub fn tasks(&self) -> Vec<HandheldTask> {
        Vec::new()
    }
    /// Reads from the catalogue.
    pub fn catalogue<T>(&self, read: impl FnOnce(&Catalogue) -> T) -> T {
        read(&Catalogue::default())
    }
    /// Visits that are not closed, oldest first, of whoever made them: also after a cold start.
    pub fn open_sheets(&self) -> Vec<OpenSheet> {
        Vec::new()
    }
    /// One open visit.
    pub fn open_sheet(&self, sheet: SheetId) -> Option<OpenSheet> {
        let _ = sheet;
        None
    }
    /// Keeps a half-typed text under a name, and forgets it when it is empty. Best effort: not a count.
    pub async fn keep_draft(&self, name: &str, text: &str) {
        let _ = (name, text);
    }
    /// Reads a half-typed text back.
    pub async fn draft(&self, name: &str) -> Option<String> {
        let _ = name;
        None
    }
    /// Wakes both loops: for a "try now" button. They wake by themselves as well.
    pub fn sync_now(&self) {}
    /// Calls back after each change of a topic, until the subscription is dropped. The callback may read the replica.
    pub fn subscribe(&self, on_change: impl Fn(Topic) + 'static) -> Subscription {
        drop(on_change);
        Subscription { number: 0 }
    }
}

impl Subscription {
    /// Keeps it for the life of the page.
    pub fn forever(self) {
        std::mem::forget(self);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let _ = self.number;
    }
}

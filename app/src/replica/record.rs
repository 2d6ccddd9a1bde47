//! Something was counted: an event is put together, and written down before anybody hears of it.
//!
//! Absent: sending. The bell that rings afterwards wakes the push loop.

use super::{
    NotSaved, Saved,
    engine::Engine,
    head::JournalHead,
    journal::Appended,
    mirror::Record,
    ports::{Ports, StorageError},
    start::Look,
    wait::within,
};
use shared::{
    event::{Event, EventKind},
    id::{LogId, PersonId, SheetId},
    sync::log::Chain,
};
use std::collections::BTreeMap;

/// Logs that may have been closed under this page, or tries after the disk was given room, before a person is told.
const TRIES_MAX: usize = 3;
/// A try that failed sooner was answered.
const QUICK_MS: i64 = 4_000;
/// How long giving up the ballast may take.
const ROOM_MS: u32 = 2_000;

/// An event that is put together but not known to be on the disk.
#[derive(Debug, Clone)]
pub struct Composed {
    pub(super) event: Event,
    pub(super) body: String,
    /// How far each log had come when it was put together: it stands on none of these places.
    pub(super) before: BTreeMap<LogId, u64>,
}

impl Composed {
    /// The bytes that are hashed, stored and sent.
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl<P: Ports> Engine<P> {
    /// A new id for a visit.
    pub fn new_sheet(&self) -> SheetId {
        // a browser without random numbers refuses the record that would use this id
        let random = self.ports.random::<10>().unwrap_or_default();
        SheetId::from_parts(self.ports.clocks().wall_ms, &random)
    }
    /// Puts one event together, as of now and by whoever holds the handheld now (I9), however late the disk takes it;
    /// `actor` where somebody is only just taking it.
    ///
    /// # Errors
    /// [`NotSaved`]: there is no event.
    pub fn compose(
        &self,
        actor: Option<PersonId>,
        kind: EventKind,
        sheet: Option<SheetId>,
    ) -> Result<Composed, NotSaved> {
        let no_random = || NotSaved::Storage("the browser gives no random numbers".into());
        let random = self.ports.random::<10>().ok_or_else(no_random)?;
        let (_, event, body) = self.state.borrow_mut().compose(actor, kind, sheet, self.ports.clocks(), &random)?;
        let before = self.state.borrow().logs.iter().map(|(log, head)| (*log, head.head.seq)).collect();
        Ok(Composed { event, body, before })
    }
    /// Writes one event down, tells everybody, and lets it travel. `again`: an earlier try failed, and may have reached
    /// the disk all the same; the event is then found there and not added twice (I4).
    ///
    /// # Errors
    /// [`NotSaved`]: not known to be on the disk.
    pub async fn record(&self, composed: &Composed, again: bool) -> Result<Saved, NotSaved> {
        let Composed { event, body, .. } = composed;
        match self.write(composed, again).await {
            Ok((head, seq, prev)) => {
                let (log, device, reason) = (head.log.log, head.device, head.log.reason);
                let saved = self.update(|state| state.saved(head.log, seq, event));
                self.push_bell.ring();
                let record =
                    prev.map(|prev| Record { log, device, reason, seq, prev, id: event.id, body: body.clone() });
                match record {
                    Some(record) => self.mirror_event(record).await,
                    None => {
                        self.mirror_owed.borrow_mut().insert((log, seq));
                    }
                }
                Ok(saved)
            }
            Err(error) => {
                self.update(|state| state.writing = Some(error.to_string()));
                Err(error)
            }
        }
    }
    /// One event into the journal, whatever it takes: a log that takes nothing is left for the one that does, and a disk
    /// that is full is given the room that was kept for this.
    async fn write(&self, composed: &Composed, mut again: bool) -> Result<(JournalHead, u64, Option<Chain>), NotSaved> {
        let storage = |error: StorageError| NotSaved::Storage(error.to_string());
        let mut failure = StorageError("other tabs begin one log after the other".into());
        for _ in 0..TRIES_MAX {
            let log = self.state.borrow().log.ok_or(NotSaved::NotEnrolled)?;
            let began = self.ports.clocks().monotonic_ms;
            match self.journal.append(log, composed, again).await {
                Ok(Appended::Saved { head, seq, prev }) => return Ok((*head, seq, prev)),
                Ok(Appended::Gone) => self.check(Look::Quick).await.map_err(storage)?,
                Err(error) => {
                    (again, failure) = (true, error);
                    let was_quick = self.ports.clocks().monotonic_ms.saturating_sub(began) < QUICK_MS;
                    // a disk that says no at once may have lost what this page counts on; one that is silent is full or dead
                    let is_worth_it = self.make_room().await || (was_quick && self.check(Look::Quick).await.is_ok());
                    if !is_worth_it {
                        break;
                    }
                }
            }
        }
        Err(storage(failure))
    }
    /// Gives up the ballast; says whether there was any.
    async fn make_room(&self) -> bool {
        let given = within(self.ports.sleep(ROOM_MS), self.ports.give_up_ballast()).await;
        given == Some(Ok(true))
    }
}

//! Something was counted: an event is put together, and written down before anybody hears of it.
//!
//! Absent: sending. The bell that rings afterwards wakes the push loop.

use super::{NotSaved, Saved, engine::Engine, ports::Ports};
use shared::{
    event::{Event, EventKind},
    id::{PersonId, SheetId},
};

/// An event that is put together but not known to be on the disk.
#[derive(Debug, Clone)]
pub struct Composed {
    pub(super) event: Event,
    pub(super) body: String,
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
        Ok(Composed { event, body })
    }
    /// Writes one event down, tells everybody, and lets it travel. `again`: an earlier try failed, and may have reached
    /// the disk all the same; the event is then found there and not added twice (I4).
    ///
    /// # Errors
    /// [`NotSaved`]: not known to be on the disk.
    pub async fn record(&self, Composed { event, body }: &Composed, again: bool) -> Result<Saved, NotSaved> {
        let log = self.state.borrow().log.ok_or(NotSaved::NotEnrolled)?;
        match self.journal.append(log, event, body, again).await {
            Ok(head) => {
                let saved = self.update(|state| state.saved(head, event));
                self.push_bell.ring();
                Ok(saved)
            }
            Err(error) => {
                self.update(|state| state.writing = Some(error.to_string()));
                Err(NotSaved::Storage(error.to_string()))
            }
        }
    }
}

//! A handheld is restored from its disk.
//!
//! Absent: the network, which none of it waits for.

use super::{
    engine::{Engine, Remembered},
    journal::Journal,
    ports::{Ports, StorageError, Worked},
    state::State,
};
use shared::sync::message::LogReason;
use std::rc::Rc;

impl<P: Ports> Engine<P> {
    /// Opens the journal and takes up what was being worked on.
    ///
    /// # Errors
    /// When the disk cannot be read or written: the page must say that it cannot count.
    pub async fn open(ports: Rc<P>) -> Worked<Rc<Self>> {
        let journal = Journal::open(Rc::clone(&ports)).await?;
        let remembered = Remembered::read(&journal.meta().await?);
        let heads = journal.heads().await?;
        let mut state = State {
            enrolment: remembered.enrolment.map(|record| (record.enrolment, record.secret)),
            credentials: remembered.credentials,
            owners: heads.iter().map(|head| (head.log.log, head.device)).collect(),
            person: remembered.person,
            clock: remembered.clock,
            logs: heads.iter().map(|head| (head.log.log, head.log.clone())).collect(),
            log: remembered.log,
            ..State::default()
        };
        let events = journal.open_sheet_events(&heads).await;
        for (seq, event) in events.as_deref().unwrap_or_default() {
            state.sheets.take(*seq, event);
        }
        let current = state.log.and_then(|log| state.logs.get(&log)).cloned();
        let engine = Rc::new(Self::new(ports, state, journal));
        let device = engine.state.borrow().enrolment.as_ref().map(|(enrolment, _)| enrolment.device);
        if let Some(device) = device {
            // a log that lost its end, or its head, is never written again: it drains as it is beside a new one
            let whole = match &current {
                Some(head) => events.is_ok() && engine.journal.is_whole(head).await?,
                None => false,
            };
            if !whole {
                engine.rotate(LogReason::Salvage, device, &[]).await.map_err(StorageError)?;
            }
        }
        Ok(engine)
    }
}

//! The record of one log in the journal: where it stands, and which of its sheets are open.
//!
//! Absent: the events. They lie beside it and never change.

use serde::{Deserialize, Serialize};
use shared::{
    event::{Event, EventKind},
    id::{DeviceId, SheetId},
    sync::{message::Head, outbox::LogHead},
};
use std::collections::BTreeMap;

/// Where a log stands, and its sheets that are not closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalHead {
    /// What the sync machine knows.
    #[serde(flatten)]
    pub log: LogHead,
    /// Which enrolment it was begun under: a handheld that is enrolled anew sends its old logs with their own credential,
    /// because the server binds a log to a device.
    pub device: DeviceId,
    /// Open sheets and the numbers of their first events: a cold start reads from the earliest of them on.
    #[serde(default)]
    pub sheets: BTreeMap<SheetId, u64>,
}

/// Whether an event closed a sheet that this log knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It closed none, or one of this log.
    Done,
    /// It closed one that must have been opened in an earlier log.
    Elsewhere(SheetId),
}

impl JournalHead {
    /// A log without events.
    pub const fn new(log: LogHead, device: DeviceId) -> Self {
        Self { log, device, sheets: BTreeMap::new() }
    }
    /// Goes one event further: its place in the log, and whether another log has to be told.
    pub fn append(&mut self, event: &Event, body: &str) -> (Head, Closing) {
        let next = self.log.next(body);
        self.log.head = next;
        let closing = match (event.sheet, &event.kind) {
            (Some(sheet), EventKind::SheetOpened { .. }) => {
                self.sheets.entry(sheet).or_insert(next.seq);
                Closing::Done
            }
            (Some(sheet), EventKind::SheetClosed { .. }) => match self.sheets.remove(&sheet) {
                Some(_) => Closing::Done,
                None => Closing::Elsewhere(sheet),
            },
            _ => Closing::Done,
        };
        (next, closing)
    }
    /// Where to begin to read the open sheets; `None`: there are none.
    pub fn open_from(&self) -> Option<u64> {
        self.sheets.values().copied().min()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use shared::{
        event::{CaptureTime, SheetIntent},
        id::{EventId, LocationId, LogId, PersonId},
        sync::{
            log::Chain,
            message::{Belief, LogReason},
        },
    };
    use uuid::Uuid;

    fn event(sheet: u128, kind: EventKind) -> Event {
        let at = CaptureTime { wall_ms: 0, offset_ms: 0, uncertainty_ms: 0 };
        Event {
            v: 1,
            id: EventId(Uuid::nil()),
            actor: PersonId(1),
            sheet: Some(SheetId(Uuid::from_u128(sheet))),
            at,
            kind,
        }
    }

    fn opening() -> EventKind {
        EventKind::SheetOpened { location: LocationId(1), task: None, count: None, intent: SheetIntent::Own }
    }

    fn head() -> JournalHead {
        JournalHead::new(LogHead::new(LogId(Uuid::from_u128(4)), LogReason::Fresh), DeviceId(6))
    }

    #[test]
    fn a_head_knows_its_open_sheets_and_chains_every_body() {
        let mut head = head();
        head.append(&event(1, opening()), "a");
        head.append(&event(2, opening()), "b");
        assert_eq!(head.open_from(), Some(1));
        let (place, closing) = head.append(&event(1, EventKind::SheetClosed { location_done: true }), "c");
        assert_eq!((closing, head.open_from()), (Closing::Done, Some(2)));
        let chain = ["a", "b", "c"].iter().fold(Chain::start(head.log.log), |chain, body| chain.next(body.as_bytes()));
        assert_eq!((place, head.log.head), (Head { seq: 3, chain }, Head { seq: 3, chain }));
        let strange = head.append(&event(9, EventKind::SheetClosed { location_done: true }), "d").1;
        assert_eq!(strange, Closing::Elsewhere(SheetId(Uuid::from_u128(9))));
    }

    #[test]
    fn the_record_reads_back_from_its_own_json() {
        let mut head = head();
        head.append(&event(1, opening()), "a");
        head.log.durable = Some(Belief { head: head.log.head, timeline: Uuid::from_u128(3) });
        let json = serde_json::to_string(&head).unwrap();
        assert_eq!(serde_json::from_str::<JournalHead>(&json).unwrap(), head);
    }
}

//! The record of one log in the journal: where it stands, and which of its sheets are open.
//!
//! Absent: the events. They lie beside it and never change.

use serde::{Deserialize, Serialize};
use shared::{
    event::{Event, EventKind},
    id::{DeviceId, SheetId},
    moment::Moment,
    sync::{
        log::Chain,
        message::{Head, MissingEvents},
        outbox::LogHead,
    },
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
    /// Nothing is written to it any more: it lost events, or was put together again. It drains as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// Up to where its events are no longer here, because they are archived and old; with the chain there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pruned: Option<Head>,
    /// What this log, a salvage, could not save of others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingEvents>,
    /// By the server's clock, one mark a day: this far it went then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// How far a log went at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its last event then.
    pub seq: u64,
    /// The server's clock.
    pub at: Moment,
}

/// How long events stay here at least, archived or not (`SYNC.md` section 2).
pub const KEPT_MS: i64 = 14 * DAY_MS;
/// Between two marks.
const DAY_MS: i64 = 86_400_000;

/// Whether an event closed a sheet, and one that this log knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// It closed none.
    None,
    /// It closed one of this log.
    Here(SheetId),
    /// It closed one that must have been opened in an earlier log.
    Elsewhere(SheetId),
}

impl JournalHead {
    /// A log without events.
    pub const fn new(log: LogHead, device: DeviceId) -> Self {
        Self {
            log,
            device,
            sheets: BTreeMap::new(),
            closed: false,
            pruned: None,
            missing: Vec::new(),
            marks: Vec::new(),
        }
    }
    /// The place before the first event that is here.
    pub fn base(&self) -> Head {
        self.pruned.unwrap_or(Head { seq: 0, chain: Chain::start(self.log.log) })
    }
    /// Takes in what time it is on the server; says whether that is worth writing down.
    pub fn mark(&mut self, now: Moment) -> bool {
        let due = self.marks.last().is_none_or(|last| now.0 >= last.at.0.saturating_add(DAY_MS));
        let news = self.marks.last().is_none_or(|last| self.log.head.seq > last.seq);
        if due && news && self.log.head.seq > self.base().seq {
            self.marks.push(Mark { seq: self.log.head.seq, at: now });
            return true;
        }
        false
    }
    /// Up to where events may be removed: those that were here two weeks ago already and are in a verified backup. By the
    /// server's clock alone; that of the device removes nothing (I10).
    pub fn removable(&self, now: Moment) -> u64 {
        let old = |mark: &&Mark| mark.at.0.saturating_add(KEPT_MS) <= now.0;
        let aged = self.marks.iter().rfind(old).map_or(0, |mark| mark.seq);
        let open = self.open_from().map_or(u64::MAX, |first| first.saturating_sub(1));
        aged.min(self.log.archived).min(self.log.durable_seq()).min(open)
    }
    /// Goes one body further that may be no event that can be read.
    pub fn append_body(&mut self, body: &str) -> (Head, Closing) {
        match serde_json::from_str::<Event>(body) {
            Ok(event) => self.append(&event, body),
            Err(_) => {
                self.log.head = self.log.next(body);
                (self.log.head, Closing::None)
            }
        }
    }
    /// Goes one event further: its place in the log, and whether another log has to be told.
    pub fn append(&mut self, event: &Event, body: &str) -> (Head, Closing) {
        let next = self.log.next(body);
        self.log.head = next;
        let closing = match (event.sheet, &event.kind) {
            (Some(sheet), EventKind::SheetOpened { .. }) => {
                self.sheets.entry(sheet).or_insert(next.seq);
                Closing::None
            }
            (Some(sheet), EventKind::SheetClosed { .. }) => match self.sheets.remove(&sheet) {
                Some(_) => Closing::Here(sheet),
                None => Closing::Elsewhere(sheet),
            },
            _ => Closing::None,
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
        sync::message::{Belief, LogReason},
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
        assert_eq!((closing, head.open_from()), (Closing::Here(SheetId(Uuid::from_u128(1))), Some(2)));
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

    #[test]
    fn only_what_is_archived_and_two_weeks_old_by_the_servers_clock_may_go() {
        let mut head = head();
        let day = |n: i64| Moment(n * DAY_MS);
        head.append(&event(1, EventKind::Locked), "a");
        assert!(head.mark(day(0)) && !head.mark(day(0)) && !head.mark(day(2)));
        head.append(&event(1, EventKind::Locked), "b");
        assert!(!head.mark(Moment(DAY_MS - 1)) && head.mark(day(1)));
        (head.log.archived, head.log.durable) = (2, Some(Belief { head: head.log.head, timeline: Uuid::from_u128(3) }));
        assert_eq!([13, 14, 15].map(|n| head.removable(day(n))), [0, 1, 2]);
        head.log.archived = 1;
        assert_eq!(head.removable(day(99)), 1);
        head.log.durable = None;
        assert_eq!(head.removable(day(99)), 0, "what a restored server lost stays");
    }
}

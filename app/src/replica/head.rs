//! The record of one log in the journal: where it stands, and which of its sheets are open.
//!
//! Absent: the events. They lie beside it and never change.

use serde::{Deserialize, Serialize};
use shared::{
    event::{Event, EventKind},
    id::{DeviceId, SheetId},
    moment::Moment,
    planted::{self, Defect},
    sync::{
        clock::Reading,
        log::Chain,
        message::{Head, MissingEvents},
        outbox::LogHead,
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

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

/// What the server said of itself in the last answer to a push that was believed. Events are removed by this and by
/// nothing else: who only signs in or pulls learns what time it is, not what the server still has of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The timeline it is on.
    pub timeline: Uuid,
    /// What time it was there.
    pub now: Moment,
    /// When it was asked, by the clocks of this page: it spoke after that.
    pub asked: Reading,
}

/// How long the server's word lets events be removed. It is asked once a minute, and the care of the handheld looks twice in
/// that time; what a restored server lost stays here unless it was restored within this minute.
pub const WORD_MS: i64 = 60_000;

impl Word {
    /// Whether it was given just now: by the monotonic clock, which stands still while the device sleeps, and by the wall
    /// clock, which can be set. A tab that was frozen for days with an old answer in hand removes nothing by it.
    pub fn is_fresh(&self, now: Reading) -> bool {
        let is_near = |then: i64, now: i64| (0..=WORD_MS).contains(&now.saturating_sub(then));
        is_near(self.asked.monotonic_ms, now.monotonic_ms) && is_near(self.asked.wall_ms, now.wall_ms)
    }
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
    /// Up to where events may be removed by what the server said: those that were here two weeks ago already and are in a
    /// verified backup, and only where this log itself was told so on the timeline that the server is on. One that was set
    /// back behind that backup is on another: until this log has asked it, what is here may be all there is. The caller
    /// sees to it that the word is fresh. Age goes by the server's clock alone; that of the device removes nothing (I10).
    pub fn removable(&self, word: Word) -> u64 {
        let was_asked = self.log.durable.is_some_and(|belief| belief.timeline == word.timeline);
        if !was_asked && !planted::is(Defect::RemovedUnasked) {
            return 0;
        }
        let old = |mark: &&Mark| mark.at.0.saturating_add(KEPT_MS) <= word.now.0;
        let aged = self.marks.iter().rfind(old).map_or(0, |mark| mark.seq);
        let open = self.open_from().map_or(u64::MAX, |first| first.saturating_sub(1));
        if planted::is(Defect::RemovedOnceDurable) {
            return self.log.durable_seq().min(open);
        }
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

    /// What the server says on a timeline and a day.
    fn word(timeline: u128, day: i64) -> Word {
        let asked = Reading { wall_ms: 0, monotonic_ms: 0 };
        Word { timeline: Uuid::from_u128(timeline), now: Moment(day * DAY_MS), asked }
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
        assert_eq!([13, 14, 15].map(|n| head.removable(word(3, n))), [0, 1, 2]);
        head.log.archived = 1;
        assert_eq!(head.removable(word(3, 99)), 1);
        assert_eq!(head.removable(word(4, 99)), 0, "a restored server that this log has not asked removes nothing");
        head.log.durable = None;
        assert_eq!(head.removable(word(3, 99)), 0, "what a restored server lost stays");
    }

    #[test]
    fn the_servers_word_is_fresh_for_a_minute_by_both_clocks() {
        let word = Word { asked: Reading { wall_ms: 5_000, monotonic_ms: 100 }, ..word(3, 1) };
        let at = |wall_s: i64, monotonic_s: i64| Reading {
            wall_ms: 5_000 + wall_s * 1_000,
            monotonic_ms: 100 + monotonic_s * 1_000,
        };
        assert!(word.is_fresh(at(0, 0)) && word.is_fresh(at(60, 60)));
        assert!(!word.is_fresh(at(61, 61)), "it is old");
        assert!(!word.is_fresh(at(86_400, 1)), "the device slept for a day");
        assert!(!word.is_fresh(at(1, 86_400)) && !word.is_fresh(at(-86_400, 1)), "the clock was set");
    }
}

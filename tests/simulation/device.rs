//! A handheld: a disk with the journal, and pages (tabs) over it that hold the state and the machines of the real one.
//!
//! Absent: IndexedDB. An append here is as atomic as its strict transaction is there.

use app::replica::{Saved, SignedIn, Tick, head::JournalHead, state::State};
use shared::{
    event::{EventKind, Verified},
    id::{DeviceId, EventId, LogId, PersonId, SheetId},
    sync::{
        clock::Reading,
        log::Chain,
        message::{ClockSample, HandheldPerson, LogReason, PushAnswer, PushRequest, PushedEvent},
        outbox::{self, Due, Failure, LogHead, Outbox, Sender, Verdict},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::chance::Chance;

/// How long a page waits for an answer.
const PATIENCE_MS: i64 = 40_000;

/// One log on the disk.
#[derive(Clone)]
pub struct JournalLog {
    pub head: JournalHead,
    pub events: Vec<(EventId, Chain, String)>,
}

/// What survives a crash of the handheld.
#[derive(Clone)]
pub struct Disk {
    pub logs: BTreeMap<LogId, JournalLog>,
    pub current: LogId,
}

/// An exchange that a page waits for.
pub struct Flight {
    pub log: LogId,
    pub nonce: Uuid,
    pub until_ms: i64,
}

/// One tab.
pub struct Page {
    pub state: State,
    pub outboxes: BTreeMap<LogId, Outbox>,
    pub flight: Option<Flight>,
    /// What its screen has ticked, and not forgotten by a restart.
    pub ticked: Vec<Saved>,
}

/// One handheld.
pub struct Device {
    pub person: i64,
    pub disk: Disk,
    pub pages: Vec<Page>,
}

impl Device {
    pub fn new(person: i64, log: LogId, tabs: usize) -> Self {
        let fresh = JournalLog {
            head: JournalHead::new(LogHead::new(log, LogReason::Fresh), DeviceId(person)),
            events: Vec::new(),
        };
        let disk = Disk { logs: [(log, fresh)].into(), current: log };
        let pages = (0..tabs).map(|_| Page::start(&disk, person)).collect();
        Self { person, disk, pages }
    }
    /// The tab is killed and opened again: only the disk is left.
    pub fn restart(&mut self, page: usize) {
        self.pages[page] = Page::start(&self.disk, self.person);
    }
    /// Writes one event down. `tick` is what happens after the disk has it: a crash may come in between.
    pub fn record(
        &mut self,
        page: usize,
        kind: EventKind,
        sheet: SheetId,
        now_ms: i64,
        chance: &mut Chance,
    ) -> Option<Saved> {
        let screen = &mut self.pages[page];
        let now = Reading { wall_ms: now_ms, monotonic_ms: now_ms };
        let (log, event, body) =
            screen.state.compose(None, kind, Some(sheet), now, &chance.bytes()).expect("signed in");
        if chance.percent(3) {
            self.restart(page);
            return None;
        }
        let journal = self.disk.logs.get_mut(&log).expect("the log of a page is on the disk");
        let (head, _) = journal.head.append(&event, &body);
        journal.events.push((event.id, head.chain, body));
        if chance.percent(3) {
            self.restart(page);
            return None;
        }
        let saved = screen.state.saved(journal.head.log.clone(), &event);
        screen.ticked.push(saved);
        Some(saved)
    }
    /// What the page would send now, if anything.
    pub fn next_push(&mut self, page: usize, now_ms: i64, chance: &mut Chance) -> Option<PushRequest> {
        let screen = &mut self.pages[page];
        if screen.flight.is_some() {
            return None;
        }
        for (log, journal) in &self.disk.logs {
            screen.state.logs.insert(*log, journal.head.log.clone());
        }
        for (log, role) in screen.state.logs_to_send() {
            let log = &log;
            let head = screen.state.logs[log].clone();
            let outbox = screen.outboxes.entry(*log).or_default();
            let Due::Now(ask) = outbox.due(&head, role, screen.state.timeline, now_ms) else { continue };
            let journal = &self.disk.logs[log];
            let first = usize::try_from(ask.from).expect("small");
            let before = first.checked_sub(2).and_then(|index| journal.events.get(index)).map(|(_, chain, _)| *chain);
            let prev = if first == 1 { Some(Chain::start(*log)) } else { before };
            let events = (ask.from..).zip(&journal.events[first - 1..]).take(ask.events_max);
            let events = events.map(|(seq, (id, _, body))| PushedEvent { seq, id: *id, body: body.clone() }).collect();
            let sender = Sender {
                app: "simulation".into(),
                clock: ClockSample { wall_ms: now_ms, monotonic_ms: now_ms, offset_ms: 0 },
                storage: None,
                missing: Vec::new(),
                others: Vec::new(),
            };
            let nonce = chance.uuid();
            outbox.sent(ask, nonce);
            screen.flight = Some(Flight { log: *log, nonce, until_ms: now_ms + PATIENCE_MS });
            return Some(outbox::request(&head, ask, nonce, prev, events, sender));
        }
        None
    }
    /// An answer arrives at a page; perhaps one that nobody waits for any more.
    pub fn answered(
        &mut self,
        page: usize,
        answer: &PushAnswer,
        server: Uuid,
        now_ms: i64,
        chance: &mut Chance,
        trusts: bool,
    ) {
        let screen = &mut self.pages[page];
        let Some(flight) = &screen.flight else { return };
        let log = flight.log;
        let outbox = screen.outboxes.entry(log).or_default();
        let journal = self.disk.logs.get_mut(&log).expect("logs are never deleted");
        let held = usize::try_from(answer.durable.seq).ok().and_then(|seq| journal.events.get(seq.checked_sub(1)?));
        let mut own = held.map(|(_, chain, _)| *chain);
        let mut answer = answer.clone();
        if trusts && answer.durable.seq <= journal.head.log.head.seq {
            (answer.nonce, own) = (flight.nonce, Some(answer.durable.chain));
        }
        match outbox.answered(&journal.head.log, server, own, &answer, now_ms, chance.jitter()) {
            Verdict::Believed { durable, archived, rotate } => {
                screen.state.timeline = Some(durable.timeline);
                (journal.head.log.durable, journal.head.log.archived) = (Some(durable), archived);
                screen.state.logs.insert(log, journal.head.log.clone());
                screen.flight = None;
                if rotate && self.disk.current == log {
                    self.rotate(LogId(chance.uuid()));
                }
            }
            Verdict::Forget => {
                journal.head.log.durable = None;
                screen.state.logs.insert(log, journal.head.log.clone());
                screen.flight = None;
            }
            // an answer to an earlier push: the one to this may still come
            Verdict::Ignored(outbox::Disbelief::Nonce) => {}
            Verdict::Ignored(_) => screen.flight = None,
        }
    }
    /// The exchange of a page failed.
    pub fn failed(&mut self, page: usize, failure: Failure, now_ms: i64, jitter: u16) {
        let screen = &mut self.pages[page];
        if let Some(flight) = screen.flight.take() {
            screen.outboxes.entry(flight.log).or_default().failed(failure, now_ms, jitter);
        }
    }
    fn rotate(&mut self, log: LogId) {
        let head = JournalHead::new(LogHead::new(log, LogReason::Fork), DeviceId(self.person));
        self.disk.logs.insert(log, JournalLog { head, events: Vec::new() });
        self.disk.current = log;
        for page in &mut self.pages {
            page.state.log = Some(log);
            page.state.logs.insert(log, self.disk.logs[&log].head.log.clone());
        }
    }
    /// Events that the disk does not know to be on the server: what the screen must show as waiting.
    pub fn waiting(&self) -> u64 {
        self.disk.logs.values().map(|log| log.head.log.waiting()).sum()
    }
}

impl Page {
    fn start(disk: &Disk, person: i64) -> Self {
        let person = HandheldPerson { id: PersonId(person), name: "Maria".into(), language: "en".into() };
        let state = State {
            log: Some(disk.current),
            logs: disk.logs.iter().map(|(log, journal)| (*log, journal.head.log.clone())).collect(),
            person: Some(SignedIn { person, verified: Verified::Password, roles: Vec::new() }),
            ..State::default()
        };
        Self { state, outboxes: BTreeMap::new(), flight: None, ticked: Vec::new() }
    }
    /// How many of its ticks say that the server has the event.
    pub fn on_server(&self) -> impl Iterator<Item = &Saved> {
        self.ticked.iter().filter(|saved| self.state.tick(saved) >= Tick::Server)
    }
}

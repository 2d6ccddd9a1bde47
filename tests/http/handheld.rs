//! A handheld without a screen, with ids of its own making, so that no run differs from another.

use crate::fixture::{Caller, START, body};
use flate2::{Compression, write::GzEncoder};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use shared::event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent};
use shared::id::{EventId, ItemId, LocationId, LogId, PersonId, SheetId, TaskId};
use shared::key::ItemKey;
use shared::quantity::Quantity;
use shared::sync::log::Chain;
use shared::sync::message::{ClockSample, Head, LogReason, PROTOCOL, PushRequest, PushedEvent};
use std::io::Write as _;
use uuid::Uuid;

/// A handheld and its log.
pub struct Handheld {
    pub caller: Caller,
    pub log: LogId,
    seed: u8,
    events: Vec<(PushedEvent, Chain)>,
    sent: usize,
}

impl Handheld {
    /// `seed` tells handhelds of one test apart.
    pub fn new(caller: Caller, seed: u8) -> Self {
        let log = LogId::from_parts(START.0, &[seed; 10]);
        Self { caller, log, seed, events: Vec::new(), sent: 0 }
    }

    /// Where its log stands.
    pub fn head(&self) -> Head {
        let chain = self.events.last().map_or(Chain::start(self.log), |(_, chain)| *chain);
        Head { seq: u64::try_from(self.events.len()).expect("fits"), chain }
    }

    /// Adds exact bytes to the log.
    pub fn record_bytes(&mut self, id: EventId, text: &str) {
        let head = self.head();
        let event = PushedEvent { seq: head.seq + 1, id, body: text.into() };
        let chain = head.chain.next(text.as_bytes());
        self.events.push((event, chain));
    }

    /// The next event id.
    pub fn next_id(&self) -> EventId {
        let mut random = [self.seed; 10];
        random[9] = u8::try_from(self.events.len() % 200).expect("fits");
        EventId::from_parts(START.0 + i64::try_from(self.events.len()).expect("fits"), &random)
    }

    /// Adds an event of a person, a second after the one before.
    pub fn record(&mut self, actor: i64, sheet: Option<SheetId>, kind: EventKind) {
        let second = i64::try_from(self.events.len()).expect("fits") * 1000;
        let at = CaptureTime { wall_ms: START.0 + second, offset_ms: 0, uncertainty_ms: 0 };
        let id = self.next_id();
        let event = Event { v: EVENT_VERSION, id, actor: PersonId(actor), sheet, at, kind };
        self.record_bytes(id, &serde_json::to_string(&event).expect("JSON"));
    }

    /// Counts a whole bin that holds so many units of one item, without a task.
    pub fn count(&mut self, actor: i64, location: i64, item: i64, units: i64) {
        self.count_task(actor, location, None, item, units);
    }

    /// Counts a whole bin for a task.
    pub fn count_task(&mut self, actor: i64, location: i64, task: Option<i64>, item: i64, units: i64) {
        let sheet =
            SheetId::from_parts(START.0, &[self.seed.wrapping_add(u8::try_from(self.events.len()).expect("fits")); 10]);
        let intent = SheetIntent::Own;
        self.record(
            actor,
            Some(sheet),
            EventKind::SheetOpened { location: LocationId(location), task: task.map(TaskId), count: None, intent },
        );
        let quantity = Quantity::whole(units).expect("fits");
        self.record(actor, Some(sheet), EventKind::Keyed { key: ItemKey::untracked(ItemId(item)), quantity });
        self.record(actor, Some(sheet), EventKind::SheetClosed { location_done: true });
    }

    /// What would be sent now.
    pub fn request(&self) -> PushRequest {
        let prev = self.sent.checked_sub(1).map_or(Chain::start(self.log), |last| self.events[last].1);
        PushRequest {
            protocol: PROTOCOL,
            app: "test".into(),
            nonce: Uuid::from_bytes([7; 16]),
            log: self.log,
            reason: LogReason::Fresh,
            durable: None,
            head: self.head(),
            others: Vec::new(),
            prev: Some(prev),
            events: self.events[self.sent..].iter().map(|(event, _)| event.clone()).collect(),
            clock: ClockSample { wall_ms: START.0, monotonic_ms: 0, offset_ms: 0 },
            storage: None,
            missing: Vec::new(),
        }
    }

    /// Sends what is waiting, which must be taken.
    pub async fn push(&mut self) -> Value {
        let answer = body(self.caller.post("/sync/v1/push", &json!(self.request())).await).await;
        assert_eq!(answer["durable"]["seq"], self.head().seq, "{answer}");
        self.sent = self.events.len();
        answer
    }

    /// Sends any bytes as a push.
    pub async fn send(&self, bytes: Vec<u8>, encoding: Option<&str>) -> Response {
        let mut request = self.caller.request(Method::POST, "/sync/v1/push").header("content-type", "application/json");
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        request.body(bytes).send().await.expect("an answer")
    }
}

/// Packs bytes as browsers do.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).expect("memory");
    packer.finish().expect("memory")
}

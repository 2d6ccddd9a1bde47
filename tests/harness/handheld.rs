//! A handheld without a screen: keeps a chained log in memory and speaks the real protocol over HTTP. It never forgets
//! an event that it was not told is on the server, and it believes answers only as `SYNC.md` section 3 says.

mod decided;

pub use decided::Sent;

use crate::warehouse::{Warehouse, expect};
use reqwest::Response;
use serde::Serialize;
use shared::{
    event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent},
    id::{EventId, ItemId, LocationId, LogId, PersonId, SheetId, TaskId},
    key::ItemKey,
    moment::Moment,
    quantity::{Quantity, SCALE},
    sync::{
        log::Chain,
        message::{Belief, ClockSample, EnrolAnswer, Head, LogReason, PROTOCOL, PushAnswer, PushRequest, PushedEvent},
    },
};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// An enrolled handheld.
pub struct Handheld {
    client: reqwest::Client,
    base: String,
    /// What it got when it was enrolled.
    pub enrolled: EnrolAnswer,
    log: LogId,
    /// Every event it ever made, with the chain after it.
    pub events: Vec<(PushedEvent, Chain)>,
    durable: Option<Belief>,
    /// Added to the machine's clock for what it records; the handheld has measured it, and says so with every event.
    pub clock_shift_ms: i64,
    /// Added to the machine's clock as well, without the handheld knowing.
    pub hidden_shift_ms: i64,
    /// How far it says that its corrected clock may be off.
    pub uncertainty_ms: i64,
}

/// Ten random bytes.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("randomness");
    bytes
}

/// The machine's clock.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the year 292 million")
}

impl Handheld {
    /// Enrols a new handheld at a warehouse.
    pub async fn enrol(warehouse: &Warehouse, name: &str) -> Self {
        let code = warehouse.enrolment_code(name).await;
        let client = reqwest::Client::new();
        let base = warehouse.server.url();
        let answer = client
            .post(format!("{base}/sync/v1/enrol"))
            .json(&serde_json::json!({ "code": code }))
            .send()
            .await
            .expect("the server answers");
        let enrolled = expect(answer).await;
        let log = LogId::from_parts(now_ms(), &random());
        Self {
            client,
            base,
            enrolled,
            log,
            events: Vec::new(),
            durable: None,
            clock_shift_ms: 0,
            hidden_shift_ms: 0,
            uncertainty_ms: 0,
        }
    }

    /// Where its log stands.
    #[must_use]
    pub fn head(&self) -> Head {
        let seq = u64::try_from(self.events.len()).expect("fits");
        Head { seq, chain: self.events.last().map_or(Chain::start(self.log), |(_, chain)| *chain) }
    }

    /// How many events the server is known to hold.
    #[must_use]
    pub fn durable(&self) -> u64 {
        self.durable.map_or(0, |belief| belief.head.seq)
    }

    /// Records an event, as a screen does before it shows a tick.
    pub fn record(&mut self, actor: i64, sheet: Option<SheetId>, kind: EventKind) -> EventId {
        let id = EventId::from_parts(now_ms(), &random());
        let (shift, uncertainty_ms) = (self.clock_shift_ms, self.uncertainty_ms);
        let wall_ms = now_ms() + shift + self.hidden_shift_ms;
        let at = CaptureTime { wall_ms, offset_ms: -shift, uncertainty_ms };
        let event = Event { v: EVENT_VERSION, id, actor: PersonId(actor), sheet, at, kind };
        self.record_written(id, &serde_json::to_string(&event).expect("events are JSON"));
        id
    }

    /// Records bytes that are no event of today, as an app of another release or a broken one would.
    pub fn record_bytes(&mut self, make: impl FnOnce(EventId) -> String) -> EventId {
        let id = EventId::from_parts(now_ms(), &random());
        self.record_written(id, &make(id));
        id
    }

    /// Records the bytes of an event that was written long ago, under the id that they name.
    pub fn record_written(&mut self, id: EventId, body: &str) {
        let chain = self.head().chain.next(body.as_bytes());
        let seq = self.head().seq + 1;
        self.events.push((PushedEvent { seq, id, body: body.to_owned() }, chain));
    }

    /// Talks to the server through another address from now on, such as a proxy's.
    pub fn go_through(&mut self, url: &str) {
        self.base = url.to_owned();
    }

    /// Counts a whole location: each (item, scans of one unit).
    pub fn count(&mut self, actor: i64, location: i64, task: Option<i64>, lines: &[(i64, u32)]) -> SheetId {
        let sheet = self.open(actor, location, task, SheetIntent::Own);
        for (item, scans) in lines {
            for _ in 0..*scans {
                let key = ItemKey::untracked(ItemId(*item));
                let raw = format!("item {item}");
                self.record(actor, Some(sheet), EventKind::Scanned { raw, key, quantity: Quantity::ONE, expiry: None });
            }
        }
        if lines.iter().all(|(_, scans)| *scans == 0) {
            self.record(actor, Some(sheet), EventKind::ConfirmedEmpty);
        }
        self.close(actor, sheet);
        sheet
    }

    /// Scans a bin.
    pub fn open(&mut self, actor: i64, location: i64, task: Option<i64>, intent: SheetIntent) -> SheetId {
        let sheet = SheetId::from_parts(now_ms(), &random());
        let (location, task) = (LocationId(location), task.map(TaskId));
        self.record(actor, Some(sheet), EventKind::SheetOpened { location, task, count: None, intent });
        sheet
    }

    /// Keys the total of an item.
    pub fn key(&mut self, actor: i64, sheet: SheetId, item: i64, units: i64) {
        let quantity = Quantity::from_micro(units * SCALE);
        self.record(actor, Some(sheet), EventKind::Keyed { key: ItemKey::untracked(ItemId(item)), quantity });
    }

    /// Says that the whole bin is counted.
    pub fn close(&mut self, actor: i64, sheet: SheetId) {
        self.record(actor, Some(sheet), EventKind::SheetClosed { location_done: true });
    }

    /// What would be sent next, at most so many events.
    #[must_use]
    pub fn request(&self, most: usize) -> PushRequest {
        let from = usize::try_from(self.durable()).expect("fits");
        let prev = from.checked_sub(1).map_or(Chain::start(self.log), |last| self.events[last].1);
        PushRequest {
            protocol: PROTOCOL,
            app: "test".into(),
            nonce: Uuid::from_bytes(random()),
            log: self.log,
            reason: LogReason::Fresh,
            durable: self.durable,
            head: self.head(),
            others: Vec::new(),
            prev: Some(prev),
            events: self.events[from..].iter().take(most).map(|(event, _)| event.clone()).collect(),
            clock: ClockSample { wall_ms: now_ms(), monotonic_ms: now_ms(), offset_ms: 0 },
            storage: None,
            missing: Vec::new(),
        }
    }

    /// Sends a push as it stands, such as one that an app of another release would make. `None`: no answer.
    pub async fn send(&self, request: &impl Serialize) -> Option<Response> {
        let to = self.client.post(format!("{}/sync/v1/push", self.base)).bearer_auth(&self.enrolled.secret);
        to.json(request).send().await.ok()
    }

    /// One push. `None`: no answer, or one that is not to be believed; nothing is forgotten then.
    pub async fn push(&mut self, most: usize) -> Option<PushAnswer> {
        let request = self.request(most);
        let answer = self.send(&request).await?;
        if !answer.status().is_success() {
            return None;
        }
        let answer: PushAnswer = answer.json().await.ok()?;
        let held = usize::try_from(answer.durable.seq).ok()?;
        let own = held.checked_sub(1).map_or(Some(Chain::start(self.log)), |last| self.events.get(last).map(|e| e.1));
        (answer.nonce == request.nonce && own == Some(answer.durable.chain)).then(|| {
            self.durable = Some(Belief { head: answer.durable, timeline: answer.timeline });
            answer
        })
    }

    /// Pushes until everything is on the server.
    ///
    /// # Panics
    /// When the server takes nothing any more.
    pub async fn drain(&mut self) {
        let mut without_progress = 0;
        while self.durable() < self.head().seq {
            let before = self.durable();
            let answer = self.push(200).await;
            without_progress = if self.durable() > before { 0 } else { without_progress + 1 };
            assert!(without_progress < 20, "the server takes nothing: {answer:?}");
        }
    }

    /// When something recorded now happened, on the server's clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment(now_ms())
    }
}

//! A handheld of the warehouse: writes events into its chained log and hands them in.

use crate::warehouse::{MINUTE, MORNING, Warehouse, quantity};
use shared::{
    event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent},
    id::{CountId, DeviceId, EventId, ItemId, LocationId, LogId, PersonId, SheetId, TaskId},
    key::ItemKey,
    quantity::Quantity,
    sync::{
        log::Chain,
        message::{ClockSample, Head, LogReason, PROTOCOL, PushAnswer, PushRequest, PushedEvent},
    },
};
use uuid::Uuid;

/// A handheld: writes events into its log and hands them in.
#[derive(Clone)]
pub struct Handheld {
    pub device: DeviceId,
    pub log: LogId,
    pub reason: LogReason,
    pub events: Vec<PushedEvent>,
    pub chains: Vec<Chain>,
    made: u64,
    /// Minute of the morning, by its clock.
    pub minute: i64,
    pub uncertainty_ms: i64,
}

impl Handheld {
    pub fn new(device: i64) -> Self {
        let log = LogId(Uuid::from_u128(0x7000_0000 + u128::from(device.unsigned_abs())));
        Self {
            device: DeviceId(device),
            log,
            reason: LogReason::Fresh,
            events: Vec::new(),
            chains: vec![Chain::start(log)],
            made: 0,
            minute: 0,
            uncertainty_ms: 100,
        }
    }

    /// The same handheld in a new log, which carries some events of this one.
    pub fn left(&self, carried: std::ops::Range<usize>) -> Self {
        let log = LogId(Uuid::from_u128(self.log.0.as_u128() + 0x1000_0000));
        let mut next = Self {
            log,
            reason: LogReason::Salvage,
            events: Vec::new(),
            chains: vec![Chain::start(log)],
            made: self.made + 1_000,
            ..self.clone()
        };
        self.events[carried].iter().for_each(|event| next.write_body(event.id, event.body.clone()));
        next
    }

    pub fn sheet_id(&mut self) -> SheetId {
        self.made += 1;
        SheetId(Uuid::from_u128(
            0x5000_0000_0000 + (u128::from(self.device.0.unsigned_abs()) << 32) + u128::from(self.made),
        ))
    }

    /// Writes one event; answers its id.
    pub fn write(&mut self, actor: PersonId, sheet: Option<SheetId>, kind: EventKind) -> EventId {
        self.made += 1;
        let id = EventId(Uuid::from_u128(
            0x9000_0000_0000 + (u128::from(self.device.0.unsigned_abs()) << 32) + u128::from(self.made),
        ));
        let at =
            CaptureTime { wall_ms: MORNING + self.minute * MINUTE, offset_ms: 0, uncertainty_ms: self.uncertainty_ms };
        let event = Event { v: EVENT_VERSION, id, actor, sheet, at, kind };
        let body = serde_json::to_string(&event).expect("an event");
        self.write_body(id, body);
        id
    }

    pub fn write_body(&mut self, id: EventId, body: String) {
        let chain = self.chains.last().expect("a start").next(body.as_bytes());
        self.events.push(PushedEvent { seq: self.events.len() as u64 + 1, id, body });
        self.chains.push(chain);
    }

    pub fn open(&mut self, actor: PersonId, location: LocationId, task: Option<(TaskId, CountId)>) -> SheetId {
        self.open_as(actor, location, task, SheetIntent::Own)
    }

    pub fn open_as(
        &mut self,
        actor: PersonId,
        location: LocationId,
        task: Option<(TaskId, CountId)>,
        intent: SheetIntent,
    ) -> SheetId {
        let sheet = self.sheet_id();
        let kind = EventKind::SheetOpened {
            location,
            task: task.map(|(task, _)| task),
            count: task.map(|(_, count)| count),
            intent,
        };
        self.write(actor, Some(sheet), kind);
        sheet
    }

    pub fn key(&mut self, actor: PersonId, sheet: SheetId, item: ItemId, units: &str) -> EventId {
        let kind = EventKind::Keyed { key: ItemKey::untracked(item), quantity: quantity(units) };
        self.write(actor, Some(sheet), kind)
    }

    pub fn scan(&mut self, actor: PersonId, sheet: SheetId, item: ItemId) -> EventId {
        let key = ItemKey::untracked(item);
        let kind = EventKind::Scanned { raw: format!("{item}"), key, quantity: Quantity::ONE, expiry: None };
        self.write(actor, Some(sheet), kind)
    }

    pub fn close(&mut self, actor: PersonId, sheet: SheetId) {
        self.write(actor, Some(sheet), EventKind::SheetClosed { location_done: true });
    }

    /// A whole visit: opens the bin, keys each quantity, closes it.
    pub fn visit(
        &mut self,
        actor: PersonId,
        location: LocationId,
        task: Option<(TaskId, CountId)>,
        lines: &[(ItemId, &str)],
    ) {
        let sheet = self.open(actor, location, task);
        for (item, units) in lines {
            self.key(actor, sheet, *item, units);
        }
        self.close(actor, sheet);
    }

    /// A push of the events numbered `from..=to`, as the wire carries it.
    pub fn request(&self, from: u64, to: u64) -> PushRequest {
        let first = usize::try_from(from).expect("small") - 1;
        let last = usize::try_from(to).expect("small");
        PushRequest {
            protocol: PROTOCOL,
            app: "test".into(),
            nonce: Uuid::from_u128(u128::from(from) << 64 | u128::from(to)),
            log: self.log,
            reason: self.reason,
            durable: None,
            head: Head { seq: self.events.len() as u64, chain: *self.chains.last().expect("a head") },
            others: Vec::new(),
            prev: Some(self.chains[first]),
            events: self.events[first..last].to_vec(),
            clock: ClockSample { wall_ms: MORNING, monotonic_ms: 0, offset_ms: 0 },
            storage: None,
            missing: Vec::new(),
        }
    }

    /// Hands in everything it has.
    pub fn push(&self, warehouse: &Warehouse) -> PushAnswer {
        warehouse.push(self.device, self.request(1, self.events.len() as u64)).expect("the push is taken")
    }
}

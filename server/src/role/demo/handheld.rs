//! A handheld of the sample: enrolled like a real one, with a chained log that it pushes through the real action. Only
//! its clock and its finger are made up.

use super::dice::Dice;
use crate::{
    action::{Doer, enrol, push::receive_push},
    store::{
        Store,
        grant::{self, Key},
    },
};
use anyhow::{Context, ensure};
use shared::{
    event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent, TakenBy},
    grant::Grant,
    id::{DeviceId, EventId, LocationId, LogId, PersonId, SheetId, SiteId, TaskId},
    item::Item,
    key::ItemKey,
    moment::Moment,
    quantity::Quantity,
    sync::{
        log::Chain,
        message::{
            BATCH_EVENTS_MAX, Belief, ClockSample, Head, LogReason, MissingEvents, PROTOCOL, PushRequest, PushedEvent,
        },
    },
};
use uuid::Uuid;

/// Milliseconds between two scans of somebody who knows the way.
const SCAN_MS: i64 = 2300;
/// Whoever held it longer than this signs in again, in milliseconds.
const SHIFT_MS: i64 = 10 * 60 * 60 * 1000;
/// How far a handheld's clock may be off, in milliseconds.
const UNCERTAINTY_MS: i64 = 150;
/// Pieces that are scanned one by one; of more, the number is keyed.
const SCANNED_MAX: i64 = 5;

/// An enrolled handheld.
pub struct Handheld {
    device: DeviceId,
    log: LogId,
    head: Head,
    durable: Option<Belief>,
    waiting: Vec<PushedEvent>,
    /// Who holds it, and since when.
    holder: Option<(PersonId, Moment)>,
    /// What the server signs its word with: the sample signs people in without their passwords.
    key: Key,
    server: Uuid,
    site: SiteId,
    dice: Dice,
}

/// What is found of one item in a bin.
pub struct Found<'a> {
    /// The item.
    pub item: &'a Item,
    /// With its lot and serial number.
    pub key: ItemKey,
    /// How much.
    pub quantity: Quantity,
}

/// A visit to a bin.
pub struct Visit<'a> {
    /// By whom.
    pub person: PersonId,
    /// Where.
    pub location: LocationId,
    /// For which task.
    pub task: Option<TaskId>,
    /// When it begins.
    pub at: Moment,
    /// What is found.
    pub found: Vec<Found<'a>>,
    /// A barcode that nobody knows, and how often it is scanned.
    pub unknown: Option<(&'a str, i64)>,
}

impl Handheld {
    /// Enrols a handheld with this name.
    pub async fn enrol(
        store: &Store,
        admin: Doer,
        name: &'static str,
        at: Moment,
        mut dice: Dice,
    ) -> anyhow::Result<Self> {
        let offered = store.write(move |tx| enrol::offer_enrolment(tx, &admin, name, 1)).await?;
        let enrolled = enrol::enrol(store, "sample", &offered.code).await?;
        let log = LogId::from_parts(at.0, &dice.bytes());
        let head = Head { seq: 0, chain: Chain::start(log) };
        let key = store.read(grant::load).await?;
        let (device, server, site) = (enrolled.device, enrolled.server, enrolled.site.id);
        Ok(Self { device, log, head, durable: None, waiting: Vec::new(), holder: None, key, server, site, dice })
    }

    /// Records one event.
    pub fn record(
        &mut self,
        person: PersonId,
        sheet: Option<SheetId>,
        at: Moment,
        kind: EventKind,
    ) -> anyhow::Result<EventId> {
        if self.holder.is_none_or(|(holder, since)| holder != person || at.ms_since(since) > SHIFT_MS) {
            self.holder = Some((person, at));
            let at = at.plus_ms(-SCAN_MS);
            self.record(person, None, at, self.taken(person, TakenBy::Password, at))?;
        }
        let id = EventId::from_parts(at.0, &self.dice.bytes());
        let at = CaptureTime { wall_ms: at.0, offset_ms: 0, uncertainty_ms: UNCERTAINTY_MS };
        let body = serde_json::to_string(&Event { v: EVENT_VERSION, id, actor: person, sheet, at, kind })?;
        self.head = Head { seq: self.head.seq + 1, chain: self.head.chain.next(body.as_bytes()) };
        self.waiting.push(PushedEvent { seq: self.head.seq, id, body });
        Ok(id)
    }

    /// Somebody takes it where there is no network: stored, and to be confirmed.
    pub fn take_unverified(&mut self, person: PersonId, at: Moment) -> anyhow::Result<()> {
        self.holder = Some((person, at));
        self.record(person, None, at, self.taken(person, TakenBy::Unverified, at)).map(drop)
    }

    /// Somebody takes it, with a grant that they were given then.
    fn taken(&self, person: PersonId, by: TakenBy, at: Moment) -> EventKind {
        let grant = Grant::new(self.server, (self.site, self.device, person), at);
        EventKind::HandheldTaken { by, grant: Some(self.key.sign(&grant)) }
    }

    /// What it says after it was reset: these entries of an earlier log were lost on it.
    pub const fn lost(&self, earlier: LogId, from: u64, to: u64) -> (LogId, MissingEvents) {
        (self.log, MissingEvents { log: earlier, from, to })
    }

    /// Counts a bin as a person would: scans packs and pieces, keys large numbers, says when it is done. Answers when.
    pub fn visit(&mut self, visit: &Visit<'_>) -> anyhow::Result<Moment> {
        let (person, mut at) = (visit.person, visit.at);
        let sheet = Some(SheetId::from_parts(at.0, &self.dice.bytes()));
        let opened = EventKind::SheetOpened {
            location: visit.location,
            task: visit.task,
            count: None,
            intent: SheetIntent::Own,
        };
        self.record(person, sheet, at, opened)?;
        for found in visit.found.iter().filter(|found| !found.quantity.is_zero()) {
            for kind in scans(found)? {
                at = at.plus_ms(SCAN_MS);
                self.record(person, sheet, at, kind)?;
            }
        }
        for _ in 0..visit.unknown.map_or(0, |(_, times)| times) {
            at = at.plus_ms(SCAN_MS);
            let raw = visit.unknown.map(|(raw, _)| raw.to_owned()).unwrap_or_default();
            self.record(person, sheet, at, EventKind::UnknownBarcode { raw, quantity: Quantity::ONE })?;
        }
        at = at.plus_ms(SCAN_MS);
        if visit.unknown.is_none() && visit.found.iter().all(|found| found.quantity.is_zero()) {
            self.record(person, sheet, at, EventKind::ConfirmedEmpty)?;
        }
        self.record(person, sheet, at, EventKind::SheetClosed { location_done: true })?;
        Ok(at)
    }

    /// Pushes what waits. Every event must fit, or the sample is wrong.
    pub async fn push(&mut self, store: &Store) -> anyhow::Result<()> {
        let now = store.clock().now();
        let mut waiting = std::mem::take(&mut self.waiting).into_iter().peekable();
        while waiting.peek().is_some() {
            let events: Vec<PushedEvent> = waiting.by_ref().take(BATCH_EVENTS_MAX).collect();
            let prev = self.durable.map_or(Chain::start(self.log), |belief| belief.head.chain);
            let request = PushRequest {
                protocol: PROTOCOL,
                app: "sample".into(),
                nonce: Uuid::from_bytes(self.dice.bytes()),
                log: self.log,
                reason: LogReason::Fresh,
                durable: self.durable,
                head: self.head,
                others: Vec::new(),
                prev: Some(prev),
                events,
                clock: ClockSample { wall_ms: now.0, monotonic_ms: now.0, offset_ms: 0 },
                storage: None,
                missing: Vec::new(),
            };
            let last = request.events.last().map(|event| event.seq);
            let answer = receive_push(store, self.device, request).await?;
            let odd: Vec<_> = answer.notes.iter().filter(|note| note.code != "unverified").collect();
            ensure!(odd.is_empty(), "the sample recorded something that does not fit: {odd:?}");
            ensure!(Some(answer.durable.seq) == last, "the sample's handheld was asked for {:?}", answer.want);
            self.durable = Some(Belief { head: answer.durable, timeline: answer.timeline });
        }
        Ok(())
    }
}

/// How one item is counted: by its packs where whole ones make most of it, piece by piece, or by keying.
fn scans(found: &Found<'_>) -> anyhow::Result<Vec<EventKind>> {
    let piece =
        found.item.barcodes.iter().find(|barcode| barcode.pack_factor == Quantity::ONE).context("a piece's barcode")?;
    let pack = found.item.barcodes.iter().find(|barcode| barcode.pack_factor != Quantity::ONE);
    let scanned =
        |raw: &str, quantity| EventKind::Scanned { raw: raw.into(), key: found.key.clone(), quantity, expiry: None };
    let mut events = Vec::new();
    let mut left = found.quantity;
    if let Some(pack) = pack {
        while pack.pack_factor <= left && events.len() < 12 {
            left = left.minus(pack.pack_factor)?;
            events.push(scanned(&pack.text, pack.pack_factor));
        }
    }
    if left.is_whole() && left <= Quantity::whole(SCANNED_MAX)? {
        while !left.is_zero() {
            left = left.minus(Quantity::ONE)?;
            events.push(scanned(&piece.text, Quantity::ONE));
        }
    } else {
        events.push(scanned(&piece.text, Quantity::ONE));
        events.push(EventKind::Keyed { key: found.key.clone(), quantity: found.quantity });
    }
    Ok(events)
}

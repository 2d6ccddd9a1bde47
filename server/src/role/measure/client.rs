//! A handheld for measuring: events made beforehand, pushed over one kept connection, each answer waited for.
//!
//! Absent: everything a client does when something goes wrong; here that ends the measurement.

use anyhow::{Context, bail, ensure};
use shared::{
    event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent, TakenBy},
    grant::SignedGrant,
    id::{EventId, ItemId, LocationId, LogId, PersonId, SheetId},
    key::ItemKey,
    moment::Moment,
    quantity::Quantity,
    sync::{
        log::Chain,
        message::{ClockSample, EnrolAnswer, Head, LogReason, PROTOCOL, PushAnswer, PushRequest, PushedEvent},
    },
};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

/// Events of one visit to a bin: opened, so many scans, closed.
const VISIT_EVENTS: u64 = 50;

/// A handheld of one person in one aisle.
pub struct Client {
    pub enrolled: EnrolAnswer,
    pub person: PersonId,
    pub location: LocationId,
    pub items: Vec<ItemId>,
    pub log: LogId,
    pub head: Head,
    sheet: SheetId,
    /// Shown with the first event: somebody takes the handheld.
    grant: Option<SignedGrant>,
    made: u64,
}

/// One push: the request's bytes, and what the database is to hold after it.
pub struct Batch {
    pub request: Vec<u8>,
    pub events: Vec<(PushedEvent, Chain)>,
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok().context("the operating system gave no random bytes")?;
    Ok(bytes)
}

impl Client {
    pub fn new(
        enrolled: EnrolAnswer,
        (person, grant): (PersonId, SignedGrant),
        location: LocationId,
        items: Vec<ItemId>,
    ) -> anyhow::Result<Self> {
        let log = LogId::from_parts(enrolled.now.0, &random()?);
        let sheet = SheetId::from_parts(enrolled.now.0, &random()?);
        let head = Head { seq: 0, chain: Chain::start(log) };
        Ok(Self { enrolled, person, location, items, log, head, sheet, grant: Some(grant), made: 0 })
    }

    /// Makes the next push.
    pub fn batch(&mut self, events: usize, now: Moment) -> anyhow::Result<Batch> {
        let prev = self.head.chain;
        let events = (0..events).map(|_| self.event(now)).collect::<anyhow::Result<Vec<_>>>()?;
        let request = PushRequest {
            protocol: PROTOCOL,
            app: "measure".into(),
            nonce: Uuid::from_bytes(random()?),
            log: self.log,
            reason: LogReason::Fresh,
            durable: None,
            head: self.head,
            others: Vec::new(),
            prev: Some(prev),
            events: events.iter().map(|(event, _)| event.clone()).collect(),
            clock: ClockSample { wall_ms: now.0, monotonic_ms: now.0, offset_ms: 0 },
            storage: None,
            missing: Vec::new(),
        };
        let body = serde_json::to_vec(&request)?;
        let head = format!(
            "POST /sync/v1/push HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            self.enrolled.secret,
            body.len()
        );
        Ok(Batch { request: [head.as_bytes(), &body].concat(), events })
    }

    fn event(&mut self, now: Moment) -> anyhow::Result<(PushedEvent, Chain)> {
        let step = self.made % VISIT_EVENTS;
        let taken =
            self.grant.take().map(|grant| EventKind::HandheldTaken { by: TakenBy::Password, grant: Some(grant) });
        self.made += u64::from(taken.is_none());
        let is_visit = taken.is_none();
        let kind = if let Some(taken) = taken {
            taken
        } else if step == 0 {
            self.sheet = SheetId::from_parts(now.0, &random()?);
            EventKind::SheetOpened { location: self.location, task: None, count: None, intent: SheetIntent::Own }
        } else if step == VISIT_EVENTS - 1 {
            EventKind::SheetClosed { location_done: true }
        } else {
            let item = self.items[usize::try_from(step)? % self.items.len()];
            let raw = format!("20471100{:05}", item.0);
            EventKind::Scanned { raw, key: ItemKey::untracked(item), quantity: Quantity::ONE, expiry: None }
        };
        let id = EventId::from_parts(now.0, &random()?);
        let at = CaptureTime { wall_ms: now.0, offset_ms: 0, uncertainty_ms: 100 };
        let body = serde_json::to_string(&Event {
            v: EVENT_VERSION,
            id,
            actor: self.person,
            sheet: is_visit.then_some(self.sheet),
            at,
            kind,
        })?;
        self.head = Head { seq: self.head.seq + 1, chain: self.head.chain.next(body.as_bytes()) };
        Ok((PushedEvent { seq: self.head.seq, id, body }, self.head.chain))
    }
}

/// Pushes one batch after the other, and checks that each is held before the next is sent.
pub async fn push_all(address: SocketAddr, batches: Vec<Batch>) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    for batch in &batches {
        stream.write_all(&batch.request).await?;
        let answer: PushAnswer = serde_json::from_slice(&read_answer(&mut stream, &mut buffer).await?)?;
        let last = batch.events.last().map_or(0, |(event, _)| event.seq);
        ensure!(
            answer.durable.seq == last && answer.notes.is_empty(),
            "the server holds {} of {last}: {answer:?}",
            answer.durable.seq
        );
    }
    Ok(())
}

/// Reads one answer with a length, as the server sends them uncompressed.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<Vec<u8>> {
    buffer.clear();
    loop {
        ensure!(stream.read_buf(buffer).await? > 0, "the server closed the connection");
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end])?;
        if !head.starts_with("HTTP/1.1 200") {
            bail!("the server said: {}", String::from_utf8_lossy(buffer));
        }
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length:").map(|rest| rest.trim().to_owned())
        });
        let length: usize = length.context("an answer without a length")?.parse()?;
        while buffer.len() < end + 4 + length {
            ensure!(stream.read_buf(buffer).await? > 0, "the server closed the connection");
        }
        return Ok(buffer[end + 4..end + 4 + length].to_vec());
    }
}

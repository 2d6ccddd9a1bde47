//! The device's side of a push: what to send next, which answer to believe, and when to try again (`SYNC.md` section 3).
//! One [`Outbox`] per log and page; what must survive the page is [`LogHead`], kept with the events.
//!
//! Absent: the journal, the network, a clock and randomness: all handed in. And giving up: there is no limit of tries or
//! age, and no answer deletes anything.

use super::{
    log::Chain,
    message::{
        BATCH_BYTES_MAX, BATCH_EVENTS_MAX, Belief, ClockSample, DeviceRequest, Head, LogReason, MissingEvents,
        PROTOCOL, PushAnswer, PushRequest, PushedEvent, StorageHealth,
    },
};
use crate::{
    id::LogId,
    planted::{self, Defect},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The shortest wait after a failure.
pub const RETRY_MS_MIN: i64 = 1_000;
/// The longest wait after a failure.
pub const RETRY_MS_MAX: i64 = 60_000;
/// How long a device with nothing to send stays silent: the server shows when it last heard of it.
pub const HEARTBEAT_MS: i64 = 60_000;
/// How long a log that is drained and no longer written stays silent while not all of it is in a verified backup: what is
/// makes room on the device.
pub const ARCHIVED_MS: i64 = 60 * 60_000;
/// A batch ends before this many bytes of bodies, unless one body alone is longer.
const BYTES_MAX: usize = BATCH_BYTES_MAX;

/// Where one log of the device stands: stored beside its events, in the same transaction as each new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    /// Which log.
    pub log: LogId,
    /// Why it exists.
    pub reason: LogReason,
    /// Its last event.
    pub head: Head,
    /// What the server holds on disk, as last told and believed. May go down: a server can be restored.
    pub durable: Option<Belief>,
    /// Up to where a verified backup holds it.
    pub archived: u64,
}

impl LogHead {
    /// A log without events.
    pub fn new(log: LogId, reason: LogReason) -> Self {
        Self { log, reason, head: Head { seq: 0, chain: Chain::start(log) }, durable: None, archived: 0 }
    }
    /// The head after one more event with these bytes.
    pub fn next(&self, body: &str) -> Head {
        Head { seq: self.head.seq.saturating_add(1), chain: self.head.chain.next(body.as_bytes()) }
    }
    /// Last event on the server's disk.
    pub fn durable_seq(&self) -> u64 {
        self.durable.map_or(0, |belief| belief.head.seq).min(self.head.seq)
    }
    /// Events not known to be on the server's disk.
    pub fn waiting(&self) -> u64 {
        self.head.seq.saturating_sub(self.durable_seq())
    }
}

/// What to send: a range of the log. Read it, and the chain before it, and hand both to [`request`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The first event.
    pub from: u64,
    /// How many events at most; zero is a heartbeat.
    pub events_max: usize,
}

/// Whether there is something to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Send this now.
    Now(Ask),
    /// Ask again at this time, or when an event was written.
    At(i64),
    /// A push is on its way; its answer or failure comes first.
    InFlight,
}

/// Why an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No answer came.
    NoAnswer,
    /// The server, or something on the way, refuses the size.
    TooLarge,
    /// Any other status that is not a success. 401 and 403 too: they stop nothing and delete nothing.
    Status(u16),
    /// An answer came that is not believed.
    NotBelieved(Disbelief),
}

/// Why an answer is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disbelief {
    /// It is no answer of this protocol: a log-in page of the network, for example.
    Unreadable,
    /// It belongs to another request.
    Nonce,
    /// It comes from another installation.
    OtherServer,
    /// It names an event that this log does not have, or has with another chain: the lines have parted.
    Parted,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Store what the server holds. It may be less than before.
    Believed {
        /// To be stored with the log.
        durable: Belief,
        /// To be stored with the log.
        archived: u64,
        /// Whether the server asks for a new log; this one drains as it is.
        rotate: bool,
    },
    /// The lines have parted: store that nothing is known to be durable. The next pushes find where.
    Forget,
    /// Nothing is learned.
    Ignored(Disbelief),
}

/// The machine of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbox {
    in_flight: Option<(Uuid, Ask)>,
    /// What the server asked for, where that is not simply what follows.
    wanted: Option<u64>,
    events_max: usize,
    failures: u32,
    not_before_ms: i64,
    heard_ms: Option<i64>,
    /// When this log was last told of, whatever [`Outbox::try_now`] said since.
    told_ms: Option<i64>,
    last_failure: Option<Failure>,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            in_flight: None,
            wanted: None,
            events_max: BATCH_EVENTS_MAX,
            failures: 0,
            not_before_ms: i64::MIN,
            heard_ms: None,
            told_ms: None,
            last_failure: None,
        }
    }
}

/// Whether new events go to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// They do: its heartbeat is the device's.
    Current,
    /// They do not: once it has drained it asks now and then how far backups hold it, and is silent once they hold all.
    Old,
}

impl Outbox {
    /// What to do at `now_ms` (any clock that only goes forward). `timeline` is the one that the server was last heard to
    /// be on: a log whose belief is of another one asks whether it still holds, because a restored server can have lost
    /// what had drained long ago.
    pub fn due(&self, log: &LogHead, role: Role, timeline: Option<Uuid>, now_ms: i64) -> Due {
        if self.in_flight.is_some() {
            return Due::InFlight;
        }
        if now_ms < self.not_before_ms {
            return Due::At(self.not_before_ms);
        }
        // a log that lost something may end before what was asked for
        let wanted = self.wanted.filter(|wanted| *wanted <= log.head.seq);
        let from = wanted.unwrap_or_else(|| log.durable_seq().saturating_add(1)).max(1);
        if from <= log.head.seq {
            return Due::Now(Ask { from, events_max: self.events_max });
        }
        let heartbeat = Due::Now(Ask { from: log.head.seq.saturating_add(1), events_max: 0 });
        if log.durable.zip(timeline).is_some_and(|(belief, timeline)| belief.timeline != timeline) {
            return heartbeat;
        }
        match (role, self.heard_ms.map(|heard| heard.saturating_add(HEARTBEAT_MS))) {
            (Role::Old, _) if log.archived >= log.head.seq => Due::At(now_ms.saturating_add(HEARTBEAT_MS)),
            (Role::Old, _) => match self.told_ms.map(|told| told.saturating_add(ARCHIVED_MS)) {
                Some(next) if now_ms < next => Due::At(next),
                _ => heartbeat,
            },
            (Role::Current, Some(next)) if now_ms < next => Due::At(next),
            (Role::Current, _) => heartbeat,
        }
    }
    /// A push has left. At most one is on its way per log.
    pub const fn sent(&mut self, ask: Ask, nonce: Uuid) {
        self.in_flight = Some((nonce, ask));
    }
    /// Judges an answer. `log` is the head as it stands now, `own` the device's own chain at `answer.durable.seq`, where it
    /// has an event there (zero is the start of the log).
    pub fn answered(
        &mut self,
        log: &LogHead,
        server: Uuid,
        own: Option<Chain>,
        answer: &PushAnswer,
        now_ms: i64,
        jitter: u16,
    ) -> Verdict {
        let Some((nonce, ask)) = self.in_flight else {
            return Verdict::Ignored(Disbelief::Nonce);
        };
        let trusted = planted::is(Defect::AnswerTrusted);
        if answer.nonce != nonce && !trusted {
            // the answer to an earlier push; the one to this push may still come
            return Verdict::Ignored(Disbelief::Nonce);
        }
        if answer.server != server {
            self.failed(Failure::NotBelieved(Disbelief::OtherServer), now_ms, jitter);
            return Verdict::Ignored(Disbelief::OtherServer);
        }
        let own = if answer.durable.seq == 0 { Some(Chain::start(log.log)) } else { own };
        let is_ours = trusted || own == Some(answer.durable.chain);
        if answer.durable.seq > log.head.seq || !is_ours {
            self.failed(Failure::NotBelieved(Disbelief::Parted), now_ms, jitter);
            self.wanted = Some((ask.from.min(answer.durable.seq) / 2).max(1));
            return Verdict::Forget;
        }
        // where the server asks for nothing, it goes on with what follows `durable`
        self.wanted = answer.want.as_ref().map(|want| want.from.clamp(1, log.head.seq.max(1)));
        let stuck = self.wanted == Some(ask.from) && ask.events_max > 0 && answer.durable.seq < ask.from;
        self.in_flight = None;
        (self.heard_ms, self.told_ms) = (Some(now_ms), Some(now_ms));
        if stuck {
            // the same again would get the same answer at once: wait, so that a fault of the server is not a storm
            self.back_off(now_ms, jitter);
        } else {
            self.failures = 0;
            self.not_before_ms = i64::MIN;
        }
        self.last_failure = None;
        self.events_max = self.events_max.saturating_mul(2).min(BATCH_EVENTS_MAX);
        let rotate = answer.requests.contains(&DeviceRequest::RotateLog);
        // backups are told of the log itself, not of what stands beside it
        let archived = if rotate { 0 } else { answer.archived.min(answer.durable.seq) };
        Verdict::Believed { durable: Belief { head: answer.durable, timeline: answer.timeline }, archived, rotate }
    }
    /// The exchange failed. `jitter` is any random number.
    pub fn failed(&mut self, failure: Failure, now_ms: i64, jitter: u16) {
        self.in_flight = None;
        self.last_failure = Some(failure);
        if failure == Failure::TooLarge {
            self.events_max = (self.events_max / 2).max(1);
        }
        self.back_off(now_ms, jitter);
    }
    /// The network is said to be back, or somebody pressed "try now": no need to wait out the pause, and with nothing to
    /// send the server is asked what it holds.
    pub const fn try_now(&mut self) {
        self.not_before_ms = i64::MIN;
        self.heard_ms = None;
    }
    /// Why the last exchange failed; `None` after a success.
    pub const fn last_failure(&self) -> Option<Failure> {
        self.last_failure
    }
    /// Whether the smallest batch there is was refused for its size: one event blocks the log, and people must be told.
    pub fn is_blocked_by_size(&self) -> bool {
        self.last_failure == Some(Failure::TooLarge) && self.events_max == 1 && self.failures > 8
    }

    fn back_off(&mut self, now_ms: i64, jitter: u16) {
        self.failures = self.failures.saturating_add(1);
        self.not_before_ms = now_ms.saturating_add(pause_ms(self.failures, jitter));
    }
}

/// The pause after this many failures in a row: doubling from one second to a minute, and between half of it and all of
/// it by chance, so that fifty handhelds do not return in the same instant.
pub fn pause_ms(failures: u32, jitter: u16) -> i64 {
    let whole =
        RETRY_MS_MIN.saturating_mul(1_i64.checked_shl(failures.clamp(1, 20)).unwrap_or(i64::MAX)).min(RETRY_MS_MAX);
    let half = whole / 2;
    half + (whole - half) * i64::from(jitter) / i64::from(u16::MAX)
}

/// What the device says of itself in each push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The build of the app.
    pub app: String,
    /// Its clocks.
    pub clock: ClockSample,
    /// Its storage.
    pub storage: Option<StorageHealth>,
    /// Heads of its other logs.
    pub others: Vec<(LogId, Head)>,
    /// What this log could not save of earlier ones.
    pub missing: Vec<MissingEvents>,
}

/// Puts a push together. `prev` is the chain before the first of `events`, which are those of `ask` in order, as they
/// were written; what does not fit the limits is left for the next push.
pub fn request(
    log: &LogHead,
    ask: Ask,
    nonce: Uuid,
    prev: Option<Chain>,
    events: Vec<PushedEvent>,
    sender: Sender,
) -> PushRequest {
    let mut bytes = 0_usize;
    let fits = events.iter().take(ask.events_max).take_while(|event| {
        let first = bytes == 0;
        bytes = bytes.saturating_add(event.body.len().max(1));
        first || bytes <= BYTES_MAX
    });
    let count = fits.count();
    let events: Vec<PushedEvent> = events.into_iter().take(count).collect();
    PushRequest {
        protocol: PROTOCOL,
        app: sender.app,
        nonce,
        log: log.log,
        reason: log.reason,
        durable: log.durable,
        head: log.head,
        others: sender.others,
        prev: if events.is_empty() { None } else { prev },
        events,
        clock: sender.clock,
        storage: sender.storage,
        missing: sender.missing,
    }
}

#[cfg(test)]
mod tests;

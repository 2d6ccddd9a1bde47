//! What the server does with one push, decided before anything is written: which events are new, which are known, which
//! contradict what is held, what to ask for, and what to tell the device once the commit is on disk (`SYNC.md` section 3).
//!
//! A log is a line of events, each chained to the one before. It can split (a copied profile, a restored device): the
//! line that arrived first stays the log, the others are held *beside* it, event by event, and are acknowledged on their
//! own chain, so that every handheld drains whatever happened to it. Nothing is ever refused.
//!
//! Absent: storage (see [`Held`]), rights, and what an event means: a body that cannot be read is appended as the bytes
//! it is and marked ([`read_body`]).

use super::{
    log::Chain,
    message::{
        BATCH_BYTES_MAX, BATCH_EVENTS_MAX, BODY_BYTES_MAX, DeviceRequest, Head, LogReason, Mark, PushRequest, Want,
    },
};
use crate::{
    event::{EVENT_VERSION, Event, upcast},
    id::EventId,
    planted::{self, Defect},
};
use serde::Deserialize;

/// What the server holds of the log that a push is about.
pub trait Held {
    /// What reading can fail with.
    type Error;
    /// The chain at `seq` of the log itself; `None` where the log does not reach so far. Asked only for
    /// `1 <= seq < head`, and never in the everyday case of a push that continues at the head.
    ///
    /// # Errors
    /// The store's.
    fn chain_at(&mut self, seq: u64) -> Result<Option<Chain>, Self::Error>;
    /// Whether an event with exactly this chain at `seq` is held beside the log (an earlier [`Step::Conflict`]).
    ///
    /// # Errors
    /// The store's.
    fn holds_beside(&mut self, seq: u64, chain: &Chain) -> Result<bool, Self::Error>;
}

/// What to do with one pushed event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Known already, byte for byte.
    Skip {
        /// Its number.
        seq: u64,
    },
    /// New: append it to the log.
    Append {
        /// Its place in [`PushRequest::events`].
        index: usize,
        /// Its number: one more than the head.
        seq: u64,
        /// The log's chain after it.
        chain: Chain,
    },
    /// Another event has this number: keep this one too, beside the log, visible (I7).
    Conflict {
        /// Its place in [`PushRequest::events`].
        index: usize,
        /// Its number, taken by another.
        seq: u64,
        /// The chain of the branch it stands on; with `seq` it names the event (see [`Held::holds_beside`]).
        chain: Chain,
    },
}

/// Something people should see: it is recorded, shown and closed by somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incident {
    /// The device was once told that more was safe here than is here: this server was restored, or lost something.
    ServerBehind {
        /// What the device was told.
        believed: Head,
        /// What is here.
        held: Head,
    },
    /// Two devices write one log: a copied profile, or a device set back to an earlier day.
    Fork {
        /// The first event that differs.
        seq: u64,
    },
    /// The device lost events it had announced and goes on in a log of its own.
    Salvage,
}

impl Incident {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ServerBehind { .. } => "server_behind",
            Self::Fork { .. } => "fork",
            Self::Salvage => "salvage",
        }
    }
}

/// The decision about one push. Applying it is: append and keep what the steps say, in their order, in one transaction;
/// then, after the commit, answer with `durable`, `want` and `requests`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One step per accepted event of the request, in order.
    pub steps: Vec<Step>,
    /// Head of the log itself after the steps: what to store with the log.
    pub head: Head,
    /// What is held *of the line this device is on*, after the steps: what to answer. Differs from `head` only on a fork.
    pub durable: Head,
    /// What to ask for.
    pub want: Option<Want>,
    /// What people should see.
    pub incidents: Vec<Incident>,
    /// What to ask of the device.
    pub requests: Vec<DeviceRequest>,
}

impl Plan {
    /// Whether the device believes more to be here than is here.
    pub fn server_behind(&self) -> bool {
        self.incidents.iter().any(|incident| matches!(incident, Incident::ServerBehind { .. }))
    }
    /// Events that are new.
    pub fn appended(&self) -> u64 {
        self.steps.iter().filter(|step| matches!(step, Step::Append { .. })).count() as u64
    }
    /// Events whose number another has.
    pub fn conflicting(&self) -> u64 {
        self.steps.iter().filter(|step| matches!(step, Step::Conflict { .. })).count() as u64
    }
    /// Whether anything has to be written.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|step| !matches!(step, Step::Skip { .. }))
    }
}

/// Where a place of a log, as somebody else knows it, is held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Log,
    Beside,
    Nowhere,
}

/// Finds where the event with this number and chain is held.
fn place<H: Held>(held: &mut H, head: Head, start: Chain, at: Head) -> Result<Place, H::Error> {
    let in_log = match at.seq {
        0 => at.chain == start,
        seq if seq == head.seq => at.chain == head.chain,
        seq if seq < head.seq => held.chain_at(seq)? == Some(at.chain),
        _ => false,
    };
    Ok(if in_log {
        Place::Log
    } else if at.seq > 0 && held.holds_beside(at.seq, &at.chain)? {
        Place::Beside
    } else {
        Place::Nowhere
    })
}

/// Decides one push. `state` is the head of the log as stored, `None` when the log was never heard of.
///
/// # Errors
/// Only those of `held`: no request is refused.
///
/// # Source
/// `SYNC.md` section 3.
pub fn plan<H: Held>(held: &mut H, state: Option<Head>, request: &PushRequest) -> Result<Plan, H::Error> {
    let start = Chain::start(request.log);
    let empty = Head { seq: 0, chain: start };
    let head = state.unwrap_or(empty);
    let mut plan =
        Plan { steps: Vec::new(), head, durable: head, want: None, incidents: Vec::new(), requests: Vec::new() };
    if state.is_none() && request.reason == LogReason::Salvage {
        plan.incidents.push(Incident::Salvage);
    }

    // what the device was told against what is here: this is how a restored server heals
    let mut belief_place = Place::Log;
    if let Some(belief) = request.durable {
        belief_place = place(held, head, start, belief.head)?;
        if belief_place == Place::Nowhere {
            plan.incidents.push(Incident::ServerBehind { believed: belief.head, held: head });
        }
    }

    let Some(first) = request.events.first() else {
        return heartbeat(held, plan, start, belief_place, request);
    };
    let prev = if first.seq == 1 { Some(start) } else { request.prev };
    let before = first.seq.checked_sub(1).zip(prev).map(|(seq, chain)| Head { seq, chain });
    let mut on_log = match before.map(|before| place(held, head, start, before)).transpose()? {
        Some(Place::Log) => true,
        Some(Place::Beside) => false,
        _ if planted::is(Defect::HighestForContiguous) && first.seq > head.seq => {
            plan.head.chain = prev.unwrap_or(head.chain);
            for (index, event) in request.events.iter().enumerate() {
                let chain = plan.head.chain.next(event.body.as_bytes());
                plan.head = Head { seq: event.seq, chain };
                plan.steps.push(Step::Append { index, seq: event.seq, chain });
            }
            plan.durable = plan.head;
            return Ok(plan);
        }
        _ if first.seq == 0 || first.seq > head.seq.saturating_add(1) => {
            let why = if belief_place == Place::Nowhere { "server_behind" } else { "gap" };
            plan.want = Some(Want { from: head.seq.saturating_add(1), why: why.into() });
            return Ok(plan);
        }
        _ => {
            ask_further_back(&mut plan, empty, first.seq);
            return Ok(plan);
        }
    };

    let mut at = before.unwrap_or(empty);
    let mut bytes = 0_usize;
    for (index, event) in request.events.iter().enumerate() {
        bytes = bytes.saturating_add(event.body.len());
        // the first is always taken: an event that is too large must not block its log for ever
        if index > 0 && (index >= BATCH_EVENTS_MAX || bytes > BATCH_BYTES_MAX) {
            break;
        }
        let seq = at.seq.saturating_add(1);
        if event.seq != seq {
            plan.want = Some(Want { from: seq, why: "gap".into() });
            break;
        }
        let chain = at.chain.next(event.body.as_bytes());
        at = Head { seq, chain };
        let next = plan.head.seq.saturating_add(1);
        if on_log && seq == next {
            plan.head = at;
            plan.steps.push(Step::Append { index, seq, chain });
            continue;
        }
        if on_log {
            let known = if seq == plan.head.seq { Some(plan.head.chain) } else { held.chain_at(seq)? };
            if known == Some(chain) {
                plan.steps.push(Step::Skip { seq });
                continue;
            }
            on_log = false;
        }
        if held.holds_beside(seq, &chain)? {
            plan.steps.push(Step::Skip { seq });
            continue;
        }
        if planted::is(Defect::ConflictIgnored) {
            plan.steps.push(Step::Skip { seq });
            continue;
        }
        if !plan.incidents.iter().any(|incident| matches!(incident, Incident::Fork { .. })) {
            plan.incidents.push(Incident::Fork { seq });
        }
        plan.steps.push(Step::Conflict { index, seq, chain });
    }
    if on_log {
        plan.durable = known_to_device(held, plan.head, start, request.head)?.unwrap_or(at);
    } else {
        plan.durable = at;
        plan.requests.push(DeviceRequest::RotateLog);
    }
    Ok(plan)
}

/// A push without events: nothing to store, but what is held is told, and asked for where the device believes more.
fn heartbeat<H: Held>(
    held: &mut H,
    mut plan: Plan,
    start: Chain,
    belief_place: Place,
    request: &PushRequest,
) -> Result<Plan, H::Error> {
    let head = plan.head;
    let empty = Head { seq: 0, chain: start };
    match request.durable {
        Some(belief) if belief_place == Place::Nowhere && belief.head.seq > head.seq => {
            plan.want = Some(Want { from: head.seq.saturating_add(1), why: "server_behind".into() });
        }
        Some(belief) if belief_place == Place::Nowhere => ask_further_back(&mut plan, empty, belief.head.seq),
        Some(belief) if belief_place == Place::Beside => {
            let whole = place(held, head, start, request.head)? == Place::Beside;
            plan.durable = if whole { request.head } else { belief.head };
            plan.requests.push(DeviceRequest::RotateLog);
        }
        _ => match known_to_device(held, head, start, request.head)? {
            Some(durable) => plan.durable = durable,
            None => ask_further_back(&mut plan, empty, request.head.seq),
        },
    }
    Ok(plan)
}

/// What can be acknowledged to a device on the log itself: the head, or the device's own head where that is behind (a
/// device set back to an earlier day cannot check a chain it does not have). `None`: its head is not on the log.
fn known_to_device<H: Held>(held: &mut H, head: Head, start: Chain, own: Head) -> Result<Option<Head>, H::Error> {
    if own.seq >= head.seq {
        return Ok(Some(head));
    }
    Ok((place(held, head, start, own)? == Place::Log).then_some(own))
}

/// The device's line left ours somewhere before `seq`: ask from half-way, so that the place is found in few pushes. What
/// both surely have is the empty log, so that is all that is acknowledged meanwhile.
fn ask_further_back(plan: &mut Plan, empty: Head, seq: u64) {
    plan.durable = empty;
    plan.want = Some(Want { from: (seq / 2).max(1), why: "prev_mismatch".into() });
}

/// Why a stored body is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// Larger than [`BODY_BYTES_MAX`].
    TooLarge,
    /// Not JSON, or JSON that is no event of a kind we know.
    Malformed,
    /// A kind or version that a later release understands.
    UnknownKind,
    /// The id in the body is not the id beside it.
    IdDiffers,
}

impl Odd {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::Malformed => "malformed",
            Self::UnknownKind => "unknown_kind",
            Self::IdDiffers => "id_differs",
        }
    }
    /// How the event is marked.
    pub const fn mark(self) -> Mark {
        match self {
            Self::UnknownKind => Mark::Deferred,
            Self::TooLarge | Self::Malformed | Self::IdDiffers => Mark::Quarantined,
        }
    }
}

/// The kinds of [`crate::event::EventKind`] that this program understands, as bodies name them.
const KINDS: [&str; 12] = [
    "sheet_opened",
    "scanned",
    "keyed",
    "unknown_barcode",
    "pack_proposed",
    "undone",
    "confirmed_empty",
    "sheet_closed",
    "location_skipped",
    "unlocked",
    "handheld_taken",
    "locked",
];

/// Reads the body of a pushed event. It is stored whatever this says.
///
/// # Errors
/// [`Odd`]: stored, marked, not applied.
pub fn read_body(body: &str, id: EventId) -> Result<Event, Odd> {
    /// What every version of a body has.
    #[derive(Deserialize)]
    struct Outline {
        v: u16,
        kind: String,
    }
    if body.len() > BODY_BYTES_MAX {
        return Err(Odd::TooLarge);
    }
    match upcast::read(body.as_bytes()) {
        Ok(event) if event.v > EVENT_VERSION => Err(Odd::UnknownKind),
        Ok(event) if event.id != id => Err(Odd::IdDiffers),
        Ok(event) => Ok(event),
        Err(_) => match serde_json::from_str::<Outline>(body) {
            Ok(outline) if outline.v > EVENT_VERSION || !KINDS.contains(&outline.kind.as_str()) => {
                Err(Odd::UnknownKind)
            }
            _ => Err(Odd::Malformed),
        },
    }
}

/// Reads the body of an event whose id another event has: it is known by nothing but what it says itself.
///
/// # Errors
/// As [`read_body`].
pub fn read_own(body: &str) -> Result<Event, Odd> {
    #[derive(Deserialize)]
    struct Named {
        id: EventId,
    }
    let named = (body.len() <= BODY_BYTES_MAX).then(|| serde_json::from_str::<Named>(body).ok()).flatten();
    read_body(body, named.map_or(EventId(uuid::Uuid::nil()), |named| named.id))
}

#[cfg(test)]
mod tests;

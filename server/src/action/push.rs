//! A handheld hands in what it recorded (`SYNC.md` section 3): one transaction, answered only after it is on disk.
//!
//! What the push means is decided by [`shared::sync::receive`]; bodies are read before the writer is asked for its turn.
//! Absent: refusing anything for what it says. A log that another handheld began is taken from whoever holds it now.

use super::{Failure, follow_up};
use crate::{
    planted, project,
    store::{
        Error, Identity, Store, WriteTx, backup, device, incident, log, log::LogRow, seen, timeline, tx::EventPlace,
    },
};
use shared::{
    api::backup::TimelineWhy,
    event::Event,
    fact::Fact,
    id::{DeviceId, EventId},
    incident::{IncidentKind, still_missing},
    planted::{Defect, is},
    sync::{
        log::Chain,
        message::{DeviceRequest, EventNote, LogReason, PushAnswer, PushRequest},
        receive::{Held, Incident, Odd, Plan, Step, plan, read_body},
        rescue::After,
    },
};

/// Ranges of lost events that one push may name and that are looked at.
const MISSING_MAX: usize = 100;

/// Stores a push of an enrolled handheld and answers it.
///
/// # Errors
/// `device_unknown`; [`Failure::Store`] when nothing was kept.
pub async fn receive_push(store: &Store, device: DeviceId, request: PushRequest) -> Result<PushAnswer, Failure> {
    planted::point("received");
    // off the writer's thread: reading JSON is the larger part of the work that needs no database
    let readings = request.events.iter().map(|event| read_body(&event.body, event.id)).collect();
    let answer = store.write(move |tx| push(tx, device, &request, readings)).await;
    planted::point("before_answer");
    answer
}

/// As [`receive_push`], inside a write.
///
/// # Errors
/// As [`receive_push`].
pub fn push(
    tx: &mut WriteTx<'_>,
    device: DeviceId,
    request: &PushRequest,
    readings: Vec<Result<Event, Odd>>,
) -> Result<PushAnswer, Failure> {
    let Some(owner) = device::known(tx, device)? else {
        return Err(Failure::refused(
            "device_unknown",
            "This handheld is not enrolled here. Enrol it again; its counts stay on it until then.",
        ));
    };
    let bound = log::known(tx, request.log)?;
    let Deposited { plan, notes } = deposit(tx, &owner, bound, request, None, readings)?;
    let before = tx.identity()?;
    note_behind(tx, &owner, request, &plan)?;
    note_incidents(tx, &owner, before, request, &plan)?;
    heard(tx, &owner, request, &plan)?;
    let archived = archived(tx, request, &plan)?;
    let identity = tx.identity()?;
    Ok(PushAnswer {
        nonce: request.nonce,
        server: identity.server,
        timeline: identity.timeline,
        now: tx.now(),
        durable: plan.durable,
        head: Some(plan.head),
        archived,
        want: plan.want,
        notes,
        requests: plan.requests,
    })
}

/// What became of the events of a request.
pub(super) struct Deposited {
    pub plan: Plan,
    pub notes: Vec<EventNote>,
}

/// Stores the events of a request for a handheld, however they came.
pub(super) fn deposit(
    tx: &mut WriteTx<'_>,
    owner: &device::DeviceRow,
    bound: Option<LogRow>,
    request: &PushRequest,
    after: Option<After>,
    readings: Vec<Result<Event, Odd>>,
) -> Result<Deposited, Failure> {
    let mut held = Stored { tx, log: bound };
    let plan = plan(&mut held, bound.map(|log| log.head), request)?;
    let log = match bound {
        Some(log) if log.device != owner.id && plan.changes() => Some(hand_over(tx, owner, log)?),
        Some(log) => Some(log),
        None if plan.changes() => Some(open(tx, owner, request, after)?),
        None => None,
    };
    let mut notes = Vec::new();
    if let Some(log) = log {
        take(tx, &owner.name, &log, request, &plan, readings, &mut notes)?;
    }
    Ok(Deposited { plan, notes })
}

/// What is held of the log, as the decision asks for it.
struct Stored<'t, 'c> {
    tx: &'t WriteTx<'c>,
    log: Option<LogRow>,
}

impl Held for Stored<'_, '_> {
    type Error = Error;
    fn chain_at(&mut self, seq: u64) -> Result<Option<Chain>, Error> {
        match self.log {
            None => Ok(None),
            Some(log) => log::chain_at(self.tx.conn(), log.no, seq),
        }
    }
    fn holds_beside(&mut self, seq: u64, chain: &Chain) -> Result<bool, Error> {
        match self.log {
            None => Ok(false),
            Some(log) => log::holds_beside(self.tx.conn(), log.no, seq, chain),
        }
    }
}

fn open(
    tx: &mut WriteTx<'_>,
    owner: &device::DeviceRow,
    request: &PushRequest,
    after: Option<After>,
) -> Result<LogRow, Failure> {
    let log_no = log::next_no(tx.conn())?;
    let fact = Fact::LogOpened { log: request.log, log_no, device: owner.id, reason: request.reason, after };
    tx.append(owner.site, None, &owner.name, &fact)?;
    Ok(log::known(tx, request.log)?.ok_or_else(|| Error::unreadable("log", "it was just opened and is not there"))?)
}

/// Appends what is new, keeps what contradicts, and writes everything that follows.
fn take(
    tx: &mut WriteTx<'_>,
    origin: &str,
    log: &LogRow,
    request: &PushRequest,
    plan: &Plan,
    readings: Vec<Result<Event, Odd>>,
    notes: &mut Vec<EventNote>,
) -> Result<(), Failure> {
    if !plan.changes() {
        return Ok(());
    }
    let mut readings: Vec<Option<Result<Event, Odd>>> = readings.into_iter().map(Some).collect();
    planted::point("before_append");
    for step in &plan.steps {
        match *step {
            Step::Skip { .. } => {}
            Step::Append { index, seq, chain } => {
                let event = &request.events[index];
                let reading = readings[index].take().unwrap_or(Err(Odd::Malformed));
                if is(Defect::UnknownKindDropped) && matches!(reading, Err(Odd::UnknownKind)) {
                    continue;
                }
                let place = EventPlace { log, seq, id: event.id, chain, body: &event.body };
                if let Some((mark, code)) = tx.append_event(origin, &place, reading)? {
                    notes.push(EventNote { seq, mark, code: code.into() });
                }
            }
            Step::Conflict { index, seq, chain } => {
                let event = &request.events[index];
                conflict(tx, origin, log, (seq, chain), event.id, &event.body)?;
            }
        }
    }
    planted::point("after_append");
    log::set_head(tx, log.id, plan.head)?;
    project::flush(tx)?;
    follow_up::run(tx)?;
    planted::point("after_follow_up");
    tx.note_push(log.site);
    Ok(())
}

fn conflict(
    tx: &mut WriteTx<'_>,
    origin: &str,
    log: &LogRow,
    (seq, chain): (u64, Chain),
    id: EventId,
    body: &str,
) -> Result<(), Error> {
    let fact = Fact::EventConflicted { log: log.id, seq, id, chain, body: body.to_owned() };
    tx.append(log.site, None, origin, &fact).map(drop)
}

/// A handheld hands in a log that another one began, because it was enrolled once more or its data was copied. It is
/// taken: whoever continues the chain has what was recorded.
fn hand_over(tx: &mut WriteTx<'_>, owner: &device::DeviceRow, log: LogRow) -> Result<LogRow, Failure> {
    let fact = Fact::LogHandedOver { log: log.id, from: log.device, to: owner.id };
    tx.append(log.site, None, &owner.name, &fact)?;
    Ok(LogRow { device: owner.id, ..log })
}

/// What people should see. A fork is told by the events that contradict.
fn note_incidents(
    tx: &mut WriteTx<'_>,
    owner: &device::DeviceRow,
    identity: Identity,
    request: &PushRequest,
    plan: &Plan,
) -> Result<(), Failure> {
    for incident in &plan.incidents {
        let Incident::ServerBehind { believed, held } = incident else { continue };
        let span = (believed.seq.min(held.seq.saturating_add(1)), believed.seq);
        let subject = request.log.to_string();
        if incident::is_noticed(tx.conn(), owner.site, IncidentKind::ServerBehind, &subject, span)? {
            continue;
        }
        let restored = request.durable.is_some_and(|belief| belief.timeline != identity.timeline);
        let fact = Fact::ServerBehindSeen {
            log: request.log,
            device: Some(owner.id),
            believed: *believed,
            held: *held,
            restored,
        };
        tx.append(owner.site, None, &owner.name, &fact)?;
    }
    let is_new = plan.incidents.contains(&Incident::Salvage);
    if request.reason == LogReason::Salvage && (is_new || !request.missing.is_empty()) {
        note_missing(tx, owner, request, is_new)?;
    }
    Ok(())
}

/// A handheld that knows more than is here, on the timeline of today, proves that this server lost something without
/// noticing: a new timeline makes every other handheld ask as well. What it knows of is waited for.
fn note_behind(
    tx: &mut WriteTx<'_>,
    owner: &device::DeviceRow,
    request: &PushRequest,
    plan: &Plan,
) -> Result<(), Failure> {
    let Some(Incident::ServerBehind { believed, .. }) =
        plan.incidents.iter().find(|incident| matches!(incident, Incident::ServerBehind { .. }))
    else {
        return Ok(());
    };
    let timeline = tx.identity()?.timeline;
    if request.durable.is_some_and(|belief| belief.timeline == timeline) && timeline::may_be_claimed(tx)? {
        timeline::begin(tx, &timeline::Start::noticed(TimelineWhy::DeviceKnewMore))?;
    }
    let device_name = owner.name.clone();
    timeline::expect(tx, &timeline::Expected { log: request.log, device_name, seq: believed.seq })?;
    Ok(())
}

/// Up to where a verified backup holds the log, as this handheld knows it: a line beside the log is in none.
fn archived(tx: &mut WriteTx<'_>, request: &PushRequest, plan: &Plan) -> Result<u64, Error> {
    let Some(log) = log::known(tx, request.log)? else { return Ok(0) };
    if plan.requests.contains(&DeviceRequest::RotateLog) {
        return Ok(0);
    }
    Ok(backup::archived(tx, &log)?.min(plan.durable.seq))
}

/// A handheld lost events: which of them are not here either, each told once.
fn note_missing(
    tx: &mut WriteTx<'_>,
    owner: &device::DeviceRow,
    request: &PushRequest,
    is_new: bool,
) -> Result<(), Failure> {
    let mut missing = Vec::new();
    for lost in request.missing.iter().take(MISSING_MAX) {
        let head = log::known(tx, lost.log)?.map_or(0, |log| log.head.seq);
        let Some(lost) = still_missing(*lost, head) else { continue };
        let (kind, subject) = (IncidentKind::EventsMissing, lost.log.to_string());
        if !incident::is_noticed(tx.conn(), owner.site, kind, &subject, (lost.from, lost.to))? {
            missing.push(lost);
        }
    }
    // a handheld that lost something and cannot say what is told as well; one that names what is all here lost nothing
    if !missing.is_empty() || (is_new && request.missing.is_empty()) {
        let fact = Fact::EventsMissingSeen { log: request.log, missing };
        tx.append(owner.site, None, &owner.name, &fact)?;
    }
    Ok(())
}

fn heard(tx: &mut WriteTx<'_>, owner: &device::DeviceRow, request: &PushRequest, plan: &Plan) -> Result<(), Failure> {
    if let Some(incident) = incident::find_silence(tx, owner.id)? {
        tx.append(owner.site, None, &owner.name, &Fact::IncidentMended { incident })?;
    }
    let mut waiting = request.head.seq.saturating_sub(plan.durable.seq);
    for (other, head) in &request.others {
        let here = log::known(tx, *other)?.map_or(0, |log| log.head.seq);
        waiting = waiting.saturating_add(head.seq.saturating_sub(here));
    }
    let storage = request.storage.as_ref().map(serde_json::to_string).transpose();
    let storage = storage.map_err(|error| Error::unreadable("storage", error))?.unwrap_or_else(|| "{}".into());
    seen::heard(tx, owner.id, &seen::Seen { at: tx.now(), waiting, app: request.app.clone(), storage })?;
    mend_restored(tx, owner)
}

/// After a restore, once everybody who is waited for has sent what was missing.
fn mend_restored(tx: &mut WriteTx<'_>, owner: &device::DeviceRow) -> Result<(), Failure> {
    let open = incident::list_restored(tx, owner.site)?;
    if !open.is_empty() && timeline::is_healed(tx, owner.site)? {
        for incident in open {
            tx.append(owner.site, None, &owner.name, &Fact::IncidentMended { incident })?;
        }
    }
    Ok(())
}

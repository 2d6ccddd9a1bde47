//! A handheld hands in what it recorded (`SYNC.md` section 3): one transaction, answered only after it is on disk.
//!
//! What the push means is decided by [`shared::sync::receive`]; bodies are read before the writer is asked for its turn.
//! Absent: refusing anything for what it says. Only a log of another handheld is no business of this one.

use super::{Failure, follow_up};
use crate::{
    project,
    store::{Error, Identity, Store, WriteTx, device, log, log::LogRow, seen, tx::EventPlace},
};
use shared::{
    event::Event,
    fact::Fact,
    id::{DeviceId, EventId},
    sync::{
        log::Chain,
        message::{EventNote, PushAnswer, PushRequest},
        receive::{Held, Incident, Odd, Plan, Step, plan, read_body},
    },
};

/// Stores a push of an enrolled handheld and answers it.
///
/// # Errors
/// `log_of_another_device`, `device_unknown`; [`Failure::Store`] when nothing was kept.
pub async fn receive_push(store: &Store, device: DeviceId, request: PushRequest) -> Result<PushAnswer, Failure> {
    let identity = store.identity();
    // off the writer's thread: reading JSON is the larger part of the work that needs no database
    let readings = request.events.iter().map(|event| read_body(&event.body, event.id)).collect();
    store.write(move |tx| push(tx, identity, device, &request, readings)).await
}

/// As [`receive_push`], inside a write.
///
/// # Errors
/// As [`receive_push`].
pub fn push(
    tx: &mut WriteTx<'_>,
    identity: Identity,
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
    if bound.is_some_and(|log| log.device != device || log.site != owner.site) {
        return Err(Failure::refused(
            "log_of_another_device",
            "This log belongs to another handheld or site. Nothing was stored; start a new log and keep this one.",
        ));
    }
    let mut held = Stored { tx, log: bound };
    let plan = plan(&mut held, bound.map(|log| log.head), request)?;
    let log = match bound {
        Some(log) => Some(log),
        None if plan.changes() => Some(open(tx, device, request)?),
        None => None,
    };
    let mut notes = Vec::new();
    if let Some(log) = log {
        take(tx, &owner.name, &log, request, &plan, readings, &mut notes)?;
    }
    note_incidents(tx, &owner, request, log.is_some(), &plan)?;
    heard(tx, device, request, &plan)?;
    Ok(PushAnswer {
        nonce: request.nonce,
        server: identity.server,
        timeline: identity.timeline,
        now: tx.now(),
        durable: plan.durable,
        // nothing is archived before there are verified backups
        archived: 0,
        want: plan.want,
        notes,
        requests: plan.requests,
    })
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

fn open(tx: &mut WriteTx<'_>, device: DeviceId, request: &PushRequest) -> Result<LogRow, Failure> {
    let Some(owner) = device::known(tx, device)? else { return Err(Failure::not_found("handheld")) };
    let log_no = log::next_no(tx.conn())?;
    let fact = Fact::LogOpened { log: request.log, log_no, device, reason: request.reason };
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
    for step in &plan.steps {
        match *step {
            Step::Skip { .. } => {}
            Step::Append { index, seq, chain } => {
                let event = &request.events[index];
                let reading = readings[index].take().unwrap_or(Err(Odd::Malformed));
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
    log::set_head(tx, log.id, plan.head)?;
    project::flush(tx)?;
    follow_up::run(tx)?;
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

/// What people should see. A fork is told by the events that contradict, a salvage by the log that was opened for it.
fn note_incidents(
    tx: &mut WriteTx<'_>,
    owner: &device::DeviceRow,
    request: &PushRequest,
    is_bound: bool,
    plan: &Plan,
) -> Result<(), Failure> {
    for incident in &plan.incidents {
        // a log that this server has never heard of is only opened by its first event
        if let (Incident::ServerBehind { believed, held }, true) = (incident, is_bound)
            && !seen::is_known_behind(tx, request.log, believed.seq, held.seq)
        {
            let fact = Fact::ServerBehindSeen { log: request.log, believed: *believed, held: *held };
            tx.append(owner.site, None, &owner.name, &fact)?;
        }
    }
    Ok(())
}

fn heard(tx: &mut WriteTx<'_>, device: DeviceId, request: &PushRequest, plan: &Plan) -> Result<(), Failure> {
    let mut waiting = request.head.seq.saturating_sub(plan.durable.seq);
    for (other, head) in &request.others {
        let here = log::known(tx, *other)?.filter(|log| log.device == device).map_or(0, |log| log.head.seq);
        waiting = waiting.saturating_add(head.seq.saturating_sub(here));
    }
    let storage = request.storage.as_ref().map(serde_json::to_string).transpose();
    let storage = storage.map_err(|error| Error::unreadable("storage", error))?.unwrap_or_else(|| "{}".into());
    Ok(seen::heard(tx, device, &seen::Seen { at: tx.now(), waiting, app: request.app.clone(), storage })?)
}

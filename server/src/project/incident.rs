//! Incidents as facts tell them: noticed, going on, mended by what arrives, closed by somebody.
//!
//! One incident a kind and subject as long as it is open, however often it is noticed. Absent: what is said about them
//! ([`shared::incident`]).

use super::trace::{derived, history};
use crate::store::{Error, Header, WriteTx, incident as table, log};
use rusqlite::params;
use shared::{
    api::history::Subject,
    id::{DeviceId, IncidentId, LogId},
    incident::IncidentKind,
    moment::Moment,
    sync::message::{Head, MissingEvents},
};
use uuid::Uuid;

/// Something noticed.
pub(super) struct Noticed {
    pub kind: IncidentKind,
    pub subject: String,
    pub grave: bool,
    pub device: Option<DeviceId>,
    pub owner: Option<DeviceId>,
    pub log: Option<LogId>,
    pub from: u64,
    pub to: u64,
    /// How many events; more of them where it is noticed again and `adds`.
    pub events: u64,
    /// Whether each notice is about further events.
    pub adds: bool,
    pub since: Option<Moment>,
}

impl Noticed {
    /// This server goes on from an earlier state.
    pub(super) fn restored(timeline: Uuid, restored_to: Moment) -> Self {
        Self {
            kind: IncidentKind::Restored,
            subject: timeline.to_string(),
            grave: false,
            device: None,
            owner: None,
            log: None,
            from: 0,
            to: 0,
            events: 0,
            adds: false,
            since: Some(restored_to),
        }
    }

    fn of_log(kind: IncidentKind, log: LogId, device: Option<DeviceId>, (from, to): (u64, u64)) -> Self {
        let events = if to == 0 { 0 } else { to.saturating_sub(from).saturating_add(1) };
        Self {
            kind,
            subject: log.to_string(),
            grave: false,
            device,
            owner: None,
            log: Some(log),
            from,
            to,
            events,
            adds: false,
            since: None,
        }
    }
}

/// Writes what was noticed: a new incident, or more about the one that is there.
pub(super) fn notice(tx: &mut WriteTx<'_>, header: &Header, new: &Noticed) -> Result<(), Error> {
    let word = new.kind.word();
    let site = header.site.0.to_be_bytes();
    let position = header.position.0.to_be_bytes();
    let id = derived("incident", &[&site, word.as_bytes(), new.subject.as_bytes(), &position]);
    tx.conn()
        .prepare_cached(
            "INSERT INTO incident (incident_id, site_id, kind, subject, state, grave, device_id, owner_id, log_id, from_seq,
                to_seq, events, since_at, noticed_at)
             VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (site_id, kind, subject) WHERE state = 'open' DO UPDATE SET
                events = CASE WHEN $14 THEN events + excluded.events WHEN excluded.to_seq = 0 THEN excluded.events
                    ELSE max(to_seq, excluded.to_seq) - min(from_seq, excluded.from_seq) + 1 END,
                from_seq = min(from_seq, excluded.from_seq), to_seq = max(to_seq, excluded.to_seq),
                grave = max(grave, excluded.grave), since_at = excluded.since_at",
        )?
        .execute(params![
            id,
            header.site.0,
            word,
            new.subject,
            new.grave,
            new.device.map(|device| device.0),
            new.owner.map(|device| device.0),
            new.log.as_ref().map(|log| log.as_bytes().as_slice()),
            new.from.cast_signed(),
            new.to.cast_signed(),
            new.events.cast_signed(),
            new.since.map(|at| at.0),
            header.recorded_at.0,
            new.adds,
        ])?;
    touched(tx, header, new.device)
}

fn touched(tx: &mut WriteTx<'_>, header: &Header, device: Option<DeviceId>) -> Result<(), Error> {
    tx.memory.awaited.clear();
    (tx.memory.silent, tx.memory.restored) = (None, None);
    tx.changed(header.site, "incident", header.position);
    device.map_or(Ok(()), |device| history(tx, header, Subject::Device, device.0))
}

pub(super) fn server_behind(
    tx: &mut WriteTx<'_>,
    header: &Header,
    (log, device): (LogId, Option<DeviceId>),
    (believed, held): (Head, Head),
    restored: bool,
) -> Result<(), Error> {
    let device = match device {
        Some(device) => Some(device),
        None => log::find(tx.conn(), log)?.map(|row| row.device),
    };
    // a belief about another line of the log may not even be ahead
    let span = (believed.seq.min(held.seq.saturating_add(1)), believed.seq);
    let new = Noticed { grave: !restored, ..Noticed::of_log(IncidentKind::ServerBehind, log, device, span) };
    notice(tx, header, &new)
}

pub(super) fn events_missing(
    tx: &mut WriteTx<'_>,
    header: &Header,
    log: LogId,
    missing: &[MissingEvents],
) -> Result<(), Error> {
    let device = log::find(tx.conn(), log)?.map(|row| row.device);
    let kind = IncidentKind::EventsMissing;
    for lost in missing {
        notice(tx, header, &Noticed::of_log(kind, lost.log, device, (lost.from, lost.to)))?;
    }
    if missing.is_empty() {
        return notice(tx, header, &Noticed::of_log(kind, log, device, (0, 0)));
    }
    // what could not be said before has been said now
    if let Some(vague) = table::find_open(tx.conn(), header.site, kind, &log.to_string())?.filter(|row| row.to == 0) {
        mended(tx, header, vague.id)?;
    }
    Ok(())
}

/// One more event arrived whose number is taken by another.
pub(super) fn forked(
    tx: &mut WriteTx<'_>,
    header: &Header,
    log: LogId,
    device: DeviceId,
    seq: u64,
) -> Result<(), Error> {
    let new = Noticed { adds: true, ..Noticed::of_log(IncidentKind::Fork, log, Some(device), (seq, seq)) };
    notice(tx, header, &new)
}

pub(super) fn handed_over(
    tx: &mut WriteTx<'_>,
    header: &Header,
    log: LogId,
    (from, to): (DeviceId, DeviceId),
) -> Result<(), Error> {
    log::bind(tx, log, to)?;
    let one = Noticed::of_log(IncidentKind::OtherHandheld, log, Some(to), (0, 0));
    notice(tx, header, &Noticed { owner: Some(from), ..one })?;
    history(tx, header, Subject::Device, from.0)
}

pub(super) fn silent(
    tx: &mut WriteTx<'_>,
    header: &Header,
    device: DeviceId,
    (since, waiting): (Moment, u64),
) -> Result<(), Error> {
    let new = Noticed {
        kind: IncidentKind::DeviceSilent,
        subject: device.to_string(),
        grave: false,
        device: Some(device),
        owner: None,
        log: None,
        from: 0,
        to: 0,
        events: waiting,
        adds: false,
        since: Some(since),
    };
    notice(tx, header, &new)
}

/// What it was about is over.
pub(super) fn mended(tx: &mut WriteTx<'_>, header: &Header, id: IncidentId) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "UPDATE incident SET state = 'mended', mended_at = $1 WHERE incident_id = $2 AND state = 'open'",
        )?
        .execute([header.recorded_at.0, id.0])?;
    touched(tx, header, None)
}

/// Somebody closed it.
pub(super) fn closed(tx: &mut WriteTx<'_>, header: &Header, id: IncidentId, reason: &str) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "UPDATE incident SET state = 'closed', closed_at = $1, closed_by = $2, reason = $3 WHERE incident_id = $4",
        )?
        .execute(params![header.recorded_at.0, header.actor.map(|person| person.0), reason, id.0])?;
    let device = table::find(tx.conn(), header.site, id)?.and_then(|row| row.device);
    touched(tx, header, device)
}

/// An event of a log is here: what waited for it has mended.
pub(super) fn arrived(tx: &mut WriteTx<'_>, header: &Header, log_no: i64, seq: u64) -> Result<(), Error> {
    if !tx.memory.awaited.contains_key(&log_no) {
        let awaited = table::list_awaiting(tx.conn(), log_no)?;
        tx.memory.awaited.insert(log_no, awaited);
    }
    let Some(awaited) = tx.memory.awaited.get(&log_no) else { return Ok(()) };
    let over: Vec<IncidentId> = awaited.iter().filter(|(_, to)| *to <= seq).map(|(id, _)| *id).collect();
    for id in over {
        mended(tx, header, id)?;
    }
    Ok(())
}

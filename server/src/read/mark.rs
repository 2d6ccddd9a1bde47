//! Marked events of a site in groups that are decided together: of one log, by one person, for one cause.
//!
//! What hangs on the beginning of a visit goes with it. Absent: quantities, read out of no event here; a lead may be
//! blind, and may be sent to count again what is shown.

use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::{
    api::mark::MarkRow,
    event::{Event, EventKind, upcast},
    id::{LocationId, LogId, PersonId, SheetId, SiteId},
    mark::{EVENTS_MAX, MarkState, advice, offers, why},
    moment::Moment,
    sync::message::Mark,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Marked events looked at, at most: those of some bad days; the rest follows once these are decided.
const OPEN_MAX: i64 = 5_000;
/// Decided ones looked at.
const DECIDED_MAX: i64 = 500;

/// Groups of a site: open ones by when they arrived, then the latest decisions.
pub fn list(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<MarkRow>, Error> {
    let open = load(tx, site, "m.state = 'open'", "m.log_no, m.seq", OPEN_MAX)?;
    let decided = load(tx, site, "m.state <> 'open'", "m.decided_at DESC, m.log_no, m.seq", DECIDED_MAX)?;
    let mut groups = group(tx, open)?;
    groups.sort_by_key(|row| (row.received_at, row.log, row.seqs.first().copied()));
    let mut over = group(tx, decided)?;
    over.sort_by_key(|row| std::cmp::Reverse((row.decided_at, row.seqs.first().copied())));
    groups.extend(over);
    Ok(groups)
}

/// How many groups nobody has decided about.
pub fn count_open(tx: &ReadTx<'_>, site: SiteId) -> Result<u64, Error> {
    Ok(group(tx, load(tx, site, "m.state = 'open'", "m.log_no, m.seq", OPEN_MAX)?)?.len() as u64)
}

/// One marked event with what surrounds it.
struct One {
    log: LogId,
    seq: u64,
    mark: Mark,
    code: String,
    state: MarkState,
    person: Option<PersonId>,
    person_name: String,
    device_name: String,
    received_at: Moment,
    decided_at: Option<Moment>,
    decided_by: String,
    reason: String,
    event: Option<Event>,
}

fn load(tx: &ReadTx<'_>, site: SiteId, which: &str, order: &str, most: i64) -> Result<Vec<One>, Error> {
    let sql = format!(
        "SELECT g.log_id, m.seq, m.mark, m.code, m.state, f.actor_id, coalesce(p.name, '') AS person_name,
                d.name AS device_name, f.recorded_at, m.decided_at,
                coalesce(w.name, CASE WHEN m.state = 'open' THEN '' ELSE 'the server' END) AS decided_by_name, m.reason, f.body
         FROM mark m
         JOIN fact f ON f.position = m.position
         JOIN device_log g ON g.log_no = m.log_no
         JOIN device d ON d.device_id = m.device_id
         LEFT JOIN person p ON p.person_id = f.actor_id
         LEFT JOIN person w ON w.person_id = m.decided_by
         WHERE m.site_id = $1 AND {which} ORDER BY {order} LIMIT $2"
    );
    row::all(tx.conn(), &sql, &[&site.0, &most], read)
}

fn read(found: &Row<'_>) -> Result<One, Error> {
    let log = LogId::from_slice(found.get_ref("log_id")?.as_blob().unwrap_or_default());
    let person = found.get::<_, Option<i64>>("actor_id")?.map(PersonId);
    let mut person_name = row::text(found, "person_name")?;
    if let (Some(person), true) = (person, person_name.is_empty()) {
        person_name = format!("number {person}, unknown here");
    }
    Ok(One {
        log: log.ok_or_else(|| Error::unreadable("log", "its id is damaged"))?,
        seq: row::small(found, "seq")?,
        mark: row::word(found, "mark", Mark::parse)?,
        code: row::text(found, "code")?,
        state: row::word(found, "state", MarkState::parse)?,
        person,
        person_name,
        device_name: row::text(found, "device_name")?,
        received_at: row::moment(found, "recorded_at")?,
        decided_at: row::moment_or_none(found, "decided_at")?,
        decided_by: row::text(found, "decided_by_name")?,
        reason: row::text(found, "reason")?,
        event: found.get_ref("body")?.as_blob().ok().and_then(|body| upcast::read(body).ok()),
    })
}

/// What is decided together.
type GroupKey = (LogId, Mark, Option<PersonId>, String, MarkState, Option<Moment>, usize);

fn group(tx: &ReadTx<'_>, mut all: Vec<One>) -> Result<Vec<MarkRow>, Error> {
    all.sort_by_key(|one| (one.log, one.seq));
    let mut causes: HashMap<(LogId, SheetId), String> = HashMap::new();
    let mut groups: BTreeMap<GroupKey, Vec<One>> = BTreeMap::new();
    for one in all {
        let sheet = one.event.as_ref().and_then(|event| event.sheet);
        let cause = match sheet {
            Some(sheet) if one.mark == Mark::Quarantined => {
                causes.entry((one.log, sheet)).or_insert_with(|| one.code.clone()).clone()
            }
            _ => one.code.clone(),
        };
        let mut part = 0;
        loop {
            let key = (one.log, one.mark, one.person, cause.clone(), one.state, one.decided_at, part);
            let members = groups.entry(key).or_default();
            if members.len() < EVENTS_MAX {
                members.push(one);
                break;
            }
            part += 1;
        }
    }
    groups.into_iter().map(|(key, members)| tell(tx, key.3, &members)).collect()
}

fn tell(tx: &ReadTx<'_>, cause: String, members: &[One]) -> Result<MarkRow, Error> {
    let Some(first) = members.first() else { return Err(Error::unreadable("mark", "a group without events")) };
    let at: Vec<Moment> = members.iter().filter_map(|one| one.event.as_ref()).map(|event| event.at.instant()).collect();
    let offers = if first.state == MarkState::Open { offers(first.mark, &cause).to_vec() } else { Vec::new() };
    // what can be decided about the cause can be decided about what hangs on it, or it is not decided here
    let fits = |one: &&One| {
        let own = shared::mark::offers(one.mark, &one.code);
        first.state != MarkState::Open || offers.iter().all(|decision| own.contains(decision))
    };
    let (with, without): (Vec<&One>, Vec<&One>) = members.iter().partition(|one| fits(one));
    let shown = if with.is_empty() { without } else { with };
    Ok(MarkRow {
        log: first.log,
        seqs: shown.iter().map(|one| one.seq).collect(),
        mark: first.mark,
        why: why(first.mark, &cause).to_owned(),
        advice: if first.state == MarkState::Open { advice(first.mark, &cause).to_owned() } else { String::new() },
        code: cause,
        state: first.state,
        person: first.person,
        person_name: first.person_name.clone(),
        device_name: first.device_name.clone(),
        what: what(members),
        bins: bins(tx, members)?,
        first_at: at.iter().min().copied(),
        last_at: at.iter().max().copied(),
        received_at: members.iter().map(|one| one.received_at).max().unwrap_or(first.received_at),
        offers,
        decided_at: first.decided_at,
        decided_by: first.decided_by.clone(),
        reason: first.reason.clone(),
    })
}

/// `2 visits begun, 14 entries`.
fn what(members: &[One]) -> String {
    let mut numbers: BTreeMap<(u8, &str, &str), usize> = BTreeMap::new();
    for one in members {
        let kind = match one.event.as_ref().map(|event| &event.kind) {
            Some(EventKind::SheetOpened { .. }) => (0, "visit begun", "visits begun"),
            Some(
                EventKind::Scanned { .. }
                | EventKind::Keyed { .. }
                | EventKind::UnknownBarcode { .. }
                | EventKind::Undone { .. }
                | EventKind::ConfirmedEmpty,
            ) => (1, "entry", "entries"),
            Some(EventKind::SheetClosed { .. }) => (2, "visit closed", "visits closed"),
            Some(EventKind::LocationSkipped { .. }) => (3, "bin skipped", "bins skipped"),
            Some(EventKind::Unlocked { .. } | EventKind::HandheldTaken { .. }) => (4, "handheld taken", "times taken"),
            Some(EventKind::Locked) => (5, "handheld given back", "times given back"),
            Some(EventKind::PackProposed { .. }) => (7, "proposed pack", "proposed packs"),
            None => (6, "record that cannot be read", "records that cannot be read"),
        };
        *numbers.entry(kind).or_default() += 1;
    }
    let parts = numbers
        .into_iter()
        .map(|((_, one, more), number)| format!("{number} {}", if number == 1 { one } else { more }));
    parts.collect::<Vec<_>>().join(", ")
}

/// The bins that the events are about, by their codes; those not known here by their numbers.
fn bins(tx: &ReadTx<'_>, members: &[One]) -> Result<Vec<String>, Error> {
    let mut codes = BTreeSet::new();
    for event in members.iter().filter_map(|one| one.event.as_ref()) {
        let place = match &event.kind {
            EventKind::SheetOpened { location, .. } | EventKind::LocationSkipped { location, .. } => Some(*location),
            _ => None,
        };
        let place = match (place, event.sheet) {
            (Some(place), _) => Some(place),
            (None, Some(sheet)) => row::first(
                tx.conn(),
                "SELECT location_id FROM sheet WHERE sheet_id = $1",
                &[&sheet.as_bytes().as_slice()],
                |found| Ok(LocationId(row::integer(found, "location_id")?)),
            )?,
            (None, None) => None,
        };
        let Some(place) = place else { continue };
        let code = row::first(tx.conn(), "SELECT code FROM location WHERE location_id = $1", &[&place.0], |found| {
            row::text(found, "code")
        })?;
        codes.insert(code.unwrap_or_else(|| format!("number {place}")));
    }
    Ok(codes.into_iter().collect())
}

//! Marked events as the actions and projections that decide about them look at them.
//!
//! Absent: the list for screens (see `read/`).

use super::{Error, Position};
use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::{
    event::{EventKind, upcast},
    id::{DeviceId, EventId, LogId, PersonId, SheetId, SiteId},
    mark::MarkState,
    sync::{message::Mark, receive::read_body},
};
use std::collections::BTreeMap;

/// A marked event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkRow {
    /// Of the event among the facts.
    pub position: i64,
    /// The number of its log.
    pub log_no: i64,
    /// Its number in the log.
    pub seq: u64,
    /// The handheld that recorded it.
    pub device: DeviceId,
    /// How it is marked.
    pub mark: Mark,
    /// Why.
    pub code: String,
    /// Where that stands.
    pub state: MarkState,
    /// Whoever recorded it, where that could be read.
    pub actor: Option<PersonId>,
}

const SELECT: &str = "SELECT m.position, m.log_no, m.seq, m.device_id, m.mark, m.code, m.state, f.actor_id
    FROM mark m JOIN fact f ON f.position = m.position";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<MarkRow, Error>> {
    let (mark, state): (String, String) = (row.get("mark")?, row.get("state")?);
    let (Some(mark), Some(state)) = (Mark::parse(&mark), MarkState::parse(&state)) else {
        return Ok(Err(Error::unreadable("mark", format!("{mark} {state}"))));
    };
    Ok(Ok(MarkRow {
        position: row.get("position")?,
        log_no: row.get("log_no")?,
        seq: row.get::<_, i64>("seq")?.cast_unsigned(),
        device: DeviceId(row.get("device_id")?),
        mark,
        code: row.get("code")?,
        state,
        actor: row.get::<_, Option<i64>>("actor_id")?.map(PersonId),
    }))
}

/// A marked event about which nobody has decided.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_open(conn: &Connection, log_no: i64, seq: u64) -> Result<Option<MarkRow>, Error> {
    conn.prepare_cached(&format!("{SELECT} WHERE m.log_no = $1 AND m.seq = $2 AND m.state = 'open'"))?
        .query_row(params![log_no, seq.cast_signed()], read)
        .optional()?
        .transpose()
}

/// The number of the event with which the next person took the handheld, or the last gave it back; the greatest number
/// where nobody did.
pub(crate) fn next_hand_over(conn: &Connection, log_no: i64, after: u64) -> Result<u64, Error> {
    let mut statement =
        conn.prepare_cached("SELECT seq, body FROM fact WHERE log_no = $1 AND seq > $2 ORDER BY seq")?;
    let mut rows = statement.query(params![log_no, after.cast_signed()])?;
    while let Some(row) = rows.next()? {
        let body = row.get_ref("body")?.as_blob().unwrap_or_default();
        let kind = upcast::read(body).map(|event| event.kind);
        if kind.is_ok_and(|kind| kind.is_hand_over()) {
            return Ok(row.get::<_, i64>("seq")?.cast_unsigned());
        }
    }
    Ok(i64::MAX.cast_unsigned())
}

/// Visits that a person began in a part of a log, also those that go on in another log, which may have arrived first; as
/// far as was known at a position.
pub(crate) fn list_sheets(
    conn: &Connection,
    log_no: i64,
    person: PersonId,
    (after, before): (u64, u64),
    position: Position,
) -> Result<Vec<SheetId>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT body FROM fact WHERE log_no = $1 AND seq > $2 AND seq < $3 AND position < $4 ORDER BY seq",
    )?;
    let mut rows = statement.query(params![log_no, after.cast_signed(), before.cast_signed(), position.0])?;
    let mut sheets = Vec::new();
    while let Some(row) = rows.next()? {
        // what is no event was marked when it came, and began nothing
        let Ok(event) = upcast::read(row.get_ref("body")?.as_blob().unwrap_or_default()) else { continue };
        if event.actor == person && matches!(event.kind, EventKind::SheetOpened { .. }) {
            sheets.extend(event.sheet);
        }
    }
    Ok(sheets)
}

/// Whether somebody said of the take-over in whose time an event stands that it was not that person's.
pub(crate) fn is_disowned(conn: &Connection, log_no: i64, person: PersonId, seq: u64) -> Result<bool, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT m.seq, f.body FROM mark m JOIN fact f ON f.position = m.position
         WHERE m.log_no = $1 AND m.seq < $2 AND m.state = 'not_theirs' AND f.actor_id = $3 ORDER BY m.seq DESC",
    )?;
    let mut rows = statement.query(params![log_no, seq.cast_signed(), person.0])?;
    while let Some(row) = rows.next()? {
        let body = row.get_ref("body")?.as_blob().unwrap_or_default();
        if upcast::read(body).is_ok_and(|event| event.kind.is_take_over()) {
            let taken = row.get::<_, i64>("seq")?.cast_unsigned();
            return Ok(next_hand_over(conn, log_no, taken)? > seq);
        }
    }
    Ok(false)
}

/// Events that were kept for a newer program and that this one understands, by site and log.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn list_understood(conn: &Connection) -> Result<BTreeMap<(SiteId, LogId), Vec<u64>>, Error> {
    let mut statement = conn.prepare(
        "SELECT m.site_id, m.seq, g.log_id, f.event_id, f.body FROM mark m
         JOIN fact f ON f.position = m.position JOIN device_log g ON g.log_no = m.log_no
         WHERE m.mark = 'deferred' AND m.state = 'open' ORDER BY m.log_no, m.seq",
    )?;
    let mut rows = statement.query([])?;
    let mut understood: BTreeMap<(SiteId, LogId), Vec<u64>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let log = LogId::from_slice(row.get_ref("log_id")?.as_blob().unwrap_or_default());
        let id = row.get::<_, Option<Vec<u8>>>("event_id")?.as_deref().and_then(EventId::from_slice);
        let body = row.get_ref("body")?.as_blob().unwrap_or_default();
        let (Some(log), Some(id), Ok(body)) = (log, id, std::str::from_utf8(body)) else { continue };
        if read_body(body, id).is_ok() {
            let seq = row.get::<_, i64>("seq")?.cast_unsigned();
            understood.entry((SiteId(row.get("site_id")?), log)).or_default().push(seq);
        }
    }
    Ok(understood)
}

/// How many of these events of a log are still open.
///
/// # Errors
/// [`Error::Engine`].
pub fn count_open(conn: &Connection, log_no: i64, seqs: &[u64]) -> Result<u64, Error> {
    let mut open = 0;
    for seq in seqs {
        open += u64::from(find_open(conn, log_no, *seq)?.is_some());
    }
    Ok(open)
}

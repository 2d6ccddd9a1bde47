//! Incidents as the actions and projections that notice, mend and close them look at them.
//!
//! Absent: the list for screens (see `read/`).

use super::{Error, WriteTx};
use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::{
    id::{DeviceId, IncidentId, SiteId},
    incident::{IncidentKind, IncidentState},
    moment::Moment,
};
use std::collections::HashMap;

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRow {
    /// Which.
    pub id: IncidentId,
    /// Where it stands.
    pub state: IncidentState,
    /// The handheld it is about.
    pub device: Option<DeviceId>,
    /// The first event it is about.
    pub from: u64,
    /// The last; 0: nobody knows.
    pub to: u64,
}

const SELECT: &str = "SELECT incident_id, state, device_id, from_seq, to_seq FROM incident";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<IncidentRow, Error>> {
    let state: String = row.get("state")?;
    let Some(state) = IncidentState::parse(&state) else { return Ok(Err(Error::unreadable("incident", state))) };
    Ok(Ok(IncidentRow {
        id: IncidentId(row.get("incident_id")?),
        state,
        device: row.get::<_, Option<i64>>("device_id")?.map(DeviceId),
        from: row.get::<_, i64>("from_seq")?.cast_unsigned(),
        to: row.get::<_, i64>("to_seq")?.cast_unsigned(),
    }))
}

/// An incident of a site.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find(conn: &Connection, site: SiteId, id: IncidentId) -> Result<Option<IncidentRow>, Error> {
    conn.prepare_cached(&format!("{SELECT} WHERE incident_id = $1 AND site_id = $2"))?
        .query_row([id.0, site.0], read)
        .optional()?
        .transpose()
}

/// The open incident of a kind and subject.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_open(
    conn: &Connection,
    site: SiteId,
    kind: IncidentKind,
    subject: &str,
) -> Result<Option<IncidentRow>, Error> {
    conn.prepare_cached(&format!("{SELECT} WHERE site_id = $1 AND kind = $2 AND subject = $3 AND state = 'open'"))?
        .query_row(params![site.0, kind.word(), subject], read)
        .optional()?
        .transpose()
}

/// Whether exactly these events of a log were noticed before, and what was noticed has not mended since: a handheld says
/// it with every push until it has heard the answer. What somebody has closed is not opened again by it.
///
/// # Errors
/// [`Error::Engine`].
pub fn is_noticed(
    conn: &Connection,
    site: SiteId,
    kind: IncidentKind,
    subject: &str,
    (from, to): (u64, u64),
) -> Result<bool, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM incident WHERE site_id = $1 AND kind = $2 AND subject = $3 AND from_seq <= $4 AND to_seq >= $5
             AND state <> 'mended'",
        )?
        .exists(params![site.0, kind.word(), subject, from.cast_signed(), to.cast_signed()])?)
}

/// Open incidents that mend when a log has arrived up to a number.
pub(crate) fn list_awaiting(conn: &Connection, log_no: i64) -> Result<Vec<(IncidentId, u64)>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT i.incident_id, i.to_seq FROM incident i JOIN device_log g ON g.log_id = i.log_id
             WHERE g.log_no = $1 AND i.state = 'open' AND i.kind IN ('server_behind', 'events_missing') AND i.to_seq > 0
             ORDER BY i.incident_id",
        )?
        .query_map([log_no], |row| {
            Ok((IncidentId(row.get("incident_id")?), row.get::<_, i64>("to_seq")?.cast_unsigned()))
        })?
        .collect::<Result<_, _>>()?)
}

/// The open incident about a handheld's silence, as the writer remembers it.
pub(crate) fn find_silence(tx: &mut WriteTx<'_>, device: DeviceId) -> Result<Option<IncidentId>, Error> {
    if tx.memory.silent.is_none() {
        let mut statement = tx.conn().prepare_cached(
            "SELECT device_id, incident_id FROM incident
             WHERE kind = 'device_silent' AND state = 'open' AND device_id IS NOT NULL",
        )?;
        let silent = statement
            .query_map([], |row| Ok((DeviceId(row.get("device_id")?), IncidentId(row.get("incident_id")?))))?
            .collect::<Result<HashMap<_, _>, _>>()?;
        tx.memory.silent = Some(silent);
    }
    Ok(tx.memory.silent.as_ref().and_then(|silent| silent.get(&device).copied()))
}

/// The open incidents of a site about restores, as the writer remembers them.
pub(crate) fn list_restored(tx: &mut WriteTx<'_>, site: SiteId) -> Result<Vec<IncidentId>, Error> {
    if tx.memory.restored.is_none() {
        let mut statement = tx.conn().prepare_cached(
            "SELECT site_id, incident_id FROM incident WHERE kind = 'restored' AND state = 'open' ORDER BY incident_id",
        )?;
        let mut rows = statement.query([])?;
        let mut restored: HashMap<SiteId, Vec<IncidentId>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let (site, incident) = (SiteId(row.get("site_id")?), IncidentId(row.get("incident_id")?));
            restored.entry(site).or_default().push(incident);
        }
        drop(rows);
        drop(statement);
        tx.memory.restored = Some(restored);
    }
    Ok(tx.memory.restored.as_ref().and_then(|restored| restored.get(&site)).cloned().unwrap_or_default())
}

/// A handheld that announced events and is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// Where it was enrolled.
    pub site: SiteId,
    /// Which.
    pub device: DeviceId,
    /// When it was last heard of.
    pub since: Moment,
    /// Events it said it holds.
    pub waiting: u64,
}

/// Handhelds with announced events that were last heard of before an instant, and whose silence since then nobody has
/// noticed yet.
///
/// # Errors
/// [`Error::Engine`].
pub fn list_silent(conn: &Connection, before: Moment) -> Result<Vec<Silent>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT d.site_id, d.device_id, s.seen_at, s.waiting FROM device_seen s JOIN device d ON d.device_id = s.device_id
             WHERE s.waiting > 0 AND s.seen_at < $1 AND d.revoked = 0 AND NOT EXISTS (
                SELECT 1 FROM incident i WHERE i.site_id = d.site_id AND i.kind = 'device_silent'
                  AND i.subject = CAST(d.device_id AS TEXT) AND i.since_at >= s.seen_at)
             ORDER BY d.device_id",
        )?
        .query_map([before.0], |row| {
            Ok(Silent {
                site: SiteId(row.get("site_id")?),
                device: DeviceId(row.get("device_id")?),
                since: Moment(row.get("seen_at")?),
                waiting: row.get::<_, i64>("waiting")?.unsigned_abs(),
            })
        })?
        .collect::<Result<_, _>>()?)
}

//! Incidents of a site, in words, and how many of them wait for somebody.
//!
//! Absent: book quantities and variances; a lead may be blind.

use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::incident::IncidentRow;
use shared::id::{IncidentId, LogId, SiteId};
use shared::incident::{Incident, IncidentKind, IncidentState};

const SELECT: &str =
    "SELECT i.incident_id, i.kind, i.state, i.grave, i.log_id, i.from_seq, i.to_seq, i.events, i.since_at,
        i.noticed_at, i.mended_at, i.closed_at, i.reason, coalesce(d.name, '') AS device_name,
        coalesce(o.name, '') AS owner_name, coalesce(g.head_seq, 0) AS here, coalesce(p.name, '') AS closed_by_name
    FROM incident i
    LEFT JOIN device d ON d.device_id = i.device_id
    LEFT JOIN device o ON o.device_id = i.owner_id
    LEFT JOIN device_log g ON g.log_id = i.log_id
    LEFT JOIN person p ON p.person_id = i.closed_by";

/// Incidents of a site: what needs somebody, then what goes on, then what is over; newest first.
pub fn list(tx: &ReadTx<'_>, site: SiteId, limit: u32) -> Result<Vec<IncidentRow>, Error> {
    let sql = format!(
        "{SELECT} WHERE i.site_id = $1
         ORDER BY i.state = 'closed', coalesce(i.closed_at, i.noticed_at) DESC, i.incident_id LIMIT $2"
    );
    let mut rows = row::all(tx.conn(), &sql, &[&site.0, &limit], read)?;
    rows.sort_by_key(|row| (!row.needs_person, row.state));
    Ok(rows)
}

/// How many incidents wait for somebody.
pub fn count_waiting(tx: &ReadTx<'_>, site: SiteId) -> Result<u64, Error> {
    let sql = format!("{SELECT} WHERE i.site_id = $1 AND i.state <> 'closed'");
    let rows = row::all(tx.conn(), &sql, &[&site.0], read)?;
    Ok(rows.iter().filter(|row| row.needs_person).count() as u64)
}

fn read(found: &Row<'_>) -> Result<IncidentRow, Error> {
    let log: Option<Vec<u8>> = found.get("log_id")?;
    let device_name = row::text(found, "device_name")?;
    let since = row::moment_or_none(found, "since_at")?;
    let incident = Incident {
        kind: row::word(found, "kind", IncidentKind::parse)?,
        state: row::word(found, "state", IncidentState::parse)?,
        grave: row::flag(found, "grave")?,
        device: device_name.clone(),
        owner: row::text(found, "owner_name")?,
        log: log.as_deref().and_then(LogId::from_slice),
        from: row::small(found, "from_seq")?,
        to: row::small(found, "to_seq")?,
        events: row::small(found, "events")?,
        here: row::small(found, "here")?,
        since,
    };
    Ok(IncidentRow {
        id: IncidentId(row::integer(found, "incident_id")?),
        kind: incident.kind,
        state: incident.state,
        needs_person: incident.needs_person(),
        sentence: incident.sentence(),
        progress: incident.progress(),
        advice: incident.advice().to_owned(),
        device_name,
        noticed_at: row::moment(found, "noticed_at")?,
        since,
        mended_at: row::moment_or_none(found, "mended_at")?,
        closed_at: row::moment_or_none(found, "closed_at")?,
        closed_by: row::text(found, "closed_by_name")?,
        reason: row::text(found, "reason")?,
    })
}

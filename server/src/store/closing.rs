//! What is lacking of a count, as far as it is known here.
//!
//! Absent: what that means ([`shared::closing`]).

use super::{Error, ReadTx};
use rusqlite::{Connection, OptionalExtension, params};
use shared::{
    closing::{AwaitedDevice, Lacks, NAMED_MAX, OpenVisit, UNHEARD_MS},
    id::{CountId, SiteId},
    moment::Moment,
};

/// What is lacking of a count of the site; `None` where there is no such count.
///
/// # Errors
/// [`Error::Engine`].
pub fn find_lacks(tx: &ReadTx<'_>, site: SiteId, count: CountId) -> Result<Option<Lacks>, Error> {
    let conn = tx.conn();
    let created: Option<i64> = conn
        .prepare_cached("SELECT created_at FROM count WHERE count_id = $1 AND site_id = $2")?
        .query_row([count.0, site.0], |row| row.get("created_at"))
        .optional()?;
    let Some(created) = created else { return Ok(None) };
    let number = |sql: &str, id: i64| -> Result<u64, Error> {
        Ok(conn.prepare_cached(sql)?.query_row([id], |row| row.get::<_, i64>(0))?.unsigned_abs())
    };
    // one that was never heard of since the count was made does not know it
    let (devices, others): (Vec<_>, Vec<_>) =
        list_devices(conn, site, created)?.into_iter().partition(|device| device.waiting > 0);
    let unheard = others.into_iter().filter(|device| device.seen_at < tx.now().plus_ms(-UNHEARD_MS)).collect();
    Ok(Some(Lacks {
        tasks_open: number("SELECT count(*) FROM task WHERE count_id = $1 AND state = 'open'", count.0)?,
        bins: list_bins(conn, count)?,
        visits_open: number(
            "SELECT count(*) FROM sheet WHERE count_id = $1 AND close_seq IS NULL AND set_aside = 0",
            count.0,
        )?,
        visits: list_visits(conn, count)?,
        devices,
        unheard,
        marked: number(
            "SELECT count(*) FROM mark WHERE site_id = $1 AND state = 'open' AND mark <> 'needs_confirm'",
            site.0,
        )?,
    }))
}

fn list_bins(conn: &Connection, count: CountId) -> Result<Vec<String>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT l.code FROM task t JOIN location l ON l.location_id = t.location_id
             WHERE t.count_id = $1 AND t.state = 'open' ORDER BY l.walk_order, l.location_id, t.round LIMIT $2",
        )?
        .query_map(params![count.0, NAMED_MAX as i64], |row| row.get("code"))?
        .collect::<Result<_, _>>()?)
}

fn list_visits(conn: &Connection, count: CountId) -> Result<Vec<OpenVisit>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT l.code, coalesce(p.name, 'person ' || s.person_id) AS person, d.name AS device, s.opened_at
             FROM sheet s JOIN location l ON l.location_id = s.location_id JOIN device d ON d.device_id = s.device_id
             LEFT JOIN person p ON p.person_id = s.person_id
             WHERE s.count_id = $1 AND s.close_seq IS NULL AND s.set_aside = 0 ORDER BY s.opened_at, s.sheet_id LIMIT $2",
        )?
        .query_map(params![count.0, NAMED_MAX as i64], |row| {
            Ok(OpenVisit {
                bin: row.get("code")?,
                person: row.get("person")?,
                device: row.get("device")?,
                since: Moment(row.get("opened_at")?),
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// Handhelds that were heard of since an instant, or hold something they announced.
fn list_devices(conn: &Connection, site: SiteId, since: i64) -> Result<Vec<AwaitedDevice>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT d.name, s.waiting, s.seen_at FROM device d JOIN device_seen s ON s.device_id = d.device_id
             WHERE d.site_id = $1 AND d.revoked = 0 AND (s.waiting > 0 OR s.seen_at >= $2) ORDER BY d.name",
        )?
        .query_map([site.0, since], |row| {
            Ok(AwaitedDevice {
                device: row.get("name")?,
                waiting: row.get::<_, i64>("waiting")?.unsigned_abs(),
                seen_at: Moment(row.get("seen_at")?),
            })
        })?
        .collect::<Result<_, _>>()?)
}

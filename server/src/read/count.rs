//! Counts with how far they are.
//!
//! Absent: book quantities and variances; a lead may be blind.

use super::{row, task};
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::count::{CountDetail, CountRow};
use shared::id::{CountId, SiteId};

const COLUMNS: &str = "c.count_id, c.name, c.why, coalesce(p.name, '') AS created_by_name, c.created_at, c.closed_at,
    count(CASE WHEN t.state = 'open' THEN 1 END) AS tasks_open,
    count(CASE WHEN t.state = 'counting' THEN 1 END) AS tasks_counting,
    count(CASE WHEN t.state = 'counted' THEN 1 END) AS tasks_counted,
    count(CASE WHEN t.state = 'skipped' THEN 1 END) AS tasks_skipped,
    count(CASE WHEN t.state = 'cancelled' THEN 1 END) AS tasks_cancelled,
    count(CASE WHEN t.round > 1 THEN 1 END) AS tasks_recount
    FROM count c
    LEFT JOIN person p ON p.person_id = c.created_by
    LEFT JOIN task t ON t.count_id = c.count_id";

/// Counts of a site, newest first.
pub fn list(tx: &ReadTx<'_>, site: SiteId, limit: u32) -> Result<Vec<CountRow>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE c.site_id = $1 GROUP BY c.count_id ORDER BY c.created_at DESC, c.count_id DESC LIMIT $2"
    );
    row::all(tx.conn(), &sql, &[&site.0, &limit], read)
}

/// One count of a site.
pub fn find(tx: &ReadTx<'_>, site: SiteId, count: CountId) -> Result<Option<CountRow>, Error> {
    let sql = format!("SELECT {COLUMNS} WHERE c.site_id = $1 AND c.count_id = $2 GROUP BY c.count_id");
    row::first(tx.conn(), &sql, &[&site.0, &count.0], read)
}

/// One count with its tasks in walk order.
pub fn find_detail(tx: &ReadTx<'_>, site: SiteId, count: CountId, limit: u32) -> Result<Option<CountDetail>, Error> {
    let Some(row) = find(tx, site, count)? else { return Ok(None) };
    let tasks = task::list(tx, site, &task::TaskFilter { count: Some(count), ..Default::default() }, limit)?;
    Ok(Some(CountDetail { count: row, tasks }))
}

fn read(found: &Row<'_>) -> Result<CountRow, Error> {
    Ok(CountRow {
        id: CountId(row::integer(found, "count_id")?),
        name: row::text(found, "name")?,
        why: row::text(found, "why")?,
        created_by: row::text(found, "created_by_name")?,
        created_at: row::moment(found, "created_at")?,
        closed_at: row::moment_or_none(found, "closed_at")?,
        tasks_open: row::small(found, "tasks_open")?,
        tasks_counting: row::small(found, "tasks_counting")?,
        tasks_counted: row::small(found, "tasks_counted")?,
        tasks_skipped: row::small(found, "tasks_skipped")?,
        tasks_cancelled: row::small(found, "tasks_cancelled")?,
        tasks_recount: row::small(found, "tasks_recount")?,
    })
}

//! Locations in walk order, in pages, with the zones to choose from.
//!
//! Absent: what stands in them.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::master::{LocationPage, LocationRow};
use shared::id::{LocationId, SiteId};
use shared::location::LocationKind;

/// Which locations; what is `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub struct LocationFilter {
    /// Part of the code, or the whole barcode.
    pub text: Option<String>,
    /// In this zone.
    pub zone: Option<String>,
    /// Of this kind.
    pub kind: Option<LocationKind>,
    /// Behind this one in walk order.
    pub after: Option<LocationId>,
}

/// One page.
pub fn list(tx: &ReadTx<'_>, site: SiteId, filter: &LocationFilter, limit: u32) -> Result<LocationPage, Error> {
    let pattern = filter.text.as_deref().map(row::containing);
    let kind = filter.kind.map(LocationKind::word);
    let after = filter.after.map(|location| location.0);
    const WHERE: &str = "WHERE l.site_id = $1
        AND ($2 IS NULL OR l.code LIKE $2 ESCAPE '\\' OR l.barcode = $3)
        AND ($4 IS NULL OR l.zone = $4)
        AND ($5 IS NULL OR l.kind = $5)";
    let mut rows = row::all(
        tx.conn(),
        &format!(
            "SELECT l.location_id, l.code, l.zone, l.aisle, l.kind, l.walk_order, l.counted_at,
                    EXISTS (SELECT 1 FROM task t WHERE t.location_id = l.location_id AND t.state IN ('open', 'counting')) AS open_task
             FROM location l {WHERE}
               AND ($6 IS NULL OR (l.walk_order, l.location_id) > ((SELECT a.walk_order FROM location a WHERE a.location_id = $6), $6))
             ORDER BY l.walk_order, l.location_id LIMIT $7"
        ),
        &[&site.0, &pattern, &filter.text, &filter.zone, &kind, &after, &(limit + 1)],
        |found| {
            Ok(LocationRow {
                id: LocationId(row::integer(found, "location_id")?),
                code: row::text(found, "code")?,
                zone: row::text(found, "zone")?,
                aisle: row::text(found, "aisle")?,
                kind: row::word(found, "kind", LocationKind::parse)?,
                walk_order: row::integer(found, "walk_order")?,
                counted_at: row::moment_or_none(found, "counted_at")?,
                open_task: row::flag(found, "open_task")?,
            })
        },
    )?;
    let total = row::number(
        tx.conn(),
        &format!("SELECT count(*) FROM location l {WHERE}"),
        &[&site.0, &pattern, &filter.text, &filter.zone, &kind],
    )?;
    let zones = row::all(
        tx.conn(),
        "SELECT zone, count(*) AS locations FROM location WHERE site_id = $1 GROUP BY zone ORDER BY min(walk_order), zone",
        &[&site.0],
        |found| Ok((row::text(found, "zone")?, row::small(found, "locations")?)),
    )?;
    let has_more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if has_more {
        rows.pop();
    }
    let next = rows.last().filter(|_| has_more).map(|last| last.id.0);
    Ok(LocationPage { rows, total, next, zones })
}

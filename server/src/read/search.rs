//! Finds whose history to read: bins, items, people, handhelds and discrepancies by what people call them.

use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::history::{SearchHit, Subject};
use shared::id::SiteId;

/// One source of hits: `$1` the site, `$2` the text, `$3` what begins with it, `$4` what holds it, `$5` how many.
const SOURCES: [(Subject, &str); 6] = [
    (
        Subject::Location,
        "SELECT location_id AS id, code AS title, zone AS detail FROM location
         WHERE site_id = $1 AND (code LIKE $4 ESCAPE '\\' OR barcode = $2)
         ORDER BY CASE WHEN code LIKE $3 ESCAPE '\\' THEN 0 ELSE 1 END, walk_order LIMIT $5",
    ),
    (
        Subject::Item,
        "SELECT item_id AS id, sku AS title, description AS detail FROM item
         WHERE site_id = $1 AND (sku LIKE $3 ESCAPE '\\' OR description LIKE $4 ESCAPE '\\'
               OR item_id IN (SELECT item_id FROM barcode WHERE site_id = $1 AND barcode = $2))
         ORDER BY CASE WHEN sku = $2 THEN 0 WHEN sku LIKE $3 ESCAPE '\\' THEN 1 ELSE 2 END, sku LIMIT $5",
    ),
    (
        Subject::Person,
        "SELECT p.person_id AS id, p.name AS title, p.username AS detail FROM person p
         WHERE EXISTS (SELECT 1 FROM site_role r WHERE r.site_id = $1 AND r.person_id = p.person_id)
           AND (p.name LIKE $4 ESCAPE '\\' OR p.username LIKE $3 ESCAPE '\\') ORDER BY p.name LIMIT $5",
    ),
    (
        Subject::Device,
        "SELECT device_id AS id, name AS title, CASE WHEN revoked = 1 THEN 'revoked' ELSE '' END AS detail FROM device
         WHERE site_id = $1 AND name LIKE $4 ESCAPE '\\' AND $3 IS NOT NULL ORDER BY name LIMIT $5",
    ),
    (
        Subject::Task,
        "SELECT t.task_id AS id, 'Task in ' || l.code || ', round ' || t.round AS title, c.name AS detail
         FROM task t JOIN location l ON l.location_id = t.location_id JOIN count c ON c.count_id = t.count_id
         WHERE t.site_id = $1 AND (l.code = $2 OR c.name LIKE $3 ESCAPE '\\')
         ORDER BY t.changed_at DESC, t.task_id LIMIT $5",
    ),
    (
        Subject::Discrepancy,
        "SELECT d.discrepancy_id AS id, i.sku || ' in ' || l.code AS title, d.state AS detail
         FROM discrepancy d JOIN location l ON l.location_id = d.location_id JOIN item i ON i.item_id = d.item_id
         WHERE d.site_id = $1 AND (l.code LIKE $3 ESCAPE '\\' OR i.sku LIKE $3 ESCAPE '\\' OR d.lot = $2 OR d.serial = $2)
         ORDER BY d.opened_at DESC, d.discrepancy_id LIMIT $5",
    ),
];

/// Hits of every kind in turn, so that none crowds the others out.
pub fn list(tx: &ReadTx<'_>, site: SiteId, text: &str, limit: u32) -> Result<Vec<SearchHit>, Error> {
    let (begins, holds) = (row::beginning(text), row::containing(text));
    let mut found = Vec::new();
    for (subject, sql) in SOURCES {
        // every source has all five parameters, so that one list of values serves them all
        let sql = format!("WITH given (site, said, begins, holds) AS (SELECT $1, $2, $3, $4) {sql}");
        let hits = row::all(tx.conn(), &sql, &[&site.0, &text, &begins, &holds, &limit], |hit: &Row<'_>| {
            Ok(SearchHit {
                subject,
                id: row::integer(hit, "id")?,
                title: row::text(hit, "title")?,
                detail: row::text(hit, "detail")?,
            })
        })?;
        found.push(hits.into_iter());
    }
    let mut hits = Vec::new();
    loop {
        let before = hits.len();
        hits.extend(found.iter_mut().filter_map(Iterator::next));
        if hits.len() == before || hits.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            break;
        }
    }
    hits.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(hits)
}

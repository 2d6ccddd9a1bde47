//! Finds whose history to read: bins, items, people, handhelds and discrepancies by what people call them.

use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::history::{SearchHit, Subject};
use shared::id::SiteId;

/// What is asked, as one row that every source reads.
const GIVEN: &str = "WITH given (site, said, begins, holds, most) AS (SELECT $1, $2, $3, $4, $5)";

/// The sources of hits.
const SOURCES: [(Subject, &str); 6] = [
    (
        Subject::Location,
        "SELECT l.location_id AS id, l.code AS title, l.zone AS detail FROM given g JOIN location l ON l.site_id = g.site
         WHERE l.code LIKE g.holds ESCAPE '\\' OR l.barcode = g.said
         ORDER BY CASE WHEN l.code LIKE g.begins ESCAPE '\\' THEN 0 ELSE 1 END, l.walk_order LIMIT (SELECT most FROM given)",
    ),
    (
        Subject::Item,
        "SELECT i.item_id AS id, i.sku AS title, i.description AS detail FROM given g JOIN item i ON i.site_id = g.site
         WHERE i.sku LIKE g.begins ESCAPE '\\' OR i.description LIKE g.holds ESCAPE '\\'
            OR i.item_id IN (SELECT b.item_id FROM given h JOIN barcode b ON b.site_id = h.site AND b.barcode = h.said)
         ORDER BY CASE WHEN i.sku = g.said THEN 0 WHEN i.sku LIKE g.begins ESCAPE '\\' THEN 1 ELSE 2 END, i.sku
         LIMIT (SELECT most FROM given)",
    ),
    (
        Subject::Person,
        "SELECT DISTINCT p.person_id AS id, p.name AS title, p.username AS detail
         FROM given g JOIN site_role r ON r.site_id = g.site JOIN person p ON p.person_id = r.person_id
         WHERE p.name LIKE g.holds ESCAPE '\\' OR p.username LIKE g.begins ESCAPE '\\'
         ORDER BY p.name, p.person_id LIMIT (SELECT most FROM given)",
    ),
    (
        Subject::Device,
        "SELECT d.device_id AS id, d.name AS title, CASE WHEN d.revoked = 1 THEN 'revoked' ELSE '' END AS detail
         FROM given g JOIN device d ON d.site_id = g.site WHERE d.name LIKE g.holds ESCAPE '\\'
         ORDER BY d.name LIMIT (SELECT most FROM given)",
    ),
    (
        Subject::Task,
        "SELECT t.task_id AS id, 'Task in ' || l.code || ', round ' || t.round AS title, c.name AS detail
         FROM given g JOIN task t ON t.site_id = g.site
         JOIN location l ON l.location_id = t.location_id JOIN count c ON c.count_id = t.count_id
         WHERE l.code = g.said OR c.name LIKE g.begins ESCAPE '\\'
         ORDER BY t.changed_at DESC, t.task_id LIMIT (SELECT most FROM given)",
    ),
    (
        Subject::Discrepancy,
        "SELECT d.discrepancy_id AS id, i.sku || ' in ' || l.code AS title, d.state AS detail
         FROM given g JOIN discrepancy d ON d.site_id = g.site
         JOIN location l ON l.location_id = d.location_id JOIN item i ON i.item_id = d.item_id
         WHERE l.code LIKE g.begins ESCAPE '\\' OR i.sku LIKE g.begins ESCAPE '\\' OR d.lot = g.said OR d.serial = g.said
         ORDER BY d.opened_at DESC, d.discrepancy_id LIMIT (SELECT most FROM given)",
    ),
];

/// Hits of every kind in turn, so that none crowds the others out.
pub fn list(tx: &ReadTx<'_>, site: SiteId, text: &str, limit: u32) -> Result<Vec<SearchHit>, Error> {
    let (begins, holds) = (row::beginning(text), row::containing(text));
    let mut found = Vec::new();
    for (subject, sql) in SOURCES {
        let sql = format!("{GIVEN} {sql}");
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

//! Findings: what was noticed and blocks nobody.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::master::FindingRow;
use shared::id::{FindingId, PersonId, SiteId};

/// Findings of a site, newest first.
pub fn list(tx: &ReadTx<'_>, site: SiteId, limit: u32) -> Result<Vec<FindingRow>, Error> {
    row::all(
        tx.conn(),
        "SELECT f.finding_id, f.kind, f.sentence, coalesce(l.code, '') AS location_code, coalesce(i.sku, '') AS sku, f.person_id, f.at
         FROM finding f
         LEFT JOIN location l ON l.location_id = f.location_id
         LEFT JOIN item i ON i.item_id = f.item_id
         WHERE f.site_id = $1 ORDER BY f.at DESC, f.finding_id DESC LIMIT $2",
        &[&site.0, &limit],
        |found| {
            let person: Option<i64> = found.get("person_id")?;
            Ok(FindingRow {
                id: FindingId(row::integer(found, "finding_id")?),
                kind: row::text(found, "kind")?,
                sentence: row::text(found, "sentence")?,
                location_code: row::text(found, "location_code")?,
                sku: row::text(found, "sku")?,
                person: person.map(PersonId),
                at: row::moment(found, "at")?,
            })
        },
    )
}

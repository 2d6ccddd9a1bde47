//! The queue of discrepancies, worst value first.
//!
//! Absent: the page of one (see [`super::evidence`]). Whoever reads here holds `SeeBooks`.

use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::discrepancy::{DiscrepancyPage, DiscrepancyRow, DiscrepancyState, VarianceKind};
use shared::id::{CountId, DiscrepancyId, SiteId};
use shared::money::Money;

/// Which discrepancies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// That somebody has to do something about.
    #[default]
    Open,
    /// That nobody has to.
    Settled,
    /// All.
    All,
}

/// Which discrepancies; what is `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub struct DiscrepancyFilter {
    /// By where they stand.
    pub standing: Standing,
    /// Part of the bin's code, the SKU or the description; or the lot or serial.
    pub text: Option<String>,
    /// Behind this one.
    pub after: Option<DiscrepancyId>,
}

const FROM: &str = "FROM discrepancy d
    JOIN location l ON l.location_id = d.location_id
    JOIN item i ON i.item_id = d.item_id
    JOIN count c ON c.count_id = d.count_id
    LEFT JOIN person p ON p.person_id = d.owner_id";

const COLUMNS: &str = "d.discrepancy_id, d.state, l.code, i.sku, i.description, i.unit, d.lot, d.serial, d.count_id,
    c.name AS count_name, d.rounds, d.counted_micro, d.book_micro, d.variance_micro, d.value_micro, d.kind, d.rule,
    d.opened_at, d.due_at, coalesce(p.name, '') AS owner_name";

/// Known values by their magnitude; unknown ones behind them by units. Unknown is not zero: the page says how many.
fn rank(of: &str) -> String {
    format!(
        "CASE WHEN {of}.value_micro IS NULL THEN -1 ELSE abs({of}.value_micro) END, abs({of}.variance_micro), -{of}.discrepancy_id"
    )
}

/// One page.
pub fn list(tx: &ReadTx<'_>, site: SiteId, filter: &DiscrepancyFilter, limit: u32) -> Result<DiscrepancyPage, Error> {
    let is_open = match filter.standing {
        Standing::All => None,
        Standing::Open => Some(1),
        Standing::Settled => Some(0),
    };
    let holds = filter.text.as_deref().map(row::containing);
    let after = filter.after.map(|id| id.0);
    let narrowed = "WHERE d.site_id = $1
        AND ($2 IS NULL OR (d.state IN ('recounting', 'confirmed', 'escalated', 'awaiting_approval', 'half_approved')) = $2)
        AND ($3 IS NULL OR l.code LIKE $4 ESCAPE '\\' OR i.sku LIKE $4 ESCAPE '\\' OR i.description LIKE $4 ESCAPE '\\'
             OR d.lot = $3 OR d.serial = $3)";
    let (ranked, behind) = (rank("d"), rank("a"));
    let rows = row::all(
        tx.conn(),
        &format!(
            "SELECT {COLUMNS} {FROM} {narrowed}
               AND ($5 IS NULL OR ({ranked}) < (SELECT {behind} FROM discrepancy a WHERE a.discrepancy_id = $5))
             ORDER BY CASE WHEN d.value_micro IS NULL THEN -1 ELSE abs(d.value_micro) END DESC, abs(d.variance_micro) DESC, d.discrepancy_id
             LIMIT $6"
        ),
        &[&site.0, &is_open, &filter.text, &holds, &after, &limit],
        read,
    )?;
    let sums = row::first(
        tx.conn(),
        &format!(
            "SELECT count(*) AS total, coalesce(sum(abs(d.value_micro)), 0) AS value_total,
                    count(CASE WHEN d.value_micro IS NULL THEN 1 END) AS value_unknown {FROM} {narrowed}"
        ),
        &[&site.0, &is_open, &filter.text, &holds],
        |found| {
            Ok((
                row::small::<u64>(found, "total")?,
                Money::from_micro(row::integer(found, "value_total")?),
                row::small::<u64>(found, "value_unknown")?,
            ))
        },
    )?;
    let (total, value_total, value_unknown) = sums.unwrap_or_default();
    Ok(DiscrepancyPage { rows, total, value_total, value_unknown })
}

/// One of a site.
pub fn find(tx: &ReadTx<'_>, site: SiteId, id: DiscrepancyId) -> Result<Option<DiscrepancyRow>, Error> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE d.site_id = $1 AND d.discrepancy_id = $2");
    row::first(tx.conn(), &sql, &[&site.0, &id.0], read)
}

fn read(found: &Row<'_>) -> Result<DiscrepancyRow, Error> {
    Ok(DiscrepancyRow {
        id: DiscrepancyId(row::integer(found, "discrepancy_id")?),
        state: row::word(found, "state", DiscrepancyState::parse)?,
        location_code: row::text(found, "code")?,
        sku: row::text(found, "sku")?,
        description: row::text(found, "description")?,
        unit: row::text(found, "unit")?,
        lot: row::text(found, "lot")?,
        serial: row::text(found, "serial")?,
        count: CountId(row::integer(found, "count_id")?),
        count_name: row::text(found, "count_name")?,
        rounds: row::small(found, "rounds")?,
        counted: row::quantity(found, "counted_micro")?,
        book: row::quantity(found, "book_micro")?,
        variance: row::quantity(found, "variance_micro")?,
        value: row::money_or_none(found, "value_micro")?,
        kind: row::word(found, "kind", VarianceKind::parse)?,
        rule: row::text(found, "rule")?,
        opened_at: row::moment(found, "opened_at")?,
        due_at: row::moment(found, "due_at")?,
        owner_name: row::text(found, "owner_name")?,
    })
}

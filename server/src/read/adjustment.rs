//! Adjustments: what approved discrepancies posted, and how far the hand-over to the other system is.

use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::discrepancy::{AdjustmentRow, DiscrepancyState};
use shared::fact::MovementKind;
use shared::id::{DiscrepancyId, MovementId, PersonId, SiteId};

/// Which adjustments, by how far they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// In the ledger, not handed over.
    #[default]
    Posted,
    /// Handed over, not acknowledged.
    Exported,
    /// The other system has them.
    Acknowledged,
    /// All.
    All,
}

/// Adjustments of a site, newest first.
pub fn list(tx: &ReadTx<'_>, site: SiteId, stage: Stage, limit: u32) -> Result<Vec<AdjustmentRow>, Error> {
    let stage = match stage {
        Stage::Posted => Some(0),
        Stage::Exported => Some(1),
        Stage::Acknowledged => Some(2),
        Stage::All => None,
    };
    let sql = format!(
        "SELECT * FROM ({POSTED}) AS posted WHERE $2 IS NULL OR stage = $2 ORDER BY recorded_at DESC, movement_id DESC LIMIT $3"
    );
    row::all(tx.conn(), &sql, &[&site.0, &stage, &limit], read)
}

/// The adjustments of one hand-over, in the order of their numbers; none for an empty name.
pub fn list_batch(tx: &ReadTx<'_>, site: SiteId, batch: &str) -> Result<Vec<AdjustmentRow>, Error> {
    let sql = format!("SELECT * FROM ({POSTED}) AS posted WHERE $2 <> '' AND batch = $2 ORDER BY movement_id");
    row::all(tx.conn(), &sql, &[&site.0, &batch], read)
}

/// Every adjustment of a site with the decision that made it and how far it is. A transfer is two, one a leg.
const POSTED: &str = "
    SELECT m.movement_id, d.discrepancy_id, d.state, m.kind, l.code, i.sku, m.lot, m.serial, m.quantity_micro, i.unit_cost_micro,
           m.effective_at, m.recorded_at, n.reason, n.note, n.person_id, coalesce(p.name, '') AS person_name, d.batch,
           CASE WHEN EXISTS (SELECT 1 FROM decision a WHERE a.discrepancy_id = d.discrepancy_id AND a.what = 'acknowledged') THEN 2
                WHEN d.batch <> '' THEN 1 ELSE 0 END AS stage
    FROM discrepancy d
    JOIN movement m ON m.movement_id = d.movement_id
    JOIN location l ON l.location_id = m.location_id
    JOIN item i ON i.item_id = m.item_id
    LEFT JOIN decision n ON n.discrepancy_id = d.discrepancy_id AND n.position = (
        SELECT max(z.position) FROM decision z WHERE z.discrepancy_id = d.discrepancy_id AND z.what IN ('approved', 'paired'))
    LEFT JOIN person p ON p.person_id = n.person_id
    WHERE d.site_id = $1";

fn read(found: &Row<'_>) -> Result<AdjustmentRow, Error> {
    let quantity = row::quantity(found, "quantity_micro")?;
    let unit_cost = row::money_or_none(found, "unit_cost_micro")?;
    let value = unit_cost.map(|cost| shared::money::Money::of(quantity, cost)).transpose()?;
    let reason: Option<String> = found.get("reason")?;
    let note: Option<String> = found.get("note")?;
    let approved_by: Option<i64> = found.get("person_id")?;
    Ok(AdjustmentRow {
        movement: MovementId(row::integer(found, "movement_id")?),
        discrepancy: Some(DiscrepancyId(row::integer(found, "discrepancy_id")?)),
        state: row::word(found, "state", DiscrepancyState::parse)?,
        kind: row::word(found, "kind", MovementKind::parse)?,
        location_code: row::text(found, "code")?,
        sku: row::text(found, "sku")?,
        lot: row::text(found, "lot")?,
        serial: row::text(found, "serial")?,
        quantity,
        value,
        effective_at: row::moment(found, "effective_at")?,
        reason: reason.unwrap_or_default(),
        note: note.unwrap_or_default(),
        approved_by: approved_by.map(PersonId),
        approved_by_name: row::text(found, "person_name")?,
        posted_at: row::moment(found, "recorded_at")?,
        batch: row::text(found, "batch")?,
    })
}

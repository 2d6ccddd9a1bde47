//! The ledger: movements as other systems told them, statements, and what either does to counts that were already judged.
//!
//! Absent: adjustments of approved counts; they enter the ledger through [`record`] like every other movement, but are
//! decided in [`super::decision`].

use super::{
    place::{self, Why},
    trace::{Finding, finding},
    words,
};
use crate::store::{Error, Header, WriteTx};
use rusqlite::params;
use shared::{
    fact::{MovementKind, MovementRow, StatementRow},
    id::{LocationId, MovementId},
    key::StockKey,
    moment::Moment,
    quantity::Quantity,
};
use std::collections::BTreeMap;

/// A movement about to enter the ledger.
pub(super) struct NewMovement<'a> {
    pub id: MovementId,
    pub key: &'a StockKey,
    pub quantity: Quantity,
    pub kind: MovementKind,
    pub effective_at: Moment,
    pub source: &'a str,
    pub reference: &'a str,
}

/// Puts one movement into the ledger. A reference of the same source that is there already changes nothing.
pub(super) fn record(tx: &WriteTx<'_>, header: &Header, new: &NewMovement<'_>) -> Result<bool, Error> {
    let rows = tx
        .conn()
        .prepare_cached(
            "INSERT INTO movement (movement_id, site_id, location_id, item_id, lot, serial, quantity_micro, kind,
                effective_at, recorded_at, source, reference, fact_position)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (site_id, source, reference) DO NOTHING",
        )?
        .execute(params![
            new.id.0,
            header.site.0,
            new.key.location.0,
            new.key.what.item.0,
            new.key.what.lot,
            new.key.what.serial,
            new.quantity.micro(),
            new.kind.word(),
            new.effective_at.0,
            header.recorded_at.0,
            new.source,
            new.reference,
            header.position.0,
        ])?;
    Ok(rows == 1)
}

pub(super) fn movements(
    tx: &mut WriteTx<'_>,
    header: &Header,
    source: &str,
    rows: &[MovementRow],
) -> Result<(), Error> {
    let mut touched = BTreeMap::new();
    for row in rows {
        let new = NewMovement {
            id: row.id,
            key: &row.key,
            quantity: row.quantity,
            kind: row.kind,
            effective_at: row.effective_at,
            source,
            reference: &row.reference,
        };
        if record(tx, header, &new)? {
            earliest(&mut touched, row.key.location, row.effective_at);
        }
    }
    moved(tx, header, &touched)
}

/// Figures of another system as of an instant. A key without an earlier movement opens with the figure; for any other
/// the difference to the ledger becomes a correction effective at that instant, and a finding: two systems disagreed.
///
/// # Source
/// `DOMAIN.md` section 2.
pub(super) fn statement(
    tx: &mut WriteTx<'_>,
    header: &Header,
    (source, as_of): (&str, Moment),
    rows: &[StatementRow],
) -> Result<(), Error> {
    let mut touched = BTreeMap::new();
    let mut corrected = 0_usize;
    let mut example = None;
    for row in rows {
        let (book, moved_before) = book_at(tx, &row.key, as_of)?;
        let difference = row.quantity.minus(book)?;
        if difference.is_zero() {
            continue;
        }
        let kind = if moved_before { MovementKind::StatementCorrection } else { MovementKind::Opening };
        let reference = format!("statement {} {}", header.position.0, row.movement);
        record(
            tx,
            header,
            &NewMovement {
                id: row.movement,
                key: &row.key,
                quantity: difference,
                kind,
                effective_at: as_of,
                source,
                reference: &reference,
            },
        )?;
        earliest(&mut touched, row.key.location, as_of);
        if moved_before {
            corrected += 1;
            example.get_or_insert((row, book, difference));
        }
    }
    if let Some((row, book, difference)) = example {
        let (sku, code) = (words::item(tx.conn(), row.key.what.item)?, words::location(tx.conn(), row.key.location)?);
        let others = match corrected {
            1 => String::new(),
            more => format!(" {} more figures of the same statement differed as well.", more - 1),
        };
        let sentence = format!(
            "{source} says {} of {sku} in {code} as of {as_of}, the ledger says {book}; corrected by {difference}.{others}",
            row.quantity
        );
        let (location, item) = (Some(row.key.location), Some(row.key.what.item));
        let at = header.recorded_at;
        finding(tx, header, &Finding { kind: "statement_correction", sentence, location, item, person: None, at })?;
    }
    moved(tx, header, &touched)
}

/// The book of a key at an instant, and whether it ever moved until then.
fn book_at(tx: &WriteTx<'_>, key: &StockKey, instant: Moment) -> Result<(Quantity, bool), Error> {
    let (sum, number): (i64, i64) = tx
        .conn()
        .prepare_cached(
            "SELECT coalesce(sum(quantity_micro), 0) AS book, count(*) AS number FROM movement
             WHERE location_id = $1 AND item_id = $2 AND lot = $3 AND serial = $4 AND effective_at <= $5",
        )?
        .query_row(params![key.location.0, key.what.item.0, key.what.lot, key.what.serial, instant.0], |row| {
            Ok((row.get("book")?, row.get("number")?))
        })?;
    Ok((Quantity::from_micro(sum), number > 0))
}

pub(super) fn earliest(touched: &mut BTreeMap<LocationId, Moment>, location: LocationId, at: Moment) {
    touched.entry(location).and_modify(|first: &mut Moment| *first = (*first).min(at)).or_insert(at);
}

/// Judges again every place whose windows a movement may have entered: those not over before it happened.
pub(super) fn moved(
    tx: &mut WriteTx<'_>,
    header: &Header,
    touched: &BTreeMap<LocationId, Moment>,
) -> Result<(), Error> {
    tx.changed(header.site, "master", header.position);
    for (location, since) in touched {
        for count in place::counts_since(tx, *location, *since)? {
            place::judge_place(tx, header, count, *location, Why::Movement)?;
        }
    }
    Ok(())
}

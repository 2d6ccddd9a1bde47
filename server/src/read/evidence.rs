//! The page of one discrepancy: rounds, movements around the scans, decisions, hints and pairs.
//!
//! Absent: deciding, and who may (`action/approve.rs`). Whoever reads here holds `SeeBooks`.

use super::{discrepancy, row};
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::discrepancy::{DecisionLine, DiscrepancyDetail, PairingOffer, RoundEvidence, VarianceKind};
use shared::api::master::MovementLine;
use shared::fact::MovementKind;
use shared::hint;
use shared::id::{CountId, DeviceId, DiscrepancyId, ItemId, LocationId, PersonId, SiteId};
use shared::key::ItemKey;
use shared::moment::{Moment, Window};
use shared::money::Money;
use shared::pairing::{self, Candidate};
use shared::quantity::Quantity;

/// The key that a discrepancy is about, and what else its page needs of the row.
struct About {
    count: CountId,
    location: LocationId,
    what: ItemKey,
    rounds: i64,
    scanned_at: Moment,
    evidence: String,
    unit_cost: Option<Money>,
}

/// The page, without why somebody may not approve.
pub fn find_detail(
    tx: &ReadTx<'_>,
    site: SiteId,
    id: DiscrepancyId,
    movements_max: u32,
) -> Result<Option<DiscrepancyDetail>, Error> {
    let Some(row) = discrepancy::find(tx, site, id)? else { return Ok(None) };
    let Some(about) = find_about(tx, id)? else { return Ok(None) };
    let factors: Vec<(String, Quantity)> = row::all(
        tx.conn(),
        "SELECT barcode, pack_factor_micro FROM barcode WHERE item_id = $1 ORDER BY barcode",
        &[&about.what.item.0],
        |found| Ok((row::text(found, "barcode")?, row::quantity(found, "pack_factor_micro")?)),
    )?;
    let packs: Vec<Quantity> = factors.iter().map(|(_, factor)| *factor).collect();
    let codes: Vec<&str> = factors.iter().map(|(code, _)| code.as_str()).collect();
    let hints = hint::hints(row.counted, row.book, &packs, &codes);
    Ok(Some(DiscrepancyDetail {
        movements: list_movements(tx, &about, movements_max)?,
        decisions: list_decisions(tx, id)?,
        hints: hints.iter().map(ToString::to_string).collect(),
        pairings: if row.state.is_open() { list_pairings(tx, site, id)? } else { Vec::new() },
        recount_task: find_recount(tx, &about)?,
        approve_refusal: None,
        unit_cost: about.unit_cost,
        rounds: list_rounds(tx, &about)?,
        evidence: about.evidence,
        row,
    }))
}

fn find_about(tx: &ReadTx<'_>, id: DiscrepancyId) -> Result<Option<About>, Error> {
    row::first(
        tx.conn(),
        "SELECT d.count_id, d.location_id, d.item_id, d.lot, d.serial, d.rounds, d.scanned_at, d.evidence, i.unit_cost_micro
         FROM discrepancy d JOIN item i ON i.item_id = d.item_id
         WHERE d.discrepancy_id = $1",
        &[&id.0],
        |found| {
            Ok(About {
                count: CountId(row::integer(found, "count_id")?),
                location: LocationId(row::integer(found, "location_id")?),
                what: read_key(found)?,
                rounds: row::integer(found, "rounds")?,
                scanned_at: row::moment(found, "scanned_at")?,
                evidence: row::text(found, "evidence")?,
                unit_cost: row::money_or_none(found, "unit_cost_micro")?,
            })
        },
    )
}

fn read_key(found: &Row<'_>) -> Result<ItemKey, Error> {
    Ok(ItemKey {
        item: ItemId(row::integer(found, "item_id")?),
        lot: row::text(found, "lot")?,
        serial: row::text(found, "serial")?,
    })
}

fn list_rounds(tx: &ReadTx<'_>, about: &About) -> Result<Vec<RoundEvidence>, Error> {
    let rounds = row::all(
        tx.conn(),
        "SELECT round, counted_micro, implied_zero, book_micro, variance_micro, kind, window_from, window_to, book_from_micro,
                book_to_micro, people, devices, scanned_at, received_at, merged
         FROM variance
         WHERE count_id = $1 AND location_id = $2 AND item_id = $3 AND lot = $4 AND serial = $5 ORDER BY round",
        &[&about.count.0, &about.location.0, &about.what.item.0, &about.what.lot, &about.what.serial],
        |found| {
            let ends = (row::quantity_or_none(found, "book_from_micro")?, row::quantity_or_none(found, "book_to_micro")?);
            let evidence = RoundEvidence {
                round: row::small(found, "round")?,
                counted: row::quantity(found, "counted_micro")?,
                implied_zero: row::flag(found, "implied_zero")?,
                book: row::quantity(found, "book_micro")?,
                variance: row::quantity(found, "variance_micro")?,
                kind: row::word(found, "kind", VarianceKind::parse)?,
                window: Window { from: row::moment(found, "window_from")?, to: row::moment(found, "window_to")? },
                book_ends: ends.0.zip(ends.1),
                counters: Vec::new(),
                devices: Vec::new(),
                scanned_at: row::moment(found, "scanned_at")?,
                received_at: row::moment(found, "received_at")?,
                merged: row::text(found, "merged")?,
            };
            Ok((evidence, row::json::<Vec<PersonId>>(found, "people")?, row::json::<Vec<DeviceId>>(found, "devices")?))
        },
    )?;
    let mut named = Vec::with_capacity(rounds.len());
    for (mut evidence, people, devices) in rounds {
        for person in people {
            evidence.counters.push(name(tx, "SELECT name FROM person WHERE person_id = $1", "person", person.0)?);
        }
        for device in devices {
            evidence.devices.push(name(tx, "SELECT name FROM device WHERE device_id = $1", "handheld", device.0)?);
        }
        named.push(evidence);
    }
    Ok(named)
}

fn name(tx: &ReadTx<'_>, sql: &str, what: &str, id: i64) -> Result<String, Error> {
    let known = row::first(tx.conn(), sql, &[&id], |found| row::text(found, "name"))?;
    Ok(known.unwrap_or_else(|| format!("{what} {id}")))
}

/// The movements of the key nearest to the scan, oldest first, each with the book right after it.
fn list_movements(tx: &ReadTx<'_>, about: &About, movements_max: u32) -> Result<Vec<MovementLine>, Error> {
    let mut lines = row::all(
        tx.conn(),
        "SELECT * FROM (
             SELECT kind, quantity_micro, effective_at, recorded_at, source, reference, movement_id,
                    sum(quantity_micro) OVER (ORDER BY effective_at, movement_id) AS book_after_micro
             FROM movement WHERE location_id = $1 AND item_id = $2 AND lot = $3 AND serial = $4) AS ledger
         ORDER BY abs(effective_at - $5), movement_id DESC LIMIT $6",
        &[
            &about.location.0,
            &about.what.item.0,
            &about.what.lot,
            &about.what.serial,
            &about.scanned_at.0,
            &movements_max,
        ],
        |found| Ok((row::integer(found, "movement_id")?, read_movement(found)?)),
    )?;
    lines.sort_by_key(|(id, line)| (line.effective_at, *id));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn read_movement(found: &Row<'_>) -> Result<MovementLine, Error> {
    Ok(MovementLine {
        kind: row::word(found, "kind", MovementKind::parse)?,
        quantity: row::quantity(found, "quantity_micro")?,
        effective_at: row::moment(found, "effective_at")?,
        recorded_at: row::moment(found, "recorded_at")?,
        source: row::text(found, "source")?,
        reference: row::text(found, "reference")?,
        book_after: row::quantity(found, "book_after_micro")?,
    })
}

fn list_decisions(tx: &ReadTx<'_>, id: DiscrepancyId) -> Result<Vec<DecisionLine>, Error> {
    row::all(
        tx.conn(),
        "SELECT n.at, coalesce(p.name, '') AS person_name, n.what, coalesce(r.label, n.reason) AS reason, n.note
         FROM decision n
         JOIN discrepancy d ON d.discrepancy_id = n.discrepancy_id
         LEFT JOIN person p ON p.person_id = n.person_id
         LEFT JOIN reason r ON r.site_id = d.site_id AND r.code = n.reason
         WHERE n.discrepancy_id = $1 ORDER BY n.position",
        &[&id.0],
        |found| {
            Ok(DecisionLine {
                at: row::moment(found, "at")?,
                person_name: row::text(found, "person_name")?,
                what: row::text(found, "what")?,
                reason: row::text(found, "reason")?,
                note: row::text(found, "note")?,
            })
        },
    )
}

fn list_pairings(tx: &ReadTx<'_>, site: SiteId, id: DiscrepancyId) -> Result<Vec<PairingOffer>, Error> {
    // only what is the same item, or stands in the same bin, can be the other half
    let candidates = row::all(
        tx.conn(),
        "SELECT o.discrepancy_id, o.location_id, l.code, l.zone, o.item_id, o.lot, o.serial, i.sku, o.variance_micro, o.kind, o.scanned_at
         FROM discrepancy d
         JOIN discrepancy o ON o.site_id = d.site_id AND (o.item_id = d.item_id OR o.location_id = d.location_id)
         JOIN location l ON l.location_id = o.location_id
         JOIN item i ON i.item_id = o.item_id
         WHERE d.discrepancy_id = $1 AND d.site_id = $2
           AND (o.discrepancy_id = d.discrepancy_id
                OR o.state IN ('recounting', 'confirmed', 'escalated', 'awaiting_approval', 'half_approved'))
         ORDER BY o.discrepancy_id",
        &[&id.0, &site.0],
        |found| {
            Ok(Candidate {
                discrepancy: DiscrepancyId(row::integer(found, "discrepancy_id")?),
                location: LocationId(row::integer(found, "location_id")?),
                location_code: row::text(found, "code")?,
                zone: row::text(found, "zone")?,
                what: read_key(found)?,
                sku: row::text(found, "sku")?,
                variance: row::quantity(found, "variance_micro")?,
                kind: row::word(found, "kind", VarianceKind::parse)?,
                scanned_at: row::moment(found, "scanned_at")?,
            })
        },
    )?;
    let (this, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| candidate.discrepancy == id);
    let Some(this) = this.first() else { return Ok(Vec::new()) };
    let offers = pairing::offers(this, &others);
    Ok(offers
        .into_iter()
        .map(|offer| PairingOffer { other: offer.other, confidence: offer.confidence, sentence: offer.sentence })
        .collect())
}

/// Who counts it again now, in words.
fn find_recount(tx: &ReadTx<'_>, about: &About) -> Result<Option<String>, Error> {
    row::first(
        tx.conn(),
        "SELECT t.round, t.state, t.why, coalesce(p.name, '') AS name
         FROM task t LEFT JOIN person p ON p.person_id = t.assignee_id
         WHERE t.count_id = $1 AND t.location_id = $2 AND t.round > $3 AND t.state IN ('open', 'counting')
         ORDER BY t.round DESC LIMIT 1",
        &[&about.count.0, &about.location.0, &about.rounds],
        |found| {
            let (round, why, name) =
                (row::integer(found, "round")?, row::text(found, "why")?, row::text(found, "name")?);
            let whom = if name.is_empty() { "anybody who has not counted it".to_owned() } else { name };
            let begun = if row::text(found, "state")? == "counting" { ", begun" } else { "" };
            Ok(format!("Round {round}: {whom}{begun}. {why}").trim_end().to_owned())
        },
    )
}

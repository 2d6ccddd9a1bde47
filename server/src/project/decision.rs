//! What supervisors decided about discrepancies, and the movements that follow.
//!
//! Deciding twice is deciding once. Absent: whether they were allowed to; the action asked before it appended the fact.

use super::{
    known, ledger,
    place::{self, Why},
    trace::history,
};
use crate::store::{
    Error, Header, WriteTx,
    discrepancy::{self, DiscrepancyRow},
};
use rusqlite::params;
use shared::{
    api::{discrepancy::DiscrepancyState, history::Subject},
    approval::{ApprovalStep, Case, may_approve},
    fact::MovementKind,
    id::{DiscrepancyId, MovementId, PersonId},
    quantity::Quantity,
};
use std::collections::BTreeMap;

/// The source of movements that counts made.
pub const SOURCE: &str = "trueup";

/// A step in the life of a discrepancy, about to be written.
struct Step<'a> {
    what: &'a str,
    reason: &'a str,
    note: &'a str,
}

fn record(tx: &mut WriteTx<'_>, header: &Header, row: &DiscrepancyRow, step: &Step<'_>) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO decision (discrepancy_id, position, what, person_id, at, reason, note, evidence)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )?
        .execute(params![
            row.id.0,
            header.position.0,
            step.what,
            header.actor.map(|person| person.0),
            header.recorded_at.0,
            step.reason,
            step.note,
            row.evidence,
        ])?;
    tx.changed(header.site, "discrepancy", header.position);
    history(tx, header, Subject::Discrepancy, row.id.0)?;
    history(tx, header, Subject::Item, row.key.what.item.0)?;
    history(tx, header, Subject::Location, row.key.location.0)?;
    if let Some(person) = header.actor {
        history(tx, header, Subject::Person, person.0)?;
    }
    Ok(())
}

fn open(tx: &WriteTx<'_>, id: DiscrepancyId) -> Result<Option<DiscrepancyRow>, Error> {
    Ok(discrepancy::find(tx.conn(), id)?.filter(|row| !row.state.is_decided()))
}

pub(super) fn approved(
    tx: &mut WriteTx<'_>,
    header: &Header,
    id: DiscrepancyId,
    (reason, note): (&str, &str),
    movement: MovementId,
) -> Result<(), Error> {
    let Some(row) = open(tx, id)? else { return Ok(()) };
    let earlier = discrepancy::list_approvals(tx.conn(), id, &row.evidence)?;
    record(tx, header, &row, &Step { what: "approved", reason, note })?;
    if step(tx, header, &row, &earlier)? == ApprovalStep::FirstOfTwo {
        return discrepancy::put(tx.conn(), &DiscrepancyRow { state: DiscrepancyState::HalfApproved, ..row });
    }
    post(tx, header, row, DiscrepancyState::Posted, (movement, MovementKind::CountAdjustment), None)
}

/// What this approval does, by the same rule that allowed it. What the policy posts by itself needs nobody.
fn step(
    tx: &mut WriteTx<'_>,
    header: &Header,
    row: &DiscrepancyRow,
    earlier: &[PersonId],
) -> Result<ApprovalStep, Error> {
    let (Some(person), Some(count)) = (header.actor, known::count(tx, row.count)?) else {
        return Ok(ApprovalStep::Posts);
    };
    let case = Case {
        person,
        limit: None,
        counted_by: &[],
        typed_by: &[],
        value: row.value,
        earlier_approvals: earlier,
        dual_above: count.policy.dual_above,
        state: row.state,
    };
    // a second approval by the same person changes nothing: it is still the first of two
    Ok(may_approve(&case).unwrap_or(ApprovalStep::FirstOfTwo))
}

/// Puts the variance into the ledger as of the scan: a difference, so that what moved later stays as it is.
fn post(
    tx: &mut WriteTx<'_>,
    header: &Header,
    row: DiscrepancyRow,
    state: DiscrepancyState,
    (movement, kind): (MovementId, MovementKind),
    quantity: Option<Quantity>,
) -> Result<(), Error> {
    let quantity = quantity.unwrap_or(row.variance);
    let moves = !quantity.is_zero();
    let posted = DiscrepancyRow { state, movement: moves.then_some(movement), ..row };
    discrepancy::put(tx.conn(), &posted)?;
    if !moves {
        return Ok(());
    }
    let reference = format!("discrepancy {}", posted.id);
    ledger::record(
        tx,
        header,
        &ledger::NewMovement {
            id: movement,
            key: &posted.key,
            quantity,
            kind,
            effective_at: posted.scanned_at,
            source: SOURCE,
            reference: &reference,
        },
    )?;
    let mut touched = BTreeMap::new();
    ledger::earliest(&mut touched, posted.key.location, posted.scanned_at);
    ledger::moved(tx, header, &touched)
}

pub(super) fn rejected(
    tx: &mut WriteTx<'_>,
    header: &Header,
    id: DiscrepancyId,
    (reason, note): (&str, &str),
) -> Result<(), Error> {
    let Some(row) = open(tx, id)? else { return Ok(()) };
    record(tx, header, &row, &Step { what: "rejected", reason, note })?;
    discrepancy::put(tx.conn(), &DiscrepancyRow { state: DiscrepancyState::Rejected, ..row })
}

pub(super) fn round_ordered(tx: &mut WriteTx<'_>, header: &Header, id: DiscrepancyId, note: &str) -> Result<(), Error> {
    let Some(row) = open(tx, id)? else { return Ok(()) };
    record(tx, header, &row, &Step { what: "round_ordered", reason: "", note })?;
    let (count, location) = (row.count, row.key.location);
    let rounds_ordered = row.rounds_ordered.saturating_add(1);
    discrepancy::put(tx.conn(), &DiscrepancyRow { rounds_ordered, ..row })?;
    place::judge_place(tx, header, count, location, Why::Evidence)
}

/// Two discrepancies that were one misplaced stock.
pub(super) struct Pair<'a> {
    pub short: DiscrepancyId,
    pub over: DiscrepancyId,
    pub reason: &'a str,
    pub note: &'a str,
    pub movement_out: MovementId,
    pub movement_in: MovementId,
}

pub(super) fn paired(tx: &mut WriteTx<'_>, header: &Header, pair: &Pair<'_>) -> Result<(), Error> {
    let (Some(short), Some(over)) = (open(tx, pair.short)?, open(tx, pair.over)?) else { return Ok(()) };
    let step = Step { what: "paired", reason: pair.reason, note: pair.note };
    record(tx, header, &short, &step)?;
    record(tx, header, &over, &step)?;
    let state = DiscrepancyState::Transferred;
    post(tx, header, short, state, (pair.movement_out, MovementKind::Transfer), None)?;
    // the first leg may have judged this place again
    let Some(over) = open(tx, pair.over)? else { return Ok(()) };
    post(tx, header, over, state, (pair.movement_in, MovementKind::Transfer), None)
}

/// A hand-over of adjustments, or its acknowledgement.
pub(super) fn handed_over(
    tx: &mut WriteTx<'_>,
    header: &Header,
    movements: &[MovementId],
    (state, words): (DiscrepancyState, &str),
) -> Result<(), Error> {
    for movement in movements {
        let id: Vec<i64> = tx
            .conn()
            .prepare_cached("SELECT discrepancy_id FROM discrepancy WHERE movement_id = $1")?
            .query_map([movement.0], |row| row.get("discrepancy_id"))?
            .collect::<Result<_, _>>()?;
        for id in id {
            let Some(row) = discrepancy::find(tx.conn(), DiscrepancyId(id))? else { continue };
            let exported = state == DiscrepancyState::Exported;
            let due = match row.state {
                DiscrepancyState::Posted | DiscrepancyState::Transferred => true,
                DiscrepancyState::Exported => !exported,
                _ => false,
            };
            if !due {
                continue;
            }
            let what = if exported { "exported" } else { "acknowledged" };
            record(tx, header, &row, &Step { what, reason: "", note: words })?;
            let batch = if exported { words.to_owned() } else { row.batch.clone() };
            discrepancy::put(tx.conn(), &DiscrepancyRow { state, batch, ..row })?;
        }
    }
    Ok(())
}

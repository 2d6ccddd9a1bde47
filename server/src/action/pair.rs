//! A supervisor says that two discrepancies are one misplaced stock: posted as one transfer.

use super::{
    Doer, Failure, approve,
    decide::{Docket, check_reason, decider},
};
use crate::store::{WriteTx, number, number::Numbered};
use shared::{
    adjustment::{Half, transfer},
    api::discrepancy::{DiscrepancyState, Pair},
    approval::ApprovalStep,
    fact::Fact,
    id::{DiscrepancyId, MovementId},
};

/// Pairs. The evidence named is that of the discrepancy the person looked at.
///
/// # Errors
/// `not_found`, `evidence_changed`, `reason_unknown`, `note_too_long`, `not_a_pair`, `two_needed`, and for either
/// half `newer_count_posted` and those of [`shared::approval::may_approve`].
pub fn pair(tx: &mut WriteTx<'_>, doer: &Doer, id: DiscrepancyId, request: &Pair) -> Result<(), Failure> {
    let person = decider(doer)?;
    let one = Docket::load(&tx.as_read(), doer.site, person, id)?;
    let two = Docket::load(&tx.as_read(), doer.site, person, request.other)?;
    let done = |docket: &Docket| docket.row.state == DiscrepancyState::Transferred;
    if done(&one) && done(&two) && one.row.opposes(&two.row) {
        return Ok(());
    }
    one.seen(&request.evidence)?;
    check_reason(tx, doer.site, &request.reason, &request.note)?;
    for half in [&one, &two] {
        if approve::may(&tx.as_read(), half)? == ApprovalStep::FirstOfTwo {
            return Err(Failure::refused(
                "two_needed",
                "Above the dual limit two people must approve; approve the two discrepancies one by one instead of pairing them.",
            ));
        }
    }
    let (short, over) = if one.row.variance.is_negative() { (&one.row, &two.row) } else { (&two.row, &one.row) };
    let half = |row: &crate::store::discrepancy::DiscrepancyRow| Half {
        key: row.key.clone(),
        variance: row.variance,
        scanned_at: row.scanned_at,
    };
    transfer(&half(short), &half(over))?;
    let first = number::next(tx, Numbered::Movement)?;
    let fact = Fact::DiscrepanciesPaired {
        short: short.id,
        over: over.id,
        reason: request.reason.clone(),
        note: request.note.clone(),
        movement_out: MovementId(first),
        movement_in: MovementId(first + 1),
    };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(())
}

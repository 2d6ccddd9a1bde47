//! A supervisor wants one more round before deciding.

use super::{
    Doer, Failure,
    decide::{Docket, check_note, decider},
};
use crate::store::WriteTx;
use shared::{api::discrepancy::OrderRound, approval::may_order_round, fact::Fact, id::DiscrepancyId};

/// Orders one more round. What it asks for is given to somebody in the same transaction.
///
/// # Errors
/// `not_found`, `evidence_changed`, `note_too_long`, `count_closed`, and those of [`may_order_round`].
pub fn order_round(tx: &mut WriteTx<'_>, doer: &Doer, id: DiscrepancyId, request: &OrderRound) -> Result<(), Failure> {
    let docket = Docket::load(&tx.as_read(), doer.site, decider(doer)?, id)?;
    docket.seen(&request.evidence)?;
    check_note(&request.note)?;
    may_order_round(&docket.case())?;
    if docket.is_closed {
        return Err(Failure::refused(
            "count_closed",
            "The count this belongs to is closed, so nothing of it is counted any more. Decide on what is here, or make a new count of the bin.",
        ));
    }
    let fact = Fact::RoundOrdered { discrepancy: id, note: request.note.clone() };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    super::follow_up::run(tx)?;
    Ok(())
}

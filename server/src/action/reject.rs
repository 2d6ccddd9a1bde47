//! A supervisor lets the book stand.

use super::{
    Doer, Failure,
    decide::{Docket, check_reason, decider},
};
use crate::store::{WriteTx, discrepancy};
use shared::{
    api::discrepancy::{Decide, DiscrepancyState},
    approval::may_reject,
    fact::Fact,
    id::DiscrepancyId,
};

/// Rejects. Rejecting twice is one rejection.
///
/// # Errors
/// `not_found`, `evidence_changed`, `reason_unknown`, `note_too_long`, and those of [`may_reject`].
pub fn reject(tx: &mut WriteTx<'_>, doer: &Doer, id: DiscrepancyId, request: &Decide) -> Result<(), Failure> {
    let docket = Docket::load(&tx.as_read(), doer.site, decider(doer)?, id)?;
    let again = docket.row.state == DiscrepancyState::Rejected;
    if again && discrepancy::has_decided(tx.conn(), id, docket.person, "rejected")? {
        return Ok(());
    }
    docket.seen(&request.evidence)?;
    check_reason(tx, doer.site, &request.reason, &request.note)?;
    may_reject(&docket.case())?;
    let fact = Fact::DiscrepancyRejected {
        discrepancy: id,
        reason: request.reason.clone(),
        note: request.note.clone(),
        basis: docket.basis(),
    };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(())
}

//! A supervisor approves a variance: the adjustment is posted, or, above the dual limit, waits for a second person.

use super::{
    Doer, Failure,
    decide::{Docket, check_reason, decider},
};
use crate::store::{ReadTx, WriteTx, discrepancy, number, number::Numbered};
use shared::{
    api::discrepancy::{Decide, DiscrepancyState},
    approval::{ApprovalStep, may_approve},
    fact::Fact,
    id::{DiscrepancyId, MovementId, PersonId, SiteId},
    refusal::Refusal,
};

/// Approves. Approving twice is one approval.
///
/// # Errors
/// `not_found`, `evidence_changed`, `reason_unknown`, `note_too_long`, `nothing_to_post`, `newer_count_posted`, and
/// those of [`may_approve`].
pub fn approve(
    tx: &mut WriteTx<'_>,
    doer: &Doer,
    id: DiscrepancyId,
    request: &Decide,
) -> Result<ApprovalStep, Failure> {
    let docket = Docket::load(&tx.as_read(), doer.site, decider(doer)?, id)?;
    if docket.approvals.contains(&docket.person) && docket.row.state != DiscrepancyState::Rejected {
        return Ok(if docket.row.state.is_decided() { ApprovalStep::Posts } else { ApprovalStep::FirstOfTwo });
    }
    docket.seen(&request.evidence)?;
    check_reason(tx, doer.site, &request.reason, &request.note)?;
    let step = may(&tx.as_read(), &docket)?;
    let fact = Fact::DiscrepancyApproved {
        discrepancy: id,
        reason: request.reason.clone(),
        note: request.note.clone(),
        basis: docket.basis(),
        movement: MovementId(number::next(tx, Numbered::Movement)?),
    };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(step)
}

/// Whether the person may post the variance, by the rule and by what has been posted since.
pub(super) fn may(tx: &ReadTx<'_>, docket: &Docket) -> Result<ApprovalStep, Failure> {
    let step = may_approve(&docket.case())?;
    // a line without a total has no difference that could be posted, and must not look as if one had been
    if docket.row.variance.is_zero() {
        return Err(Failure::refused(
            "nothing_to_post",
            "No round gave a difference that can be posted. Order another round, or reject it and let the book stand.",
        ));
    }
    // its variance is against a book that did not know what the later count has since put right
    if discrepancy::is_newer_posted(tx.conn(), &docket.row)? {
        return Err(Failure::refused(
            "newer_count_posted",
            "A later count of the same stock has been posted already. Approving this older one would undo it; reject it instead.",
        ));
    }
    Ok(step)
}

/// Why the person may not approve; `None`: they may. For the page that shows it.
///
/// # Errors
/// `not_found`, and [`Failure::Store`].
pub fn refusal(tx: &ReadTx<'_>, site: SiteId, person: PersonId, id: DiscrepancyId) -> Result<Option<Refusal>, Failure> {
    match may(tx, &Docket::load(tx, site, person, id)?) {
        Ok(_) => Ok(None),
        Err(Failure::Refused(refusal)) => Ok(Some(refusal)),
        Err(failure) => Err(failure),
    }
}

//! The other system says that it has posted adjustments.

use super::{Doer, Failure};
use crate::store::{WriteTx, discrepancy};
use shared::{
    api::discrepancy::{Acknowledge, DiscrepancyState},
    fact::Fact,
};

/// Marks adjustments acknowledged. Saying it twice is saying it once.
///
/// # Errors
/// `not_exported` unless all of them were handed over; then none is marked.
pub fn acknowledge(tx: &mut WriteTx<'_>, doer: &Doer, request: &Acknowledge) -> Result<(), Failure> {
    let mut due = Vec::new();
    for movement in &request.movements {
        let row = discrepancy::find_by_movement(tx.conn(), *movement)?.filter(|row| row.site == doer.site);
        match row.map(|row| row.state) {
            Some(DiscrepancyState::Exported) => due.push(*movement),
            Some(DiscrepancyState::Acknowledged) => {}
            _ => {
                return Err(Failure::refused(
                    "not_exported",
                    format!(
                        "Adjustment {movement} was not handed over, so it cannot be acknowledged. Export it first, or leave it out; none was marked."
                    ),
                ));
            }
        }
    }
    if due.is_empty() {
        return Ok(());
    }
    let fact = Fact::AdjustmentsAcknowledged { movements: due, reference: request.reference.clone() };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(())
}

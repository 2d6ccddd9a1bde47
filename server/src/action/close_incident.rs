//! Somebody has looked into an incident and closes it, with what was found out. Nothing is deleted, and what goes on
//! shows itself again.

use super::{Doer, Failure};
use crate::store::{WriteTx, incident};
use shared::{
    api::incident::CloseIncident,
    fact::Fact,
    id::IncidentId,
    incident::{IncidentState, read_reason},
};

/// Closes an incident; closing one that is closed changes nothing.
///
/// # Errors
/// `bad_reason`, `not_found`.
pub fn close_incident(
    tx: &mut WriteTx<'_>,
    doer: &Doer,
    id: IncidentId,
    request: &CloseIncident,
) -> Result<(), Failure> {
    let reason = read_reason(&request.reason).map_err(|sentence| Failure::refused("bad_reason", sentence))?;
    let known = incident::find(tx.conn(), doer.site, id)?.ok_or_else(|| Failure::not_found("incident"))?;
    if known.state != IncidentState::Closed {
        tx.append(doer.site, doer.person, doer.origin, &Fact::IncidentClosed { incident: id, reason })?;
    }
    Ok(())
}

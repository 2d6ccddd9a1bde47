//! An admin revokes a handheld: it is shown nothing more. What it still sends is kept, and marked.

use super::{Doer, Failure};
use crate::store::{WriteTx, device};
use shared::fact::Fact;
use shared::id::DeviceId;

/// Revokes it; doing so twice is once.
///
/// # Errors
/// `not_found` for a handheld of another site, or none.
pub fn revoke_device(tx: &mut WriteTx<'_>, doer: &Doer, id: DeviceId) -> Result<(), Failure> {
    let known = device::known(tx, id)?.filter(|row| row.site == doer.site);
    let Some(known) = known else { return Err(Failure::not_found("handheld")) };
    if !known.revoked {
        tx.append(doer.site, doer.person, doer.origin, &Fact::DeviceRevoked { device: id })?;
    }
    Ok(())
}

//! Locations of another system are recorded, new ones and changed ones, as they are now.
//!
//! Absent: reading files and finding what changed; that is `import`.

use super::{Doer, FACT_ROWS_MAX, Failure, follow_up};
use crate::store::WriteTx;
use shared::{fact::Fact, location::Location};

/// Records locations. Their numbers are given by the caller: those known, or new ones above every number so far.
///
/// # Errors
/// [`Failure::Store`] when a number, code or barcode is taken by another.
pub fn record_locations(tx: &mut WriteTx<'_>, doer: &Doer, rows: Vec<Location>) -> Result<(), Failure> {
    for rows in rows.chunks(FACT_ROWS_MAX) {
        tx.append(doer.site, doer.person, doer.origin, &Fact::LocationsRecorded { rows: rows.to_vec() })?;
    }
    follow_up::run(tx)?;
    Ok(())
}

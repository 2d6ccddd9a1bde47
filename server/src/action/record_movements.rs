//! Movements of another system are recorded. A reference of the same source that is known already changes nothing.

use super::{Doer, FACT_ROWS_MAX, Failure, follow_up};
use crate::store::{WriteTx, number, number::Numbered};
use shared::{
    fact::{Fact, MovementRow},
    id::MovementId,
};

/// Records movements, numbering them.
///
/// # Errors
/// [`Failure::Store`].
pub fn record_movements(
    tx: &mut WriteTx<'_>,
    doer: &Doer,
    source: &str,
    mut rows: Vec<MovementRow>,
) -> Result<(), Failure> {
    let first = number::next(tx, Numbered::Movement)?;
    for (id, row) in (first..).zip(&mut rows) {
        row.id = MovementId(id);
    }
    for rows in rows.chunks(FACT_ROWS_MAX) {
        let fact = Fact::MovementsRecorded { source: source.to_owned(), rows: rows.to_vec() };
        tx.append(doer.site, doer.person, doer.origin, &fact)?;
    }
    follow_up::run(tx)?;
    Ok(())
}

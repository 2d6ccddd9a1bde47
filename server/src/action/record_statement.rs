//! On-hand figures of another system are recorded, as of an instant.

use super::{Doer, FACT_ROWS_MAX, Failure, follow_up};
use crate::store::{WriteTx, number, number::Numbered};
use shared::{
    fact::{Fact, StatementRow},
    id::MovementId,
    moment::Moment,
};

/// Records a statement, numbering the corrections it may need.
///
/// # Errors
/// [`Failure::Store`].
pub fn record_statement(
    tx: &mut WriteTx<'_>,
    doer: &Doer,
    (source, as_of): (&str, Moment),
    mut rows: Vec<StatementRow>,
) -> Result<(), Failure> {
    let first = number::next(tx, Numbered::Movement)?;
    for (id, row) in (first..).zip(&mut rows) {
        row.movement = MovementId(id);
    }
    for rows in rows.chunks(FACT_ROWS_MAX) {
        let fact = Fact::StatementRecorded { source: source.to_owned(), as_of, rows: rows.to_vec() };
        tx.append(doer.site, doer.person, doer.origin, &fact)?;
    }
    follow_up::run(tx)?;
    Ok(())
}

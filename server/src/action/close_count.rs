//! No more work is expected for a count.

use super::{Doer, Failure};
use crate::store::{WriteTx, count};
use shared::{api::count::CloseCount, fact::Fact, id::CountId};

/// Closes a count. Where something is open or still on handhelds it says what, and closing anyway is a decision of its
/// own. Closing twice is closing once.
///
/// # Errors
/// `not_found`, `count_unfinished`.
pub fn close_count(tx: &mut WriteTx<'_>, doer: &Doer, id: CountId, request: &CloseCount) -> Result<(), Failure> {
    if !count::exists(tx.conn(), doer.site, id)? {
        return Err(Failure::not_found("count"));
    }
    if count::is_closed(tx.conn(), id)? {
        return Ok(());
    }
    let (open, counting) = count::unfinished(tx.conn(), id)?;
    let waiting = count::list_waiting(tx.conn(), doer.site)?;
    if !request.anyway && (open + counting > 0 || !waiting.is_empty()) {
        let mut missing = Vec::new();
        if open > 0 {
            missing.push(format!("{open} tasks nobody has begun"));
        }
        if counting > 0 {
            missing.push(format!("{counting} tasks being counted"));
        }
        missing.extend(waiting.iter().map(|(name, number)| format!("{number} events still on {name}")));
        let sentence = format!(
            "Still missing: {}. Wait for them, or close anyway: what nobody has begun is then cancelled, what is to be recounted goes to a supervisor, and what arrives later is kept.",
            missing.join(", ")
        );
        return Err(Failure::refused("count_unfinished", sentence));
    }
    let fact = Fact::CountClosed { count: id, tasks_open: open + counting };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(())
}

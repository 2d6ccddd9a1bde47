//! No more work is expected for a count. What is lacking is told first, and kept with the decision to close it anyway.

use super::{Doer, Failure};
use crate::store::{WriteTx, closing, count};
use shared::{api::count::CloseCount, fact::Fact, id::CountId};

/// Closes a count. Where something is open or still on handhelds it says what, and closing anyway is a decision of its
/// own. Closing twice is closing once.
///
/// # Errors
/// `not_found`, `count_unfinished`.
pub fn close_count(tx: &mut WriteTx<'_>, doer: &Doer, id: CountId, request: &CloseCount) -> Result<(), Failure> {
    let lacks = closing::find_lacks(&tx.as_read(), doer.site, id)?.ok_or_else(|| Failure::not_found("count"))?;
    if count::is_closed(tx.conn(), id)? {
        return Ok(());
    }
    let (open, counting) = count::unfinished(tx.conn(), id)?;
    if !request.anyway && (open + counting > 0 || !lacks.is_none()) {
        let mut missing = lacks.sentences();
        if missing.is_empty() {
            missing.push(format!("{counting} tasks being counted."));
        }
        let sentence = format!(
            "Still missing: {} Wait for them, or close anyway: what nobody has begun is then cancelled, what is to be recounted goes to a supervisor, and what arrives later is kept.",
            missing.join(" ")
        );
        return Err(Failure::refused("count_unfinished", sentence));
    }
    let fact = Fact::CountClosed { count: id, tasks_open: open + counting, lacks };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(())
}

//! A task is no longer wanted.

use super::{Doer, Failure};
use crate::store::{WriteTx, count};
use shared::{api::count::TaskState, fact::Fact, id::TaskId};

/// Cancels a task that nobody has begun. Cancelling twice is cancelling once.
///
/// # Errors
/// `not_found`, `task_over`, `being_counted`, `recount_needed`.
pub fn cancel_task(tx: &mut WriteTx<'_>, doer: &Doer, id: TaskId) -> Result<(), Failure> {
    let task = count::find_task(tx.conn(), doer.site, id)?.ok_or_else(|| Failure::not_found("task"))?;
    let refusal = match task.state {
        TaskState::Cancelled => return Ok(()),
        TaskState::Counted => ("task_over", format!("{} has been counted; what was counted stays.", task.code)),
        TaskState::Counting => (
            "being_counted",
            format!("Somebody is counting {}. Wait for the count, or close the whole count.", task.code),
        ),
        TaskState::Open | TaskState::Skipped if task.round > 1 => (
            "recount_needed",
            format!(
                "A variance in {} is waiting for this recount. A supervisor can decide it as soon as it is counted, or the count can be closed.",
                task.code
            ),
        ),
        TaskState::Open | TaskState::Skipped => {
            tx.append(doer.site, doer.person, doer.origin, &Fact::TaskCancelled { task: id })?;
            return Ok(());
        }
    };
    Err(Failure::refused(refusal.0, refusal.1))
}

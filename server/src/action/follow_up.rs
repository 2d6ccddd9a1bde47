//! What the evidence asks for next, done in the same transaction: a recount is given to somebody, a variance within
//! tolerance is posted where the policy says so. Both are facts of the system, with why.
//!
//! Absent: deciding what is needed; that follows from the evidence when it is applied.

use crate::{
    project::known,
    store::{Error, FollowUp, WriteTx, discrepancy, number, number::Numbered, recount},
};
use shared::{
    fact::{Assignee, DecisionBasis, Fact},
    id::{DiscrepancyId, MovementId, SiteId, TaskId},
    recount::choose,
};

/// The reason of what is posted by itself.
pub const WITHIN_TOLERANCE: &str = "within_tolerance";
const SYSTEM: &str = "system";
/// Follow-ups of follow-ups end by themselves: each posts or assigns once. The bound is there to be noticed.
const STEPS_MAX: usize = 100_000;

/// Does everything that applied facts asked for.
///
/// # Errors
/// [`Error::Engine`].
pub fn run(tx: &mut WriteTx<'_>) -> Result<(), Error> {
    for _ in 0..STEPS_MAX {
        let next = tx.take_follow_ups();
        if next.is_empty() {
            return Ok(());
        }
        for step in next {
            match step {
                FollowUp::Assign { site, task } => assign(tx, site, task)?,
                FollowUp::Post { site, discrepancy } => post(tx, site, discrepancy)?,
            }
        }
    }
    Err(Error::unreadable("follow-up", "it asks for itself again and again"))
}

/// Gives a recount to somebody who has not counted it; where nobody is left the lead is told.
fn assign(tx: &mut WriteTx<'_>, site: SiteId, task: TaskId) -> Result<(), Error> {
    let Some(open) = recount::find_unassigned(tx.conn(), task)? else { return Ok(()) };
    let candidates = recount::list_candidates(tx, site, &open)?;
    let fact = match choose(&candidates, &open.excluded) {
        Some(choice) => Fact::TasksAssigned { tasks: vec![task], to: Assignee::Person(choice.person), why: choice.why },
        None => Fact::NobodyLeft {
            task,
            why: format!(
                "{} may count here and everybody of them has counted it or typed its count in already; name somebody else.",
                match candidates.len() {
                    0 => "nobody else".to_owned(),
                    1 => "one person".to_owned(),
                    number => format!("{number} people"),
                }
            ),
        },
    };
    tx.append(site, None, SYSTEM, &fact).map(drop)
}

fn post(tx: &mut WriteTx<'_>, site: SiteId, id: DiscrepancyId) -> Result<(), Error> {
    let Some(row) = discrepancy::find(tx.conn(), id)?.filter(|row| row.state.awaits_decision()) else {
        return Ok(());
    };
    // a later count has put the book right already, this one would do it twice: it waits for a supervisor to reject it
    if discrepancy::is_newer_posted(tx.conn(), &row)? {
        return Ok(());
    }
    let fact = Fact::DiscrepancyApproved {
        discrepancy: id,
        reason: WITHIN_TOLERANCE.into(),
        note: "Posted by itself: the policy of the count says so.".into(),
        basis: DecisionBasis {
            variance: row.variance,
            value: row.value,
            rule: row.rule,
            rules_version: known::policy(tx.conn(), row.count)?.map_or(0, |policy| policy.rules_version),
        },
        movement: MovementId(number::next(tx, Numbered::Movement)?),
    };
    tx.append(site, None, SYSTEM, &fact).map(drop)
}

//! Tasks are given to a person or put back into the pool, all of them or none.

use super::{Doer, Failure, count::check_assignee};
use crate::store::{WriteTx, count, person};
use shared::{
    api::count::{AssignTasks, TaskState},
    fact::{Assignee, Fact},
};

/// Assigns. A person who counted an earlier round of any of them is refused by name.
///
/// # Errors
/// `not_found`, `not_a_counter`, `counted_earlier_round`, `task_over`, `nothing_chosen`.
pub fn assign_tasks(tx: &mut WriteTx<'_>, doer: &Doer, request: &AssignTasks) -> Result<(), Failure> {
    if request.tasks.is_empty() {
        return Err(Failure::refused("nothing_chosen", "Choose at least one task to assign."));
    }
    check_assignee(tx, doer.site, request.to)?;
    for id in &request.tasks {
        let task = count::find_task(tx.conn(), doer.site, *id)?.ok_or_else(|| Failure::not_found("task"))?;
        if task.closed || matches!(task.state, TaskState::Counted | TaskState::Cancelled) {
            let sentence = format!(
                "The task for {} is over ({}), so nobody can be given it. None was assigned.",
                task.code,
                task.state.word()
            );
            return Err(Failure::refused("task_over", sentence));
        }
        if let Assignee::Person(to) = request.to
            && task.excluded.contains(&to)
        {
            let name = person::find(&tx.as_read(), to)?.map_or_else(String::new, |row| row.name);
            let sentence = format!(
                "{name} counted {} in an earlier round or typed it in, and a recount is done by somebody else. Choose another person; none was assigned.",
                task.code
            );
            return Err(Failure::refused("counted_earlier_round", sentence));
        }
    }
    let why = if doer.person.is_some() { "given by hand" } else { "given by the command line" };
    let fact = Fact::TasksAssigned { tasks: request.tasks.clone(), to: request.to, why: why.into() };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(())
}

//! Somebody makes a count: one task a location, under the rules of now, frozen.

use super::{Doer, Failure};
use crate::store::{WriteTx, count, number, number::Numbered, person, rule};
use shared::{
    api::count::NewCount,
    fact::{Assignee, Fact, TaskSeed},
    id::{CountId, SiteId, TaskId},
    policy::Policy,
    role::{Permission, may},
};

/// Letters of a count's name, at most: what a handheld shows in one line and a half.
const NAME_LETTERS_MAX: usize = 80;
/// Rounds that can be asked for, at most: after so many, counting again settles nothing.
const ROUNDS_MAX: u8 = 9;

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The count.
    pub count: CountId,
    /// Codes of locations left out, because somebody is to count them already.
    pub left_out: Vec<String>,
}

/// Makes a count. Locations that have an open task are left out and named; no location ever has two.
///
/// # Errors
/// `bad_name`, `bad_rounds`, `nothing_to_count`, `not_a_counter`.
pub fn create_count(tx: &mut WriteTx<'_>, doer: &Doer, request: &NewCount) -> Result<Made, Failure> {
    let name = request.name.trim();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX || name.chars().any(char::is_control) {
        let sentence = format!("A count needs a name of 1 to {NAME_LETTERS_MAX} letters, such as Zone A, week 12.");
        return Err(Failure::refused("bad_name", sentence));
    }
    if let Some(rounds) = request.rounds_max.filter(|rounds| !(1..=ROUNDS_MAX).contains(rounds)) {
        let sentence = format!("{rounds} rounds are not possible; 1 to {ROUNDS_MAX} are, 3 is usual.");
        return Err(Failure::refused("bad_rounds", sentence));
    }
    check_assignee(tx, doer.site, request.assignee)?;
    let selected = count::select(tx.conn(), doer.site, &request.selection)?;
    let (busy, free): (Vec<_>, Vec<_>) = selected.into_iter().partition(|location| location.has_open_task);
    let left_out: Vec<String> = busy.into_iter().map(|location| location.code).collect();
    if free.is_empty() {
        let sentence = if left_out.is_empty() {
            "The selection has no locations. Choose at least one location or zone of this site.".to_owned()
        } else {
            format!(
                "All {} locations of the selection have an open task already; no location gets a second one.",
                left_out.len()
            )
        };
        return Err(Failure::refused("nothing_to_count", sentence));
    }
    let id = CountId(number::next(tx, Numbered::Count)?);
    let first = number::next(tx, Numbered::Task)?;
    let tasks = (first..).zip(free).map(|(task, selected)| TaskSeed {
        id: TaskId(task),
        location: selected.location,
        assignee: request.assignee,
    });
    let starting = rule::policy(tx.conn(), doer.site)?;
    let policy =
        Policy { meaning: request.meaning, rounds_max: request.rounds_max.unwrap_or(starting.rounds_max), ..starting };
    let fact = Fact::CountCreated {
        count: id,
        name: name.to_owned(),
        policy,
        tasks: tasks.collect(),
        why: "made by hand".into(),
    };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(Made { count: id, left_out })
}

/// Tasks are given to people who count at the site, and to nobody else.
pub(super) fn check_assignee(tx: &WriteTx<'_>, site: SiteId, to: Assignee) -> Result<(), Failure> {
    let Assignee::Person(id) = to else { return Ok(()) };
    let read = tx.as_read();
    let active = person::find(&read, id)?.filter(|row| !row.disabled);
    match active {
        Some(_) if may(&person::list_roles(&read, site, id)?, Permission::Capture) => Ok(()),
        found => {
            let name = found.map_or_else(|| "This person".to_owned(), |row| row.name);
            let sentence = format!(
                "{name} does not count at this site, so no task can be given to them. Choose somebody with the role counter."
            );
            Err(Failure::refused("not_a_counter", sentence))
        }
    }
}

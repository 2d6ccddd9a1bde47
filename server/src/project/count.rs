//! Counts and their tasks, as people make, give away and take back.
//!
//! Absent: recount tasks, which follow from the evidence ([`super::place`]), and sheets.

use super::{
    place::{self, Why},
    trace::{ChangeSubject, Finding, change, finding, history},
    words,
};
use crate::store::{Error, Header, WriteTx};
use rusqlite::{OptionalExtension, params};
use shared::{
    api::history::Subject,
    fact::{Assignee, TaskSeed},
    id::{CountId, LocationId, PersonId, TaskId},
    policy::Policy,
};

pub(super) struct NewCount<'a> {
    pub id: CountId,
    pub name: &'a str,
    pub policy: &'a Policy,
    pub why: &'a str,
    pub spot: bool,
    pub created_by: Option<PersonId>,
}

pub(super) fn insert_count(tx: &WriteTx<'_>, header: &Header, new: &NewCount<'_>) -> Result<(), Error> {
    let policy = serde_json::to_string(new.policy).map_err(|error| Error::unreadable("policy", error))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO count (count_id, site_id, name, why, policy, spot, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )?
        .execute(params![
            new.id.0,
            header.site.0,
            new.name,
            new.why,
            policy,
            new.spot,
            new.created_by.map(|person| person.0),
            header.recorded_at.0,
        ])?;
    Ok(())
}

pub(super) fn created(
    tx: &mut WriteTx<'_>,
    header: &Header,
    new: &NewCount<'_>,
    tasks: &[TaskSeed],
) -> Result<(), Error> {
    insert_count(tx, header, new)?;
    for seed in tasks {
        insert_task(tx, header, &NewTask::first(new.id, seed, new.why))?;
    }
    tx.changed(header.site, "count", header.position);
    Ok(())
}

/// A task about to exist.
pub(super) struct NewTask<'a> {
    pub id: TaskId,
    pub count: CountId,
    pub location: LocationId,
    pub round: u8,
    pub assignee: Assignee,
    pub why: &'a str,
    /// JSON of the keys in dispute; `None` is the whole location.
    pub keys: Option<String>,
    /// JSON of who may not do it.
    pub excluded: String,
}

impl<'a> NewTask<'a> {
    pub(super) fn first(count: CountId, seed: &TaskSeed, why: &'a str) -> Self {
        Self {
            id: seed.id,
            count,
            location: seed.location,
            round: 1,
            assignee: seed.assignee,
            why,
            keys: None,
            excluded: "[]".into(),
        }
    }
}

const fn assignee_id(assignee: Assignee) -> Option<i64> {
    match assignee {
        Assignee::Pool => None,
        Assignee::Person(person) => Some(person.0),
    }
}

pub(super) fn insert_task(tx: &mut WriteTx<'_>, header: &Header, new: &NewTask<'_>) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO task (task_id, site_id, count_id, location_id, round, state, assignee_id, why, keys, excluded,
                created_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $10)",
        )?
        .execute(params![
            new.id.0,
            header.site.0,
            new.count.0,
            new.location.0,
            new.round,
            assignee_id(new.assignee),
            new.why,
            new.keys,
            new.excluded,
            header.recorded_at.0,
        ])?;
    history(tx, header, Subject::Location, new.location.0)?;
    if let Assignee::Person(person) = new.assignee {
        history(tx, header, Subject::Person, person.0)?;
    }
    task_changed(tx, header, new.id)
}

/// A task is different since this fact: into its history, and to handhelds and desks.
pub(super) fn task_changed(tx: &mut WriteTx<'_>, header: &Header, task: TaskId) -> Result<(), Error> {
    history(tx, header, Subject::Task, task.0)?;
    change(tx, header, header.site, ChangeSubject::Task, task.0)?;
    tx.changed(header.site, "task", header.position);
    Ok(())
}

pub(super) fn assigned(
    tx: &mut WriteTx<'_>,
    header: &Header,
    (tasks, to, why): (&[TaskId], Assignee, &str),
) -> Result<(), Error> {
    for task in tasks {
        tx.conn()
            // a bin that could not be counted and is given to somebody is to be tried again
            .prepare_cached(
                "UPDATE task SET assignee_id = $1, why = $2, changed_at = $3,
                    state = CASE WHEN state = 'skipped' THEN 'open' ELSE state END, skip_reason = NULL
                 WHERE task_id = $4",
            )?
            .execute(params![assignee_id(to), why, header.recorded_at.0, task.0])?;
        task_changed(tx, header, *task)?;
    }
    if let Assignee::Person(person) = to {
        history(tx, header, Subject::Person, person.0)?;
    }
    Ok(())
}

/// A recount that nobody may do stays in the pool, says why, and is told to the lead.
pub(super) fn nobody_left(tx: &mut WriteTx<'_>, header: &Header, task: TaskId, why: &str) -> Result<(), Error> {
    tx.conn().prepare_cached("UPDATE task SET why = $1, changed_at = $2 WHERE task_id = $3")?.execute(params![
        why,
        header.recorded_at.0,
        task.0
    ])?;
    let location: Option<i64> = tx
        .conn()
        .prepare_cached("SELECT location_id FROM task WHERE task_id = $1")?
        .query_row([task.0], |row| row.get("location_id"))
        .optional()?;
    let location = location.map(LocationId);
    let code = location.map(|location| words::location(tx.conn(), location)).transpose()?.unwrap_or_default();
    let sentence = format!("{code} has to be counted once more, and nobody is left to do it: {why}");
    let at = header.recorded_at;
    finding(tx, header, &Finding { kind: "nobody_left", sentence, location, item: None, person: None, at })?;
    task_changed(tx, header, task)
}

pub(super) fn cancelled(tx: &mut WriteTx<'_>, header: &Header, task: TaskId) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("UPDATE task SET state = 'cancelled', changed_at = $1 WHERE task_id = $2")?
        .execute([header.recorded_at.0, task.0])?;
    task_changed(tx, header, task)
}

/// A closed count expects no more work: what nobody has begun is cancelled, and what was to be counted once more goes
/// to a supervisor as it is. What still arrives from handhelds is taken all the same.
pub(super) fn closed(tx: &mut WriteTx<'_>, header: &Header, count: CountId) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("UPDATE count SET closed_at = coalesce(closed_at, $1) WHERE count_id = $2")?
        .execute([header.recorded_at.0, count.0])?;
    tx.memory.counts.remove(&count);
    for task in column(tx, "SELECT task_id AS id FROM task WHERE count_id = $1 AND state = 'open' ORDER BY 1", count)? {
        cancelled(tx, header, TaskId(task))?;
    }
    for task in
        column(tx, "SELECT task_id AS id FROM task WHERE count_id = $1 AND state = 'counting' ORDER BY 1", count)?
    {
        task_changed(tx, header, TaskId(task))?;
    }
    let recounting = "SELECT DISTINCT location_id AS id FROM discrepancy
         WHERE count_id = $1 AND state = 'recounting' ORDER BY 1";
    for location in column(tx, recounting, count)? {
        place::judge_place(tx, header, count, LocationId(location), Why::Evidence)?;
    }
    tx.changed(header.site, "count", header.position);
    Ok(())
}

fn column(tx: &WriteTx<'_>, sql: &str, count: CountId) -> Result<Vec<i64>, Error> {
    let mut statement = tx.conn().prepare_cached(sql)?;
    let ids = statement.query_map([count.0], |row| row.get("id"))?.collect::<Result<_, _>>()?;
    Ok(ids)
}

//! Tasks as the desk lists them, and the people they can be given to.
//!
//! Absent: book quantities and variances; a lead may be blind.

use super::row;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::count::{CounterRow, TaskRow, TaskState};
use shared::event::SkipReason;
use shared::fact::Assignee;
use shared::id::{CountId, LocationId, PersonId, SiteId, TaskId};

/// Which tasks; what is `None` does not narrow.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaskFilter {
    /// In this state.
    pub state: Option<TaskState>,
    /// Given to this person, or to the pool.
    pub assignee: Option<Assignee>,
    /// Of this count.
    pub count: Option<CountId>,
}

/// Tasks of a site in walk order, those of later rounds after earlier ones.
pub fn list(tx: &ReadTx<'_>, site: SiteId, filter: &TaskFilter, limit: u32) -> Result<Vec<TaskRow>, Error> {
    let state = filter.state.map(TaskState::word);
    let (is_pool, person) = match filter.assignee {
        None => (None, None),
        Some(Assignee::Pool) => (Some(1), None),
        Some(Assignee::Person(person)) => (Some(0), Some(person.0)),
    };
    let count = filter.count.map(|count| count.0);
    // a count has an index of its own, which "or any" would hide from the planner
    let of_count = if count.is_some() { "t.count_id =" } else { "NULL IS" };
    let sql = format!(
        "SELECT t.task_id, t.count_id, c.name AS count_name, t.location_id, l.code, l.zone, l.walk_order, t.round, t.state,
                t.assignee_id, coalesce(p.name, '') AS assignee_name, t.why, t.skip_reason, t.changed_at
         FROM task t
         JOIN count c ON c.count_id = t.count_id
         JOIN location l ON l.location_id = t.location_id
         LEFT JOIN person p ON p.person_id = t.assignee_id
         WHERE t.site_id = $1
           AND ($2 IS NULL OR t.state = $2)
           AND ($3 IS NULL OR ($3 = 1 AND t.assignee_id IS NULL) OR ($3 = 0 AND t.assignee_id = $4))
           AND {of_count} $5
         ORDER BY l.walk_order, l.location_id, t.round, t.task_id LIMIT $6"
    );
    let mut tasks = row::all(tx.conn(), &sql, &[&site.0, &state, &is_pool, &person, &count, &limit], read)?;
    for task in &mut tasks {
        let sheets = row::all(
            tx.conn(),
            "SELECT coalesce(p.name, 'person ' || s.person_id) AS name, s.entries
             FROM sheet s LEFT JOIN person p ON p.person_id = s.person_id
             WHERE s.count_id = $1 AND s.location_id = $2 AND s.round = $3 ORDER BY s.opened_at, s.sheet_id",
            &[&task.count.0, &task.location.0, &i64::from(task.round)],
            |found| Ok((row::text(found, "name")?, row::small::<u32>(found, "entries")?)),
        )?;
        for (name, entries) in sheets {
            task.entries = task.entries.saturating_add(entries);
            if !task.counters.contains(&name) {
                task.counters.push(name);
            }
        }
    }
    Ok(tasks)
}

/// People who may count on the site, with how much is before them.
pub fn list_counters(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<CounterRow>, Error> {
    row::all(
        tx.conn(),
        "SELECT p.person_id, p.name,
                (SELECT count(*) FROM task t
                 WHERE t.site_id = $1 AND t.assignee_id = p.person_id AND t.state IN ('open', 'counting')) AS tasks_open
         FROM person p JOIN site_role r ON r.person_id = p.person_id
         WHERE r.site_id = $1 AND r.role = 'counter' AND p.disabled = 0
         ORDER BY p.name, p.person_id",
        &[&site.0],
        |found| {
            Ok(CounterRow {
                id: PersonId(row::integer(found, "person_id")?),
                name: row::text(found, "name")?,
                tasks_open: row::small(found, "tasks_open")?,
            })
        },
    )
}

fn read(found: &Row<'_>) -> Result<TaskRow, Error> {
    let assignee: Option<i64> = found.get("assignee_id")?;
    let skip_reason: Option<String> = found.get("skip_reason")?;
    Ok(TaskRow {
        id: TaskId(row::integer(found, "task_id")?),
        count: CountId(row::integer(found, "count_id")?),
        count_name: row::text(found, "count_name")?,
        location: LocationId(row::integer(found, "location_id")?),
        location_code: row::text(found, "code")?,
        zone: row::text(found, "zone")?,
        walk_order: row::integer(found, "walk_order")?,
        round: row::small(found, "round")?,
        state: row::word(found, "state", TaskState::parse)?,
        assignee: assignee.map_or(Assignee::Pool, |person| Assignee::Person(PersonId(person))),
        assignee_name: row::text(found, "assignee_name")?,
        why: row::text(found, "why")?,
        skip_reason: skip_reason.map(|word| parse_skip(&word)).transpose()?,
        counters: Vec::new(),
        entries: 0,
        changed_at: row::moment(found, "changed_at")?,
    })
}

fn parse_skip(word: &str) -> Result<SkipReason, Error> {
    serde_json::from_value(serde_json::Value::from(word)).map_err(|error| Error::unreadable("skip_reason", error))
}

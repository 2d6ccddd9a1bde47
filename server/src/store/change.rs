//! What changed since when, for the pull of handhelds. Positions are given in commit order by the one writer, so a
//! cursor never skips anything.

use super::{Error, ReadTx, fact};
use rusqlite::{OptionalExtension, params};
use shared::{
    fact::Assignee,
    id::{CountId, LocationId, PersonId, SiteId, TaskId},
    sync::message::{HandheldPerson, HandheldTask},
};

/// What a change row is about, as the table says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it last changed.
    pub position: i64,
    /// `task`, `person`, `item_shard`, `location_shard`.
    pub subject: String,
    /// Which.
    pub id: i64,
}

/// Changes of a site after a place in their order, oldest first.
///
/// # Errors
/// [`Error::Engine`].
pub fn list_after(
    tx: &ReadTx<'_>,
    site: SiteId,
    (position, subject, id): (i64, &str, i64),
    limit: u32,
) -> Result<Vec<Change>, Error> {
    Ok(tx
        .conn()
        .prepare_cached(
            "SELECT position, subject, subject_id FROM change
             WHERE site_id = $1 AND (position, subject, subject_id) > ($2, $3, $4)
             ORDER BY position, subject, subject_id LIMIT $5",
        )?
        .query_map(params![site.0, position, subject, id, limit], |row| {
            Ok(Change { position: row.get("position")?, subject: row.get("subject")?, id: row.get("subject_id")? })
        })?
        .collect::<Result<_, _>>()?)
}

/// The last position at which anything changed at the site.
///
/// # Errors
/// [`Error::Engine`].
pub fn last(tx: &ReadTx<'_>, site: SiteId) -> Result<i64, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT coalesce(max(position), 0) AS last FROM change WHERE site_id = $1")?
        .query_row([site.0], |row| row.get("last"))?)
}

/// The version of a shard; `None` where there is none.
///
/// # Errors
/// [`Error::Engine`].
pub fn find_shard(tx: &ReadTx<'_>, site: SiteId, subject: &str, number: u32) -> Result<Option<i64>, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT position FROM change WHERE site_id = $1 AND subject = $2 AND subject_id = $3")?
        .query_row(params![site.0, subject, number], |row| row.get("position"))
        .optional()?)
}

/// The chain of facts at a position; `None` where there is no such fact.
///
/// # Errors
/// [`Error::Engine`].
pub fn chain_at(tx: &ReadTx<'_>, position: i64) -> Result<Option<Vec<u8>>, Error> {
    fact::chain_at(tx.conn(), position)
}

/// A task that handhelds may see: still to be counted, in a count that expects it.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_task(tx: &ReadTx<'_>, site: SiteId, task: TaskId) -> Result<Option<HandheldTask>, Error> {
    let found = tx
        .conn()
        .prepare_cached(
            "SELECT t.count_id, c.name, t.location_id, t.round, t.assignee_id, t.excluded, t.keys
             FROM task t JOIN count c ON c.count_id = t.count_id
             WHERE t.task_id = $1 AND t.site_id = $2 AND t.state IN ('open', 'counting') AND c.closed_at IS NULL",
        )?
        .query_row([task.0, site.0], |row| {
            let assignee: Option<i64> = row.get("assignee_id")?;
            let handheld = HandheldTask {
                id: task,
                count: CountId(row.get("count_id")?),
                count_name: row.get("name")?,
                location: LocationId(row.get("location_id")?),
                round: row.get("round")?,
                assignee: self::assignee(assignee),
                excluded: Vec::new(),
                keys: None,
            };
            Ok((handheld, row.get::<_, String>("excluded")?, row.get::<_, Option<String>>("keys")?))
        })
        .optional()?;
    let Some((mut task, excluded, keys)) = found else { return Ok(None) };
    let damaged = |error: serde_json::Error| Error::unreadable("task", error);
    task.excluded = serde_json::from_str(&excluded).map_err(damaged)?;
    task.keys = keys.map(|keys| serde_json::from_str(&keys)).transpose().map_err(damaged)?;
    Ok(Some(task))
}

/// Who a task is for, by the column; no number is the pool.
pub const fn assignee(person: Option<i64>) -> Assignee {
    match person {
        Some(person) => Assignee::Person(PersonId(person)),
        None => Assignee::Pool,
    }
}

/// A person who may use the handhelds of the site.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_person(tx: &ReadTx<'_>, site: SiteId, person: PersonId) -> Result<Option<HandheldPerson>, Error> {
    use shared::role::{Permission, may};
    let Some(row) = super::person::find(tx, person)?.filter(|row| !row.disabled) else { return Ok(None) };
    if !may(&super::person::list_roles(tx, site, person)?, Permission::Capture) {
        return Ok(None);
    }
    Ok(Some(HandheldPerson { id: person, name: row.name, language: row.language }))
}

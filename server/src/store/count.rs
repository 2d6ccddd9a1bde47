//! Counts and tasks as the actions that change them look at them.
//!
//! Absent: lists for screens (see `read/`).

use super::Error;
use rusqlite::{Connection, OptionalExtension, Row};
use shared::{
    api::count::{Selection, TaskState},
    id::{CountId, LocationId, PersonId, SiteId, TaskId},
};
use std::collections::BTreeSet;

/// Whether a count expects no more work.
///
/// # Errors
/// [`Error::Engine`].
pub fn is_closed(conn: &Connection, count: CountId) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM count WHERE count_id = $1 AND closed_at IS NOT NULL")?.exists([count.0])?)
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Which.
    pub id: TaskId,
    /// Its count.
    pub count: CountId,
    /// Where.
    pub location: LocationId,
    /// The bin's code.
    pub code: String,
    /// 1 is the first count.
    pub round: u8,
    /// Where it stands.
    pub state: TaskState,
    /// Who counted an earlier round.
    pub excluded: BTreeSet<PersonId>,
    /// Whether its count expects no more work.
    pub closed: bool,
}

/// A task of a site.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find_task(conn: &Connection, site: SiteId, task: TaskId) -> Result<Option<TaskRow>, Error> {
    conn.prepare_cached(
        "SELECT t.count_id, t.location_id, l.code, t.round, t.state, t.excluded, c.closed_at IS NOT NULL AS closed
         FROM task t JOIN count c ON c.count_id = t.count_id JOIN location l ON l.location_id = t.location_id
         WHERE t.task_id = $1 AND t.site_id = $2",
    )?
    .query_row([task.0, site.0], |row| Ok(read(row, task)))
    .optional()?
    .transpose()
}

fn read(row: &Row<'_>, id: TaskId) -> Result<TaskRow, Error> {
    let (state, excluded): (String, String) = (row.get("state")?, row.get("excluded")?);
    Ok(TaskRow {
        id,
        count: CountId(row.get("count_id")?),
        location: LocationId(row.get("location_id")?),
        code: row.get("code")?,
        round: row.get("round")?,
        state: TaskState::parse(&state).ok_or_else(|| Error::unreadable("task", state))?,
        excluded: serde_json::from_str(&excluded).map_err(|error| Error::unreadable("task", error))?,
        closed: row.get("closed")?,
    })
}

/// Tasks given to a person that they have still to count, with their sites. Skipped ones stay as they are: giving such
/// a task away means that it is to be tried again.
///
/// # Errors
/// [`Error::Engine`].
pub fn list_open_of(conn: &Connection, person: PersonId) -> Result<Vec<(SiteId, TaskId)>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT t.site_id, t.task_id FROM task t JOIN count c ON c.count_id = t.count_id
             WHERE t.assignee_id = $1 AND t.state IN ('open', 'counting') AND c.closed_at IS NULL ORDER BY t.task_id",
        )?
        .query_map([person.0], |row| Ok((SiteId(row.get("site_id")?), TaskId(row.get("task_id")?))))?
        .collect::<Result<_, _>>()?)
}

/// How many tasks of a count nobody has begun, and how many are being counted.
///
/// # Errors
/// [`Error::Engine`].
pub fn unfinished(conn: &Connection, count: CountId) -> Result<(u32, u32), Error> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(state = 'open'), 0) AS open, coalesce(sum(state = 'counting'), 0) AS counting
             FROM task WHERE count_id = $1",
        )?
        .query_row([count.0], |row| Ok((row.get("open")?, row.get("counting")?)))?)
}

/// A location that could be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Which.
    pub location: LocationId,
    /// Its code.
    pub code: String,
    /// Whether somebody is to count it or is counting it already.
    pub has_open_task: bool,
}

/// The locations of a selection in walk order.
///
/// # Errors
/// [`Error::Engine`].
pub fn select(conn: &Connection, site: SiteId, selection: &Selection) -> Result<Vec<Selected>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT l.location_id, l.code, l.zone, EXISTS (
            SELECT 1 FROM task t JOIN count c ON c.count_id = t.count_id
            WHERE t.location_id = l.location_id AND t.state IN ('open', 'counting') AND c.closed_at IS NULL) AS busy
         FROM location l WHERE l.site_id = $1 ORDER BY l.walk_order, l.location_id",
    )?;
    let wanted: BTreeSet<LocationId> = match selection {
        Selection::Locations { ids } => ids.iter().copied().collect(),
        Selection::Zones { .. } | Selection::All => BTreeSet::new(),
    };
    let mut rows = statement.query([site.0])?;
    let mut selected = Vec::new();
    while let Some(row) = rows.next()? {
        let location = LocationId(row.get("location_id")?);
        let zone: String = row.get("zone")?;
        let fits = match selection {
            Selection::All => true,
            Selection::Zones { zones } => zones.contains(&zone),
            Selection::Locations { .. } => wanted.contains(&location),
        };
        if fits {
            selected.push(Selected { location, code: row.get("code")?, has_open_task: row.get("busy")? });
        }
    }
    Ok(selected)
}

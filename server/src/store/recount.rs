//! Who could count something again: everybody who counts at the site, with what a fair choice needs to know.
//!
//! Absent: choosing; that is [`shared::recount`].

use super::{Error, WriteTx};
use rusqlite::{Connection, OptionalExtension, params};
use shared::{
    id::{LocationId, PersonId, SiteId, TaskId},
    recount::Candidate,
    role::{Permission, Role, may},
};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody heard of within this time is at work: the longest usual shift with its breaks.
const SHIFT_MS: i64 = 10 * 60 * 60 * 1000;

/// A recount that nobody has yet.
pub(crate) struct Unassigned {
    pub location: LocationId,
    pub excluded: BTreeSet<PersonId>,
}

/// The task, where it is open and given to nobody.
pub(crate) fn find_unassigned(conn: &Connection, task: TaskId) -> Result<Option<Unassigned>, Error> {
    let found: Option<(i64, i64, String)> = conn
        .prepare_cached(
            "SELECT count_id, location_id, excluded FROM task
             WHERE task_id = $1 AND state = 'open' AND assignee_id IS NULL",
        )?
        .query_row([task.0], |row| Ok((row.get("count_id")?, row.get("location_id")?, row.get("excluded")?)))
        .optional()?;
    let Some((count, location, excluded)) = found else { return Ok(None) };
    let mut excluded: BTreeSet<PersonId> =
        serde_json::from_str(&excluded).map_err(|error| Error::unreadable("task", error))?;
    // whoever is still counting the place will have counted it
    let mut statement = conn.prepare_cached("SELECT person_id FROM sheet WHERE count_id = $1 AND location_id = $2")?;
    let mut rows = statement.query([count, location])?;
    while let Some(row) = rows.next()? {
        excluded.insert(PersonId(row.get("person_id")?));
    }
    Ok(Some(Unassigned { location: LocationId(location), excluded }))
}

/// Everybody who may count at the site.
pub(crate) fn list_candidates(tx: &WriteTx<'_>, site: SiteId, task: &Unassigned) -> Result<Vec<Candidate>, Error> {
    let conn = tx.conn();
    let mut roles: BTreeMap<PersonId, Vec<Role>> = BTreeMap::new();
    let mut statement = conn.prepare_cached(
        "SELECT r.person_id, r.role FROM site_role r JOIN person p ON p.person_id = r.person_id
         WHERE r.site_id = $1 AND p.disabled = 0",
    )?;
    let mut rows = statement.query([site.0])?;
    while let Some(row) = rows.next()? {
        let word: String = row.get("role")?;
        let role = Role::parse(&word).ok_or_else(|| Error::unreadable("role", word))?;
        roles.entry(PersonId(row.get("person_id")?)).or_default().push(role);
    }
    let here: Option<i64> = conn
        .prepare_cached("SELECT walk_order FROM location WHERE location_id = $1")?
        .query_row([task.location.0], |row| row.get("walk_order"))
        .optional()?;
    let counters = roles.into_iter().filter(|(_, roles)| may(roles, Permission::Capture)).map(|(person, _)| person);
    counters.map(|person| candidate(tx, person, here)).collect()
}

fn candidate(tx: &WriteTx<'_>, person: PersonId, here: Option<i64>) -> Result<Candidate, Error> {
    let conn = tx.conn();
    let last: Option<(i64, i64)> = conn
        .prepare_cached(
            "SELECT s.opened_at, l.walk_order FROM sheet s JOIN location l ON l.location_id = s.location_id
             WHERE s.person_id = $1 ORDER BY s.opened_at DESC LIMIT 1",
        )?
        .query_row([person.0], |row| Ok((row.get("opened_at")?, row.get("walk_order")?)))
        .optional()?;
    let load: u32 = conn
        .prepare_cached("SELECT count(*) AS load FROM task WHERE assignee_id = $1 AND state IN ('open', 'counting')")?
        .query_row([person.0], |row| row.get("load"))?;
    Ok(Candidate {
        person,
        on_shift: last.is_some_and(|(at, _)| tx.now().0.saturating_sub(at) < SHIFT_MS),
        distance: last.zip(here).map(|((_, there), here)| there.abs_diff(here)),
        load,
        overturn_permille: overturned(conn, person)?,
    })
}

/// Of a thousand of the person's first counts that were counted again, how many the recount changed. Looked at are the
/// last hundred: how somebody counts now is what matters.
fn overturned(conn: &Connection, person: PersonId) -> Result<u32, Error> {
    let (all, changed): (u32, u32) = conn
        .prepare_cached(
            "SELECT count(*) AS everything, coalesce(sum(d.state = 'accepted'), 0) AS changed FROM (
                SELECT s.count_id, s.location_id FROM sheet s
                WHERE s.person_id = $1 AND s.round = 1 AND s.close_seq IS NOT NULL ORDER BY s.opened_at DESC LIMIT 100) mine
             JOIN discrepancy d ON d.count_id = mine.count_id AND d.location_id = mine.location_id AND d.rounds > 1",
        )?
        .query_row(params![person.0], |row| Ok((row.get("everything")?, row.get("changed")?)))?;
    Ok(changed.saturating_mul(1000).checked_div(all).unwrap_or(0))
}

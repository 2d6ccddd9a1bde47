//! To which count, task and round a sheet belongs (`DOMAIN.md` section 3: any bin can be counted without a task), and
//! what a visit does to its task.
//!
//! The answer depends on the sheet and on what the desk has decided, never on which other sheets have arrived (I8).
//! Absent: whether a task is finished, which follows from all its sheets ([`super::place`]).

use super::{
    count::{NewCount, NewTask, insert_count, insert_task, task_changed},
    known,
    trace::derived,
};
use crate::store::{self, Error, Header, WriteTx, rule};
use rusqlite::{OptionalExtension, params};
use shared::{
    event::{Event, EventKind},
    fact::Assignee,
    id::{CountId, LocationId, TaskId},
    moment::Moment,
};

/// The round that a device can name before the server knows its task, at most.
const ROUNDS_MAX: u8 = 20;
const DAY_MS: i64 = 86_400_000;

/// A count's task of one location and round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attached {
    pub count: CountId,
    pub task: TaskId,
    pub round: u8,
}

/// The number of a task that nobody planned: the same wherever and whenever it is derived.
pub(super) fn derived_task(count: CountId, location: LocationId, round: u8) -> TaskId {
    TaskId(derived("task", &[&count.0.to_be_bytes(), &location.0.to_be_bytes(), &[round]]))
}

pub(super) fn attach(
    tx: &mut WriteTx<'_>,
    header: &Header,
    event: &Event,
    location: LocationId,
) -> Result<Attached, Error> {
    let EventKind::SheetOpened { task, count, .. } = &event.kind else {
        return spot(tx, header, location, event.at.instant());
    };
    if let Some(named) = named(tx, header, location, *task, *count)? {
        return Ok(named);
    }
    if let Some(planned) = planned(tx, location)? {
        return Ok(planned);
    }
    spot(tx, header, location, event.at.instant())
}

/// The task the sheet names, where it is one of this location. A recount may be named before the evidence that asks for
/// it has arrived, because its number is derived.
fn named(
    tx: &mut WriteTx<'_>,
    header: &Header,
    location: LocationId,
    task: Option<TaskId>,
    count: Option<CountId>,
) -> Result<Option<Attached>, Error> {
    let Some(task) = task else { return Ok(None) };
    let found = tx
        .conn()
        .prepare_cached("SELECT count_id, round FROM task WHERE task_id = $1 AND location_id = $2 AND site_id = $3")?
        .query_row([task.0, location.0, header.site.0], |row| {
            Ok(Attached { count: CountId(row.get("count_id")?), task, round: row.get("round")? })
        })
        .optional()?;
    if found.is_some() {
        return Ok(found);
    }
    let Some(count) = count else { return Ok(None) };
    let Some(round) = (2..=ROUNDS_MAX).find(|round| derived_task(count, location, *round) == task) else {
        return Ok(None);
    };
    if known::count(tx, count)?.is_none_or(|known| known.site != header.site) {
        return Ok(None);
    }
    insert_task(
        tx,
        header,
        &NewTask {
            id: task,
            count,
            location,
            round,
            assignee: Assignee::Pool,
            why: "a handheld had it before the count that asked for it arrived",
            // which keys were asked for is not known here: what the sheet lists is what was counted
            keys: Some("[]".into()),
            excluded: "[]".into(),
        },
    )?;
    Ok(Some(Attached { count, task, round }))
}

const DECIDED: &str = "('posted', 'exported', 'acknowledged', 'rejected', 'transferred')";

/// The first task of the newest planned count that still expects this location and of which nothing there is decided.
fn planned(tx: &WriteTx<'_>, location: LocationId) -> Result<Option<Attached>, Error> {
    Ok(tx
        .conn()
        .prepare_cached(&format!(
            "SELECT t.count_id, t.task_id FROM task t JOIN count c ON c.count_id = t.count_id
             WHERE t.location_id = $1 AND t.round = 1 AND t.state <> 'cancelled' AND c.spot = 0 AND c.closed_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM discrepancy d
                   WHERE d.count_id = t.count_id AND d.location_id = t.location_id AND d.state IN {DECIDED})
             ORDER BY c.created_at DESC, c.count_id DESC LIMIT 1"
        ))?
        .query_row([location.0], |row| {
            Ok(Attached { count: CountId(row.get("count_id")?), task: TaskId(row.get("task_id")?), round: 1 })
        })
        .optional()?)
}

/// A count of its own: one a location and day of the visit, so that two people who count the same bin are compared
/// whoever arrives first. A new one begins where the last was closed or decided.
fn spot(tx: &mut WriteTx<'_>, header: &Header, location: LocationId, opened_at: Moment) -> Result<Attached, Error> {
    let day = opened_at.0.div_euclid(DAY_MS);
    let mut nth = 0_u32;
    loop {
        let parts: [&[u8]; 3] = [&location.0.to_be_bytes(), &day.to_be_bytes(), &nth.to_be_bytes()];
        let count = CountId(derived("spot", &parts));
        let attached = Attached { count, task: derived_task(count, location, 1), round: 1 };
        let over: Option<bool> = tx
            .conn()
            .prepare_cached(&format!(
                "SELECT c.closed_at IS NOT NULL OR EXISTS (SELECT 1 FROM discrepancy d
                     WHERE d.count_id = c.count_id AND d.state IN {DECIDED}) AS over
                 FROM count c WHERE c.count_id = $1"
            ))?
            .query_row([count.0], |row| row.get("over"))
            .optional()?;
        match over {
            Some(true) => nth += 1,
            Some(false) => return Ok(attached),
            None => {
                create(tx, header, location, attached)?;
                return Ok(attached);
            }
        }
    }
}

fn create(tx: &mut WriteTx<'_>, header: &Header, location: LocationId, attached: Attached) -> Result<(), Error> {
    let policy = rule::policy(tx.conn(), header.site)?;
    let code = known::location(tx, location)?.map_or_else(String::new, |place| place.code.clone());
    let why = "somebody counted it without a task";
    insert_count(
        tx,
        header,
        &NewCount {
            id: attached.count,
            name: &format!("Spot count of {code}"),
            policy: &policy,
            why,
            spot: true,
            created_by: None,
        },
    )?;
    insert_task(
        tx,
        header,
        &NewTask {
            id: attached.task,
            count: attached.count,
            location,
            round: 1,
            assignee: Assignee::Pool,
            why,
            keys: None,
            excluded: "[]".into(),
        },
    )?;
    tx.changed(header.site, "count", header.position);
    Ok(())
}

/// Somebody has begun: an open task is being counted.
pub(super) fn begun(tx: &mut WriteTx<'_>, header: &Header, task: TaskId) -> Result<(), Error> {
    let changed = tx
        .conn()
        .prepare_cached("UPDATE task SET state = 'counting', changed_at = $1 WHERE task_id = $2 AND state = 'open'")?
        .execute([header.recorded_at.0, task.0])?;
    if changed == 1 { task_changed(tx, header, task) } else { Ok(()) }
}

/// The task that a skipped bin is about: the one named, else the planned one that is still open.
pub(super) fn task_to_skip(
    tx: &WriteTx<'_>,
    location: LocationId,
    named: Option<TaskId>,
) -> Result<Option<TaskId>, Error> {
    if let Some(task) = named {
        let fits = tx
            .conn()
            .prepare_cached("SELECT 1 FROM task WHERE task_id = $1 AND location_id = $2")?
            .exists([task.0, location.0])?;
        if fits {
            return Ok(Some(task));
        }
    }
    Ok(planned(tx, location)?.map(|attached| attached.task))
}

/// A skip holds until somebody has counted: what is counted or being counted stays so.
pub(super) fn skip(tx: &mut WriteTx<'_>, header: &Header, task: TaskId, reason: &str) -> Result<(), Error> {
    store::sheet::flush(tx)?;
    let changed = tx
        .conn()
        .prepare_cached(
            "UPDATE task SET state = 'skipped', skip_reason = $1, changed_at = $2
             WHERE task_id = $3 AND state IN ('open', 'counting') AND NOT EXISTS (
                SELECT 1 FROM sheet s WHERE s.count_id = task.count_id AND s.location_id = task.location_id
                  AND s.round = task.round AND s.close_seq IS NOT NULL AND s.set_aside = 0)",
        )?
        .execute(params![reason, header.recorded_at.0, task.0])?;
    if changed == 1 { task_changed(tx, header, task) } else { Ok(()) }
}

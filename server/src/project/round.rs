//! The tasks of a place: which are counted, and the recounts that the evidence asks for (`DOMAIN.md` section 6: only the
//! keys in dispute, by somebody who has neither counted them nor typed such a count in).
//!
//! Absent: choosing who counts; the action that appended the evidence does that ([`crate::action`]).

use super::{
    attach::derived_task,
    count::{NewTask, insert_task, task_changed},
    place::Evidence,
};
use crate::store::{Error, FollowUp, Header, WriteTx, paper};
use rusqlite::params;
use shared::{
    api::count::TaskState,
    fact::Assignee,
    id::{CountId, LocationId, PersonId, TaskId},
    judge::{KeyState, PlaceVerdict, Round},
    key::ItemKey,
};
use std::collections::{BTreeMap, BTreeSet};

/// A task of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TaskRow {
    pub id: TaskId,
    pub state: TaskState,
    pub assignee: Option<PersonId>,
    pub skipped: bool,
    /// What was asked for; `None` is the whole location.
    pub keys: Option<BTreeSet<ItemKey>>,
    pub excluded: BTreeSet<PersonId>,
}

/// The tasks of a place by round.
pub(super) fn list(tx: &WriteTx<'_>, count: CountId, location: LocationId) -> Result<BTreeMap<u8, TaskRow>, Error> {
    let mut statement = tx.conn().prepare_cached(
        "SELECT task_id, round, state, assignee_id, skip_reason IS NOT NULL AS skipped, keys, excluded FROM task
         WHERE count_id = $1 AND location_id = $2",
    )?;
    let mut rows = statement.query([count.0, location.0])?;
    let mut tasks = BTreeMap::new();
    let damaged = |error: serde_json::Error| Error::unreadable("task", error);
    while let Some(row) = rows.next()? {
        let state: String = row.get("state")?;
        let keys: Option<String> = row.get("keys")?;
        let excluded: String = row.get("excluded")?;
        tasks.insert(
            row.get("round")?,
            TaskRow {
                id: TaskId(row.get("task_id")?),
                state: TaskState::parse(&state).ok_or_else(|| Error::unreadable("task", state))?,
                assignee: row.get::<_, Option<i64>>("assignee_id")?.map(PersonId),
                skipped: row.get("skipped")?,
                keys: keys.map(|keys| serde_json::from_str(&keys)).transpose().map_err(damaged)?,
                excluded: if excluded == "[]" {
                    BTreeSet::new()
                } else {
                    serde_json::from_str(&excluded).map_err(damaged)?
                },
            },
        );
    }
    Ok(tasks)
}

/// Writes what the verdict means for the tasks of a place.
pub(super) fn write(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    verdict: &PlaceVerdict,
    rounds: &[Round],
) -> Result<(), Error> {
    for round in rounds {
        if let Some(task) = evidence.tasks.get(&round.round) {
            let complete = verdict.rounds.get(&round.round).is_some_and(|merged| merged.complete);
            let state = match (complete, round.sheets.is_empty()) {
                (true, _) => TaskState::Counted,
                (false, false) => TaskState::Counting,
                (false, true) if task.skipped => TaskState::Skipped,
                (false, true) => TaskState::Counting,
            };
            set_state(tx, header, task, state)?;
        }
    }
    for (number, task) in &evidence.tasks {
        let is_begun = rounds.iter().any(|round| round.round == *number);
        if !is_begun && matches!(task.state, TaskState::Counted | TaskState::Counting) {
            // every visit was set aside: it is still to be counted
            let state = match task.skipped {
                _ if evidence.count.closed => TaskState::Cancelled,
                true => TaskState::Skipped,
                false => TaskState::Open,
            };
            set_state(tx, header, task, state)?;
        }
    }
    recount(tx, header, evidence, verdict, rounds)
}

fn set_state(tx: &mut WriteTx<'_>, header: &Header, task: &TaskRow, state: TaskState) -> Result<(), Error> {
    if task.state == state {
        return Ok(());
    }
    tx.conn().prepare_cached("UPDATE task SET state = $1, changed_at = $2 WHERE task_id = $3")?.execute(params![
        state.word(),
        header.recorded_at.0,
        task.id.0
    ])?;
    task_changed(tx, header, task.id)
}

/// Makes, extends or cancels the recount of a place.
fn recount(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    verdict: &PlaceVerdict,
    rounds: &[Round],
) -> Result<(), Error> {
    let mut wanted: BTreeMap<u8, BTreeSet<ItemKey>> = BTreeMap::new();
    if !evidence.count.closed {
        for (key, judged) in verdict.keys.iter().filter(|(key, _)| !evidence.is_decided(key)) {
            if let KeyState::Recounting { round } = judged.state {
                wanted.entry(round).or_default().insert(key.clone());
            }
        }
    }
    for (round, task) in evidence.tasks.range(2..) {
        let begun = rounds.iter().any(|known| known.round == *round);
        if !begun && !wanted.contains_key(round) && matches!(task.state, TaskState::Open | TaskState::Skipped) {
            set_state(tx, header, task, TaskState::Cancelled)?;
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let typists = paper::list_typists(tx.conn(), evidence.count_id, evidence.location)?;
    for (round, keys) in wanted {
        let mut excluded = counted_before(evidence, verdict, round);
        // whoever typed the paper sheet of an earlier round knows its numbers as well as whoever wrote them
        excluded.extend(typists.iter().filter(|(typed, _)| *typed < round).map(|(_, typist)| *typist));
        match evidence.tasks.get(&round) {
            None => make(tx, header, evidence, round, &keys, &excluded)?,
            // once somebody has begun, what they were asked for stands: new keys go to the round after it
            Some(_) if rounds.iter().any(|known| known.round == round) => {}
            Some(task) => extend(tx, header, task, &keys, &excluded)?,
        }
    }
    Ok(())
}

/// Everybody who counted an earlier round of the place.
fn counted_before(evidence: &Evidence, verdict: &PlaceVerdict, round: u8) -> BTreeSet<PersonId> {
    let groups = verdict.rounds.range(..round).flat_map(|(_, merged)| &merged.groups);
    let mut people: BTreeSet<PersonId> = groups.flat_map(|group| group.people.iter().copied()).collect();
    let closed = evidence.sheets.iter().filter(|row| row.round < round && row.close_seq.is_some());
    people.extend(closed.map(|row| row.person));
    people
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::unreadable("task", error))
}

fn make(
    tx: &mut WriteTx<'_>,
    header: &Header,
    evidence: &Evidence,
    round: u8,
    keys: &BTreeSet<ItemKey>,
    excluded: &BTreeSet<PersonId>,
) -> Result<(), Error> {
    let id = derived_task(evidence.count_id, evidence.location, round);
    let why = match keys.len() {
        1 => "one key has to be counted once more by somebody else".to_owned(),
        number => format!("{number} keys have to be counted once more by somebody else"),
    };
    insert_task(
        tx,
        header,
        &NewTask {
            id,
            count: evidence.count_id,
            location: evidence.location,
            round,
            assignee: Assignee::Pool,
            why: &why,
            keys: Some(json(keys)?),
            excluded: json(excluded)?,
        },
    )?;
    tx.follow_up(FollowUp::Assign { site: header.site, task: id });
    Ok(())
}

fn extend(
    tx: &mut WriteTx<'_>,
    header: &Header,
    task: &TaskRow,
    keys: &BTreeSet<ItemKey>,
    excluded: &BTreeSet<PersonId>,
) -> Result<(), Error> {
    let reopened = task.state == TaskState::Cancelled;
    let taken = reopened || task.assignee.is_some_and(|person| excluded.contains(&person));
    if task.keys.as_ref() == Some(keys) && task.excluded == *excluded && !taken {
        return Ok(());
    }
    let state = if reopened { TaskState::Open } else { task.state };
    let assignee = task.assignee.filter(|_| !taken);
    tx.conn()
        .prepare_cached(
            "UPDATE task SET state = $1, assignee_id = $2, keys = $3, excluded = $4, changed_at = $5 WHERE task_id = $6",
        )?
        .execute(params![
            state.word(),
            assignee.map(|person| person.0),
            json(keys)?,
            json(excluded)?,
            header.recorded_at.0,
            task.id.0,
        ])?;
    if assignee.is_none() {
        tx.follow_up(FollowUp::Assign { site: header.site, task: task.id });
    }
    task_changed(tx, header, task.id)
}

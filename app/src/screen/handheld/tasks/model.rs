//! My bins in walk order: what is mine or anybody's, not what I may not count, and which comes next.
//!
//! Absent: book quantities (no task carries one), and other people's work.

use shared::{
    event::SheetIntent,
    fact::Assignee,
    id::{CountId, LocationId, PersonId, TaskId},
    key::ItemKey,
    sync::message::HandheldTask,
};
use std::collections::HashMap;

/// What this handheld needs to know of a bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The bin.
    pub id: LocationId,
    /// Its code.
    pub code: String,
    /// Its zone, empty where unknown.
    pub zone: String,
    /// Its place on the walk.
    pub walk_order: i64,
}

/// How far a task is, as far as this handheld knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has begun it here.
    Todo,
    /// Its sheet is open on this handheld.
    Open,
    /// Its sheet was closed on this handheld; the server may not know yet.
    Done,
    /// It was skipped on this handheld.
    Skipped,
}

impl State {
    /// Whether there is work left.
    pub const fn is_left(self) -> bool {
        matches!(self, Self::Todo | Self::Open)
    }
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The task.
    pub task: TaskId,
    /// Its count.
    pub count: CountId,
    /// What the lead called the count.
    pub count_name: String,
    /// Where.
    pub place: Place,
    /// 1 is the first count.
    pub round: u8,
    /// What to count; `None` is everything.
    pub keys: Option<Vec<ItemKey>>,
    /// Whether anybody may take it.
    pub pool: bool,
    /// How far it is.
    pub state: State,
}

impl Row {
    /// Whether this is a recount: shown as "Count again", with nothing of the earlier rounds.
    pub const fn is_again(&self) -> bool {
        self.round >= 2
    }
}

/// The rows for a person, in walk order.
///
/// A task whose bin is not on this handheld yet is left out until its shard arrives: a code is what people walk by.
///
/// # Source
/// `DOMAIN.md` sections 6 and 7: nobody recounts what they counted, and a recount is blind.
pub fn rows(
    tasks: &[HandheldTask],
    person: PersonId,
    place: impl Fn(LocationId) -> Option<Place>,
    states: &HashMap<TaskId, State>,
) -> Vec<Row> {
    let found = tasks.iter().filter(|task| may_take(task, person)).filter_map(|task| {
        Some(Row {
            task: task.id,
            count: task.count,
            count_name: task.count_name.clone(),
            place: place(task.location)?,
            round: task.round,
            keys: task.keys.clone(),
            pool: task.assignee == Assignee::Pool,
            state: states.get(&task.id).copied().unwrap_or(State::Todo),
        })
    });
    // they come nearly in order, so each is put in its place; a sorting of its own would cost the bundle kilobytes
    let mut rows: Vec<Row> = Vec::new();
    for row in found {
        let order = |row: &Row| (row.place.walk_order, row.task);
        let at = rows.partition_point(|earlier| order(earlier) <= order(&row));
        rows.insert(at, row);
    }
    rows
}

fn may_take(task: &HandheldTask, person: PersonId) -> bool {
    let offered = match task.assignee {
        Assignee::Person(whose) => whose == person,
        Assignee::Pool => true,
    };
    offered && !task.excluded.contains(&person)
}

/// The rows as a walk that starts where somebody stands: first what comes from there on, then the bins before it. Who
/// scans a bin in the middle of the hall is not sent back to the door.
pub fn from_here(mut rows: Vec<Row>, here: Option<i64>) -> Vec<Row> {
    if let Some(here) = here {
        let at = rows.partition_point(|row| row.place.walk_order < here);
        rows.rotate_left(at);
    }
    rows
}

/// The next bin on the walk after the one just left; from the start again behind the last. An open sheet comes first.
pub fn next(rows: &[Row], after: Option<i64>) -> Option<&Row> {
    let left = || rows.iter().filter(|row| row.state.is_left());
    left()
        .find(|row| row.state == State::Open)
        .or_else(|| after.and_then(|order| left().find(|row| row.place.walk_order >= order)))
        .or_else(|| left().next())
}

/// The task to work on when a bin is scanned: mine before anybody's, a recount before a first count.
pub fn for_bin(rows: &[Row], location: LocationId) -> Option<&Row> {
    rows.iter()
        .filter(|row| row.place.id == location && row.state.is_left())
        .min_by_key(|row| (row.pool, std::cmp::Reverse(row.round)))
}

/// What to do when a person opens a bin that they have counted before on this handheld.
pub fn needs_choice(counted_before: bool, task: Option<&Row>, resuming: bool) -> bool {
    // a recount is a sheet of its own by its round; an open sheet is simply gone on with
    counted_before && !resuming && task.is_none_or(|row| !row.is_again())
}

/// The intent a sheet is opened with, once chosen.
pub const fn intent(goes_on: bool) -> SheetIntent {
    if goes_on { SheetIntent::Continue } else { SheetIntent::Own }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ME: PersonId = PersonId(1);
    const OTHER: PersonId = PersonId(2);

    fn task(id: i64, location: i64, assignee: Assignee) -> HandheldTask {
        HandheldTask {
            id: TaskId(id),
            count: CountId(1),
            count_name: "Week 48".into(),
            location: LocationId(location),
            round: 1,
            assignee,
            excluded: vec![],
            keys: None,
        }
    }

    /// Bins 1, 2, 3… stand on the walk in reverse: 100, 99, 98…
    fn place(location: LocationId) -> Option<Place> {
        (location.0 < 50).then(|| Place {
            id: location,
            code: format!("A-{:02}", location.0),
            zone: "A".into(),
            walk_order: 101 - location.0,
        })
    }

    fn listed(tasks: &[HandheldTask]) -> Vec<i64> {
        rows(tasks, ME, place, &HashMap::new()).iter().map(|row| row.task.0).collect()
    }

    #[test]
    fn mine_and_the_pools_in_walk_order_and_nobody_elses() {
        let tasks = [
            task(1, 1, Assignee::Person(ME)),
            task(2, 2, Assignee::Pool),
            task(3, 3, Assignee::Person(OTHER)),
            task(4, 99, Assignee::Pool),
        ];
        assert_eq!(listed(&tasks), [2, 1], "bin 3 is another's, bin 99 is not on the device yet");
    }

    #[test]
    fn a_recount_is_not_offered_to_somebody_who_counted_the_bin() {
        let mut again = task(1, 1, Assignee::Pool);
        again.round = 2;
        again.excluded = vec![ME];
        assert_eq!(listed(&[again.clone()]), [0_i64; 0]);
        again.excluded = vec![OTHER];
        let shown = rows(&[again], ME, place, &HashMap::new());
        assert!(shown[0].is_again());
    }

    #[test]
    fn the_next_bin_is_the_next_on_the_walk_and_an_open_sheet_comes_first() {
        let tasks: Vec<HandheldTask> = (1..=4).map(|n| task(n, n, Assignee::Pool)).collect();
        let mut states = HashMap::from([(TaskId(3), State::Done)]);
        let shown = rows(&tasks, ME, place, &states);
        assert_eq!(next(&shown, None).unwrap().task, TaskId(4));
        assert_eq!(next(&shown, Some(98)).unwrap().task, TaskId(2), "behind bin 3 comes bin 2");
        assert_eq!(next(&shown, Some(101)).unwrap().task, TaskId(4), "behind the last comes the first");
        states.insert(TaskId(1), State::Open);
        assert_eq!(next(&rows(&tasks, ME, place, &states), Some(98)).unwrap().task, TaskId(1));
        for n in 1..=4 {
            states.insert(TaskId(n), if n == 2 { State::Skipped } else { State::Done });
        }
        assert_eq!(next(&rows(&tasks, ME, place, &states), None), None);
    }

    #[test]
    fn the_walk_starts_where_somebody_stands_and_comes_back_to_the_start() {
        let tasks: Vec<HandheldTask> = (1..=4).map(|n| task(n, n, Assignee::Pool)).collect();
        let from = |here| -> Vec<i64> {
            from_here(rows(&tasks, ME, place, &HashMap::new()), here).iter().map(|row| row.place.walk_order).collect()
        };
        assert_eq!(from(None), [97, 98, 99, 100]);
        assert_eq!(from(Some(99)), [99, 100, 97, 98]);
        assert_eq!(from(Some(1)), [97, 98, 99, 100], "a bin at the door");
        assert_eq!(from(Some(500)), [97, 98, 99, 100], "a bin behind all of them");
    }

    #[test]
    fn scanning_a_bin_takes_the_recount_before_the_pool() {
        let mut again = task(7, 1, Assignee::Person(ME));
        again.round = 2;
        let shown = rows(&[task(6, 1, Assignee::Pool), again], ME, place, &HashMap::new());
        assert_eq!(for_bin(&shown, LocationId(1)).unwrap().task, TaskId(7));
        assert_eq!(for_bin(&shown, LocationId(2)), None);
    }

    #[test]
    fn a_bin_counted_before_asks_unless_it_is_a_recount_or_still_open() {
        let mut again = task(7, 1, Assignee::Person(ME));
        again.round = 2;
        let shown = rows(&[again], ME, place, &HashMap::new());
        assert!(needs_choice(true, None, false));
        assert!(!needs_choice(false, None, false));
        assert!(!needs_choice(true, None, true));
        assert!(!needs_choice(true, Some(&shown[0]), false));
        assert_eq!((intent(true), intent(false)), (SheetIntent::Continue, SheetIntent::Own));
    }
}

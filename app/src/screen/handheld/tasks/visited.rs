//! What was done on this handheld and the server may not have said back yet: kept as a draft, so that a closed bin does
//! not look open again after a cold start without a network.
//!
//! Absent: the truth. That is in the journal and on the server; losing this loses a tick mark on a list.

use super::model::State;
use serde::{Deserialize, Serialize};
use shared::id::{LocationId, PersonId, TaskId};
use std::collections::HashMap;

/// Rows kept; a shift has a few hundred bins.
const ROWS_MAX: usize = 2_000;

/// One visit that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Ended {
    person: PersonId,
    location: LocationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task: Option<TaskId>,
    skipped: bool,
}

/// The visits that ended, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Visited {
    rows: Vec<Ended>,
}

impl Visited {
    /// Adds one.
    pub fn add(&mut self, person: PersonId, location: LocationId, task: Option<TaskId>, skipped: bool) {
        self.rows.push(Ended { person, location, task, skipped });
        if self.rows.len() > ROWS_MAX {
            self.rows.remove(0);
        }
    }
    /// Whether this person counted this bin here before.
    pub fn counted(&self, person: PersonId, location: LocationId) -> bool {
        self.rows.iter().any(|row| !row.skipped && row.person == person && row.location == location)
    }
    /// The state of the tasks that ended here.
    pub fn states(&self) -> HashMap<TaskId, State> {
        let state = |row: &Ended| if row.skipped { State::Skipped } else { State::Done };
        self.rows.iter().filter_map(|row| Some((row.task?, state(row)))).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_closed_bin_stays_closed_on_the_list_and_is_remembered_as_counted() {
        let mut visited = Visited::default();
        visited.add(PersonId(1), LocationId(5), Some(TaskId(9)), true);
        assert!(!visited.counted(PersonId(1), LocationId(5)), "skipped is not counted");
        visited.add(PersonId(1), LocationId(5), Some(TaskId(9)), false);
        let back: Visited = serde_json::from_str(&serde_json::to_string(&visited).unwrap()).unwrap();
        assert!(back.counted(PersonId(1), LocationId(5)));
        assert!(!back.counted(PersonId(2), LocationId(5)));
        assert_eq!(back.states()[&TaskId(9)], State::Done, "the later visit decides");
    }

    #[test]
    fn a_long_shift_does_not_grow_it_for_ever() {
        let mut visited = Visited::default();
        for n in 0..3_000 {
            visited.add(PersonId(1), LocationId(n), None, false);
        }
        assert_eq!(visited.rows.len(), ROWS_MAX);
        assert!(visited.counted(PersonId(1), LocationId(2_999)));
    }
}

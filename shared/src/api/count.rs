//! Counts and tasks at the desk. No field holds a book quantity or a variance: a lead may be blind.

use crate::{
    event::SkipReason,
    fact::Assignee,
    id::{CountId, LocationId, PersonId, TaskId},
    moment::Moment,
    policy::Meaning,
};
use serde::{Deserialize, Serialize};

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Nobody has begun.
    Open,
    /// A sheet is open for it, or not all of it has arrived.
    Counting,
    /// Counted; every sheet is closed and here.
    Counted,
    /// Could not be counted.
    Skipped,
    /// No longer wanted.
    Cancelled,
}

impl TaskState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Open, Self::Counting, Self::Counted, Self::Skipped, Self::Cancelled];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Counting => "counting",
            Self::Counted => "counted",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A row of `GET …/counts` (SeeWork), newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRow {
    pub id: CountId,
    pub name: String,
    pub why: String,
    pub created_by: String,
    pub created_at: Moment,
    pub closed_at: Option<Moment>,
    pub tasks_open: u32,
    pub tasks_counting: u32,
    pub tasks_counted: u32,
    pub tasks_skipped: u32,
    pub tasks_cancelled: u32,
    /// Tasks of round 2 and later among them.
    pub tasks_recount: u32,
}

/// `POST …/counts` (PlanWork), answers [`CountRow`]. Locations that already have an open task are left out and named
/// in `skipped`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCount {
    pub name: String,
    pub selection: Selection,
    pub assignee: Assignee,
    pub meaning: Meaning,
    /// Rounds before a supervisor gets the evidence; `None` is the default of 3.
    pub rounds_max: Option<u8>,
}

/// Which locations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Selection {
    Locations {
        ids: Vec<LocationId>,
    },
    Zones {
        zones: Vec<String>,
    },
    /// The whole site.
    All,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountCreated {
    pub count: CountRow,
    /// Codes of locations left out because an open task exists.
    pub left_out: Vec<String>,
}

/// `GET …/counts/{id}` (SeeWork)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountDetail {
    pub count: CountRow,
    /// In walk order.
    pub tasks: Vec<TaskRow>,
}

/// `GET …/tasks?state=&assignee=` (SeeWork) and the rows of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRow {
    pub id: TaskId,
    pub count: CountId,
    pub count_name: String,
    pub location: LocationId,
    pub location_code: String,
    pub zone: String,
    pub walk_order: i64,
    pub round: u8,
    pub state: TaskState,
    pub assignee: Assignee,
    /// Name of the assigned person; empty for the pool.
    pub assignee_name: String,
    /// Why it exists or why it was given to them.
    pub why: String,
    pub skip_reason: Option<SkipReason>,
    /// Who has counted or is counting it.
    pub counters: Vec<String>,
    /// Entries that have arrived.
    pub entries: u32,
    pub changed_at: Moment,
}

/// `POST …/tasks/assign` (PlanWork). All or nothing; a person who counted an earlier round is refused by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignTasks {
    pub tasks: Vec<TaskId>,
    pub to: Assignee,
}

/// Somebody tasks can be given to, with their load (`GET …/counters`, SeeWork).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterRow {
    pub id: PersonId,
    pub name: String,
    pub tasks_open: u32,
}

/// `POST …/counts/{id}/close` (PlanWork). Lists what is open or still on handhelds; closing anyway is a named decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseCount {
    /// True: close although something is missing.
    pub anyway: bool,
}

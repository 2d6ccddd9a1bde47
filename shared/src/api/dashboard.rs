//! The dashboard's figures (`DOMAIN.md` section 9): every one with its parts, so that the formula can be shown.

use crate::{moment::Moment, money::Money};
use serde::{Deserialize, Serialize};

/// `GET …/dashboard` (SeeWork). Without SeeBooks, `discrepancies`, `accuracy` and `findings_open` are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    pub now: Moment,
    /// Tasks of open counts by state: open, counting, counted, skipped, cancelled.
    pub tasks: TaskFigures,
    pub discrepancies: Option<DiscrepancyFigures>,
    /// Oldest week first; weeks begin on Monday in the site's time zone.
    pub accuracy: Option<Vec<AccuracyWeek>>,
    pub unknown_barcodes: u64,
    pub devices: DeviceFigures,
    pub findings_open: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaskFigures {
    pub open: u64,
    pub counting: u64,
    pub counted: u64,
    pub skipped: u64,
    pub cancelled: u64,
    /// Of those open or counting, in round 2 or later.
    pub recounts: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyFigures {
    /// Open ones by age: under 1 day, 1–3 days, 3–7 days, over 7 days.
    pub by_age: Vec<AgeBucket>,
    /// Waiting for a supervisor.
    pub awaiting_decision: u64,
    pub recounting: u64,
    pub overdue: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeBucket {
    pub label: String,
    pub number: u64,
    /// Sum of magnitudes of known values.
    pub value: Money,
    pub value_unknown: u64,
}

/// Record accuracy by line, first round: lines within tolerance / lines counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccuracyWeek {
    /// The Monday, `YYYY-MM-DD`.
    pub week: String,
    pub lines_counted: u64,
    pub lines_within: u64,
    /// Wilson interval at 95 %, in hundredths of a percent: low and high. `None` without lines.
    pub interval: Option<(u32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeviceFigures {
    pub enrolled: u64,
    /// Not heard of for an hour while events are waiting on them.
    pub silent_with_counts: u64,
    /// Events announced and not arrived.
    pub waiting: u64,
}

/// An event of `GET …/live` (server-sent events): something changed; fetch what you show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveChange {
    /// `task`, `count`, `discrepancy`, `device`, `barcode`, `master`, `person`, `finding`, `incident`.
    pub what: String,
    pub position: i64,
}

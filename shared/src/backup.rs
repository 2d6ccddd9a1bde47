//! When a backup is due and which old ones may go (`SYNC.md` section 8).
//!
//! Absent: making, checking and counting them, and time zones: the offset from UTC is handed in.

use crate::moment::Moment;
use serde::{Deserialize, Serialize};

/// Hours between two backups that can be chosen: those that divide a day, so that each day has the same times.
pub const HOURS: [u32; 6] = [1, 2, 4, 6, 12, 24];
/// Backups kept, at most: a year of daily ones.
pub const KEEP_MAX: u32 = 400;
const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: u32 = 24 * 60;
/// After one that failed the next is tried this much later: a full disk does not mend itself within a minute.
pub const RETRY_MS: i64 = 15 * MINUTE_MS;

/// When backups are made by themselves, and how many stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Off: only by hand.
    pub on: bool,
    /// One of [`HOURS`].
    pub every_hours: u32,
    /// Minutes after midnight of the first of a day.
    pub first_minute: u32,
    /// The IANA time zone that `first_minute` is meant in.
    pub time_zone: String,
    /// The newest so many stay; the last verified one always does.
    pub keep: u32,
}

impl Default for Plan {
    /// Daily at two in the morning, for two weeks.
    fn default() -> Self {
        Self { on: true, every_hours: 24, first_minute: 120, time_zone: "UTC".into(), keep: 14 }
    }
}

/// What is wrong with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Not one of [`HOURS`].
    #[error("Backups can be made every 1, 2, 4, 6, 12 or 24 hours.")]
    Hours,
    /// Not inside a day.
    #[error("The time of day is between 00:00 and 23:59.")]
    Minute,
    /// None, or too many.
    #[error("Keep at least 1 and at most {KEEP_MAX} backups.")]
    Keep,
}

impl Plan {
    /// Looks whether it can be meant.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), PlanError> {
        if !HOURS.contains(&self.every_hours) {
            return Err(PlanError::Hours);
        }
        if self.first_minute >= DAY_MINUTES {
            return Err(PlanError::Minute);
        }
        if !(1..=KEEP_MAX).contains(&self.keep) {
            return Err(PlanError::Keep);
        }
        Ok(())
    }

    /// The last instant up to `now` at which a backup was to be made. `offset_ms` is the zone's offset from UTC now.
    pub fn last_slot(&self, now: Moment, offset_ms: i64) -> Moment {
        let step = i64::from(self.every_hours.max(1)) * 60 * MINUTE_MS;
        let first = i64::from(self.first_minute) * MINUTE_MS;
        let local = now.0.saturating_add(offset_ms);
        let since = local.saturating_sub(first).rem_euclid(step);
        Moment(local.saturating_sub(since).saturating_sub(offset_ms))
    }

    /// Whether one is to be made now: a time for one has passed since the last, however long the server was off.
    pub fn is_due(&self, made: Option<Moment>, failed: Option<Moment>, now: Moment, offset_ms: i64) -> bool {
        if !self.on || failed.is_some_and(|at| (0..RETRY_MS).contains(&now.ms_since(at))) {
            return false;
        }
        made.is_none_or(|at| at < self.last_slot(now, offset_ms))
    }
}

/// Of verified backups, the newest first: how many stay. The last one always does.
pub const fn kept(keep: u32) -> usize {
    if keep == 0 { 1 } else { keep as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    /// 2026-11-23T00:00:00Z
    const DAY: i64 = 1_795_392_000_000;

    fn plan(every_hours: u32, first_minute: u32) -> Plan {
        Plan { every_hours, first_minute, ..Plan::default() }
    }

    #[track_caller]
    fn slot(plan: &Plan, hours: i64, offset_hours: i64, expected_hours: i64) {
        let found = plan.last_slot(Moment(DAY + hours * HOUR + 1), offset_hours * HOUR);
        assert_eq!((found.0 - DAY) / HOUR, expected_hours, "{plan:?} at {hours}");
    }

    #[test]
    fn a_backup_is_due_at_its_time_of_day_on_the_clock_of_the_site() {
        let nightly = plan(24, 120);
        slot(&nightly, 1, 0, -22);
        slot(&nightly, 2, 0, 2);
        slot(&nightly, 23, 0, 2);
        // two o'clock in Berlin is one o'clock UTC in winter
        slot(&nightly, 1, 1, 1);
        slot(&nightly, 0, 1, -23);
        let often = plan(6, 60);
        slot(&often, 0, 0, -5);
        slot(&often, 8, 0, 7);
        slot(&often, 23, 0, 19);
    }

    #[test]
    fn a_backup_missed_while_the_server_was_off_is_made_when_it_is_back() {
        let nightly = plan(24, 120);
        let at = |hours: i64| Moment(DAY + hours * HOUR);
        assert!(nightly.is_due(None, None, at(1), 0), "there is none at all");
        assert!(nightly.is_due(Some(at(-30)), None, at(1), 0), "the one of last night was missed");
        assert!(!nightly.is_due(Some(at(-22)), None, at(1), 0), "the night has its backup");
        assert!(nightly.is_due(Some(at(-22)), None, at(2), 0));
        assert!(!nightly.is_due(Some(at(1)), None, Moment(DAY + HOUR + 1), 0), "one by hand counts");
        assert!(!Plan { on: false, ..nightly }.is_due(None, None, at(1), 0));
    }

    #[test]
    fn a_backup_that_failed_is_tried_again_after_a_while() {
        let nightly = plan(24, 120);
        let failed = Some(Moment(DAY));
        assert!(!nightly.is_due(None, failed, Moment(DAY + RETRY_MS - 1), 0));
        assert!(nightly.is_due(None, failed, Moment(DAY + RETRY_MS), 0));
        // a clock that was set back is no reason to wait until it has caught up
        assert!(nightly.is_due(None, failed, Moment(DAY - HOUR), 0));
    }

    #[test]
    fn a_plan_that_cannot_be_meant_is_refused() {
        assert_eq!(Plan::default().check(), Ok(()));
        assert_eq!(plan(5, 0).check(), Err(PlanError::Hours));
        assert_eq!(plan(24, 1440).check(), Err(PlanError::Minute));
        assert_eq!(Plan { keep: 0, ..Plan::default() }.check(), Err(PlanError::Keep));
        assert_eq!(kept(0), 1, "the last one is never removed");
    }
}

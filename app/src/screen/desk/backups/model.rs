//! What the page of backups says: sizes, states, the plan as typed, and what a restored server waits for.
//!
//! Absent: time zones; instants are put into words by whoever knows the site's clock.

use crate::screen::desk::words;
use shared::{
    api::backup::{BackupState, BackupWhy, RestoreStatus, ReturnState, TimelineWhy},
    backup::Plan,
};

/// A size as people say it: `940 KB`, `12.3 MB`.
pub fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (bytes.saturating_mul(10) + unit / 2) / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// What a state is called, how it is dressed, and what it means.
pub const fn state(state: BackupState) -> (&'static str, &'static str, &'static str) {
    match state {
        BackupState::Verified => ("verified", "chip-good", "Read back, every chain recomputed, unchanged since."),
        BackupState::Missing => ("missing", "chip-bad", "The file is no longer where it was."),
        BackupState::Damaged => ("damaged", "chip-bad", "The file is not what was checked. Do not rely on it."),
        BackupState::Removed => ("removed", "chip-quiet", "Newer ones are enough."),
    }
}

/// Why it was made.
pub const fn why(why: BackupWhy) -> &'static str {
    match why {
        BackupWhy::Schedule => "by itself",
        BackupWhy::Desk => "at the desk",
        BackupWhy::Command => "by command",
        BackupWhy::Restored => "restored from",
    }
}

/// Where a handheld stands after a restore, and how that is dressed.
pub const fn returning(state: ReturnState) -> (&'static str, &'static str) {
    match state {
        ReturnState::Returned => ("all here", "chip-good"),
        ReturnState::Sending => ("sending", "chip-info"),
        ReturnState::Waiting => ("waited for", "chip-warn"),
        ReturnState::Unknown => ("enrol again", "chip-bad"),
    }
}

/// How this server came to go on from an older state.
pub const fn because(why: TimelineWhy) -> &'static str {
    match why {
        TimelineWhy::Restored => "A backup was restored.",
        TimelineWhy::OlderDatabase => "The database was replaced by an older one.",
        TimelineWhy::DeviceKnewMore => "A handheld had entries that this server had lost.",
    }
}

/// The sentence that is looked for first: who has healed, and who has not. `at` puts an instant into words.
pub fn healing(status: &RestoreStatus, at: impl Fn(shared::moment::Moment) -> String) -> String {
    let (returned, all) = (status.returned(), status.devices.len());
    let resent = words::many(status.resent(), "entry", "entries");
    let mut text = if returned == all {
        format!("All {all} handhelds are whole again; {resent} came back.")
    } else {
        format!("{returned} of {all} handhelds are whole again; {resent} came back.")
    };
    let waited: Vec<String> = status
        .devices
        .iter()
        .filter(|device| device.state == ReturnState::Waiting)
        .map(|device| match device.seen_at {
            Some(seen) => format!("{}, last seen {}", device.name, at(seen)),
            None => format!("{}, never seen", device.name),
        })
        .collect();
    if !waited.is_empty() {
        text.push_str(&format!(" Waiting for {}.", waited.join("; ")));
    }
    let unknown: Vec<&str> = status
        .devices
        .iter()
        .filter(|device| device.state == ReturnState::Unknown)
        .map(|device| device.name.as_str())
        .collect();
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        text.push_str(&format!(
            " Enrol again: {names}. This server does not know it; what it holds stays on it until then."
        ));
    }
    text
}

/// The plan as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanForm {
    /// Whether backups are made by themselves.
    pub on: bool,
    /// Hours between two.
    pub every_hours: u32,
    /// `02:00`
    pub first: String,
    /// How many stay.
    pub keep: String,
}

impl PlanForm {
    /// The plan as it is.
    pub fn of(plan: &Plan) -> Self {
        Self {
            on: plan.on,
            every_hours: plan.every_hours,
            first: format!("{:02}:{:02}", plan.first_minute / 60, plan.first_minute % 60),
            keep: plan.keep.to_string(),
        }
    }
    /// The plan that is meant, on the clock of a site.
    ///
    /// # Errors
    /// A sentence that names what cannot be meant.
    pub fn read(&self, time_zone: &str) -> Result<Plan, String> {
        let minute = self.first.split_once(':').and_then(|(hours, minutes)| {
            let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.get(..2)?.parse::<u32>().ok()?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        });
        let first_minute = minute.ok_or_else(|| format!("“{}” is no time of day such as 02:00.", self.first))?;
        let keep = self.keep.trim().parse().map_err(|_| format!("“{}” is no number of backups.", self.keep))?;
        let plan =
            Plan { on: self.on, every_hours: self.every_hours, first_minute, time_zone: time_zone.to_owned(), keep };
        plan.check().map_err(|error| error.to_string())?;
        Ok(plan)
    }
}

/// Hours between two backups in words.
pub fn every(hours: u32) -> String {
    match hours {
        1 => "every hour".to_owned(),
        24 => "once a day".to_owned(),
        hours => format!("every {hours} hours"),
    }
}

/// What is asked before a restore: what it takes away, and what comes back.
pub fn question(name: &str, made_at: &str, facts_since: u64) -> String {
    let lost = match facts_since {
        0 => "Nothing was recorded since.".to_owned(),
        1 => "1 thing was recorded since: decisions made at the desk are gone then, what handhelds recorded they send again.".to_owned(),
        number => format!(
            "{} things were recorded since: decisions made at the desk are gone then, what handhelds recorded they send again.",
            words::number(number)
        ),
    };
    format!("Set all sites back to {made_at} ({name})? {lost} The present database is kept beside the backups.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{api::backup::ReturningDevice, moment::Moment};

    #[test]
    fn sizes_are_as_coarse_as_people_say_them() {
        assert_eq!(size(1), "1 KB");
        assert_eq!(size(940_000), "940 KB");
        assert_eq!(size(12_340_000), "12.3 MB");
        assert_eq!(size(2_000_000_000), "2.0 GB");
    }

    #[test]
    fn a_plan_is_read_as_it_is_shown_and_mistakes_are_named() {
        let plan = Plan { every_hours: 6, first_minute: 90, keep: 20, time_zone: "Europe/Berlin".into(), on: true };
        let form = PlanForm::of(&plan);
        assert_eq!(form.first, "01:30");
        assert_eq!(form.read("Europe/Berlin"), Ok(plan));
        let check = |change: fn(&mut PlanForm), words: &str| {
            let mut form = PlanForm::of(&Plan::default());
            change(&mut form);
            assert!(form.read("UTC").expect_err("refused").contains(words));
        };
        check(|form| form.first = "25:00".into(), "25:00");
        check(|form| form.first = String::new(), "time of day");
        check(|form| form.keep = "many".into(), "many");
        check(|form| form.keep = "0".into(), "at least 1");
        check(|form| form.every_hours = 5, "hours");
    }

    fn device(name: &str, state: ReturnState, resent: u64) -> ReturningDevice {
        ReturningDevice { name: name.into(), state, seen_at: Some(Moment(1)), resent, missing: 0 }
    }

    #[test]
    fn a_restored_server_says_who_is_waited_for() {
        let mut status = RestoreStatus {
            why: TimelineWhy::Restored,
            started_at: Moment(5),
            restored_to: Moment(2),
            file: "trueup.db".into(),
            by: None,
            devices: vec![
                device("H-04", ReturnState::Waiting, 0),
                device("H-06", ReturnState::Unknown, 0),
                device("H-01", ReturnState::Returned, 200),
                device("H-02", ReturnState::Sending, 14),
            ],
        };
        let said = healing(&status, |_| "09:12".into());
        assert!(said.starts_with("1 of 4 handhelds are whole again; 214 entries came back."), "{said}");
        assert!(said.contains("Waiting for H-04, last seen 09:12.") && said.contains("Enrol again: H-06."), "{said}");
        status.devices = vec![device("H-01", ReturnState::Returned, 1)];
        assert_eq!(healing(&status, |_| String::new()), "All 1 handhelds are whole again; 1 entry came back.");
    }

    #[test]
    fn what_a_restore_takes_away_is_said_before() {
        assert!(question("a.db", "02:00", 0).contains("Nothing was recorded since."));
        assert!(question("a.db", "02:00", 1).contains("1 thing was"));
        assert!(question("a.db", "02:00", 12_345).contains("12\u{202f}345 things were"));
    }
}

//! The faults that a run must have injected: those of `SYNC.md` section 10 by family, what the simulator does to its
//! handhelds, and every planted defect. A run that left one out shows less than it says, so the table fails it.
//!
//! A name says no number that only some runs keep: how long and how much it was is in the row's note.
//!
//! Absent: how a fault is made; that is the scenario's.

use shared::planted::Defect;

/// The family of planted defects.
pub const PLANTED: &str = "planted";
/// The family of what the simulator does.
pub const SIMULATED: &str = "simulated";

/// What a fault needs to be injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The server, or nothing but this process.
    Native,
    /// A real browser: `tests/run --quick` leaves it out.
    Browser,
}

/// A fault, and how often a long run must have injected it; any run must once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it stands in `SYNC.md` section 10.
    pub family: &'static str,
    /// Its name, after the one there.
    pub name: String,
    /// What it needs.
    pub needs: Needs,
    /// In a long run.
    pub long_min: u64,
}

const BROWSER: &[(&str, &[&str])] = &[
    (
        "network",
        &[
            "request lost",
            "answer lost after commit",
            "answer cut in the middle",
            "late duplicate replayed",
            "slow line",
            "stalled line",
            "one-way partition",
            "flapping",
            "one exchange fails, the next does not",
            "413, 429, 500, 503, 507 in sequence",
            "refused (401, 403, 404, 409)",
            "a log-in page answers",
            "every connection refused",
            "certificate expired mid-shift",
        ],
    ),
    (
        "browser",
        &[
            "kill −9 while writing",
            "tab crash",
            "frozen tab",
            "reload in the middle of an entry",
            "three tabs writing at once",
            "browser stopped",
        ],
    ),
    (
        "storage",
        &[
            "garbage in the journal",
            "truncated journal",
            "deleted manifest",
            "mirror deleted",
            "whole origin cleared",
            "quota reached",
            "disk full",
            "a transaction that never ends",
            "the connection killed under the app",
            "yesterday's profile put back",
            "storage not persistent",
        ],
    ),
    ("deploy", &["new build while a page is open", "one asset missing", "a rolled-back server"]),
    (
        "server",
        &["older data put back, new activity before the stale device returns", "backup restored with `trueup restore`"],
    ),
    (
        "people",
        &[
            "A counts offline, B signs in, it syncs",
            "session expired",
            "user deleted",
            "device revoked",
            "clock at 1970",
            "clock a day ahead",
            "clock jumping in the middle of a sheet",
            "two devices in one bin, independent",
            "two devices in one bin, helping",
            "two devices in one bin, one person again",
            "a device that returns after posting",
        ],
    ),
];

const NATIVE: &[(&str, &[&str])] = &[
    ("deploy", &["a migration killed half-way", "an app of the first release"]),
    (
        "server",
        &[
            "kill −9 in the middle of pushes",
            "kill at every step of a push",
            "power lost right after an answer (traced)",
            "disk full",
            "writing refused (file size limit)",
            "a reader that holds a snapshot",
            "a backup restored and healed by three handhelds",
            "a flipped bit in a stored body",
            "nonsense, huge and deep bodies, a gzip bomb",
            "events that are nonsense or of unknown kind",
        ],
    ),
    ("people", &["a week offline with 10,000 events"]),
    (
        SIMULATED,
        &[
            "a page killed between any two steps",
            "power cut on a handheld",
            "disk or mirror full or silent",
            "a log's record is an old one",
            "mirror deleted",
            "journal emptied, cut or rotten",
            "clock set",
            "partition",
            "request lost",
            "answer lost",
            "request sent twice",
            "refused by a status",
            "answer spoilt",
            "server killed before a commit",
            "server killed after a commit",
            "backup restored",
            "fork: a profile copied or set back",
            "signed out",
            "handed over to somebody else",
            "old events removed from a journal",
            "an old file removed from a mirror",
        ],
    ),
];

/// Planted where only a browser shows them.
const IN_BROWSERS: [Defect; 2] = [Defect::OpenPageTakenOver, Defect::RelaxedDurability];

/// How often a long run must inject what is counted by name in the promise of the suite.
fn long_min(family: &str, name: &str) -> u64 {
    match (family, name) {
        ("server", "kill −9 in the middle of pushes") => 1_000,
        ("server", "kill at every step of a push") => 100,
        ("browser", "kill −9 while writing") => 100,
        // what 400 seeds and five minutes of fresh ones do for sure: in 200 seeds they happened 241, 231, 64, 65 and 5 times
        (SIMULATED, "journal emptied, cut or rotten" | "old events removed from a journal") => 700,
        (SIMULATED, "mirror deleted" | "a log's record is an old one") => 200,
        (SIMULATED, "an old file removed from a mirror") => 10,
        (SIMULATED, _) => 1_000,
        _ => 1,
    }
}

/// Every fault.
#[must_use]
pub fn all() -> Vec<Listed> {
    let list = |rows: &[(&'static str, &[&str])], needs| -> Vec<Listed> {
        let named = rows.iter().flat_map(|(family, names)| names.iter().map(|name| (*family, *name)));
        let listed = |(family, name): (&'static str, &str)| Listed {
            family,
            name: name.to_owned(),
            needs,
            long_min: long_min(family, name),
        };
        named.map(listed).collect()
    };
    let mut all = list(BROWSER, Needs::Browser);
    all.extend(list(NATIVE, Needs::Native));
    all.extend(Defect::ALL.into_iter().map(|defect| {
        let needs = if IN_BROWSERS.contains(&defect) { Needs::Browser } else { Needs::Native };
        Listed { family: PLANTED, name: format!("{defect:?}"), needs, long_min: 1 }
    }));
    all
}

/// Finds a fault.
#[must_use]
pub fn find(family: &str, name: &str) -> Option<Listed> {
    all().into_iter().find(|listed| listed.family == family && listed.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_fault_stands_here_twice() {
        let all = all();
        let names: BTreeSet<_> = all.iter().map(|listed| (listed.family, &listed.name)).collect();
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn a_long_run_kills_a_thousand_servers_and_a_hundred_browsers() {
        assert_eq!(find("server", "kill −9 in the middle of pushes").map(|listed| listed.long_min), Some(1_000));
        assert_eq!(find("browser", "kill −9 while writing").map(|listed| listed.long_min), Some(100));
    }
}

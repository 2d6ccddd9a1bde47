//! `trueup doctor`: looks at everything that keeps counts safe, beside a running server or without one, and says of each
//! whether it is well, what it means and what to do.
//!
//! Absent: mending. The one thing written is what was found of backups, so that nothing is told to be safe that is not.

mod certificate;

use super::thousands;
use crate::{
    cli::{Doctor, Ending},
    read::{backup::events_unarchived, doctor},
    store::{
        Clock, Error, OpenError, ReadTx, SystemClock,
        backup::{self, Receipt},
        copy, look, open, proof,
    },
};
use serde::Serialize;
use shared::{api::backup::BackupState, incident::SILENT_MS, moment::Moment};
use std::path::Path;

const MB: u64 = 1_000_000;
/// Below this nothing works for long, however small the database is.
const FREE_MIN: u64 = 64 * MB;
/// Twice what the write-ahead log is made to be.
const LOG_BYTES_MAX: u64 = 2 * open::LOG_BYTES as u64;
/// A clock may be this far behind the last thing it has recorded: corrections by a time service are smaller.
const CLOCK_SLACK_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Ok,
    LookAtIt,
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    what: &'static str,
    level: Level,
    says: String,
    /// Empty where nothing is to be done.
    todo: String,
}

impl Finding {
    fn is_wrong(&self) -> bool {
        self.level == Level::Wrong
    }
}

fn ok(what: &'static str, says: impl Into<String>) -> Finding {
    Finding { what, level: Level::Ok, says: says.into(), todo: String::new() }
}

fn look_at(what: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Finding {
    Finding { what, level: Level::LookAtIt, says: says.into(), todo: todo.into() }
}

fn wrong(what: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Finding {
    Finding { what, level: Level::Wrong, says: says.into(), todo: todo.into() }
}

/// Looks, and says what was found. Ends with trouble when anything is wrong.
///
/// # Errors
/// When there is no folder to look at.
pub fn doctor(wanted: &Doctor) -> anyhow::Result<Ending> {
    let (folder, now) = (wanted.data.data.as_path(), SystemClock.now());
    let mut found = examine(folder, now)?;
    found.push(certificate::examine(wanted, now));
    if wanted.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        for finding in &found {
            let word = match finding.level {
                Level::Ok => "ok",
                Level::LookAtIt => "look at it",
                Level::Wrong => "WRONG",
            };
            println!("{word:<11}{:<11}{}", finding.what, finding.says);
            if !finding.todo.is_empty() {
                println!("{:<22}→ {}", "", finding.todo);
            }
        }
    }
    Ok(if found.iter().any(Finding::is_wrong) { Ending::Trouble } else { Ending::Done })
}

fn examine(folder: &Path, now: Moment) -> anyhow::Result<Vec<Finding>> {
    let mut found = Vec::new();
    match proof::prove_live(folder) {
        Err(error @ OpenError::Missing { .. }) => return Err(error.into()),
        Err(error) => {
            let todo = "Keep a copy of the folder, then restore a backup with `trueup restore`.";
            found.push(wrong("database", format!("{error}."), todo));
        }
        Ok(report) if report.is_clean() => {
            found.push(ok("database", "The file is whole, of this program's version."));
            let says = format!(
                "The chains of {} facts and {} handheld logs follow from what is stored.",
                thousands(report.facts),
                thousands(report.logs)
            );
            found.push(ok("chains", says));
        }
        Ok(report) => {
            let todo = "Stop the server, keep a copy of the folder, and restore the last verified backup.";
            found.push(wrong("chains", report.problems.join(" "), todo));
        }
    }
    found.push(disk(folder));
    let asked = look::look(folder, now, |tx| -> anyhow::Result<Vec<Finding>> { asked(folder, tx) });
    // why it cannot be read stands above
    found.extend(asked.unwrap_or_default());
    found.extend(files(folder));
    Ok(found)
}

/// What the database itself says.
fn asked(folder: &Path, tx: &ReadTx<'_>) -> anyhow::Result<Vec<Finding>> {
    let mut found = backups(folder, tx)?;
    found.extend(handhelds(tx)?);
    found.push(clock(doctor::last_recorded(tx)?, tx.now()));
    Ok(found)
}

fn disk(folder: &Path) -> Finding {
    let size = std::fs::metadata(folder.join(open::FILE)).map_or(0, |file| file.len());
    let Some(free) = free_bytes(folder) else {
        return look_at("disk", "How much is free cannot be told on this system.", "Look yourself.");
    };
    let log = std::fs::metadata(folder.join(format!("{}-wal", open::FILE))).map_or(0, |file| file.len());
    let disk = judge_disk(free, size);
    match judge_log(log) {
        Some(told) if !disk.is_wrong() => told,
        _ => disk,
    }
}

/// A write-ahead log that is far longer than it is made to be, where the disk itself is well.
fn judge_log(bytes: u64) -> Option<Finding> {
    (bytes > LOG_BYTES_MAX).then(|| {
        look_at(
            "disk",
            format!(
                "The write-ahead log has {} MB: a reader holds an old view of the database.",
                thousands(bytes / MB)
            ),
            "End the program that has been reading it all that time; what it made grow is given back by itself.",
        )
    })
}

fn judge_disk(free: u64, size: u64) -> Finding {
    let says = format!("{} MB are free; the database has {} MB.", thousands(free / MB), thousands(size / MB));
    let todo = "Free some space, or move the folder to a larger disk. On a full disk the server stops rather than lose anything.";
    if free < FREE_MIN || free < size / 10 {
        wrong("disk", says, todo)
    } else if free < size.saturating_mul(2) {
        look_at("disk", format!("{says} A restore needs twice the database."), todo)
    } else {
        ok("disk", says)
    }
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let of = rustix::fs::statvfs(folder).ok()?;
    Some(of.f_bavail.saturating_mul(of.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

fn backups(folder: &Path, tx: &ReadTx<'_>) -> Result<Vec<Finding>, Error> {
    let receipts = backup::list(tx)?;
    let (plan, failed) = backup::plan(tx)?;
    let mut found = Vec::new();
    let mut news = Vec::new();
    let mut last: Option<&Receipt> = None;
    for receipt in &receipts {
        let state = copy::look_at(receipt);
        if state != receipt.state {
            news.push((receipt.id, state));
        }
        let path = receipt.path();
        let todo = "Make one now with `trueup backup`, and find out what happened to this one.";
        match state {
            BackupState::Verified => last = last.or(Some(receipt)),
            BackupState::Missing => {
                found.push(wrong("backup", format!("{} is gone: it holds nothing any more.", path.display()), todo));
            }
            BackupState::Damaged | BackupState::Removed => {
                let says = format!("{} is not what was checked: do not rely on it.", path.display());
                found.push(wrong("backup", says, todo));
            }
        }
    }
    if let Err(error) = copy::mark_aside(folder, &news, tx.now()) {
        tracing::warn!(%error, "what was found of the backups could not be noted");
    }
    if let Some((_, why)) = failed {
        found.push(wrong("backup", why, "Mend that, then make one with `trueup backup`."));
    }
    let unarchived = events_unarchived(tx)?;
    found.push(match last {
        None => wrong(
            "backup",
            format!("There is no verified backup; {} entries are on this disk alone.", thousands(unarchived)),
            "Make one with `trueup backup`, best with --to on another disk.",
        ),
        Some(last) => {
            let hours = tx.now().ms_since(last.made_at).max(0) / HOUR_MS;
            let says = format!(
                "The last verified one is {hours} h old: {}. {} entries came since.",
                last.path().display(),
                thousands(unarchived)
            );
            if hours > 2 * i64::from(plan.every_hours) {
                look_at("backup", says, "Look whether the server runs, and at the page of backups at the desk.")
            } else {
                ok("backup", says)
            }
        }
    });
    Ok(found)
}

fn handhelds(tx: &ReadTx<'_>) -> Result<Vec<Finding>, Error> {
    const WHAT: &str = "handhelds";
    let mut found = Vec::new();
    let holding = doctor::list_holding(tx)?;
    let silent: Vec<String> = holding
        .iter()
        .filter(|device| tx.now().ms_since(device.seen_at) > SILENT_MS)
        .map(|device| {
            let hours = tx.now().ms_since(device.seen_at) / HOUR_MS;
            format!("{} holds {} entries and was last heard of {hours} h ago", device.name, thousands(device.waiting))
        })
        .collect();
    if !silent.is_empty() {
        let todo = "Bring them into the network, switched on.";
        found.push(look_at(WHAT, format!("{}.", silent.join("; ")), todo));
    }
    let single = doctor::list_one_journal(tx)?;
    if !single.is_empty() {
        let says = format!("The second journal of {} takes nothing.", single.join(", "));
        let todo = "Make room on it or update its browser: until then nothing mends what its browser's database loses.";
        found.push(look_at(WHAT, says, todo));
    }
    let unpromised = doctor::list_not_persistent(tx)?;
    if !unpromised.is_empty() {
        let says = format!("The browser of {} does not promise to keep what is stored.", unpromised.join(", "));
        let todo =
            "Install the app from the browser's menu there: until then it may delete counts when its disk is full.";
        found.push(look_at(WHAT, says, todo));
    }
    if found.is_empty() {
        let says = match holding.len() {
            0 => "None is known to hold anything that is not here.".to_owned(),
            number => format!("{number} are sending what they hold."),
        };
        found.push(ok(WHAT, says));
    }
    Ok(found)
}

fn clock(last: Option<Moment>, now: Moment) -> Finding {
    match last {
        Some(last) if last.ms_since(now) > CLOCK_SLACK_MS => wrong(
            "clock",
            format!("It is {} minutes behind the last thing that was recorded.", last.ms_since(now) / 60_000),
            "Set it by a time service (such as chrony or systemd-timesyncd): scans are compared with the books by it.",
        ),
        _ => ok("clock", "It is not behind anything that was recorded."),
    }
}

#[cfg(unix)]
fn files(folder: &Path) -> Vec<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut open_to_others = Vec::new();
    for place in [folder.to_owned(), backup::usual_folder(folder)] {
        for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
            let holds_something = entry.file_name().to_string_lossy().contains(".db");
            let mode = entry.metadata().map_or(0, |file| file.permissions().mode());
            if holds_something && mode & 0o077 != 0 {
                open_to_others.push(entry.path().display().to_string());
            }
        }
    }
    if open_to_others.is_empty() {
        return vec![ok("files", "Nobody else may read the database or its backups.")];
    }
    let says = format!("Others on this computer may read {}.", open_to_others.join(", "));
    vec![look_at("files", says, "Take that away with `chmod 600` on each.")]
}

#[cfg(not(unix))]
fn files(_: &Path) -> Vec<Finding> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_fills_is_told_before_it_is_full() {
        let check = |free, size, level| assert_eq!(judge_disk(free * MB, size * MB).level, level, "{free} {size}");
        check(10_000, 100, Level::Ok);
        check(150, 100, Level::LookAtIt);
        check(63, 1, Level::Wrong);
        check(900, 10_000, Level::Wrong);
    }

    #[test]
    fn a_log_that_a_reader_holds_up_is_told_of() {
        assert_eq!(judge_log(LOG_BYTES_MAX), None);
        assert!(judge_log(LOG_BYTES_MAX + 1).is_some_and(|told| told.level == Level::LookAtIt));
    }

    #[test]
    fn a_clock_behind_the_record_is_wrong() {
        assert_eq!(clock(None, Moment(0)).level, Level::Ok);
        assert_eq!(clock(Some(Moment(CLOCK_SLACK_MS)), Moment(0)).level, Level::Ok);
        assert_eq!(clock(Some(Moment(CLOCK_SLACK_MS + 1)), Moment(0)).level, Level::Wrong);
    }
}

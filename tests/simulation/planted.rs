//! A check that no defect can fail proves nothing: each of these is planted in the real code and must be caught.
//!
//! Absent: the defects of the real server and of the browser, which other folders catch.

use crate::{CHECKED, Faults, QUIET, SEEDS, run, world::told};
use shared::planted::{Defect, plant};
use tests::report;

fn caught(defect: Defect, story: impl Fn(u64) -> Result<(), String>) {
    let mut fault = report::planted(defect, CHECKED);
    fault.caught(hunt(defect, SEEDS, story));
}

/// Stories that chance tells.
fn by_chance(faults: Faults) -> impl Fn(u64) -> Result<(), String> {
    move |seed| run(seed, faults).map(drop)
}

/// The first seed that the defect breaks something in, in one line; how many were tried where none does.
fn hunt(defect: Defect, seeds: u64, story: impl Fn(u64) -> Result<(), String>) -> Result<String, String> {
    plant(Some(defect));
    let found = (0..seeds).find_map(|seed| Some((seed, story(seed).err()?)));
    plant(None);
    let Some((seed, broken)) = found else { return Ok(format!("{seeds} seeds found nothing")) };
    let invariant = broken.split(':').next().unwrap_or_default();
    let expected = match defect {
        Defect::ActorOfSheet => invariant == "I9",
        Defect::RemovedOnceDurable | Defect::RemovedUnasked => invariant == "I3",
        // what is seen first of these depends on the story
        _ => invariant.starts_with('I'),
    };
    assert!(expected, "{defect:?} ended in something else: {broken}");
    // what breaks without the defect shows nothing of it
    if let Err(broken) = story(seed) {
        panic!("{defect:?} is not why this breaks: {broken}");
    }
    Err(format!("seed {seed}, {invariant}"))
}

/// What would be said of a check that catches nothing: the simulator has no server that could commit without a sync.
#[test]
fn a_defect_that_the_simulator_cannot_have_survives_it() {
    assert_eq!(hunt(Defect::SyncNormal, 3, by_chance(QUIET)), Ok("3 seeds found nothing".into()));
}

const ONE: Faults = Faults { one_journal: true, ..QUIET };

#[test]
fn planted_defects_are_caught() {
    caught(Defect::RelaxedDurability, by_chance(ONE));
    caught(Defect::PutForAdd, by_chance(Faults { damage: true, ..ONE }));
    caught(Defect::HighestForContiguous, by_chance(Faults { restores: true, ..QUIET }));
    caught(Defect::ConflictIgnored, by_chance(Faults { copies: true, ..QUIET }));
    caught(Defect::DeletedOnRefusal, by_chance(ONE));
    caught(Defect::AnswerTrusted, by_chance(QUIET));
    caught(Defect::NumberReadApart, by_chance(QUIET));
    caught(Defect::UpgradeForFirstRun, by_chance(Faults { damage: true, ..QUIET }));
    caught(Defect::ClearedOnSignOut, by_chance(ONE));
    caught(Defect::RemovedOnceDurable, by_chance(ONE));
    caught(Defect::RemovedUnasked, told::an_old_log_and_a_restore_behind_its_backup);
    caught(Defect::ActorOfSheet, by_chance(QUIET));
}

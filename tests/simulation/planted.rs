//! A check that no defect can fail proves nothing: each of these is planted in the real code and must be caught.
//!
//! Absent: the defects of the real server and of the browser, which other folders catch.

use crate::{CHECKED, Faults, QUIET, SEEDS, run};
use shared::planted::{Defect, plant};
use tests::report;

fn caught(defect: Defect, faults: Faults) {
    let mut fault = report::planted(defect, CHECKED);
    fault.caught(hunt(defect, faults, SEEDS));
}

/// The first seed that the defect breaks something in, in one line; how many were tried where none does.
fn hunt(defect: Defect, faults: Faults, seeds: u64) -> Result<String, String> {
    plant(Some(defect));
    let found = (0..seeds).find_map(|seed| Some((seed, run(seed, faults).err()?)));
    plant(None);
    let Some((seed, story)) = found else { return Ok(format!("{seeds} seeds found nothing")) };
    let invariant = story.split(':').next().unwrap_or_default();
    assert!(invariant.starts_with('I'), "{defect:?} ended in something else: {story}");
    // what breaks without the defect shows nothing of it
    if let Err(story) = run(seed, faults) {
        panic!("{defect:?} is not why this breaks: {story}");
    }
    Err(format!("seed {seed}, {invariant}"))
}

/// What would be said of a check that catches nothing: the simulator has no server that could commit without a sync.
#[test]
fn a_defect_that_the_simulator_cannot_have_survives_it() {
    assert_eq!(hunt(Defect::SyncNormal, QUIET, 3), Ok("3 seeds found nothing".into()));
}

const ONE: Faults = Faults { one_journal: true, ..QUIET };

#[test]
fn planted_defects_are_caught() {
    caught(Defect::RelaxedDurability, ONE);
    caught(Defect::PutForAdd, Faults { damage: true, ..ONE });
    caught(Defect::HighestForContiguous, Faults { restores: true, ..QUIET });
    caught(Defect::ConflictIgnored, Faults { copies: true, ..QUIET });
    caught(Defect::DeletedOnRefusal, ONE);
    caught(Defect::AnswerTrusted, QUIET);
    caught(Defect::NumberReadApart, QUIET);
    caught(Defect::UpgradeForFirstRun, Faults { damage: true, ..QUIET });
    caught(Defect::ClearedOnSignOut, ONE);
    caught(Defect::RemovedOnceDurable, ONE);
}

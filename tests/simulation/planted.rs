//! A check that no defect can fail proves nothing: each of these is planted in the real code and must be caught.
//!
//! Absent: the defects of the real server and of the browser, which other folders catch.

use crate::{Faults, QUIET, SEEDS, run};
use shared::planted::{Defect, plant};

fn caught(defect: Defect, faults: Faults) {
    plant(Some(defect));
    let found = (0..SEEDS).find_map(|seed| Some((seed, run(seed, faults).err()?)));
    plant(None);
    let (seed, story) = found.unwrap_or_else(|| panic!("{defect:?} was not caught by any of {SEEDS} seeds"));
    let invariant = story.split(':').next().unwrap_or_default();
    assert!(invariant.starts_with('I'), "{defect:?} ended in something else: {story}");
    println!("caught: {defect:?} by seed {seed} ({invariant})");
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
}

//! Many handhelds and one server in one thread, over the very code that runs in the browser and in the server
//! (`shared::sync`, `app::replica`), with a network that loses, repeats and delays, crashes between any two steps,
//! restored servers and copied handhelds. Everything that happens follows from a seed; a failing one is printed with its
//! story and replays: `TRUEUP_SEED=17 cargo test -p tests --test simulation`.
//!
//! What is checked carries the names of `SYNC.md` section 9. Absent: a browser and a disk; those are real elsewhere.

mod chance;
mod device;
mod order;
mod server;
mod world;

use server::Bug;
use world::{Faults, World};

/// Seeds of a quick run. `TRUEUP_SEEDS` asks for more.
const SEEDS: u64 = 200;
/// Steps of trouble in each.
const STEPS: usize = 600;

fn run(seed: u64, faults: Faults, bug: Bug) -> Result<(), String> {
    let mut world = World::new(seed, faults, bug);
    world
        .live(STEPS)
        .and_then(|()| world.heal())
        .map_err(|broken| format!("{broken}\nseed {seed}; the last steps:\n{}", world.story()))
}

fn seeds() -> impl Iterator<Item = u64> {
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match asked("TRUEUP_SEED") {
        Some(one) => one..one + 1,
        None => 0..asked("TRUEUP_SEEDS").unwrap_or(SEEDS),
    }
}

fn check(faults: Faults) {
    for seed in seeds() {
        if let Err(story) = run(seed, faults, Bug::None) {
            panic!("{story}");
        }
    }
}

#[test]
fn every_ticked_event_reaches_the_server_once_through_a_bad_network_and_crashes() {
    check(Faults { restores: false, copies: false });
}

#[test]
fn a_restored_server_gets_back_what_the_handhelds_hold() {
    check(Faults { restores: true, copies: false });
}

#[test]
fn copied_and_set_back_handhelds_lose_nothing_and_drain() {
    check(Faults { restores: false, copies: true });
    check(Faults { restores: true, copies: true });
}

/// A check that no defect can fail proves nothing: each of these must be caught.
#[test]
fn planted_defects_are_caught() {
    for bug in [Bug::AnswersBeforeCommit, Bug::ForgetsConflicts, Bug::TakesAnyNumber, Bug::DeviceTrustsAnyAnswer] {
        let faults = Faults { restores: true, copies: true };
        let caught = (0..SEEDS).find(|seed| run(*seed, faults, bug).is_err());
        assert!(caught.is_some(), "{bug:?} was not caught by any seed");
    }
}

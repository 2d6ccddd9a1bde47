//! Stories that are told and not left to chance: one thing after the other, on a network that works.
//!
//! Absent: faults beyond the one that a story is about.

use super::World;
use crate::QUIET;

/// Long enough for a page to open, and for everything to arrive.
const CALM_MS: i64 = 5_000;

impl World {
    /// Everything that is under way is done.
    fn calm(&mut self) {
        let until = self.clockwork.now_ms() + CALM_MS;
        while self.clockwork.now_ms() < until {
            self.deliver_all();
            if !self.clockwork.poll_one() {
                self.clockwork.pass(20);
            }
        }
    }
    fn count_so_many(&mut self, number: usize, entries: usize) {
        for _ in 0..entries {
            self.count(number);
            self.calm();
        }
    }
}

#[test]
fn a_handheld_that_was_set_back_goes_on_in_a_new_log_at_once_and_nothing_forks() {
    for seed in 0..40 {
        let mut world = World::new(seed, QUIET);
        world.count_so_many(0, 3);
        world.keep(0);
        world.count_so_many(0, 4);
        let logs = world.server.disk.logs.len();
        world.set_back(0);
        world.calm();
        world.count_so_many(0, 3);
        world.heal().unwrap_or_else(|broken| panic!("{broken}\nseed {seed}\n{}", world.story()));
        assert_eq!(world.server.disk.logs.len(), logs + 1, "one new log: {}", world.story());
        let beside = world.server.disk.logs.values().map(|log| log.beside.len()).sum::<usize>();
        assert_eq!(beside, 0, "seed {seed} forks: {}", world.story());
    }
}

//! Stories that are told and not left to chance: one thing after the other.
//!
//! Absent: faults beyond those that a story needs.

use super::{World, counting::VISIT};
use crate::{Faults, QUIET};
use app::replica::{Saved, head::JournalHead, ports::NoAnswer};
use shared::{id::LogId, sync::message::PushRequest};
use std::collections::BTreeSet;

/// Long enough for a page to open, and for everything to arrive.
const CALM_MS: i64 = 5_000;
const DAY_MS: i64 = 86_400_000;
const WEEK_MS: i64 = 7 * DAY_MS;
/// Rounds of a handheld's care.
const CARE_MS: i64 = 100_000;

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
    /// So much time passes, with whatever the handhelds do in it; `carry` is the network.
    fn wait(&mut self, ms: i64, mut carry: impl FnMut(&mut Self)) {
        let until = self.clockwork.now_ms() + ms;
        while self.clockwork.now_ms() < until {
            carry(self);
            if !self.clockwork.poll_one() {
                self.clockwork.pass_to_next();
            }
        }
    }
    /// Everything arrives but what concerns some logs.
    fn deliver_all_but(&mut self, logs: &BTreeSet<LogId>) {
        let is_lost = |json: &str| serde_json::from_str::<PushRequest>(json).is_ok_and(|push| logs.contains(&push.log));
        self.air.borrow_mut().retain(|sent| {
            let lost = sent.json.as_deref().is_some_and(is_lost);
            if lost {
                sent.slot.borrow_mut().put(Err(NoAnswer::Offline));
            }
            !lost
        });
        self.deliver_all();
    }
    /// The logs of a handheld that are not written any more.
    fn old_logs(&self, number: usize) -> BTreeSet<LogId> {
        let device = &self.devices[number];
        let current = device.pages[0].engine().and_then(|engine| engine.state.borrow().log);
        let disk = device.disk.borrow();
        let heads = disk.texts("heads").filter_map(|(_, json)| serde_json::from_str::<JournalHead>(json).ok());
        heads.map(|head| head.log.log).filter(|log| Some(*log) != current).collect()
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

/// A log is drained and in a backup, and no longer written. The server is set back behind that backup; two weeks later the
/// handheld hears of it by another log, before it could ask for this one. What is here is all there is.
pub fn an_old_log_and_a_restore_behind_its_backup(seed: u64) -> Result<(), String> {
    let mut world = World::new(seed, Faults { one_journal: true, ..QUIET });
    let visit = usize::try_from(VISIT).expect("small");
    world.count_so_many(0, visit - 1);
    world.keep(0);
    world.count_so_many(0, 1);
    world.set_back(0);
    world.calm();
    world.count_so_many(0, visit);
    let old = world.old_logs(0);
    assert_eq!(old.len(), 1, "{}", world.story());
    let held = world.on_handhelds();
    let is_own = |saved: &Saved| old.contains(&saved.log) && held.contains(&saved.id);
    let own: Vec<_> = world.ledger.borrow().values().map(|it| it.saved).filter(is_own).map(|it| it.id).collect();
    assert_eq!(own.len(), visit - 1, "what is counted in the old log: {}", world.story());
    let elsewhere = world.server.disk.logs.iter().filter(|(log, _)| !old.contains(log));
    assert!(elsewhere.flat_map(|(_, log)| &log.line).all(|(id, ..)| !own.contains(id)), "and stands in no other log");
    world.back_up();
    // an old log asks once an hour how far backups hold it, and a handheld notes once a day how far its logs are
    world.clockwork.pass(DAY_MS);
    world.wait(CARE_MS, World::deliver_all);
    // nobody may do anything yet by an answer from before the restore
    world.clockwork.pass(WEEK_MS);
    world.restore_to(0)?;
    world.clockwork.pass(2 * WEEK_MS);
    world.wait(CARE_MS, |world| world.deliver_all_but(&old));
    let told = world.check_kept().and_then(|()| world.heal());
    told.map_err(|broken| format!("{broken}\n{}", world.story()))
}

#[test]
fn what_a_restored_server_was_not_asked_for_stays_on_the_handheld() {
    for seed in 0..40 {
        an_old_log_and_a_restore_behind_its_backup(seed).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
}

//! What happens to handhelds and to the server's disk: power cuts, full and silent disks, clocks, damage to one of the two
//! journals, copied and set back profiles, restored backups.
//!
//! Absent: losing both journals at once, which no program can undo; what they alone held is taken out of the ledger (`keep`).

use super::World;
use crate::{device::Device, disk, mirror};
use app::replica::engine::DEVICE;
use shared::id::EventId;
use std::{collections::BTreeSet, rc::Rc};

impl World {
    pub(super) fn cut_power(&mut self, number: usize) {
        self.kill_all(number);
        let clockwork = Rc::clone(&self.clockwork);
        let device = &self.devices[number];
        device.disk.borrow_mut().cut_power(|end| clockwork.below(end));
        device.folder.borrow_mut().cut_power(|end| clockwork.below(end));
        self.tell(format!("handheld {number}: loses power"));
        self.happened("power cut on a handheld");
        self.open(number);
    }
    /// The disk is full or dead for a while, or the mirror is; what was begun stays so.
    pub(super) fn trouble(&mut self, number: usize) {
        let kind = self.clockwork.below(5);
        let one_journal = self.faults.one_journal;
        let device = &mut self.devices[number];
        device.is_troubled = !device.is_troubled;
        let (mut disk, mut folder) = (device.disk.borrow_mut(), device.folder.borrow_mut());
        disk.trouble = disk::Trouble::None;
        folder.trouble = if one_journal { mirror::Trouble::Failing } else { mirror::Trouble::None };
        disk.troubles += 1;
        disk.calm_since_ms = self.clockwork.now_ms();
        if device.is_troubled {
            match kind {
                0 => disk.trouble = disk::Trouble::Full,
                1 | 2 => disk.trouble = disk::Trouble::Silent,
                3 => folder.trouble = mirror::Trouble::Failing,
                _ => folder.trouble = mirror::Trouble::Silent,
            }
        }
        let line = format!("handheld {number}: storage {:?}, mirror {:?}", disk.trouble, folder.trouble);
        drop((disk, folder));
        if self.devices[number].is_troubled {
            self.happened("disk or mirror full or silent");
        }
        self.tell(line);
    }
    pub(super) fn set_clock(&mut self, number: usize) {
        let hours = i64::try_from(self.clockwork.below(60)).expect("small") - 30;
        let device = &mut self.devices[number];
        device.wall_ms += hours * 3_600_000;
        for page in &device.pages {
            if let Some(engine) = page.engine() {
                engine.ports.clock.wall_ms.set(device.wall_ms);
            }
        }
        self.tell(format!("handheld {number}: the clock is set by {hours} hours"));
        self.happened("clock set");
    }
    pub(super) fn damage_one(&mut self, number: usize) {
        let before = self.on_handhelds();
        self.damage(number);
        self.begin_era(number);
        // what only the server has now nobody else has to have
        self.took(&before);
    }
    /// One of the two journals loses something, the other has it.
    fn damage(&mut self, number: usize) {
        let is_mirrored = self.is_mirrored(number);
        let clockwork = Rc::clone(&self.clockwork);
        let kind = self.clockwork.below(6);
        if kind == 5 {
            if self.is_journaled(number) {
                self.kill_all(number);
                self.devices[number].folder.borrow_mut().delete();
                self.tell(format!("handheld {number}: the mirror is deleted"));
                self.happened("mirror deleted");
                self.open(number);
            }
            return;
        }
        if kind == 4 {
            // nothing is lost by this: the events stand where they stood
            let while_open = self.clockwork.percent(50);
            if !while_open {
                self.kill_all(number);
            }
            self.devices[number].disk.borrow_mut().forget_head(|end| clockwork.below(end));
            self.tell(format!("handheld {number}: a log's record is an old one, while open: {while_open}"));
            self.happened("a log's record is an old one");
            if !while_open {
                self.open(number);
            }
            return;
        }
        if !is_mirrored {
            return;
        }
        // an entry that the journal has and the mirror waits for is not ticked yet, but will be
        let while_open = kind == 0 && self.clockwork.percent(50) && self.nothing_is_on_its_way(number);
        if !while_open {
            self.kill_all(number);
        }
        let mut disk = self.devices[number].disk.borrow_mut();
        match kind {
            0 => disk.empty(),
            1 => disk.truncate(|end| clockwork.below(end)),
            2 => disk.rot(|end| clockwork.below(end)),
            _ => {
                disk.empty();
            }
        }
        drop(disk);
        let what = ["emptied", "truncated", "rotten", "emptied"][kind];
        self.tell(format!("handheld {number}: the journal is {what}, while open: {while_open}"));
        self.happened("journal emptied, cut or rotten");
        if !while_open {
            self.open(number);
        }
    }
    /// Whether everything that was ticked here is in the mirror, or safe on the server.
    fn is_mirrored(&self, number: usize) -> bool {
        let contents = self.devices[number].folder.borrow().contents();
        let there: BTreeSet<EventId> = contents.records.iter().map(|record| record.id).collect();
        let ledger = self.ledger.borrow();
        let mut own = ledger.iter().filter(|(_, ticked)| ticked.device == number).map(|(id, _)| id);
        contents.meta(DEVICE).is_some() && own.all(|id| there.contains(id) || self.server.disk.effects.contains(id))
    }
    /// Whether everything that is in the journal is in the mirror, too, or safe on the server.
    fn nothing_is_on_its_way(&self, number: usize) -> bool {
        let device = &self.devices[number];
        let contents = device.folder.borrow().contents();
        let there: BTreeSet<EventId> = contents.records.iter().map(|record| record.id).collect();
        let disk = device.disk.borrow();
        let mut own = disk.events().filter_map(|(_, _, fields)| fields.get("id")?.parse::<EventId>().ok());
        own.all(|id| there.contains(&id) || self.server.disk.effects.contains(&id))
    }
    /// Whether everything that was ticked here is in the journal, or safe on the server.
    fn is_journaled(&self, number: usize) -> bool {
        let disk = self.devices[number].disk.borrow();
        let there: BTreeSet<(&str, &str)> =
            disk.events().filter_map(|(_, _, fields)| Some((&**fields.get("id")?, &**fields.get("body")?))).collect();
        let ledger = self.ledger.borrow();
        let mut own = ledger.iter().filter(|(_, ticked)| ticked.device == number);
        own.all(|(id, ticked)| {
            there.contains(&(id.to_string().as_str(), ticked.body.as_str())) || self.server.disk.effects.contains(id)
        })
    }
    pub(super) fn copy(&mut self, number: usize) {
        let (disk, folder) = {
            let device = &self.devices[number];
            (device.disk.borrow().copy(), device.folder.borrow().copy())
        };
        if self.devices.len() < 5 && self.clockwork.percent(50) {
            let wall_ms = self.devices[number].wall_ms;
            let visits = self.devices[number].visits.with_nothing_shown();
            self.devices.push(Device::new(disk, folder, wall_ms, visits));
            let copy = self.devices.len() - 1;
            self.begin_era(copy);
            if self.faults.one_journal {
                self.devices[copy].folder.borrow_mut().trouble = mirror::Trouble::Failing;
            }
            self.tell(format!("handheld {number}: its profile is copied to {copy}"));
            self.happened("fork: a profile copied or set back");
            return self.open(copy);
        }
        self.snapshots.push((number, disk, folder));
    }
    /// Today's profile is put aside.
    pub(super) fn keep(&mut self, number: usize) {
        let device = &self.devices[number];
        let (disk, folder) = (device.disk.borrow().copy(), device.folder.borrow().copy());
        self.snapshots.push((number, disk, folder));
    }
    pub(super) fn set_back(&mut self, number: usize) {
        let Some(index) = self.snapshots.iter().position(|(of, ..)| *of == number) else { return };
        self.kill_all(number);
        let before = self.on_handhelds();
        let (_, disk, folder) = self.snapshots.swap_remove(index);
        *self.devices[number].disk.borrow_mut() = disk;
        let trouble = self.devices[number].folder.replace(folder).trouble;
        self.devices[number].folder.borrow_mut().trouble = trouble;
        self.devices[number].visits = self.devices[number].visits.with_nothing_shown();
        self.tell(format!("handheld {number}: set back to an earlier day"));
        self.happened("fork: a profile copied or set back");
        self.took(&before);
        self.forget_gone();
        self.begin_era(number);
        self.open(number);
    }
    pub(super) fn restore(&mut self) -> Result<(), String> {
        let backup = self.clockwork.below(self.backups.len());
        self.restore_to(backup)
    }
    /// The server is set back to one of its backups; the first of them is empty.
    pub(super) fn restore_to(&mut self, backup: usize) -> Result<(), String> {
        self.check_kept()?;
        self.doubt_backups();
        self.server.disk = self.backups[backup].clone();
        self.backups.truncate(backup + 1);
        self.server.archived.clear();
        self.server.timeline = self.clockwork.chance(crate::chance::Chance::uuid);
        self.tell(format!("server: restored to backup {backup}"));
        self.happened("backup restored");
        // what only the server held is gone for good: it was removed in time, or its handheld was set back before
        self.forget_gone();
        Ok(())
    }
}

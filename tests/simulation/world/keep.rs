//! What handhelds have to keep, judged without asking the program: the world knows when each event was ticked and which
//! backups the server told of. What is in such a backup and was ticked two weeks ago may be gone from every handheld, what
//! somebody from outside took from a disk is nobody's fault, and anything else that no handheld has any more is lost (I3),
//! whether or not the server has it just now: it may be restored.
//!
//! Absent: what the program says of itself, such as how far it believes that backups go.

use super::World;
use app::replica::ports::Fields;
use shared::id::EventId;
use std::collections::BTreeSet;

/// How long events stay on a handheld at least (`SYNC.md` section 2).
const KEPT_MS: i64 = 14 * 86_400_000;

/// Between what is true and what a handheld knows of it: an answer of the server counts for a minute, a disk may take the
/// better part of another to write what follows from it, and a tick may come that much after its event.
const MARGIN_MS: i64 = 180_000;

/// What handhelds need not have.
#[derive(Default)]
pub struct Waiver {
    /// In a backup that the server told of, since it was last restored.
    archived: BTreeSet<EventId>,
    /// On no handheld any more, and rightly so.
    gone: BTreeSet<EventId>,
    /// Archived and old before the server was restored: an answer that was heard just before may be acted upon until then.
    doubtful: BTreeSet<EventId>,
    doubtful_until_ms: i64,
}

impl World {
    /// A backup is verified, and the server tells of it.
    pub(super) fn back_up(&mut self) {
        let logs = &self.server.disk.logs;
        self.server.archived = logs.iter().map(|(id, log)| (*id, log.line.len() as u64)).collect();
        self.waiver.archived.extend(logs.values().flat_map(|log| log.line.iter().map(|(id, ..)| *id)));
        self.backups.push(self.server.disk.clone());
    }
    /// Every ticked event that lies on a handheld, byte for byte.
    pub(super) fn on_handhelds(&self) -> BTreeSet<EventId> {
        let ledger = self.ledger.borrow();
        let mut held = BTreeSet::new();
        let mut put = |id: EventId, body: &str| {
            if ledger.get(&id).is_some_and(|ticked| ticked.body == body) {
                held.insert(id);
            }
        };
        for device in &self.devices {
            let id = |fields: &Fields| fields.get("id")?.parse().ok();
            for (.., fields) in device.disk.borrow().events() {
                if let Some((id, body)) = id(fields).zip(fields.get("body")) {
                    put(id, body);
                }
            }
            device.folder.borrow().contents().records.iter().for_each(|record| put(record.id, &record.body));
        }
        held
    }
    /// Whether an event may be gone from all handhelds by a time.
    fn may_go(&self, id: EventId, at_ms: i64, now_ms: i64) -> bool {
        let is_old = now_ms - at_ms >= KEPT_MS - MARGIN_MS;
        (is_old && self.waiver.archived.contains(&id)) || self.waiver.doubtful.contains(&id)
    }
    /// Whatever was ticked is on a handheld, until it may go (I1, I3).
    pub fn check_kept(&mut self) -> Result<(), String> {
        let (held, now_ms) = (self.on_handhelds(), self.clockwork.now_ms());
        let ticked: Vec<_> = self.ledger.borrow().iter().map(|(id, it)| (*id, it.device, it.at_ms)).collect();
        for (id, number, at_ms) in ticked {
            if held.contains(&id) {
                self.waiver.gone.remove(&id);
                continue;
            }
            let is_doubtful = self.waiver.doubtful.contains(&id);
            if !self.waiver.gone.contains(&id) && !self.may_go(id, at_ms, now_ms) {
                let age = (now_ms - at_ms) / 1_000;
                let archived = self.waiver.archived.contains(&id);
                return Err(format!(
                    "I3: no handheld has event {id} any more, ticked {age} s ago by handheld {number}, archived: {archived}"
                ));
            }
            self.waiver.gone.insert(id);
            if is_doubtful && !self.server.disk.effects.contains(&id) {
                self.ledger.borrow_mut().remove(&id);
            } else if !self.server.disk.effects.contains(&id) {
                return Err(format!("I3: event {id}, ticked by handheld {number}, is nowhere any more"));
            }
        }
        if now_ms > self.waiver.doubtful_until_ms {
            self.waiver.doubtful.clear();
        }
        self.count_up();
        Ok(())
    }
    fn count_up(&mut self) {
        let (mut events, mut files, mut handed) = (0, 0, 0);
        for device in &self.devices {
            let (last, times) = device.hands.get();
            device.hands.set((last, 0));
            handed += times;
            events += std::mem::take(&mut device.disk.borrow_mut().removed);
            files += std::mem::take(&mut device.folder.borrow_mut().removed);
        }
        self.happened_times("handed over to somebody else", handed);
        self.happened_times("old events removed from a journal", events);
        self.happened_times("an old file removed from a mirror", files);
    }
    /// Somebody from outside changes the disk of a handheld: what no handheld has any more by that, nobody has to have. What
    /// the server has not either is lost for good where a whole profile was replaced, and taken out of the ledger.
    pub(super) fn took(&mut self, before: &BTreeSet<EventId>) {
        let held = self.on_handhelds();
        self.waiver.gone.extend(before.difference(&held));
    }
    /// Takes out of the ledger what rightly is on no handheld and is not on the server either: the other was set back.
    pub(super) fn forget_gone(&mut self) {
        let (gone, server) = (&self.waiver.gone, &self.server.disk.effects);
        self.ledger.borrow_mut().retain(|id, _| !gone.contains(id) || server.contains(id));
    }
    /// The server is about to be another one: what its backups held counts no more. What was archived and old may be
    /// removed for a little while yet, by what was heard before; what is still there then has to be archived anew.
    pub(super) fn doubt_backups(&mut self) {
        let (held, until_ms) = (self.on_handhelds(), self.clockwork.now_ms() + MARGIN_MS);
        let ledger = self.ledger.borrow();
        let of = |id: &EventId| ledger.get(id).is_some_and(|it| self.may_go(*id, it.at_ms, until_ms));
        let doubtful: BTreeSet<_> = held.into_iter().filter(of).collect();
        drop(ledger);
        self.waiver.archived.clear();
        (self.waiver.doubtful, self.waiver.doubtful_until_ms) = (doubtful, until_ms);
    }
}

//! The beginning of a visit: opening a bin, going on with a sheet that is open, and coming back to one from the journal.
//!
//! Absent: its end (`leave`), and what happens on the sheet (`count::model`).

use super::{
    count::model::{Bin, Draft, Known, Read, Visit, Work},
    floor::{Floor, Screen},
    tasks::model::{self as tasks, Row},
};
use crate::{
    browser::sound,
    part::tone::Tone,
    replica::{OpenSheet, Replica},
    scan::resolve,
};
use leptos::{prelude::*, task::spawn_local};
use shared::{event::EventKind, id::SheetId};

impl Floor {
    /// Opens a bin: goes on with its open sheet, asks where it was counted before, else begins.
    pub fn open(self, bin: Bin) {
        let (Some(replica), Some(person)) = (self.replica(), self.person.get_untracked()) else { return };
        self.notice.set(None);
        if self.visit.with_untracked(Option::is_some) {
            // the sheet in hand may not be on the disk yet; it is asked all the same
            self.show(Screen::Count);
            return self.act(|visit| visit.scan(Read::Bin(bin)));
        }
        let me = person.person.id;
        let mine = replica.open_sheets().into_iter().rev().find(|sheet| sheet.actor == me);
        if let Some(sheet) = mine {
            // one sheet at a time: another bin is a question on the open one
            return self.resume(sheet, Some(bin));
        }
        let rows = untrack(|| self.rows());
        let task = tasks::for_bin(&rows, bin.id);
        let before = self.visited.with_untracked(|visited| visited.counted(me, bin.id));
        if tasks::needs_choice(before, task, false) {
            sound::play(Tone::Ask);
            return self.show(Screen::Again(bin));
        }
        self.begin(bin, false);
    }
    /// Begins a visit.
    pub fn begin(self, bin: Bin, goes_on: bool) {
        let Some(replica) = self.replica() else { return };
        let rows = untrack(|| self.rows());
        let row = tasks::for_bin(&rows, bin.id);
        let work = row.map(|row| Work { task: row.task, count: row.count, round: row.round, keys: row.keys.clone() });
        let sheet = replica.new_sheet();
        let opened = EventKind::SheetOpened {
            location: bin.id,
            task: work.as_ref().map(|work| work.task),
            count: work.as_ref().map(|work| work.count),
            intent: tasks::intent(goes_on),
        };
        self.sheet.set_value(Some(sheet));
        self.send(None, opened);
        sound::play(Tone::Bin);
        self.enter(Visit::new(bin, work).restored(vec![], self.wanted_items(row), Draft::default()));
        self.pump();
    }
    /// Goes on with an open sheet; a bin that was scanned meanwhile is scanned on it.
    pub(super) fn resume(self, open: OpenSheet, scanned: Option<Bin>) {
        let Some(replica) = self.replica() else { return };
        self.held.update_value(|held| held.extend(scanned.map(Read::Bin)));
        if self.resuming.get_value() {
            return; // it is on its way, and takes what is held
        }
        self.resuming.set_value(true);
        spawn_local(async move {
            let draft = replica.draft(&draft_name(open.id)).await;
            let draft = draft.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            self.resuming.set_value(false);
            self.restore(replica, open, draft);
        });
    }
    fn restore(self, replica: Replica, open: OpenSheet, draft: Draft) {
        let bin = replica.catalogue(|catalogue| resolve::bin(catalogue, open.location));
        let bin = bin.unwrap_or_else(|| Bin { id: open.location, code: open.location.to_string() });
        let task = open.task.and_then(|id| replica.tasks().into_iter().find(|task| task.id == id));
        let work = open.task.zip(open.count).map(|(id, count)| Work {
            task: id,
            count,
            round: task.as_ref().map_or(1, |task| task.round),
            keys: task.as_ref().and_then(|task| task.keys.clone()),
        });
        let wanted = work.iter().filter_map(|work| work.keys.as_ref()).flatten().map(|key| key.item);
        let counted = open.events.iter().filter_map(|(_, event)| event.kind.item());
        let items = replica
            .catalogue(|catalogue| wanted.chain(counted).filter_map(|id| resolve::item(catalogue, id)).collect());
        let events = open.events.into_iter().map(|(_, event)| (event.id, event.kind)).collect();
        self.sheet.set_value(Some(open.id));
        self.enter(Visit::new(bin, work).restored(events, items, draft));
    }
    fn enter(self, visit: Visit) {
        let here = self.replica().and_then(|replica| {
            replica.catalogue(|catalogue| catalogue.location(visit.bin.id).map(|at| at.walk_order))
        });
        if here.is_some() {
            self.last_walk.set_value(here); // the walk goes on from here, even if this bin is left open
        }
        self.visit.set(Some(visit));
        self.show(Screen::Count);
        for read in self.held.try_update_value(std::mem::take).unwrap_or_default() {
            self.act(|visit| visit.scan(read));
        }
    }
    fn wanted_items(self, row: Option<&Row>) -> Vec<Known> {
        let keys = row.and_then(|row| row.keys.clone()).unwrap_or_default();
        let Some(replica) = self.replica() else { return vec![] };
        replica.catalogue(|catalogue| keys.iter().filter_map(|key| resolve::item(catalogue, key.item)).collect())
    }
}

/// The draft of a sheet.
pub(super) fn draft_name(sheet: SheetId) -> String {
    format!("sheet-{sheet}")
}

//! The end of a visit: what stays behind of it, what is said, and where to go next. And between scans: keeping what is
//! typed but not counted.
//!
//! Absent: deciding that a visit ends (`count::model`).

use super::{
    count::model::{Bin, Ending, Read, Visit},
    floor::{Floor, Notice, Screen, VISITED},
    open::draft_name,
};
use crate::words;
use leptos::{prelude::*, task::spawn_local};

impl Floor {
    pub(super) fn leave(self, ending: Ending, next: Option<Bin>, later: Vec<Read>) {
        let words = self.words();
        let Some(visit) = self.visit.get_untracked() else { return };
        let (Some(replica), Some(person)) = (self.replica(), self.person.get_untracked()) else { return };
        if ending != Ending::Left {
            let task = visit.work.as_ref().map(|work| work.task);
            let skipped = ending == Ending::Skipped;
            self.visited.update(|visited| visited.add(person.person.id, visit.bin.id, task, skipped));
        }
        let walk = replica.catalogue(|catalogue| catalogue.location(visit.bin.id).map(|at| at.walk_order));
        self.last_walk.set_value(walk);
        let template = match ending {
            Ending::Done => words.bin_done,
            Ending::Left => words.bin_left,
            Ending::Skipped => words.bin_skipped,
        };
        self.notice.set(Some(Notice { text: words::fill(template, &[&visit.bin.code]), bad: false }));
        if let Some(sheet) = self.sheet.get_value() {
            let visited = self.visited.with_untracked(|visited| serde_json::to_string(visited).unwrap_or_default());
            spawn_local(async move {
                replica.keep_draft(VISITED, &visited).await;
                replica.keep_draft(&draft_name(sheet), "").await;
            });
        }
        self.sheet.set_value(None);
        self.visit.set(None);
        match next {
            Some(bin) => {
                self.held.set_value(later);
                self.open(bin);
            }
            None => {
                self.show(Screen::Tasks);
                // scans that came while the bin was closing begin again here; a bin's label opens it
                later.into_iter().for_each(|read| self.take(read));
            }
        }
    }
    /// The bin is not counted again. What was scanned while that was asked belongs to no other bin.
    pub fn back_to_list(self) {
        let held = self.held.try_update_value(std::mem::take).unwrap_or_default();
        self.show(Screen::Tasks);
        held.into_iter().for_each(|read| self.take(read));
    }
    /// Keeps what is typed but not counted, so that it comes back after a kill.
    pub fn keep_draft(self) {
        let (Some(replica), Some(sheet)) = (self.replica(), self.sheet.get_value()) else { return };
        let draft = self.visit.with_untracked(|visit| visit.as_ref().map(Visit::draft));
        let Some(text) = draft.and_then(|draft| serde_json::to_string(&draft).ok()) else { return };
        let kept = Some((sheet, text.clone()));
        if self.draft.with_value(|known| *known != kept) {
            self.draft.set_value(kept);
            spawn_local(async move { replica.keep_draft(&draft_name(sheet), &text).await });
        }
    }
}

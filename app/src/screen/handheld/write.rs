//! The way of an entry from a tap or scan to the disk: tones at once, then one write after the other in the order made,
//! and the word of the disk back to the sheet. What the disk refuses stays first in the queue and on the screen.
//!
//! Absent: the journal (`crate::replica`).

use super::{
    count::{
        entry::Ticket,
        model::{Effect, Visit},
    },
    floor::Floor,
};
use crate::{browser::sound, part::tone::Tone};
use leptos::{prelude::*, task::spawn_local};
use shared::{event::EventKind, id::SheetId};
use std::collections::VecDeque;

/// How often a write that failed is tried again by itself.
const RETRY_MS: u32 = 5_000;

/// An entry on its way to the disk.
#[derive(Debug, Clone)]
pub struct Outgoing {
    ticket: Option<Ticket>,
    kind: EventKind,
    sheet: Option<SheetId>,
}

impl Floor {
    /// Does something to the sheet in hand: tones first, then the way to the disk.
    pub fn act(self, change: impl FnOnce(&mut Visit) -> Vec<Effect>) {
        let effects = self.visit.try_update(|visit| visit.as_mut().map(change)).flatten().unwrap_or_default();
        self.run(effects);
        self.keep_draft();
        self.pump();
    }
    fn run(self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Tone(tone) => sound::play(tone),
                Effect::Record(ticket, kind) => self.send(Some(ticket), kind),
                Effect::Leave { ending, next, later } => self.leave(ending, next, later),
            }
        }
    }
    /// Puts an entry of the sheet in hand at the end of the queue.
    pub(super) fn send(self, ticket: Option<Ticket>, kind: EventKind) {
        let sheet = self.sheet.get_value();
        self.outgoing.update_value(|queue| queue.push_back(Outgoing { ticket, kind, sheet }));
    }
    /// Writes what waits, one after the other, in the order it was made.
    pub fn pump(self) {
        if self.writing.get_value() || self.outgoing.with_value(VecDeque::is_empty) {
            return;
        }
        let Some(replica) = self.replica() else { return };
        self.writing.set_value(true);
        spawn_local(async move {
            while let Some(first) = self.outgoing.with_value(|queue| queue.front().cloned()) {
                let told = replica.record(first.kind, first.sheet).await;
                let effects = match told {
                    Ok(saved) => {
                        self.outgoing.update_value(|queue| drop(queue.pop_front()));
                        self.not_saved.set(None);
                        self.status.set(replica.status());
                        self.tell(first.ticket, |visit, ticket| visit.saved(ticket, saved.id))
                    }
                    Err(error) => {
                        self.writing.set_value(false);
                        let first_time = self.not_saved.with_untracked(Option::is_none);
                        self.not_saved.set(Some(error.to_string()));
                        let mut effects = self.tell(first.ticket, Visit::not_saved);
                        if effects.is_empty() {
                            effects.push(Effect::Tone(Tone::NotSaved));
                        }
                        if !first_time {
                            effects.clear(); // once aloud; the red stays
                        }
                        self.run(effects);
                        gloo_timers::callback::Timeout::new(RETRY_MS, move || self.try_again()).forget();
                        return;
                    }
                };
                self.run(effects);
            }
            self.writing.set_value(false);
        });
    }
    fn tell(self, ticket: Option<Ticket>, tell: impl FnOnce(&mut Visit, Ticket) -> Vec<Effect>) -> Vec<Effect> {
        let Some(ticket) = ticket else { return vec![] };
        self.visit.try_update(|visit| visit.as_mut().map(|visit| tell(visit, ticket))).flatten().unwrap_or_default()
    }
    /// Tries a write that failed again.
    pub fn try_again(self) {
        if self.not_saved.with_untracked(Option::is_some) && !self.writing.get_value() {
            self.visit.update(|visit| {
                if let Some(visit) = visit {
                    visit.entries.retried();
                }
            });
            self.pump();
        }
    }
}

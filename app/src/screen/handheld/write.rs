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
use crate::{
    browser::sound,
    part::tone::Tone,
    replica::{Composed, Extent, NotSaved, Replica, RescueText, Saved},
};
use leptos::{prelude::*, task::spawn_local};
use shared::{event::EventKind, id::SheetId};
use std::{cell::Cell, collections::VecDeque};

/// How often a write that failed is tried again by itself.
const RETRY_MS: u32 = 5_000;

thread_local! {
    static RETRY: Cell<Option<gloo_timers::callback::Timeout>> = const { Cell::new(None) };
}

/// An entry on its way to the disk.
#[derive(Debug, Clone)]
pub struct Outgoing {
    ticket: Option<Ticket>,
    kind: EventKind,
    sheet: Option<SheetId>,
    /// By whom and when: fixed when it was made. `None` where that failed; it is tried again with the write.
    composed: Option<Composed>,
    /// Whether a write of it failed.
    tried: bool,
}

impl Floor {
    /// Does something to the sheet in hand: tones first, then the way to the disk.
    pub fn act(self, change: impl FnOnce(&mut Visit) -> Vec<Effect>) {
        let effects = self.visit.try_update(|visit| visit.as_mut().map(change)).flatten().unwrap_or_default();
        self.run(effects);
        self.pump();
        self.keep_draft();
    }
    fn run(self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Tone(tone) => sound::play(tone),
                Effect::ReadCode(text) => self.typed_code(&text),
                Effect::Record(ticket, kind) => self.send(Some(ticket), kind),
                Effect::Leave { ending, next, later } => self.leave(ending, next, later),
            }
        }
    }
    /// Puts an entry of the sheet in hand at the end of the queue.
    pub(super) fn send(self, ticket: Option<Ticket>, kind: EventKind) {
        let sheet = self.sheet.get_value();
        let composed = self.replica().and_then(|replica| replica.compose(kind.clone(), sheet).ok());
        let entry = Outgoing { ticket, kind, sheet, composed, tried: false };
        self.outgoing.update_value(|queue| queue.push_back(entry));
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
                let told = self.write(replica, &first).await;
                let effects = match told {
                    Ok(saved) => {
                        self.outgoing.update_value(|queue| drop(queue.pop_front()));
                        if self.not_saved.with_untracked(Option::is_some) {
                            self.not_saved.set(None);
                        }
                        self.look_at_status(replica);
                        self.tell(&first, |visit, ticket| visit.saved(ticket, saved.id))
                    }
                    Err(error) => {
                        self.writing.set_value(false);
                        let first_time = self.not_saved.with_untracked(Option::is_none);
                        self.not_saved.set(Some(untrack(|| self.words()).not_saved_because(&error)));
                        let mut effects = self.tell(&first, Visit::not_saved);
                        if effects.is_empty() {
                            effects.push(Effect::Tone(Tone::NotSaved));
                        }
                        if !first_time {
                            effects.clear(); // once aloud; the red stays
                        }
                        self.run(effects);
                        self.try_later();
                        return;
                    }
                };
                self.run(effects);
            }
            self.writing.set_value(false);
        });
    }
    async fn write(self, replica: Replica, first: &Outgoing) -> Result<Saved, NotSaved> {
        let composed = match &first.composed {
            Some(composed) => composed.clone(),
            None => replica.compose(first.kind.clone(), first.sheet)?,
        };
        // kept: what is tried again is the same event, should the disk have it after all
        self.outgoing.update_value(|queue| {
            if let Some(first) = queue.front_mut() {
                (first.composed, first.tried) = (Some(composed.clone()), true);
            }
        });
        replica.record(&composed, first.tried).await
    }
    /// One timer, however often it failed.
    fn try_later(self) {
        let timer = gloo_timers::callback::Timeout::new(RETRY_MS, move || self.try_again());
        RETRY.set(Some(timer));
    }
    fn tell(self, entry: &Outgoing, tell: impl FnOnce(&mut Visit, Ticket) -> Vec<Effect>) -> Vec<Effect> {
        // a ticket means something on its own sheet alone
        let Some(ticket) = entry.ticket.filter(|_| entry.sheet == self.sheet.get_value()) else { return vec![] };
        self.visit.try_update(|visit| visit.as_mut().map(|visit| tell(visit, ticket))).flatten().unwrap_or_default()
    }
    /// Everything this handheld holds as a text, what waits in the queue included. What could not be put together before
    /// is tried once more, and stays as it is then.
    pub async fn rescue(self, extent: Extent) -> Option<RescueText> {
        let Some(replica) = self.replica() else { return Replica::rescue_unopened(extent).await };
        let unsaved = self.outgoing.try_update_value(|queue| {
            let compose = |entry: &mut Outgoing| {
                if entry.composed.is_none() {
                    entry.composed = replica.compose(entry.kind.clone(), entry.sheet).ok();
                }
                entry.composed.clone()
            };
            queue.iter_mut().filter_map(compose).collect::<Vec<_>>()
        });
        replica.rescue(&unsaved.unwrap_or_default(), extent).await
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

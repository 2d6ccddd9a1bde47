//! The entries of the sheet in hand, each with its fate on the way to the disk, and what they fold to.
//!
//! Absent: writing them (the journal does), and any rule of folding: it is [`shared::sheet::fold`], the same function
//! that the server uses.

use shared::{
    event::{CaptureTime, EVENT_VERSION, Event, EventKind},
    id::{EventId, PersonId},
    key::ItemKey,
    moment::Moment,
    sheet::{FoldedSheet, fold},
};
use std::{collections::HashSet, sync::OnceLock};

/// Names an entry before it has an id: the number of the order in which it was made on this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// Where an entry is, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// On the disk.
    Saved,
    /// On its way to the disk: shown dimmed.
    Waiting,
    /// The disk refused it: shown in red until it is saved after all.
    NotSaved,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name on this page.
    pub ticket: Ticket,
    /// Its id; a stand-in until it is saved.
    pub id: EventId,
    /// What it says.
    pub kind: EventKind,
    /// Where it is.
    pub fate: Fate,
}

impl Entry {
    /// The line it is about.
    pub fn key(&self) -> Option<&ItemKey> {
        self.kind.line().map(|(key, _)| key)
    }
    /// When it was made, as this handheld's clock had it; `None` until it is saved.
    pub fn made_at(&self) -> Option<Moment> {
        self.id.made_at()
    }
    fn is_undoable(&self) -> bool {
        matches!(
            self.kind,
            EventKind::Scanned { .. }
                | EventKind::Keyed { .. }
                | EventKind::UnknownBarcode { .. }
                | EventKind::ConfirmedEmpty
        )
    }
}

/// All entries of one sheet, in the order made.
#[derive(Debug, Default, Clone)]
pub struct Entries {
    list: Vec<Entry>,
    /// What they say together, once somebody asked; a screen asks several times for each of them.
    folded: OnceLock<FoldedSheet>,
}

impl Entries {
    /// The entries that the journal gave back after a start.
    pub fn restored(events: impl IntoIterator<Item = (EventId, EventKind)>) -> Self {
        let list =
            (0..).zip(events).map(|(n, (id, kind))| Entry { ticket: Ticket(n), id, kind, fate: Fate::Saved }).collect();
        Self { list, folded: OnceLock::new() }
    }
    /// Adds one that is on its way.
    pub fn push(&mut self, kind: EventKind) -> Ticket {
        self.folded.take();
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let mut stand_in = [0; 10];
        stand_in[..4].copy_from_slice(&number.to_be_bytes());
        self.list.push(Entry {
            ticket: Ticket(number),
            id: EventId::from_parts(0, &stand_in),
            kind,
            fate: Fate::Waiting,
        });
        Ticket(number)
    }
    /// The disk has it, under this id.
    pub fn saved(&mut self, ticket: Ticket, id: EventId) {
        self.folded.take();
        if let Some(entry) = self.find(ticket) {
            (entry.id, entry.fate) = (id, Fate::Saved);
        }
    }
    /// The disk refused it.
    pub fn not_saved(&mut self, ticket: Ticket) {
        if let Some(entry) = self.find(ticket) {
            entry.fate = Fate::NotSaved;
        }
    }
    /// It is tried again.
    pub fn retried(&mut self) {
        for entry in self.list.iter_mut().filter(|entry| entry.fate == Fate::NotSaved) {
            entry.fate = Fate::Waiting;
        }
    }
    /// All of them.
    pub fn all(&self) -> &[Entry] {
        &self.list
    }
    /// The ones that nobody took back, in order.
    pub fn live(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        let back: HashSet<EventId> = self
            .list
            .iter()
            .filter_map(|entry| if let EventKind::Undone { event } = entry.kind { Some(event) } else { None })
            .collect();
        self.list.iter().filter(move |entry| entry.is_undoable() && !back.contains(&entry.id))
    }
    /// The last one that can be taken back.
    pub fn last_undoable(&self) -> Option<&Entry> {
        self.live().next_back()
    }
    /// What they say together.
    pub fn folded(&self) -> &FoldedSheet {
        self.folded.get_or_init(|| self.fold())
    }
    fn fold(&self) -> FoldedSheet {
        let at = CaptureTime { wall_ms: 0, offset_ms: 0, uncertainty_ms: 0 };
        let events: Vec<Event> = self
            .list
            .iter()
            .map(|entry| Event {
                v: EVENT_VERSION,
                id: entry.id,
                actor: PersonId(0),
                sheet: None,
                at,
                kind: entry.kind.clone(),
            })
            .collect();
        fold((1..).zip(&events), &|_| None)
    }
    fn find(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        self.list.iter_mut().find(|entry| entry.ticket == ticket)
    }
}

//! Counting one bin: what a scan, a key or a tap does to the sheet in hand. Nothing happens here but deciding: entries
//! to write, tones to play and where to go leave as [`Effect`]s.
//!
//! Absent: book quantities (this handheld has none), writing, looking codes up, drawing.

pub use super::read::{Bin, Known, Read, Said};
use super::{
    entry::{Entries, Entry, Ticket},
    prompt::{Prompt, Say, Wanted},
};
use crate::part::{keypad::Keypad, tone::Tone};
use serde::{Deserialize, Serialize};
use shared::{
    event::EventKind,
    id::{CountId, EventId, ItemId, TaskId},
    key::ItemKey,
    moment::Moment,
    quantity::Quantity,
};
use std::collections::{BTreeMap, VecDeque};

/// Scans kept while a question is open (`HANDHELD.md` 1.4).
pub const LATER_MAX: usize = 8;

/// The work behind the visit, where it is a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The task.
    pub task: TaskId,
    /// Its count.
    pub count: CountId,
    /// 1 is the first count.
    pub round: u8,
    /// What to count; `None` is everything.
    pub keys: Option<Vec<ItemKey>>,
}

/// How a visit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything there was counted.
    Done,
    /// Left, to be counted another time.
    Left,
    /// Could not be counted.
    Skipped,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write this entry to the journal, in the order given, and say how it went.
    Record(Ticket, EventKind),
    /// Play.
    Tone(Tone),
    /// What was keyed as a quantity is a code: look it up and scan it, or say [`Visit::refuse_code`].
    ReadCode(String),
    /// The visit is over and on the disk. Scans that came after it are handed on.
    Leave {
        /// How it ended.
        ending: Ending,
        /// Where to go at once.
        next: Option<Bin>,
        /// Scans that waited.
        later: Vec<Read>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Leaving {
    ticket: Ticket,
    ending: Ending,
    next: Option<Bin>,
}

/// The sheet in hand.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Where.
    pub bin: Bin,
    /// For what.
    pub work: Option<Work>,
    /// What was recorded.
    pub entries: Entries,
    /// The items met.
    pub items: BTreeMap<ItemId, Known>,
    /// The line that keys are about.
    pub selected: Option<ItemKey>,
    /// The number being keyed.
    pub keypad: Keypad,
    /// The question.
    pub prompt: Option<Prompt>,
    /// What is half typed as its answer: a lot, a serial number.
    pub typed: String,
    /// The sentence.
    pub say: Option<Say>,
    later: VecDeque<Read>,
    leaving: Option<Leaving>,
}

/// What a sheet looked like besides its entries, kept so that it comes back as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    selected: Option<ItemKey>,
    keypad: Keypad,
    prompt: Option<Prompt>,
    #[serde(default)]
    typed: String,
}

impl Visit {
    /// A visit with nothing on it.
    pub fn new(bin: Bin, work: Option<Work>) -> Self {
        Self {
            bin,
            work,
            entries: Entries::default(),
            items: BTreeMap::new(),
            selected: None,
            keypad: Keypad::default(),
            prompt: None,
            typed: String::new(),
            say: None,
            later: VecDeque::new(),
            leaving: None,
        }
    }
    /// A visit as the journal and the draft kept it.
    pub fn restored(mut self, events: Vec<(EventId, EventKind)>, items: Vec<Known>, draft: Draft) -> Self {
        self.entries = Entries::restored(events);
        self.items = items.into_iter().map(|item| (item.id, item)).collect();
        self.selected = draft.selected.or_else(|| self.entries.live().next_back().and_then(|e| e.key().cloned()));
        self.keypad = draft.keypad;
        // no entry names it yet
        if let Some(Prompt::Lot(wanted) | Prompt::Serial(wanted)) = &draft.prompt {
            self.items.insert(wanted.item.id, wanted.item.clone());
        }
        self.prompt = draft.prompt;
        self.typed = draft.typed;
        self
    }
    /// What to keep beside the entries.
    pub fn draft(&self) -> Draft {
        // what was typed goes with its question
        let typed = if self.prompt.is_some() { self.typed.clone() } else { String::new() };
        // the line of the last entry is in hand anyhow: scanning leaves the draft as it is, and writes nothing
        let last = self.entries.live().next_back().and_then(Entry::key);
        let selected = self.selected.clone().filter(|key| Some(key) != last);
        Draft { selected, keypad: self.keypad.clone(), prompt: self.prompt.clone(), typed }
    }
    /// Whether the last entries are on their way out of the bin.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// A scan came in.
    pub fn scan(&mut self, read: Read) -> Vec<Effect> {
        let mut out = Vec::new();
        self.take_scan(read, &mut out);
        out
    }

    fn take_scan(&mut self, read: Read, out: &mut Vec<Effect>) {
        self.say = None;
        if self.leaving.is_some() {
            self.keep_for_later(read, out);
            return;
        }
        let Some(prompt) = self.prompt.take() else { return self.count_scan(read, out) };
        match (prompt, read) {
            (Prompt::Lot(wanted), Read::Unknown { raw, lot, .. }) => self.take_lot(wanted, lot.unwrap_or(raw), out),
            (Prompt::Lot(wanted), Read::Item { item, lot: Some(lot), .. }) if item.id == wanted.item.id => {
                self.take_lot(wanted, lot, out);
            }
            (Prompt::Serial(wanted), Read::Unknown { raw, serial, .. }) => {
                self.take_serial(wanted, serial.unwrap_or(raw), out);
            }
            (Prompt::Serial(wanted), Read::Item { item, serial: Some(serial), .. }) if item.id == wanted.item.id => {
                self.take_serial(wanted, serial, out);
            }
            // the same label once more says yes without taking a glove off
            (Prompt::OtherBin(bin), Read::Bin(again)) if bin == again => self.go_to(bin, out),
            (Prompt::OtherBin(_), Read::Bin(bin)) => self.count_scan(Read::Bin(bin), out),
            // a scan answers "is it empty?", "is it done?", "which item?" and "why not?" by itself
            (Prompt::Empty | Prompt::Nothing | Prompt::Missing(_) | Prompt::Find | Prompt::Skip, read) => {
                self.count_scan(read, out);
            }
            (prompt, read) => {
                self.prompt = Some(prompt);
                if self.keep_for_later(read, out) {
                    out.push(Effect::Tone(Tone::Ask));
                }
                self.say = Some(Say::AnswerFirst(self.later.len()));
            }
        }
        self.go_on(out);
    }

    /// Says whether there was room; where there is none, it is refused aloud.
    fn keep_for_later(&mut self, read: Read, out: &mut Vec<Effect>) -> bool {
        let fits = self.later.len() < LATER_MAX;
        if fits {
            self.later.push_back(read);
        } else {
            out.push(Effect::Tone(Tone::Unknown));
        }
        fits
    }
    /// Takes the scans that waited, until the next question.
    pub(super) fn go_on(&mut self, out: &mut Vec<Effect>) {
        while self.prompt.is_none() && self.leaving.is_none() {
            let Some(read) = self.later.pop_front() else { return };
            self.count_scan(read, out);
        }
    }

    fn count_scan(&mut self, read: Read, out: &mut Vec<Effect>) {
        match read {
            Read::Bin(bin) if bin.id == self.bin.id => {
                self.say = Some(Say::SameBin);
                out.push(Effect::Tone(Tone::Bin));
            }
            Read::Bin(bin) => self.ask(Prompt::OtherBin(bin), Tone::WrongBin, out),
            Read::NoBin(raw) => {
                self.say = Some(Say::NoSuchBin(raw));
                out.push(Effect::Tone(Tone::WrongBin));
            }
            Read::Unknown { pallet: Some(pallet), .. } | Read::Item { said: Said { pallet: Some(pallet), .. }, .. }
                if self.pallet(&pallet).is_some() =>
            {
                let at = self.pallet(&pallet).and_then(Entry::made_at);
                self.already(pallet, at, out);
            }
            Read::Case { item, raw } if self.has_pack(&raw) => {
                self.items.insert(item.id, item);
                self.count_unknown(raw, out);
            }
            Read::Case { item, raw } => {
                self.items.insert(item.id, item.clone());
                self.selected = None;
                self.keypad.clear();
                self.ask(Prompt::Case { item, raw }, Tone::Ask, out);
            }
            Read::Unknown { raw, .. } => self.count_unknown(raw, out),
            Read::Item { item, factor, lot, serial, expiry, mut proposals, said, raw } => {
                self.items.insert(item.id, item.clone());
                let tracking = item.tracking;
                proposals.extend(self.lots_of(item.id).into_iter().filter(|_| tracking.wants_lot()));
                proposals.dedup();
                let Said { amount, weighed, .. } = said;
                let wanted = Wanted { item, raw, factor, expiry, proposals, picked: false, amount, weighed };
                match (lot, serial) {
                    (_, Some(serial)) if tracking.wants_serial() => self.take_serial(wanted, serial, out),
                    (Some(lot), _) if tracking.wants_lot() => self.take_lot(wanted, lot, out),
                    _ if tracking.wants_serial() => self.ask(Prompt::Serial(wanted), Tone::Ask, out),
                    _ if tracking.wants_lot() => self.ask(Prompt::Lot(wanted), Tone::Ask, out),
                    _ => {
                        let key = ItemKey::untracked(wanted.item.id);
                        self.add(key, wanted, out);
                    }
                }
            }
        }
    }

    pub(super) fn take_lot(&mut self, wanted: Wanted, lot: String, out: &mut Vec<Effect>) {
        let key = ItemKey { item: wanted.item.id, lot, serial: String::new() };
        if wanted.picked {
            return self.hold(key, out);
        }
        self.add(key, wanted, out);
    }
    pub(super) fn take_serial(&mut self, wanted: Wanted, serial: String, out: &mut Vec<Effect>) {
        let key = ItemKey { item: wanted.item.id, lot: String::new(), serial };
        let here = self.entries.folded().lines.get(&key).is_some_and(|line| !line.quantity.is_zero());
        if here {
            let serial = key.serial.clone();
            let entry = self.entries.live().rfind(|entry| entry.key() == Some(&key));
            let at = entry.and_then(Entry::made_at);
            self.selected = Some(key);
            return self.already(serial, at, out);
        }
        self.select(key.clone());
        out.push(Effect::Tone(Tone::Item));
        let (raw, expiry, quantity) = (wanted.raw, wanted.expiry, Quantity::ONE);
        let kind = if wanted.picked {
            EventKind::Keyed { key, quantity }
        } else {
            EventKind::Scanned { raw, key, quantity, expiry }
        };
        self.record(kind, out);
    }
    fn already(&mut self, number: String, at: Option<Moment>, out: &mut Vec<Effect>) {
        self.say = Some(Say::Already(number, at));
        out.push(Effect::Tone(Tone::Already));
    }
    /// The entry of a pallet's label, where it was counted here; the number stands in the code as it was read.
    fn pallet(&self, number: &str) -> Option<&Entry> {
        self.entries.live().find(|entry| match &entry.kind {
            EventKind::Scanned { raw, .. } | EventKind::UnknownBarcode { raw, .. } => raw.contains(number),
            _ => false,
        })
    }
    /// Whether it was said here what a pack holds.
    fn has_pack(&self, code: &str) -> bool {
        let says = |kind: &EventKind| matches!(kind, EventKind::PackProposed { raw, .. } if raw == code);
        self.entries.all().iter().any(|entry| says(&entry.kind))
    }
    pub(super) fn count_unknown(&mut self, raw: String, out: &mut Vec<Effect>) {
        self.say = Some(Say::UnknownKept(raw.clone()));
        self.selected = None;
        self.keypad.clear();
        out.push(Effect::Tone(Tone::Unknown));
        self.record(EventKind::UnknownBarcode { raw, quantity: Quantity::ONE }, out);
    }
    /// Adds what one scan stands for; where the label says another number, or nothing can be said unweighed, asks.
    fn add(&mut self, key: ItemKey, wanted: Wanted, out: &mut Vec<Effect>) {
        let Wanted { raw, factor, expiry, amount, weighed, .. } = wanted;
        if weighed || amount.is_some_and(|amount| amount != factor) {
            self.keypad.clear();
            self.select(key.clone());
            return self.ask(Prompt::Amount { key, raw, factor, expiry, amount, weighed }, Tone::Ask, out);
        }
        self.add_units(key, raw, factor, expiry, out);
    }
    pub(super) fn add_units(
        &mut self,
        key: ItemKey,
        raw: String,
        factor: Quantity,
        expiry: Option<String>,
        out: &mut Vec<Effect>,
    ) {
        let last = self.entries.live().rfind(|entry| entry.key() == Some(&key)).map(|entry| &entry.kind);
        if let Some(EventKind::Keyed { quantity, .. }) = last {
            // never silently both (`HANDHELD.md` 3.4)
            let total = *quantity;
            self.select(key.clone());
            return self.ask(Prompt::AddToKeyed { key, raw, factor, expiry, total }, Tone::Ask, out);
        }
        self.select(key.clone());
        out.push(Effect::Tone(Tone::Item));
        self.record(EventKind::Scanned { raw, key, quantity: factor, expiry }, out);
    }

    pub(super) fn go_to(&mut self, bin: Bin, out: &mut Vec<Effect>) {
        let ending = if self.is_complete() { Ending::Done } else { Ending::Left };
        self.close(ending, Some(bin), out);
    }
    /// Whether leaving now means that the bin was counted: something was, and nothing wanted is missing.
    pub fn is_complete(&self) -> bool {
        self.counted() > 0 && self.missing().is_empty()
    }
    pub(super) fn close(&mut self, ending: Ending, next: Option<Bin>, out: &mut Vec<Effect>) {
        let ticket = self.record(EventKind::SheetClosed { location_done: ending == Ending::Done }, out);
        self.leaving = Some(Leaving { ticket, ending, next });
    }
    pub(super) fn record(&mut self, kind: EventKind, out: &mut Vec<Effect>) -> Ticket {
        let ticket = self.entries.push(kind.clone());
        out.push(Effect::Record(ticket, kind));
        ticket
    }
    pub(super) fn ask(&mut self, prompt: Prompt, tone: Tone, out: &mut Vec<Effect>) {
        self.typed.clear();
        self.prompt = Some(prompt);
        out.push(Effect::Tone(tone));
    }

    /// The journal has the entry.
    pub fn saved(&mut self, ticket: Ticket, id: EventId) -> Vec<Effect> {
        self.entries.saved(ticket, id);
        let Some(leaving) = self.leaving.take_if(|leaving| leaving.ticket == ticket) else { return vec![] };
        let tone = if leaving.ending == Ending::Done { Tone::Complete } else { Tone::Bin };
        let later = self.later.drain(..).collect();
        vec![Effect::Tone(tone), Effect::Leave { ending: leaving.ending, next: leaving.next, later }]
    }
    /// The journal refused the entry; it stays on the screen.
    pub fn not_saved(&mut self, ticket: Ticket) -> Vec<Effect> {
        self.entries.not_saved(ticket);
        vec![Effect::Tone(Tone::NotSaved)]
    }
}

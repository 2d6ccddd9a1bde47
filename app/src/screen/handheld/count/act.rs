//! What keys and taps do to the sheet in hand: quantities, answers, undo, and the ways out of a bin.
//!
//! Absent: scans ([`super::model`]).

use super::{
    entry::Fate,
    model::{Effect, Ending, Visit},
    prompt::{Prompt, Say},
};
use crate::part::{keypad::Keyed, tone::Tone};
use shared::{
    event::{EventKind, SkipReason},
    key::ItemKey,
    quantity::Quantity,
};

impl Visit {
    /// A line was tapped: keys are about it from now on.
    pub fn select(&mut self, key: ItemKey) {
        if self.selected.as_ref() != Some(&key) {
            self.keypad.clear();
        }
        self.selected = Some(key);
    }
    /// A digit, on the screen or on a hardware keypad.
    pub fn press(&mut self, key: char) {
        self.say = None;
        self.keypad.press(key);
    }
    /// The key that takes a digit back.
    pub fn press_back(&mut self) {
        self.say = None;
        self.keypad.back();
    }
    /// OK.
    pub fn press_ok(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        self.say = None;
        let keyed = self.keypad.keyed();
        let refuse = |visit: &mut Self, say, out: &mut Vec<Effect>| {
            visit.say = Some(say);
            out.push(Effect::Tone(Tone::Unknown));
        };
        if matches!(self.prompt, Some(Prompt::Amount { .. } | Prompt::Case { .. })) {
            return self.answer_number(keyed);
        }
        match (self.selected.clone(), keyed) {
            _ if self.prompt.is_some() || self.is_leaving() => {}
            (_, Keyed::Nothing) => {}
            (_, Keyed::LooksLikeBarcode) => {
                out.push(Effect::ReadCode(self.keypad.text().to_owned()));
                self.keypad.clear();
            }
            (_, Keyed::TooLong) => refuse(self, Say::QuantityTooLong, &mut out),
            (_, Keyed::NotANumber) => refuse(self, Say::QuantityBad, &mut out),
            (None, _) => refuse(self, Say::PickLine, &mut out),
            (Some(key), Keyed::Quantity(quantity)) if !key.serial.is_empty() && quantity != Quantity::ZERO => {
                self.keypad.clear();
                refuse(self, Say::ScanSerials, &mut out);
            }
            (Some(_), Keyed::Large(quantity)) => self.ask(Prompt::Large(quantity), Tone::Ask, &mut out),
            (Some(key), Keyed::Quantity(quantity)) => self.key(key, quantity, &mut out),
        }
        out
    }
    /// What was keyed as a quantity looks like a code, and nobody knows it.
    pub fn refuse_code(&mut self) -> Vec<Effect> {
        self.say = Some(Say::QuantityIsBarcode);
        vec![Effect::Tone(Tone::Unknown)]
    }
    /// A number was keyed for the open question: how many, what it weighs, how many in a pack.
    fn answer_number(&mut self, keyed: Keyed) -> Vec<Effect> {
        let mut out = Vec::new();
        let quantity = match keyed {
            Keyed::Nothing => return out,
            Keyed::Quantity(quantity) if quantity > Quantity::ZERO => quantity,
            Keyed::LooksLikeBarcode => {
                self.keypad.clear();
                return self.refuse_code();
            }
            Keyed::Large(_) | Keyed::TooLong => {
                self.say = Some(Say::QuantityTooLong);
                return vec![Effect::Tone(Tone::Unknown)];
            }
            Keyed::Quantity(_) | Keyed::NotANumber => {
                self.say = Some(Say::QuantityBad);
                return vec![Effect::Tone(Tone::Unknown)];
            }
        };
        match self.prompt.take() {
            Some(Prompt::Amount { key, raw, expiry, .. }) => {
                self.keypad.clear();
                self.add_units(key, raw, quantity, expiry, &mut out);
            }
            Some(Prompt::Case { item, raw }) => {
                let says = EventKind::PackProposed { raw: raw.clone(), item: item.id, pack_factor: quantity };
                self.record(says, &mut out);
                self.count_unknown(raw, &mut out);
            }
            other => self.prompt = other,
        }
        self.go_on(&mut out);
        out
    }
    /// Not what the label says: one scan counts what its code stands for.
    pub fn answer_plain(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        match self.prompt.take() {
            Some(Prompt::Amount { key, raw, factor, expiry, weighed: false, .. }) => {
                self.add_units(key, raw, factor, expiry, &mut out);
            }
            other => self.prompt = other,
        }
        self.go_on(&mut out);
        out
    }
    fn key(&mut self, key: ItemKey, quantity: Quantity, out: &mut Vec<Effect>) {
        self.keypad.clear();
        out.push(Effect::Tone(Tone::Item));
        self.record(EventKind::Keyed { key, quantity }, out);
    }

    /// A text was given for the open question: the lot or the serial number.
    pub fn answer_text(&mut self, text: &str) -> Vec<Effect> {
        let mut out = Vec::new();
        let text = text.trim().to_owned();
        match self.prompt.take() {
            Some(Prompt::Lot(wanted)) if !text.is_empty() => self.take_lot(wanted, text, &mut out),
            Some(Prompt::Serial(wanted)) if !text.is_empty() => self.take_serial(wanted, text, &mut out),
            other => self.prompt = other,
        }
        self.go_on(&mut out);
        out
    }
    /// The label shows no lot.
    pub fn answer_no_lot(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        match self.prompt.take() {
            Some(Prompt::Lot(wanted)) => self.take_lot(wanted, String::new(), &mut out),
            other => self.prompt = other,
        }
        self.go_on(&mut out);
        out
    }
    /// Yes to the open question.
    pub fn answer_yes(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        match self.prompt.take() {
            Some(Prompt::AddToKeyed { key, raw, factor, expiry, .. }) => {
                out.push(Effect::Tone(Tone::Item));
                self.record(EventKind::Scanned { raw, key, quantity: factor, expiry }, &mut out);
            }
            Some(Prompt::Amount { key, raw, expiry, amount: Some(amount), .. }) => {
                self.keypad.clear();
                self.add_units(key, raw, amount, expiry, &mut out);
            }
            Some(Prompt::Large(quantity)) => match self.selected.clone() {
                Some(key) => self.key(key, quantity, &mut out),
                None => self.say = Some(Say::PickLine),
            },
            Some(Prompt::OtherBin(bin)) => self.go_to(bin, &mut out),
            Some(Prompt::Empty | Prompt::Nothing) => {
                self.record(EventKind::ConfirmedEmpty, &mut out);
                self.close(Ending::Done, None, &mut out);
            }
            Some(Prompt::Missing(_)) => {
                for key in self.missing() {
                    self.record(EventKind::Keyed { key, quantity: Quantity::ZERO }, &mut out);
                }
                self.close(Ending::Done, None, &mut out);
            }
            other => self.prompt = other,
        }
        self.go_on(&mut out);
        out
    }
    /// No to the open question, or back from it.
    pub fn answer_no(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        self.say = None;
        match self.prompt.take() {
            // nobody here knows what is in it; that it is there counts all the same
            Some(Prompt::Case { raw, .. }) => self.count_unknown(raw, &mut out),
            Some(Prompt::Amount { .. }) => self.keypad.clear(),
            _ => {}
        }
        self.go_on(&mut out);
        out
    }

    /// Takes the last entry back.
    pub fn undo(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        let undo = self.undo_next();
        let Some(entry) = self.entries.last_undoable().filter(|_| !self.is_leaving()) else {
            self.say = Some(Say::NothingToUndo);
            return out;
        };
        if entry.fate != Fate::Saved {
            return out; // it has no name on the disk yet
        }
        let (event, key) = (entry.id, entry.key().cloned());
        self.keypad.clear();
        if key.is_some() {
            self.selected = key;
        }
        self.say = undo.map(Say::Undone);
        self.record(EventKind::Undone { event }, &mut out);
        out
    }
    /// "The bin is empty", first step.
    pub fn empty(&mut self) {
        if self.is_leaving() {
            return;
        }
        let lines = self.counted();
        if lines == 0 {
            self.prompt = Some(Prompt::Empty);
        } else {
            self.say = Some(Say::NotEmpty(lines));
        }
    }
    /// "Done", first step; the only one where everything was counted.
    pub fn done(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        if self.is_leaving() {
            return out;
        }
        let missing = self.missing().len();
        if missing > 0 {
            self.ask(Prompt::Missing(missing), Tone::Ask, &mut out);
        } else if self.counted() == 0 {
            self.ask(Prompt::Nothing, Tone::Ask, &mut out);
        } else {
            self.prompt = None;
            self.close(Ending::Done, None, &mut out);
        }
        out
    }
    /// "Can't count", first step.
    pub fn cannot(&mut self) {
        if !self.is_leaving() {
            self.prompt = Some(Prompt::Skip);
        }
    }
    /// The reason why not.
    pub fn skip(&mut self, reason: SkipReason) -> Vec<Effect> {
        let mut out = Vec::new();
        if self.is_leaving() {
            return out;
        }
        self.prompt = None;
        let task = self.work.as_ref().map(|work| work.task);
        self.record(EventKind::LocationSkipped { location: self.bin.id, task, reason }, &mut out);
        self.close(Ending::Skipped, None, &mut out);
        out
    }
}

//! Sheets: one person's visit to one location on one handheld, folded from its entries (`DOMAIN.md` section 3).
//!
//! Absent: other sheets ([`crate::merge`]), the book ([`crate::variance`]) and arrival: whoever folds has made sure that
//! no sequence number up to the closing is missing.

use crate::{
    event::{Event, EventKind, SheetIntent},
    id::{CountId, EventId, ItemId, LocationId, PersonId, TaskId},
    key::ItemKey,
    moment::{Moment, Window},
    quantity::{NumberError, Quantity},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a sheet says about one item, lot and serial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetLine {
    /// Base units counted; zero is a number.
    pub quantity: Quantity,
    /// When the first entry that counts was made, widened by the clock's uncertainty.
    pub first: Window,
    /// When the last entry that counts was made, widened likewise.
    pub last: Window,
    /// The best estimate of the instant of the last entry: the instant of the scan.
    pub at: Moment,
}

impl SheetLine {
    /// The line's window: from its first entry to the closing of its sheet, widened by the clock's uncertainty.
    ///
    /// # Source
    /// `DOMAIN.md` section 4.
    pub fn window(&self, closed_at: Window) -> Window {
        self.first.join(self.last).join(closed_at)
    }
}

/// Why a line has no total. Such a line is neither zero nor missing: it has to be counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineFault {
    /// The total is beyond the largest number that can be kept.
    #[error("the total is beyond the largest number that can be kept")]
    Overflow,
    /// The total has more decimals than can be kept.
    #[error("the total has more decimals than can be kept exactly")]
    Inexact,
    /// A scan of nothing or less, or a keyed quantity below zero.
    #[error("an entry is below zero, or scans nothing")]
    Negative,
    /// A serial number that was keyed as anything but there (1) or not there (0).
    #[error("a serial number was keyed as something other than 0 or 1")]
    SerialQuantity,
}

impl From<NumberError> for LineFault {
    fn from(error: NumberError) -> Self {
        if error == NumberError::Decimals { Self::Inexact } else { Self::Overflow }
    }
}

/// A barcode that nobody has named yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCode {
    /// Scans of it, in packs of whatever it is.
    pub quantity: Quantity,
    /// When it was last read.
    pub at: Moment,
}

/// What a lead said an unknown barcode is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The item, with lot and serial where the code itself carries them.
    pub key: ItemKey,
    /// Base units that one scan stands for.
    pub pack_factor: Quantity,
}

/// How a sheet was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Its number in the log.
    pub seq: u64,
    /// By whom.
    pub person: PersonId,
    /// When.
    pub at: Window,
    /// Where.
    pub location: LocationId,
    /// The task, where it was one.
    pub task: Option<TaskId>,
    /// The count of that task.
    pub count: Option<CountId>,
    /// What it means beside other sheets.
    pub intent: SheetIntent,
}

/// How a sheet was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// Its number in the log.
    pub seq: u64,
    /// When.
    pub at: Window,
    /// Whether the whole location was counted.
    pub location_done: bool,
}

/// A sheet's entries, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoldedSheet {
    /// The lines that have a total.
    pub lines: BTreeMap<ItemKey, SheetLine>,
    /// The lines that have none: never taken for zero, never for missing.
    pub broken: BTreeMap<ItemKey, LineFault>,
    /// The barcodes that wait for a name.
    pub unknown: BTreeMap<String, UnknownCode>,
    /// What the person said that some of them are: an item, and how many of it are in one.
    pub proposed: BTreeMap<String, (ItemId, Quantity)>,
    /// Whether the person said that nothing stands there, and the sheet agrees.
    pub confirmed_empty: bool,
    /// Everybody who made an entry: normally one.
    pub people: BTreeSet<PersonId>,
    /// How it was opened.
    pub opened: Option<Open>,
    /// How it was closed; `None`: still open.
    pub closed: Option<Close>,
    /// Entries that have no effect or contradict others, with a stable code: kept, marked, shown.
    pub odd: Vec<(u64, &'static str)>,
}

/// Folds the entries of one sheet in the order of their sequence numbers, whatever order they are handed in.
///
/// A scan adds, a keyed quantity replaces, an undo takes back one earlier entry (an undo of an undo restores it), a
/// serial number counts once. An entry handed in twice counts once. Entries after the closing have no effect.
/// `named` says what a lead has called an unknown barcode; until then it stays in [`FoldedSheet::unknown`].
///
/// # Source
/// `DOMAIN.md` section 3.
pub fn fold<'a>(
    events: impl IntoIterator<Item = (u64, &'a Event)>,
    named: &dyn Fn(&str) -> Option<Named>,
) -> FoldedSheet {
    let in_order: BTreeMap<(u64, EventId), &Event> =
        events.into_iter().map(|(seq, event)| ((seq, event.id), event)).collect();
    let mut seen = BTreeSet::new();
    let mut sheet = FoldedSheet::default();
    let mut entries: Vec<(u64, &Event)> = Vec::new();
    for ((seq, id), event) in in_order {
        if !seen.insert(id) {
            continue;
        }
        if sheet.closed.is_some() {
            sheet.odd.push((seq, "after_close"));
            continue;
        }
        if let EventKind::SheetClosed { location_done } = event.kind {
            sheet.closed = Some(Close { seq, at: event.at.window(), location_done });
        }
        entries.push((seq, event));
    }
    let taken_back = taken_back(&entries, &mut sheet.odd);
    let mut folding = Folding { sheet, tallies: BTreeMap::new(), said_empty: None };
    for ((seq, event), taken_back) in entries.into_iter().zip(taken_back) {
        folding.sheet.people.insert(event.actor);
        if !taken_back {
            folding.apply(seq, event, named);
        }
    }
    folding.finish()
}

/// Which entries an undo has taken back. Read from the last entry to the first, because an undo that was itself taken
/// back takes nothing back.
fn taken_back(entries: &[(u64, &Event)], odd: &mut Vec<(u64, &'static str)>) -> Vec<bool> {
    let places: HashMap<EventId, usize> =
        entries.iter().enumerate().map(|(place, (_, event))| (event.id, place)).collect();
    let mut taken_back = vec![false; entries.len()];
    for (place, (seq, event)) in entries.iter().enumerate().rev() {
        let EventKind::Undone { event: target } = &event.kind else { continue };
        if taken_back[place] {
            continue;
        }
        match places.get(target) {
            Some(earlier) if *earlier < place && can_be_undone(&entries[*earlier].1.kind) => {
                if taken_back[*earlier] {
                    odd.push((*seq, "undone_twice"));
                }
                taken_back[*earlier] = true;
            }
            Some(_) => odd.push((*seq, "undo_not_possible")),
            None => odd.push((*seq, "undo_unknown")),
        }
    }
    taken_back
}

const fn can_be_undone(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Scanned { .. }
            | EventKind::Keyed { .. }
            | EventKind::UnknownBarcode { .. }
            | EventKind::ConfirmedEmpty
            | EventKind::Undone { .. }
    )
}

struct Tally {
    total: Result<Quantity, LineFault>,
    first: Window,
    last: Window,
    at: Moment,
}

struct Folding {
    sheet: FoldedSheet,
    tallies: BTreeMap<ItemKey, Tally>,
    said_empty: Option<u64>,
}

impl Folding {
    fn apply(&mut self, seq: u64, event: &Event, named: &dyn Fn(&str) -> Option<Named>) {
        match &event.kind {
            EventKind::SheetOpened { location, task, count, intent } => {
                if self.sheet.opened.is_some() {
                    self.sheet.odd.push((seq, "opened_twice"));
                    return;
                }
                self.sheet.opened = Some(Open {
                    seq,
                    person: event.actor,
                    at: event.at.window(),
                    location: *location,
                    task: *task,
                    count: *count,
                    intent: *intent,
                });
            }
            EventKind::Scanned { key, quantity, .. } => self.scan(event, key, Ok(*quantity)),
            EventKind::Keyed { key, quantity } => {
                let total = match *quantity {
                    below if below.is_negative() => Err(LineFault::Negative),
                    odd if !key.serial.is_empty() && odd != Quantity::ZERO && odd != Quantity::ONE => {
                        Err(LineFault::SerialQuantity)
                    }
                    total => Ok(total),
                };
                self.tally(event, key).total = total;
            }
            EventKind::UnknownBarcode { raw, quantity } => match named(raw) {
                Some(named) => {
                    let units = quantity.times(named.pack_factor).map_err(LineFault::from);
                    self.scan(event, &named.key, units);
                }
                None => self.wait(seq, event, raw, *quantity),
            },
            EventKind::PackProposed { raw, item, pack_factor } => {
                if *pack_factor > Quantity::ZERO {
                    self.sheet.proposed.insert(raw.clone(), (*item, *pack_factor));
                } else {
                    self.sheet.odd.push((seq, "pack_of_nothing"));
                }
            }
            EventKind::ConfirmedEmpty => self.said_empty = Some(seq),
            EventKind::LocationSkipped { .. } => self.sheet.odd.push((seq, "not_an_entry")),
            EventKind::Undone { .. }
            | EventKind::SheetClosed { .. }
            | EventKind::Unlocked { .. }
            | EventKind::HandheldTaken { .. }
            | EventKind::Locked => {}
        }
    }

    fn tally(&mut self, event: &Event, key: &ItemKey) -> &mut Tally {
        let (span, at) = (event.at.window(), event.at.instant());
        let tally =
            self.tallies.entry(key.clone()).or_insert(Tally { total: Ok(Quantity::ZERO), first: span, last: span, at });
        (tally.last, tally.at) = (span, at);
        tally
    }

    fn scan(&mut self, event: &Event, key: &ItemKey, units: Result<Quantity, LineFault>) {
        let tally = self.tally(event, key);
        let added = tally.total.and_then(|total| {
            let units = units?;
            if units <= Quantity::ZERO {
                Err(LineFault::Negative)
            } else if key.serial.is_empty() {
                total.plus(units).map_err(LineFault::from)
            } else {
                Ok(Quantity::ONE)
            }
        });
        tally.total = added;
    }

    /// Keeps a code that nobody has named. A quantity that cannot be added leaves the sum as it was and is marked: the
    /// sum of an unnamed code is shown, never judged.
    fn wait(&mut self, seq: u64, event: &Event, raw: &str, quantity: Quantity) {
        let at = event.at.instant();
        let code = self.sheet.unknown.entry(raw.to_owned()).or_insert(UnknownCode { quantity: Quantity::ZERO, at });
        code.at = at;
        match code.quantity.plus(quantity) {
            Ok(sum) if quantity > Quantity::ZERO => code.quantity = sum,
            _ => self.sheet.odd.push((seq, "unknown_quantity")),
        }
    }

    fn finish(mut self) -> FoldedSheet {
        for (key, tally) in self.tallies {
            match tally.total {
                Ok(quantity) => {
                    let line = SheetLine { quantity, first: tally.first, last: tally.last, at: tally.at };
                    self.sheet.lines.insert(key, line);
                }
                Err(fault) => {
                    self.sheet.broken.insert(key, fault);
                }
            }
        }
        if let Some(seq) = self.said_empty {
            let nothing = self.sheet.lines.values().all(|line| line.quantity.is_zero());
            self.sheet.confirmed_empty = nothing && self.sheet.broken.is_empty() && self.sheet.unknown.is_empty();
            if !self.sheet.confirmed_empty {
                self.sheet.odd.push((seq, "empty_but_counted"));
            }
        }
        self.sheet.odd.sort_unstable();
        self.sheet
    }
}

#[cfg(test)]
mod tests;

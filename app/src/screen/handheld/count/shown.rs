//! What the count screen shows of a visit: the big number, the lines, the name of what undo takes back.
//!
//! Absent: marks and drawing (`view`).

use super::{
    entry::{Entry, Fate},
    model::{Bin, Known, Visit},
};
use crate::words::{Words, fill};
use shared::{event::EventKind, id::ItemId, key::ItemKey, quantity::Quantity, sheet::LineFault};
use std::collections::{BTreeMap, HashMap, hash_map::Entry as Slot};

/// How a line's total came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Packs {
    /// Single units, or a typed total.
    Plain,
    /// So many packs of so many units.
    Cases(usize, Quantity),
    /// The last scan was a pack, earlier entries were not.
    Mixed(Quantity),
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    /// Which.
    pub key: ItemKey,
    /// Its item.
    pub item: Known,
    /// The total; `None`: wanted, but not counted yet.
    pub quantity: Option<Quantity>,
    /// Why there is no total although there are entries.
    pub fault: Option<LineFault>,
    /// The date it expires, where scanned.
    pub expiry: Option<String>,
    /// How its total came about.
    pub packs: Packs,
}

/// What can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// A scan of so many of an item.
    Scan(Quantity, String),
    /// A typed total of an item.
    Keyed(Quantity, String),
    /// An unknown code.
    Unknown(String),
    /// The word that the bin is empty.
    Empty,
}

impl Undo {
    /// Its name on the button.
    pub fn name(&self, words: &Words) -> String {
        match self {
            Self::Scan(quantity, item) => fill(words.undo_scan, &[&words.number(*quantity), item]),
            Self::Keyed(quantity, item) => fill(words.undo_keyed, &[&words.number(*quantity), item]),
            Self::Unknown(raw) => fill(words.undo_unknown, &[raw]),
            Self::Empty => words.bin_empty.to_owned(),
        }
    }
}

/// An unknown code and how often it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLine {
    /// As read.
    pub raw: String,
    /// How often.
    pub quantity: Quantity,
    /// The item that the person took it for a pack of, and how many of it are in one.
    pub pack: Option<(String, Quantity)>,
    /// How far its entries are.
    pub fate: Fate,
}

impl Visit {
    /// The item, as far as it is known here.
    pub fn item(&self, id: ItemId) -> Known {
        self.items.get(&id).cloned().unwrap_or_else(|| Known {
            id,
            sku: id.to_string(),
            description: String::new(),
            unit: String::new(),
            tracking: shared::item::Tracking::None,
        })
    }
    /// The items that this visit is about.
    pub fn item_ids(&self) -> Vec<ItemId> {
        let wanted = self.work.iter().filter_map(|work| work.keys.as_ref()).flatten().map(|key| key.item);
        wanted.chain(self.entries.all().iter().filter_map(|entry| entry.kind.item())).collect()
    }
    /// Takes in what the catalogue says of the bin and its items.
    pub fn learn(&mut self, bin: Option<Bin>, items: Vec<Known>) {
        if let Some(bin) = bin {
            self.bin = bin;
        }
        self.items.extend(items.into_iter().map(|item| (item.id, item)));
    }
    /// The lots of an item that are wanted or were counted here.
    pub fn lots_of(&self, item: ItemId) -> Vec<String> {
        let wanted = self.work.iter().filter_map(|work| work.keys.as_ref()).flatten();
        let mut lots: Vec<String> = Vec::new();
        for key in wanted.chain(self.entries.live().filter_map(|entry| entry.key())) {
            if key.item == item && !key.lot.is_empty() && !lots.contains(&key.lot) {
                lots.push(key.lot.clone());
            }
        }
        lots
    }
    /// The wanted keys that have no count yet.
    pub fn missing(&self) -> Vec<ItemKey> {
        let Some(keys) = self.work.as_ref().and_then(|work| work.keys.as_ref()) else { return vec![] };
        let lines = &self.entries.folded().lines;
        keys.iter().filter(|key| !lines.contains_key(*key)).cloned().collect()
    }
    /// How many lines and unknown codes were counted.
    pub fn counted(&self) -> usize {
        let folded = self.entries.folded();
        folded.lines.len() + folded.broken.len() + folded.unknown.len()
    }
    /// The lines, the last touched first, then what is wanted and not counted.
    pub fn lines(&self) -> Vec<Line> {
        let folded = self.entries.folded();
        let missing = self.missing();
        let (mut keys, mut made) = (Vec::new(), HashMap::<&ItemKey, Vec<&Entry>>::new());
        let mut known = |key, entry: Option<_>| match made.entry(key) {
            Slot::Occupied(mut entries) => entries.get_mut().extend(entry),
            Slot::Vacant(none) => {
                keys.push(key);
                none.insert(entry.into_iter().collect());
            }
        };
        for entry in self.entries.live().rev() {
            if let Some(key) = entry.key() {
                known(key, Some(entry));
            }
        }
        missing.iter().for_each(|key| known(key, None));
        keys.into_iter()
            .map(|key| Line {
                item: self.item(key.item),
                quantity: folded.lines.get(key).map(|line| line.quantity),
                fault: folded.broken.get(key).copied(),
                expiry: expiry(&made[key]),
                packs: packs(&made[key]),
                key: key.clone(),
            })
            .collect()
    }
    /// The line in hand, of [`Visit::lines`].
    pub fn line_in_hand(&self, lines: &[Line]) -> Option<Line> {
        let key = self.selected.as_ref()?;
        let known = lines.iter().find(|line| line.key == *key).cloned();
        Some(known.unwrap_or_else(|| Line {
            item: self.item(key.item),
            key: key.clone(),
            quantity: None,
            fault: None,
            expiry: None,
            packs: Packs::Plain,
        }))
    }
    /// The unknown codes, by text.
    pub fn unknown(&self) -> Vec<UnknownLine> {
        let folded = self.entries.folded();
        let line = |(raw, code): (String, shared::sheet::UnknownCode)| {
            let is_of = |kind: &EventKind| matches!(kind, EventKind::UnknownBarcode { raw: read, .. } if *read == raw);
            let own = self.entries.all().iter().filter(|entry| is_of(&entry.kind));
            let fate = own.map(|entry| entry.fate).max().unwrap_or(Fate::Saved);
            let pack = folded.proposed.get(&raw).map(|(item, units)| (self.item(*item).sku, *units));
            UnknownLine { raw, quantity: code.quantity, pack, fate }
        };
        folded.unknown.clone().into_iter().map(line).collect()
    }
    /// Whether an entry is on the screen that is not on the disk.
    pub fn has_unsaved(&self) -> bool {
        self.entries.all().iter().any(|entry| entry.fate == Fate::NotSaved)
    }

    /// Whether an entry is on its way to the disk.
    pub fn is_writing(&self) -> bool {
        self.entries.all().iter().any(|entry| entry.fate == Fate::Waiting)
    }
    /// The worst fate of each line's entries; a line that stands on the disk is not among them.
    pub fn fates(&self) -> BTreeMap<ItemKey, Fate> {
        let mut fates = BTreeMap::new();
        for entry in self.entries.all().iter().filter(|entry| entry.fate != Fate::Saved) {
            if let Some(key) = entry.key() {
                let worst = fates.entry(key.clone()).or_insert(entry.fate);
                *worst = entry.fate.max(*worst);
            }
        }
        fates
    }
    /// What undo would take back.
    pub fn undo_next(&self) -> Option<Undo> {
        let entry = self.entries.last_undoable()?;
        let name = |key: &ItemKey| {
            let mark = if key.serial.is_empty() { &key.lot } else { &key.serial };
            let sku = self.item(key.item).sku;
            if mark.is_empty() { sku } else { format!("{sku} {mark}") }
        };
        Some(match &entry.kind {
            EventKind::Scanned { key, quantity, .. } => Undo::Scan(*quantity, name(key)),
            EventKind::Keyed { key, quantity } => Undo::Keyed(*quantity, name(key)),
            EventKind::UnknownBarcode { raw, .. } => Undo::Unknown(raw.clone()),
            _ => Undo::Empty,
        })
    }
}

/// The date it expires as the last label said that says one; entries of one line, the last first.
fn expiry(entries: &[&Entry]) -> Option<String> {
    entries.iter().find_map(|entry| match &entry.kind {
        EventKind::Scanned { expiry, .. } => expiry.clone(),
        _ => None,
    })
}

/// How the total of a line came about; its entries, the last first.
fn packs(entries: &[&Entry]) -> Packs {
    let (mut scans, mut factor) = (0, None);
    for entry in entries {
        match (&entry.kind, factor) {
            (EventKind::Scanned { quantity, .. }, None) if *quantity == Quantity::ONE => return Packs::Plain,
            (EventKind::Scanned { quantity, .. }, None) => (scans, factor) = (1, Some(*quantity)),
            (EventKind::Scanned { quantity, .. }, Some(same)) if *quantity == same => scans += 1,
            (_, Some(last)) => return Packs::Mixed(last),
            (_, None) => return Packs::Plain,
        }
    }
    factor.map_or(Packs::Plain, |factor| Packs::Cases(scans, factor))
}

//! What the count screen shows of a visit: the big number, the lines, the name of what undo takes back.
//!
//! Absent: marks and drawing (`view`).

use super::{
    entry::Fate,
    model::{Bin, Known, Visit},
};
use crate::words::{Words, fill};
use shared::{event::EventKind, id::ItemId, key::ItemKey, quantity::Quantity, sheet::LineFault};

/// How a line's total came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packs {
    /// Single units, or a typed total.
    Plain,
    /// So many packs of so many units.
    Cases(usize, Quantity),
    /// The last scan was a pack, earlier entries were not.
    Mixed(Quantity),
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub key: ItemKey,
    /// Its item.
    pub item: Known,
    /// The total; `None`: wanted, but not counted yet.
    pub quantity: Option<Quantity>,
    /// Why there is no total although there are entries.
    pub fault: Option<LineFault>,
    /// How far its entries are.
    pub fate: Fate,
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
        let lines = self.entries.folded().lines;
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
        let mut keys: Vec<ItemKey> = Vec::new();
        for key in self.entries.live().rev().filter_map(|entry| entry.key()).cloned().chain(self.missing()) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys.into_iter()
            .map(|key| Line {
                item: self.item(key.item),
                quantity: folded.lines.get(&key).map(|line| line.quantity),
                fault: folded.broken.get(&key).copied(),
                fate: self.fate(&key),
                expiry: self.expiry(&key),
                packs: self.packs(&key),
                key,
            })
            .collect()
    }
    /// The line in hand.
    pub fn line_in_hand(&self) -> Option<Line> {
        let key = self.selected.as_ref()?;
        let known = self.lines().into_iter().find(|line| line.key == *key);
        Some(known.unwrap_or_else(|| Line {
            item: self.item(key.item),
            key: key.clone(),
            quantity: None,
            fault: None,
            fate: Fate::Saved,
            expiry: None,
            packs: Packs::Plain,
        }))
    }
    /// The unknown codes, by text.
    pub fn unknown(&self) -> Vec<UnknownLine> {
        let folded = self.entries.folded();
        let line = |(raw, code): (String, shared::sheet::UnknownCode)| {
            let fate =
                self.fate_where(|kind| matches!(kind, EventKind::UnknownBarcode { raw: read, .. } if *read == raw));
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
    fn fate(&self, key: &ItemKey) -> Fate {
        self.fate_where(|kind| kind.line().is_some_and(|(own, _)| own == key))
    }
    /// The worst fate of the entries chosen.
    fn fate_where(&self, chosen: impl Fn(&EventKind) -> bool) -> Fate {
        let mut worst = Fate::Saved;
        for entry in self.entries.all().iter().filter(|entry| chosen(&entry.kind)) {
            match entry.fate {
                Fate::NotSaved => return Fate::NotSaved,
                Fate::Waiting => worst = Fate::Waiting,
                Fate::Saved => {}
            }
        }
        worst
    }
    fn expiry(&self, key: &ItemKey) -> Option<String> {
        self.entries.live().rev().filter(|entry| entry.key() == Some(key)).find_map(|entry| match &entry.kind {
            EventKind::Scanned { expiry, .. } => expiry.clone(),
            _ => None,
        })
    }
    fn packs(&self, key: &ItemKey) -> Packs {
        let mut scans = 0;
        let mut factor = None;
        for entry in self.entries.live().rev().filter(|entry| entry.key() == Some(key)) {
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

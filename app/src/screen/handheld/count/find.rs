//! Finding an item whose code cannot be read: by SKU or words of its description, in what the handheld holds. What is
//! picked is in hand as if it had been scanned, but nothing is counted until its number is keyed.
//!
//! Absent: searching the catalogue (`shared::sync::catalogue`), drawing (`ask`).

use super::{
    model::{Effect, Known, Visit},
    prompt::{Prompt, Wanted},
};
use crate::part::tone::Tone;
use shared::{key::ItemKey, quantity::Quantity, sync::catalogue::ItemSearch};

/// Matches offered: more do not fit above a keyboard, and another word is quicker than a list.
pub const HITS_MAX: usize = 6;

/// Something to pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// A line that this recount is about.
    Wanted(ItemKey, Known),
    /// An item of the catalogue.
    Item(Known),
}

impl Hit {
    /// The item.
    pub fn item(&self) -> &Known {
        let (Self::Wanted(_, item) | Self::Item(item)) = self;
        item
    }
}

/// Whether a text that nobody knows, come at the speed of a scanner into the field of the search, is a word all the same:
/// keyboards that complete words commit them whole. Codes have digits in them; what is found is no unknown code.
pub fn is_word(text: &str, is_found: bool) -> bool {
    is_found || !text.contains(|c: char| c.is_ascii_digit())
}

impl Visit {
    /// "No barcode", first step.
    pub fn find(&mut self) {
        if !self.is_leaving() {
            self.say = None;
            self.prompt = Some(Prompt::Find);
        }
    }
    /// Whether the search is open.
    pub fn is_finding(&self) -> bool {
        self.prompt == Some(Prompt::Find)
    }
    /// What to offer for a text: the lines in dispute that fit it, all of them before anything is typed, then what the
    /// catalogue found.
    pub fn hits(&self, text: &str, found: Vec<Known>) -> Vec<Hit> {
        let search = ItemSearch::new(text);
        let keys = self.work.iter().filter_map(|work| work.keys.as_ref()).flatten();
        let mut hits: Vec<Hit> = keys
            .map(|key| Hit::Wanted(key.clone(), self.item(key.item)))
            .filter(|hit| search.is_empty() || search.fits(&hit.item().sku, &hit.item().description))
            .collect();
        let rest = found.into_iter().filter(|item| hits.iter().all(|hit| hit.item().id != item.id));
        let rest: Vec<Hit> = rest.map(Hit::Item).collect();
        hits.extend(rest);
        hits.truncate(HITS_MAX);
        hits
    }
    /// One of them was picked. A tracked item is asked for its lot or serial number first.
    pub fn pick(&mut self, hit: Hit) -> Vec<Effect> {
        let mut out = Vec::new();
        if !self.is_finding() {
            return out;
        }
        self.prompt = None;
        match hit {
            Hit::Wanted(key, _) => self.hold(key, &mut out),
            Hit::Item(item) => {
                self.items.insert(item.id, item.clone());
                let (id, tracking) = (item.id, item.tracking);
                let proposals = if tracking.wants_lot() { self.lots_of(id) } else { vec![] };
                let wanted = Wanted {
                    item,
                    raw: String::new(),
                    factor: Quantity::ONE,
                    expiry: None,
                    proposals,
                    picked: true,
                    amount: None,
                    weighed: false,
                };
                if tracking.wants_serial() {
                    self.ask(Prompt::Serial(wanted), Tone::Ask, &mut out);
                } else if tracking.wants_lot() {
                    self.ask(Prompt::Lot(wanted), Tone::Ask, &mut out);
                } else {
                    self.hold(ItemKey::untracked(id), &mut out);
                }
            }
        }
        self.go_on(&mut out);
        out
    }
    /// Takes a line in hand; the next number keyed is its total.
    pub(super) fn hold(&mut self, key: ItemKey, out: &mut Vec<Effect>) {
        self.keypad.clear();
        self.select(key);
        out.push(Effect::Tone(Tone::Item));
    }
}

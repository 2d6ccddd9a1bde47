//! Shards of items with their barcodes.

use super::{
    Found, ItemSearch, OpenError,
    bytes::{self, FORM, Reader, place, put_number, put_places, put_text, search},
};
use crate::{
    id::ItemId,
    item::{Item, Tracking},
    quantity::Quantity,
};
use std::cmp::Ordering;

const KIND: [u8; 3] = *b"TUI";
/// The shortest record: an id, five empty texts, the tracking.
const RECORD_BYTES_MIN: usize = 7;
/// The shortest barcode: an empty text, a place, a factor.
const BARCODE_BYTES_MIN: usize = 3;

/// An item as a handheld knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueItem<'a> {
    /// The site's number for it.
    pub id: ItemId,
    /// Stock-keeping unit.
    pub sku: &'a str,
    /// What it is, in words.
    pub description: &'a str,
    /// Base unit.
    pub unit: &'a str,
    /// Category, empty where there is none.
    pub category: &'a str,
    /// ABC class, empty where there is none.
    pub abc: &'a str,
    /// How its units are told apart.
    pub tracking: Tracking,
}

/// A barcode as a handheld knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueBarcode<'a> {
    /// The text as the scanner reads it.
    pub text: &'a str,
    /// Base units that one scan stands for.
    pub pack_factor: Quantity,
    /// Place of its item in the shard.
    place: usize,
}

const TRACKING: [Tracking; 4] = [Tracking::None, Tracking::Lot, Tracking::LotExpiry, Tracking::Serial];

/// Packs the items of one shard, in any order; an item or barcode given twice is taken once. The bytes depend on nothing
/// but the items, so that equal content has equal bytes.
pub fn pack_items(items: &[Item]) -> Vec<u8> {
    let mut records: Vec<&Item> = items.iter().collect();
    records.sort_by_key(|item| item.id);
    records.dedup_by_key(|item| item.id);
    let mut out = Vec::with_capacity(records.len() * 64);
    out.extend_from_slice(&KIND);
    out.push(FORM);
    put_number(&mut out, records.len() as u64);
    for item in &records {
        put_number(&mut out, item.id.0.unsigned_abs());
        for text in [&item.sku, &item.description, &item.unit, &item.category, &item.abc] {
            put_text(&mut out, text);
        }
        out.push(match item.tracking {
            Tracking::None => 0,
            Tracking::Lot => 1,
            Tracking::LotExpiry => 2,
            Tracking::Serial => 3,
        });
    }
    let mut barcodes: Vec<(&str, usize, Quantity)> = Vec::new();
    for (at, item) in records.iter().enumerate() {
        barcodes.extend(item.barcodes.iter().map(|barcode| (barcode.text.as_str(), at, barcode.pack_factor)));
    }
    barcodes.sort_by_key(|(text, at, _)| (*text, *at));
    barcodes.dedup_by_key(|(text, ..)| *text);
    put_number(&mut out, barcodes.len() as u64);
    for (text, at, factor) in barcodes {
        put_text(&mut out, text);
        put_number(&mut out, at as u64);
        put_number(&mut out, factor.micro().unsigned_abs());
    }
    let mut by_sku: Vec<usize> = (0..records.len()).collect();
    by_sku.sort_by_key(|at| records.get(*at).map(|item| item.sku.as_str()));
    put_places(&mut out, by_sku);
    out
}

/// An opened shard of items.
#[derive(Clone)]
pub struct ItemShard {
    bytes: Vec<u8>,
    records: Vec<u32>,
    barcodes: Vec<u32>,
    by_sku: usize,
}

impl ItemShard {
    /// Opens a shard, checking all of it.
    ///
    /// # Errors
    /// [`OpenError`] for anything [`pack_items`] did not write.
    pub fn open(bytes: Vec<u8>) -> Result<Self, OpenError> {
        let mut reader = bytes::open(&bytes, KIND)?;
        let (records, barcodes, by_sku) = scan(&mut reader).ok_or(OpenError::Damaged)?;
        let shard = Self { records, barcodes, by_sku, bytes };
        let mut last = None;
        // each item once: an item that is named twice hides another, which nobody would find by its SKU
        let mut named = vec![false; shard.len()];
        for index in 0..shard.len() {
            let at = place(&shard.bytes, shard.by_sku, index).ok_or(OpenError::Damaged)?;
            let item = shard.record(at).ok_or(OpenError::Damaged)?;
            let again = named.get_mut(at).is_none_or(|named| std::mem::replace(named, true));
            if again || last.is_some_and(|last| last > item.sku) {
                return Err(OpenError::Damaged);
            }
            last = Some(item.sku);
        }
        Ok(shard)
    }
    /// How many items it holds.
    pub const fn len(&self) -> usize {
        self.records.len()
    }
    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
    /// Its bytes, to be stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// The item of this number.
    pub fn item(&self, id: ItemId) -> Option<CatalogueItem<'_>> {
        self.record(self.place_of(id)?)
    }
    /// The item and pack factor of exactly this barcode.
    pub fn find_barcode(&self, text: &str) -> Option<(CatalogueItem<'_>, Quantity)> {
        let at = search(self.barcodes.len(), |at| self.barcode(at).map(|barcode| barcode.text.cmp(text)))?;
        let barcode = self.barcode(at)?;
        Some((self.record(barcode.place)?, barcode.pack_factor))
    }
    /// The item of exactly this SKU.
    pub fn find_sku(&self, sku: &str) -> Option<CatalogueItem<'_>> {
        let at = search(self.len(), |index| self.by_sku(index).map(|item| item.sku.cmp(sku)))?;
        self.by_sku(at)
    }
    /// Every item, by ascending number.
    pub fn items(&self) -> impl Iterator<Item = CatalogueItem<'_>> {
        (0..self.len()).filter_map(|at| self.record(at))
    }
    /// The barcodes of one item, by ascending text. Walks the shard's barcodes: for a screen about one item.
    pub fn barcodes_of(&self, id: ItemId) -> impl Iterator<Item = CatalogueBarcode<'_>> {
        let own = self.place_of(id);
        (0..self.barcodes.len()).filter_map(|at| self.barcode(at)).filter(move |barcode| Some(barcode.place) == own)
    }
    /// Lets a search meet every item, until nothing better can come.
    pub fn search<'a>(&'a self, search: &ItemSearch, found: &mut Found<'a>) {
        for at in 0..self.len() {
            if found.is_full() {
                return;
            }
            if let Some(item) = self.record(at) {
                search.meet(item, found);
            }
        }
    }

    fn place_of(&self, id: ItemId) -> Option<usize> {
        // only the number of each record is read on the way
        let id_at = |at: usize| Reader::new(&self.bytes, *self.records.get(at)? as usize).positive();
        search(self.len(), |at| id_at(at).map(|found| found.cmp(&id.0)))
    }
    fn record(&self, at: usize) -> Option<CatalogueItem<'_>> {
        read_record(&mut Reader::new(&self.bytes, *self.records.get(at)? as usize))
    }
    fn barcode(&self, at: usize) -> Option<CatalogueBarcode<'_>> {
        read_barcode(&mut Reader::new(&self.bytes, *self.barcodes.get(at)? as usize))
    }
    fn by_sku(&self, index: usize) -> Option<CatalogueItem<'_>> {
        self.record(place(&self.bytes, self.by_sku, index)?)
    }
}

/// Walks all of a shard once: where the records, the barcodes and the permutation begin.
fn scan(reader: &mut Reader<'_>) -> Option<(Vec<u32>, Vec<u32>, usize)> {
    let count = reader.count(RECORD_BYTES_MIN)?;
    let mut records = Vec::with_capacity(count);
    let mut last = None;
    for _ in 0..count {
        records.push(u32::try_from(reader.at()).ok()?);
        let item = read_record(reader)?;
        if last.is_some_and(|last: ItemId| last >= item.id) {
            return None;
        }
        last = Some(item.id);
    }
    let barcode_count = reader.count(BARCODE_BYTES_MIN)?;
    let mut barcodes = Vec::with_capacity(barcode_count);
    let mut last = None;
    for _ in 0..barcode_count {
        barcodes.push(u32::try_from(reader.at()).ok()?);
        let barcode = read_barcode(reader)?;
        if last.is_some_and(|last: &str| last.cmp(barcode.text) != Ordering::Less) || barcode.place >= count {
            return None;
        }
        last = Some(barcode.text);
    }
    let by_sku = reader.at();
    reader.take(count.checked_mul(2)?)?;
    (reader.left() == 0).then_some((records, barcodes, by_sku))
}

fn read_record<'a>(reader: &mut Reader<'a>) -> Option<CatalogueItem<'a>> {
    Some(CatalogueItem {
        id: ItemId(reader.positive()?),
        sku: reader.text()?,
        description: reader.text()?,
        unit: reader.text()?,
        category: reader.text()?,
        abc: reader.text()?,
        tracking: *TRACKING.get(usize::from(reader.byte()?))?,
    })
}

fn read_barcode<'a>(reader: &mut Reader<'a>) -> Option<CatalogueBarcode<'a>> {
    let (text, place) = (reader.text()?, usize::try_from(reader.number()?).ok()?);
    let micro = reader.positive()?;
    (micro > 0).then_some(CatalogueBarcode { text, place, pack_factor: Quantity::from_micro(micro) })
}

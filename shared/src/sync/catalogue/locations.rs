//! Shards of locations.

use super::{
    OpenError,
    bytes::{self, FORM, Reader, place, put_number, put_places, put_signed, put_text, search},
};
use crate::{
    id::LocationId,
    location::{Location, LocationKind, code_for_comparison},
};

const KIND: [u8; 3] = *b"TUL";
/// The shortest record: an id, six empty texts, the kind, the walk order.
const RECORD_BYTES_MIN: usize = 9;
const KINDS: [LocationKind; 5] = [
    LocationKind::Pick,
    LocationKind::Reserve,
    LocationKind::Staging,
    LocationKind::Receiving,
    LocationKind::Quarantine,
];

/// A location as a handheld knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueLocation<'a> {
    /// The site's number for it.
    pub id: LocationId,
    /// Its code, as people say it.
    pub code: &'a str,
    /// What its label says to a scanner.
    pub barcode: &'a str,
    /// Zone, empty where unknown.
    pub zone: &'a str,
    /// Aisle in the zone.
    pub aisle: &'a str,
    /// Bay in the aisle.
    pub bay: &'a str,
    /// Level in the bay.
    pub level: &'a str,
    /// What it is used for.
    pub kind: LocationKind,
    /// Position on the walk through the site; smaller is earlier.
    pub walk_order: i64,
}

/// Packs the locations of one shard, in any order; one given twice is taken once. The bytes depend on nothing but the
/// locations.
pub fn pack_locations(locations: &[Location]) -> Vec<u8> {
    let mut records: Vec<&Location> = locations.iter().collect();
    records.sort_by_key(|location| location.id);
    records.dedup_by_key(|location| location.id);
    let mut out = Vec::with_capacity(records.len() * 48);
    out.extend_from_slice(&KIND);
    out.push(FORM);
    put_number(&mut out, records.len() as u64);
    for location in &records {
        put_number(&mut out, location.id.0.unsigned_abs());
        for text in [&location.code, &location.barcode, &location.zone, &location.aisle, &location.bay, &location.level]
        {
            put_text(&mut out, text);
        }
        out.push(match location.kind {
            LocationKind::Pick => 0,
            LocationKind::Reserve => 1,
            LocationKind::Staging => 2,
            LocationKind::Receiving => 3,
            LocationKind::Quarantine => 4,
        });
        put_signed(&mut out, location.walk_order);
    }
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|at| records.get(*at).map(|location| code_for_comparison(&location.barcode)));
    put_places(&mut out, order.iter().copied());
    order.sort_by_key(|at| records.get(*at).map(|location| code_for_comparison(&location.code)));
    put_places(&mut out, order.iter().copied());
    order.sort_by_key(|at| records.get(*at).map(|location| (location.walk_order, location.id)));
    put_places(&mut out, order);
    out
}

/// The permutations of a shard, in the order in which they are written.
#[derive(Clone, Copy)]
enum Order {
    Barcode,
    Code,
    Walk,
}

/// An opened shard of locations.
#[derive(Clone)]
pub struct LocationShard {
    bytes: Vec<u8>,
    records: Vec<u32>,
    orders: usize,
}

impl LocationShard {
    /// Opens a shard, checking all of it.
    ///
    /// # Errors
    /// [`OpenError`] for anything [`pack_locations`] did not write.
    pub fn open(bytes: Vec<u8>) -> Result<Self, OpenError> {
        let mut reader = bytes::open(&bytes, KIND)?;
        let (records, orders) = scan(&mut reader).ok_or(OpenError::Damaged)?;
        let shard = Self { records, orders, bytes };
        let sorted = shard.is_sorted(Order::Barcode, |location| code_for_comparison(location.barcode))
            && shard.is_sorted(Order::Code, |location| code_for_comparison(location.code))
            && shard.is_sorted(Order::Walk, |location| (location.walk_order, location.id));
        if sorted { Ok(shard) } else { Err(OpenError::Damaged) }
    }
    /// How many locations it holds.
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
    /// The location of this number.
    pub fn location(&self, id: LocationId) -> Option<CatalogueLocation<'_>> {
        // only the number of each record is read on the way
        let id_at = |at: usize| Reader::new(&self.bytes, *self.records.get(at)? as usize).positive();
        self.record(search(self.len(), |at| id_at(at).map(|found| found.cmp(&id.0)))?)
    }
    /// The location with this barcode, compared as [`code_for_comparison`] says.
    pub fn find_barcode(&self, barcode: &str) -> Option<CatalogueLocation<'_>> {
        self.find(Order::Barcode, barcode)
    }
    /// The location with this code, compared as [`code_for_comparison`] says.
    pub fn find_code(&self, code: &str) -> Option<CatalogueLocation<'_>> {
        self.find(Order::Code, code)
    }
    /// Every location, by ascending number.
    pub fn locations(&self) -> impl Iterator<Item = CatalogueLocation<'_>> {
        (0..self.len()).filter_map(|at| self.record(at))
    }
    /// Every location, in walk order.
    pub fn in_walk_order(&self) -> impl Iterator<Item = CatalogueLocation<'_>> {
        (0..self.len()).filter_map(|index| self.ordered(Order::Walk, index))
    }

    fn find(&self, order: Order, code: &str) -> Option<CatalogueLocation<'_>> {
        let wanted = code_for_comparison(code);
        let index = search(self.len(), |index| {
            let found = self.ordered(order, index)?;
            let text = if matches!(order, Order::Barcode) { found.barcode } else { found.code };
            Some(code_for_comparison(text).cmp(&wanted))
        })?;
        self.ordered(order, index)
    }
    fn record(&self, at: usize) -> Option<CatalogueLocation<'_>> {
        read_record(&mut Reader::new(&self.bytes, *self.records.get(at)? as usize))
    }
    fn ordered(&self, order: Order, index: usize) -> Option<CatalogueLocation<'_>> {
        let start = self.orders + order as usize * self.len() * 2;
        self.record(place(&self.bytes, start, index)?)
    }
    fn is_sorted<K: Ord>(&self, order: Order, key: impl Fn(&CatalogueLocation<'_>) -> K) -> bool {
        let mut last = None;
        (0..self.len()).all(|index| {
            let Some(next) = self.ordered(order, index).map(|location| key(&location)) else { return false };
            let ascending = last.as_ref().is_none_or(|last| *last <= next);
            last = Some(next);
            ascending
        })
    }
}

/// Walks all of a shard once: where the records and the permutations begin.
fn scan(reader: &mut Reader<'_>) -> Option<(Vec<u32>, usize)> {
    let count = reader.count(RECORD_BYTES_MIN)?;
    let mut records = Vec::with_capacity(count);
    let mut last = None;
    for _ in 0..count {
        records.push(u32::try_from(reader.at()).ok()?);
        let location = read_record(reader)?;
        if last.is_some_and(|last: LocationId| last >= location.id) {
            return None;
        }
        last = Some(location.id);
    }
    let orders = reader.at();
    reader.take(count.checked_mul(6)?)?;
    (reader.left() == 0).then_some((records, orders))
}

fn read_record<'a>(reader: &mut Reader<'a>) -> Option<CatalogueLocation<'a>> {
    Some(CatalogueLocation {
        id: LocationId(reader.positive()?),
        code: reader.text()?,
        barcode: reader.text()?,
        zone: reader.text()?,
        aisle: reader.text()?,
        bay: reader.text()?,
        level: reader.text()?,
        kind: *KINDS.get(usize::from(reader.byte()?))?,
        walk_order: reader.signed()?,
    })
}

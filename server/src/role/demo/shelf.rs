//! What the sample's books say, and what really lies on its shelves: the difference is what counting finds.

use super::goods::{GOODS, place_of};
use anyhow::Context;
use shared::{
    id::LocationId,
    item::{Item, Tracking},
    key::{ItemKey, StockKey},
    location::Location,
    quantity::Quantity,
};
use std::collections::BTreeMap;

/// One stock key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shelf {
    /// What the books say.
    pub book: Quantity,
    /// What lies there beyond the book; below zero where something is missing.
    pub beyond: Quantity,
}

impl Shelf {
    /// What lies there.
    pub fn lying(self) -> anyhow::Result<Quantity> {
        Ok(self.book.plus(self.beyond)?)
    }
}

/// Every key of the sample.
pub struct Shelves {
    /// By key.
    pub keys: BTreeMap<StockKey, Shelf>,
}

impl Shelves {
    /// The opening stock: each good at its place, halved over two lots where it has lots, a piece a serial number.
    pub fn opening(items: &[Item], locations: &[Location]) -> anyhow::Result<Self> {
        let mut keys = BTreeMap::new();
        for (number, (good, item)) in GOODS.iter().zip(items).enumerate() {
            let code = place_of(number);
            let location = locations.iter().find(|location| location.code == code).context("a place of the sample")?.id;
            let stock: Quantity = good.stock.parse()?;
            let mut put = |lot: &str, serial: &str, book: Quantity| {
                let what = ItemKey { item: item.id, lot: lot.into(), serial: serial.into() };
                keys.insert(StockKey { location, what }, Shelf { book, beyond: Quantity::ZERO });
            };
            match good.tracking {
                Tracking::None => put("", "", stock),
                Tracking::Lot | Tracking::LotExpiry => {
                    let first = Quantity::from_micro(stock.micro() / 2_000_000 * 1_000_000);
                    put(&format!("{}B", 2600 + item.id.0), "", first);
                    put(&format!("{}A", 2640 + item.id.0), "", stock.minus(first)?);
                }
                Tracking::Serial => {
                    for piece in 1..=stock.micro() / Quantity::ONE.micro() {
                        put("", &format!("{}-{:04}", &good.sku[3..6], 1040 + item.id.0 * 20 + piece), Quantity::ONE);
                    }
                }
            }
        }
        // what the reserve holds of the goods that move most: whole packs and cartons
        for (bay, (number, quantity)) in
            [(0, 400), (1, 300), (4, 60), (8, 250), (14, 80), (26, 48)].into_iter().enumerate()
        {
            let code = format!("R01-{:02}", bay + 1);
            let location = locations.iter().find(|location| location.code == code).context("a place of the sample")?.id;
            let item = &items[number];
            let lot = if item.tracking.wants_lot() { format!("{}A", 2640 + item.id.0) } else { String::new() };
            let what = ItemKey { item: item.id, lot, serial: String::new() };
            keys.insert(
                StockKey { location, what },
                Shelf { book: Quantity::whole(quantity)?, beyond: Quantity::ZERO },
            );
        }
        Ok(Self { keys })
    }

    /// The first key of an item in a pick location.
    pub fn key_of(&self, items: &[Item], sku: &str) -> anyhow::Result<StockKey> {
        let item = items.iter().find(|item| item.sku == sku).with_context(|| format!("no item {sku}"))?;
        let key = self.keys.keys().find(|key| key.what.item == item.id);
        key.cloned().with_context(|| format!("no stock of {sku}"))
    }

    /// The keys of one location.
    pub fn at(&self, location: LocationId) -> impl Iterator<Item = (&StockKey, &Shelf)> {
        self.keys.iter().filter(move |(key, _)| key.location == location)
    }

    /// Something happens that no system is told: found, lost, misplaced.
    pub fn slip(&mut self, key: &StockKey, by: Quantity) -> anyhow::Result<()> {
        let shelf = self.keys.get_mut(key).context("a key of the sample")?;
        shelf.beyond = shelf.beyond.plus(by)?;
        Ok(())
    }

    /// A movement that the books know.
    pub fn moved(&mut self, key: &StockKey, by: Quantity) -> anyhow::Result<()> {
        let shelf = self.keys.entry(key.clone()).or_default();
        shelf.book = shelf.book.plus(by)?;
        Ok(())
    }

    /// The books learn what a count found.
    pub fn adjusted(&mut self, key: &StockKey, by: Quantity) -> anyhow::Result<()> {
        self.moved(key, by)?;
        self.slip(key, by.negated()?)
    }
}

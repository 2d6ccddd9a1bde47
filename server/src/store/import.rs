//! What an import asks before it records anything: what the site has, what was recorded of a source, which numbers are
//! free.
//!
//! Absent: writing. Imports append facts like everybody else.

use super::{Error, ReadTx, location};
use crate::import::{
    movement::{Recorded, line_prefix},
    stock::Ledger,
};
use rusqlite::{OptionalExtension, Row, params};
use shared::{
    fact::MovementKind,
    id::{ItemId, LocationId, PersonId, SiteId},
    item::{Barcode, Item, Tracking},
    key::{ItemKey, StockKey},
    location::Location,
    moment::Moment,
    money::Money,
    quantity::Quantity,
};

/// A site as an import needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// Its number.
    pub id: SiteId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// ISO 4217 code of its money.
    pub currency: String,
    /// IANA time zone.
    pub time_zone: String,
}

/// Every site, by code.
pub fn list_sites(tx: &ReadTx<'_>) -> Result<Vec<SiteRow>, Error> {
    let mut statement =
        tx.conn().prepare_cached("SELECT site_id, code, name, currency, time_zone FROM site ORDER BY code")?;
    let rows = statement.query_map([], |row| {
        Ok(SiteRow {
            id: SiteId(row.get("site_id")?),
            code: row.get("code")?,
            name: row.get("name")?,
            currency: row.get("currency")?,
            time_zone: row.get("time_zone")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every item of a site with its barcodes in the order of their texts.
pub fn list_items(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<Item>, Error> {
    let mut items = tx.conn().prepare_cached(
        "SELECT item_id, sku, description, unit, unit_cost_micro, category, abc, tracking FROM item
         WHERE site_id = $1 ORDER BY item_id",
    )?;
    let mut rows = items.query([site.0])?;
    let mut listed: Vec<Item> = Vec::new();
    while let Some(row) = rows.next()? {
        let tracking: String = row.get("tracking")?;
        listed.push(Item {
            id: ItemId(row.get("item_id")?),
            sku: row.get("sku")?,
            description: row.get("description")?,
            unit: row.get("unit")?,
            unit_cost: row.get::<_, Option<i64>>("unit_cost_micro")?.map(Money::from_micro),
            category: row.get("category")?,
            abc: row.get("abc")?,
            tracking: Tracking::parse(&tracking).ok_or_else(|| Error::unreadable("tracking", &tracking))?,
            barcodes: Vec::new(),
        });
    }
    let mut barcodes = tx.conn().prepare_cached(
        "SELECT item_id, barcode, pack_factor_micro FROM barcode WHERE site_id = $1 ORDER BY barcode",
    )?;
    let mut rows = barcodes.query([site.0])?;
    while let Some(row) = rows.next()? {
        let item = ItemId(row.get("item_id")?);
        let barcode =
            Barcode { text: row.get("barcode")?, pack_factor: Quantity::from_micro(row.get("pack_factor_micro")?) };
        let at = listed.binary_search_by_key(&item, |listed| listed.id);
        let at = at.map_err(|_| Error::unreadable("barcode", format!("{} is of no item of its site", barcode.text)))?;
        listed[at].barcodes.push(barcode);
    }
    Ok(listed)
}

/// Every location of a site.
pub fn list_locations(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<Location>, Error> {
    let mut statement = tx.conn().prepare_cached(
        "SELECT location_id, code, barcode, zone, aisle, bay, level, kind, walk_order FROM location
         WHERE site_id = $1 ORDER BY location_id",
    )?;
    location::listed(statement.query([site.0])?)
}

fn stock_key(row: &Row<'_>) -> Result<StockKey, rusqlite::Error> {
    Ok(StockKey {
        location: LocationId(row.get("location_id")?),
        what: ItemKey { item: ItemId(row.get("item_id")?), lot: row.get("lot")?, serial: row.get("serial")? },
    })
}

/// The book of every key of a site that has moved until an instant (`DOMAIN.md` section 2).
pub fn list_ledger(tx: &ReadTx<'_>, site: SiteId, as_of: Moment) -> Result<Ledger, Error> {
    let mut statement = tx.conn().prepare_cached(
        "SELECT location_id, item_id, lot, serial, sum(quantity_micro) AS book FROM movement
         WHERE site_id = $1 AND effective_at <= $2 GROUP BY location_id, item_id, lot, serial",
    )?;
    let rows = statement
        .query_map(params![site.0, as_of.0], |row| Ok((stock_key(row)?, Quantity::from_micro(row.get("book")?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// As of when the latest statement of the site holds; statements name their own movements.
pub fn latest_statement(tx: &ReadTx<'_>, site: SiteId) -> Result<Option<Moment>, Error> {
    let at: Option<i64> = tx
        .conn()
        .prepare_cached(
            "SELECT max(effective_at) AS at FROM movement
             WHERE site_id = $1 AND kind IN ('opening', 'statement_correction') AND reference LIKE 'statement %'",
        )?
        .query_row([site.0], |row| row.get("at"))?;
    Ok(at.map(Moment))
}

/// Whether anything was ever recorded of a source.
pub fn has_movements(tx: &ReadTx<'_>, site: SiteId, source: &str) -> Result<bool, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT 1 FROM movement WHERE site_id = $1 AND source = $2 LIMIT 1")?
        .exists(params![site.0, source])?)
}

/// The movement that a source calls so.
pub fn find_movement(tx: &ReadTx<'_>, site: SiteId, source: &str, reference: &str) -> Result<Option<Recorded>, Error> {
    let found = tx
        .conn()
        .prepare_cached(
            "SELECT location_id, item_id, lot, serial, quantity_micro, kind, effective_at FROM movement
             WHERE site_id = $1 AND source = $2 AND reference = $3",
        )?
        .query_row(params![site.0, source, reference], |row| {
            let quantity = Quantity::from_micro(row.get("quantity_micro")?);
            Ok((stock_key(row)?, quantity, row.get::<_, String>("kind")?, Moment(row.get("effective_at")?)))
        })
        .optional()?;
    found
        .map(|(key, quantity, kind, effective_at)| {
            let kind = MovementKind::parse(&kind).ok_or_else(|| Error::unreadable("movement kind", &kind))?;
            Ok(Recorded { key, quantity, kind, effective_at })
        })
        .transpose()
}

/// Whether lines of a reference of a source are recorded.
pub fn has_lines(tx: &ReadTx<'_>, site: SiteId, source: &str, reference: &str) -> Result<bool, Error> {
    let prefix = line_prefix(reference);
    let first: Option<String> = tx
        .conn()
        .prepare_cached(
            "SELECT reference FROM movement WHERE site_id = $1 AND source = $2 AND reference >= $3 ORDER BY reference LIMIT 1",
        )?
        .query_row(params![site.0, source, prefix], |row| row.get("reference"))
        .optional()?;
    Ok(first.is_some_and(|first| first.starts_with(&prefix)))
}

/// What an import numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// Items.
    Item,
    /// Locations.
    Location,
}

/// The first number that is free.
pub fn next_number(tx: &ReadTx<'_>, of: Imported) -> Result<i64, Error> {
    let sql = match of {
        Imported::Item => "SELECT coalesce(max(item_id), 0) + 1 FROM item",
        Imported::Location => "SELECT coalesce(max(location_id), 0) + 1 FROM location",
    };
    Ok(tx.conn().prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Every person of the installation by number, with their name to sign in with, whether or not they work at a site.
pub fn list_people(tx: &ReadTx<'_>) -> Result<Vec<(PersonId, super::person::PersonRow)>, Error> {
    let mut statement = tx
        .conn()
        .prepare_cached("SELECT person_id, username, name, language, disabled FROM person ORDER BY person_id")?;
    let rows = statement.query_map([], |row| {
        let person = super::person::PersonRow {
            username: row.get("username")?,
            name: row.get("name")?,
            language: row.get("language")?,
            disabled: row.get("disabled")?,
        };
        Ok((PersonId(row.get("person_id")?), person))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

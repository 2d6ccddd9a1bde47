//! What labels and paper sheets are printed for: bins, items and tasks, chosen by zone, aisle, count or one by one.
//!
//! Absent: stock. Nothing here can hold a book quantity; what is printed lies about the warehouse.

use super::row;
use crate::label::paper::Blank;
use crate::store::change;
use crate::store::{Error, ReadTx};
use rusqlite::Row;
use shared::api::paper::{PaperKey, PaperSheet, TypedBy};
use shared::id::{CountId, ItemId, LocationId, SiteId, TaskId};
use shared::item::{Barcode, Tracking};
use shared::key::ItemKey;
use shared::moment::Moment;
use shared::paper::PaperCode;

/// Which bins or tasks; what is `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub struct PlaceFilter {
    /// In this zone.
    pub zone: Option<String>,
    /// In this aisle.
    pub aisle: Option<String>,
    /// Of this count.
    pub count: Option<CountId>,
    /// Exactly these, as a list of numbers; empty: any.
    pub ids: Vec<i64>,
}

impl PlaceFilter {
    fn list(&self) -> Option<String> {
        (!self.ids.is_empty()).then(|| serde_json::Value::from(self.ids.clone()).to_string())
    }
}

/// A bin with its code, and whether what its label would say is another bin's or an item's already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinToLabel {
    /// Its code.
    pub code: String,
    /// Whether a scanner would read something else.
    pub is_taken: bool,
}

/// Bins in walk order.
pub fn list_bins(tx: &ReadTx<'_>, site: SiteId, filter: &PlaceFilter, limit: u32) -> Result<Vec<BinToLabel>, Error> {
    row::all(
        tx.conn(),
        "SELECT l.code,
                EXISTS (SELECT 1 FROM location o WHERE o.site_id = $1 AND o.location_id <> l.location_id
                    AND (o.code = 'LOC-' || upper(trim(l.code)) OR o.barcode = 'LOC-' || upper(trim(l.code))))
                OR EXISTS (SELECT 1 FROM barcode b WHERE b.site_id = $1 AND b.barcode = 'LOC-' || upper(trim(l.code))) AS taken
         FROM location l
         WHERE l.site_id = $1 AND ($2 IS NULL OR l.zone = $2) AND ($3 IS NULL OR l.aisle = $3)
           AND ($4 IS NULL OR EXISTS (SELECT 1 FROM task t WHERE t.count_id = $4 AND t.location_id = l.location_id))
           AND ($5 IS NULL OR l.location_id IN (SELECT value FROM json_each($5)))
         ORDER BY l.walk_order, l.location_id LIMIT $6",
        &[&site.0, &filter.zone, &filter.aisle, &filter.count.map(|count| count.0), &filter.list(), &limit],
        |found| Ok(BinToLabel { code: row::text(found, "code")?, is_taken: row::flag(found, "taken")? }),
    )
}

/// The aisles of a site or of one zone, in walk order.
pub fn list_aisles(tx: &ReadTx<'_>, site: SiteId, zone: Option<&str>) -> Result<Vec<String>, Error> {
    row::all(
        tx.conn(),
        "SELECT aisle FROM location WHERE site_id = $1 AND aisle <> '' AND ($2 IS NULL OR zone = $2)
         GROUP BY aisle ORDER BY min(walk_order), aisle",
        &[&site.0, &zone],
        |found| row::text(found, "aisle"),
    )
}

/// An item to print a label for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemToLabel {
    /// Its code.
    pub sku: String,
    /// What it is.
    pub description: String,
    /// Its barcodes.
    pub barcodes: Vec<Barcode>,
}

/// Items by number, in the order of their codes.
pub fn list_items(tx: &ReadTx<'_>, site: SiteId, ids: &[i64]) -> Result<Vec<ItemToLabel>, Error> {
    let list = serde_json::Value::from(ids.to_vec()).to_string();
    let found = row::all(
        tx.conn(),
        "SELECT item_id, sku, description FROM item
         WHERE site_id = $1 AND item_id IN (SELECT value FROM json_each($2)) ORDER BY sku",
        &[&site.0, &list],
        |found| Ok((row::integer(found, "item_id")?, row::text(found, "sku")?, row::text(found, "description")?)),
    )?;
    let with_barcodes = |(id, sku, description): (i64, String, String)| {
        let barcodes = row::all(
            tx.conn(),
            "SELECT barcode, pack_factor_micro FROM barcode WHERE item_id = $1 ORDER BY pack_factor_micro, barcode",
            &[&id],
            |found| {
                let pack_factor = row::quantity(found, "pack_factor_micro")?;
                Ok(Barcode { text: row::text(found, "barcode")?, pack_factor })
            },
        )?;
        Ok(ItemToLabel { sku, description, barcodes })
    };
    found.into_iter().map(with_barcodes).collect()
}

/// Tasks that wait to be counted, in walk order, as sheets to print; `number` gives each its number.
pub fn list_blanks(
    tx: &ReadTx<'_>,
    site: SiteId,
    filter: &PlaceFilter,
    limit: u32,
    number: &mut dyn FnMut() -> Result<u32, Error>,
) -> Result<Vec<Blank>, Error> {
    let found = row::all(
        tx.conn(),
        "SELECT t.task_id, t.round, t.keys, l.code, l.zone, c.name AS count_name, coalesce(p.name, '') AS assignee
         FROM task t
         JOIN location l ON l.location_id = t.location_id
         JOIN count c ON c.count_id = t.count_id
         LEFT JOIN person p ON p.person_id = t.assignee_id
         WHERE t.site_id = $1 AND t.state IN ('open', 'counting') AND c.closed_at IS NULL
           AND ($2 IS NULL OR l.zone = $2) AND ($3 IS NULL OR l.aisle = $3) AND ($4 IS NULL OR t.count_id = $4)
           AND ($5 IS NULL OR t.task_id IN (SELECT value FROM json_each($5)))
         ORDER BY l.walk_order, l.location_id, t.round, t.task_id LIMIT $6",
        &[&site.0, &filter.zone, &filter.aisle, &filter.count.map(|count| count.0), &filter.list(), &limit],
        |found| {
            let keys = keys(found)?;
            let blank = Blank {
                code: PaperCode::new(TaskId(row::integer(found, "task_id")?), 0),
                location_code: row::text(found, "code")?,
                zone: row::text(found, "zone")?,
                count_name: row::text(found, "count_name")?,
                round: row::small(found, "round")?,
                assignee: row::text(found, "assignee")?,
                keys: None,
            };
            Ok((blank, keys))
        },
    )?;
    let mut blanks = Vec::with_capacity(found.len());
    for (mut blank, keys) in found {
        blank.code = PaperCode::new(blank.code.task, number()?);
        blank.keys = keys.map(|keys| name_keys(tx, keys)).transpose()?;
        blanks.push(blank);
    }
    Ok(blanks)
}

fn keys(found: &Row<'_>) -> Result<Option<Vec<ItemKey>>, Error> {
    let text: Option<String> = found.get("keys")?;
    // a recount that was named by a handheld before its reason arrived has an empty list: nobody knows its keys
    let keys = text.map(|text| serde_json::from_str::<Vec<ItemKey>>(&text)).transpose();
    Ok(keys.map_err(|error| Error::unreadable("keys", error))?.filter(|keys| !keys.is_empty()))
}

fn name_keys(tx: &ReadTx<'_>, keys: Vec<ItemKey>) -> Result<Vec<PaperKey>, Error> {
    let mut named = Vec::with_capacity(keys.len());
    for key in keys {
        let found = row::first(
            tx.conn(),
            "SELECT sku, description, unit, tracking FROM item WHERE item_id = $1",
            &[&key.item.0],
            |found| {
                Ok(PaperKey {
                    key: key.clone(),
                    sku: row::text(found, "sku")?,
                    description: row::text(found, "description")?,
                    unit: row::text(found, "unit")?,
                    tracking: row::word(found, "tracking", Tracking::parse)?,
                })
            },
        )?;
        named.extend(found);
    }
    Ok(named)
}

/// What a printed sheet is; `None` when its task is none of the site's.
pub fn find_sheet(tx: &ReadTx<'_>, site: SiteId, code: PaperCode) -> Result<Option<PaperSheet>, Error> {
    let found = row::first(
        tx.conn(),
        "SELECT t.location_id, t.round, t.keys, t.assignee_id, t.excluded, l.code, c.name AS count_name
         FROM task t JOIN location l ON l.location_id = t.location_id JOIN count c ON c.count_id = t.count_id
         WHERE t.task_id = $1 AND t.site_id = $2",
        &[&code.task.0, &site.0],
        |found| {
            let assignee: Option<i64> = found.get("assignee_id")?;
            let sheet = PaperSheet {
                code: code.to_string(),
                task: code.task,
                count_name: row::text(found, "count_name")?,
                location: LocationId(row::integer(found, "location_id")?),
                location_code: row::text(found, "code")?,
                round: row::small(found, "round")?,
                assignee: change::assignee(assignee),
                excluded: row::json(found, "excluded")?,
                keys: None,
                now: String::new(),
                typed: None,
            };
            Ok((sheet, keys(found)?))
        },
    )?;
    let Some((mut sheet, keys)) = found else { return Ok(None) };
    sheet.keys = keys.map(|keys| name_keys(tx, keys)).transpose()?;
    sheet.typed = find_typed(tx, site, code)?;
    Ok(Some(sheet))
}

/// Who typed a sheet in already.
pub fn find_typed(tx: &ReadTx<'_>, site: SiteId, code: PaperCode) -> Result<Option<TypedBy>, Error> {
    row::first(
        tx.conn(),
        "SELECT coalesce(t.name, '') AS typist, coalesce(c.name, '') AS counter, s.typed_at
         FROM paper_sheet s
         LEFT JOIN person t ON t.person_id = s.typist_id
         LEFT JOIN person c ON c.person_id = s.person_id
         WHERE s.sheet_id = $1",
        &[&code.sheet(site).as_bytes().as_slice()],
        |found| {
            Ok(TypedBy {
                typist: row::text(found, "typist")?,
                counter: row::text(found, "counter")?,
                at: Moment(row::integer(found, "typed_at")?),
            })
        },
    )
}

/// Which of some items are none of the site's.
pub fn list_foreign_items(tx: &ReadTx<'_>, site: SiteId, ids: &[ItemId]) -> Result<Vec<i64>, Error> {
    let list = serde_json::Value::from(ids.iter().map(|id| id.0).collect::<Vec<_>>()).to_string();
    row::all(
        tx.conn(),
        "SELECT value FROM json_each($1)
         WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.item_id = value AND i.site_id = $2)",
        &[&list, &site.0],
        |found| row::integer(found, "value"),
    )
}

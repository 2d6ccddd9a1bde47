//! Items and barcodes as actions look at them, and shard by shard for handhelds.
//!
//! Absent: lists for screens (see `read/`) and for imports.

use super::{Error, ReadTx};
use rusqlite::{Connection, OptionalExtension, params};
use shared::{
    id::{ItemId, SiteId},
    item::{Barcode, Item, Tracking},
    quantity::Quantity,
    sync::catalogue::SHARD_SPAN,
};

/// Whether the site has this item.
///
/// # Errors
/// [`Error::Engine`].
pub fn exists(conn: &Connection, site: SiteId, item: ItemId) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM item WHERE item_id = $1 AND site_id = $2")?.exists([item.0, site.0])?)
}

/// What a barcode of the site is, and the SKU of its item.
///
/// # Errors
/// [`Error::Engine`].
pub fn find_barcode(
    conn: &Connection,
    site: SiteId,
    barcode: &str,
) -> Result<Option<(ItemId, Quantity, String)>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT b.item_id, b.pack_factor_micro, i.sku FROM barcode b JOIN item i ON i.item_id = b.item_id
             WHERE b.site_id = $1 AND b.barcode = $2",
        )?
        .query_row(params![site.0, barcode], |row| {
            let factor = Quantity::from_micro(row.get("pack_factor_micro")?);
            Ok((ItemId(row.get("item_id")?), factor, row.get("sku")?))
        })
        .optional()?)
}

/// The items of one shard with their barcodes, without costs.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn list_shard(tx: &ReadTx<'_>, site: SiteId, shard: u32) -> Result<Vec<Item>, Error> {
    let (from, to) = span(shard);
    let mut statement = tx.conn().prepare_cached(
        "SELECT item_id, sku, description, unit, category, abc, tracking FROM item
         WHERE item_id BETWEEN $1 AND $2 AND site_id = $3 ORDER BY item_id",
    )?;
    let mut rows = statement.query([from, to, site.0])?;
    let mut items: Vec<Item> = Vec::new();
    while let Some(row) = rows.next()? {
        let tracking: String = row.get("tracking")?;
        items.push(Item {
            id: ItemId(row.get("item_id")?),
            sku: row.get("sku")?,
            description: row.get("description")?,
            unit: row.get("unit")?,
            // no cost leaves for a handheld (`DOMAIN.md` section 7)
            unit_cost: None,
            category: row.get("category")?,
            abc: row.get("abc")?,
            tracking: Tracking::parse(&tracking).ok_or_else(|| Error::unreadable("tracking", &tracking))?,
            barcodes: Vec::new(),
        });
    }
    let mut statement = tx.conn().prepare_cached(
        "SELECT b.item_id, b.barcode, b.pack_factor_micro FROM barcode b
         WHERE b.item_id BETWEEN $1 AND $2 AND b.site_id = $3 ORDER BY b.item_id, b.barcode",
    )?;
    let mut rows = statement.query([from, to, site.0])?;
    while let Some(row) = rows.next()? {
        let item = ItemId(row.get("item_id")?);
        if let Ok(at) = items.binary_search_by_key(&item, |item| item.id) {
            let pack_factor = Quantity::from_micro(row.get("pack_factor_micro")?);
            items[at].barcodes.push(Barcode { text: row.get("barcode")?, pack_factor });
        }
    }
    Ok(items)
}

/// The first and last number of a shard.
pub(super) fn span(shard: u32) -> (i64, i64) {
    let from = i64::from(shard) * SHARD_SPAN;
    (from, from + SHARD_SPAN - 1)
}

//! Items, to find one when a barcode is named.
//!
//! Absent: cost and stock; a lead may be blind.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::master::ItemRow;
use shared::id::{ItemId, SiteId};
use shared::item::{Barcode, Tracking};

/// Items whose SKU begins with the text, whose description holds it, or that have it as a barcode: SKUs first.
pub fn list(tx: &ReadTx<'_>, site: SiteId, text: Option<&str>, limit: u32) -> Result<Vec<ItemRow>, Error> {
    let begins = text.map(row::beginning);
    let holds = text.map(row::containing);
    let mut items = row::all(
        tx.conn(),
        "SELECT i.item_id, i.sku, i.description, i.unit, i.tracking FROM item i
         WHERE i.site_id = $1
           AND ($2 IS NULL OR i.sku LIKE $3 ESCAPE '\\' OR i.description LIKE $4 ESCAPE '\\'
                OR i.item_id IN (SELECT b.item_id FROM barcode b WHERE b.site_id = $1 AND b.barcode = $2))
         ORDER BY CASE WHEN i.sku = $2 THEN 0 WHEN i.sku LIKE $3 ESCAPE '\\' THEN 1 ELSE 2 END, i.sku LIMIT $5",
        &[&site.0, &text, &begins, &holds, &limit],
        |found| {
            Ok(ItemRow {
                id: ItemId(row::integer(found, "item_id")?),
                sku: row::text(found, "sku")?,
                description: row::text(found, "description")?,
                unit: row::text(found, "unit")?,
                tracking: row::word(found, "tracking", Tracking::parse)?,
                barcodes: Vec::new(),
            })
        },
    )?;
    for item in &mut items {
        item.barcodes = row::all(
            tx.conn(),
            "SELECT barcode, pack_factor_micro FROM barcode WHERE item_id = $1 ORDER BY pack_factor_micro, barcode",
            &[&item.id.0],
            |found| {
                Ok(Barcode {
                    text: row::text(found, "barcode")?,
                    pack_factor: row::quantity(found, "pack_factor_micro")?,
                })
            },
        )?;
    }
    Ok(items)
}

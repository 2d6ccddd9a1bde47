//! Items with their barcodes, locations, reasons and rules.
//!
//! Absent: stock (that is [`super::ledger`]) and packing for handhelds.

use super::{
    place::{self, Why},
    trace::{ChangeSubject, change, history},
};
use crate::store::{Error, Header, WriteTx};
use rusqlite::params;
use shared::{
    api::history::Subject,
    fact::Fact,
    id::{ItemId, SheetId},
    item::Item,
    location::Location,
    quantity::Quantity,
    sync::catalogue::shard_of,
};
use std::collections::BTreeSet;

pub(super) fn items(tx: &mut WriteTx<'_>, header: &Header, rows: &[Item]) -> Result<(), Error> {
    let conn = tx.conn();
    let mut shards = BTreeSet::new();
    for item in rows {
        conn.prepare_cached(
            "INSERT INTO item (item_id, site_id, sku, description, unit, unit_cost_micro, category, abc, tracking)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (item_id) DO UPDATE SET sku = excluded.sku, description = excluded.description,
                unit = excluded.unit, unit_cost_micro = excluded.unit_cost_micro, category = excluded.category,
                abc = excluded.abc, tracking = excluded.tracking",
        )?
        .execute(params![
            item.id.0,
            header.site.0,
            item.sku,
            item.description,
            item.unit,
            item.unit_cost.map(|cost| cost.micro()),
            item.category,
            item.abc,
            item.tracking.word(),
        ])?;
        conn.prepare_cached("DELETE FROM barcode WHERE item_id = $1")?.execute([item.id.0])?;
        for barcode in &item.barcodes {
            put_barcode(tx, header, &barcode.text, item.id, barcode.pack_factor)?;
        }
        shards.insert(shard_of(item.id.0));
        tx.memory.items.remove(&item.id);
        history(tx, header, Subject::Item, item.id.0)?;
    }
    for shard in shards {
        change(tx, header, header.site, ChangeSubject::ItemShard, i64::from(shard))?;
    }
    tx.changed(header.site, "master", header.position);
    let waiting: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM unknown_barcode WHERE site_id = $1)
                 OR EXISTS (SELECT 1 FROM named_barcode WHERE site_id = $1)",
        )?
        .query_row([header.site.0], |row| row.get(0))?;
    if waiting {
        for barcode in rows.iter().flat_map(|item| &item.barcodes) {
            named(tx, header, &barcode.text)?;
        }
    }
    Ok(())
}

fn put_barcode(
    tx: &WriteTx<'_>,
    header: &Header,
    text: &str,
    item: ItemId,
    pack_factor: Quantity,
) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO barcode (site_id, barcode, item_id, pack_factor_micro) VALUES ($1, $2, $3, $4)
             ON CONFLICT (site_id, barcode) DO UPDATE
             SET item_id = excluded.item_id, pack_factor_micro = excluded.pack_factor_micro",
        )?
        .execute(params![header.site.0, text, item.0, pack_factor.micro()])?;
    Ok(())
}

pub(super) fn barcode_named(
    tx: &mut WriteTx<'_>,
    header: &Header,
    (barcode, item, pack_factor): (&str, ItemId, Quantity),
) -> Result<(), Error> {
    put_barcode(tx, header, barcode, item, pack_factor)?;
    history(tx, header, Subject::Item, item.0)?;
    change(tx, header, header.site, ChangeSubject::ItemShard, i64::from(shard_of(item.0)))?;
    tx.changed(header.site, "barcode", header.position);
    named(tx, header, barcode)
}

/// Folds again every sheet on which the barcode waited for a name or got another one, and judges their places again.
fn named(tx: &mut WriteTx<'_>, header: &Header, barcode: &str) -> Result<(), Error> {
    let sheets: Vec<Vec<u8>> = tx
        .conn()
        .prepare_cached(
            "SELECT sheet_id FROM unknown_barcode WHERE site_id = $1 AND barcode = $2
             UNION SELECT sheet_id FROM named_barcode WHERE site_id = $1 AND barcode = $2 ORDER BY sheet_id",
        )?
        .query_map(params![header.site.0, barcode], |row| row.get("sheet_id"))?
        .collect::<Result<_, _>>()?;
    let mut places = BTreeSet::new();
    for sheet in sheets {
        let id = SheetId::from_slice(&sheet).ok_or_else(|| Error::unreadable("sheet id", "it is not 16 bytes"))?;
        places.extend(super::sheet::fold_again(tx, id)?);
    }
    for (count, location) in places {
        place::judge_place(tx, header, count, location, Why::Evidence)?;
    }
    Ok(())
}

pub(super) fn locations(tx: &mut WriteTx<'_>, header: &Header, rows: &[Location]) -> Result<(), Error> {
    let mut shards = BTreeSet::new();
    for location in rows {
        tx.conn()
            .prepare_cached(
                "INSERT INTO location (location_id, site_id, code, barcode, zone, aisle, bay, level, kind, walk_order)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (location_id) DO UPDATE SET code = excluded.code, barcode = excluded.barcode,
                    zone = excluded.zone, aisle = excluded.aisle, bay = excluded.bay, level = excluded.level,
                    kind = excluded.kind, walk_order = excluded.walk_order",
            )?
            .execute(params![
                location.id.0,
                header.site.0,
                location.code,
                location.barcode,
                location.zone,
                location.aisle,
                location.bay,
                location.level,
                location.kind.word(),
                location.walk_order,
            ])?;
        shards.insert(shard_of(location.id.0));
        tx.memory.locations.remove(&location.id);
        history(tx, header, Subject::Location, location.id.0)?;
    }
    for shard in shards {
        change(tx, header, header.site, ChangeSubject::LocationShard, i64::from(shard))?;
    }
    tx.changed(header.site, "master", header.position);
    Ok(())
}

pub(super) fn reason(tx: &mut WriteTx<'_>, header: &Header, code: &str, label: &str) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO reason (site_id, code, label) VALUES ($1, $2, $3)
             ON CONFLICT (site_id, code) DO UPDATE SET label = excluded.label",
        )?
        .execute(params![header.site.0, code, label])?;
    tx.changed(header.site, "master", header.position);
    Ok(())
}

pub(super) fn rules(tx: &mut WriteTx<'_>, header: &Header, version: i64, fact: &Fact) -> Result<(), Error> {
    let body = serde_json::to_string(fact).map_err(|error| Error::unreadable("rules", error))?;
    tx.conn().prepare_cached("INSERT INTO rule_set (site_id, version, body) VALUES ($1, $2, $3)")?.execute(params![
        header.site.0,
        version,
        body
    ])?;
    tx.changed(header.site, "master", header.position);
    Ok(())
}

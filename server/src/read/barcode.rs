//! Barcodes nobody knows, with where they were read.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::master::{ProposedPack, UnknownBarcodeRow, UnknownBarcodeSighting};
use shared::id::{ItemId, SheetId, SiteId};

/// Unknown barcodes of a site by code, each with its sightings, oldest first.
pub fn list_unknown(tx: &ReadTx<'_>, site: SiteId, limit: u32) -> Result<Vec<UnknownBarcodeRow>, Error> {
    let sightings = row::all(
        tx.conn(),
        "SELECT u.barcode, u.sheet_id, l.code, coalesce(p.name, 'person ' || s.person_id) AS person_name, u.at, u.quantity_micro,
                i.item_id AS proposed_item_id, i.sku AS proposed_sku, u.proposed_factor_micro
         FROM unknown_barcode u
         JOIN sheet s ON s.sheet_id = u.sheet_id AND s.set_aside = 0
         JOIN location l ON l.location_id = s.location_id
         LEFT JOIN person p ON p.person_id = s.person_id
         LEFT JOIN item i ON i.item_id = u.proposed_item_id AND i.site_id = u.site_id
         WHERE u.site_id = $1 ORDER BY u.barcode, u.at, u.sheet_id LIMIT $2",
        &[&site.0, &limit],
        |found| {
            let sheet: Vec<u8> = found.get("sheet_id")?;
            let sheet = SheetId::from_slice(&sheet).ok_or_else(|| Error::unreadable("sheet id", "not sixteen bytes"))?;
            let item: Option<i64> = found.get("proposed_item_id")?;
            let proposed = match item {
                Some(item) => Some(ProposedPack {
                    item: ItemId(item),
                    sku: row::text(found, "proposed_sku")?,
                    pack_factor: row::quantity(found, "proposed_factor_micro")?,
                }),
                None => None,
            };
            let sighting = UnknownBarcodeSighting {
                sheet,
                location_code: row::text(found, "code")?,
                person_name: row::text(found, "person_name")?,
                at: row::moment(found, "at")?,
                quantity: row::quantity(found, "quantity_micro")?,
                proposed,
            };
            Ok((row::text(found, "barcode")?, sighting))
        },
    )?;
    let mut rows: Vec<UnknownBarcodeRow> = Vec::new();
    for (barcode, sighting) in sightings {
        match rows.last_mut() {
            Some(last) if last.barcode == barcode => last.seen.push(sighting),
            _ => rows.push(UnknownBarcodeRow { barcode, seen: vec![sighting] }),
        }
    }
    Ok(rows)
}

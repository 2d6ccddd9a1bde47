//! Barcodes with their pack factors from a file: `sku,barcode,pack_qty`, one barcode a row.
//!
//! Absent: taking a barcode away from an item, and symbologies (a scanner tells them, nothing depends on them).

use super::{
    catalogue::{Catalogue, comparable},
    cell::{Cells, check_barcode},
    item::free_in_site,
    report::{Outcome, Report},
    table::{Column, Need, Table},
};
use anyhow::Context;
use csv::StringRecord;
use shared::item::{Barcode, Item};
use std::collections::{BTreeMap, HashMap};

const SKU: usize = 0;
const BARCODE: usize = 1;
const PACK_FACTOR: usize = 2;

/// The columns of a barcode file.
pub const COLUMNS: &[Column] = &[
    Column { names: &["sku", "item", "item_code"], need: Need::Required },
    Column { names: &["barcode"], need: Need::Required },
    Column { names: &["pack_qty", "pack_factor", "units"], need: Need::Required },
    Column { names: &["symbology"], need: Need::NotKept },
    Column { names: &["real"], need: Need::NotKept },
];

/// Reads every row and answers the items whose barcodes change, whole, as they are to be recorded.
///
/// # Errors
/// Only what is wrong with the file as a whole, or the listing; wrong rows are in the report.
pub fn read_barcodes(table: &mut Table, catalogue: &Catalogue, report: &mut Report) -> anyhow::Result<Vec<Item>> {
    let layout = table.layout();
    let mut record = StringRecord::new();
    let mut changed: BTreeMap<i64, Item> = BTreeMap::new();
    let mut seen: HashMap<String, (u64, String)> = HashMap::new();
    while let Some(row) = table.read(&mut record)? {
        let mut cells = Cells::of(&layout, &record);
        let barcode = read_barcode(&mut cells, catalogue, &changed, &seen);
        let Some((item, barcode)) = barcode.filter(|_| cells.fine()) else {
            report.refuse(row, &record, cells.errors).context("the list of rows cannot be written")?;
            continue;
        };
        seen.insert(comparable(&barcode.text), (row, item.sku.clone()));
        let now = changed.get(&item.id.0).unwrap_or(item);
        let known = now.barcodes.iter().find(|known| known.text == barcode.text);
        let outcome = match known {
            None => Outcome::New,
            Some(known) if known.pack_factor == barcode.pack_factor => Outcome::Same,
            Some(_) => Outcome::Changed,
        };
        report.row(row, outcome, &barcode.text)?;
        if outcome != Outcome::Same {
            let item = changed.entry(item.id.0).or_insert_with(|| item.clone());
            item.barcodes.retain(|known| known.text != barcode.text);
            item.barcodes.push(barcode);
            item.barcodes.sort_by(|a, b| a.text.cmp(&b.text));
        }
    }
    Ok(changed.into_values().collect())
}

fn read_barcode<'c>(
    cells: &mut Cells,
    catalogue: &'c Catalogue,
    changed: &BTreeMap<i64, Item>,
    seen: &HashMap<String, (u64, String)>,
) -> Option<(&'c Item, Barcode)> {
    let (sku, text) = (cells.code(SKU), cells.code(BARCODE));
    let pack_factor = cells.quantity_above_zero(PACK_FACTOR);
    let item = catalogue.find_item(sku);
    if item.is_none() && !sku.is_empty() {
        cells.wrong(SKU, "is no item of this site; import it with `trueup import items` first, or correct the SKU");
    }
    if let Some((row, other)) = seen.get(&comparable(text)) {
        cells.wrong(
            BARCODE,
            if other == sku {
                format!("is in row {row} already; a barcode stands in one row")
            } else {
                format!("is a barcode of item {other} in row {row} as well; a barcode means one item, so remove it from one of them")
            },
        );
    } else if let Err(problem) = check_barcode(text).and_then(|()| free_in_site(text, sku, catalogue)) {
        cells.wrong(BARCODE, problem);
    }
    let (item, pack_factor) = (item?, pack_factor?);
    // the same GTIN in another form must not stand for another number of units
    let now = changed.get(&item.id.0).unwrap_or(item);
    let twin = now.barcodes.iter().find(|known| known.text != text && comparable(&known.text) == comparable(text));
    if let Some(twin) = twin.filter(|twin| twin.pack_factor != pack_factor) {
        cells.wrong(
            PACK_FACTOR,
            format!("differs from the {} of barcode {}, which is the same GTIN", twin.pack_factor, twin.text),
        );
    }
    Some((item, Barcode { text: text.to_owned(), pack_factor }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{Said, item, location, said};

    fn check(text: &str) -> (Vec<Item>, Said) {
        let known = vec![item(1, "A", &[("9008700124195", 1)]), item(2, "B", &[("222", 1)])];
        let catalogue = Catalogue::of(known, vec![location(1, "B1-01")]);
        said(text, COLUMNS, |table, report| read_barcodes(table, &catalogue, report))
    }

    #[test]
    fn packs_are_added_to_the_item_and_known_ones_are_the_same() {
        let (items, said) = check(
            "sku,barcode,symbology,pack_qty,real\nA,9008700124195,EAN13,1,real\nA,19008700124192,ITF14,6,x\nB,222,,12,\n",
        );
        assert_eq!((said.new, said.changed, said.same, said.errors.len()), (1, 1, 1, 0), "{said:?}");
        assert_eq!(items[0].barcodes.len(), 2);
        assert_eq!(items[1].barcodes[0].pack_factor.to_string(), "12");
    }

    #[test]
    fn a_barcode_of_another_item_of_a_location_or_without_units_is_refused() {
        let (items, said) = check(
            "sku,barcode,pack_qty\nA,222,1\nB,B1-01,1\nB,444,0\nB,555,-1\nX,666,1\nB,777,1\nA,777,1\nB,777,1\nA,09008700124195,6\n",
        );
        said.refuses(2, &["barcode \"222\"", "item B already"]);
        said.refuses(3, &["location B1-01"]);
        said.refuses(4, &["pack_qty \"0\"", "above zero"]);
        said.refuses(5, &["pack_qty \"-1\""]);
        said.refuses(6, &["sku \"X\"", "trueup import items"]);
        said.refuses(8, &["item B in row 7"]);
        said.refuses(9, &["row 7 already"]);
        said.refuses(10, &["same GTIN"]);
        assert_eq!((items.len(), said.new), (1, 1));
    }
}

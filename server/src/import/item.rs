//! Items from a file: `sku,description` and whatever else the file has.
//!
//! A column that the file does not have leaves what is known; barcodes are added, never taken away, and keep the pack
//! factor they have. Absent: pack factors ([`super::barcode`]) and stock.

use super::{
    catalogue::{Catalogue, Numbers, comparable},
    cell::{Cells, TEXT_CHARS_MAX, check_barcode, is_damaged},
    report::{Outcome, Report},
    table::{Column, Need, Table},
};
use anyhow::Context;
use csv::StringRecord;
use shared::{
    item::{Barcode, Item, Tracking},
    quantity::Quantity,
};
use std::collections::HashMap;

const SKU: usize = 0;
const DESCRIPTION: usize = 1;
const BARCODES: usize = 2;
const UNIT: usize = 3;
const UNIT_COST: usize = 4;
const CURRENCY: usize = 5;
const CATEGORY: usize = 6;
const ABC: usize = 7;
const TRACKING: usize = 8;
const COST_SOURCE: usize = 9;

/// The columns of an item file.
pub const COLUMNS: &[Column] = &[
    Column { names: &["sku", "item", "item_code"], need: Need::Required },
    Column { names: &["description", "name"], need: Need::Required },
    Column { names: &["barcodes", "barcode"], need: Need::Optional },
    Column { names: &["uom", "unit"], need: Need::Optional },
    Column { names: &["unit_cost", "cost"], need: Need::Optional },
    Column { names: &["currency"], need: Need::Optional },
    Column { names: &["category"], need: Need::Optional },
    Column { names: &["abc", "abc_class"], need: Need::Optional },
    Column { names: &["tracking"], need: Need::Optional },
    Column { names: &["cost_source"], need: Need::Optional },
    Column { names: &["brand"], need: Need::NotKept },
];

/// The base unit of an item whose file says none.
const UNIT_UNSAID: &str = "EA";

/// Reads every row and answers the items that are new or changed, as they are to be recorded.
///
/// # Errors
/// Only what is wrong with the file as a whole, or the listing; wrong rows are in the report.
pub fn read_items(
    table: &mut Table,
    catalogue: &Catalogue,
    currency: &str,
    numbers: &mut Numbers,
    report: &mut Report,
) -> anyhow::Result<Vec<Item>> {
    let layout = table.layout();
    let mut record = StringRecord::new();
    let mut read = Vec::new();
    let mut seen = Seen::default();
    while let Some(row) = table.read(&mut record)? {
        let mut cells = Cells::of(&layout, &record);
        let item = read_item(&mut cells, catalogue, currency, report, &mut seen, row);
        if !cells.fine() {
            report.refuse(row, &record, cells.errors).context("the list of rows cannot be written")?;
            continue;
        }
        seen.skus.insert(item.sku.clone(), row);
        for barcode in &item.barcodes {
            seen.barcodes.entry(comparable(&barcode.text)).or_insert_with(|| (row, item.sku.clone()));
        }
        let outcome = match catalogue.find_item(&item.sku) {
            None => Outcome::New,
            Some(known) if *known == item => Outcome::Same,
            Some(_) => Outcome::Changed,
        };
        report.row(row, outcome, &item.sku)?;
        if outcome != Outcome::Same {
            read.push(item);
        }
    }
    for item in read.iter_mut().filter(|item| item.id.0 == 0) {
        item.id = numbers.item();
    }
    Ok(read)
}

/// What earlier rows of the file said.
#[derive(Default)]
struct Seen {
    skus: HashMap<String, u64>,
    barcodes: HashMap<String, (u64, String)>,
}

fn read_item(
    cells: &mut Cells,
    catalogue: &Catalogue,
    currency: &str,
    report: &mut Report,
    seen: &mut Seen,
    row: u64,
) -> Item {
    let sku = cells.code(SKU);
    let known = catalogue.find_item(sku);
    let mut item = known.cloned().unwrap_or_else(|| Item {
        id: shared::id::ItemId(0),
        sku: sku.to_owned(),
        description: String::new(),
        unit: UNIT_UNSAID.into(),
        unit_cost: None,
        category: String::new(),
        abc: String::new(),
        tracking: Tracking::None,
        barcodes: Vec::new(),
    });
    if let Some(earlier) = seen.skus.get(sku) {
        cells.wrong(
            SKU,
            format!("is in row {earlier} already; each item stands in one row, with its barcodes separated by ;"),
        );
    }
    item.description = cells.text(DESCRIPTION, TEXT_CHARS_MAX).to_owned();
    if item.description.is_empty() {
        cells.wrong(DESCRIPTION, "is empty; people on the floor need words to know the item by");
    }
    if is_damaged(&item.description) {
        let shown = item.description.chars().take(40).collect::<String>();
        report.warn(
            "A text holds invisible characters from a wrong conversion of Windows-1252; it was kept as it is",
            row,
            || format!("description \"{shown}\""),
        );
    }
    for (column, field, chars_max) in
        [(UNIT, &mut item.unit, 40), (CATEGORY, &mut item.category, 200), (ABC, &mut item.abc, 10)]
    {
        if cells.has(column) {
            cells.text(column, chars_max).clone_into(field);
        }
    }
    if item.unit.is_empty() {
        item.unit = UNIT_UNSAID.into();
    }
    if cells.has(UNIT_COST) {
        item.unit_cost = cells.money_or_unknown(UNIT_COST);
        // a cost of nothing whose source says that it is missing is an unknown one (`DOMAIN.md` section 10)
        if cells.raw(COST_SOURCE).to_lowercase().starts_with("missing") {
            item.unit_cost = item.unit_cost.filter(|cost| cost.micro() != 0);
        }
        let said = cells.raw(CURRENCY);
        if item.unit_cost.is_some() && !said.is_empty() && !said.eq_ignore_ascii_case(currency) {
            cells.wrong(
                CURRENCY,
                format!(
                    "is not the currency of this site, {currency}; convert the costs first, nothing is converted here"
                ),
            );
        }
    }
    if cells.has(TRACKING) {
        read_tracking(cells, known, &mut item, report, row);
    }
    read_barcodes(cells, catalogue, &mut item, seen);
    item
}

fn read_tracking(cells: &mut Cells, known: Option<&Item>, item: &mut Item, report: &mut Report, row: u64) {
    let word = cells.raw(TRACKING);
    match Tracking::parse(word) {
        Some(tracking) => item.tracking = tracking,
        None if word.is_empty() => item.tracking = Tracking::None,
        None => cells.wrong(TRACKING, "is not a way of tracking; expected none, lot, lot_expiry or serial"),
    }
    if let Some(known) = known.filter(|known| known.tracking != item.tracking) {
        let (sku, before, now) = (&item.sku, known.tracking.word(), item.tracking.word());
        report.warn("The tracking of an item changed; its recorded stock keeps the keys it has", row, || {
            format!("{sku}: {before} → {now}")
        });
    }
}

fn read_barcodes(cells: &mut Cells, catalogue: &Catalogue, item: &mut Item, seen: &Seen) {
    for text in cells.raw(BARCODES).split(';').map(str::trim).filter(|text| !text.is_empty()) {
        if item.barcodes.iter().any(|known| known.text == text) {
            continue;
        }
        if let Err(problem) = check_barcode(text).and_then(|()| free(text, &item.sku, catalogue, seen)) {
            cells.wrong(BARCODES, format!("({text}) {problem}"));
            continue;
        }
        item.barcodes.push(Barcode { text: text.to_owned(), pack_factor: Quantity::ONE });
    }
    item.barcodes.sort_by(|a, b| a.text.cmp(&b.text));
}

/// Whether nobody else has the barcode: a scan means one thing.
fn free(text: &str, sku: &str, catalogue: &Catalogue, seen: &Seen) -> Result<(), String> {
    if let Some((row, other)) = seen.barcodes.get(&comparable(text)).filter(|(_, other)| other != sku) {
        return Err(format!(
            "is a barcode of item {other} in row {row} as well; a barcode means one item, so remove it from one of them"
        ));
    }
    free_in_site(text, sku, catalogue)
}

/// Whether no other item and no location of the site has the barcode.
///
/// # Errors
/// Names who has it.
pub fn free_in_site(text: &str, sku: &str, catalogue: &Catalogue) -> Result<(), String> {
    if let Some((other, _)) = catalogue.find_barcode(text).filter(|(other, _)| *other != sku) {
        return Err(format!("is recorded as a barcode of item {other} already; a barcode means one item"));
    }
    if let Some(location) = catalogue.find_label(text) {
        return Err(format!("is what the label of location {} says; a scan must mean one thing", location.code));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{Said, item, location, said};

    fn check(known: &[Item], text: &str) -> (Vec<Item>, Said) {
        let catalogue = Catalogue::of(known.to_vec(), vec![location(1, "B1-01")]);
        said(text, COLUMNS, |table, report| read_items(table, &catalogue, "EUR", &mut Numbers::from(10), report))
    }

    #[test]
    fn a_row_is_new_changed_or_same() {
        let text = "sku,description,barcodes,uom,unit_cost,currency,category,abc,tracking\n\
                    A,Apple,111;222,EA,1.5,EUR,Fruit,A,none\nB,Bread,,EA,,,Food,,lot\nC,Corn,333,KG,0.25,eur,,,serial\n";
        let (first, said) = check(&[], text);
        assert_eq!((said.new, said.changed, said.same, said.errors.len()), (3, 0, 0, 0), "{said:?}");
        assert_eq!(first.iter().map(|item| item.id.0).collect::<Vec<_>>(), [10, 11, 12]);
        assert_eq!(first[1].unit_cost, None);
        let (again, said) = check(&first, text);
        assert_eq!((said.new, said.changed, said.same, again.len()), (0, 0, 3, 0));
        let (changed, said) = check(&first, "sku,description\nA,Apples\nB,Bread\n");
        assert_eq!((said.new, said.changed, said.same), (0, 1, 1));
        assert_eq!(
            changed[0],
            Item { description: "Apples".into(), ..first[0].clone() },
            "what the file does not say stays"
        );
    }

    #[test]
    fn a_barcode_of_two_items_is_refused_and_names_both() {
        let (_, said) = check(&[], "sku,description,barcodes\nA,Apple,111\nB,Bread,111;222\n");
        said.refuses(3, &["barcodes", "(111)", "item A in row 2"]);
        let known = item(1, "A", &[("012345678905", 1)]);
        let (_, said) = check(&[known], "sku,description,barcodes\nB,Bread,0012345678905\n");
        said.refuses(2, &["item A already"]);
    }

    #[test]
    fn a_barcode_that_is_the_label_of_a_location_is_refused() {
        let (_, said) = check(&[], "sku,description,barcodes\nA,Apple,b1-01\n");
        said.refuses(2, &["location B1-01", "a scan must mean one thing"]);
    }

    #[test]
    fn a_barcode_may_be_the_sku_itself_and_keeps_its_pack_factor() {
        let (read, said) = check(&[], "sku,description,barcodes\nAA30,Mask,AA30\n");
        assert_eq!((said.errors.len(), read[0].barcodes[0].pack_factor), (0, Quantity::ONE));
        let known = item(1, "A", &[("111", 6), ("222", 1)]);
        let (read, said) = check(std::slice::from_ref(&known), "sku,description,barcodes\nA,A,111\n");
        assert_eq!((read.len(), said.same), (0, 1), "a barcode is neither taken away nor given another factor");
    }

    #[test]
    fn wrong_cells_are_named_with_value_and_remedy() {
        let (_, said) = check(
            &[],
            "sku,description,unit_cost,currency,tracking\nA,Apple,\"1,5\",EUR,none\n,Bread,1,EUR,none\nC,Corn,1,USD,none\n\
             D,,1,EUR,batch\nE,Egg,-0,EUR,none\nE2,Egg,1,EUR,none\nE2,Egg,1,EUR,none\nF,Fig,1\n",
        );
        said.refuses(2, &["unit_cost \"1,5\"", "comma"]);
        said.refuses(3, &["sku \"\"", "is empty"]);
        said.refuses(4, &["currency \"USD\"", "EUR"]);
        said.refuses(5, &["description \"\"", "tracking \"batch\"", "lot_expiry"]);
        said.refuses(6, &["unit_cost \"-0\""]);
        said.refuses(8, &["sku \"E2\" is in row 7 already"]);
        said.refuses(9, &["3 cells", "header has 5"]);
        assert_eq!((said.errors.len(), said.new), (7, 1));
    }

    #[test]
    fn a_text_that_was_converted_wrongly_is_kept_and_said() {
        let (read, said) = check(&[], "sku,description\nA,poche d\u{92}eau\nB,nul\u{1}l\n");
        assert_eq!(read[0].description, "poche d\u{92}eau");
        said.warns(&["invisible characters", "row 2"]);
        said.refuses(3, &["U+0001"]);
    }

    #[test]
    fn a_cost_whose_source_is_missing_is_unknown_and_not_zero() {
        let (read, _) =
            check(&[], "sku,description,unit_cost,cost_source\nA,A,0,missing in source\nB,B,0,given away\n");
        assert_eq!(read[0].unit_cost, None);
        assert_eq!(read[1].unit_cost, Some(shared::money::Money::ZERO));
    }
}

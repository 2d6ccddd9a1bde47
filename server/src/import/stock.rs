//! On-hand figures from a file: a statement of another system as of one instant (`DOMAIN.md` section 2).
//!
//! Rows for one key are added up, exactly and with a warning: systems that keep pallets or reels apart export them so.
//! Only figures that differ from the ledger are answered; a figure the ledger already has says nothing new.
//! Absent: expiry dates (a lot has one, its stock key does not).

use super::{
    catalogue::{Catalogue, KeyColumns},
    cell::{CellError, Cells},
    report::{Outcome, Report},
    table::{Column, Need, Table},
};
use anyhow::Context;
use csv::StringRecord;
use shared::{item::Item, key::StockKey, quantity::Quantity};
use std::collections::{HashMap, hash_map::Entry};

const LOCATION: usize = 0;
const SKU: usize = 1;
const LOT: usize = 2;
const SERIAL: usize = 3;
const QUANTITY: usize = 4;
const KEY: KeyColumns = KeyColumns { sku: SKU, location: LOCATION, lot: LOT, serial: SERIAL };

/// The columns of a stock file.
pub const COLUMNS: &[Column] = &[
    Column { names: &["location", "code"], need: Need::Required },
    Column { names: &["sku", "item", "item_code"], need: Need::Required },
    Column { names: &["lot", "batch"], need: Need::Optional },
    Column { names: &["serial"], need: Need::Optional },
    Column { names: &["qty", "quantity", "on_hand"], need: Need::Required },
    Column { names: &["expiry"], need: Need::NotKept },
];

/// What a key that the file does not name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Not spoken of: it stays.
    Part,
    /// Not there: it becomes zero.
    Complete,
}

/// The ledger at the instant of the statement: every key that has ever moved until then.
pub type Ledger = HashMap<StockKey, Quantity>;

/// Reads every row and answers the figures that differ from the ledger, as they are to be recorded.
///
/// # Errors
/// Only what is wrong with the file as a whole, or the listing; wrong rows are in the report.
pub fn read_stock(
    table: &mut Table,
    catalogue: &Catalogue,
    ledger: &Ledger,
    extent: Extent,
    report: &mut Report,
) -> anyhow::Result<Vec<(StockKey, Quantity)>> {
    let layout = table.layout();
    let mut record = StringRecord::new();
    let mut order: Vec<StockKey> = Vec::new();
    let mut figures: HashMap<StockKey, Figure> = HashMap::new();
    while let Some(row) = table.read(&mut record)? {
        let mut cells = Cells::of(&layout, &record);
        let key = catalogue.stock_key(&mut cells, report, row, KEY);
        let quantity = cells.quantity(QUANTITY);
        let (sku, code) = (cells.raw(SKU), cells.raw(LOCATION));
        if let Some(key) = key {
            let figure = match figures.entry(key) {
                Entry::Vacant(entry) => {
                    order.push(entry.key().clone());
                    entry.insert(Figure::default())
                }
                Entry::Occupied(entry) => entry.into_mut(),
            };
            let first = figure.rows.first().map(|(row, _)| *row);
            if let Some(quantity) = quantity.filter(|_| cells.fine()) {
                check_plausible(catalogue.find_item(sku), quantity, report, row);
                if let Some(first) = first {
                    report.warn("Rows for one key were added up", row, || {
                        format!("{sku} in {code} is in row {first} already")
                    });
                }
                match figure.sum.plus(quantity) {
                    Ok(sum) => {
                        figure.sum = sum;
                        figure.rows.push((row, record.clone()));
                        continue;
                    }
                    Err(_) => cells.wrong(QUANTITY, "makes the sum of this key's rows larger than can be kept exactly"),
                }
            }
            figure.spoiled_by.get_or_insert(row);
        }
        report.refuse(row, &record, cells.errors).context("the list of rows cannot be written")?;
    }
    let mut read = Vec::new();
    for key in order {
        let figure = &figures[&key];
        if let Some(spoiler) = figure.spoiled_by {
            refuse_all(figure, spoiler, report)?;
            continue;
        }
        let outcome = match ledger.get(&key) {
            // where nothing ever moved the book is zero (`DOMAIN.md` section 2)
            None if figure.sum.is_zero() => Outcome::Same,
            None => Outcome::New,
            Some(known) if *known == figure.sum => Outcome::Same,
            Some(_) => Outcome::Changed,
        };
        for (row, _) in &figure.rows {
            report.row(*row, outcome, &name(catalogue, &key))?;
        }
        if outcome != Outcome::Same {
            read.push((key, figure.sum));
        }
    }
    if extent == Extent::Complete {
        read.extend(missing(ledger, &figures, catalogue, report));
    }
    Ok(read)
}

/// What the file says about one key.
#[derive(Default)]
struct Figure {
    sum: Quantity,
    rows: Vec<(u64, StringRecord)>,
    spoiled_by: Option<u64>,
}

/// A sum without one of its rows would be a wrong figure, so the other rows of the key are refused with it.
fn refuse_all(figure: &Figure, spoiler: u64, report: &mut Report) -> anyhow::Result<()> {
    for (row, record) in &figure.rows {
        let problem = format!(
            "belongs to the same key as row {spoiler}, which was refused: their sum is not known; correct that row"
        );
        let error = CellError { column: "", value: String::new(), problem };
        report.refuse(*row, record, vec![error]).context("the list of rows cannot be written")?;
    }
    Ok(())
}

fn check_plausible(item: Option<&Item>, quantity: Quantity, report: &mut Report, row: u64) {
    let Some(item) = item else { return };
    if item.tracking.wants_serial() && quantity != Quantity::ONE && !quantity.is_zero() {
        report.warn("More than one piece of a serial number", row, || format!("{quantity} of item {}", item.sku));
    }
    if quantity.is_negative() {
        report.warn("The other system's figure is below zero", row, || format!("{quantity} of item {}", item.sku));
    }
}

/// The keys with stock that the file does not name.
fn missing(
    ledger: &Ledger,
    figures: &HashMap<StockKey, Figure>,
    catalogue: &Catalogue,
    report: &mut Report,
) -> Vec<(StockKey, Quantity)> {
    let gone = ledger.iter().filter(|(key, quantity)| !quantity.is_zero() && !figures.contains_key(key));
    let mut gone: Vec<_> = gone.map(|(key, _)| (key.clone(), Quantity::ZERO)).collect();
    gone.sort();
    if let Some((first, _)) = gone.first() {
        report.note(format!(
            "{} keys with stock are not in the file and become 0, first {}",
            gone.len(),
            name(catalogue, first)
        ));
    }
    gone
}

fn name(catalogue: &Catalogue, key: &StockKey) -> String {
    let location = catalogue.find_location_by_id(key.location).map_or("?", |location| location.code.as_str());
    let item = catalogue.find_item_by_id(key.what.item).map_or("?", |item| item.sku.as_str());
    let lot_and_serial =
        [&key.what.lot, &key.what.serial].map(|text| if text.is_empty() { String::new() } else { format!(" {text}") });
    format!("{item}{} in {location}", lot_and_serial.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{Said, item, location, said};
    use shared::{id::ItemId, item::Tracking, key::ItemKey};

    fn key(item: i64, lot: &str) -> StockKey {
        StockKey {
            location: shared::id::LocationId(1),
            what: ItemKey { item: ItemId(item), lot: lot.into(), serial: String::new() },
        }
    }

    fn check(ledger: &Ledger, extent: Extent, text: &str) -> (Vec<(StockKey, String)>, Said) {
        let items = vec![
            item(1, "A", &[]),
            Item { tracking: Tracking::Lot, ..item(2, "L", &[]) },
            Item { tracking: Tracking::Serial, ..item(3, "S", &[]) },
        ];
        let catalogue = Catalogue::of(items, vec![location(1, "B1")]);
        let (read, said) = said(text, COLUMNS, |table, report| read_stock(table, &catalogue, ledger, extent, report));
        (read.into_iter().map(|(key, quantity)| (key, quantity.to_string())).collect(), said)
    }

    #[test]
    fn a_figure_is_new_changed_or_same_against_the_ledger() {
        let ledger = Ledger::from([(key(1, ""), Quantity::ONE), (key(2, "X"), Quantity::ONE)]);
        let (read, said) = check(&ledger, Extent::Part, "location,sku,lot,qty\nb1,A,,1\nB1,L,X,2.5\nB1,L,Y,-3\n");
        assert_eq!((said.new, said.changed, said.same), (1, 1, 1), "{said:?}");
        assert_eq!(read, [(key(2, "X"), "2.5".to_owned()), (key(2, "Y"), "-3".to_owned())]);
        said.warns(&["below zero"]);
    }

    #[test]
    fn a_zero_where_nothing_ever_moved_says_nothing_new() {
        let (read, said) = check(&Ledger::new(), Extent::Part, "location,sku,qty\nB1,A,0\n");
        assert_eq!((read.len(), said.same), (0, 1));
    }

    #[test]
    fn rows_of_one_key_are_added_up_exactly_and_said() {
        let (read, said) = check(&Ledger::new(), Extent::Part, "location,sku,qty\nB1,A,0.1\nB1,A,0.2\n");
        assert_eq!(read, [(key(1, ""), "0.3".to_owned())]);
        said.warns(&["added up", "A in B1 is in row 2 already"]);
        let large = "9223372036854.775807";
        let (_, said) = check(&Ledger::new(), Extent::Part, &format!("location,sku,qty\nB1,A,{large}\nB1,A,1\n"));
        said.refuses(3, &["sum of this key's rows"]);
        said.refuses(2, &["same key as row 3"]);
    }

    #[test]
    fn a_key_with_one_unreadable_row_is_refused_whole() {
        let (read, said) =
            check(&Ledger::new(), Extent::Part, "location,sku,lot,qty\nB1,A,,2\nB1,A,,\"1,5\"\nB1,L,X,1\n");
        assert_eq!((read.len(), said.errors.len()), (1, 2));
        said.refuses(2, &["same key as row 3"]);
    }

    #[test]
    fn a_complete_statement_makes_unnamed_keys_zero_and_a_part_does_not() {
        let ledger = Ledger::from([(key(1, ""), Quantity::ONE), (key(2, "X"), Quantity::ZERO)]);
        assert_eq!(check(&ledger, Extent::Part, "location,sku,qty\n").0, []);
        let (read, said) = check(&ledger, Extent::Complete, "location,sku,qty\n");
        assert_eq!(read, [(key(1, ""), "0".to_owned())]);
        said.warns(&["1 keys with stock", "A in B1"]);
    }

    #[test]
    fn lots_and_serials_count_only_where_the_item_is_tracked_by_them() {
        let (read, said) =
            check(&Ledger::new(), Extent::Part, "location,sku,lot,serial,qty\nB1,A,X,,1\nB1,L,,,1\nB1,S,X,7,2\n");
        assert_eq!(read[0].0, key(1, ""));
        assert_eq!((read[2].0.what.lot.as_str(), read[2].0.what.serial.as_str()), ("", "7"));
        for part in ["lot was left out", "lot is not known", "More than one piece"] {
            said.warns(&[part]);
        }
    }

    #[test]
    fn unknown_places_and_items_and_wrong_numbers_are_refused() {
        let (read, said) = check(
            &Ledger::new(),
            Extent::Part,
            "location,sku,qty\nB9,A,1\nB1,Z,1\nB1,A,\"1,5\"\nB1,A,-0\nB1,A,\nB1,A,1\n",
        );
        said.refuses(2, &["location \"B9\"", "trueup import locations"]);
        said.refuses(3, &["sku \"Z\"", "trueup import items"]);
        said.refuses(4, &["qty \"1,5\""]);
        said.refuses(5, &["qty \"-0\""]);
        said.refuses(6, &["qty \"\"", "is empty"]);
        said.refuses(7, &["same key as row 4"]);
        assert_eq!(read, []);
    }
}

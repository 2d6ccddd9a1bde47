//! Locations from a file: `code` and whatever else the file has of zone, aisle, bay, level, type, barcode, walk_order.
//!
//! Without a `walk_order` column all locations of the site are numbered anew as a serpentine walk, so that a bin added
//! later takes its place between its neighbours. Absent: taking locations away (they have history).

use super::{
    catalogue::{Catalogue, Numbers},
    cell::Cells,
    report::{Outcome, Report},
    table::{Column, Need, Table},
};
use anyhow::Context;
use csv::StringRecord;
use shared::{
    id::LocationId,
    location::{Location, LocationKind, code_for_comparison, number_serpentine},
};
use std::collections::HashMap;

const CODE: usize = 0;
const ZONE: usize = 1;
const AISLE: usize = 2;
const BAY: usize = 3;
const LEVEL: usize = 4;
const KIND: usize = 5;
const BARCODE: usize = 6;
const WALK_ORDER: usize = 7;

/// The columns of a location file.
pub const COLUMNS: &[Column] = &[
    Column { names: &["code", "location"], need: Need::Required },
    Column { names: &["zone"], need: Need::Optional },
    Column { names: &["aisle"], need: Need::Optional },
    Column { names: &["bay"], need: Need::Optional },
    Column { names: &["level"], need: Need::Optional },
    Column { names: &["type", "kind"], need: Need::Optional },
    Column { names: &["barcode", "label"], need: Need::Optional },
    Column { names: &["walk_order"], need: Need::Optional },
];

/// Reads every row and answers the locations that are new or changed, and those that only change their place on the
/// walk, as they are to be recorded.
///
/// # Errors
/// Only what is wrong with the file as a whole, or the listing; wrong rows are in the report.
pub fn read_locations(
    table: &mut Table,
    catalogue: &Catalogue,
    numbers: &mut Numbers,
    report: &mut Report,
) -> anyhow::Result<Vec<Location>> {
    let layout = table.layout();
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    let mut seen: HashMap<String, (u64, String)> = HashMap::new();
    while let Some(row) = table.read(&mut record)? {
        let mut cells = Cells::of(&layout, &record);
        let mut location = read_location(&mut cells, catalogue, report, row);
        check_free(&mut cells, catalogue, &seen, &location);
        if !cells.fine() {
            report.refuse(row, &record, cells.errors).context("the list of rows cannot be written")?;
            continue;
        }
        for text in [&location.code, &location.barcode] {
            seen.insert(code_for_comparison(text), (row, location.code.clone()));
        }
        if location.id.0 == 0 {
            location.id = numbers.location();
        }
        rows.push((row, location));
    }
    let walked = if layout.has(WALK_ORDER) { HashMap::new() } else { walk(catalogue, &rows) };
    let mut read = Vec::new();
    for (row, mut location) in rows {
        if let Some(order) = walked.get(&location.id) {
            location.walk_order = *order;
        }
        let outcome = match catalogue.find_location(&location.code) {
            None => Outcome::New,
            Some(known) if *known == location => Outcome::Same,
            // only its number on the walk is another: the row itself says nothing new
            Some(known)
                if !layout.has(WALK_ORDER)
                    && *known == (Location { walk_order: known.walk_order, ..location.clone() }) =>
            {
                Outcome::Same
            }
            Some(_) => Outcome::Changed,
        };
        report.row(row, outcome, &location.code)?;
        let renumbered =
            catalogue.find_location(&location.code).is_some_and(|known| known.walk_order != location.walk_order);
        if outcome != Outcome::Same || renumbered {
            read.push(location);
        }
    }
    read.extend(renumbered_elsewhere(catalogue, &walked, &seen));
    Ok(read)
}

/// The walk through all locations of the site, those of the file included.
fn walk(catalogue: &Catalogue, rows: &[(u64, Location)]) -> HashMap<LocationId, i64> {
    let mut all: HashMap<LocationId, Location> = catalogue.locations().map(|known| (known.id, known.clone())).collect();
    all.extend(rows.iter().map(|(_, location)| (location.id, location.clone())));
    let mut all: Vec<Location> = all.into_values().collect();
    // a total order first, so that equal places are numbered the same way every time
    all.sort_by(|a, b| a.code.cmp(&b.code));
    number_serpentine(&mut all);
    all.into_iter().map(|location| (location.id, location.walk_order)).collect()
}

fn renumbered_elsewhere(
    catalogue: &Catalogue,
    walked: &HashMap<LocationId, i64>,
    seen: &HashMap<String, (u64, String)>,
) -> Vec<Location> {
    let mut others: Vec<Location> = catalogue
        .locations()
        .filter(|known| !seen.contains_key(&code_for_comparison(&known.code)))
        .filter_map(|known| {
            let walk_order = *walked.get(&known.id)?;
            (walk_order != known.walk_order).then(|| Location { walk_order, ..known.clone() })
        })
        .collect();
    others.sort_by_key(|location| location.id);
    others
}

fn read_location(cells: &mut Cells, catalogue: &Catalogue, report: &mut Report, row: u64) -> Location {
    let code = cells.code(CODE);
    let mut location = catalogue.find_location(code).cloned().unwrap_or_else(|| Location {
        id: LocationId(0),
        code: code.to_owned(),
        barcode: code.to_owned(),
        zone: String::new(),
        aisle: String::new(),
        bay: String::new(),
        level: String::new(),
        kind: LocationKind::Pick,
        walk_order: 0,
    });
    let texts = [
        (ZONE, &mut location.zone),
        (AISLE, &mut location.aisle),
        (BAY, &mut location.bay),
        (LEVEL, &mut location.level),
    ];
    for (column, field) in texts {
        if cells.has(column) {
            cells.text(column, 100).clone_into(field);
        }
    }
    if cells.has(KIND) {
        let word = cells.raw(KIND);
        let kind = LocationKind::parse(word).or_else(|| {
            // nobody walks to them, and plans that ask for pick locations leave them out
            let unreal = matches!(word.to_ascii_lowercase().as_str(), "virtual" | "structural");
            if unreal {
                report.warn("A place that is not a shelf is recorded as a staging location", row, || {
                    format!("{code} is {word}")
                });
            }
            unreal.then_some(LocationKind::Staging)
        });
        match kind {
            Some(kind) => location.kind = kind,
            None => cells.wrong(
                KIND,
                "is not a kind of location; expected pick (or bin, shelf), reserve, staging, receiving, quarantine, virtual or structural",
            ),
        }
    }
    if cells.has(BARCODE) {
        let barcode = cells.code_or_empty(BARCODE);
        location.barcode = if barcode.is_empty() { location.code.clone() } else { barcode.to_owned() };
    }
    if cells.has(WALK_ORDER) {
        match cells.raw(WALK_ORDER).parse::<i64>() {
            Ok(order) if order >= 0 => location.walk_order = order,
            _ => cells.wrong(
                WALK_ORDER,
                "is not a place on the walk; expected a whole number such as 120, smaller is earlier",
            ),
        }
    }
    location
}

/// A scan must mean one thing: neither another location nor an item.
fn check_free(cells: &mut Cells, catalogue: &Catalogue, seen: &HashMap<String, (u64, String)>, location: &Location) {
    let mut wrong = Vec::new();
    for (column, text) in [(CODE, &location.code), (BARCODE, &location.barcode)] {
        if column == BARCODE && code_for_comparison(text) == code_for_comparison(&location.code) {
            continue;
        }
        if let Some((row, other)) = seen.get(&code_for_comparison(text)) {
            wrong.push((column, format!("is the code or label of location {other} in row {row} already; upper and lower case are the same here")));
        } else if let Some(other) = catalogue
            .find_label(text)
            .filter(|other| code_for_comparison(&other.code) != code_for_comparison(&location.code))
        {
            wrong.push((
                column,
                format!("is the code or label of location {} already; a scan must mean one thing", other.code),
            ));
        } else if let Some((sku, _)) = catalogue.find_barcode_in_any_case(text) {
            wrong.push((column, format!("is a barcode of item {sku}; a scan must mean one thing, so give the location another label in a barcode column")));
        }
    }
    // a label of its own frees the code from being scanned, so a code may then equal an item's barcode
    let labelled = code_for_comparison(&location.barcode) != code_for_comparison(&location.code);
    for (column, problem) in wrong {
        if column == CODE && labelled && problem.starts_with("is a barcode of item") {
            continue;
        }
        cells.wrong(column, problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{Said, item, location, said};

    fn check(known: &[Location], text: &str) -> (Vec<Location>, Said) {
        let catalogue = Catalogue::of(vec![item(1, "AA30", &[("AA30", 1)])], known.to_vec());
        said(text, COLUMNS, |table, report| {
            read_locations(table, &catalogue, &mut Numbers::from(10 + 10 * known.len() as i64), report)
        })
    }

    #[test]
    fn locations_are_numbered_as_a_walk_and_the_same_again() {
        let text =
            "code,zone,aisle,bay,level,type\nB11-01,B,B11,01,A,bin\nB2-02,B,B2,02,A,pick\nB2-01,B,B2,01,A,reserve\n";
        let (first, said) = check(&[], text);
        assert_eq!((said.new, said.errors.len()), (3, 0), "{said:?}");
        let order =
            |code: &str| first.iter().find(|location| location.code == code).map(|location| location.walk_order);
        assert_eq!((order("B2-01"), order("B2-02"), order("B11-01")), (Some(1), Some(2), Some(3)));
        let (again, said) = check(&first, text);
        assert_eq!((said.same, again.len()), (3, 0));
        let (added, said) = check(&first, "code,zone,aisle,bay,level\nB2-00,B,B2,00,A\n");
        assert_eq!(said.new, 1);
        let orders: Vec<_> = added.iter().map(|location| (location.code.as_str(), location.walk_order)).collect();
        assert_eq!(orders, [("B2-00", 1), ("B11-01", 4), ("B2-02", 3), ("B2-01", 2)], "its neighbours move on");
    }

    #[test]
    fn a_walk_that_is_given_is_taken() {
        let (read, said) = check(&[location(1, "Z9")], "code,walk_order\nA,20\nB,10\nC,x\nD,-1\n");
        assert_eq!(read.iter().map(|location| location.walk_order).collect::<Vec<_>>(), [20, 10]);
        said.refuses(4, &["walk_order \"x\""]);
        said.refuses(5, &["walk_order \"-1\""]);
    }

    #[test]
    fn a_scan_that_would_mean_two_things_is_refused() {
        let (_, said) =
            check(&[location(1, "Z9")], "code,barcode\nA,\na,\nB,A\nC,AA30\nD,z9\naa30,\nAA30,L-7\nE,\"x\ny\"\n");
        said.refuses(3, &["code \"a\"", "location A in row 2"]);
        said.refuses(4, &["barcode \"A\"", "row 2"]);
        said.refuses(5, &["barcode \"AA30\"", "item AA30"]);
        said.refuses(6, &["location Z9 already"]);
        said.refuses(7, &["item AA30"]);
        said.refuses(9, &["control character"]);
        assert_eq!(said.new, 2, "{said:?}");
    }

    #[test]
    fn places_that_are_not_shelves_are_told_and_unknown_kinds_refused() {
        let (read, said) = check(&[], "code,type\nNO-BIN,virtual\nX,roof\n");
        assert_eq!(read[0].kind, LocationKind::Staging);
        said.warns(&["NO-BIN is virtual"]);
        said.refuses(3, &["type \"roof\"", "quarantine"]);
    }
}

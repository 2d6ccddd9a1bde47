//! What the tests of this folder share: a file that is gone when dropped, short ways to say item and location, and
//! reading a text into what was said about it.

use super::{
    report::Report,
    table::{Column, Table},
};
use indicatif::ProgressBar;
use shared::{
    id::{ItemId, LocationId},
    item::{Barcode, Item, Tracking},
    location::{Location, LocationKind},
    quantity::Quantity,
};
use std::io::Write;

/// A file with these bytes.
pub fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    file
}

/// An item with barcodes and their factors, described by its SKU.
pub fn item(id: i64, sku: &str, barcodes: &[(&str, i64)]) -> Item {
    let barcode = |(text, factor): &(&str, i64)| Barcode {
        text: (*text).into(),
        pack_factor: Quantity::whole(*factor).expect("small"),
    };
    Item {
        id: ItemId(id),
        sku: sku.into(),
        description: sku.into(),
        unit: "EA".into(),
        unit_cost: None,
        category: String::new(),
        abc: String::new(),
        tracking: Tracking::None,
        barcodes: barcodes.iter().map(barcode).collect(),
    }
}

/// A pick location whose label says its code.
pub fn location(id: i64, code: &str) -> Location {
    Location {
        id: LocationId(id),
        code: code.into(),
        barcode: code.into(),
        zone: String::new(),
        aisle: String::new(),
        bay: String::new(),
        level: String::new(),
        kind: LocationKind::Pick,
        walk_order: id,
    }
}

/// What a report said.
#[derive(Debug)]
pub struct Said {
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    pub errors: Vec<String>,
    pub warnings: Vec<String>,
}

impl Said {
    /// The row is refused in a sentence with all these parts.
    pub fn refuses(&self, row: u64, parts: &[&str]) {
        let start = format!("row {row}: ");
        let error = self
            .errors
            .iter()
            .find(|error| error.starts_with(&start))
            .unwrap_or_else(|| panic!("{start}{:?}", self.errors));
        for part in parts {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    /// Some warning has all these parts.
    pub fn warns(&self, parts: &[&str]) {
        assert!(
            self.warnings.iter().any(|warning| parts.iter().all(|part| warning.contains(part))),
            "{parts:?}: {:?}",
            self.warnings
        );
    }
}

/// Reads a text as a file with these columns.
pub fn said<T>(
    text: &str,
    columns: &'static [Column],
    read: impl FnOnce(&mut Table, &mut Report) -> anyhow::Result<T>,
) -> (T, Said) {
    let file = file(text.as_bytes());
    let mut table = Table::open(file.path(), columns, &ProgressBar::hidden()).expect("readable");
    let mut report = Report::default();
    report.header(&table);
    let read = read(&mut table, &mut report).expect("readable");
    let said = Said {
        new: report.new,
        changed: report.changed,
        same: report.same,
        errors: report.errors.iter().map(ToString::to_string).collect(),
        warnings: report.warnings().collect(),
    };
    (read, said)
}

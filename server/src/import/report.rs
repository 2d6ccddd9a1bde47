//! What an import says: for each row new, changed, same or refused, warnings counted by kind, and the refused rows
//! written to a file that can be corrected and imported again.
//!
//! Absent: the decision whether anything is recorded (that is the role's: all or nothing, or the good rows).

use super::{
    cell::CellError,
    table::{ERROR_COLUMNS, Table},
};
use csv::StringRecord;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// Refused rows that are listed in full; of the others there is the number, and the file of refused rows.
pub const LISTED_MAX: usize = 20;

/// What a row would do, or did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something that was not there.
    New,
    /// Something that was there otherwise.
    Changed,
    /// Nothing: it is there already.
    Same,
}

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Same => "same",
        }
    }
}

/// A row that cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file in which it begins; the header is row 1.
    pub row: u64,
    /// Everything that is wrong with it.
    pub errors: Vec<CellError>,
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}: {}", self.row, join(&self.errors))
    }
}

fn join(errors: &[CellError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; and ")
}

/// Warnings of one kind.
#[derive(Debug, Default)]
struct Warning {
    times: u64,
    first: String,
}

/// A number with its digits in threes.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let (head, rest) = digits.split_at(first);
    let mut parts: Vec<&str> = if head.is_empty() { Vec::new() } else { vec![head] };
    parts.extend(rest.as_bytes().chunks(3).filter_map(|three| std::str::from_utf8(three).ok()));
    parts.join(",")
}

/// What is known about the rows of a file after reading it.
#[derive(Default)]
pub struct Report {
    /// Rows with something new.
    pub new: u64,
    /// Rows that change something.
    pub changed: u64,
    /// Rows that are there already.
    pub same: u64,
    /// Rows that cannot be recorded.
    pub refused: u64,
    /// The first [`LISTED_MAX`] of them.
    pub errors: Vec<RowError>,
    notes: Vec<String>,
    warnings: BTreeMap<&'static str, Warning>,
    listing: Option<Box<dyn Write + Send>>,
    refused_rows: Option<RefusedRows>,
}

impl Report {
    /// A report that also prints one line for each row.
    #[must_use]
    pub fn listing_to(mut self, listing: Option<Box<dyn Write + Send>>) -> Self {
        self.listing = listing;
        self
    }
    /// A report that writes refused rows to a file as they are found.
    #[must_use]
    pub fn refused_to(mut self, refused_rows: Option<RefusedRows>) -> Self {
        self.refused_rows = refused_rows;
        self
    }

    /// Notes what the header says about columns.
    pub fn header(&mut self, table: &Table) {
        if !table.unknown.is_empty() {
            self.notes.push(format!("Columns that Trueup does not know were left out: {}", table.unknown.join(", ")));
        }
        if !table.not_kept.is_empty() {
            self.notes.push(format!("Columns that Trueup does not keep were left out: {}", table.not_kept.join(", ")));
        }
    }
    /// Notes a sentence once.
    pub fn note(&mut self, sentence: String) {
        self.notes.push(sentence);
    }
    /// Counts a warning; of each kind the first is told in full.
    pub fn warn(&mut self, kind: &'static str, row: u64, example: impl FnOnce() -> String) {
        let warning = self.warnings.entry(kind).or_default();
        if warning.times == 0 {
            warning.first = format!("row {row}: {}", example());
        }
        warning.times += 1;
    }
    /// Every note and warning as a sentence.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let counted = self.warnings.iter().map(|(kind, warning)| match warning.times {
            1 => format!("{kind} ({})", warning.first),
            times => format!("{kind}: {} rows, first {}", thousands(times), warning.first),
        });
        self.notes.iter().cloned().chain(counted)
    }

    /// Counts a row that can be recorded.
    ///
    /// # Errors
    /// Where the listing cannot be written.
    pub fn row(&mut self, row: u64, outcome: Outcome, name: &str) -> io::Result<()> {
        match outcome {
            Outcome::New => self.new += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Same => self.same += 1,
        }
        match &mut self.listing {
            Some(listing) => writeln!(listing, "row {row}: {} {name}", outcome.word()),
            None => Ok(()),
        }
    }
    /// Counts a row that cannot be recorded.
    ///
    /// # Errors
    /// Where the listing or the file of refused rows cannot be written.
    pub fn refuse(&mut self, row: u64, record: &StringRecord, errors: Vec<CellError>) -> io::Result<()> {
        self.refused += 1;
        if let Some(refused_rows) = &mut self.refused_rows {
            refused_rows.add(row, record, &errors)?;
        }
        let error = RowError { row, errors };
        if let Some(listing) = &mut self.listing {
            writeln!(listing, "{error}")?;
        }
        if self.errors.len() < LISTED_MAX {
            self.errors.push(error);
        }
        Ok(())
    }
    /// Rows read.
    pub fn rows(&self) -> u64 {
        self.new + self.changed + self.same + self.refused
    }
    /// Closes the listing and the file of refused rows, and answers where the latter is, should it hold any.
    ///
    /// # Errors
    /// Where they cannot be written to the end.
    pub fn finish(&mut self) -> io::Result<Option<PathBuf>> {
        if let Some(listing) = &mut self.listing {
            listing.flush()?;
        }
        self.refused_rows.take().map_or(Ok(None), RefusedRows::finish)
    }
}

/// The refused rows of a file, with the row number and what is wrong in two more columns. Made when the first is
/// refused, so that a clean import leaves nothing behind.
pub struct RefusedRows {
    path: PathBuf,
    header: StringRecord,
    delimiter: u8,
    writer: Option<csv::Writer<BufWriter<File>>>,
}

impl RefusedRows {
    /// For the rows of `file`, beside it: `items.csv` → `items.errors.csv`, `moves.csv.gz` → `moves.errors.csv`.
    pub fn beside(file: &Path, table: &Table) -> Self {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let stem = name.strip_suffix(".csv").unwrap_or(name);
        let header = table.header().iter().filter(|name| !ERROR_COLUMNS.contains(name)).collect();
        Self {
            path: file.with_file_name(format!("{stem}.errors.csv")),
            header,
            delimiter: table.delimiter(),
            writer: None,
        }
    }

    fn add(&mut self, row: u64, record: &StringRecord, errors: &[CellError]) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let named =
                    |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", self.path.display()));
                let file = File::create(&self.path).map_err(named)?;
                let mut writer = csv::WriterBuilder::new()
                    .delimiter(self.delimiter)
                    .flexible(true)
                    .from_writer(BufWriter::new(file));
                writer.write_record(self.header.iter().chain(ERROR_COLUMNS))?;
                self.writer.insert(writer)
            }
        };
        let cells = record.iter().chain(std::iter::repeat("")).take(self.header.len());
        writer.write_record(cells.chain([row.to_string().as_str(), join(errors).as_str()]))?;
        Ok(())
    }

    fn finish(self) -> io::Result<Option<PathBuf>> {
        let Some(mut writer) = self.writer else { return Ok(None) };
        writer.flush()?;
        writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?.into_inner()?.sync_all()?;
        Ok(Some(self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::table::{Column, Need};
    use indicatif::ProgressBar;

    const COLUMNS: &[Column] =
        &[Column { names: &["sku"], need: Need::Required }, Column { names: &["qty"], need: Need::Required }];

    #[test]
    fn refused_rows_are_written_so_that_they_can_be_corrected_and_imported_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("stock.csv.gz");
        std::fs::write(&file, "sku;qty;extra\nA;1,5;x\n").expect("written");
        let mut table = Table::open(&file, COLUMNS, &ProgressBar::hidden()).expect("readable");
        let mut report = Report::default().refused_to(Some(RefusedRows::beside(&file, &table)));
        let mut record = StringRecord::new();
        let row = table.read(&mut record).expect("readable").expect("a row");
        let wrong = CellError { column: "qty", value: "1,5".into(), problem: "has a comma".into() };
        report.refuse(row, &record, vec![wrong]).expect("written");
        let path = report.finish().expect("written").expect("there is one");
        assert_eq!(path, folder.path().join("stock.errors.csv"));
        let text = std::fs::read_to_string(&path).expect("readable");
        assert_eq!(text, "sku;qty;extra;trueup_row;trueup_error\nA;1,5;x;2;\"qty \"\"1,5\"\" has a comma\"\n");
        let again = Table::open(&path, COLUMNS, &ProgressBar::hidden()).expect("readable");
        assert_eq!(again.unknown, ["extra"]);
    }

    #[test]
    fn a_clean_import_leaves_no_file_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("stock.csv");
        std::fs::write(&file, "sku,qty\n").expect("written");
        let table = Table::open(&file, COLUMNS, &ProgressBar::hidden()).expect("readable");
        let mut report = Report::default().refused_to(Some(RefusedRows::beside(&file, &table)));
        assert_eq!(report.finish().expect("nothing to write"), None);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn warnings_of_a_kind_are_counted_and_the_first_is_told() {
        let mut report = Report::default();
        for row in 2..5 {
            report.warn("rows of one key were added up", row, || format!("bin {row}"));
        }
        assert_eq!(
            report.warnings().collect::<Vec<_>>(),
            ["rows of one key were added up: 3 rows, first row 2: bin 2"]
        );
    }

    #[test]
    fn large_numbers_are_written_in_threes() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (608_841, "608,841"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(number), text);
        }
    }
}

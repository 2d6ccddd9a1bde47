//! A CSV file as rows of named cells: columns by name in any order, comma, semicolon or tab, quotes as usual.
//!
//! Streams: no more than one record is in memory. Absent: what the cells mean ([`super::cell`] and the nouns).

use super::source::{FileError, Source, open, windows_1252};
use csv::{ByteRecord, StringRecord};
use indicatif::ProgressBar;
use std::{
    io::BufRead,
    path::{Path, PathBuf},
};

/// Whether a file can do without a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Without it nothing can be read.
    Required,
    /// May be absent.
    Optional,
    /// Known, and not kept by Trueup: named in a note, not as unknown.
    NotKept,
}

/// A column that a kind of file may have.
#[derive(Debug)]
pub struct Column {
    /// Its name, and other names it goes by.
    pub names: &'static [&'static str],
    /// Whether it must be there.
    pub need: Need,
}

/// Columns that Trueup itself writes beside refused rows; ignored when such a file comes back.
pub const ERROR_COLUMNS: [&str; 2] = ["trueup_row", "trueup_error"];

/// The longest record read: far more than any real one, little enough to fit in memory whatever the file holds.
const RECORD_BYTES_MAX: usize = 256 * 1024;

/// Where the cells of the named columns stand in a record.
#[derive(Debug, Clone)]
pub struct Layout {
    columns: &'static [Column],
    place: Vec<Option<usize>>,
    /// How many cells each record must have.
    width: usize,
}

impl Layout {
    /// The cell of a column, trimmed; empty where the file has no such column.
    pub fn cell<'r>(&self, record: &'r StringRecord, column: usize) -> &'r str {
        self.place[column].and_then(|at| record.get(at)).unwrap_or("").trim()
    }
    /// Whether the file has the column at all.
    pub fn has(&self, column: usize) -> bool {
        self.place[column].is_some()
    }
    /// The name of a column.
    pub fn name(&self, column: usize) -> &'static str {
        self.columns[column].names[0]
    }
    /// How many cells each record must have.
    pub fn width(&self) -> usize {
        self.width
    }
}

/// An open CSV file.
pub struct Table {
    path: PathBuf,
    reader: csv::Reader<Lines>,
    skipped: u64,
    layout: Layout,
    header: StringRecord,
    delimiter: u8,
    bytes: ByteRecord,
    /// Columns nobody knows.
    pub unknown: Vec<String>,
    /// Columns that are known and not kept.
    pub not_kept: Vec<String>,
}

impl Table {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// Every [`FileError`] that is about the whole file or its header.
    pub fn open(path: &Path, columns: &'static [Column], bar: &ProgressBar) -> Result<Self, FileError> {
        let mut source = open(path, bar)?;
        let wanted =
            || name_all(columns.iter().filter(|column| column.need == Need::Required).map(|column| column.names[0]));
        let first =
            source.text.fill_buf().map_err(|error| FileError::Unreadable { path: path.into(), source: error })?;
        if first.iter().all(u8::is_ascii_whitespace) {
            return Err(FileError::Empty { path: path.into(), wanted: wanted() });
        }
        let delimiter = guess_delimiter(first);
        let skipped = source.skipped;
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(Lines { source, since_record: 0, pairs: false, last: b'\n' });
        let mut table = Self {
            path: path.into(),
            reader,
            skipped,
            layout: Layout { columns, place: Vec::new(), width: 0 },
            header: StringRecord::new(),
            delimiter,
            bytes: ByteRecord::new(),
            unknown: Vec::new(),
            not_kept: Vec::new(),
        };
        let mut header = StringRecord::new();
        if table.read(&mut header)?.is_none() {
            return Err(FileError::Empty { path: path.into(), wanted: wanted() });
        }
        table.lay_out(header, &wanted())?;
        Ok(table)
    }

    fn lay_out(&mut self, header: StringRecord, wanted: &str) -> Result<(), FileError> {
        let columns = self.layout.columns;
        let mut place = vec![None; columns.len()];
        for (at, written) in header.iter().enumerate() {
            let name = written.trim().to_lowercase().replace([' ', '-'], "_");
            let known = columns.iter().position(|column| column.names.contains(&name.as_str()));
            match known {
                Some(column) if place[column].is_some() => {
                    return Err(FileError::DoubledColumn { path: self.path.clone(), name: written.trim().into() });
                }
                Some(column) => {
                    place[column] = Some(at);
                    if columns[column].need == Need::NotKept {
                        self.not_kept.push(name);
                    }
                }
                None if name.is_empty() || ERROR_COLUMNS.contains(&name.as_str()) => {}
                None => self.unknown.push(written.trim().into()),
            }
        }
        let missing =
            || columns.iter().zip(&place).filter(|(column, at)| column.need == Need::Required && at.is_none());
        if missing().next().is_some() {
            return Err(FileError::MissingColumns {
                path: self.path.clone(),
                missing: name_all(missing().map(|(column, _)| column.names[0])),
                found: name_all(header.iter().map(str::trim)),
                needed: wanted.into(),
            });
        }
        self.layout.width = header.len();
        self.layout.place = place;
        self.header = header;
        Ok(())
    }

    /// Where the cells stand.
    pub fn layout(&self) -> Layout {
        self.layout.clone()
    }
    /// The header as it was written.
    pub fn header(&self) -> &StringRecord {
        &self.header
    }
    /// The character between cells.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Reads the next record and answers its row: the line of the file in which it begins, the header being row 1.
    ///
    /// # Errors
    /// [`FileError::NotUtf8`], [`FileError::Endless`], [`FileError::Unreadable`].
    pub fn read(&mut self, record: &mut StringRecord) -> Result<Option<u64>, FileError> {
        self.reader.get_mut().since_record = 0;
        let before = self.reader.position().line();
        let more = self.reader.read_byte_record(&mut self.bytes).map_err(|error| self.refuse(error, before))?;
        if !more {
            return Ok(None);
        }
        let bytes = std::mem::take(&mut self.bytes);
        // the record's own end is one line, and each line break inside quotes is one more; blank lines before it are not its own
        let inside = bytes.iter().flatten().filter(|byte| **byte == b'\n').count();
        let row = self.reader.position().line() - 1 - to_u64(inside);
        match StringRecord::from_byte_record(bytes) {
            Ok(text) => {
                // the old record's buffers are used again for the next one
                self.bytes = std::mem::replace(record, text).into_byte_record();
                Ok(Some(row))
            }
            Err(error) => {
                let (field, at) = (error.utf8_error().field(), error.utf8_error().valid_up_to());
                Err(self.not_utf8(&error.into_byte_record(), field, at, row))
            }
        }
    }

    /// Byte `at` of cell `field` is not UTF-8.
    fn not_utf8(&self, bytes: &ByteRecord, field: usize, at: usize, row: u64) -> FileError {
        let byte = bytes.get(field).and_then(|cell| cell.get(at)).copied().unwrap_or(0);
        // counted back from the record's end; quotation marks behind the cell make it a few bytes late
        let behind: usize = bytes.iter().skip(field).map(|cell| cell.len() + 1).sum();
        let end = self.reader.position().byte();
        let dropped = if self.reader.get_ref().pairs { row - 1 } else { 0 };
        FileError::NotUtf8 {
            path: self.path.clone(),
            row,
            column: self
                .header
                .get(field)
                .map_or_else(|| format!("number {}", field + 1), |name| name.trim().to_owned()),
            byte,
            offset: self.skipped + dropped + end + to_u64(at) - to_u64(behind).min(end),
            guess: windows_1252(byte),
        }
    }

    fn refuse(&self, error: csv::Error, row: u64) -> FileError {
        let source = match error.into_kind() {
            csv::ErrorKind::Io(source) => source,
            other => std::io::Error::other(format!("{other:?}")),
        };
        if source.kind() == std::io::ErrorKind::FileTooLarge {
            return FileError::Endless { path: self.path.clone(), row, limit_kb: RECORD_BYTES_MAX / 1024 };
        }
        FileError::Unreadable { path: self.path.clone(), source }
    }
}

/// The text as the CSV reader gets it: every line ends with one line feed, the last one too, so that lines can be
/// counted; and no more than a bound is read between two records, so that a quote that is never closed does not read a
/// whole disk into memory.
struct Lines {
    source: Source,
    since_record: usize,
    /// Whether lines end with a carriage return and a line feed, of which one is dropped.
    pairs: bool,
    last: u8,
}

impl std::io::Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since_record > RECORD_BYTES_MAX {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        loop {
            let read = self.source.read(buffer)?;
            if read == 0 {
                let unfinished = !matches!(self.last, b'\n' | b'\r') && !buffer.is_empty();
                if unfinished {
                    (buffer[0], self.last) = (b'\n', b'\n');
                }
                return Ok(usize::from(unfinished));
            }
            let mut kept = 0;
            for at in 0..read {
                let byte = buffer[at];
                // \r\n is one end of a line, and so is a \r alone
                if byte == b'\n' && self.last == b'\r' {
                    self.pairs = true;
                } else {
                    buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
                self.last = byte;
            }
            self.since_record += kept;
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The character that separates the cells of the header, outside quotes. A header without any is one column wide, for
/// which a comma is as good as any.
fn guess_delimiter(text: &[u8]) -> u8 {
    let header = text.split(|byte| *byte == b'\n' || *byte == b'\r').find(|line| !line.is_empty()).unwrap_or(text);
    let mut quoted = false;
    let mut seen = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in header {
        quoted ^= *byte == b'"';
        if let Some((_, times)) = seen.iter_mut().find(|(delimiter, _)| delimiter == byte && !quoted) {
            *times += 1;
        }
    }
    // the first of equals wins: the comma
    seen.iter().rev().max_by_key(|(_, times)| *times).map_or(b',', |(delimiter, _)| *delimiter)
}

/// `a, b and c`
pub fn name_all<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::file;

    const COLUMNS: &[Column] = &[
        Column { names: &["sku"], need: Need::Required },
        Column { names: &["qty", "quantity"], need: Need::Required },
        Column { names: &["note"], need: Need::Optional },
        Column { names: &["brand"], need: Need::NotKept },
    ];

    fn read(bytes: &[u8]) -> Result<Vec<(u64, String, String)>, FileError> {
        let file = file(bytes);
        let mut table = Table::open(file.path(), COLUMNS, &ProgressBar::hidden())?;
        let (layout, mut record, mut rows) = (table.layout(), StringRecord::new(), Vec::new());
        while let Some(row) = table.read(&mut record)? {
            rows.push((row, layout.cell(&record, 0).to_owned(), layout.cell(&record, 1).to_owned()));
        }
        Ok(rows)
    }

    fn check(bytes: &[u8], rows: &[(u64, &str, &str)]) {
        let read = read(bytes).expect("readable");
        let read: Vec<_> = read.iter().map(|(row, sku, qty)| (*row, sku.as_str(), qty.as_str())).collect();
        assert_eq!(read, rows, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_with_any_usual_separator() {
        check(b"sku,qty\nA,1\n", &[(2, "A", "1")]);
        check(b"Quantity;SKU\r\n1,5;A\r\n", &[(2, "A", "1,5")]);
        check(b"\xEF\xBB\xBFsku\tnote\tqty\nA\tx, y; z\t2\n", &[(2, "A", "2")]);
        check(b"sku,qty\r\n\r\nA,1\r\n\"B\r\nC\",2\r\nD,3", &[(3, "A", "1"), (4, "B\nC", "2"), (6, "D", "3")]);
        check(b"sku,qty\rA,1\r", &[(2, "A", "1")]);
        check(b"sku,qty\n\n\"A\nB\", 3\nC,4", &[(3, "A\nB", "3"), (5, "C", "4")]);
        check("sku,qty\nCrème,1\n".as_bytes(), &[(2, "Crème", "1")]);
    }

    #[test]
    fn a_compressed_file_reads_like_a_plain_one_whatever_its_name() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, b"sku,qty\nA,1\n").expect("in memory");
        let bytes = gzip.finish().expect("in memory");
        check(&bytes, &[(2, "A", "1")]);
        let cut = read(&bytes[..bytes.len() - 6]).expect_err("the end is missing").to_string();
        assert!(cut.contains("cannot be read"), "{cut}");
    }

    #[test]
    fn latin_1_is_refused_with_row_byte_and_remedy() {
        let said = read(b"sku,qty\nA,1\nCr\xE8me,2\n").expect_err("not UTF-8").to_string();
        for part in ["row 3", "column sku", "0xE8", "byte 14 of the file", "\"è\"", "CSV UTF-8"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let said = read(b"sku,qty\r\nA,1\r\nCr\xE8me,2\r\n").expect_err("not UTF-8").to_string();
        assert!(said.contains("row 3") && said.contains("byte 16 of the file"), "{said}");
        let said = read(b"sku,qty,gr\xF6\xDFe\nA,1,2\n").expect_err("not UTF-8").to_string();
        assert!(said.contains("row 1, column number 3"), "{said}");
    }

    #[test]
    fn utf_16_spreadsheets_and_binary_files_are_told_apart() {
        let utf16 = |mark: &[u8]| -> Vec<u8> {
            mark.iter().copied().chain("sku,qty\nA,1".bytes().flat_map(|b| [b, 0])).collect()
        };
        for (bytes, word) in [
            (utf16(&[0xFF, 0xFE]), "UTF-16"),
            (utf16(&[]), "UTF-16"),
            (b"PK\x03\x04rest".to_vec(), "spreadsheet"),
            (b"sku,qty\nA\0,1".to_vec(), "binary"),
            (Vec::new(), "empty"),
            (b"\n \n".to_vec(), "empty"),
        ] {
            let said = read(&bytes).expect_err(word).to_string();
            assert!(said.contains(word), "{word}: {said}");
        }
    }

    #[test]
    fn missing_and_doubled_columns_are_named_with_what_was_found() {
        let said = read(b"sku,menge\nA,1\n").expect_err("no qty").to_string();
        assert!(said.contains("no column qty. Columns found: sku, menge. Needed: sku, qty"), "{said}");
        let said = read(b"sku,qty,QUANTITY\nA,1,2\n").expect_err("twice").to_string();
        assert!(said.contains("QUANTITY twice"), "{said}");
    }

    #[test]
    fn unknown_columns_are_kept_apart_from_known_ones_that_are_not_kept() {
        let file = file(b"sku,qty,Farbe,brand,trueup_error\nA,1,red,Acme,\n");
        let table = Table::open(file.path(), COLUMNS, &ProgressBar::hidden()).expect("readable");
        assert_eq!((table.unknown, table.not_kept), (vec!["Farbe".to_owned()], vec!["brand".to_owned()]));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_named_and_not_read_into_memory() {
        let mut bytes = b"sku,qty\nA,1\nB,\"2\n".to_vec();
        bytes.extend(b"C,3\n".repeat(400_000));
        let said = read(&bytes).expect_err("endless").to_string();
        assert!(said.contains("begins in row 3") && said.contains("never closed"), "{said}");
    }
}

//! Opens a file for reading as text: plain or gzip, with or without a byte order mark, told apart by its first bytes
//! and not by its name. Says early and in words what it is when it is not text.
//!
//! Absent: rows and columns ([`super::table`]).

use indicatif::ProgressBar;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

/// How to save a file so that it can be read; part of every sentence about encodings, which goes on with the
/// encoding that the file seems to have and the two files.
const SAVE_AS_UTF8: &str = "Save it as UTF-8: in Excel choose \"CSV UTF-8 (comma delimited)\", in LibreOffice tick \"Edit filter \
settings\" and choose \"Unicode (UTF-8)\", or run: iconv -t UTF-8 -f";

/// Why a file as a whole cannot be read. Nothing of such a file is recorded.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be opened or read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There is nothing in it.
    #[error("{} is empty. Its first row must name the columns: {wanted}", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
        /// The columns that are needed.
        wanted: String,
    },
    /// It is text in UTF-16.
    #[error("{} is written in UTF-16 (Excel calls it \"Unicode text\"), not in UTF-8. {SAVE_AS_UTF8} UTF-16 OLD > NEW", path.display())]
    Utf16 {
        /// Which file.
        path: PathBuf,
    },
    /// It is a spreadsheet or another binary file.
    #[error("{} is {what}, not a CSV text. Open it in the program that made it and save it as CSV in UTF-8", path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
        /// What it looks like.
        what: &'static str,
    },
    /// Some byte is not UTF-8.
    #[error(
        "{} is not UTF-8: row {row}, column {column} holds the byte 0x{byte:02X} (byte {offset} of the file; \
         it would be \"{guess}\" in Windows-1252). Nothing was recorded. {SAVE_AS_UTF8} WINDOWS-1252 OLD > NEW",
        path.display()
    )]
    NotUtf8 {
        /// Which file.
        path: PathBuf,
        /// The row, counted as lines of the file from 1.
        row: u64,
        /// The column by name, or by its number where it has no name.
        column: String,
        /// The byte.
        byte: u8,
        /// Its place in the (uncompressed) file, from 0.
        offset: u64,
        /// What it would be in the encoding that is meant most often.
        guess: char,
    },
    /// Columns that are needed are not there.
    #[error("{} has no column {missing}. Columns found: {found}. Needed: {needed}. They may stand in any order", path.display())]
    MissingColumns {
        /// Which file.
        path: PathBuf,
        /// What is missing.
        missing: String,
        /// What the header says.
        found: String,
        /// All that are needed.
        needed: String,
    },
    /// One column is there twice.
    #[error("{} names the column {name} twice, so it is not clear which one counts. Remove or rename one", path.display())]
    DoubledColumn {
        /// Which file.
        path: PathBuf,
        /// The column.
        name: String,
    },
    /// A record that no hand wrote: most likely a quote that is never closed.
    #[error(
        "{}: the record that begins in row {row} is longer than {limit_kb} KB. Most likely a quotation mark was opened there and \
         never closed", path.display()
    )]
    Endless {
        /// Which file.
        path: PathBuf,
        /// Where it begins.
        row: u64,
        /// The limit.
        limit_kb: usize,
    },
}

/// A text to read, with the place it came from.
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// The text after a byte order mark, decompressed.
    pub text: Box<dyn BufRead + Send>,
    /// Bytes of the mark that was skipped.
    pub skipped: u64,
}

/// Opens a file and looks at its first bytes. The bar is moved by bytes read from the disk.
///
/// # Errors
/// [`FileError::Unreadable`], [`FileError::Utf16`], [`FileError::NotText`].
pub fn open(path: &Path, bar: &ProgressBar) -> Result<Source, FileError> {
    let unreadable = |source| FileError::Unreadable { path: path.into(), source };
    let file = File::open(path).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    if about.is_dir() {
        return Err(unreadable(io::Error::other("it is a folder")));
    }
    bar.set_length(about.len());
    bar.set_position(0);
    let mut plain = BufReader::with_capacity(READ_BYTES, bar.wrap_read(file));
    let compressed = plain.fill_buf().map_err(unreadable)?.starts_with(&[0x1F, 0x8B]);
    let mut text: Box<dyn BufRead + Send> = if compressed {
        Box::new(BufReader::with_capacity(READ_BYTES, flate2::bufread::MultiGzDecoder::new(plain)))
    } else {
        Box::new(plain)
    };
    let first = text.fill_buf().map_err(unreadable)?;
    let not_text = |what| Err(FileError::NotText { path: path.into(), what });
    match first {
        [0xEF, 0xBB, 0xBF, ..] => {
            text.consume(3);
            return Ok(Source { path: path.into(), text, skipped: 3 });
        }
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Err(FileError::Utf16 { path: path.into() }),
        [b'P', b'K', 3, 4, ..] => return not_text("a spreadsheet (or another zip archive)"),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return not_text("an old Excel file"),
        [b'%', b'P', b'D', b'F', ..] => return not_text("a PDF"),
        // Latin letters in UTF-16 without a mark: every other byte is zero
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] if *a != 0 && *b != 0 => {
            return Err(FileError::Utf16 { path: path.into() });
        }
        _ if first.iter().take(1000).any(|byte| *byte == 0) => return not_text("a binary file"),
        _ => {}
    }
    Ok(Source { path: path.into(), text, skipped: 0 })
}

/// Bytes read from the disk at once: enough that the disk is not the bottleneck, little beside everything else.
const READ_BYTES: usize = 256 * 1024;

/// What a byte would be in Windows-1252, for the hint in [`FileError::NotUtf8`].
pub fn windows_1252(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x8A => 'Š',
        0x8C => 'Œ',
        0x8E => 'Ž',
        0x91 | 0x92 => '’',
        0x93 | 0x94 => '"',
        0x96 | 0x97 => '–',
        0x9A => 'š',
        0x9C => 'œ',
        0x9E => 'ž',
        other if (0x80..0xA0).contains(&other) => '?',
        other => char::from(other),
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.text.read(buffer)
    }
}

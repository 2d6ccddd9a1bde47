//! One cell of a row: text, code, exact number, instant. What cannot be read says what it was, what was expected and
//! what to do.
//!
//! Absent: defaults for quantities. Unreadable never becomes zero (`STYLE.md` section 5).

use csv::StringRecord;
use shared::{moment::Moment, money::Money, quantity::Quantity};

use super::table::Layout;

/// Characters in a code (SKU, barcode, location, lot, serial), at most: GS1 data carriers hold no more than about 90
/// in one element string, and people cannot read longer ones to each other.
pub const CODE_CHARS_MAX: usize = 100;
/// Characters in a description, at most: twice the longest of 58,116 real ones.
pub const TEXT_CHARS_MAX: usize = 1000;
/// Characters of a wrong value that are shown.
const SHOWN_CHARS: usize = 60;

/// What is wrong with one cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// The column.
    pub column: &'static str,
    /// What stood there, cut to what can be shown.
    pub value: String,
    /// What is wrong, what was expected and what to do.
    pub problem: String,
}

impl std::fmt::Display for CellError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.column.is_empty() {
            return f.write_str(&self.problem);
        }
        write!(f, "{} \"{}\" {}", self.column, self.value, self.problem)
    }
}

/// The cells of one record while they are read; collects everything that is wrong with the row, not only the first.
pub struct Cells<'r> {
    layout: &'r Layout,
    record: &'r StringRecord,
    /// What is wrong so far.
    pub errors: Vec<CellError>,
}

impl<'r> Cells<'r> {
    /// The cells of a record. A record with more or fewer cells than the header is wrong as a whole.
    pub fn of(layout: &'r Layout, record: &'r StringRecord) -> Self {
        let mut cells = Self { layout, record, errors: Vec::new() };
        if record.len() != layout.width() {
            cells.errors.push(CellError {
                column: "",
                value: String::new(),
                problem: format!(
                    "the row has {} cells where the header has {}: put texts that contain the separator into \"quotation marks\", \
                     and close each quotation mark",
                    record.len(),
                    layout.width()
                ),
            });
        }
        cells
    }

    /// Whether nothing is wrong so far.
    pub fn fine(&self) -> bool {
        self.errors.is_empty()
    }
    /// The cell as it is.
    pub fn raw(&self, column: usize) -> &'r str {
        self.layout.cell(self.record, column)
    }
    /// Whether the file has the column.
    pub fn has(&self, column: usize) -> bool {
        self.layout.has(column)
    }
    /// Says that a cell is wrong.
    pub fn wrong(&mut self, column: usize, problem: impl Into<String>) {
        let raw = self.raw(column);
        let value = match raw.char_indices().nth(SHOWN_CHARS) {
            Some((end, _)) => format!("{}… ({} characters)", &raw[..end], raw.chars().count()),
            None => raw.to_owned(),
        };
        self.errors.push(CellError { column: self.layout.name(column), value, problem: problem.into() });
    }

    /// A text of a limited length without control characters of ASCII; may be empty. Those of Latin-1 (U+0080 to U+009F)
    /// stay: real files have them where Windows-1252 was once taken for Latin-1, and [`is_damaged`] tells.
    pub fn text(&mut self, column: usize, chars_max: usize) -> &'r str {
        let raw = self.raw(column);
        if raw.len() > chars_max && raw.chars().count() > chars_max {
            self.wrong(column, format!("is longer than {chars_max} characters; shorten it"));
        } else if let Some(odd) = raw.chars().find(|c| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.wrong(column, format!("holds the control character U+{:04X}; remove it", u32::from(odd)));
        }
        raw
    }

    /// A code that may be empty: no control characters and no line breaks.
    pub fn code_or_empty(&mut self, column: usize) -> &'r str {
        let raw = self.raw(column);
        check_code(raw).err().into_iter().for_each(|problem| self.wrong(column, problem));
        raw
    }

    /// A code that must be there.
    pub fn code(&mut self, column: usize) -> &'r str {
        let raw = self.code_or_empty(column);
        if raw.is_empty() {
            self.wrong(column, "is empty; every row needs one");
        }
        raw
    }

    /// An exact quantity; zero is a number, minus zero is not.
    pub fn quantity(&mut self, column: usize) -> Option<Quantity> {
        let raw = self.raw(column);
        match raw.parse::<Quantity>() {
            Ok(quantity) if quantity.is_zero() && raw.starts_with('-') => {
                self.wrong(
                    column,
                    "is minus zero, where a sign or a digit went missing; write 0, or the number that is meant",
                );
                None
            }
            Ok(quantity) => Some(quantity),
            Err(error) => {
                self.wrong(column, error.to_string());
                None
            }
        }
    }

    /// A quantity above zero.
    pub fn quantity_above_zero(&mut self, column: usize) -> Option<Quantity> {
        let quantity = self.quantity(column)?;
        if quantity.is_zero() || quantity.is_negative() {
            self.wrong(column, "must be above zero, such as 1 or 12");
            return None;
        }
        Some(quantity)
    }

    /// An amount of money that is not below zero; an empty cell is unknown.
    pub fn money_or_unknown(&mut self, column: usize) -> Option<Money> {
        let raw = self.raw(column);
        if raw.is_empty() {
            return None;
        }
        match raw.parse::<Money>() {
            Ok(money) if money.is_negative() || raw.starts_with('-') => {
                self.wrong(
                    column,
                    "is below zero; expected an amount such as 0.1051, or an empty cell where it is not known",
                );
                None
            }
            Ok(money) => Some(money),
            Err(error) => {
                self.wrong(column, error.to_string());
                None
            }
        }
    }

    /// An instant with its offset from UTC, or a bare date.
    pub fn moment(&mut self, column: usize) -> Option<Moment> {
        let moment = parse_moment(self.raw(column));
        if moment.is_none() {
            self.wrong(
                column,
                "is not a time; expected a date and time with its offset from UTC such as 2026-11-23T14:05:00Z or \
                 2026-11-23T15:05:00+01:00, or a date such as 2026-11-23 (midnight UTC)",
            );
        }
        moment
    }
}

/// Whether a text holds characters that nobody sees, left over from a wrong conversion of Windows-1252.
pub fn is_damaged(text: &str) -> bool {
    text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c))
}

/// Reads an instant between 1970 and 9999; earlier and later ones are typing mistakes in a stock record.
pub fn parse_moment(text: &str) -> Option<Moment> {
    Moment::parse(text).filter(|moment| (0..253_402_300_800_000).contains(&moment.0))
}

/// Whether a text can be a code.
///
/// # Errors
/// Says what no code has.
pub fn check_code(text: &str) -> Result<(), String> {
    if text.len() > CODE_CHARS_MAX && text.chars().count() > CODE_CHARS_MAX {
        return Err(format!("is longer than {CODE_CHARS_MAX} characters; a code is short enough to be scanned"));
    }
    if let Some(odd) = text.chars().find(|c| c.is_control()) {
        return Err(format!(
            "holds the control character U+{:04X} (a line break or tab is one); remove it",
            u32::from(odd)
        ));
    }
    Ok(())
}

/// Whether a text can be a barcode: a code that no spreadsheet has turned into a rounded number.
///
/// # Errors
/// Says what no barcode has.
pub fn check_barcode(text: &str) -> Result<(), String> {
    check_code(text)?;
    let spoiled = text.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        let digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        digits.contains(['.', ','])
            && digits.chars().all(digit)
            && power.strip_prefix('+').is_some_and(|p| p.chars().all(digit))
    });
    if spoiled {
        return Err(
            "was rounded by a spreadsheet and its digits are lost; export it again with the column set to text".into(),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{
        table::{Column, Need, Table},
        testing::file,
    };
    use indicatif::ProgressBar;

    const COLUMNS: &[Column] = &[Column { names: &["cell"], need: Need::Required }];

    fn with<T>(cell: &str, read: impl Fn(&mut Cells) -> T) -> (T, String) {
        let file = file(format!("cell\n\"{cell}\"\n").as_bytes());
        let mut table = Table::open(file.path(), COLUMNS, &ProgressBar::hidden()).expect("readable");
        let (layout, mut record) = (table.layout(), StringRecord::new());
        table.read(&mut record).expect("readable").expect("a row");
        let mut cells = Cells::of(&layout, &record);
        let value = read(&mut cells);
        (value, cells.errors.first().map(ToString::to_string).unwrap_or_default())
    }

    #[test]
    fn a_quantity_that_is_not_one_is_never_zero() {
        let check = |cell: &str, word: &str| {
            let (value, said) = with(cell, |cells| cells.quantity(0));
            assert_eq!(value, None, "{cell}");
            assert!(said.contains(word) && said.starts_with("cell \""), "{cell}: {said}");
        };
        check("1,5", "comma");
        check("-0", "minus zero");
        check("-0.00", "minus zero");
        check("", "is empty");
        check("1234567890123456789012345678901234567890", "too large");
        check("0.0000001", "six decimals");
        check("1e3", "'e'");
        check("12 pcs", "' '");
        check("NaN", "'N'");
        check("=1+1", "'='");
        assert_eq!(with("-2.50", |cells| cells.quantity(0)), (Some(Quantity::from_micro(-2_500_000)), String::new()));
        assert_eq!(with("0", |cells| cells.quantity(0)), (Some(Quantity::ZERO), String::new()));
    }

    #[test]
    fn an_empty_cost_is_unknown_and_a_negative_one_is_wrong() {
        assert_eq!(with("", |cells| cells.money_or_unknown(0)), (None, String::new()));
        assert_eq!(with("0", |cells| cells.money_or_unknown(0)).0, Some(Money::ZERO));
        assert!(with("-1", |cells| cells.money_or_unknown(0)).1.contains("below zero"));
    }

    #[test]
    fn a_barcode_that_a_spreadsheet_rounded_is_refused() {
        assert!(check_barcode("9.00871E+12").is_err());
        assert!(check_barcode("9,00871E+12").is_err());
        assert_eq!(check_barcode("9008700124195"), Ok(()));
        assert_eq!(check_barcode("ARR-1E5"), Ok(()));
        assert!(check_barcode("A\u{1d}B").is_err());
        assert!(check_barcode(&"9".repeat(101)).is_err());
    }

    #[test]
    fn a_time_needs_to_say_where() {
        assert!(with("2026-11-23T14:05:00Z", |cells| cells.moment(0)).0.is_some());
        assert!(with("2026-11-23", |cells| cells.moment(0)).0.is_some());
        for wrong in ["2026-11-23 14:05", "23.11.2026", "", "0026-11-23"] {
            assert!(with(wrong, |cells| cells.moment(0)).1.contains("offset from UTC"), "{wrong}");
        }
    }

    #[test]
    fn a_long_wrong_value_is_cut() {
        let said = with(&"9".repeat(500), |cells| cells.quantity(0)).1;
        assert!(said.len() < 250 && said.contains("(500 characters)"), "{said}");
    }
}

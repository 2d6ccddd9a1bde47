//! `trueup import …`: what can be read from files, and how.
//!
//! Absent: the columns' rules ([`crate::import`]).

use super::Data;
use clap::{Args, Subcommand};
use shared::moment::Moment;
use std::path::PathBuf;

/// `trueup import …`
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Items. Columns: sku, description; and where wanted barcodes (separated by ;), uom, unit_cost, currency,
    /// category, abc, tracking (none, lot, lot_expiry, serial).
    Items(ImportFile),
    /// Barcodes with pack factors. Columns: sku, barcode, pack_qty.
    Barcodes(ImportFile),
    /// Locations. Columns: code; and where wanted zone, aisle, bay, level, type, barcode, walk_order.
    Locations(ImportFile),
    /// On-hand figures as of an instant. Columns: location, sku, qty; and where wanted lot, serial.
    Stock(ImportStock),
    /// Movements, each taken once however often it is delivered. Columns: time, sku, location, qty (signed), type; and
    /// where wanted lot, serial, ref.
    Movements(ImportMovements),
    /// People with their roles on the site. Columns: username, name, roles (separated by ;); and where wanted language,
    /// approval_limit.
    People(ImportPeople),
}

/// What every import is given.
#[derive(Debug, Clone, Args)]
pub struct ImportFile {
    /// A CSV file in UTF-8 whose first row names the columns, in any order; comma, semicolon or tab; may be gzipped.
    pub file: PathBuf,
    /// The code of the site.
    #[arg(long, value_name = "CODE")]
    pub site: String,
    /// Says what would happen and records nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Records the good rows although others are refused, and writes the refused ones beside the file (items.csv →
    /// items.errors.csv), to be corrected and imported again. Without this it is all or nothing.
    #[arg(long)]
    pub accept_good_rows: bool,
    /// Prints one line for each row: new, changed, same, or what is wrong with it.
    #[arg(long)]
    pub rows: bool,
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
}

/// `trueup import stock`
#[derive(Debug, Clone, Args)]
pub struct ImportStock {
    /// The file.
    #[command(flatten)]
    pub file: ImportFile,
    /// When the figures held, such as 2026-11-23T06:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_moment)]
    pub as_of: Option<Moment>,
    /// The file names everything that is in stock: keys that are not in it become 0.
    #[arg(long, conflicts_with = "accept_good_rows")]
    pub complete: bool,
    /// What the system is called that the figures come from.
    #[arg(long, value_name = "NAME", default_value = "import")]
    pub source: String,
}

/// `trueup import movements`
#[derive(Debug, Clone, Args)]
pub struct ImportMovements {
    /// The file.
    #[command(flatten)]
    pub file: ImportFile,
    /// What the system is called that the movements come from; references are unique within it.
    #[arg(long, value_name = "NAME", default_value = "import")]
    pub source: String,
}

/// `trueup import people`
#[derive(Debug, Clone, Args)]
pub struct ImportPeople {
    /// The file.
    #[command(flatten)]
    pub file: ImportFile,
    /// Where people reach the server, put before the one-time links with which new people set a password.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// Writes the links to this new file, readable for you alone, instead of printing them.
    #[arg(long, value_name = "FILE")]
    pub links: Option<PathBuf>,
}

fn parse_moment(text: &str) -> Result<Moment, String> {
    crate::import::cell::parse_moment(text)
        .ok_or_else(|| "expected a date and time with its offset from UTC, such as 2026-11-23T06:00:00Z".into())
}

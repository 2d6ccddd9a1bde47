//! `trueup import`: reads a file, says what each row would do, and records all of them or none (or, where wished, the
//! good ones).
//!
//! Absent: what rows mean ([`crate::import`]). A running server has the folder to itself, so it is stopped for this.

pub(super) mod movement;
mod people;

use super::{open_existing, site_of, thousands};
use crate::{
    action::{
        Doer, Failure, record_items::record_items, record_locations::record_locations,
        record_statement::record_statement,
    },
    cli::{self, Ending, ImportFile, ImportStock},
    import::{
        barcode,
        catalogue::{Catalogue, Numbers},
        item, location,
        report::{RefusedRows, Report},
        stock::{self, Extent},
        table::{Column, Table},
    },
    store::{self, Store, WriteTx, import as known},
};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use shared::{
    fact::StatementRow,
    id::{MovementId, SiteId},
};
use std::{io::Write, time::Instant};

/// The action that records movements gives them their numbers.
const UNNUMBERED: MovementId = MovementId(0);

/// Runs one import.
///
/// # Errors
/// What is wrong with the file as a whole, or with the database.
pub fn import(import: &cli::Import) -> anyhow::Result<Ending> {
    match import {
        cli::Import::Items(file) => items(file),
        cli::Import::Barcodes(file) => barcodes(file),
        cli::Import::Locations(file) => locations(file),
        cli::Import::Stock(stock) => figures(stock),
        cli::Import::Movements(movements) => movement::movements(movements),
        cli::Import::People(people) => people::people(people),
    }
}

/// One import under way: the store, the site, the open file and what is said about it.
pub(super) struct Job<'a> {
    pub file: &'a ImportFile,
    pub store: Store,
    pub site: known::SiteRow,
    pub table: Table,
    pub report: Report,
    pub bar: ProgressBar,
    began: Instant,
}

impl<'a> Job<'a> {
    pub fn begin(file: &'a ImportFile, columns: &'static [Column]) -> anyhow::Result<Self> {
        let bar = ProgressBar::no_length().with_style(
            ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        // the file before the folder: a mistyped path is said without a database being looked for
        let table = Table::open(&file.file, columns, &bar)?;
        let store = open_existing(&file.data.data)?;
        let site = store.read_blocking(|tx| site_of(tx, &file.site))?;
        let listing =
            file.rows.then(|| -> Box<dyn Write + Send> { Box::new(std::io::BufWriter::new(std::io::stdout())) });
        let refused = (file.accept_good_rows && !file.dry_run).then(|| RefusedRows::beside(&file.file, &table));
        let mut report = Report::default().listing_to(listing).refused_to(refused);
        report.header(&table);
        bar.set_message(format!("Reading {}", file.file.display()));
        Ok(Self { file, store, site, table, report, bar, began: Instant::now() })
    }

    fn numbers(&self, of: known::Imported) -> anyhow::Result<Numbers> {
        Ok(Numbers::from(self.store.read_blocking(|tx| known::next_number(tx, of))?))
    }

    /// Whether what was read is to be recorded.
    fn may_record(&self) -> bool {
        !self.file.dry_run && (self.report.refused == 0 || self.file.accept_good_rows)
    }

    /// Records what was read if that is wished, and says what happened.
    fn record<T: Send + 'static>(
        mut self,
        rows: Vec<T>,
        record: impl FnOnce(&mut WriteTx<'_>, &Doer, Vec<T>) -> Result<(), Failure> + Send + 'static,
    ) -> anyhow::Result<Ending> {
        // refused rows are on disk before anything is recorded: nobody loses them to a full disk
        let refused_rows = self.report.finish().context("the refused rows cannot be written; nothing was recorded")?;
        let recorded = self.may_record();
        if recorded && !rows.is_empty() {
            self.bar.set_message("Recording");
            let doer = Doer::import(self.site.id);
            self.store.write_blocking(move |tx| record(tx, &doer, rows))?;
        }
        self.say(recorded, refused_rows)
    }

    /// Says what was read, what was wrong, and what was recorded.
    pub fn say(self, recorded: bool, refused_rows: Option<std::path::PathBuf>) -> anyhow::Result<Ending> {
        self.bar.finish_and_clear();
        let (report, file) = (&self.report, self.file);
        for error in &report.errors {
            eprintln!("{}: {error}", file.file.display());
        }
        let unlisted = report.refused.saturating_sub(report.errors.len() as u64);
        if unlisted > 0 {
            eprintln!("… and {} more refused rows; --rows lists all of them", thousands(unlisted));
        }
        for warning in report.warnings() {
            eprintln!("Warning: {warning}");
        }
        let elapsed = self.began.elapsed();
        let per_second = u128::from(report.rows()) * 1000 / elapsed.as_millis().max(1);
        println!(
            "{}: {} rows in {elapsed:.1?} ({} rows a second)",
            file.file.display(),
            thousands(report.rows()),
            thousands(u64::try_from(per_second).unwrap_or(u64::MAX))
        );
        for (word, rows) in
            [("new", report.new), ("changed", report.changed), ("same", report.same), ("refused", report.refused)]
        {
            println!("  {word:<8} {:>12}", thousands(rows));
        }
        if let Some(path) = &refused_rows {
            println!("The refused rows are in {}. Correct them there and import that file.", path.display());
        }
        let site = &self.site.code;
        match (recorded, report.refused) {
            (true, _) if report.new + report.changed == 0 => println!("Nothing to record: site {site} has all of it."),
            (true, 0) => println!("Recorded at site {site}."),
            (true, _) => println!("The good rows were recorded at site {site}."),
            (false, 0) => println!("Nothing was recorded (--dry-run)."),
            (false, _) if file.dry_run => println!("Nothing was recorded (--dry-run)."),
            (false, _) => println!(
                "Nothing was recorded, because rows were refused. Correct them, or record the others with --accept-good-rows."
            ),
        }
        Ok(if report.refused > 0 { Ending::RowsRefused } else { Ending::Done })
    }
}

/// What the site has.
fn catalogue(store: &Store, site: SiteId) -> anyhow::Result<Catalogue> {
    let (items, locations) = store.read_blocking(|tx| -> Result<_, store::Error> {
        Ok((known::list_items(tx, site)?, known::list_locations(tx, site)?))
    })?;
    Ok(Catalogue::of(items, locations))
}

fn items(file: &ImportFile) -> anyhow::Result<Ending> {
    let mut job = Job::begin(file, item::COLUMNS)?;
    let (catalogue, mut numbers) = (catalogue(&job.store, job.site.id)?, job.numbers(known::Imported::Item)?);
    let rows = item::read_items(&mut job.table, &catalogue, &job.site.currency, &mut numbers, &mut job.report)?;
    job.record(rows, record_items)
}

fn barcodes(file: &ImportFile) -> anyhow::Result<Ending> {
    let mut job = Job::begin(file, barcode::COLUMNS)?;
    let catalogue = catalogue(&job.store, job.site.id)?;
    let rows = barcode::read_barcodes(&mut job.table, &catalogue, &mut job.report)?;
    job.record(rows, record_items)
}

fn locations(file: &ImportFile) -> anyhow::Result<Ending> {
    let mut job = Job::begin(file, location::COLUMNS)?;
    let (catalogue, mut numbers) = (catalogue(&job.store, job.site.id)?, job.numbers(known::Imported::Location)?);
    let rows = location::read_locations(&mut job.table, &catalogue, &mut numbers, &mut job.report)?;
    job.record(rows, record_locations)
}

fn figures(wanted: &ImportStock) -> anyhow::Result<Ending> {
    let mut job = Job::begin(&wanted.file, stock::COLUMNS)?;
    let now = job.store.clock().now();
    let as_of = wanted.as_of.unwrap_or(now);
    anyhow::ensure!(as_of <= now, "--as-of {as_of} is in the future; a statement says what was on hand");
    let catalogue = catalogue(&job.store, job.site.id)?;
    let site = job.site.id;
    let ledger = job.store.read_blocking(|tx| known::list_ledger(tx, site, as_of))?;
    let extent = if wanted.complete { Extent::Complete } else { Extent::Part };
    let figures = stock::read_stock(&mut job.table, &catalogue, &ledger, extent, &mut job.report)?;
    drop(ledger);
    let rows: Vec<_> =
        figures.into_iter().map(|(key, quantity)| StatementRow { key, quantity, movement: UNNUMBERED }).collect();
    let source = wanted.source.clone();
    job.record(rows, move |tx, doer, rows| record_statement(tx, doer, (&source, as_of), rows))
}

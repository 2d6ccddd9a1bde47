//! Movements: read twice as a stream, recorded in one transaction of many facts, so that memory stays bounded and it is
//! all or nothing.

use super::{super::thousands, Job};
use crate::{
    action::{Doer, FACT_ROWS_MAX, record_movements::record_movements},
    cli::{Ending, ImportMovements},
    import::{
        catalogue::Catalogue,
        movement::{COLUMNS, Recorded, RecordedMovements, References, count_references, read_movements},
        report::Report,
        table::Table,
    },
    store::{self, ReadTx, Store, WriteTx, import as known},
};
use anyhow::Context;
use indicatif::ProgressBar;
use shared::{fact::MovementRow, id::SiteId, moment::Moment};
use std::path::{Path, PathBuf};

/// `trueup import movements`
pub(super) fn movements(wanted: &ImportMovements) -> anyhow::Result<Ending> {
    let mut job = Job::begin(&wanted.file, COLUMNS)?;
    let references = count_references(&mut job.table)?;
    let catalogue = super::catalogue(&job.store, job.site.id)?;
    job.bar.set_message("Recording");
    let table = Table::open(&wanted.file.file, COLUMNS, &job.bar)?;
    let reading = Reading {
        table,
        catalogue,
        references,
        site: job.site.id,
        source: wanted.source.clone(),
        report: std::mem::take(&mut job.report),
        record: !wanted.file.dry_run,
        accept_good_rows: wanted.file.accept_good_rows,
    };
    // everything goes into the writer's thread and comes back out, taken back or kept
    match job.store.write_blocking(|tx| reading.run(tx)) {
        Ok(read) => {
            job.report = read.report;
            let recorded = job.may_record();
            job.say(recorded, read.refused_rows)
        }
        Err(Stop::TakenBack(read)) => {
            job.report = read.report;
            job.say(false, read.refused_rows)
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Records a file whole, and says nothing; for measuring.
pub(in crate::role) fn record_file(store: &Store, site: SiteId, file: &Path, source: &str) -> anyhow::Result<u64> {
    let bar = ProgressBar::hidden();
    let references = count_references(&mut Table::open(file, COLUMNS, &bar)?)?;
    let reading = Reading {
        table: Table::open(file, COLUMNS, &bar)?,
        catalogue: super::catalogue(store, site)?,
        references,
        site,
        source: source.to_owned(),
        report: Report::default(),
        record: true,
        accept_good_rows: false,
    };
    match store.write_blocking(|tx| reading.run(tx)) {
        Ok(read) => Ok(read.report.new),
        Err(Stop::TakenBack(read)) => anyhow::bail!("rows were refused: {:?}", read.report.errors.first()),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// What comes back: what was said, and where refused rows were written to.
struct Read {
    report: Report,
    refused_rows: Option<PathBuf>,
}

/// Why the transaction was taken back.
enum Stop {
    /// Rows were refused, or nothing was to be recorded.
    TakenBack(Box<Read>),
    Failed(anyhow::Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

struct Reading {
    table: Table,
    catalogue: Catalogue,
    references: References,
    site: SiteId,
    source: String,
    report: Report,
    record: bool,
    accept_good_rows: bool,
}

impl Reading {
    fn run(mut self, tx: &mut WriteTx<'_>) -> Result<Read, Stop> {
        let (site, source) = (self.site, self.source.as_str());
        let fresh = !known::has_movements(&tx.as_read(), site, source)?;
        let mut recorded = InStore { tx: tx.as_read(), site, source, fresh };
        let statement = known::latest_statement(&tx.as_read(), site)?;
        let mut before_statement = 0_u64;
        let mut chunk = Vec::with_capacity(FACT_ROWS_MAX);
        let (record, accept) = (self.record, self.accept_good_rows);
        read_movements(
            &mut self.table,
            &self.catalogue,
            &self.references,
            &mut recorded,
            &mut self.report,
            &mut |movement, report| {
                before_statement += u64::from(statement.is_some_and(|at| movement.effective_at <= at));
                chunk.push(movement);
                if chunk.len() == FACT_ROWS_MAX {
                    let rows = std::mem::replace(&mut chunk, Vec::with_capacity(FACT_ROWS_MAX));
                    // after the first refused row the rest is only checked: it will be taken back
                    if record && (accept || report.refused == 0) {
                        append(tx, site, source, rows)?;
                    }
                }
                Ok(())
            },
        )?;
        if let Some(at) = statement.filter(|_| before_statement > 0) {
            self.report.note(told_before(before_statement, at));
        }
        let keep = record && (accept || self.report.refused == 0);
        if keep && !chunk.is_empty() {
            append(tx, site, source, chunk)?;
        }
        let refused_rows = self.report.finish().context("the refused rows cannot be written; nothing was recorded")?;
        let read = Read { report: self.report, refused_rows };
        if keep { Ok(read) } else { Err(Stop::TakenBack(Box::new(read))) }
    }
}

/// Figures that were stated already are moved again by movements from before: whether the figures had them in, only who
/// stated them knows.
fn told_before(movements: u64, statement: Moment) -> String {
    format!(
        "{} movements happened before the stock statement of {statement} and changed what the ledger says then. If that \
         statement had them in, import it again with --as-of {statement}",
        thousands(movements)
    )
}

fn append(tx: &mut WriteTx<'_>, site: SiteId, source: &str, rows: Vec<MovementRow>) -> anyhow::Result<()> {
    Ok(record_movements(tx, &Doer::import(site), source, rows)?)
}

/// What the database has of the source.
struct InStore<'a> {
    tx: ReadTx<'a>,
    site: SiteId,
    source: &'a str,
    /// Nothing was recorded of it before: what this very file records is known to the reader itself.
    fresh: bool,
}

impl RecordedMovements for InStore<'_> {
    fn find(&mut self, reference: &str) -> anyhow::Result<Option<Recorded>> {
        if self.fresh {
            return Ok(None);
        }
        Ok(known::find_movement(&self.tx, self.site, self.source, reference)?)
    }
    fn has_lines(&mut self, reference: &str) -> anyhow::Result<bool> {
        Ok(!self.fresh && known::has_lines(&self.tx, self.site, self.source, reference)?)
    }
}

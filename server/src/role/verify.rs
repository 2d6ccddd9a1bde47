//! `trueup verify`: proves a database against its own facts, beside a running server or without one.
//!
//! Absent: mending. Secrets are not needed, and nothing is written.

use crate::{
    cli::{Ending, Verify},
    store::rebuild::{self, Report},
};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// Verifies and says what was found. Ends with trouble when anything is wrong.
///
/// # Errors
/// When there is no database to verify.
pub fn verify(arguments: &Verify) -> anyhow::Result<Ending> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} facts read, {elapsed}")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let report = rebuild::verify(&arguments.data.data, &mut |facts| bar.set_position(facts))?;
    bar.finish_and_clear();
    let seen = seen(&report);
    if report.is_clean() {
        println!("Everything agrees: {seen}.");
        return Ok(Ending::Done);
    }
    for problem in &report.problems {
        println!("WRONG: {problem}");
    }
    if report.unnamed > 0 {
        println!("WRONG: {} more of the same kind.", report.unnamed);
    }
    println!("Looked at {seen}.");
    println!("Keep a copy of the folder as it is before you do anything else.");
    Ok(Ending::Trouble)
}

fn seen(report: &Report) -> String {
    format!(
        "the chains of {} facts and {} handheld logs, and {} tables with {} rows rebuilt from them",
        super::thousands(report.facts),
        super::thousands(report.logs),
        report.tables,
        super::thousands(report.rows),
    )
}

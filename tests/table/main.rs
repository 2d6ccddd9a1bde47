//! Prints the table of faults of a run and fails where it shows less than the run was to show:
//! `table REPORT [--long] [--without-browsers] [--skips-known]`. `tests/run` calls it last.
//!
//! Absent: running anything.

use std::process::ExitCode;
use tests::report::table::{Run, draw};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        eprintln!("table: which report?");
        return ExitCode::from(2);
    };
    let mut run = Run::default();
    for argument in arguments {
        match argument.as_str() {
            "--long" => run.is_long = true,
            "--without-browsers" => run.is_without_browsers = true,
            "--skips-known" => run.are_skips_known = true,
            other => {
                eprintln!("table: there is no option {other}");
                return ExitCode::from(2);
            }
        }
    }
    let report = match std::fs::read_to_string(&file) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("table: {file}: {error}");
            return ExitCode::from(2);
        }
    };
    let (table, wrong) = draw(&report, run);
    println!("{table}");
    for line in &wrong {
        println!("WRONG: {line}");
    }
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

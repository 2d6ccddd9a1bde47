//! `trueup rescue`: takes a file in that somebody carried from a handheld, and says what became of it.
//!
//! Absent: what the lines mean ([`shared::sync::rescue`]). A running server has the folder to itself; there the file is
//! brought at the desk.

use super::{open_existing, site_of};
use crate::{
    action::{Doer, rescue::rescue_blocking},
    cli::{Ending, Rescue},
};
use anyhow::Context;
use shared::api::rescue::{RescueReport, Tally};

/// Takes the file in. Ends with trouble when something of it waits or could not be read.
///
/// # Errors
/// What is wrong with the file as a whole, or with the database.
pub fn rescue(arguments: &Rescue) -> anyhow::Result<Ending> {
    let file = arguments.file.display();
    let bytes = std::fs::read(&arguments.file).with_context(|| format!("{file} cannot be read"))?;
    // a damaged letter costs its line, not the file
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let store = open_existing(&arguments.data.data)?;
    let site = store.read_blocking(|tx| site_of(tx, &arguments.site))?;
    let report = rescue_blocking(&store, Doer::import(site.id), text, arguments.dry_run)?;
    let name = if report.device_name.is_empty() { "an unknown handheld" } else { &report.device_name };
    println!("{file}: {} entries of {name}", super::thousands(report.tally.total()));
    say(&report);
    Ok(if report.kept { Ending::Trouble } else { Ending::Done })
}

fn say(report: &RescueReport) {
    let Tally { new, known, conflicting, apart, waiting, foreign } = report.tally;
    for (word, entries) in [
        ("new", new),
        ("known", known),
        ("conflicting", conflicting),
        ("apart", apart),
        ("waiting", waiting),
        ("foreign", foreign),
    ] {
        if entries > 0 || word == "new" {
            println!("  {word:<12} {:>12}", super::thousands(entries));
        }
    }
    for mark in &report.marks {
        println!("  kept without effect: {} ({})", super::thousands(mark.events), mark.code.replace('_', " "));
    }
    for damage in &report.damages {
        println!("  DAMAGED: {damage}");
    }
    if report.damages_unnamed > 0 {
        println!("  DAMAGED: {} more of the same kind", report.damages_unnamed);
    }
    if conflicting > 0 {
        println!("Conflicting: another event has their number. Both are kept; the desk shows them.");
    }
    if apart > 0 {
        println!(
            "Apart: events before them are missing. Visits that are whole count; the others wait for what is missing."
        );
    }
    if waiting > 0 {
        println!(
            "Waiting: the handheld has to hand in first what it had saved before them. Then bring the file again."
        );
    }
    if foreign > 0 {
        println!("Foreign: nobody here knows the handheld, or it is of another site.");
    }
    match (report.dry_run, report.kept) {
        (true, _) => println!("Nothing was stored (--dry-run)."),
        (false, true) => println!("The file itself is kept in the database. Keep your copy as well."),
        (false, false) => println!("All of it is stored."),
    }
}

//! The command line: what can be asked, and the exit code a script can act on.
//!
//! Absent: doing any of it ([`crate::role`]).

use crate::role;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{path::PathBuf, process::ExitCode};

mod import;

pub use import::{Import, ImportFile, ImportMovements, ImportPeople, ImportStock};

/// What the exit codes mean; part of `--help` and of [`Ending`].
const EXIT_CODES: &str = "Exit codes: 0 done · 1 something is wrong (the sentence says what) · 2 the command itself was \
not understood · 3 rows of an imported file were refused · 75 the server has to be started again to finish a restore.";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// Something is wrong, and was said.
    Trouble,
    /// Rows of an imported file were refused.
    RowsRefused,
    /// A restore goes on when the server is started again; whoever looks after services does that.
    StartAgain,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::Trouble => Self::from(1),
            Ending::RowsRefused => Self::from(3),
            // "try again" of sysexits.h
            Ending::StartAgain => Self::from(75),
        }
    }
}

/// Counts warehouse stock with handhelds that may be offline, and settles what differs from the books.
#[derive(Debug, Parser)]
#[command(name = "trueup", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows Trueup with a sample warehouse: people of every role, counts of six weeks, work for today.
    Demo(Demo),
    /// Runs the server. The first run makes the database and prints a link with which the first admin is set up.
    Serve(Serve),
    /// Adds and lists sites (warehouses).
    #[command(subcommand)]
    Site(Site),
    /// Reads items, barcodes, locations, stock, movements or people from a CSV file.
    #[command(subcommand, after_help = EXIT_CODES)]
    Import(Import),
    /// Writes discrepancies, adjustments, counted lines or facts as CSV or JSON.
    Export(Export),
    /// Checks that no fact was changed and that everything shown follows from the facts.
    Verify(Verify),
    /// Takes a file in that somebody carried from a handheld which could not save or send.
    Rescue(Rescue),
    /// Looks at the database, its disk, backups, handhelds and clock, and says what to do about each.
    Doctor(Doctor),
    /// Copies the database, also while a server uses it, and proves the copy before it counts as a backup.
    Backup(Backup),
    /// Puts a backup in the place of the database. The server must be stopped; what is replaced is kept beside it.
    Restore(Restore),
    /// Measures counts and imported rows per second on this machine, beside plain SQLite.
    Measure(Measure),
}

/// Where the database is.
#[derive(Debug, Clone, Args)]
pub struct Data {
    /// The folder with the database.
    #[arg(long, value_name = "DIR", env = "TRUEUP_DATA", default_value = "trueup-data")]
    pub data: PathBuf,
}

/// `trueup demo`
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// The folder with the sample warehouse; made at the first start. Without it, a folder for temporary files.
    #[arg(long, value_name = "DIR", env = "TRUEUP_DATA")]
    pub data: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR", env = "TRUEUP_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
}

/// `trueup serve`
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
    /// Address and port to listen on; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR", env = "TRUEUP_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// People reach it over https, through a proxy with a certificate: sign-ins are then never sent without.
    #[arg(long, env = "TRUEUP_HTTPS")]
    pub https: bool,
    /// Makes a new database although there was one in this folder.
    #[arg(long)]
    pub new: bool,
}

/// `trueup site …`
#[derive(Debug, Subcommand)]
pub enum Site {
    /// Adds a site, making the database where there is none.
    Add(AddSite),
    /// Lists the sites.
    List(Data),
}

/// `trueup site add`
#[derive(Debug, Clone, Args)]
pub struct AddSite {
    /// Short code: letters, digits, - and _, such as NORTH.
    pub code: String,
    /// What it is called.
    #[arg(long)]
    pub name: String,
    /// Its money: an ISO 4217 code such as EUR or USD.
    #[arg(long)]
    pub currency: String,
    /// Its time zone, such as Europe/Berlin.
    #[arg(long)]
    pub time_zone: String,
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Exported {
    /// Variances beyond threshold, with where they stand.
    Discrepancies,
    /// Adjustments that approved counts posted.
    Adjustments,
    /// Every counted line of every round, matches included.
    Lines,
    /// The facts themselves, with their chain.
    Facts,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated, UTF-8, one header row.
    Csv,
    /// One array of objects.
    Json,
}

/// `trueup export`
#[derive(Debug, Clone, Args)]
pub struct Export {
    /// What to export.
    pub what: Exported,
    /// In which form.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// The code of one site [default: all sites]
    #[arg(long, value_name = "CODE")]
    pub site: Option<String>,
    /// Writes to this file instead of the terminal.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// With adjustments of one site: hands over those that are posted, and writes these only. What was handed over is
    /// not handed over again.
    #[arg(long, requires = "site")]
    pub hand_over: bool,
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
}

/// `trueup verify`
#[derive(Debug, Clone, Args)]
pub struct Verify {
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
}

/// `trueup rescue`
#[derive(Debug, Clone, Args)]
pub struct Rescue {
    /// The file that the handheld exported, or the text that a scanner read of its QR codes.
    pub file: PathBuf,
    /// The code of the site.
    #[arg(long, value_name = "CODE")]
    pub site: String,
    /// Says what would become of it and stores nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
}

/// `trueup doctor`
#[derive(Debug, Clone, Args)]
pub struct Doctor {
    /// Prints JSON: what, level (ok, look_at_it, wrong), says, todo.
    #[arg(long)]
    pub json: bool,
    /// The address that handhelds open, such as counts.example.org: the certificate that is shown there is looked at.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// The file with that certificate (PEM), where the address cannot be reached from here.
    #[arg(long, value_name = "FILE", conflicts_with = "address")]
    pub certificate: Option<PathBuf>,
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
}

/// `trueup backup`
#[derive(Debug, Clone, Args)]
pub struct Backup {
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
    /// The folder for the backup; another disk is better. [default: the folder `backups` beside the database]
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    /// Removes the oldest verified backups in that folder until so many are left. [default: as set at the desk, in the
    /// usual folder; elsewhere all stay]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=400))]
    pub keep: Option<u32>,
}

/// `trueup restore`
#[derive(Debug, Clone, Args)]
pub struct Restore {
    /// The backup: a file, or the name of one in the folder `backups` beside the database.
    pub file: PathBuf,
    /// Where the database is.
    #[command(flatten)]
    pub data: Data,
}

/// `trueup measure`
#[derive(Debug, Clone, Args)]
pub struct Measure {
    /// A folder on the disk to measure; a new folder is made in it and removed afterwards. [default: the folder for
    /// temporary files]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Rounds, each measuring everything once; the middle one of each figure counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Rows of the measured import.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub rows: u32,
}

/// Reads the arguments and runs what they ask for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(sentence) = crate::planted::listen() {
        eprintln!("trueup: {sentence}");
        return Ending::Trouble.into();
    }
    let ended = match cli.command {
        Command::Demo(demo) => role::demo::demo(&demo),
        Command::Serve(serve) => role::serve::serve(&serve),
        Command::Site(site) => role::site::site(&site),
        Command::Import(import) => role::import::import(&import),
        Command::Export(export) => role::export::export(&export),
        Command::Verify(verify) => role::verify::verify(&verify),
        Command::Rescue(rescue) => role::rescue::rescue(&rescue),
        Command::Doctor(doctor) => role::doctor::doctor(&doctor),
        Command::Backup(backup) => role::backup::backup(&backup),
        Command::Restore(restore) => role::restore::restore(&restore),
        Command::Measure(measure) => role::measure::measure(&measure),
    };
    match ended {
        Ok(ending) => ending.into(),
        Err(error) => {
            eprintln!("trueup: {}", sentence(&error));
            Ending::Trouble.into()
        }
    }
}

/// The error with its causes, each said once.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.contains(&cause) {
            said = if said.is_empty() { cause } else { format!("{said}: {cause}") };
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_complete_statement_cannot_leave_bad_rows_out() {
        let arguments = ["trueup", "import", "stock", "f.csv", "--site", "A", "--complete", "--accept-good-rows"];
        assert!(Cli::try_parse_from(arguments).is_err(), "a row left out would become a zero");
    }

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow::anyhow!("the disk is full").context("x.csv cannot be written: the disk is full");
        assert_eq!(sentence(&error), "x.csv cannot be written: the disk is full");
        let error = anyhow::anyhow!("the disk is full").context("x.csv cannot be written");
        assert_eq!(sentence(&error), "x.csv cannot be written: the disk is full");
    }
}

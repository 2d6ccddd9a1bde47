//! Proves a database against its own facts: their chains recomputed, the projections rebuilt beside the stored ones and
//! compared row by row (I5, I6, I15).
//!
//! Reads only, beside a running server; the rebuild lives in a temporary file of its own. Absent: mending. What differs
//! is named, and somebody decides.

use super::{
    Error, OpenError, Pending, WriteTx,
    fact::{self, EVENT, StoredFact},
    log,
    memory::Memory,
    migration, open,
    proof::{Chains, integrity},
};
use crate::project::{self, Arrived};
use rusqlite::{Connection, OpenFlags, types::Value};
use shared::{
    fact::Fact,
    moment::Moment,
    sync::receive::{Odd, read_body, read_own},
};
use std::path::Path;

/// Tables that are no projections: facts, what guards them, and operations.
const NOT_REBUILT: [&str; 17] = [
    "fact",
    "chain_head",
    "migration",
    "meta",
    "credential",
    "one_time_token",
    "device_secret",
    "device_seen",
    "grant_key",
    "rescue_file",
    "session",
    "sign_in_failure",
    "backup",
    "backup_log",
    "backup_plan",
    "timeline_log",
    "sqlite_sequence",
];
/// Problems of one kind that are named before the rest is only counted.
const NAMED_MAX: usize = 20;
/// Facts between two flushes: unlike any batch that a handheld sends, because batching must not matter.
const FLUSH_EVERY: u64 = 777;

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Facts whose chain was recomputed.
    pub facts: u64,
    /// Logs of handhelds whose chain was recomputed.
    pub logs: u64,
    /// Projection tables that were rebuilt and compared.
    pub tables: u64,
    /// Rows in them.
    pub rows: u64,
    /// What is wrong, as sentences; none: everything agrees.
    pub problems: Vec<String>,
    /// Problems beyond those named.
    pub unnamed: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
    pub(super) fn problem(&mut self, sentence: String) {
        if self.problems.len() < NAMED_MAX {
            self.problems.push(sentence);
        } else {
            self.unnamed += 1;
        }
    }
}

/// Verifies the database in a folder. `each` is told how many facts have been read.
///
/// # Errors
/// [`OpenError`] when there is nothing to verify; what is wrong with it is in the report.
pub fn verify(folder: &Path, each: &mut dyn FnMut(u64)) -> Result<Report, OpenError> {
    let stored = open::look(folder)?;
    let file = folder.join(open::FILE);
    let mut report = Report::default();
    if let Err(error) = check(&stored, &file, &mut report, each) {
        report.problem(format!("Looking was cut short: {error}."));
    }
    Ok(report)
}

fn check(stored: &Connection, file: &Path, report: &mut Report, each: &mut dyn FnMut(u64)) -> Result<(), Error> {
    // one snapshot for everything, whatever a running server writes meanwhile
    let snapshot = stored.unchecked_transaction()?;
    if let Err(error) = integrity(&snapshot, report) {
        report.problem(format!("The file is damaged: {error}."));
        return Ok(());
    }
    let rebuilt = empty(file)?;
    let mut replay = Replay::new(&rebuilt);
    fact::scan(&snapshot, "fact", 0, |stored| {
        replay.take(stored, report);
        if replay.facts.is_multiple_of(1000) {
            each(replay.facts);
        }
        Ok::<(), Error>(())
    })?;
    replay.finish(&snapshot, report)?;
    compare(&snapshot, &rebuilt, report)?;
    Ok(())
}

/// An empty database of the same schema, in a temporary file, that finds the facts in the stored one.
fn empty(file: &Path) -> Result<Connection, Error> {
    let mut conn = Connection::open_with_flags(
        "",
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI,
    )?;
    open::tune(&conn)?;
    migration::run(&mut conn, 0)?;
    // what is not rebuilt is found in the stored database
    conn.execute_batch("DROP TABLE fact; DROP TABLE grant_key; DROP TABLE meta")?;
    // references were checked in the stored rows; here they would be checked a second time
    conn.pragma_update(None, "foreign_keys", false)?;
    conn.pragma_update(None, "synchronous", "OFF")?;
    let path = std::path::absolute(file).map_err(|error| Error::unreadable("path", error))?;
    conn.execute("ATTACH DATABASE $1 AS stored", [open::uri(&path, "mode=ro")])?;
    conn.execute_batch("BEGIN")?;
    Ok(conn)
}

/// Facts applied again, one after the other.
struct Replay<'c> {
    conn: &'c Connection,
    memory: Memory,
    chains: Chains,
    facts: u64,
    /// Set by a fact that could not be applied: what follows would only differ because of it.
    stopped: bool,
}

impl<'c> Replay<'c> {
    fn new(conn: &'c Connection) -> Self {
        Self { conn, memory: Memory::default(), chains: Chains::default(), facts: 0, stopped: false }
    }

    fn take(&mut self, stored: StoredFact, report: &mut Report) {
        self.facts += 1;
        report.facts += 1;
        self.chains.link(&stored, report);
        if self.stopped {
            return;
        }
        let position = stored.header.position.0;
        if let Err(error) = self.apply(stored, report) {
            self.stopped = true;
            report.problem(format!("Fact {position} cannot be applied: {error}. What comes after it was not rebuilt."));
        }
    }

    fn apply(&mut self, stored: StoredFact, report: &mut Report) -> Result<(), Error> {
        let mut pending = Pending::default();
        let mut tx = WriteTx::new(self.conn, Moment(0), &mut self.memory, &mut pending);
        let position = stored.header.position.0;
        if stored.kind == EVENT {
            let Some(at) = stored.log else { return Err(Error::unreadable("event", "it is in no log")) };
            let Some((_, device, _)) = self.chains.logs.get(&at.log_no) else {
                return Err(Error::unreadable("event", "its log was never opened"));
            };
            let reading = match (at.id, std::str::from_utf8(&stored.body)) {
                (Some(id), Ok(body)) => read_body(body, id),
                (None, Ok(body)) => read_own(body),
                (_, Err(_)) => Err(Odd::Malformed),
            };
            let reading = match (reading, stored.header.actor) {
                // without a person the program that stored it could not read it; it takes effect when it was read again
                (Ok(_), None) => Err(Odd::UnknownKind),
                (Ok(event), Some(actor)) if event.actor != actor => {
                    report.problem(format!("Fact {position} names another person than the event in it."));
                    Ok(event)
                }
                (reading, _) => reading,
            };
            let arrived = Arrived { log_no: at.log_no, device: *device, seq: at.seq, id: at.id };
            project::apply_event(&mut tx, &stored.header, &arrived, reading)?;
        } else {
            let fact: Fact = serde_json::from_slice(&stored.body).map_err(|error| Error::unreadable("fact", error))?;
            if fact.word() != stored.kind {
                report.problem(format!("Fact {position} is listed as {} and is {}.", stored.kind, fact.word()));
            }
            project::apply(&mut tx, &stored.header, &fact)?;
        }
        if self.facts.is_multiple_of(FLUSH_EVERY) {
            project::flush(&mut tx)?;
            self.memory.bound();
        }
        Ok(())
    }

    /// Writes what was held back, and compares the heads of chains.
    fn finish(&mut self, stored: &Connection, report: &mut Report) -> Result<(), Error> {
        let mut pending = Pending::default();
        let mut tx = WriteTx::new(self.conn, Moment(0), &mut self.memory, &mut pending);
        project::flush(&mut tx)?;
        for (log, _, head) in self.chains.logs.values() {
            log::set_head(&mut tx, *log, *head)?;
        }
        report.logs = self.chains.logs.len() as u64;
        self.chains.finish(stored, report)
    }
}

/// Compares every projection table, in the order of its key.
fn compare(stored: &Connection, rebuilt: &Connection, report: &mut Report) -> Result<(), Error> {
    for table in tables(stored)? {
        report.tables += 1;
        let (columns, key) = columns(stored, &table)?;
        let sql = format!("SELECT {} FROM main.{table} ORDER BY {}", columns.join(", "), key.join(", "));
        let mut ours = stored.prepare(&sql)?;
        let mut theirs = rebuilt.prepare(&sql)?;
        let (mut ours, mut theirs) = (ours.query([])?, theirs.query([])?);
        loop {
            let one = ours.next()?.map(|row| values(row, columns.len())).transpose()?;
            let two = theirs.next()?.map(|row| values(row, columns.len())).transpose()?;
            if one.is_none() && two.is_none() {
                break;
            }
            report.rows += 1;
            if one != two {
                report.problem(difference(&table, (&columns, &key), one.as_deref(), two.as_deref()));
                break;
            }
        }
    }
    Ok(())
}

/// Every table that is a projection.
fn tables(conn: &Connection) -> Result<Vec<String>, Error> {
    let mut statement = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names = statement.query_map([], |row| row.get::<_, String>("name"))?.collect::<Result<Vec<_>, _>>()?;
    Ok(names.into_iter().filter(|name| !NOT_REBUILT.contains(&name.as_str())).collect())
}

/// Its columns, and those of its key in order.
fn columns(conn: &Connection, table: &str) -> Result<(Vec<String>, Vec<String>), Error> {
    let mut statement = conn.prepare("SELECT name, pk FROM pragma_table_info($1) ORDER BY cid")?;
    let all: Vec<(String, i64)> =
        statement.query_map([table], |row| Ok((row.get("name")?, row.get("pk")?)))?.collect::<Result<_, _>>()?;
    let mut key: Vec<(i64, String)> =
        all.iter().filter(|(_, pk)| *pk > 0).map(|(name, pk)| (*pk, name.clone())).collect();
    key.sort_unstable();
    Ok((all.into_iter().map(|(name, _)| name).collect(), key.into_iter().map(|(_, name)| name).collect()))
}

fn values(row: &rusqlite::Row<'_>, number: usize) -> Result<Vec<Value>, Error> {
    Ok((0..number).map(|index| row.get(index)).collect::<Result<_, _>>()?)
}

fn difference(
    table: &str,
    (columns, key): (&[String], &[String]),
    stored: Option<&[Value]>,
    rebuilt: Option<&[Value]>,
) -> String {
    let name = |row: &[Value]| {
        let parts = columns.iter().zip(row).filter(|(column, _)| key.contains(column));
        parts.map(|(column, value)| format!("{column} {}", show(value))).collect::<Vec<_>>().join(", ")
    };
    match (stored, rebuilt) {
        (Some(stored), Some(rebuilt)) if name(stored) == name(rebuilt) => {
            let apart = columns.iter().zip(stored.iter().zip(rebuilt)).filter(|(_, (one, two))| one != two);
            let apart: Vec<String> = apart
                .map(|(column, (one, two))| format!("{column} is {}, the facts say {}", show(one), show(two)))
                .collect();
            format!("{table} differs first at {}: {}.", name(stored), apart.join("; "))
        }
        (Some(stored), Some(rebuilt)) => format!(
            "{table} differs first between {} and {}: a row is missing or was added.",
            name(stored),
            name(rebuilt)
        ),
        (Some(stored), None) => format!("{table} has a row that no fact made: {}.", name(stored)),
        (None, Some(rebuilt)) => format!("{table} lacks a row that the facts make: {}.", name(rebuilt)),
        (None, None) => format!("{table} differs."),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

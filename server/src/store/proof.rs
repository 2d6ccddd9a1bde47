//! Proves a database file without rebuilding it: the file is whole, and every chain in it, recomputed from the bodies,
//! ends where the file says (I5, I6). What a backup must pass before anybody is told that it holds something.
//!
//! Absent: projections, which can be computed again from what is proved here ([`super::rebuild`] compares them).

use super::{
    Error, OpenError,
    fact::{self, EVENT, StoredFact},
    log,
    memory::load_head,
    migration, open,
    rebuild::Report,
};
use rusqlite::{Connection, OpenFlags};
use shared::{
    fact::{Fact, chain_next, chain_start},
    id::{DeviceId, LogId, SiteId},
    moment::Moment,
    sync::{log::Chain, message::Head},
};
use std::{collections::BTreeMap, path::Path};
use uuid::Uuid;

/// What a proved file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    /// Whose it is.
    pub server: Option<Uuid>,
    /// Its last fact.
    pub position: i64,
    /// When that was recorded.
    pub last_at: Moment,
    /// All facts.
    pub facts: u64,
    /// Those that handhelds recorded.
    pub events: u64,
    /// Where each log ends.
    pub logs: Vec<(LogId, Head)>,
}

/// Proves a file that nobody writes. What is wrong with it is in the report.
///
/// # Errors
/// [`OpenError`] when it is no database of ours, or of a newer program.
pub fn prove(file: &Path) -> Result<(Report, Holdings), OpenError> {
    let failed = |source: Error| OpenError::Failed { file: file.to_owned(), source };
    if !file.is_file() {
        return Err(OpenError::NotOurs { file: file.to_owned(), why: "there is no such file".into() });
    }
    let path = std::path::absolute(file).map_err(|error| failed(Error::unreadable("path", error)))?;
    // immutable: no lock, no journal and no other file beside it has a say in what is proved
    let conn = Connection::open_with_flags(
        open::uri(&path, "immutable=1"),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| failed(error.into()))?;
    if migration::check(&conn, file)? == 0 {
        return Err(OpenError::NotOurs { file: file.to_owned(), why: "it is empty".into() });
    }
    let mut report = Report::default();
    let mut chains = Chains::default();
    if let Err(error) = look_through(&conn, &mut chains, &mut report) {
        report.problem(format!("The file is damaged: {error}."));
    }
    let holdings = Holdings {
        server: open::server_of(&conn).unwrap_or_default(),
        position: chains.last,
        last_at: chains.last_at,
        facts: report.facts,
        events: chains.events,
        logs: chains.logs.into_values().map(|(log, _, head)| (log, head)).collect(),
    };
    Ok((report, holdings))
}

/// Proves the database of a folder as it is at this moment, beside a running server or without one.
///
/// # Errors
/// [`OpenError`] when there is none, or none that this program can read.
pub fn prove_live(folder: &Path) -> Result<Report, OpenError> {
    let conn = open::look(folder)?;
    let (mut report, mut chains) = (Report::default(), Chains::default());
    if let Err(error) = look_through(&conn, &mut chains, &mut report) {
        report.problem(format!("The file is damaged: {error}."));
    }
    Ok(report)
}

/// Recomputes the chains that a connection sees, in one snapshot.
pub(super) fn look_through(conn: &Connection, chains: &mut Chains, report: &mut Report) -> Result<(), Error> {
    let snapshot = conn.unchecked_transaction()?;
    integrity(&snapshot, report)?;
    if !report.is_clean() {
        return Ok(());
    }
    fact::scan(&snapshot, "fact", 0, |stored| {
        report.facts += 1;
        chains.link(&stored, report);
        Ok::<(), Error>(())
    })?;
    report.logs = chains.logs.len() as u64;
    chains.finish(&snapshot, report)
}

/// Whether the engine finds the file whole and every reference leading somewhere.
pub(super) fn integrity(conn: &Connection, report: &mut Report) -> Result<(), Error> {
    let mut statement = conn.prepare("PRAGMA integrity_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            report.problem(format!("The file is damaged: {line}."));
        }
    }
    let mut statement = conn.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get("table")?, row.get("parent")?);
        report.problem(format!("A row of {table} refers to a row of {parent} that does not exist."));
    }
    Ok(())
}

/// The chains of sites and of handhelds' logs, followed fact by fact.
#[derive(Debug)]
pub(super) struct Chains {
    sites: BTreeMap<SiteId, (i64, [u8; 32])>,
    /// By the number that tables use.
    pub(super) logs: BTreeMap<i64, (LogId, DeviceId, Head)>,
    events: u64,
    last: i64,
    last_at: Moment,
}

impl Default for Chains {
    fn default() -> Self {
        Self { sites: BTreeMap::new(), logs: BTreeMap::new(), events: 0, last: 0, last_at: Moment(0) }
    }
}

impl Chains {
    /// Follows one more fact; what does not continue is told.
    pub(super) fn link(&mut self, stored: &StoredFact, report: &mut Report) {
        (self.last, self.last_at) = (stored.header.position.0, stored.header.recorded_at);
        self.link_site(stored, report);
        if stored.kind == EVENT {
            self.events += 1;
            self.link_log(stored, report);
        } else if ["log_opened", "log_handed_over"].contains(&stored.kind.as_str()) {
            match serde_json::from_slice(&stored.body) {
                Ok(Fact::LogOpened { log, log_no, device, .. }) => {
                    self.logs.insert(log_no, (log, device, Head { seq: 0, chain: Chain::start(log) }));
                }
                Ok(Fact::LogHandedOver { log, to, .. }) => {
                    if let Some((_, device, _)) = self.logs.values_mut().find(|(known, ..)| *known == log) {
                        *device = to;
                    }
                }
                // what cannot be read is told by whoever applies it; the chain says whether it was changed
                _ => {}
            }
        }
    }

    fn link_site(&mut self, stored: &StoredFact, report: &mut Report) {
        let header = &stored.header;
        let (_, before) = self.sites.get(&header.site).copied().unwrap_or((0, chain_start(header.site)));
        let next = chain_next(&before, header.recorded_at, header.actor, &header.origin, &stored.body);
        if stored.chain != next {
            report.problem(format!(
                "Fact {} ({}) does not continue the chain of site {}: it or what surrounds it was changed.",
                header.position.0, stored.kind, header.site
            ));
        }
        // the stored hash goes on, so that one changed fact is one problem
        let kept = stored.chain.as_slice().try_into().unwrap_or(next);
        self.sites.insert(header.site, (header.position.0, kept));
    }

    fn link_log(&mut self, stored: &StoredFact, report: &mut Report) {
        let position = stored.header.position.0;
        let Some((at, (log, _, head))) =
            stored.log.and_then(|at| self.logs.get_mut(&at.log_no).map(|known| (at, known)))
        else {
            report.problem(format!("Fact {position} is an event of a log that was never opened."));
            return;
        };
        if at.seq != head.seq + 1 || at.chain != head.chain.next(&stored.body) {
            report.problem(format!(
                "Fact {position} does not continue log {log} at number {}: an event is missing or was changed.",
                at.seq
            ));
        }
        *head = Head { seq: at.seq, chain: at.chain };
    }

    /// Compares where the chains end with where the tables say that they end.
    pub(super) fn finish(&self, stored: &Connection, report: &mut Report) -> Result<(), Error> {
        for (site, (position, chain)) in &self.sites {
            let head = load_head(stored, *site)?;
            if head.position != *position || head.chain != *chain {
                report.problem(format!(
                    "The chain of site {site} ends at fact {position}, and is noted to end at {}: facts are missing at the end.",
                    head.position
                ));
            }
        }
        for (log, _, head) in self.logs.values() {
            let noted = log::find(stored, *log)?.map(|row| row.head);
            if noted != Some(*head) {
                let noted = noted.map_or(0, |noted| noted.seq);
                report.problem(format!(
                    "Log {log} ends at number {}, and is noted to end at {noted}: events are missing at the end.",
                    head.seq
                ));
            }
        }
        Ok(())
    }
}

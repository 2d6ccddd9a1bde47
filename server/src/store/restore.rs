//! Puts a backup in the place of the database (`SYNC.md` section 8). Everything is prepared in a file beside it, proved
//! and flushed, and then takes its place by one renaming: before that nothing has changed, after it everything has.
//!
//! Absent: a running server; the folder's lock is held throughout. What a server is asked to restore waits in a file
//! until it has closed its database ([`apply_wanted`]).

use super::{
    Error, OpenError, Pending, WriteTx,
    backup::{self, Receipt, usual_folder},
    copy::{CopyError, all_files, make_named, turn},
    fact,
    file::{beside, create_private, fingerprint, flush, flush_folder, make_private, remove},
    memory::Memory,
    migration, open,
    proof::prove,
    sidecar::{self, Noted, hex},
    timeline::{self, Expected, Start},
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use shared::{
    api::backup::{BackupState, BackupWhy, TimelineWhy},
    id::{LogId, PersonId},
    moment::Moment,
};
use std::path::{Path, PathBuf};

const STAGING: &str = "trueup-restoring.db";
const WANTED: &str = "trueup.restore";

/// Why nothing was restored; the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// It is no backup of ours, or the folder is in use.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is damaged.
    #[error("{} does not hold together, so it was not restored: {}", file.display(), problems.join(" "))]
    NotSound {
        /// The backup.
        file: PathBuf,
        /// What is wrong, as sentences.
        problems: Vec<String>,
    },
    /// It belongs to another installation.
    #[error(
        "{} is a backup of another installation than the database in this folder. Restore it to an empty folder",
        file.display()
    )]
    OtherServer {
        /// The backup.
        file: PathBuf,
    },
    /// A copy of the present database could not be made, so it was not touched.
    #[error("the present database could not be copied aside, so nothing was restored: {0}")]
    NoSafetyCopy(CopyError),
    /// The disk.
    #[error("nothing was restored, because {} cannot be written: {why}", path.display())]
    Unwritable {
        /// What could not be written.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The engine.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The copy of the database that was replaced, if there was one.
    pub safety_copy: Option<PathBuf>,
    /// Whether that copy could be proved; a damaged database is kept as the files it is.
    pub safety_proved: bool,
    /// Facts in the backup.
    pub facts: u64,
    /// Facts in the replaced database beyond those, as far as it could be read.
    pub facts_lost: u64,
}

/// Who asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub at: Moment,
    /// A person at the desk; `None` is the command line.
    pub by: Option<PersonId>,
}

/// Restores a backup into a data folder that no server uses.
///
/// # Errors
/// [`RestoreError`]; the database is as it was then.
pub fn restore(folder: &Path, file: &Path, asked: Asked) -> Result<Restored, RestoreError> {
    let _lock = open::lock(folder)?;
    let _turn = turn(folder).map_err(RestoreError::NoSafetyCopy)?;
    let (report, holdings) = prove(file)?;
    if !report.is_clean() {
        return Err(RestoreError::NotSound { file: file.to_owned(), problems: report.problems });
    }
    let live = folder.join(open::FILE);
    let before = before(&live);
    if before.as_ref().is_some_and(|before| holdings.server.is_some_and(|server| server != before.server)) {
        return Err(RestoreError::OtherServer { file: file.to_owned() });
    }
    let (size, sha256) = fingerprint(file).map_err(|error| unwritable(file, &error))?;
    let safety = safety_copy(folder, &live, asked.at)?;
    let absolute = std::path::absolute(file).map_err(|error| unwritable(file, &error))?;
    let receipt = Receipt {
        id: 0,
        folder: absolute.parent().unwrap_or(folder).to_owned(),
        name: absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        // what it holds ends with its last fact, whenever the copy was made
        made_at: holdings.last_at,
        why: BackupWhy::Restored,
        size,
        sha256,
        position: holdings.position,
        facts: holdings.facts,
        events: holdings.events,
        state: BackupState::Verified,
        checked_at: asked.at,
    };
    let staging = folder.join(STAGING);
    for left in all_files(&staging) {
        remove(&left).map_err(|error| unwritable(&left, &error))?;
    }
    create_private(&staging).map_err(|error| unwritable(&staging, &error))?;
    std::fs::copy(file, &staging).map_err(|error| unwritable(&staging, &error))?;
    make_private(&staging).map_err(|error| unwritable(&staging, &error))?;
    let start = Start {
        why: TimelineWhy::Restored,
        file: receipt.name.clone(),
        by: asked.by,
        expected: before.as_ref().map(|before| before.logs.clone()).unwrap_or_default(),
    };
    let noted = prepare(&staging, asked.at, |tx| {
        timeline::begin(tx, &start)?;
        backup::record(tx, &receipt, &holdings).map(drop)
    })?;
    flush(&staging).map_err(|error| unwritable(&staging, &error))?;
    put_in_place(folder, &staging, &live).map_err(|error| unwritable(&live, &error))?;
    if let Err(error) = sidecar::write(folder, &noted) {
        // the next start then finds an older database than it expects and begins one more timeline, which harms nobody
        tracing::warn!(%error, "{} cannot be written", sidecar::FILE);
    }
    Ok(Restored {
        safety_proved: safety.is_some() && before.is_some(),
        safety_copy: safety,
        facts: holdings.facts,
        facts_lost: before.map_or(0, |before| before.facts.saturating_sub(holdings.facts)),
    })
}

/// What is read of the database that is replaced, where it can be.
struct Before {
    server: uuid::Uuid,
    facts: u64,
    logs: Vec<Expected>,
}

fn before(live: &Path) -> Option<Before> {
    let read = || -> Result<Option<Before>, Error> {
        let conn = open::reader(live)?;
        let Some(server) = open::server_of(&conn)? else { return Ok(None) };
        let facts: i64 = conn.query_row("SELECT count(*) FROM fact", [], |row| row.get(0))?;
        let mut statement = conn.prepare(
            "SELECT l.log_id, d.name, l.head_seq FROM device_log l JOIN device d ON d.device_id = l.device_id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, Vec<u8>>("log_id")?, row.get("name")?, row.get::<_, i64>("head_seq")?))
        })?;
        let mut logs = Vec::new();
        for row in rows {
            let (log, device_name, seq) = row?;
            let log = LogId::from_slice(&log).ok_or_else(|| Error::unreadable("log", "its id is not 16 bytes"))?;
            logs.push(Expected { log, device_name, seq: seq.cast_unsigned() });
        }
        Ok(Some(Before { server, facts: facts.cast_unsigned(), logs }))
    };
    if !live.exists() {
        return None;
    }
    // a database that cannot be read is a common reason to restore
    read().ok().flatten()
}

/// Keeps the present database: proved where that can be, else as the files it is.
fn safety_copy(folder: &Path, live: &Path, now: Moment) -> Result<Option<PathBuf>, RestoreError> {
    if !live.exists() {
        return Ok(None);
    }
    let to = usual_folder(folder);
    match make_named(folder, &to, now, (BackupWhy::Command, "trueup-before-restore")) {
        Ok(made) => return Ok(Some(made.receipt.path())),
        Err(error @ CopyError::Unwritable { .. }) => return Err(RestoreError::NoSafetyCopy(error)),
        Err(error) => tracing::warn!(%error, "the present database is kept as the files it is"),
    }
    let aside = to.join(format!("trueup-damaged-{}", now.0));
    let keep = || -> std::io::Result<()> {
        std::fs::create_dir_all(&aside)?;
        make_private(&aside)?;
        for file in all_files(live) {
            if let Some(name) = file.file_name().filter(|_| file.exists()) {
                let kept = aside.join(name);
                std::fs::copy(&file, &kept)?;
                make_private(&kept)?;
                flush(&kept)?;
            }
        }
        flush_folder(&aside)
    };
    keep().map_err(|error| unwritable(&aside, &error))?;
    Ok(Some(aside))
}

/// Brings the staged file up to date and lets `write` write into it; what comes out is one file without a log beside it.
/// Answers where it ends.
fn prepare(
    staging: &Path,
    now: Moment,
    write: impl FnOnce(&mut WriteTx<'_>) -> Result<(), Error>,
) -> Result<Noted, RestoreError> {
    let mut conn = open::writer(staging)?;
    let found = migration::check(&conn, staging)?;
    migration::run(&mut conn, found)?;
    let identity = open::identify(&conn)?;
    let mut memory = Memory::default();
    let mut pending = Pending::default();
    let tx = conn.transaction().map_err(Error::from)?;
    let mut writing = WriteTx::new(&tx, now, &mut memory, &mut pending);
    write(&mut writing)?;
    memory.store_heads(&tx)?;
    tx.commit().map_err(Error::from)?;
    let noted = last(&conn, identity.server, now)?.ok_or_else(|| Error::unreadable("fact", "there is none"))?;
    conn.pragma_update(None, "journal_mode", "DELETE").map_err(Error::from)?;
    conn.close().map_err(|(_, error)| Error::from(error))?;
    Ok(noted)
}

/// The last fact of a database, as it is noted beside it.
pub(super) fn last(conn: &Connection, server: uuid::Uuid, now: Moment) -> Result<Option<Noted>, Error> {
    let position: i64 = conn.query_row("SELECT coalesce(max(position), 0) FROM fact", [], |row| row.get(0))?;
    let chain = fact::chain_at(conn, position)?;
    Ok(chain.map(|chain| Noted { server, position, chain: hex(&chain), at: now }))
}

fn put_in_place(folder: &Path, staging: &Path, live: &Path) -> std::io::Result<()> {
    // a log of the replaced database would be read into the new one; what was in it is in the safety copy
    remove(&beside(live, "-wal"))?;
    remove(&beside(live, "-shm"))?;
    std::fs::rename(staging, live)?;
    flush_folder(folder)
}

fn unwritable(path: &Path, error: &std::io::Error) -> RestoreError {
    RestoreError::Unwritable { path: path.to_owned(), why: error.to_string() }
}

/// A restore that somebody asked the running server for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The backup.
    pub file: PathBuf,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

/// Writes down what is to be restored as soon as the server has closed its database.
///
/// # Errors
/// What the disk says.
pub fn want(folder: &Path, wanted: &Wanted) -> std::io::Result<()> {
    let fresh = folder.join("trueup.restore.new");
    let mut file = create_private(&fresh)?;
    serde_json::to_writer(&mut file, wanted)?;
    file.sync_all()?;
    std::fs::rename(fresh, folder.join(WANTED))?;
    flush_folder(folder)
}

/// Restores what somebody asked for, if anybody did; called before the database is opened. Done twice it does the same
/// again, so being cut short in between loses nothing.
///
/// # Errors
/// Why it was not done; it is not tried again.
pub fn apply_wanted(folder: &Path) -> Result<Option<Restored>, RestoreError> {
    let path = folder.join(WANTED);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let done = match serde_json::from_str::<Wanted>(&text) {
        Ok(wanted) => restore(folder, &wanted.file, Asked { at: wanted.at, by: Some(wanted.by) }),
        Err(error) => Err(Error::unreadable("wish to restore", error).into()),
    };
    // a folder that is still in use is tried again at the next start
    if !matches!(done, Err(RestoreError::Open(OpenError::InUse { .. }))) {
        remove(&path).map_err(|error| unwritable(&path, &error))?;
    }
    done.map(Some)
}

//! Opening a data folder: its lock, its database, the schema brought up to date, and who this installation is.
//!
//! Absent: the writer and the readers, which are started from what is opened here.

use super::{
    error::{Error, OpenError},
    fact, file, grant, migration,
    sidecar::{self, Noted},
    timeline::fresh_id,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use shared::planted::{self, Defect};
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// The database's name in a data folder.
pub const FILE: &str = "trueup.db";
const LOCK: &str = "trueup.lock";
/// 3.51.3 mends a race that could lose the write-ahead log (`ECOSYSTEM.md` section 1).
const ENGINE_MIN: i32 = 3_051_003;
/// Memory of one connection's page cache, in KiB: the writer touches places all over the file, readers little.
const WRITER_CACHE_KIB: i64 = 32 * 1024;
const READER_CACHE_KIB: i64 = 4 * 1024;
/// Statements kept prepared per connection: about as many as there are in this crate.
const STATEMENTS_KEPT: usize = 256;

/// Who this installation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// For ever.
    pub server: Uuid,
    /// New after every restore.
    pub timeline: Uuid,
}

/// A folder that is ours until this is dropped.
pub struct Opened {
    /// The one writing connection.
    pub writer: Connection,
    /// Where readers connect.
    pub file: PathBuf,
    /// Who we are.
    pub identity: Identity,
    /// Held as long as the store lives.
    pub lock: File,
    /// What was committed in this folder and is not in this database: it is an older one.
    pub lost: Option<Noted>,
}

/// Makes the folder where there is none, and locks it for this process.
pub(super) fn lock(folder: &Path) -> Result<File, OpenError> {
    let unwritable =
        |error: std::io::Error| OpenError::Unwritable { folder: folder.to_owned(), why: error.to_string() };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(unwritable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

/// Locks the folder, makes or migrates its database, and opens the writing connection.
///
/// # Errors
/// One sentence for each way it can fail; see [`OpenError`].
pub fn open(folder: &Path) -> Result<Opened, OpenError> {
    if rusqlite::version_number() < ENGINE_MIN {
        return Err(OpenError::OldEngine { found: rusqlite::version() });
    }
    let lock = lock(folder)?;
    let file = folder.join(FILE);
    let existed = file.exists();
    let failed = |source: Error| OpenError::Failed { file: file.clone(), source };
    if existed {
        // looked at before anything is changed: what is not ours stays as it is, byte for byte
        let looking =
            Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .map_err(|error| failed(error.into()))?;
        migration::check(&looking, &file)?;
        if looking.is_readonly("main").map_err(|error| failed(error.into()))? {
            return Err(OpenError::Unwritable { folder: folder.to_owned(), why: format!("{FILE} is read-only") });
        }
    }
    if sidecar::exists(folder) && !holds_anything(&file).map_err(failed)? {
        return Err(OpenError::Vanished { folder: folder.to_owned() });
    }
    if !existed {
        let unwritable =
            |error: std::io::Error| OpenError::Unwritable { folder: folder.to_owned(), why: error.to_string() };
        file::create_private(&file).map_err(unwritable)?;
    }
    let mut writer = writer(&file).map_err(failed)?;
    let found = migration::check(&writer, &file)?;
    if found > 0 && found < migration::known() {
        back_up(&writer, folder, found).map_err(failed)?;
    }
    migration::run(&mut writer, found).map_err(failed)?;
    let identity = identify(&writer).map_err(failed)?;
    grant::ensure(&writer).map_err(failed)?;
    let lost = lost(&writer, folder).map_err(failed)?;
    Ok(Opened { writer, file, identity, lock, lost })
}

/// The one writing connection to a database.
pub(super) fn writer(file: &Path) -> Result<Connection, Error> {
    let writer = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare_writer(&writer)?;
    Ok(writer)
}

/// Whether there is a database with anything in it.
fn holds_anything(file: &Path) -> Result<bool, Error> {
    if !file.exists() {
        return Ok(false);
    }
    let conn = reader(file)?;
    Ok(conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))? > 0)
}

/// What was committed here last, if this database does not have it.
fn lost(conn: &Connection, folder: &Path) -> Result<Option<Noted>, Error> {
    let Some(noted) = sidecar::read(folder).filter(|noted| noted.position > 0) else { return Ok(None) };
    let here = fact::chain_at(conn, noted.position)?.map(|chain| sidecar::hex(&chain));
    Ok((here.as_ref() != Some(&noted.chain)).then_some(noted))
}

/// A connection for receipts alone, beside a running server or without one.
pub(super) fn aside(folder: &Path) -> Result<Connection, OpenError> {
    drop(look(folder)?);
    let file = folder.join(FILE);
    let failed = |source: Error| OpenError::Failed { file: file.clone(), source };
    let conn = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| failed(error.into()))?;
    conn.pragma_update(None, "synchronous", "FULL").map_err(|error| failed(error.into()))?;
    tune(&conn).map_err(|error| failed(error.into()))?;
    Ok(conn)
}

/// Whose database it is.
pub(super) fn server_of(conn: &Connection) -> Result<Option<Uuid>, Error> {
    let stored: Option<Vec<u8>> =
        conn.query_row("SELECT value FROM meta WHERE key = 'server_id'", [], |row| row.get(0)).optional()?;
    stored.map(|bytes| Uuid::from_slice(&bytes).map_err(|error| Error::unreadable("identity", error))).transpose()
}

/// Pages of the write-ahead log after which it is folded into the file.
const LOG_PAGES: u32 = 4_000;
/// How long that makes it, unless a reader keeps it from being folded.
pub const LOG_BYTES: u32 = LOG_PAGES * 4_096;

fn prepare_writer(writer: &Connection) -> rusqlite::Result<()> {
    writer.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns after the disk has it; NORMAL made no sync at all (`SYNC.md` section 1, measured)
    let level = if planted::is(Defect::SyncNormal) { "NORMAL" } else { "FULL" };
    writer.pragma_update(None, "synchronous", level)?;
    writer.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // fewer, longer checkpoints: pages that change in every commit are then copied once instead of often
    writer.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    // what a reader that held an old view made it grow to is given back once it lets go
    writer.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    tune(writer)
}

/// What every connection has in common: foreign keys, and statements kept prepared.
pub fn tune(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    conn.busy_timeout(std::time::Duration::from_secs(5))
}

/// A connection that can only read.
pub fn reader(file: &Path) -> Result<Connection, Error> {
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.pragma_update(None, "query_only", true)?;
    conn.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    tune(&conn)?;
    Ok(conn)
}

/// A file's name as SQLite reads it in a URI, with how it is to be opened.
pub(super) fn uri(path: &Path, how: &str) -> String {
    let mut uri = String::from("file:");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri + "?" + how
}

/// A reading connection to a folder's database that nobody has to have opened; for commands that only look.
///
/// # Errors
/// As [`open`], plus [`OpenError::Missing`].
pub fn look(folder: &Path) -> Result<Connection, OpenError> {
    let file = folder.join(FILE);
    if !file.exists() {
        return Err(OpenError::Missing { folder: folder.to_owned() });
    }
    let conn = reader(&file).map_err(|source| OpenError::Failed { file: file.clone(), source })?;
    let found = migration::check(&conn, &file)?;
    if found < migration::known() {
        return Err(OpenError::Failed {
            file,
            source: Error::unreadable(
                "schema",
                "it is of an older version; start the server once, which brings it up to date",
            ),
        });
    }
    Ok(conn)
}

/// A copy of the database as it was before a step changes it, kept in its folder.
fn back_up(conn: &Connection, folder: &Path, found: i64) -> Result<(), Error> {
    let copy = folder.join(format!("trueup-before-step-{}.db", found + 1));
    let failed = |error: std::io::Error| Error::unreadable("copy before a schema step", error);
    // a copy left by an attempt that was cut short may be half a copy; made under another name, it never looks whole
    let partial = file::beside(&copy, ".partial");
    file::remove(&partial).map_err(failed)?;
    conn.execute("VACUUM INTO $1", [partial.to_string_lossy()])?;
    file::make_private(&partial).map_err(failed)?;
    file::flush(&partial).map_err(failed)?;
    std::fs::rename(&partial, &copy).map_err(failed)?;
    file::flush_folder(folder).map_err(failed)
}

/// Who a database is; a new one gets its identity here.
pub(super) fn identify(conn: &Connection) -> Result<Identity, Error> {
    let one = |key: &str| -> Result<Uuid, Error> {
        let stored: Option<Vec<u8>> =
            conn.query_row("SELECT value FROM meta WHERE key = $1", [key], |row| row.get(0)).optional()?;
        if let Some(bytes) = stored {
            return Uuid::from_slice(&bytes).map_err(|error| Error::unreadable("identity", error));
        }
        let fresh = fresh_id()?;
        conn.execute("INSERT INTO meta (key, value) VALUES ($1, $2)", params![key, fresh.as_bytes().as_slice()])?;
        Ok(fresh)
    };
    Ok(Identity { server: one("server_id")?, timeline: one("timeline")? })
}

//! Opening a data folder: its lock, its database, the schema brought up to date, and who this installation is.
//!
//! Absent: the writer and the readers, which are started from what is opened here.

use super::{
    error::{Error, OpenError},
    migration,
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
}

/// Locks the folder, makes or migrates its database, and opens the writing connection.
///
/// # Errors
/// One sentence for each way it can fail; see [`OpenError`].
pub fn open(folder: &Path) -> Result<Opened, OpenError> {
    if rusqlite::version_number() < ENGINE_MIN {
        return Err(OpenError::OldEngine { found: rusqlite::version() });
    }
    let unwritable =
        |error: std::io::Error| OpenError::Unwritable { folder: folder.to_owned(), why: error.to_string() };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(unwritable)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => return Err(unwritable(error)),
    }
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
    let mut writer = Connection::open_with_flags(
        &file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| failed(error.into()))?;
    prepare_writer(&writer).map_err(|error| failed(error.into()))?;
    let found = migration::check(&writer, &file)?;
    if found > 0 && found < migration::known() {
        back_up(&writer, folder, found).map_err(failed)?;
    }
    migration::run(&mut writer, found).map_err(failed)?;
    let identity = identify(&writer).map_err(failed)?;
    Ok(Opened { writer, file, identity, lock })
}

fn prepare_writer(writer: &Connection) -> rusqlite::Result<()> {
    writer.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns after the disk has it; NORMAL made no sync at all (`SYNC.md` section 1, measured)
    let level = if planted::is(Defect::SyncNormal) { "NORMAL" } else { "FULL" };
    writer.pragma_update(None, "synchronous", level)?;
    writer.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // fewer, longer checkpoints: pages that change in every commit are then copied once instead of often
    writer.pragma_update(None, "wal_autocheckpoint", 4000)?;
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

fn back_up(conn: &Connection, folder: &Path, found: i64) -> Result<(), Error> {
    let copy = folder.join(format!("trueup-before-step-{}.db", found + 1));
    // a copy left by an attempt that was cut short may be half a copy
    if copy.exists() {
        std::fs::remove_file(&copy).map_err(|error| Error::unreadable("old backup", error))?;
    }
    conn.execute("VACUUM INTO $1", [copy.to_string_lossy()])?;
    Ok(())
}

fn identify(conn: &Connection) -> Result<Identity, Error> {
    let one = |key: &str| -> Result<Uuid, Error> {
        let stored: Option<Vec<u8>> =
            conn.query_row("SELECT value FROM meta WHERE key = $1", [key], |row| row.get(0)).optional()?;
        if let Some(bytes) = stored {
            return Uuid::from_slice(&bytes).map_err(|error| Error::unreadable("identity", error));
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Error::Random)?;
        let fresh = uuid::Builder::from_random_bytes(random).into_uuid();
        conn.execute("INSERT INTO meta (key, value) VALUES ($1, $2)", params![key, fresh.as_bytes().as_slice()])?;
        Ok(fresh)
    };
    Ok(Identity { server: one("server_id")?, timeline: one("timeline")? })
}

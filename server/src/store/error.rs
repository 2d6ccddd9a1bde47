//! What can go wrong with the database, apart from the domain saying no.
//!
//! Absent: status codes and advice. The edge logs these once and answers 503 or 500 without details.

use shared::quantity::NumberError;
use std::path::PathBuf;

/// The database, or what was read from it, failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine failed: disk, lock, constraint, statement.
    #[error("the database failed: {source}")]
    Engine {
        /// What the engine said.
        #[from]
        source: rusqlite::Error,
    },
    /// A stored row does not read as what it should be.
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable {
        /// Of what kind.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A figure went beyond what can be kept.
    #[error("a figure cannot be kept exactly: {source}")]
    Number {
        /// Which way.
        #[from]
        source: NumberError,
    },
    /// The writer is gone; the process is about to end.
    #[error("the server is stopping; nothing more is written")]
    Stopped,
    /// A job panicked; what it had written was taken back.
    #[error("an internal mistake stopped this change; nothing of it was kept")]
    Panicked,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
}

impl Error {
    /// A stored row that does not read as what it should be.
    pub fn unreadable(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Unreadable { what, why: why.to_string() }
    }
    /// Whether a unique or foreign key, or another named constraint, refused a row.
    pub fn is_constraint(&self) -> bool {
        matches!(self, Self::Engine { source: rusqlite::Error::SqliteFailure(code, _) }
            if code.code == rusqlite::ErrorCode::ConstraintViolation)
    }
}

/// Why a database could not be opened; each is a whole sentence for whoever started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("the folder {} cannot be written: {why}. Give a folder of your own with --data, or change its permissions.", folder.display())]
    Unwritable {
        /// Which.
        folder: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Another server has it.
    #[error("another Trueup server is using the folder {}. Stop it first, or give another folder with --data.", folder.display())]
    InUse {
        /// Which.
        folder: PathBuf,
    },
    /// Not a database, or not ours.
    #[error("{} is not a Trueup database: {why}. Move it away or give another folder with --data; it was not changed.", file.display())]
    NotOurs {
        /// Which.
        file: PathBuf,
        /// How we know.
        why: String,
    },
    /// Written by a newer program.
    #[error("{} was written by a newer version of Trueup (schema {found}; this program knows up to {known}). Install that version; the file was not changed.", file.display())]
    Newer {
        /// Which.
        file: PathBuf,
        /// Steps it has had.
        found: i64,
        /// Steps this program knows.
        known: i64,
    },
    /// A step was applied in another form than this program has.
    #[error("{} was built with another form of schema step {step} than this program has. Use the program that made it; the file was not changed.", file.display())]
    OtherSchema {
        /// Which.
        file: PathBuf,
        /// The step that differs.
        step: i64,
    },
    /// The engine linked in is too old.
    #[error(
        "this program was built with SQLite {found}; it needs 3.51.3 or newer, because older ones can lose a write-ahead log"
    )]
    OldEngine {
        /// Its version.
        found: &'static str,
    },
    /// There was a database, and it is gone.
    #[error(
        "there was a Trueup database in {} and now there is none. Put it back, or restore a backup with `trueup restore`; \
         to begin anew on purpose, start with --new",
        folder.display()
    )]
    Vanished {
        /// Where it was.
        folder: PathBuf,
    },
    /// The file is missing where it must exist.
    #[error("there is no Trueup database in {}", folder.display())]
    Missing {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Anything else.
    #[error("{} cannot be opened: {source}", file.display())]
    Failed {
        /// Which.
        file: PathBuf,
        /// What went wrong.
        source: Error,
    },
}

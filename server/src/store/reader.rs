//! The reading side: a few read-only connections, each read in one snapshot.

use super::{Error, open};
use rusqlite::Connection;
use shared::moment::Moment;
use std::{
    path::PathBuf,
    sync::{Condvar, Mutex, PoisonError},
};

/// Connections that read at the same time, at most. Two cores are kept busy by four; each costs up to 4 MiB.
const READERS_MAX: usize = 4;

/// One consistent snapshot of the database.
pub struct ReadTx<'a> {
    conn: &'a Connection,
    now: Moment,
}

impl<'a> ReadTx<'a> {
    /// A snapshot over a connection that is inside a transaction.
    pub(super) const fn new(conn: &'a Connection, now: Moment) -> Self {
        Self { conn, now }
    }
    /// The connection, for the modules that hold SQL.
    pub(crate) const fn conn(&self) -> &'a Connection {
        self.conn
    }
    /// The time, by the clock that was handed in.
    pub const fn now(&self) -> Moment {
        self.now
    }
}

/// The connections and who waits for one.
pub(super) struct Pool {
    file: PathBuf,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Connection>,
    made: usize,
}

impl State {
    fn close(&mut self) {
        self.made -= self.idle.len();
        self.idle.clear();
    }
}

impl Pool {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, state: Mutex::new(State { idle: Vec::new(), made: 0 }), returned: Condvar::new() }
    }

    /// Runs a read in a snapshot of its own, waiting for a connection where all are busy.
    pub(super) fn read<T, E: From<Error>>(
        &self,
        now: Moment,
        f: impl FnOnce(&ReadTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let lent = Lent { conn: Some(self.take()?), pool: self };
        let Some(conn) = lent.conn.as_ref() else { return Err(Error::Stopped.into()) };
        let snapshot = conn.unchecked_transaction().map_err(Error::from)?;
        let answer = f(&ReadTx::new(&snapshot, now));
        drop(snapshot);
        answer
    }

    /// Closes the connections that wait to be used, so that the writer's is the last: SQLite empties the log into the
    /// database when the last connection goes, and one that only reads cannot.
    pub(super) fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).close();
    }

    fn take(&self) -> Result<Connection, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(conn) = state.idle.pop() {
                return Ok(conn);
            }
            if state.made < READERS_MAX {
                state.made += 1;
                drop(state);
                return open::reader(&self.file).inspect_err(|_| self.lost());
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lost(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).made -= 1;
        self.returned.notify_one();
    }
}

/// Gives the connection back, also when the read panics.
struct Lent<'a> {
    conn: Option<Connection>,
    pool: &'a Pool,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.pool.state.lock().unwrap_or_else(PoisonError::into_inner).idle.push(conn);
            self.pool.returned.notify_one();
        }
    }
}

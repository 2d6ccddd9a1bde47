//! The one writer: a thread with a queue. Each job runs in a savepoint of its own; what is waiting is drained into one
//! transaction, committed with `synchronous=FULL`, and only then are the jobs answered (I2).
//!
//! Absent: retrying. When a commit or the disk fails nobody is answered and the process ends: what a handheld was not
//! told is on the server, it sends again (`SYNC.md` section 3).

use super::{
    Changed, Error, Identity, WriteTx, backup,
    clock::Clock,
    memory::{Chains, Memory},
    restore::last,
    sidecar::{Keeper, Noted, hex},
    timeline::{self, Start},
    tx::Pending,
};
use crate::planted;
use rusqlite::Connection;
use shared::planted::{Defect, is};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{broadcast, mpsc};

/// Jobs waiting to be written, at most; a push is up to 256 KiB, so this is also a bound on memory.
pub(super) const QUEUE_MAX: usize = 256;
/// Jobs in one commit, at most: all of fifty busy handhelds, and still well under a second.
const GROUP_MAX: usize = 64;

/// A job's answer, held back until the commit.
pub(super) type Reply = Box<dyn FnOnce() + Send>;
/// A job: does its writing and says whether to keep it.
pub(super) type Job = Box<dyn FnOnce(&mut WriteTx<'_>) -> Verdict + Send>;

/// What becomes of a job's writing.
pub(super) enum Verdict {
    Keep(Reply),
    TakeBack(Reply),
}

/// What the thread owns.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) memory: Memory,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) changes: broadcast::Sender<Changed>,
    /// Told to everybody after the commit that changed it.
    pub(super) identity: Arc<Mutex<Identity>>,
    pub(super) foreign_commits: i64,
    pub(super) sidecar: Keeper,
}

impl Writer {
    /// Works until nobody can send any more.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            if let Err(error) = self.group(first, &mut queue) {
                end_process(&error);
            }
        }
    }

    /// Begins a new timeline before anybody can ask for anything.
    pub(super) fn begin_timeline(&mut self, start: &Start) -> Result<(), Error> {
        run(&self.conn, "BEGIN IMMEDIATE")?;
        let mut pending = Pending::default();
        let mut tx = WriteTx::new(&self.conn, self.clock.now(), &mut self.memory, &mut pending);
        timeline::begin(&mut tx, start)?;
        self.memory.store_heads(&self.conn)?;
        run(&self.conn, "COMMIT")?;
        self.publish();
        Ok(())
    }

    /// Notes beside the database what is in it now.
    pub(super) fn note_last(&self) -> Result<(), Error> {
        let server = self.identity.lock().unwrap_or_else(PoisonError::into_inner).server;
        if let Some(noted) = last(&self.conn, server, self.clock.now())? {
            self.sidecar.note(noted);
        }
        Ok(())
    }

    /// Tells everybody who this is now, and the file beside the database where it stands.
    fn publish(&mut self) {
        let mut told = self.identity.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = self.memory.identity {
            *told = identity;
        }
        if let Some((position, chain)) = self.memory.take_last() {
            let chain = hex(&chain);
            self.sidecar.note(Noted { server: told.server, position, chain, at: self.clock.now() });
        }
    }

    fn group(&mut self, first: Job, queue: &mut mpsc::Receiver<Job>) -> Result<(), Error> {
        run(&self.conn, "BEGIN IMMEDIATE")?;
        // another process can have written a receipt
        let foreign_commits = backup::foreign_commits(&self.conn)?;
        if foreign_commits != self.foreign_commits {
            self.foreign_commits = foreign_commits;
            self.memory.archived.clear();
        }
        let mut replies = Vec::new();
        let mut pending = Pending::default();
        let mut next = Some(first);
        while let Some(job) = next {
            self.one(job, &mut pending, &mut replies)?;
            next = if replies.len() < GROUP_MAX { queue.try_recv().ok() } else { None };
        }
        self.memory.store_heads(&self.conn)?;
        self.memory.bound();
        if is(Defect::AnswerBeforeCommit) {
            replies.drain(..).for_each(|reply| reply());
            // long enough for the answers to leave
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        planted::point("before_commit");
        run(&self.conn, "COMMIT")?;
        planted::point("after_commit");
        self.publish();
        for reply in replies {
            reply();
        }
        for changed in pending.into_changes() {
            // nobody listening is fine
            let _ = self.changes.send(changed);
        }
        Ok(())
    }

    fn one(&mut self, job: Job, pending: &mut Pending, replies: &mut Vec<Reply>) -> Result<(), Error> {
        run(&self.conn, "SAVEPOINT job")?;
        let mut own = Pending::default();
        let chains = self.memory.chains();
        let mut tx = WriteTx::new(&self.conn, self.clock.now(), &mut self.memory, &mut own);
        let verdict = catch_unwind(AssertUnwindSafe(|| job(&mut tx)));
        if self.conn.is_autocommit() {
            // the engine itself took the whole group back (disk full, I/O): earlier jobs of it are gone as well
            return Err(Error::Stopped);
        }
        match verdict {
            Ok(Verdict::Keep(reply)) => {
                run(&self.conn, "RELEASE job")?;
                pending.join(own);
                replies.push(reply);
            }
            Ok(Verdict::TakeBack(reply)) => {
                self.take_back(&own, chains)?;
                replies.push(reply);
            }
            // the job's reply went down with it, which its sender sees
            Err(_) => {
                self.memory.forget(chains);
                run(&self.conn, "ROLLBACK TO job")?;
                run(&self.conn, "RELEASE job")?;
            }
        }
        Ok(())
    }

    fn take_back(&mut self, own: &Pending, chains: Chains) -> Result<(), Error> {
        run(&self.conn, "ROLLBACK TO job")?;
        run(&self.conn, "RELEASE job")?;
        if own.wrote() {
            self.memory.forget(chains);
        }
        Ok(())
    }
}

fn run(conn: &Connection, sql: &str) -> Result<(), Error> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn end_process(error: &Error) -> ! {
    tracing::error!(%error, "the database could not keep a change; nobody was answered, the server ends here");
    // the exit code of sysexits.h for an I/O error
    std::process::exit(74)
}

//! The store: one SQLite file in a data folder, one writer with group commit, a few readers beside it.
//!
//! Actions ask for a write or a read, never for a connection; SQL stands here, in `project` and in `read` only.
//! Absent: business rules, and everything about HTTP.

pub mod backup;
pub mod change;
pub mod clock;
pub mod closing;
pub mod copy;
pub mod count;
pub mod credential;
pub mod device;
pub mod discrepancy;
pub mod error;
pub mod fact;
pub(crate) mod file;
pub mod grant;
pub mod import;
pub mod incident;
pub mod item;
pub mod location;
pub mod log;
pub mod look;
pub mod mark;
pub mod memory;
mod migration;
pub mod number;
pub mod open;
pub mod paper;
pub mod person;
pub mod proof;
mod reader;
pub mod reason;
pub mod rebuild;
pub mod recount;
pub mod rescue;
pub mod restore;
pub mod rule;
pub mod seen;
pub mod session;
pub mod sheet;
pub mod sidecar;
pub mod sign_in_failure;
pub mod site;
pub mod timeline;
pub mod token;
pub(crate) mod tx;
mod writer;
pub mod yardstick;

pub use clock::{Clock, SystemClock};
pub use error::{Error, OpenError};
pub use fact::Header;
pub use open::Identity;
pub use reader::ReadTx;
pub use tx::{Changed, Position, WriteTx};
pub(crate) use tx::{FollowUp, Pending};

use crate::{action::follow_up, project};
use shared::api::backup::TimelineWhy;
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{broadcast, mpsc, oneshot};
use writer::{Job, QUEUE_MAX, Verdict, Writer};

/// Changes kept for a listener that is slow; one that falls behind further is told so and fetches again.
const CHANGES_KEPT: usize = 1024;

/// The store. Cheap to clone; the last clone dropped ends the writer.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    jobs: Option<mpsc::Sender<Job>>,
    readers: reader::Pool,
    changes: broadcast::Sender<Changed>,
    identity: Arc<Mutex<Identity>>,
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    thread: Option<std::thread::JoinHandle<()>>,
    _lock: File,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.readers.close();
        // closing the queue ends the thread once what waits in it is written
        self.jobs = None;
        // a job may hold the last store; the writer then ends after it, and cannot wait for itself
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl Store {
    /// Opens a data folder, making or migrating its database.
    ///
    /// # Errors
    /// A whole sentence for each way it can fail: see [`OpenError`].
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let opened = open::open(folder)?;
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let failed = |source: Error| OpenError::Failed { file: opened.file.clone(), source };
        let identity = Arc::new(Mutex::new(opened.identity));
        let sidecar =
            sidecar::Keeper::start(folder.to_owned()).map_err(|error| failed(Error::unreadable("thread", error)))?;
        let mut writer = Writer {
            conn: opened.writer,
            memory: memory::Memory::default(),
            clock: Arc::clone(&clock),
            changes: changes.clone(),
            identity: Arc::clone(&identity),
            foreign_commits: 0,
            sidecar,
        };
        if let Some(noted) = &opened.lost {
            tracing::warn!(
                position = noted.position,
                "the database is older than what was committed in this folder; a new timeline begins"
            );
            writer.begin_timeline(&timeline::Start::noticed(TimelineWhy::OlderDatabase)).map_err(failed)?;
        }
        writer.note_last().map_err(failed)?;
        let thread =
            std::thread::Builder::new().name("writer".into()).spawn(move || writer.run(queue)).map_err(|error| {
                OpenError::Failed { file: opened.file.clone(), source: Error::unreadable("thread", error) }
            })?;
        let readers = reader::Pool::new(opened.file);
        Ok(Self {
            inner: Arc::new(Inner {
                jobs: Some(jobs),
                readers,
                changes,
                identity,
                folder: folder.to_owned(),
                clock,
                thread: Some(thread),
                _lock: opened.lock,
            }),
        })
    }

    /// Opens a data folder whose database is meant to be gone: a new one is made.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_anew(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        if sidecar::exists(folder) && !folder.join(open::FILE).exists() {
            sidecar::set_aside(folder)
                .map_err(|error| OpenError::Unwritable { folder: folder.to_owned(), why: error.to_string() })?;
        }
        Self::open(folder, clock)
    }

    /// Who this installation is, as of the last commit.
    pub fn identity(&self) -> Identity {
        *self.inner.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// The clock that was handed in.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// What changed, told after each commit.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.inner.changes.subscribe()
    }

    /// Runs a write and answers after it is on disk. An error takes back everything the job wrote.
    ///
    /// # Errors
    /// What the job answers, or [`Error::Stopped`] and [`Error::Panicked`].
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = job(f);
        let jobs = self.inner.jobs.as_ref().ok_or(Error::Stopped)?;
        jobs.send(job).await.map_err(|_| Error::Stopped)?;
        answer.await.map_err(|_| Error::Panicked)?
    }

    /// As [`Self::write`], for the command line and tests; never inside async code.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_blocking<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = job(f);
        let jobs = self.inner.jobs.as_ref().ok_or(Error::Stopped)?;
        jobs.blocking_send(job).map_err(|_| Error::Stopped)?;
        answer.blocking_recv().map_err(|_| Error::Panicked)?
    }

    /// Runs a read in one consistent snapshot, off the async threads.
    ///
    /// # Errors
    /// What the read answers, or [`Error::Panicked`].
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&ReadTx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let store = self.clone();
        match tokio::task::spawn_blocking(move || store.read_blocking(f)).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Panicked.into()),
        }
    }

    /// As [`Self::read`], for the command line and tests.
    ///
    /// # Errors
    /// What the read answers.
    pub fn read_blocking<T, E: From<Error>>(&self, f: impl FnOnce(&ReadTx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.inner.readers.read(self.inner.clock.now(), f)
    }
}

fn job<T, E, F>(f: F) -> (Job, oneshot::Receiver<Result<T, E>>)
where
    F: FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (sender, answer) = oneshot::channel::<Result<T, E>>();
    let job: Job = Box::new(move |tx| {
        let mut result = f(tx);
        // what the new evidence asks for next belongs to the same commit, whoever appended it
        if result.is_ok()
            && let Err(error) = follow_up::run(tx).and_then(|()| project::flush(tx))
        {
            result = Err(error.into());
        }
        let kept = result.is_ok();
        // somebody who no longer waits is no reason to take anything back
        let reply = Box::new(move || drop(sender.send(result)));
        if kept { Verdict::Keep(reply) } else { Verdict::TakeBack(reply) }
    });
    (job, answer)
}

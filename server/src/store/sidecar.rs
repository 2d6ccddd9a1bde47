//! A small file beside the database that says what was committed here last. A database that does not have that was put
//! back by hand, and one that is gone altogether was not meant to be made anew.
//!
//! Written by a thread of its own, at most once a second and never before the commit is on the disk, so it may be behind
//! the database and is never ahead of it. Absent: anything that could not be lost; without the file nothing is noticed.

use serde::{Deserialize, Serialize};
use shared::moment::Moment;
use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use uuid::Uuid;

/// Its name in the data folder.
pub const FILE: &str = "trueup.head";
/// Between two writings: often enough to notice any copy that a person can have made.
const PAUSE: Duration = Duration::from_secs(1);

/// What was committed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Whose database it was.
    pub server: Uuid,
    /// Its last fact.
    pub position: i64,
    /// The site's chain there, in hexadecimal.
    pub chain: String,
    /// When this was written.
    pub at: Moment,
}

/// Reads it. `None`: there is none, or it is damaged, which is no reason to keep a server from starting.
pub fn read(folder: &Path) -> Option<Noted> {
    let text = std::fs::read_to_string(folder.join(FILE)).ok()?;
    serde_json::from_str(&text).inspect_err(|error| tracing::warn!(%error, "{FILE} cannot be read")).ok()
}

/// Writes it: whole, or not at all.
pub(super) fn write(folder: &Path, noted: &Noted) -> std::io::Result<()> {
    let fresh = folder.join("trueup.head.new");
    let mut file = super::file::create_private(&fresh)?;
    serde_json::to_writer(&mut file, noted)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(fresh, folder.join(FILE))
}

/// Takes it away: the database is meant to be gone.
pub(super) fn set_aside(folder: &Path) -> std::io::Result<()> {
    std::fs::rename(folder.join(FILE), folder.join("trueup.head.old"))
}

/// Who writes it while the server runs.
pub(super) struct Keeper {
    shared: Arc<(Mutex<Slot>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Slot {
    next: Option<Noted>,
    stop: bool,
}

impl Keeper {
    pub(super) fn start(folder: PathBuf) -> std::io::Result<Self> {
        let shared = Arc::new((Mutex::<Slot>::default(), Condvar::new()));
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("sidecar".into()).spawn(move || keep(&folder, &own))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// What was just committed. Costs the writer no more than a lock.
    pub(super) fn note(&self, noted: Noted) {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).next = Some(noted);
        self.shared.1.notify_one();
    }
}

impl Drop for Keeper {
    /// Writes what was noted last, and ends.
    fn drop(&mut self) {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.shared.1.notify_one();
        if let Some(thread) = self.thread.take() {
            // a thread that panicked has nothing more to write
            let _ = thread.join();
        }
    }
}

fn keep(folder: &Path, shared: &(Mutex<Slot>, Condvar)) {
    let (slot, news) = shared;
    let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        held = news.wait_while(held, |slot| slot.next.is_none() && !slot.stop).unwrap_or_else(PoisonError::into_inner);
        let (next, stop) = (held.next.take(), held.stop);
        drop(held);
        if let Some(noted) = next
            && let Err(error) = write(folder, &noted)
        {
            tracing::warn!(%error, "{FILE} cannot be written; a database put back by hand would not be noticed");
        }
        if stop {
            return;
        }
        held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        held = news.wait_timeout_while(held, PAUSE, |slot| !slot.stop).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether there is one at all.
pub fn exists(folder: &Path) -> bool {
    File::open(folder.join(FILE)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_last_is_there_after_the_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let noted = |position| Noted { server: Uuid::from_u128(1), position, chain: hex(&[1, 255]), at: Moment(5) };
        let keeper = Keeper::start(folder.path().to_owned()).expect("a thread");
        for position in 1..=1000 {
            keeper.note(noted(position));
        }
        drop(keeper);
        assert_eq!(read(folder.path()), Some(noted(1000)));
    }

    #[test]
    fn a_damaged_note_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(folder.path()), None);
        std::fs::write(folder.path().join(FILE), "{\"server\":").expect("a file");
        assert_eq!(read(folder.path()), None);
    }
}

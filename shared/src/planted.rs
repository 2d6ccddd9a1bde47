//! Defects that a test plants on purpose, to see whether the suite catches them (`SYNC.md` section 10). Each is one `if`
//! at the place where somebody might make the mistake.
//!
//! Absent from every program that people run: without the feature `planted`, [`is`] is `false` at compile time, and
//! nothing of a defect is left. Only `tests` turns the feature on.

/// One defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Defect {
    /// The server commits with `synchronous=NORMAL`: a power cut takes back what was acknowledged.
    SyncNormal = 1,
    /// The server answers first and commits afterwards.
    AnswerBeforeCommit,
    /// The journal is written with relaxed durability.
    RelaxedDurability,
    /// The journal puts an event where one may stand already, instead of adding it.
    PutForAdd,
    /// The server takes the highest number it has seen for the end of the log.
    HighestForContiguous,
    /// The server drops an event whose place is taken, and acknowledges it.
    ConflictIgnored,
    /// The handheld deletes what the server answered with a 4xx.
    DeletedOnRefusal,
    /// The handheld believes an answer without comparing its chain.
    AnswerTrusted,
    /// The journal reads the next number in one transaction and uses it in another.
    NumberReadApart,
    /// The handheld takes a database that had to be made for its first run.
    UpgradeForFirstRun,
    /// Signing out clears the journal.
    ClearedOnSignOut,
    /// The server drops an event of a kind that it does not know.
    UnknownKindDropped,
    /// Of two sheets, the one with the later clock wins.
    LastByWallClock,
    /// A new build takes over a page that is open.
    OpenPageTakenOver,
    /// The handheld removes events as soon as the server has them.
    RemovedOnceDurable,
    /// The handheld removes events by what a log was told before the server was restored.
    RemovedUnasked,
    /// An entry is credited to whoever opened its sheet.
    ActorOfSheet,
}

impl Defect {
    /// Every defect.
    pub const ALL: [Self; 17] = [
        Self::SyncNormal,
        Self::AnswerBeforeCommit,
        Self::RelaxedDurability,
        Self::PutForAdd,
        Self::HighestForContiguous,
        Self::ConflictIgnored,
        Self::DeletedOnRefusal,
        Self::AnswerTrusted,
        Self::NumberReadApart,
        Self::UpgradeForFirstRun,
        Self::ClearedOnSignOut,
        Self::UnknownKindDropped,
        Self::LastByWallClock,
        Self::OpenPageTakenOver,
        Self::RemovedOnceDurable,
        Self::RemovedUnasked,
        Self::ActorOfSheet,
    ];
    /// Finds a defect by the name it has in this file.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|defect| format!("{defect:?}") == name)
    }
}

#[cfg(feature = "planted")]
mod switch {
    use super::Defect;
    use std::{
        cell::Cell,
        sync::atomic::{AtomicU8, Ordering},
    };

    /// For a whole program: a server that was started with a defect.
    static EVERYWHERE: AtomicU8 = AtomicU8::new(0);
    std::thread_local! {
        /// For one simulation among many that run side by side.
        static HERE: Cell<u8> = const { Cell::new(0) };
    }

    /// Plants a defect in the whole program, or digs it out.
    pub fn plant_everywhere(defect: Option<Defect>) {
        EVERYWHERE.store(defect.map_or(0, |defect| defect as u8), Ordering::Relaxed);
    }
    /// Plants a defect for the code that runs on this thread, or digs it out.
    pub fn plant(defect: Option<Defect>) {
        HERE.set(defect.map_or(0, |defect| defect as u8));
    }
    /// Whether a defect is planted.
    pub fn is(defect: Defect) -> bool {
        let number = defect as u8;
        HERE.get() == number || EVERYWHERE.load(Ordering::Relaxed) == number
    }
}

#[cfg(feature = "planted")]
pub use switch::{is, plant, plant_everywhere};

/// Whether a defect is planted: never.
#[cfg(not(feature = "planted"))]
pub const fn is(_defect: Defect) -> bool {
    false
}

#[cfg(all(test, feature = "planted"))]
mod tests {
    use super::{Defect, is, plant};

    #[test]
    fn a_defect_is_planted_and_dug_out_again() {
        plant(Some(Defect::PutForAdd));
        assert!(is(Defect::PutForAdd) && !is(Defect::SyncNormal));
        plant(None);
        assert!(!is(Defect::PutForAdd));
    }
    #[test]
    fn every_defect_is_found_by_its_name() {
        assert!(Defect::ALL.iter().all(|defect| Defect::parse(&format!("{defect:?}")) == Some(*defect)));
        assert_eq!(Defect::parse("Nothing"), None);
    }
}

//! Backups of the installation, and what a restored server still waits for.

use crate::{backup::Plan, moment::Moment};
use serde::{Deserialize, Serialize};

/// Why a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupWhy {
    Schedule,
    Desk,
    Command,
    /// It is the one that this server was restored from.
    Restored,
}

impl BackupWhy {
    pub const ALL: [Self; 4] = [Self::Schedule, Self::Desk, Self::Command, Self::Restored];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Desk => "desk",
            Self::Command => "command",
            Self::Restored => "restored",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.word() == word)
    }
}

/// What is known of a backup's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupState {
    /// Read back and checked, and unchanged when last looked at.
    Verified,
    /// No longer where it was.
    Missing,
    /// Not the bytes that were checked.
    Damaged,
    /// Removed because newer ones are enough.
    Removed,
}

impl BackupState {
    pub const ALL: [Self; 4] = [Self::Verified, Self::Missing, Self::Damaged, Self::Removed];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Missing => "missing",
            Self::Damaged => "damaged",
            Self::Removed => "removed",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRow {
    pub id: i64,
    pub folder: String,
    pub name: String,
    /// It holds what was committed until then.
    pub made_at: Moment,
    pub why: BackupWhy,
    pub state: BackupState,
    /// When the file was last compared with what was checked.
    pub checked_at: Moment,
    pub size_bytes: u64,
    /// Facts in it, those recorded by handhelds included.
    pub facts: u64,
    /// Of these, recorded by handhelds.
    pub events: u64,
    /// Facts recorded since: what going back to it would take away.
    pub facts_since: u64,
}

/// `GET …/backups` (Administer)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backups {
    /// The newest first; those removed are left out.
    pub rows: Vec<BackupRow>,
    pub plan: Plan,
    /// Where new ones go.
    pub folder: String,
    /// When and why the last attempt, or a restore that was asked for, failed.
    pub failed: Option<(Moment, String)>,
    /// Recorded by handhelds and in no verified backup yet.
    pub events_unarchived: u64,
    /// Whether the person may restore: that sets back every site.
    pub may_restore: bool,
    /// After a restore: who has sent again what was missing.
    pub restored: Option<RestoreStatus>,
}

/// `POST …/backups/restore` (Administer)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskRestore {
    pub id: i64,
}

/// Why a timeline began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineWhy {
    /// Somebody restored a backup.
    Restored,
    /// The database was older than what had been committed in this folder: a file was put back by hand.
    OlderDatabase,
    /// A handheld knew of more than was here.
    DeviceKnewMore,
}

impl TimelineWhy {
    pub const ALL: [Self; 3] = [Self::Restored, Self::OlderDatabase, Self::DeviceKnewMore];
    /// The word used in tables and facts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::OlderDatabase => "older_database",
            Self::DeviceKnewMore => "device_knew_more",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.word() == word)
    }
}

/// Where a handheld stands after a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// Heard of since, and nothing of it is known to be missing.
    Returned,
    /// Heard of since, and something is missing still.
    Sending,
    /// Not heard of since.
    Waiting,
    /// It came after the backup, so this server does not know it: it has to be enrolled again.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturningDevice {
    pub name: String,
    pub state: ReturnState,
    pub seen_at: Option<Moment>,
    /// Entries that were missing and have come again.
    pub resent: u64,
    /// Entries known to be missing, or announced by the handheld and not here.
    pub missing: u64,
}

/// `GET …/restore-status` (SeePeople): `None` when nothing was ever restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreStatus {
    pub why: TimelineWhy,
    pub started_at: Moment,
    /// When the last thing that was here had been recorded.
    pub restored_to: Moment,
    /// The backup, where one was restored.
    pub file: String,
    /// Who asked for it at the desk.
    pub by: Option<String>,
    /// Handhelds of the site, those that are missing first.
    pub devices: Vec<ReturningDevice>,
}

impl RestoreStatus {
    /// Handhelds that are whole again.
    pub fn returned(&self) -> usize {
        self.devices.iter().filter(|device| device.state == ReturnState::Returned).count()
    }
    /// Entries that came again.
    pub fn resent(&self) -> u64 {
        self.devices.iter().map(|device| device.resent).sum()
    }
    /// Whether every handheld is whole again.
    pub fn is_healed(&self) -> bool {
        self.returned() == self.devices.len()
    }
}

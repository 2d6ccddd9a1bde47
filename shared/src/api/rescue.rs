//! Rescue files at the desk: what is handed in, and what became of it.
//!
//! Absent: what was counted. A lead who brings a file stays as blind as before.

#![allow(missing_docs)] // a field's name says what it is; what does not is documented

use crate::{
    id::{LogId, PersonId},
    moment::Moment,
    sync::{message::LogReason, rescue::Damage},
};
use serde::{Deserialize, Serialize};

/// Bytes of a rescue file, at most: some 40,000 entries, two months of one busy handheld.
pub const RESCUE_TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// `POST /api/v1/sites/{site}/rescue`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRescue {
    /// The file as it is, or what the scanner read of the QR codes.
    pub text: String,
    /// Says what would happen and stores nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of the events of one log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescuedLog {
    pub log: LogId,
    pub reason: LogReason,
    pub tally: Tally,
}

/// Events and entries by what became of them; their sum is what could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Here for the first time.
    pub new: u64,
    /// Here before, byte for byte.
    pub known: u64,
    /// Another event has their number: kept beside it, without effect.
    pub conflicting: u64,
    /// New, but events before them are missing: kept in a log of their own; what belongs to a visit whose beginning is
    /// missing has no effect until that arrives.
    pub apart: u64,
    /// Not stored yet: the handheld has to hand in first what came before them. The file is kept.
    pub waiting: u64,
    /// Not stored: the handheld is not known here, or is of another site. The file is kept.
    pub foreign: u64,
}

impl Tally {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.new + self.known + self.conflicting + self.apart + self.waiting + self.foreign
    }
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            new: self.new + other.new,
            known: self.known + other.known,
            conflicting: self.conflicting + other.conflicting,
            apart: self.apart + other.apart,
            waiting: self.waiting + other.waiting,
            foreign: self.foreign + other.foreign,
        }
    }
    /// Whether something of it is not stored among the facts yet.
    pub const fn is_left(&self) -> bool {
        self.waiting + self.foreign > 0
    }
}

/// How many events were stored and marked, by why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescueMark {
    /// As in a push: `unknown_location`, `device_revoked`…
    pub code: String,
    pub events: u64,
}

/// What became of a rescue file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RescueReport {
    /// The handheld, as the file or this server calls it.
    pub device_name: String,
    /// Everything that could be read.
    pub tally: Tally,
    /// The journal, log by log.
    pub logs: Vec<RescuedLog>,
    /// Entries that the handheld had not saved.
    pub unsaved: Tally,
    /// Stored, but marked.
    pub marks: Vec<RescueMark>,
    /// What could not be read.
    pub damages: Vec<Damage>,
    /// Damages beyond those named.
    pub damages_unnamed: usize,
    /// Whether the file itself is kept, because something of it waits or was damaged.
    pub kept: bool,
    /// Whether nothing was stored, because only that was asked.
    pub dry_run: bool,
}

/// `GET /api/v1/sites/{site}/rescue`: a file that was brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescueRow {
    /// The SHA-256 of its text, in hexadecimal.
    pub id: String,
    pub received_at: Moment,
    /// Who brought it last; `None`: somebody with the command line.
    pub person: Option<PersonId>,
    pub person_name: String,
    pub report: RescueReport,
}

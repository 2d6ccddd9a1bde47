//! Marked events at the desk, in groups that are decided together. No field holds a quantity: a lead may be blind, and
//! may be sent to count again what is shown here.

use crate::{
    id::{LogId, PersonId},
    mark::{MarkDecision, MarkState},
    moment::Moment,
    sync::message::Mark,
};
use serde::{Deserialize, Serialize};

/// A row of `GET …/marks` (SeeWork): what nobody has decided about first, then the latest decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRow {
    pub log: LogId,
    /// Which events of the log, ascending.
    pub seqs: Vec<u64>,
    pub mark: Mark,
    /// Stable code, such as `unknown_location`.
    pub code: String,
    pub state: MarkState,
    /// Whoever the events say recorded them; `None` where nobody can read that.
    pub person: Option<PersonId>,
    pub person_name: String,
    pub device_name: String,
    /// What they are, without quantities: `1 visit, 5 entries`.
    pub what: String,
    /// Codes of the bins they are about.
    pub bins: Vec<String>,
    /// By the corrected clock of the handheld; `None` where nobody can read it.
    pub first_at: Option<Moment>,
    pub last_at: Option<Moment>,
    /// When the last of them reached the server.
    pub received_at: Moment,
    /// Why they are marked.
    pub why: String,
    /// What to do about it.
    pub advice: String,
    /// What can be decided; empty once something was.
    pub offers: Vec<MarkDecision>,
    pub decided_at: Option<Moment>,
    pub decided_by: String,
    pub reason: String,
}

/// `POST …/marks/decide` (PlanWork or Administer): about exactly the events that were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideMarks {
    pub log: LogId,
    pub seqs: Vec<u64>,
    pub decision: MarkDecision,
    pub reason: String,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarksDecided {
    /// Events about which it was decided.
    pub decided: u64,
    /// Events that were to take effect and still do not fit: they stay listed, with why.
    pub unfit: u64,
}

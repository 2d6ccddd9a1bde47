//! Incidents at the desk. No field holds a book quantity or a variance: a lead may be blind.

use crate::{
    id::IncidentId,
    incident::{IncidentKind, IncidentState},
    moment::Moment,
};
use serde::{Deserialize, Serialize};

/// A row of `GET …/incidents` (SeeWork): what needs somebody first, then what goes on, then what is over, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    pub id: IncidentId,
    pub kind: IncidentKind,
    pub state: IncidentState,
    /// Whether somebody has to look at it.
    pub needs_person: bool,
    /// What happened.
    pub sentence: String,
    /// How far it has mended; empty where that cannot be said.
    pub progress: String,
    /// What to do about it.
    pub advice: String,
    /// The handheld; empty where it is about none.
    pub device_name: String,
    pub noticed_at: Moment,
    /// When the handheld was last heard of, where it is about its silence.
    pub since: Option<Moment>,
    pub mended_at: Option<Moment>,
    pub closed_at: Option<Moment>,
    /// Who closed it.
    pub closed_by: String,
    /// Why it was closed.
    pub reason: String,
}

/// `POST …/incidents/{id}/close` (PlanWork or Administer)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseIncident {
    /// What was found out and done.
    pub reason: String,
}

/// `GET …/attention` (SeeWork): how much waits for somebody, for the badges of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attention {
    /// Incidents that need somebody.
    pub incidents: u64,
    /// Groups of marked events about which nobody has decided.
    pub marks: u64,
}

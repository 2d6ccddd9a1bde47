//! Errors on the wire: RFC 9457 problem JSON with a stable code and a sentence that helps.

use serde::{Deserialize, Serialize};

/// `application/problem+json`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code for programs, such as `not_found`, `forbidden`, `approver_counted`.
    pub code: String,
    /// HTTP status.
    pub status: u16,
    /// What happened, to what, what to do now; a whole sentence for people.
    pub detail: String,
    /// The field it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

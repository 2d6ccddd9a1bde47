//! Refusals: the domain says no, with a stable code and a sentence that says what happened, to what, and what to do.
//!
//! Absent: HTTP. The server maps a refusal to 409 or 422 in one place.

use serde::{Deserialize, Serialize};

/// Why a decision is not allowed, quoting the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{sentence}")]
pub struct Refusal {
    /// Stable code for programs, such as `approver_counted`.
    pub code: String,
    /// What happened, to what, and what to do now.
    pub sentence: String,
}

impl Refusal {
    /// A refusal with its stable code and its sentence.
    pub fn new(code: &str, sentence: impl Into<String>) -> Self {
        Self { code: code.into(), sentence: sentence.into() }
    }
}

//! The history of anything, from the facts.

use crate::moment::Moment;
use serde::{Deserialize, Serialize};

/// What the history is of: `GET …/history/{subject}/{id}?before=&limit=` (SeeBooks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Location,
    Item,
    Task,
    Person,
    Device,
    Discrepancy,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 6] = [Self::Location, Self::Item, Self::Task, Self::Person, Self::Device, Self::Discrepancy];
    /// The word used in paths and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Item => "item",
            Self::Task => "task",
            Self::Person => "person",
            Self::Device => "device",
            Self::Discrepancy => "discrepancy",
        }
    }
    /// Reads the word of a path.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.word() == word)
    }
}

/// One fact, told in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// Its position among the facts: pass as `before` for the next page.
    pub position: i64,
    /// When it happened.
    pub at: Moment,
    /// When the server learned it.
    pub recorded_at: Moment,
    /// Who; empty for the system.
    pub person_name: String,
    /// From where: `desk`, `H-04`, `import`, `system`.
    pub origin: String,
    /// The kind of fact, such as `scanned`.
    pub kind: String,
    /// What happened, in words, with names instead of numbers.
    pub sentence: String,
    /// The exact body that was recorded.
    pub body: String,
    /// The chain hash there, in hexadecimal.
    pub chain: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// What it is of, such as `Bin A-01-03`.
    pub title: String,
    pub lines: Vec<HistoryLine>,
    pub more: bool,
}

/// `GET …/search?q=` (SeeBooks): to find whose history to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    pub subject: Subject,
    pub id: i64,
    pub title: String,
    pub detail: String,
}

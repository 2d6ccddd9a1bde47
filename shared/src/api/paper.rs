//! Paper count sheets at the desk. No field holds a book quantity: a sheet is as blind as a handheld.

use crate::{
    fact::Assignee,
    id::{LocationId, PersonId, TaskId},
    item::Tracking,
    key::ItemKey,
    moment::Moment,
    paper::PaperLine,
};
use serde::{Deserialize, Serialize};

/// `GET …/paper/sheet?code=` (PlanWork): what a printed sheet is, before it is typed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSheet {
    /// The code as it is printed.
    pub code: String,
    pub task: TaskId,
    pub count_name: String,
    pub location: LocationId,
    pub location_code: String,
    pub round: u8,
    pub assignee: Assignee,
    /// Who counted an earlier round and should not be the one who counted this sheet.
    pub excluded: Vec<PersonId>,
    /// In a recount, the keys in dispute; `None`: the whole bin.
    pub keys: Option<Vec<PaperKey>>,
    /// What the site's clock shows, in the form of [`NewPaperSheet::written_at`].
    pub now: String,
    /// Who typed it in already; `None`: nobody.
    pub typed: Option<TypedBy>,
}

/// One key that a recount asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperKey {
    #[serde(flatten)]
    pub key: ItemKey,
    pub sku: String,
    pub description: String,
    pub unit: String,
    pub tracking: Tracking,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedBy {
    /// Who typed it.
    pub typist: String,
    /// Whose count it is.
    pub counter: String,
    pub at: Moment,
}

/// `POST …/paper/sheets` (PlanWork), answers [`SheetTyped`]. The same code is the same sheet: a second time is refused
/// with `already_typed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPaperSheet {
    pub code: String,
    /// Who counted: whose sheet it is.
    pub person: PersonId,
    /// Date and time as they stand on the sheet, by the site's clock: `2026-11-23T14:30`.
    pub written_at: String,
    /// How far that time may be off, either way.
    pub uncertainty_minutes: u32,
    pub lines: Vec<PaperLine>,
    /// The sheet says that nothing lay there.
    pub is_empty: bool,
    /// The sheet says that the whole bin was counted: what is not on it is not there.
    pub location_done: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetTyped {
    pub location_code: String,
    pub counter: String,
    pub lines: u32,
    /// What somebody should look at, such as a counter without a role.
    pub marks: Vec<String>,
}

//! What facts hold where it takes more than one field: movements, statements, tasks, roles, what a decision rested on.

use crate::{
    id::{LocationId, MovementId, PersonId, SiteId, TaskId},
    key::StockKey,
    moment::Moment,
    money::Money,
    quantity::Quantity,
    role::Role,
};
use serde::{Deserialize, Serialize};

/// What a movement is (`DOMAIN.md` section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// The first figure of a key.
    Opening,
    /// Goods in.
    Receipt,
    /// Goods out.
    Issue,
    /// One leg of a move between keys.
    Transfer,
    /// Goods back.
    Return,
    /// Broken, expired, scrapped.
    Damage,
    /// Corrected in the other system.
    Adjustment,
    /// Corrected by an approved count.
    CountAdjustment,
    /// The difference between a statement and the ledger.
    StatementCorrection,
}

impl MovementKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Opening,
        Self::Receipt,
        Self::Issue,
        Self::Transfer,
        Self::Return,
        Self::Damage,
        Self::Adjustment,
        Self::CountAdjustment,
        Self::StatementCorrection,
    ];
    /// The word used in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Receipt => "receipt",
            Self::Issue => "issue",
            Self::Transfer => "transfer",
            Self::Return => "return",
            Self::Damage => "damage",
            Self::Adjustment => "adjustment",
            Self::CountAdjustment => "count_adjustment",
            Self::StatementCorrection => "statement_correction",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One movement as another system told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementRow {
    /// The site's number for it.
    pub id: MovementId,
    /// Which key changed.
    #[serde(flatten)]
    pub key: StockKey,
    /// By how much, signed.
    pub quantity: Quantity,
    /// What it was.
    pub kind: MovementKind,
    /// When it happened.
    pub effective_at: Moment,
    /// The source's own reference, unique within the source: a second delivery changes nothing.
    pub reference: String,
}

/// One figure of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRow {
    /// Which key.
    #[serde(flatten)]
    pub key: StockKey,
    /// What the source system says is there.
    pub quantity: Quantity,
    /// The number the correction movement gets, should there be a difference.
    pub movement: MovementId,
}

/// Who a task is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "person", rename_all = "snake_case")]
pub enum Assignee {
    /// Anybody who counts on the site and is not excluded.
    Pool,
    /// One person.
    Person(PersonId),
}

/// A task as a count is made with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskSeed {
    /// Its number.
    pub id: TaskId,
    /// Where.
    pub location: LocationId,
    /// Who is to do it.
    pub assignee: Assignee,
}

/// A person's roles on a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRoles {
    /// The site.
    pub site: SiteId,
    /// The roles; none means no access.
    pub roles: Vec<Role>,
    /// Up to which value the person may approve; `None` is no limit.
    #[serde(default)]
    pub approval_limit: Option<Money>,
}

/// What a decision rested on, kept with it (`DOMAIN.md` section 5: a decision stores version and rule).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionBasis {
    /// The variance decided on, in base units.
    pub variance: Quantity,
    /// Its value; `None` where the item's cost is unknown.
    pub value: Option<Money>,
    /// The rule that flagged it, in words.
    pub rule: String,
    /// The version of the rules.
    pub rules_version: i64,
}

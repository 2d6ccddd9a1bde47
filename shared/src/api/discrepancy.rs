//! Discrepancies and what supervisors decide about them. Only people with SeeBooks ever receive these.

use super::master::MovementLine;
use crate::{
    fact::MovementKind,
    id::{CountId, DiscrepancyId, MovementId, PersonId},
    moment::{Moment, Window},
    money::Money,
    quantity::Quantity,
};
use serde::{Deserialize, Serialize};

/// Where a discrepancy stands (`DOMAIN.md` section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscrepancyState {
    /// Somebody else is counting it again.
    Recounting,
    /// Two rounds agree; a supervisor decides.
    Confirmed,
    /// No rounds left; a supervisor decides on all evidence.
    Escalated,
    /// Beyond approval but not recount limits; a supervisor decides.
    AwaitingApproval,
    /// The first of two approvals is there.
    HalfApproved,
    /// A later round was within tolerance: the earlier count was wrong.
    Accepted,
    /// Approved; the adjustment is in the ledger.
    Posted,
    /// Handed to the other system.
    Exported,
    /// The other system has posted it.
    Acknowledged,
    /// The book stands.
    Rejected,
    /// Paired with another and posted as one transfer.
    Transferred,
}

impl DiscrepancyState {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Recounting,
        Self::Confirmed,
        Self::Escalated,
        Self::AwaitingApproval,
        Self::HalfApproved,
        Self::Accepted,
        Self::Posted,
        Self::Exported,
        Self::Acknowledged,
        Self::Rejected,
        Self::Transferred,
    ];
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recounting => "recounting",
            Self::Confirmed => "confirmed",
            Self::Escalated => "escalated",
            Self::AwaitingApproval => "awaiting_approval",
            Self::HalfApproved => "half_approved",
            Self::Accepted => "accepted",
            Self::Posted => "posted",
            Self::Exported => "exported",
            Self::Acknowledged => "acknowledged",
            Self::Rejected => "rejected",
            Self::Transferred => "transferred",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
    /// Whether a supervisor can decide now.
    pub const fn awaits_decision(self) -> bool {
        matches!(self, Self::Confirmed | Self::Escalated | Self::AwaitingApproval | Self::HalfApproved)
    }
    /// Whether it still needs somebody.
    pub const fn is_open(self) -> bool {
        self.awaits_decision() || matches!(self, Self::Recounting)
    }
    /// Whether somebody has decided: later evidence raises findings instead of changing it.
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Posted | Self::Exported | Self::Acknowledged | Self::Rejected | Self::Transferred)
    }
}

/// How a variance relates to movements in its window (`DOMAIN.md` section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VarianceKind {
    /// Nothing moved in the window.
    Plain,
    /// Something moved, and the count equals the book at some instant of the window: no variance.
    SettledByMovement,
    /// Something moved, and the count equals the book at no instant: never posted by itself.
    Ambiguous,
}

impl VarianceKind {
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::SettledByMovement => "settled_by_movement",
            Self::Ambiguous => "ambiguous",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Plain, Self::SettledByMovement, Self::Ambiguous].into_iter().find(|kind| kind.word() == word)
    }
}

/// A row of `GET …/discrepancies?state=open|decided|all&q=&after=&limit=` (SeeBooks), worst value first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyRow {
    pub id: DiscrepancyId,
    pub state: DiscrepancyState,
    pub location_code: String,
    pub sku: String,
    pub description: String,
    pub unit: String,
    pub lot: String,
    pub serial: String,
    pub count: CountId,
    pub count_name: String,
    /// Rounds counted so far.
    pub rounds: u8,
    pub counted: Quantity,
    pub book: Quantity,
    pub variance: Quantity,
    /// `None` where the item's cost is unknown: shown as unknown, never as zero.
    pub value: Option<Money>,
    pub kind: VarianceKind,
    pub rule: String,
    pub opened_at: Moment,
    pub due_at: Moment,
    pub owner_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyPage {
    pub rows: Vec<DiscrepancyRow>,
    pub total: u64,
    /// Sum of the magnitudes of the known values.
    pub value_total: Money,
    /// Rows whose value is unknown.
    pub value_unknown: u64,
}

/// One round's evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundEvidence {
    pub round: u8,
    pub counted: Quantity,
    /// True: not on the sheet of a location that was counted whole.
    pub implied_zero: bool,
    pub book: Quantity,
    pub variance: Quantity,
    pub kind: VarianceKind,
    pub window: Window,
    /// The book at both ends of the window, where something moved.
    pub book_ends: Option<(Quantity, Quantity)>,
    pub counters: Vec<String>,
    pub devices: Vec<String>,
    pub scanned_at: Moment,
    pub received_at: Moment,
    /// Says how sheets were put together: "one sheet", "2 sheets added", "2 people agree", "2 people differ".
    pub merged: String,
}

/// A step in the life of a discrepancy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionLine {
    pub at: Moment,
    pub person_name: String,
    /// `approved`, `rejected`, `round_ordered`, `paired`, `exported`, `acknowledged`.
    pub what: String,
    pub reason: String,
    pub note: String,
}

/// A movement offered as the pair of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingOffer {
    pub other: DiscrepancyId,
    /// 0 to 100.
    pub confidence: u8,
    pub sentence: String,
}

/// `GET …/discrepancies/{id}` (SeeBooks)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyDetail {
    pub row: DiscrepancyRow,
    pub rounds: Vec<RoundEvidence>,
    /// The book and the movements around the scans, oldest first.
    pub movements: Vec<MovementLine>,
    pub decisions: Vec<DecisionLine>,
    /// Look-again hints from arithmetic, as sentences.
    pub hints: Vec<String>,
    pub pairings: Vec<PairingOffer>,
    /// Who is counting it again now, with why they were chosen.
    pub recount_task: Option<String>,
    /// Why the person asking may not approve, quoting the rule; `None`: they may.
    pub approve_refusal: Option<String>,
    pub unit_cost: Option<Money>,
    /// Changes when the evidence does; a decision must name it, so that nobody decides on what they have not seen.
    pub evidence: String,
}

/// `POST …/discrepancies/{id}/approve` and `…/reject` (Decide). 409 `evidence_changed` when it is not what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// A reason code of the site.
    pub reason: String,
    pub note: String,
    pub evidence: String,
}

/// `POST …/discrepancies/{id}/recount` (Decide): one more round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRound {
    pub note: String,
    pub evidence: String,
}

/// `POST …/discrepancies/{id}/pair` (Decide)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub other: DiscrepancyId,
    pub reason: String,
    pub note: String,
    pub evidence: String,
}

/// A row of `GET …/adjustments?state=posted|exported|acknowledged|all` (ExportAdjustments or SeeBooks).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentRow {
    pub movement: MovementId,
    pub discrepancy: Option<DiscrepancyId>,
    pub state: DiscrepancyState,
    pub kind: MovementKind,
    pub location_code: String,
    pub sku: String,
    pub lot: String,
    pub serial: String,
    pub quantity: Quantity,
    pub value: Option<Money>,
    pub effective_at: Moment,
    pub reason: String,
    pub note: String,
    pub approved_by: Option<PersonId>,
    pub approved_by_name: String,
    pub posted_at: Moment,
    /// The hand-over it was in; empty before.
    pub batch: String,
}

/// `POST …/adjustments/export` (ExportAdjustments): hands over every posted adjustment, answers the rows handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedBatch {
    pub batch: String,
    pub rows: Vec<AdjustmentRow>,
}

/// `POST …/adjustments/acknowledge` (ExportAdjustments)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    pub movements: Vec<MovementId>,
    /// The other system's own reference.
    pub reference: String,
}

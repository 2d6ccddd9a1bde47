//! What every decision about a discrepancy asks first: is it here, has the evidence been seen, and what does the rule of
//! who may decide need to know.
//!
//! Absent: the rule itself, which is [`shared::approval`].

use super::{Doer, Failure};
use crate::{
    project::known,
    store::{ReadTx, WriteTx, count, discrepancy, discrepancy::DiscrepancyRow, person, reason},
};
use shared::{
    approval::Case,
    fact::DecisionBasis,
    id::{DiscrepancyId, PersonId, SiteId},
    money::Money,
};

/// A discrepancy with everything that decides who may decide it.
pub(super) struct Docket {
    pub row: DiscrepancyRow,
    pub person: PersonId,
    counted_by: Vec<PersonId>,
    typed_by: Vec<PersonId>,
    pub approvals: Vec<PersonId>,
    limit: Option<Money>,
    dual_above: Option<Money>,
    rules_version: i64,
    /// Whether the count it belongs to expects no more work.
    pub is_closed: bool,
}

impl Docket {
    /// Loads it as the person who wants to decide sees it.
    pub(super) fn load(tx: &ReadTx<'_>, site: SiteId, person: PersonId, id: DiscrepancyId) -> Result<Self, Failure> {
        let row = discrepancy::find(tx.conn(), id)?.filter(|row| row.site == site);
        let row = row.ok_or_else(|| Failure::not_found("discrepancy"))?;
        let policy = known::policy(tx.conn(), row.count)?;
        Ok(Self {
            counted_by: discrepancy::list_counters(tx.conn(), &row)?,
            typed_by: discrepancy::list_typists(tx.conn(), &row)?,
            approvals: discrepancy::list_approvals(tx.conn(), id, &row.evidence)?,
            limit: person::find_approval_limit(tx, site, person)?,
            dual_above: policy.as_ref().and_then(|policy| policy.dual_above),
            is_closed: count::is_closed(tx.conn(), row.count)?,
            rules_version: policy.map_or(0, |policy| policy.rules_version),
            row,
            person,
        })
    }

    /// What the rule judges.
    pub(super) fn case(&self) -> Case<'_> {
        Case {
            person: self.person,
            limit: self.limit,
            counted_by: &self.counted_by,
            typed_by: &self.typed_by,
            value: self.row.value,
            earlier_approvals: &self.approvals,
            dual_above: self.dual_above,
            state: self.row.state,
        }
    }

    /// What the decision rests on, to be kept with it.
    pub(super) fn basis(&self) -> DecisionBasis {
        DecisionBasis {
            variance: self.row.variance,
            value: self.row.value,
            rule: self.row.rule.clone(),
            rules_version: self.rules_version,
        }
    }

    /// Nobody decides on what they have not seen.
    pub(super) fn seen(&self, evidence: &str) -> Result<(), Failure> {
        if self.row.evidence == evidence {
            return Ok(());
        }
        Err(Failure::refused(
            "evidence_changed",
            "Something has arrived since you opened this: a count, a movement or a decision. Look at it again, then decide.",
        ))
    }
}

/// Who decides: a person, always.
pub(super) fn decider(doer: &Doer) -> Result<PersonId, Failure> {
    doer.person.ok_or_else(|| Failure::refused("person_needed", "Somebody who is signed in has to decide this."))
}

/// A reason code of the site, and a note of bearable length.
pub(super) fn check_reason(tx: &WriteTx<'_>, site: SiteId, code: &str, note: &str) -> Result<(), Failure> {
    if !reason::exists(tx.conn(), site, code)? {
        let sentence = format!("A reason is needed, and \"{code}\" is none of this site's. Choose one from the list.");
        return Err(Failure::refused("reason_unknown", sentence));
    }
    check_note(note)
}

/// Letters of a note, at most: what fits the screen that shows it.
const NOTE_LETTERS_MAX: usize = 2_000;

pub(super) fn check_note(note: &str) -> Result<(), Failure> {
    if note.chars().count() > NOTE_LETTERS_MAX {
        let sentence = format!("A note has up to {NOTE_LETTERS_MAX} letters. Shorten it.");
        return Err(Failure::refused("note_too_long", sentence));
    }
    Ok(())
}

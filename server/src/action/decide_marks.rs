//! Somebody decides about marked events: who recorded them is confirmed or not, they take effect or stay without.
//! And the server itself, which reads again at its start what an older one could not.

use super::{Doer, FACT_ROWS_MAX, Failure};
use crate::store::{Error, WriteTx, log, mark};
use shared::{
    api::mark::{DecideMarks, MarksDecided},
    fact::Fact,
    mark::{EVENTS_MAX, MarkDecision, offers, read_reason},
};
use std::collections::BTreeSet;

const SYSTEM: &str = "system";

/// Decides about exactly the events named; those about which somebody has decided meanwhile stay as they are.
///
/// # Errors
/// `bad_reason`, `bad_selection`, `not_found`, `own_events`, `decision_unfit`.
pub fn decide_marks(tx: &mut WriteTx<'_>, doer: &Doer, request: &DecideMarks) -> Result<MarksDecided, Failure> {
    let decision = request.decision;
    let reason = read_reason(decision, &request.reason).map_err(|why| Failure::refused("bad_reason", why))?;
    if request.seqs.is_empty() || request.seqs.len() > EVENTS_MAX {
        let sentence = format!("A decision is about 1 to {EVENTS_MAX} entries.");
        return Err(Failure::refused("bad_selection", sentence));
    }
    let known = log::known(tx, request.log)?.filter(|log| log.site == doer.site);
    let log = known.ok_or_else(|| Failure::not_found("log of a handheld"))?;
    let mut open = Vec::new();
    for seq in request.seqs.iter().copied().collect::<BTreeSet<_>>() {
        open.extend(mark::find_open(tx.conn(), log.no, seq)?);
    }
    if decision == MarkDecision::Confirm && doer.person.is_some() && open.iter().any(|row| row.actor == doer.person) {
        let sentence = "Nobody confirms themselves: ask another lead or supervisor to confirm these counts.";
        return Err(Failure::refused("own_events", sentence));
    }
    if open.iter().any(|row| !offers(row.mark, &row.code).contains(&decision)) {
        let sentence = "That cannot be decided about all of these entries. Reload the page to see what can.";
        return Err(Failure::refused("decision_unfit", sentence));
    }
    if open.is_empty() {
        return Ok(MarksDecided { decided: 0, unfit: 0 });
    }
    let seqs: Vec<u64> = open.iter().map(|row| row.seq).collect();
    let fact = Fact::EventsDecided { log: log.id, seqs: seqs.clone(), decision, reason };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(MarksDecided { decided: seqs.len() as u64, unfit: mark::count_open(tx.conn(), log.no, &seqs)? })
}

/// Lets take effect what was kept for a newer program and what this one understands; answers how many.
///
/// # Errors
/// [`Error::Engine`].
pub fn read_again(tx: &mut WriteTx<'_>) -> Result<usize, Error> {
    let mut number = 0;
    for ((site, log), seqs) in mark::list_understood(tx.conn())? {
        for seqs in seqs.chunks(FACT_ROWS_MAX) {
            let reason = "This version of the server understands them.".to_owned();
            let fact = Fact::EventsDecided { log, seqs: seqs.to_vec(), decision: MarkDecision::Release, reason };
            tx.append(site, None, SYSTEM, &fact)?;
            number += seqs.len();
        }
    }
    Ok(number)
}

//! Marked entries by what they are, the words of the decisions, and the message of one.
//!
//! Absent: what may be decided and why something is marked; the server says both ([`shared::mark`]).

use shared::{
    api::mark::{DecideMarks, MarkRow, MarksDecided},
    mark::{MarkDecision, MarkState, read_reason},
    sync::message::Mark,
};

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Somebody has to be confirmed.
    Confirm,
    /// What does not fit.
    Odd,
    /// What only a newer server understands.
    Waiting,
    /// What was decided.
    Decided,
}

impl Part {
    /// Every part, in the order shown.
    pub const ALL: [Self; 4] = [Self::Confirm, Self::Odd, Self::Waiting, Self::Decided];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Confirm => "Who was it?",
            Self::Odd => "Does not fit",
            Self::Waiting => "Waits for a newer server",
            Self::Decided => "Decided",
        }
    }
    /// Where a group stands on the page.
    pub const fn of(row: &MarkRow) -> Self {
        match (row.state, row.mark) {
            (MarkState::Open, Mark::NeedsConfirm) => Self::Confirm,
            (MarkState::Open, Mark::Quarantined) => Self::Odd,
            (MarkState::Open, Mark::Deferred) => Self::Waiting,
            _ => Self::Decided,
        }
    }
}

/// The groups of one part, in the order they came.
pub fn of_part(rows: &[MarkRow], part: Part) -> Vec<&MarkRow> {
    rows.iter().filter(|row| Part::of(row) == part).collect()
}

/// What a decision is called on its button.
pub const fn button(decision: MarkDecision) -> &'static str {
    match decision {
        MarkDecision::Confirm => "It was them",
        MarkDecision::NotTheirs => "It was not them…",
        MarkDecision::Release => "Let it count",
        MarkDecision::Dismiss => "Dismiss…",
    }
}

/// What a decision does, for the question before it.
pub const fn consequence(decision: MarkDecision) -> &'static str {
    match decision {
        MarkDecision::Confirm => "What they counted stands.",
        MarkDecision::NotTheirs => {
            "These visits are set aside: their bins are judged without them and have to be counted again."
        }
        MarkDecision::Release => "They take effect now, as if they had just arrived.",
        MarkDecision::Dismiss => "They stay in the record and never take effect.",
    }
}

/// How a state is called and dressed.
pub const fn state(state: MarkState) -> (&'static str, &'static str) {
    match state {
        MarkState::Open => ("open", "chip-warn"),
        MarkState::Confirmed => ("confirmed", "chip-good"),
        MarkState::NotTheirs => ("set aside", "chip-bad"),
        MarkState::Released => ("counts", "chip-good"),
        MarkState::Dismissed => ("dismissed", "chip-quiet"),
    }
}

/// The message of a decision about exactly what was shown.
///
/// # Errors
/// A sentence about the reason.
pub fn message(row: &MarkRow, decision: MarkDecision, reason: &str) -> Result<DecideMarks, String> {
    let reason = read_reason(decision, reason)?;
    Ok(DecideMarks { log: row.log, seqs: row.seqs.clone(), decision, reason })
}

/// What came of a decision, in a sentence.
pub fn came_of(decision: MarkDecision, done: MarksDecided) -> String {
    match (decision, done.unfit) {
        _ if done.decided == 0 => "Somebody has decided about them meanwhile.".to_owned(),
        (MarkDecision::Release, 0) => "They count now.".to_owned(),
        (MarkDecision::Release, unfit) => {
            format!("{unfit} of {} still do not fit and stay listed, with why.", done.decided)
        }
        _ => "Decided. The entries stay in the record.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{id::LogId, moment::Moment};

    fn row(mark: Mark, state: MarkState) -> MarkRow {
        MarkRow {
            log: serde_json::from_str::<LogId>("\"00000000-0000-0000-0000-000000000001\"").expect("an id"),
            seqs: vec![3, 4],
            mark,
            code: String::new(),
            state,
            person: None,
            person_name: String::new(),
            device_name: String::new(),
            what: String::new(),
            bins: Vec::new(),
            first_at: None,
            last_at: None,
            received_at: Moment(0),
            why: String::new(),
            advice: String::new(),
            offers: Vec::new(),
            decided_at: None,
            decided_by: String::new(),
            reason: String::new(),
        }
    }

    #[test]
    fn what_is_decided_stands_last_whatever_it_was() {
        let rows: Vec<MarkRow> = Mark::ALL
            .into_iter()
            .flat_map(|mark| [row(mark, MarkState::Open), row(mark, MarkState::Dismissed)])
            .collect();
        assert_eq!(Part::ALL.map(|part| of_part(&rows, part).len()), [1, 1, 1, 3]);
    }

    #[test]
    fn a_decision_is_about_exactly_what_was_shown() {
        let row = row(Mark::Quarantined, MarkState::Open);
        assert!(message(&row, MarkDecision::Dismiss, "").is_err());
        let message = message(&row, MarkDecision::Release, "").expect("needs no reason");
        assert_eq!((message.log, message.seqs), (row.log, vec![3, 4]));
    }

    #[test]
    fn what_still_does_not_fit_is_said() {
        let done = MarksDecided { decided: 4, unfit: 1 };
        assert!(came_of(MarkDecision::Release, done).starts_with("1 of 4"));
        assert!(came_of(MarkDecision::Confirm, MarksDecided { decided: 0, unfit: 0 }).contains("meanwhile"));
    }
}

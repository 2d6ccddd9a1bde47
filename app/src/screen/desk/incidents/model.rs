//! Incidents in the three parts of their page: what needs somebody, what mends itself, what is over.
//!
//! Absent: what is said about one; the server writes that ([`shared::incident`]).

use shared::{
    api::incident::{CloseIncident, IncidentRow},
    incident::{IncidentState, read_reason},
};

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Somebody has to look.
    Needed,
    /// It goes on and needs nobody.
    Healing,
    /// It has mended, or somebody closed it.
    Over,
}

impl Part {
    /// Every part, in the order shown.
    pub const ALL: [Self; 3] = [Self::Needed, Self::Healing, Self::Over];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Needed => "Needs somebody",
            Self::Healing => "Mends by itself",
            Self::Over => "Over",
        }
    }
    /// Where an incident stands on the page.
    pub fn of(row: &IncidentRow) -> Self {
        match row.state {
            _ if row.needs_person => Self::Needed,
            IncidentState::Open => Self::Healing,
            IncidentState::Mended | IncidentState::Closed => Self::Over,
        }
    }
}

/// The rows of one part, in the order they came.
pub fn of_part(rows: &[IncidentRow], part: Part) -> Vec<&IncidentRow> {
    rows.iter().filter(|row| Part::of(row) == part).collect()
}

/// How a state is called and dressed.
pub const fn state(row: &IncidentRow) -> (&'static str, &'static str) {
    match row.state {
        IncidentState::Open if row.needs_person => ("open", "chip-bad"),
        IncidentState::Open => ("mending", "chip-info"),
        IncidentState::Mended if row.needs_person => ("mended, unexplained", "chip-warn"),
        IncidentState::Mended => ("mended", "chip-good"),
        IncidentState::Closed => ("closed", "chip-quiet"),
    }
}

/// The message that closes one.
///
/// # Errors
/// A sentence about the reason.
pub fn message(reason: &str) -> Result<CloseIncident, String> {
    read_reason(reason).map(|reason| CloseIncident { reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{id::IncidentId, incident::IncidentKind, moment::Moment};

    fn row(state: IncidentState, needs_person: bool) -> IncidentRow {
        IncidentRow {
            id: IncidentId(1),
            kind: IncidentKind::Fork,
            state,
            needs_person,
            sentence: String::new(),
            progress: String::new(),
            advice: String::new(),
            device_name: String::new(),
            noticed_at: Moment(0),
            since: None,
            mended_at: None,
            closed_at: None,
            closed_by: String::new(),
            reason: String::new(),
        }
    }

    #[test]
    fn every_incident_stands_in_one_part_and_what_needs_somebody_stands_first() {
        let rows = [
            row(IncidentState::Open, true),
            row(IncidentState::Open, false),
            row(IncidentState::Mended, true),
            row(IncidentState::Mended, false),
            row(IncidentState::Closed, false),
        ];
        let numbers = Part::ALL.map(|part| of_part(&rows, part).len());
        assert_eq!(numbers, [2, 1, 2]);
        let words: std::collections::BTreeSet<_> = rows.iter().map(|row| state(row).0).collect();
        assert_eq!(words.len(), rows.len(), "each state has a word of its own");
    }

    #[test]
    fn an_incident_is_closed_with_words_only() {
        assert!(message("   ").is_err());
        assert_eq!(message(" enrolled anew ").map(|message| message.reason), Ok("enrolled anew".to_owned()));
    }
}

//! The queue: which rows a filter shows, how long the bar of each is, which one comes next.
//!
//! Absent: sorting. The server sends worst value first, and the order it chose stays.

use crate::screen::desk::draw::permille;
use shared::{
    api::discrepancy::{DiscrepancyRow, DiscrepancyState},
    id::DiscrepancyId,
};

/// Which discrepancies are shown; the word stands in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// A supervisor can decide now.
    #[default]
    Decide,
    /// Somebody is counting again.
    Recounting,
    /// Everything that is not over.
    Open,
    /// What is over.
    Decided,
}

impl Show {
    /// Every choice, its word in the address, and what the screen calls it.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Decide, "decide", "To decide"),
        (Self::Recounting, "recounting", "Recounting"),
        (Self::Open, "open", "All open"),
        (Self::Decided, "decided", "Decided"),
    ];
    /// Reads the word of an address; an unknown one shows what waits.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == word).map_or(Self::default(), |(show, ..)| show)
    }
    /// The word of the address.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(show, ..)| *show == self).map_or("", |(_, word, _)| word)
    }
    /// The state to ask the server for.
    pub const fn asked(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            _ => "open",
        }
    }
    /// Whether a row of the answer is shown.
    pub const fn keeps(self, state: DiscrepancyState) -> bool {
        match self {
            Self::Decide => state.awaits_decision(),
            Self::Recounting => matches!(state, DiscrepancyState::Recounting),
            Self::Open | Self::Decided => true,
        }
    }
}

/// A bar that grows from the middle: to the left when short, to the right when over, in thousandths of the whole width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Magnitude {
    /// Where it begins.
    pub x: u32,
    /// How long it is.
    pub width: u32,
}

fn worth(row: &DiscrepancyRow) -> u128 {
    row.value.map_or(0, |value| u128::from(value.micro().unsigned_abs()))
}

/// The largest value among the rows: the length of a whole half.
pub fn largest(rows: &[DiscrepancyRow]) -> u128 {
    rows.iter().map(worth).max().unwrap_or_default()
}

/// The bar of one row against the largest. Where the value is unknown nothing is drawn: the word says so.
pub fn magnitude(row: &DiscrepancyRow, largest: u128) -> Magnitude {
    let width = permille(worth(row), largest) / 2;
    let width = if worth(row) > 0 { width.max(4) } else { 0 };
    if row.variance.is_negative() { Magnitude { x: 500 - width, width } } else { Magnitude { x: 500, width } }
}

/// What to open after a decision: the one behind it in the queue, else the first other one.
pub fn next_after(queue: &[DiscrepancyId], decided: DiscrepancyId) -> Option<DiscrepancyId> {
    let at = queue.iter().position(|id| *id == decided);
    let behind = at.and_then(|at| queue.get(at + 1)).copied();
    behind.or_else(|| queue.iter().copied().find(|id| *id != decided))
}

/// The neighbour in the queue, `step` places further; `None` at the ends.
pub fn neighbour(queue: &[DiscrepancyId], from: DiscrepancyId, step: isize) -> Option<DiscrepancyId> {
    let at = queue.iter().position(|id| *id == from)?;
    queue.get(at.checked_add_signed(step)?).copied()
}

/// The row a key moves to, from none at first; it stays at the ends.
pub fn moved(current: Option<usize>, step: isize, rows: usize) -> Option<usize> {
    match current {
        _ if rows == 0 => None,
        None => Some(0),
        Some(at) => Some(at.saturating_add_signed(step).min(rows - 1)),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use shared::{api::discrepancy::VarianceKind, id::CountId, moment::Moment, quantity::Quantity};

    pub(crate) fn row(id: i64, variance: &str, value: Option<&str>) -> DiscrepancyRow {
        let variance: Quantity = variance.parse().expect("a quantity");
        DiscrepancyRow {
            id: DiscrepancyId(id),
            state: DiscrepancyState::Confirmed,
            location_code: "A-01".into(),
            sku: "S".into(),
            description: String::new(),
            unit: "EA".into(),
            lot: String::new(),
            serial: String::new(),
            count: CountId(1),
            count_name: String::new(),
            rounds: 2,
            counted: Quantity::ZERO,
            book: Quantity::ZERO,
            variance,
            value: value.map(|text| text.parse().expect("an amount")),
            kind: VarianceKind::Plain,
            rule: String::new(),
            opened_at: Moment(0),
            due_at: Moment(0),
            owner_name: String::new(),
        }
    }

    #[test]
    fn the_worst_row_fills_its_half_and_the_smallest_can_still_be_seen() {
        let rows = [row(1, "-40", Some("-400")), row(2, "1", Some("0.01")), row(3, "5", None)];
        let largest = largest(&rows);
        assert_eq!(magnitude(&rows[0], largest), Magnitude { x: 0, width: 500 });
        assert_eq!(magnitude(&rows[1], largest), Magnitude { x: 500, width: 4 });
        assert_eq!(magnitude(&rows[2], largest).width, 0);
    }

    #[test]
    fn the_word_of_a_filter_reads_back() {
        for (show, word, _) in Show::ALL {
            assert_eq!((Show::parse(word), show.word()), (show, word));
        }
        assert_eq!(Show::parse("nonsense"), Show::Decide);
    }

    #[test]
    fn what_is_recounted_is_not_in_the_way_of_what_can_be_decided() {
        assert!(!Show::Decide.keeps(DiscrepancyState::Recounting));
        assert!(Show::Decide.keeps(DiscrepancyState::HalfApproved));
        assert!(Show::Open.keeps(DiscrepancyState::Recounting));
    }

    #[test]
    fn after_a_decision_comes_the_next_and_at_the_end_the_first() {
        let queue = [DiscrepancyId(5), DiscrepancyId(6), DiscrepancyId(7)];
        assert_eq!(next_after(&queue, DiscrepancyId(5)), Some(DiscrepancyId(6)));
        assert_eq!(next_after(&queue, DiscrepancyId(7)), Some(DiscrepancyId(5)));
        assert_eq!(next_after(&queue, DiscrepancyId(99)), Some(DiscrepancyId(5)));
        assert_eq!(next_after(&[DiscrepancyId(5)], DiscrepancyId(5)), None);
    }

    #[test]
    fn keys_stop_at_the_ends_of_the_queue() {
        assert_eq!(moved(None, 1, 3), Some(0));
        assert_eq!(moved(Some(2), 1, 3), Some(2));
        assert_eq!(moved(Some(0), -1, 3), Some(0));
        assert_eq!(moved(Some(0), 1, 0), None);
        let queue = [DiscrepancyId(5), DiscrepancyId(6)];
        assert_eq!(neighbour(&queue, DiscrepancyId(5), -1), None);
        assert_eq!(neighbour(&queue, DiscrepancyId(5), 1), Some(DiscrepancyId(6)));
    }
}

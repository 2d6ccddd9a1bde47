//! A count's progress as a list shows it: how much is done, drawn and in numbers.
//!
//! Absent: tasks (`count_detail`), and anything about books: a lead may be blind.

use crate::screen::desk::draw::{Piece, side_by_side};
use shared::api::count::CountRow;

/// Progress of one count. Cancelled tasks are no longer work, so they are no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Counted, and every sheet is here.
    pub counted: u32,
    /// Being counted, or arriving.
    pub counting: u32,
    /// Could not be counted.
    pub skipped: u32,
    /// Nobody has begun.
    pub open: u32,
}

impl Progress {
    /// Of a row.
    pub const fn of(row: &CountRow) -> Self {
        Self {
            counted: row.tasks_counted,
            counting: row.tasks_counting,
            skipped: row.tasks_skipped,
            open: row.tasks_open,
        }
    }
    /// All of it.
    pub fn whole(&self) -> u32 {
        self.counted + self.counting + self.skipped + self.open
    }
    /// What nobody needs to wait for any more.
    pub fn settled(&self) -> u32 {
        self.counted + self.skipped
    }
    /// Pieces of the bar: counted, counting, skipped, open.
    pub fn pieces(&self) -> Vec<Piece> {
        side_by_side(&[self.counted, self.counting, self.skipped, self.open].map(u64::from))
    }
    /// In one sentence, for people who cannot see the bar.
    pub fn sentence(&self) -> String {
        format!(
            "{} of {} counted, {} being counted, {} skipped, {} not begun",
            self.counted,
            self.whole(),
            self.counting,
            self.skipped,
            self.open
        )
    }
}

/// Open counts first, newest first in each half (the order in which they came stays).
pub fn in_order(mut rows: Vec<CountRow>) -> Vec<CountRow> {
    rows.sort_by_key(|row| row.closed_at.is_some());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{id::CountId, moment::Moment};

    fn row(id: i64, closed: bool) -> CountRow {
        CountRow {
            id: CountId(id),
            name: "Zone A".into(),
            why: String::new(),
            created_by: "Lena".into(),
            created_at: Moment(0),
            closed_at: closed.then_some(Moment(1)),
            tasks_open: 4,
            tasks_counting: 1,
            tasks_counted: 4,
            tasks_skipped: 1,
            tasks_cancelled: 90,
            tasks_recount: 0,
        }
    }

    #[test]
    fn cancelled_tasks_are_no_part_of_the_progress() {
        let progress = Progress::of(&row(1, false));
        assert_eq!((progress.whole(), progress.settled()), (10, 5));
        assert_eq!(progress.pieces()[0].width, 400);
        assert!(progress.sentence().starts_with("4 of 10 counted"));
    }

    #[test]
    fn open_counts_stand_before_closed_ones() {
        let ids: Vec<i64> = in_order(vec![row(4, true), row(3, false), row(2, true), row(1, false)])
            .iter()
            .map(|row| row.id.0)
            .collect();
        assert_eq!(ids, [3, 1, 4, 2]);
    }
}

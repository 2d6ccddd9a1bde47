//! Variances: what was counted against the book at the moment of the scan (`DOMAIN.md` section 4).
//!
//! Absent: tolerance ([`crate::threshold`]) and decisions ([`crate::judge`]). A variance is arithmetic.

use crate::{
    book::Ledger,
    id::MovementId,
    moment::{Moment, Window},
    quantity::{NumberError, Quantity},
};

pub use crate::api::discrepancy::VarianceKind;

/// What was counted, against the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variance {
    /// The book that was held against the count: at the scan, or where a movement settled it at the matching instant.
    pub book: Quantity,
    /// Counted − book, in base units.
    pub variance: Quantity,
    /// How it relates to movements inside the window.
    pub kind: VarianceKind,
    /// The book when the window began and when it ended, where something moved inside.
    pub book_ends: Option<(Quantity, Quantity)>,
    /// The movements inside the window, oldest first.
    pub inside: Vec<MovementId>,
    /// The movement that settled it: the last one before the matching instant, or the first one after it where the
    /// count was made before anything moved.
    pub settled_by: Option<MovementId>,
}

/// Holds a count against the book.
///
/// Nothing moved inside the window: counted − book(scan). Something did: if the count equals the book at any instant of
/// the window it is a match, settled by movement; otherwise the variance at the scan is shown and is ambiguous.
/// Of several matching instants the one nearest to the scan is named.
///
/// # Errors
/// [`NumberError::Overflow`] when book or variance is beyond the largest number.
///
/// # Source
/// `DOMAIN.md` section 4.
pub fn judge_line(
    counted: Quantity,
    ledger: &Ledger,
    window: Window,
    scanned: Moment,
) -> Result<Variance, NumberError> {
    let window = window.join(Window { from: scanned, to: scanned });
    let inside = ledger.inside(window);
    let book = ledger.at(scanned)?;
    let variance = counted.minus(book)?;
    if inside.is_empty() {
        let kind = VarianceKind::Plain;
        return Ok(Variance { book, variance, kind, book_ends: None, inside: Vec::new(), settled_by: None });
    }
    let values = ledger.instants_inside(window)?;
    let ends = values.first().zip(values.last()).map(|(first, last)| (first.1, last.1));
    let moved = inside.iter().map(|movement| movement.id).collect();
    let unsettled =
        Variance { book, variance, kind: VarianceKind::Ambiguous, book_ends: ends, inside: moved, settled_by: None };
    let matching = (0..values.len()).filter(|index| values[*index].1 == counted).min_by_key(|index| {
        let from = values[*index].0;
        let to = values.get(index + 1).map_or(window.to, |next| next.0);
        // how far the scan is from the span in which the book had this value
        from.ms_since(scanned).max(scanned.ms_since(to)).max(0)
    });
    let Some(index) = matching else { return Ok(unsettled) };
    let settled_by = match index {
        0 => inside.first(),
        _ => inside.iter().rfind(|movement| movement.effective_at <= values[index].0),
    };
    Ok(Variance {
        book: counted,
        variance: Quantity::ZERO,
        kind: VarianceKind::SettledByMovement,
        settled_by: settled_by.map(|movement| movement.id),
        ..unsettled
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{book::tests::ledger, quantity::SCALE};
    use proptest::prelude::*;

    fn judged(counted: i64, moves: &[(i64, i64)], (from, to): (i64, i64), scanned: i64) -> Variance {
        let window = Window { from: Moment(from), to: Moment(to) };
        judge_line(Quantity::whole(counted).expect("small"), &ledger(moves), window, Moment(scanned)).expect("small")
    }

    fn check(
        counted: i64,
        moves: &[(i64, i64)],
        window: (i64, i64),
        scanned: i64,
        expected: (i64, VarianceKind, Option<i64>),
    ) {
        let found = judged(counted, moves, window, scanned);
        let told = (found.variance.micro() / SCALE, found.kind, found.settled_by.map(|movement| movement.0));
        assert_eq!(told, expected, "{counted} against {moves:?} in {window:?} at {scanned}");
    }

    #[test]
    fn a_count_is_held_against_the_book_of_its_scan_and_not_of_later() {
        use VarianceKind::{Ambiguous, Plain, SettledByMovement};
        check(10, &[(1, 10)], (50, 60), 55, (0, Plain, None));
        check(8, &[(1, 10)], (50, 60), 55, (-2, Plain, None));
        // the pick came after the closing: the count was right when it was made
        check(10, &[(1, 10), (61, -3)], (50, 60), 55, (0, Plain, None));
        // the pick came inside: before it, after it, and neither
        check(10, &[(1, 10), (57, -3)], (50, 60), 55, (0, SettledByMovement, Some(2)));
        check(7, &[(1, 10), (57, -3)], (50, 60), 55, (0, SettledByMovement, Some(2)));
        check(8, &[(1, 10), (57, -3)], (50, 60), 55, (-2, Ambiguous, None));
        check(9, &[(1, 10), (52, -1), (57, -3)], (50, 60), 55, (0, SettledByMovement, Some(2)));
        // at the very ends
        check(10, &[(1, 10), (50, -3)], (50, 60), 55, (0, SettledByMovement, Some(2)));
        check(7, &[(1, 10), (60, -3)], (50, 60), 55, (0, SettledByMovement, Some(2)));
        // of several matching instants the one nearest to the scan
        check(10, &[(1, 10), (51, -1), (52, 1), (58, -1), (59, 1)], (50, 60), 60, (0, SettledByMovement, Some(5)));
        check(0, &[], (50, 60), 55, (0, Plain, None));
        check(3, &[(1, -2)], (50, 60), 55, (5, Plain, None));
    }

    #[test]
    fn an_ambiguous_variance_shows_the_book_at_both_ends() {
        let found = judged(8, &[(1, 10), (57, -3)], (50, 60), 55);
        let whole = |quantity: Quantity| quantity.micro() / SCALE;
        assert_eq!(found.book_ends.map(|(from, to)| (whole(from), whole(to))), Some((10, 7)));
        assert_eq!(found.inside, [MovementId(2)]);
    }

    #[test]
    fn a_scan_outside_its_window_widens_it() {
        check(7, &[(1, 10), (57, -3)], (50, 55), 58, (0, VarianceKind::SettledByMovement, Some(2)));
    }

    #[test]
    fn a_variance_beyond_the_largest_number_is_an_error_and_not_zero() {
        let window = Window { from: Moment(5), to: Moment(6) };
        let found = judge_line(Quantity::from_micro(i64::MIN), &ledger(&[(1, 1)]), window, Moment(5));
        assert_eq!(found, Err(NumberError::Overflow));
    }

    fn moves() -> impl Strategy<Value = Vec<(i64, i64)>> {
        proptest::collection::vec((0_i64..100, -9_i64..9), 0..10)
    }

    proptest! {
        /// Whatever was picked before, during or after, and whenever it became known: who counts what stands there at
        /// some instant of the window has no variance.
        #[test]
        fn a_right_count_has_no_variance_whenever_movements_become_known(
            known in moves(), late in moves(), from in 0_i64..100, length in 0_i64..30, looked in 0_i64..30, scanned in 0_i64..30,
        ) {
            let window = (from, from + length);
            let looked_at = from + looked.min(length);
            let all: Vec<(i64, i64)> = known.into_iter().chain(late).collect();
            let there = ledger(&all).at(Moment(looked_at)).expect("small").micro() / SCALE;
            let found = judged(there, &all, window, from + scanned.min(length));
            prop_assert!(found.variance.is_zero(), "{:?}", found);
        }

        #[test]
        fn a_count_with_a_movement_inside_its_window_is_settled_or_ambiguous(
            counted in 0_i64..20, moves in moves(), from in 0_i64..100, length in 0_i64..30,
        ) {
            let found = judged(counted, &moves, (from, from + length), from);
            let moved = moves.iter().any(|(at, _)| (from..=from + length).contains(at));
            match found.kind {
                VarianceKind::Plain => prop_assert!(!moved),
                VarianceKind::SettledByMovement => prop_assert!(moved && found.variance.is_zero() && found.settled_by.is_some()),
                VarianceKind::Ambiguous => prop_assert!(moved && found.settled_by.is_none()),
            }
            if found.kind != VarianceKind::SettledByMovement {
                prop_assert_eq!(Ok(found.variance), Quantity::whole(counted).expect("small").minus(found.book));
            }
        }
    }
}

//! The book of one stock key: what the ledger says stood there at an instant (`DOMAIN.md` section 2: the sum of the
//! movements with `effective_at ≤ t`, and there is no other "expected").
//!
//! Absent: where movements come from, and any figure that is not a sum of them.

use crate::{
    fact::MovementKind,
    id::MovementId,
    moment::{Moment, Window},
    quantity::{NumberError, Quantity},
};

/// One movement of one stock key, as far as the book needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookMovement {
    /// The site's number for it; a movement that is given twice counts once.
    pub id: MovementId,
    /// When it happened, whenever it became known.
    pub effective_at: Moment,
    /// By how much, signed.
    pub quantity: Quantity,
    /// What it was.
    pub kind: MovementKind,
    /// The source's own reference.
    pub reference: String,
}

/// The movements of one stock key in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    movements: Vec<BookMovement>,
    /// Sums in millionths after each movement: 128 bits, so that no order of large movements overflows on the way.
    sums: Vec<i128>,
}

impl Ledger {
    /// A ledger of movements in any order. The same movement given again changes nothing.
    pub fn new(mut movements: Vec<BookMovement>) -> Self {
        movements.sort_by_key(|movement| (movement.effective_at, movement.id));
        movements.dedup_by_key(|movement| movement.id);
        let sums = movements
            .iter()
            .scan(0_i128, |sum, movement| {
                *sum += i128::from(movement.quantity.micro());
                Some(*sum)
            })
            .collect();
        Self { movements, sums }
    }

    /// Every movement, oldest first.
    pub fn movements(&self) -> &[BookMovement] {
        &self.movements
    }

    /// The book quantity at an instant, movements of that very instant included.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when the sum is beyond the largest number.
    pub fn at(&self, instant: Moment) -> Result<Quantity, NumberError> {
        self.after(self.movements.partition_point(|movement| movement.effective_at <= instant))
    }

    /// The movements inside a window, ends included, oldest first.
    pub fn inside(&self, window: Window) -> &[BookMovement] {
        let (from, to) = self.span(window);
        &self.movements[from..to]
    }

    /// Every value the book has in a window, each with the instant from which it holds: first the value with which
    /// the window begins (before any movement at its first instant, because within one millisecond nobody can tell
    /// which came first), then the value after each instant at which something moved.
    ///
    /// # Errors
    /// [`NumberError::Overflow`] when a sum is beyond the largest number.
    pub fn instants_inside(&self, window: Window) -> Result<Vec<(Moment, Quantity)>, NumberError> {
        let (from, to) = self.span(window);
        let mut values = vec![(window.from, self.after(from)?)];
        for index in from..to {
            let instant = self.movements[index].effective_at;
            let more_at_once = index + 1 < to && self.movements[index + 1].effective_at == instant;
            if !more_at_once {
                values.push((instant, self.after(index + 1)?));
            }
        }
        Ok(values)
    }

    /// Whether the book is other than zero at any instant of the window: what a whole count is expected to show.
    pub fn stands_inside(&self, window: Window) -> bool {
        let (from, to) = self.span(window);
        (from..=to).any(|count| self.sum(count) != 0)
    }

    fn span(&self, window: Window) -> (usize, usize) {
        let from = self.movements.partition_point(|movement| movement.effective_at < window.from);
        let to = self.movements.partition_point(|movement| movement.effective_at <= window.to);
        (from, to.max(from))
    }

    fn sum(&self, count: usize) -> i128 {
        count.checked_sub(1).map_or(0, |last| self.sums[last])
    }

    fn after(&self, count: usize) -> Result<Quantity, NumberError> {
        i64::try_from(self.sum(count)).map(Quantity::from_micro).map_err(|_| NumberError::Overflow)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Movements of whole units at milliseconds, numbered from 1.
    pub(crate) fn ledger(moves: &[(i64, i64)]) -> Ledger {
        Ledger::new((1..).zip(moves).map(|(id, (at, units))| movement(id, *at, *units)).collect())
    }

    fn movement(id: i64, at: i64, units: i64) -> BookMovement {
        BookMovement {
            id: MovementId(id),
            effective_at: Moment(at),
            quantity: Quantity::whole(units).expect("small"),
            kind: MovementKind::Issue,
            reference: id.to_string(),
        }
    }

    fn whole(quantity: Quantity) -> i64 {
        quantity.micro() / crate::quantity::SCALE
    }

    #[test]
    fn the_book_at_an_instant_is_what_had_moved_by_then() {
        let ledger = ledger(&[(10, 5), (20, -2), (20, -1)]);
        let check = |at: i64, units: i64| assert_eq!(ledger.at(Moment(at)).map(whole), Ok(units), "at {at}");
        check(9, 0);
        check(10, 5);
        check(19, 5);
        check(20, 2);
        check(99, 2);
        let values = ledger.instants_inside(Window { from: Moment(10), to: Moment(20) }).expect("small");
        let values: Vec<(i64, i64)> = values.into_iter().map(|(at, value)| (at.0, whole(value))).collect();
        assert_eq!(values, [(10, 0), (10, 5), (20, 2)]);
        assert_eq!(ledger.inside(Window { from: Moment(11), to: Moment(19) }), []);
        assert_eq!(ledger.inside(Window { from: Moment(20), to: Moment(10) }), []);
    }

    #[test]
    fn sums_that_overflow_on_the_way_and_come_back_are_right_and_others_are_refused() {
        let huge = |id: i64, micro: i64| BookMovement { quantity: Quantity::from_micro(micro), ..movement(id, id, 0) };
        let ledger = Ledger::new(vec![huge(1, i64::MAX), huge(2, 7), huge(3, -7)]);
        assert_eq!(ledger.at(Moment(2)), Err(NumberError::Overflow));
        assert_eq!(ledger.at(Moment(3)), Ok(Quantity::from_micro(i64::MAX)));
    }

    proptest! {
        #[test]
        fn the_book_is_the_sum_for_every_order_and_repetition(
            moves in proptest::collection::vec((0_i64..50, -20_i64..20), 0..12),
            again in proptest::collection::vec(0_usize..12, 0..6),
            at in 0_i64..50,
        ) {
            let mut arrived: Vec<BookMovement> = (1..).zip(&moves).map(|(id, (at, units))| movement(id, *at, *units)).collect();
            arrived.extend(again.into_iter().filter_map(|place| arrived.get(place).cloned()).collect::<Vec<_>>());
            arrived.reverse();
            let sum: i64 = moves.iter().filter(|(moved, _)| *moved <= at).map(|(_, units)| units).sum();
            prop_assert_eq!(Ledger::new(arrived).at(Moment(at)).map(whole), Ok(sum));
        }
    }
}

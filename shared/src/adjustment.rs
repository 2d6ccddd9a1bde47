//! Adjustments: what an approved variance posts. A movement of counted − book at the scan, effective at the scan, never
//! "set to counted": movements after the scan stay as they are (`DOMAIN.md` section 2).
//!
//! Absent: whether it may be posted ([`crate::approval`]) and its number, which the server gives.

use crate::{fact::MovementKind, key::StockKey, moment::Moment, quantity::Quantity, refusal::Refusal};

/// A movement to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Which key changes.
    pub key: StockKey,
    /// By how much, signed; never zero.
    pub quantity: Quantity,
    /// The instant of the scan whose book was held against the count.
    pub effective_at: Moment,
    /// What it is.
    pub kind: MovementKind,
}

/// The adjustment of an approved variance. `None` where there is no difference: nothing is posted to say so.
pub fn adjust(key: &StockKey, variance: Quantity, scanned_at: Moment) -> Option<Adjustment> {
    let kind = MovementKind::CountAdjustment;
    (!variance.is_zero()).then(|| Adjustment { key: key.clone(), quantity: variance, effective_at: scanned_at, kind })
}

/// One half of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Half {
    /// Which key.
    pub key: StockKey,
    /// Its variance.
    pub variance: Quantity,
    /// The instant of its scan.
    pub scanned_at: Moment,
}

/// The two legs of a transfer: out of the key that is short, into the one that is over, each effective at its own scan
/// so that each book is right from its own count on.
///
/// # Errors
/// `not_a_pair` unless one is short by exactly what the other is over.
///
/// # Source
/// `DOMAIN.md` section 6, pairing.
pub fn transfer(short: &Half, over: &Half) -> Result<(Adjustment, Adjustment), Refusal> {
    let opposite = short.variance.negated() == Ok(over.variance);
    if !opposite || !short.variance.is_negative() || short.key == over.key {
        let sentence = format!(
            "A transfer needs one place short by what the other is over; these are {} and {}.",
            short.variance, over.variance
        );
        return Err(Refusal::new("not_a_pair", sentence));
    }
    let leg = |half: &Half| Adjustment {
        key: half.key.clone(),
        quantity: half.variance,
        effective_at: half.scanned_at,
        kind: MovementKind::Transfer,
    };
    Ok((leg(short), leg(over)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        book::{BookMovement, Ledger},
        id::{ItemId, LocationId, MovementId},
        key::ItemKey,
    };
    use proptest::prelude::*;

    fn key(location: i64) -> StockKey {
        StockKey { location: LocationId(location), what: ItemKey::untracked(ItemId(1)) }
    }

    fn movement(id: i64, at: i64, units: i64, kind: MovementKind) -> BookMovement {
        let quantity = Quantity::whole(units).expect("small");
        BookMovement { id: MovementId(id), effective_at: Moment(at), quantity, kind, reference: id.to_string() }
    }

    #[test]
    fn no_difference_posts_nothing() {
        assert_eq!(adjust(&key(1), Quantity::ZERO, Moment(5)), None);
    }

    #[test]
    fn a_transfer_needs_one_short_by_what_the_other_is_over() {
        let half = |location: i64, units: i64| Half {
            key: key(location),
            variance: Quantity::whole(units).expect("small"),
            scanned_at: Moment(location),
        };
        let (out, into) = transfer(&half(1, -4), &half(2, 4)).expect("a pair");
        assert_eq!((out.quantity.to_string(), into.quantity.to_string()), ("-4".into(), "4".into()));
        assert_eq!((out.effective_at, into.effective_at), (Moment(1), Moment(2)));
        for (short, over) in
            [(half(1, -4), half(2, 3)), (half(1, 4), half(2, -4)), (half(1, -4), half(1, 4)), (half(1, 0), half(2, 0))]
        {
            assert_eq!(transfer(&short, &over).expect_err("no pair").code, "not_a_pair", "{short:?} {over:?}");
        }
    }

    proptest! {
        /// Whatever moved before and moves after the scan, the book of the scan becomes what was counted, and later
        /// movements keep their effect.
        #[test]
        fn an_adjustment_leaves_the_book_right_at_and_after_the_scan(
            moves in proptest::collection::vec((0_i64..100, -20_i64..20), 0..12),
            counted in 0_i64..50,
            scan in 0_i64..100,
            later in 0_i64..100,
        ) {
            let mut movements: Vec<BookMovement> =
                (1..).zip(moves).map(|(id, (at, units))| movement(id, at, units, MovementKind::Issue)).collect();
            let before = Ledger::new(movements.clone());
            let (scan, later) = (Moment(scan), Moment(scan.saturating_add(later)));
            let counted = Quantity::whole(counted).expect("small");
            let variance = counted.minus(before.at(scan).expect("small")).expect("small");
            if let Some(adjustment) = adjust(&key(1), variance, scan) {
                movements.push(BookMovement {
                    id: MovementId(999),
                    effective_at: adjustment.effective_at,
                    quantity: adjustment.quantity,
                    kind: adjustment.kind,
                    reference: String::new(),
                });
            }
            let after = Ledger::new(movements);
            prop_assert_eq!(after.at(scan), Ok(counted));
            let moved = before.at(later).expect("small").minus(before.at(scan).expect("small")).expect("small");
            prop_assert_eq!(after.at(later), counted.plus(moved));
        }
    }
}

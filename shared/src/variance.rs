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

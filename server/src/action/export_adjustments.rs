//! Posted adjustments are handed to the other system, each once.

use super::{Doer, Failure};
use crate::store::{WriteTx, discrepancy};
use shared::{fact::Fact, id::MovementId, moment::Moment};

/// A hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// Its name; empty when there was nothing to hand over.
    pub batch: String,
    /// The adjustments in it.
    pub movements: Vec<MovementId>,
}

/// Hands over every adjustment that has not been. Nothing to hand over is an empty hand-over and no fact.
///
/// # Errors
/// [`Failure::Store`].
pub fn export_adjustments(tx: &mut WriteTx<'_>, doer: &Doer) -> Result<HandedOver, Failure> {
    let movements = discrepancy::list_posted(tx.conn(), doer.site)?;
    if movements.is_empty() {
        return Ok(HandedOver { batch: String::new(), movements });
    }
    let batch = name(tx.now(), discrepancy::batches(tx.conn(), doer.site)?);
    let fact = Fact::AdjustmentsExported { movements: movements.clone(), batch: batch.clone() };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(HandedOver { batch, movements })
}

/// The day, for people, and a number that counts up, so that no two are alike.
fn name(now: Moment, before: i64) -> String {
    let text = now.to_string();
    format!("{}-{}", text.get(..10).unwrap_or(&text), before + 1)
}

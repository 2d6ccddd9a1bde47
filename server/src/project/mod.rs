//! Projections: what is computed from the facts and stored because reading must be fast. The only writer of those
//! tables; a function of the facts alone, so that `verify` can rebuild them and compare.
//!
//! Absent: clocks, randomness, and decisions.

use crate::store::{Error, Header, WriteTx};
use shared::fact::Fact;

/// Applies one fact to the projections.
///
/// # Errors
/// [`Error::Engine`].
pub fn apply(_tx: &mut WriteTx<'_>, _header: &Header, _fact: &Fact) -> Result<(), Error> {
    Ok(())
}

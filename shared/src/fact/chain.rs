//! The hash chain of a site's facts.

use crate::{
    id::{PersonId, SiteId},
    moment::Moment,
};
use sha2::{Digest, Sha256};

/// The hash of a chain's beginning for a site.
pub fn chain_start(site: SiteId) -> [u8; 32] {
    Sha256::digest(format!("facts of site {site}")).into()
}

/// The next hash of a site's chain: over the one before, and over who, when, from where and the exact body.
///
/// # Source
/// `STYLE.md` section 2: the audit trail is the facts.
pub fn chain_next(
    previous: &[u8; 32],
    recorded_at: Moment,
    actor: Option<PersonId>,
    origin: &str,
    body: &[u8],
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(recorded_at.0.to_be_bytes());
    hash.update(actor.map_or(-1, |person| person.0).to_be_bytes());
    hash.update(u32::try_from(origin.len()).unwrap_or(u32::MAX).to_be_bytes());
    hash.update(origin.as_bytes());
    hash.update(Sha256::digest(body));
    hash.finalize().into()
}

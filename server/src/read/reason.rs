//! Reason codes of a site.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::master::Reason;
use shared::id::SiteId;

/// Every reason, by its words.
pub fn list(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<Reason>, Error> {
    row::all(tx.conn(), "SELECT code, label FROM reason WHERE site_id = $1 ORDER BY label, code", &[&site.0], |found| {
        Ok(Reason { code: row::text(found, "code")?, label: row::text(found, "label")? })
    })
}

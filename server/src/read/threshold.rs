//! The tolerance rules of a site as they are now.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::master::Thresholds;
use shared::fact::Fact;
use shared::id::SiteId;
use shared::policy::Policy;

/// The newest version; version 0 with the starting policy's rules where none was ever set.
pub fn find(tx: &ReadTx<'_>, site: SiteId) -> Result<Thresholds, Error> {
    let newest: Option<Fact> = row::first(
        tx.conn(),
        "SELECT body FROM rule_set WHERE site_id = $1 ORDER BY version DESC LIMIT 1",
        &[&site.0],
        |found| row::json(found, "body"),
    )?;
    match newest {
        None => {
            let starting = Policy::starting();
            Ok(Thresholds {
                version: 0,
                rules: starting.rules,
                dual_above: starting.dual_above,
                post_within_tolerance: starting.post_within_tolerance,
            })
        }
        Some(Fact::RulesSet { version, rules, dual_above, post_within_tolerance }) => {
            Ok(Thresholds { version, rules, dual_above, post_within_tolerance })
        }
        Some(_) => Err(Error::unreadable("rule set", "it holds another fact")),
    }
}

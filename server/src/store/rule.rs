//! Tolerance rules of a site, and the policy that a count made now would freeze.

use super::Error;
use rusqlite::{Connection, OptionalExtension};
use shared::{fact::Fact, id::SiteId, policy::Policy};

/// The policy of a count made now: the newest rules of the site, or those of a fresh installation.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn policy(conn: &Connection, site: SiteId) -> Result<Policy, Error> {
    let body: Option<String> = conn
        .prepare_cached("SELECT body FROM rule_set WHERE site_id = $1 ORDER BY version DESC LIMIT 1")?
        .query_row([site.0], |row| row.get("body"))
        .optional()?;
    let starting = Policy::starting();
    let Some(body) = body else { return Ok(starting) };
    match serde_json::from_str(&body) {
        Ok(Fact::RulesSet { version, rules, dual_above, post_within_tolerance }) => {
            Ok(Policy { rules_version: version, rules, dual_above, post_within_tolerance, ..starting })
        }
        Ok(other) => Err(Error::unreadable("rules", other.word())),
        Err(error) => Err(Error::unreadable("rules", error)),
    }
}

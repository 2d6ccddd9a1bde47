//! Reason codes as actions look at them.

use super::Error;
use rusqlite::{Connection, params};
use shared::id::SiteId;

/// Whether the site has this reason.
///
/// # Errors
/// [`Error::Engine`].
pub fn exists(conn: &Connection, site: SiteId, code: &str) -> Result<bool, Error> {
    Ok(conn.prepare_cached("SELECT 1 FROM reason WHERE site_id = $1 AND code = $2")?.exists(params![site.0, code])?)
}

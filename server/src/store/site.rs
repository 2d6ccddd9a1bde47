//! Sites as actions look at them.

use super::{Error, ReadTx};
use rusqlite::OptionalExtension;
use shared::id::SiteId;
use shared::sync::message::SiteInfo;

/// By number, as handhelds know it.
pub fn find(tx: &ReadTx<'_>, site: SiteId) -> Result<Option<SiteInfo>, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT code, name, time_zone FROM site WHERE site_id = $1")?
        .query_row([site.0], |row| {
            Ok(SiteInfo { id: site, code: row.get("code")?, name: row.get("name")?, time_zone: row.get("time_zone")? })
        })
        .optional()?)
}

/// The number of the site with this code.
pub fn find_by_code(tx: &ReadTx<'_>, code: &str) -> Result<Option<SiteId>, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT site_id FROM site WHERE code = $1")?
        .query_row([code], |row| Ok(SiteId(row.get("site_id")?)))
        .optional()?)
}

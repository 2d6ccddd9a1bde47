//! Handhelds of a site, with when they were last heard of and what they still hold.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::people::DeviceRow;
use shared::id::{DeviceId, SiteId};

/// Every handheld of the site by name, revoked ones last.
pub fn list(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<DeviceRow>, Error> {
    row::all(
        tx.conn(),
        "SELECT d.device_id, d.name, d.enrolled_at, d.revoked, s.seen_at, coalesce(s.waiting, 0) AS waiting,
                coalesce(s.app, '') AS app
         FROM device d LEFT JOIN device_seen s ON s.device_id = d.device_id
         WHERE d.site_id = $1 ORDER BY d.revoked, d.name, d.device_id",
        &[&site.0],
        |found| {
            Ok(DeviceRow {
                id: DeviceId(row::integer(found, "device_id")?),
                name: row::text(found, "name")?,
                enrolled_at: row::moment(found, "enrolled_at")?,
                revoked: row::flag(found, "revoked")?,
                seen_at: row::moment_or_none(found, "seen_at")?,
                waiting: row::small(found, "waiting")?,
                app: row::text(found, "app")?,
            })
        },
    )
}

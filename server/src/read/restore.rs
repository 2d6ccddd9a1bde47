//! After a restore: which handhelds have sent again what was missing, and which are waited for.
//!
//! What is missing is known from the database that was replaced and from what handhelds say they were told; one that was
//! never heard of since may know of more.

use super::row;
use crate::store::{Error, ReadTx};
use shared::{
    api::backup::{RestoreStatus, ReturnState, ReturningDevice, TimelineWhy},
    id::SiteId,
    moment::Moment,
};
use std::collections::BTreeMap;

/// Where the handhelds of a site stand since the last timeline began; `None` when none ever did.
pub fn status(tx: &ReadTx<'_>, site: SiteId) -> Result<Option<RestoreStatus>, Error> {
    let begun = row::first(
        tx.conn(),
        "SELECT t.why, t.started_at, t.restored_to, t.file, p.name
         FROM timeline t LEFT JOIN person p ON p.person_id = t.person_id ORDER BY t.position DESC LIMIT 1",
        &[],
        |found| {
            Ok(RestoreStatus {
                why: row::word(found, "why", TimelineWhy::parse)?,
                started_at: row::moment(found, "started_at")?,
                restored_to: row::moment(found, "restored_to")?,
                file: row::text(found, "file")?,
                by: found.get("name")?,
                devices: Vec::new(),
            })
        },
    )?;
    let Some(mut status) = begun else { return Ok(None) };
    let mut devices = known(tx, site, status.started_at)?;
    for log in logs(tx, site)? {
        let device = devices.entry(log.device_name.clone()).or_insert_with(|| ReturningDevice {
            name: log.device_name.clone(),
            state: ReturnState::Unknown,
            seen_at: None,
            resent: 0,
            missing: 0,
        });
        let here = log.here.min(log.expected);
        device.resent += here.saturating_sub(log.held);
        device.missing += log.expected.saturating_sub(here);
    }
    for device in devices.values_mut() {
        if device.state == ReturnState::Returned && device.missing > 0 {
            device.state = ReturnState::Sending;
        }
    }
    status.devices = devices.into_values().collect();
    let rank = |state: ReturnState| match state {
        ReturnState::Waiting => 0,
        ReturnState::Unknown => 1,
        ReturnState::Sending => 2,
        ReturnState::Returned => 3,
    };
    status.devices.sort_by(|a, b| rank(a.state).cmp(&rank(b.state)).then_with(|| a.name.cmp(&b.name)));
    Ok(Some(status))
}

/// Handhelds of the site that were not revoked, by name. What was typed from paper comes from none and is not waited for.
fn known(tx: &ReadTx<'_>, site: SiteId, since: Moment) -> Result<BTreeMap<String, ReturningDevice>, Error> {
    let rows = row::all(
        tx.conn(),
        "SELECT d.name, s.seen_at, coalesce(s.waiting, 0) AS waiting
         FROM device d LEFT JOIN device_seen s ON s.device_id = d.device_id
         WHERE d.site_id = $1 AND d.revoked = 0 AND d.device_id NOT IN (SELECT device_id FROM paper_device)",
        &[&site.0],
        |found| {
            let seen_at = row::moment_or_none(found, "seen_at")?;
            let waiting: u64 = row::small(found, "waiting")?;
            let state = match seen_at {
                Some(at) if at >= since && waiting == 0 => ReturnState::Returned,
                Some(at) if at >= since => ReturnState::Sending,
                _ => ReturnState::Waiting,
            };
            Ok(ReturningDevice { name: row::text(found, "name")?, state, seen_at, resent: 0, missing: 0 })
        },
    )?;
    Ok(rows.into_iter().map(|device| (device.name.clone(), device)).collect())
}

struct Log {
    device_name: String,
    held: u64,
    expected: u64,
    here: u64,
}

/// What is known of logs since; those that handhelds of other sites keep are left out.
fn logs(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<Log>, Error> {
    row::all(
        tx.conn(),
        "SELECT coalesce(d.name, t.device_name) AS name, t.held, t.expected, coalesce(l.head_seq, 0) AS here
         FROM timeline_log t
         LEFT JOIN device_log l ON l.log_id = t.log_id
         LEFT JOIN device d ON d.device_id = l.device_id
         WHERE coalesce(l.site_id, $1) = $1 AND coalesce(d.revoked, 0) = 0
           AND (t.expected > coalesce(l.head_seq, 0) OR coalesce(l.device_id, 0) NOT IN (SELECT device_id FROM paper_device))
           AND NOT EXISTS (SELECT 1 FROM device o WHERE l.log_id IS NULL AND o.name = t.device_name AND o.site_id <> $1)",
        &[&site.0],
        |found| {
            Ok(Log {
                device_name: row::text(found, "name")?,
                held: row::small(found, "held")?,
                expected: row::small(found, "expected")?,
                here: row::small(found, "here")?,
            })
        },
    )
}

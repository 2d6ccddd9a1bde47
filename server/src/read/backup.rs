//! Backups of the installation, for the admin's page.

use super::row;
use crate::store::{
    Error, ReadTx,
    backup::{self, Receipt},
};
use shared::{
    api::backup::{BackupRow, Backups},
    id::{PersonId, SiteId},
};
use std::path::Path;

/// Everything the page shows.
pub fn find(tx: &ReadTx<'_>, site: SiteId, person: PersonId, folder: &Path) -> Result<Backups, Error> {
    let (plan, failed) = backup::plan(tx)?;
    let last = row::number(tx.conn(), "SELECT coalesce(max(position), 0) FROM fact", &[])?;
    Ok(Backups {
        rows: backup::list(tx)?.into_iter().map(|receipt| line(receipt, last)).collect(),
        plan,
        folder: folder.display().to_string(),
        failed,
        events_unarchived: events_unarchived(tx)?,
        may_restore: may_restore(tx, person)?,
        restored: super::restore::status(tx, site)?,
    })
}

fn line(receipt: Receipt, last: u64) -> BackupRow {
    BackupRow {
        id: receipt.id,
        folder: receipt.folder.display().to_string(),
        name: receipt.name,
        made_at: receipt.made_at,
        why: receipt.why,
        state: receipt.state,
        checked_at: receipt.checked_at,
        size_bytes: receipt.size,
        facts: receipt.facts,
        events: receipt.events,
        facts_since: last.saturating_sub(receipt.position.unsigned_abs()),
    }
}

/// Events of handhelds that no verified backup holds.
pub fn events_unarchived(tx: &ReadTx<'_>) -> Result<u64, Error> {
    row::number(
        tx.conn(),
        "SELECT coalesce(sum(max(0, l.head_seq - coalesce(
                (SELECT max(c.seq) FROM backup_log c JOIN backup b ON b.backup_id = c.backup_id
                 WHERE c.log_id = l.log_id AND b.state = 'verified'), 0))), 0)
         FROM device_log l",
        &[],
    )
}

/// Whether somebody is an admin of every site: only then may they set all of them back.
pub fn may_restore(tx: &ReadTx<'_>, person: PersonId) -> Result<bool, Error> {
    let others = row::number(
        tx.conn(),
        "SELECT count(*) FROM site s WHERE NOT EXISTS (
            SELECT 1 FROM site_role r WHERE r.site_id = s.site_id AND r.person_id = $1 AND r.role = 'admin')",
        &[&person.0],
    )?;
    Ok(others == 0)
}

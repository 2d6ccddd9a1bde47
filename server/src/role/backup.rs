//! `trueup backup`: a verified copy, beside a running server or without one. The running server sees the receipt at once
//! and tells its handhelds.
//!
//! Absent: the clock; the server's own backups are a job of its own ([`crate::job::backup`]).

use super::thousands;
use crate::{
    cli::{Backup, Ending},
    store::{Clock, SystemClock, backup, copy, look::look},
};
use shared::api::backup::BackupWhy;

/// Makes one and says where it is.
///
/// # Errors
/// Why there is none: the database, the disk, or what is wrong with the copy.
pub fn backup(wanted: &Backup) -> anyhow::Result<Ending> {
    let (data, now) = (&wanted.data.data, SystemClock.now());
    let (plan, _) = look(data, now, |tx| Ok::<_, anyhow::Error>(backup::plan(tx)?))?;
    let usual = backup::usual_folder(data);
    let to = wanted.to.clone().unwrap_or_else(|| usual.clone());
    let made = copy::make(data, &to, now, BackupWhy::Command)?;
    let keep = wanted.keep.or((made.receipt.folder == usual).then_some(plan.keep));
    copy::record_aside(data, &made, keep)?;
    let holds = &made.receipt;
    println!(
        "Backed up to {}: {} facts, {} of them from {} handheld logs, proved and on the disk.",
        holds.path().display(),
        thousands(holds.facts),
        thousands(holds.events),
        made.holdings.logs.len()
    );
    Ok(Ending::Done)
}

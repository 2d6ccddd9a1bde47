//! Backups: made when one is due or somebody asks, recorded only once they are proved and flushed, the oldest removed,
//! and those that are kept looked at again each time.
//!
//! Absent: copying ([`crate::store::copy`]) and the plan's arithmetic ([`shared::backup`]).

use crate::store::{
    Error, Store,
    backup::{self, Receipt, usual_folder},
    copy::{self, CopyError},
};
use chrono::{DateTime, Offset as _};
use chrono_tz::Tz;
use shared::{
    api::backup::{BackupState, BackupWhy},
    moment::Moment,
};
use std::time::Duration;

/// How often it is looked whether a backup is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Looks again and again, from `first` on; ends with the runtime.
pub async fn run(store: Store, first: Duration) {
    let mut at = tokio::time::interval_at(tokio::time::Instant::now() + first, LOOK_EVERY);
    at.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        at.tick().await;
        if let Err(error) = make_if_due(&store).await {
            tracing::error!(%error, "no backup was made");
            let why = error.to_string();
            if let Err(error) = store.write(move |tx| backup::note_failure(tx, &why)).await {
                tracing::error!(%error, "that no backup was made could not be noted");
            }
        }
    }
}

/// Makes a backup if the plan says so; answers it.
///
/// # Errors
/// [`CopyError`].
pub async fn make_if_due(store: &Store) -> Result<Option<Receipt>, CopyError> {
    let (plan, failed, last) = store
        .read(|tx| {
            let (plan, failed) = backup::plan(tx)?;
            let last = backup::list(tx)?.into_iter().find(|receipt| receipt.state == BackupState::Verified);
            Ok::<_, Error>((plan, failed, last))
        })
        .await?;
    let now = store.clock().now();
    let made_at = last.map(|receipt| receipt.made_at);
    if !plan.is_due(made_at, failed.map(|(at, _)| at), now, offset_ms(&plan.time_zone, now)) {
        return Ok(None);
    }
    make(store, BackupWhy::Schedule).await.map(Some)
}

/// Makes a backup now, removes what the plan lets go, and looks at the others.
///
/// # Errors
/// [`CopyError`]; nothing is recorded then.
pub async fn make(store: &Store, why: BackupWhy) -> Result<Receipt, CopyError> {
    let now = store.clock().now();
    let data = store.folder().to_owned();
    let to = usual_folder(&data);
    let made = aside(move || copy::make(&data, &to, now, why)).await??;
    let receipt = made.receipt.clone();
    let id = store.write(move |tx| backup::record(tx, &made.receipt, &made.holdings)).await?;
    let receipt = Receipt { id, ..receipt };
    tidy(store, &receipt).await?;
    Ok(receipt)
}

/// Removes the oldest beyond those the plan keeps, and records what became of the files of the others.
async fn tidy(store: &Store, newest: &Receipt) -> Result<(), CopyError> {
    let (receipts, (plan, _)) = store.read(|tx| Ok::<_, Error>((backup::list(tx)?, backup::plan(tx)?))).await?;
    let (folder, newest) = (newest.folder.clone(), newest.id);
    let found: Vec<(i64, BackupState)> = aside(move || {
        let gone = copy::prune(&receipts, &folder, plan.keep);
        receipts
            .iter()
            .filter(|receipt| receipt.id != newest)
            .map(|receipt| {
                let removed = gone.contains(&receipt.id);
                (receipt.id, if removed { BackupState::Removed } else { copy::look_at(receipt) })
            })
            .collect()
    })
    .await?;
    store
        .write(move |tx| {
            for (id, state) in found {
                backup::mark(tx, id, state)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

/// Runs what waits for the disk off the async threads.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CopyError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Panicked.into())
}

/// How far a time zone is from UTC at an instant; one that is not known counts as UTC.
fn offset_ms(time_zone: &str, now: Moment) -> i64 {
    let zone: Tz = time_zone.parse().unwrap_or(Tz::UTC);
    let Some(now) = DateTime::from_timestamp_millis(now.0) else { return 0 };
    i64::from(now.with_timezone(&zone).offset().fix().local_minus_utc()) * 1000
}

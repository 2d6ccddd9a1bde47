//! Looks for handhelds that announced events and have been silent for too long.

use crate::{action::notice_silence::notice_silence, store::Store};
use std::time::Duration;

/// How often: silence is counted in hours.
const EVERY: Duration = Duration::from_mins(1);

/// Looks again and again, until it is dropped.
pub async fn watch(store: Store) {
    let mut turns = tokio::time::interval(EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = store.write(notice_silence).await {
            tracing::error!(%error, "silent handhelds could not be looked for");
        }
    }
}

//! Time in a page.
//!
//! Absent: waiting for anything else (`crate::replica::wait`).

use crate::replica::wait;
use gloo_timers::future::TimeoutFuture;
use std::future::Future;

/// Waits so many milliseconds.
pub async fn sleep(ms: u32) {
    TimeoutFuture::new(ms).await;
}

/// The result of `work`, or `None` when it takes longer than `ms`. The work is then dropped where it stands.
pub async fn within<T>(ms: u32, work: impl Future<Output = T>) -> Option<T> {
    wait::within(TimeoutFuture::new(ms), work).await
}

//! Logs of handhelds: which are bound to which device, and where they stand.

use shared::{
    id::{DeviceId, LogId, SiteId},
    sync::message::{Head, LogReason},
};

/// A log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRow {
    /// Its own name.
    pub id: LogId,
    /// The number tables use for it.
    pub no: i64,
    /// The handheld it is bound to.
    pub device: DeviceId,
    /// The site.
    pub site: SiteId,
    /// Why it exists.
    pub reason: LogReason,
    /// How far it has arrived, without a gap.
    pub head: Head,
}

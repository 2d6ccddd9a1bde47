//! Everything the journal holds, to be taken off a handheld that cannot send it.
//!
//! Absent: the form in which it leaves (a file, codes on the screen), and leaving anything out.

use super::{
    engine::Engine,
    ports::{Ports, Worked},
};
use serde::{Deserialize, Serialize};
use shared::{
    id::{DeviceId, LogId},
    sync::message::{Head, LogReason, PushedEvent},
};

/// One log with every event of it that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedLog {
    /// Which log.
    pub log: LogId,
    /// The handheld that wrote it.
    pub device: DeviceId,
    /// Why it exists.
    pub reason: LogReason,
    /// Where it ends, by its own record.
    pub head: Head,
    /// Up to where the server is known to hold it.
    pub durable_seq: u64,
    /// Its events as they were written, by ascending number.
    pub events: Vec<PushedEvent>,
}

impl<P: Ports> Engine<P> {
    /// Reads every log.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn export_logs(&self) -> Worked<Vec<ExportedLog>> {
        let mut logs = Vec::new();
        for head in self.journal.heads().await? {
            logs.push(ExportedLog {
                log: head.log.log,
                device: head.device,
                reason: head.log.reason,
                head: head.log.head,
                durable_seq: head.log.durable_seq(),
                events: self.journal.read_all(head.log.log).await?,
            });
        }
        Ok(logs)
    }
}

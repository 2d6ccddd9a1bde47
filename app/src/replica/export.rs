//! Everything the handheld holds, to be taken off a handheld that cannot send it.
//!
//! Absent: the form in which it leaves (a file, codes on the screen), and leaving anything out.

use super::{
    engine::Engine,
    mirror::Contents,
    ports::{Ports, Worked},
};
use serde::{Deserialize, Serialize};
use shared::{
    id::{DeviceId, LogId},
    sync::message::{Head, LogReason, PushedEvent},
};
use std::collections::BTreeMap;

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
    /// Reads every log from the journal, or from the mirror where the journal cannot be read.
    ///
    /// # Errors
    /// When neither can.
    pub async fn export_logs(&self) -> Worked<Vec<ExportedLog>> {
        match self.journal_logs().await {
            Ok(logs) => Ok(logs),
            Err(error) => self.read_mirror().await.map(mirrored_logs).ok_or(error),
        }
    }
    async fn journal_logs(&self) -> Worked<Vec<ExportedLog>> {
        let mut logs = Vec::new();
        for head in self.journal.heads().await? {
            let events = self.journal.read_all(head.log.log).await?;
            logs.push(ExportedLog {
                log: head.log.log,
                device: head.device,
                reason: head.log.reason,
                head: head.log.head,
                durable_seq: head.log.durable_seq(),
                events: events.into_iter().map(|(seq, it)| PushedEvent { seq, id: it.id, body: it.body }).collect(),
            });
        }
        Ok(logs)
    }
}

fn mirrored_logs(contents: Contents) -> Vec<ExportedLog> {
    let mut logs = BTreeMap::<LogId, ExportedLog>::new();
    for record in contents.records {
        let head = Head { seq: record.seq, chain: record.prev.next(record.body.as_bytes()) };
        let (log, device, reason) = (record.log, record.device, record.reason);
        let fresh = || ExportedLog { log, device, reason, head, durable_seq: 0, events: Vec::new() };
        let exported = logs.entry(log).or_insert_with(fresh);
        exported.head = head;
        exported.events.push(PushedEvent { seq: record.seq, id: record.id, body: record.body });
    }
    logs.into_values().collect()
}

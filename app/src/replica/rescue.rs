//! Everything this handheld holds as one text, for when nothing else works: the journal as far as it can be read, and the
//! entries that the journal did not take.
//!
//! Absent: the form of the text (`shared::sync::rescue`), and how it leaves the device.

use super::{Composed, ExportedLog, engine::Engine, ports::Ports};
use shared::{
    id::EventId,
    sync::{
        log::Chain,
        message::Head,
        rescue::{After, Origin, RESCUE_VERSION, SavedEvent, SavedLog, Unsaved, Writer},
    },
};

/// How much of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it: a file has room.
    Everything,
    /// What the server is not known to hold: somebody has to scan it.
    Waiting,
}

/// The text, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescueText {
    /// As it leaves the device.
    pub text: String,
    /// Events and entries in it.
    pub entries: usize,
    /// Whether the journal could be read; else only what was not saved is in it.
    pub is_journal_read: bool,
}

impl Composed {
    /// Its id and its exact bytes.
    pub fn entry(&self) -> (EventId, &str) {
        (self.event.id, &self.body)
    }
}

impl<P: Ports> Engine<P> {
    /// Writes the text. `None` on a handheld that was never connected: it has nothing.
    pub async fn rescue(&self, unsaved: &[Composed], extent: Extent) -> Option<RescueText> {
        let (enrolment, after) = {
            let state = self.state.borrow();
            let head = state.log.and_then(|log| state.logs.get(&log)).map(|log| (log.log, log.head));
            (state.enrolment.as_ref()?.0.clone(), head)
        };
        let mut writer = Writer::new(Origin {
            version: RESCUE_VERSION,
            server: enrolment.server,
            device: enrolment.device,
            device_name: enrolment.device_name,
            app: env!("CARGO_PKG_VERSION").to_owned(),
            wall_ms: self.ports.clocks().wall_ms,
        });
        let (mut entries, logs) = (0, self.export_logs().await);
        let is_journal_read = logs.is_ok();
        for log in logs.unwrap_or_default() {
            entries += self.write_log(&mut writer, log, extent).await;
        }
        let after = after.map(|(log, head)| After { log, seq: head.seq, chain: head.chain });
        for (number, composed) in (1..).zip(unsaved) {
            let (id, body) = composed.entry();
            let Some(after) = after else { break };
            writer.unsaved(Unsaved { number, id, body: body.to_owned(), after });
            entries += 1;
        }
        Some(RescueText { text: writer.finish(), entries, is_journal_read })
    }

    async fn write_log(&self, writer: &mut Writer, log: ExportedLog, extent: Extent) -> usize {
        let chains = self.chains(&log).await;
        let start = Head { seq: 0, chain: Chain::start(log.log) };
        let skip = if extent == Extent::Everything { 0 } else { log.durable_seq };
        let known = log.events.iter().zip(&chains).find(|(event, chain)| event.seq == skip && chain.is_some());
        let before = known.and_then(|(event, chain)| Some(Head { seq: event.seq, chain: (*chain)? })).unwrap_or(start);
        if log.head.seq <= before.seq && extent == Extent::Waiting {
            return 0;
        }
        writer.log(SavedLog { log: log.log, reason: log.reason, device: log.device, head: log.head, before });
        let mut entries = 0;
        for (event, chain) in log.events.into_iter().zip(chains) {
            if let Some(chain) = chain.filter(|_| event.seq > before.seq) {
                writer.event(SavedEvent { log: log.log, seq: event.seq, id: event.id, chain, body: event.body });
                entries += 1;
            }
        }
        entries
    }

    /// The chain after each event: computed, and looked up where that does not lead to where the log says it ends, so
    /// that a damaged event is told by its own chain.
    async fn chains(&self, log: &ExportedLog) -> Vec<Option<Chain>> {
        let mut at = Head { seq: 0, chain: Chain::start(log.log) };
        let mut chains = Vec::with_capacity(log.events.len());
        for event in &log.events {
            if event.seq != at.seq.saturating_add(1) {
                break;
            }
            at = Head { seq: event.seq, chain: at.chain.next(event.body.as_bytes()) };
            chains.push(Some(at.chain));
        }
        if at != log.head || chains.len() < log.events.len() {
            chains.clear();
            for event in &log.events {
                chains.push(self.journal.chain_at(log.log, event.seq).await.ok().flatten());
            }
        }
        chains
    }
}

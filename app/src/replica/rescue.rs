//! Everything this handheld holds as one text, for when nothing else works: the journal as far as it can be read, and the
//! entries that the journal did not take.
//!
//! Absent: the form of the text (`shared::sync::rescue`), and how it leaves the device.

use super::{Composed, engine::Engine, export::ExportedLog, ports::Ports};
use shared::{
    id::EventId,
    sync::{
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
    /// What is written on the handheld.
    pub device_name: String,
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
            device_name: enrolment.device_name.clone(),
            app: env!("CARGO_PKG_VERSION").to_owned(),
            wall_ms: self.ports.clocks().wall_ms,
        });
        let mut entries = 0;
        for log in self.export_logs().await.unwrap_or_default() {
            entries += write_log(&mut writer, &log, extent);
        }
        let after = after.map(|(log, head)| After { log, seq: head.seq, chain: head.chain });
        for (number, composed) in (1..).zip(unsaved) {
            let (id, body) = composed.entry();
            let Some(after) = after else { break };
            writer.unsaved(Unsaved { number, id, body: body.to_owned(), after });
            entries += 1;
        }
        Some(RescueText { text: writer.finish(), entries, device_name: enrolment.device_name })
    }
}

fn write_log(writer: &mut Writer, log: &ExportedLog, extent: Extent) -> usize {
    let chains = log.chains();
    let durable = chains.get(&log.durable_seq).map(|chain| Head { seq: log.durable_seq, chain: *chain });
    let before = durable.filter(|_| extent == Extent::Waiting).unwrap_or(log.base);
    if log.head.seq <= before.seq && extent == Extent::Waiting {
        return 0;
    }
    writer.log(SavedLog { log: log.log, reason: log.reason, device: log.device, head: log.head, before });
    let mut entries = 0;
    for (seq, event) in log.events.iter().filter(|(seq, _)| **seq > before.seq) {
        if let Some(chain) = chains.get(seq) {
            let (id, body) = (event.id, event.body.clone());
            writer.event(SavedEvent { log: log.log, seq: *seq, id, chain: *chain, body });
            entries += 1;
        }
    }
    entries
}

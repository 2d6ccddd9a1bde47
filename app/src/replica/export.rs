//! Everything the handheld holds, to be taken off a handheld that cannot send it.
//!
//! Absent: the form in which it leaves (a file, codes on the screen), and leaving anything out.

use super::{
    engine::{Engine, Remembered},
    journal::Journal,
    mirror::Contents,
    ports::{Ports, Worked},
    rescue::{Extent, RescueText},
    salvage::Stored,
    state::State,
};
use shared::{
    id::{DeviceId, LogId},
    sync::{
        log::Chain,
        message::{Head, LogReason},
    },
};
use std::{collections::BTreeMap, rc::Rc};

/// One log with every event of it that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedLog {
    /// Which log.
    pub log: LogId,
    /// The handheld that wrote it.
    pub device: DeviceId,
    /// Why it exists.
    pub reason: LogReason,
    /// The place before its first event that is here.
    pub base: Head,
    /// Where it ends, by its own record.
    pub head: Head,
    /// Up to where the server is known to hold it.
    pub durable_seq: u64,
    /// Its events as they were written, by their numbers.
    pub events: BTreeMap<u64, Stored>,
}

impl ExportedLog {
    /// The chain after each event: computed, and as it was stored where that does not lead to where the log says it ends, so
    /// that a damaged event is told by its own chain.
    pub fn chains(&self) -> BTreeMap<u64, Chain> {
        let (mut at, mut chains) = (self.base, BTreeMap::new());
        for (seq, event) in &self.events {
            if *seq != at.seq.saturating_add(1) {
                break;
            }
            at = Head { seq: *seq, chain: at.chain.next(event.body.as_bytes()) };
            chains.insert(*seq, at.chain);
        }
        if at == self.head { chains } else { self.events.iter().map(|(seq, event)| (*seq, event.chain)).collect() }
    }
}

impl<P: Ports> Engine<P> {
    /// What a handheld holds whose journal does not open: the second journal knows which handheld it is, too.
    pub async fn rescue_unopened(ports: Rc<P>, extent: Extent) -> Option<RescueText> {
        let engine = Self::new(Rc::clone(&ports), State::default(), Journal::unopened(ports));
        let meta = engine.read_mirror().await?.meta;
        let meta = meta.into_iter().filter_map(|(name, (_, value))| Some((name, value?))).collect();
        let enrolment = Remembered::read(&meta).enrolment?;
        engine.state.borrow_mut().enrolment = Some((enrolment.enrolment, enrolment.secret));
        engine.rescue(&[], extent).await
    }
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
            logs.push(ExportedLog {
                log: head.log.log,
                device: head.device,
                reason: head.log.reason,
                base: head.base(),
                head: head.log.head,
                durable_seq: head.log.durable_seq(),
                events: self.journal.read_all(head.log.log).await?,
            });
        }
        Ok(logs)
    }
}

fn mirrored_logs(contents: Contents) -> Vec<ExportedLog> {
    let mut logs = BTreeMap::<LogId, ExportedLog>::new();
    for record in contents.records {
        let chain = record.prev.next(record.body.as_bytes());
        let (log, device, reason) = (record.log, record.device, record.reason);
        let base = Head { seq: record.seq.saturating_sub(1), chain: record.prev };
        let fresh = || ExportedLog { log, device, reason, base, head: base, durable_seq: 0, events: BTreeMap::new() };
        let exported = logs.entry(log).or_insert_with(fresh);
        exported.head = Head { seq: record.seq, chain };
        exported.events.insert(record.seq, Stored { id: record.id, body: record.body, chain });
    }
    logs.into_values().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::replica::mirror::Record;
    use shared::id::EventId;
    use uuid::Uuid;

    #[test]
    fn a_log_of_the_mirror_begins_where_its_first_event_does() {
        let log = LogId(Uuid::from_u128(4));
        let mut prev = Chain::start(log);
        let mut records = Vec::new();
        for seq in 1..=5 {
            let (id, body) = (EventId(Uuid::from_u128(seq.into())), format!("event {seq}"));
            let next = prev.next(body.as_bytes());
            records.push(Record { log, device: DeviceId(6), reason: LogReason::Fresh, seq, prev, id, body });
            prev = next;
        }
        // two are archived and gone
        let contents = Contents { records: records.split_off(2), ..Contents::default() };
        let third = contents.records[0].prev;
        let [exported] = <[_; 1]>::try_from(mirrored_logs(contents)).unwrap();
        assert_eq!((exported.base, exported.head), (Head { seq: 2, chain: third }, Head { seq: 5, chain: prev }));
        assert_eq!(exported.chains().get(&5), Some(&prev));

        let mut damaged = exported;
        damaged.events.get_mut(&4).unwrap().body = "rotten".into();
        let stored: BTreeMap<_, _> = damaged.events.iter().map(|(seq, it)| (*seq, it.chain)).collect();
        assert_eq!(damaged.chains(), stored, "its own chain tells which one is damaged");
    }
}

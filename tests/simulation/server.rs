//! The server: what `shared::sync::receive` decides, applied to a disk that is a few maps. A push changes a copy; the copy
//! becomes the disk at the commit.
//!
//! Absent: what events mean. Their effect here is to be counted, once per id.

use shared::{
    id::{EventId, LogId},
    moment::Moment,
    sync::{
        log::Chain,
        message::{Head, PushAnswer, PushRequest},
        receive::{Held, Step, plan, read_body},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};
use uuid::Uuid;

/// A defect planted to see whether it is caught.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bug {
    None,
    /// Answers, then commits: a crash in between loses what was acknowledged.
    AnswersBeforeCommit,
    /// Ignores an event whose number is taken, as `INSERT OR IGNORE` does, but acknowledges it.
    ForgetsConflicts,
    /// Takes the highest number for the end of the log, so that a gap goes unnoticed.
    TakesAnyNumber,
    /// Not the server's: the device believes every answer, without nonce and chain.
    DeviceTrustsAnyAnswer,
}

/// One log as stored.
#[derive(Clone, Default)]
pub struct StoredLog {
    pub line: Vec<(EventId, Chain, String)>,
    pub beside: BTreeMap<(u64, [u8; 32]), (EventId, String)>,
}

impl StoredLog {
    fn head(&self) -> Option<Head> {
        self.line.last().map(|(_, chain, _)| Head { seq: self.line.len() as u64, chain: *chain })
    }
    /// Whether the event with this number and chain is held.
    pub fn holds(&self, seq: u64, chain: &Chain) -> bool {
        let in_line = usize::try_from(seq).ok().and_then(|seq| self.line.get(seq.checked_sub(1)?));
        in_line.is_some_and(|(_, known, _)| known == chain) || self.beside.contains_key(&(seq, chain.0))
    }
}

impl Held for StoredLog {
    type Error = Infallible;
    fn chain_at(&mut self, seq: u64) -> Result<Option<Chain>, Infallible> {
        let index = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1));
        Ok(index.and_then(|index| self.line.get(index)).map(|(_, chain, _)| *chain))
    }
    fn holds_beside(&mut self, seq: u64, chain: &Chain) -> Result<bool, Infallible> {
        Ok(self.beside.contains_key(&(seq, chain.0)))
    }
}

/// What survives a crash of the server.
#[derive(Clone, Default)]
pub struct Disk {
    pub logs: BTreeMap<LogId, StoredLog>,
    /// How often each event took effect.
    pub effects: BTreeMap<EventId, usize>,
}

/// The server.
pub struct Server {
    pub id: Uuid,
    pub timeline: Uuid,
    pub disk: Disk,
    /// Everything that ever was on its disk, restored backups notwithstanding.
    pub ever: BTreeSet<(LogId, u64, [u8; 32])>,
    pub bug: Bug,
}

impl Server {
    /// Takes in one push up to the commit; the answer may be sent only once [`Server::commit`] was given the disk.
    pub fn receive(&self, request: &PushRequest, now_ms: i64) -> Result<(Disk, PushAnswer), String> {
        let mut disk = self.disk.clone();
        let log = disk.logs.entry(request.log).or_default();
        let state = log.head();
        let mut plan = plan(log, state, request).unwrap_or_else(|never| match never {});
        if self.bug == Bug::TakesAnyNumber
            && plan.want.is_some()
            && let Some(last) = request.events.last()
        {
            let chain =
                request.events.iter().fold(request.prev.unwrap_or(Chain([0; 32])), |c, e| c.next(e.body.as_bytes()));
            log.line.extend(request.events.iter().map(|event| (event.id, chain, event.body.clone())));
            (plan.want, plan.durable) = (None, Head { seq: last.seq, chain });
        }
        for step in &plan.steps {
            let (index, seq, chain) = match *step {
                Step::Skip { .. } => continue,
                Step::Append { index, seq, chain } | Step::Conflict { index, seq, chain } => (index, seq, chain),
            };
            let event = &request.events[index];
            if matches!(step, Step::Append { .. }) {
                if seq != log.line.len() as u64 + 1 {
                    return Err(format!("I5: event {seq} is appended to {} events", log.line.len()));
                }
                log.line.push((event.id, chain, event.body.clone()));
            } else if self.bug != Bug::ForgetsConflicts {
                if log.beside.insert((seq, chain.0), (event.id, event.body.clone())).is_some() {
                    return Err(format!("I7: event {seq} is kept beside twice"));
                }
            } else {
                continue;
            }
            read_body(&event.body, event.id).map_err(|odd| format!("event {seq} cannot be read: {}", odd.code()))?;
            disk.effects.entry(event.id).or_insert(1);
        }
        let answer = PushAnswer {
            nonce: request.nonce,
            server: self.id,
            timeline: self.timeline,
            now: Moment(now_ms),
            durable: plan.durable,
            archived: 0,
            want: plan.want,
            notes: Vec::new(),
            requests: plan.requests,
        };
        Ok((disk, answer))
    }
    /// The disk has it.
    pub fn commit(&mut self, disk: Disk) {
        self.disk = disk;
        for (id, log) in &self.disk.logs {
            self.ever.extend((1..).zip(&log.line).map(|(seq, (_, chain, _))| (*id, seq, chain.0)));
            self.ever.extend(log.beside.keys().map(|(seq, chain)| (*id, *seq, *chain)));
        }
    }
    /// Every log is without gaps and its chains verify from end to end (I5, I6).
    pub fn verify(&self) -> Result<(), String> {
        for (id, log) in &self.disk.logs {
            let mut chain = Chain::start(*id);
            for (seq, (_, stored, body)) in (1_u64..).zip(&log.line) {
                chain = chain.next(body.as_bytes());
                if chain != *stored {
                    return Err(format!("I5: the chain of {id} breaks at {seq}"));
                }
            }
        }
        match self.disk.effects.iter().find(|(_, times)| **times != 1) {
            Some((id, times)) => Err(format!("I4: event {id} took effect {times} times")),
            None => Ok(()),
        }
    }
}

//! The server: what `shared::sync::receive` decides, applied to a disk that is a few maps. A push changes a copy; the copy
//! becomes the disk at the commit.
//!
//! Absent: what events mean. Their effect here is to be counted, once per id.

use crate::world::PEOPLE;
use shared::{
    id::{DeviceId, EventId, LogId, PersonId, SiteId},
    moment::Moment,
    sync::{
        log::Chain,
        message::{
            EnrolAnswer, HandheldPerson, HandheldSignIn, HandheldSignInAnswer, Head, PushAnswer, PushRequest, SiteInfo,
        },
        receive::{Held, Step, plan, read_body},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};
use uuid::Uuid;

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
    /// Where an event stands in the line.
    pub fn position(&self, id: EventId) -> Option<u64> {
        (1..).zip(&self.line).find(|(_, (known, ..))| *known == id).map(|(seq, _)| seq)
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
    /// The events that took effect.
    pub effects: BTreeSet<EventId>,
}

/// The server.
pub struct Server {
    pub id: Uuid,
    pub timeline: Uuid,
    pub disk: Disk,
    /// Everything that ever was on its disk, restored backups notwithstanding.
    pub ever: BTreeSet<(LogId, u64, [u8; 32])>,
    /// Their ids.
    pub ever_ids: BTreeSet<EventId>,
    /// Handhelds by their secrets.
    pub devices: BTreeMap<String, DeviceId>,
    /// Up to where backups hold the logs.
    pub archived: BTreeMap<LogId, u64>,
}

impl Server {
    /// How often out of a hundred it dies at each of two places of a push.
    pub const MAY_DIE: u64 = 4;
    pub fn new(id: Uuid, timeline: Uuid) -> Self {
        Self {
            id,
            timeline,
            disk: Disk::default(),
            ever: BTreeSet::new(),
            ever_ids: BTreeSet::new(),
            devices: BTreeMap::new(),
            archived: BTreeMap::new(),
        }
    }
    /// Takes in one push up to the commit; the answer may be sent only once [`Server::commit`] was given the disk.
    pub fn receive(&self, request: &PushRequest, now_ms: i64) -> Result<(Disk, PushAnswer), String> {
        let mut disk = self.disk.clone();
        let log = disk.logs.entry(request.log).or_default();
        let state = log.head();
        let plan = plan(log, state, request).unwrap_or_else(|never| match never {});
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
            } else if log.beside.insert((seq, chain.0), (event.id, event.body.clone())).is_some() {
                return Err(format!("I7: event {seq} is kept beside twice"));
            }
            read_body(&event.body, event.id).map_err(|odd| format!("event {seq} cannot be read: {}", odd.code()))?;
            // an id that is known takes no effect a second time, wherever it stands
            disk.effects.insert(event.id);
        }
        let answer = PushAnswer {
            nonce: request.nonce,
            server: self.id,
            timeline: self.timeline,
            now: Moment(now_ms),
            durable: plan.durable,
            head: Some(plan.head),
            archived: self.archived.get(&request.log).copied().unwrap_or(0),
            want: plan.want,
            notes: Vec::new(),
            requests: plan.requests,
        };
        Ok((disk, answer))
    }
    /// Answers everything but a push.
    pub fn answer(&mut self, path: &str, json: &str, now_ms: i64) -> Option<String> {
        let now = Moment(now_ms);
        let site = SiteInfo { id: SiteId(1), code: "S".into(), name: "S".into(), time_zone: "UTC".into() };
        match path {
            "/sync/v1/enrol" => {
                let device = DeviceId(1 + i64::try_from(self.devices.len()).expect("few"));
                let secret = format!("secret {device}");
                self.devices.insert(secret.clone(), device);
                let (server, timeline, device_name) = (self.id, self.timeline, format!("H-{device}"));
                let answer = EnrolAnswer { device, device_name, secret, server, timeline, now, site, grant_key: None };
                serde_json::to_string(&answer).ok()
            }
            "/sync/v1/sign-in" => {
                let HandheldSignIn { username: name, .. } = serde_json::from_str(json).ok()?;
                let id = (1..).zip(PEOPLE).find(|(_, known)| *known == name)?.0;
                let person = HandheldPerson { id: PersonId(id), name, language: "en".into() };
                serde_json::to_string(&HandheldSignInAnswer { person, roles: Vec::new(), now, grant: None }).ok()
            }
            _ => None,
        }
    }
    /// The disk has it.
    pub fn commit(&mut self, disk: Disk, log: LogId) {
        self.disk = disk;
        if let Some(stored) = self.disk.logs.get(&log) {
            self.ever.extend((1..).zip(&stored.line).map(|(seq, (_, chain, _))| (log, seq, chain.0)));
            self.ever.extend(stored.beside.keys().map(|(seq, chain)| (log, *seq, *chain)));
            let ids = stored.line.iter().map(|(id, ..)| *id).chain(stored.beside.values().map(|(id, _)| *id));
            self.ever_ids.extend(ids);
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
        Ok(())
    }
}

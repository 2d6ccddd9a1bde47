//! Devices, server and the network between them: what can happen, in which order chance will have it, and what must hold
//! after each step and at the end.
//!
//! Absent: partitions of their own. A network that loses most of what it carries is one.

use crate::{
    chance::Chance,
    device::{self, Device},
    server::{self, Bug, Server},
};
use shared::{
    event::{EventKind, SheetIntent},
    id::{EventId, ItemId, LocationId, LogId, SheetId},
    key::ItemKey,
    quantity::Quantity,
    sync::{
        message::{Head, PushAnswer, PushRequest},
        outbox::{Disbelief, Failure},
    },
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use uuid::Uuid;

/// Which faults may happen, beyond those of the network and crashes.
#[derive(Clone, Copy)]
pub struct Faults {
    /// The server is set back to a backup.
    pub restores: bool,
    /// A handheld's disk is copied to another, or set back.
    pub copies: bool,
}

/// What travels.
enum Packet {
    Push { device: usize, page: usize, request: Box<PushRequest> },
    Answer { device: usize, page: usize, answer: Box<PushAnswer> },
}

/// All there is.
pub struct World {
    chance: Chance,
    faults: Faults,
    now_ms: i64,
    server: Server,
    backups: Vec<server::Disk>,
    devices: Vec<Device>,
    snapshots: Vec<(usize, device::Disk)>,
    network: Vec<Packet>,
    /// Everything a screen ever ticked: the bytes of each event (the oracle).
    ledger: BTreeMap<EventId, String>,
    story: VecDeque<String>,
    sheets: u64,
}

impl World {
    pub fn new(seed: u64, faults: Faults, bug: Bug) -> Self {
        let mut chance = Chance::new(seed);
        let (id, timeline) = (chance.uuid(), chance.uuid());
        let server = Server { id, timeline, disk: server::Disk::default(), ever: BTreeSet::new(), bug };
        let count = 1 + chance.below(4);
        let devices =
            (1..).take(count).map(|person| Device::new(person, LogId(chance.uuid()), 1 + chance.below(2))).collect();
        Self {
            chance,
            faults,
            now_ms: 1_795_392_000_000,
            server,
            backups: vec![server::Disk::default()],
            devices,
            snapshots: Vec::new(),
            network: Vec::new(),
            ledger: BTreeMap::new(),
            story: VecDeque::new(),
            sheets: 0,
        }
    }
    pub fn story(&self) -> String {
        self.story.iter().cloned().collect::<Vec<_>>().join("\n")
    }
    fn tell(&mut self, line: String) {
        if self.story.len() >= 80 {
            self.story.pop_front();
        }
        self.story.push_back(line);
    }

    /// Trouble, step by step.
    pub fn live(&mut self, steps: usize) -> Result<(), String> {
        for _ in 0..steps {
            self.step()?;
            self.check()?;
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), String> {
        let device = self.chance.below(self.devices.len());
        let page = self.chance.below(self.devices[device].pages.len());
        match self.chance.below(100) {
            0..35 => self.record(device, page),
            35..60 => self.pump(device, page),
            60..85 => return self.carry(),
            85..92 => self.pass(),
            92..95 => {
                self.devices[device].restart(page);
                self.tell(format!("handheld {device}: tab {page} is killed and opened again"));
            }
            95 => {
                let backup = self.server.disk.clone();
                self.backups.push(backup);
            }
            96 if self.faults.restores => self.restore(),
            97 if self.faults.copies => self.copy(device),
            98 if self.faults.copies => self.set_back(device),
            _ => self.forget_belief(device),
        }
        Ok(())
    }

    fn record(&mut self, device: usize, page: usize) {
        self.sheets += 1;
        let sheet = SheetId(Uuid::from_u128(u128::from(self.sheets / 4)));
        let kind = match self.sheets % 4 {
            0 => EventKind::SheetOpened { location: LocationId(1), task: None, count: None, intent: SheetIntent::Own },
            3 => EventKind::SheetClosed { location_done: true },
            _ => EventKind::Keyed { key: ItemKey::untracked(ItemId(1)), quantity: Quantity::ONE },
        };
        let saved = self.devices[device].record(page, kind, sheet, self.now_ms, &mut self.chance);
        if let Some(saved) = saved {
            let log = &self.devices[device].disk.logs[&saved.log];
            let (id, _, body) = &log.events[usize::try_from(saved.seq).expect("small") - 1];
            assert_eq!(*id, saved.id, "I1: the tick names what is on the disk");
            self.ledger.insert(*id, body.clone());
            self.tell(format!("handheld {device}: ticks {} in {}", saved.seq, saved.log));
        }
    }

    fn pump(&mut self, device: usize, page: usize) {
        let Some(request) = self.devices[device].next_push(page, self.now_ms, &mut self.chance) else { return };
        let (first, count) = (request.events.first().map_or(0, |event| event.seq), request.events.len());
        self.tell(format!("handheld {device}, tab {page}: pushes {count} from {first} of {}", request.log));
        if self.chance.percent(15) {
            let failure = match self.chance.below(6) {
                0 => Failure::Status(401),
                1 => Failure::Status(503),
                2 => Failure::TooLarge,
                3 => Failure::NotBelieved(Disbelief::Unreadable),
                _ => Failure::NoAnswer,
            };
            let jitter = self.chance.jitter();
            self.devices[device].failed(page, failure, self.now_ms, jitter);
            self.tell(format!("  … fails: {failure:?}"));
            if self.chance.percent(50) {
                return;
            }
        }
        // a browser may send a body twice by itself, and a proxy much later
        if self.chance.percent(15) {
            self.network.push(Packet::Push { device, page, request: Box::new(request.clone()) });
        }
        self.network.push(Packet::Push { device, page, request: Box::new(request) });
    }

    fn carry(&mut self) -> Result<(), String> {
        if self.network.is_empty() {
            return Ok(());
        }
        let index = self.chance.below(self.network.len());
        let packet = self.network.swap_remove(index);
        if self.chance.percent(10) {
            self.tell("network: loses a message".into());
            return Ok(());
        }
        self.deliver(packet)
    }

    fn deliver(&mut self, packet: Packet) -> Result<(), String> {
        self.now_ms += 20;
        match packet {
            Packet::Push { device, page, request } => {
                let (disk, answer) = self.server.receive(&request, self.now_ms)?;
                let held = answer.durable.seq;
                if self.server.bug == Bug::AnswersBeforeCommit {
                    self.network.push(Packet::Answer { device, page, answer: Box::new(answer.clone()) });
                }
                if self.chance.percent(4) {
                    self.tell("server: killed before the commit".into());
                    return Ok(());
                }
                self.server.commit(disk);
                if self.chance.percent(4) {
                    self.tell("server: killed after the commit, before the answer".into());
                    return Ok(());
                }
                self.tell(format!("server: holds {} up to {held}, wants {:?}", request.log, answer.want));
                if self.server.bug != Bug::AnswersBeforeCommit {
                    self.network.push(Packet::Answer { device, page, answer: Box::new(answer) });
                }
            }
            Packet::Answer { device, page, mut answer } => {
                if self.chance.percent(3) {
                    answer.durable.chain.0[5] ^= 1;
                } else if self.chance.percent(3) {
                    answer.durable = Head { seq: answer.durable.seq + 1, ..answer.durable };
                } else if self.chance.percent(2) {
                    answer.server = Uuid::nil();
                }
                let trusts = self.server.bug == Bug::DeviceTrustsAnyAnswer;
                let server = self.server.id;
                self.devices[device].answered(page, &answer, server, self.now_ms, &mut self.chance, trusts);
                self.tell(format!("handheld {device}, tab {page}: hears {}", answer.durable.seq));
            }
        }
        Ok(())
    }

    fn pass(&mut self) {
        self.now_ms += 500 * (1 + i64::try_from(self.chance.below(40)).expect("small"));
        self.time_out();
    }

    fn time_out(&mut self) {
        for device in 0..self.devices.len() {
            for page in 0..self.devices[device].pages.len() {
                let late =
                    self.devices[device].pages[page].flight.as_ref().is_some_and(|it| it.until_ms <= self.now_ms);
                if late {
                    let jitter = self.chance.jitter();
                    self.devices[device].failed(page, Failure::NoAnswer, self.now_ms, jitter);
                }
            }
        }
    }

    /// Power cut: what was written without strict durability, the belief, may be an earlier one.
    fn forget_belief(&mut self, device: usize) {
        for log in self.devices[device].disk.logs.values_mut() {
            log.head.log.durable = None;
        }
        (0..self.devices[device].pages.len()).for_each(|page| self.devices[device].restart(page));
        self.tell(format!("handheld {device}: loses power"));
    }

    fn restore(&mut self) {
        let backup = self.chance.below(self.backups.len());
        self.server.disk = self.backups[backup].clone();
        self.backups.truncate(backup + 1);
        self.server.timeline = self.chance.uuid();
        // what only the server held is gone for good: its handheld was set back before
        self.forgive();
        self.tell(format!("server: restored to backup {backup}"));
    }

    fn copy(&mut self, device: usize) {
        if self.devices.len() < 6 {
            let mut copy = Device::new(self.devices[device].person, LogId(self.chance.uuid()), 1);
            copy.disk = self.devices[device].disk.clone();
            copy.restart(0);
            self.devices.push(copy);
            self.tell(format!("handheld {device}: its profile is copied to {}", self.devices.len() - 1));
        }
        self.snapshots.push((device, self.devices[device].disk.clone()));
    }

    fn set_back(&mut self, device: usize) {
        let Some(index) = self.snapshots.iter().position(|(of, _)| *of == device) else { return };
        self.devices[device].disk = self.snapshots.swap_remove(index).1;
        (0..self.devices[device].pages.len()).for_each(|page| self.devices[device].restart(page));
        self.forgive();
        self.tell(format!("handheld {device}: set back to an earlier day"));
    }

    /// Takes out of the ledger what now exists nowhere: a disk was replaced by an older one from outside, and no program
    /// can bring back what only that disk held.
    fn forgive(&mut self) {
        let on_devices = self.devices.iter().flat_map(|device| device.disk.logs.values());
        let mut anywhere: BTreeSet<EventId> =
            on_devices.flat_map(|log| log.events.iter().map(|(id, ..)| *id)).collect();
        anywhere.extend(self.server.disk.effects.keys().copied());
        self.ledger.retain(|id, _| anywhere.contains(id));
    }

    /// What holds after every step.
    fn check(&self) -> Result<(), String> {
        for (number, device) in self.devices.iter().enumerate() {
            let mut waiting = 0;
            for (id, log) in &device.disk.logs {
                let known = log.head.log.durable_seq();
                waiting += log.events.len() as u64 - known;
                let shown = usize::try_from(known).ok().and_then(|seq| log.events.get(seq.checked_sub(1)?));
                if let Some((_, chain, _)) = shown
                    && !self.server.ever.contains(&(*id, known, chain.0))
                {
                    return Err(format!(
                        "I2: handheld {number} shows {known} of {id} on the server, where it never was"
                    ));
                }
            }
            if waiting != device.waiting() {
                return Err(format!("I12: handheld {number} shows {} waiting, {waiting} are", device.waiting()));
            }
            for page in &device.pages {
                for saved in page.on_server() {
                    let log = &device.disk.logs[&saved.log];
                    let (_, chain, _) = log.events[usize::try_from(saved.seq).expect("small") - 1];
                    if !self.server.ever.contains(&(saved.log, saved.seq, chain.0)) {
                        return Err(format!("I2: tab of handheld {number} ticks {} of {}", saved.seq, saved.log));
                    }
                }
            }
        }
        Ok(())
    }

    /// The faults stop: within a minute everything is where it belongs (I11), and nothing is missing.
    pub fn heal(&mut self) -> Result<(), String> {
        self.tell("the faults stop".into());
        for packet in std::mem::take(&mut self.network) {
            // late duplicates of long ago, in whatever order; their answers find nobody
            if let Packet::Push { request, .. } = packet {
                let (disk, _) = self.server.receive(&request, self.now_ms)?;
                self.server.commit(disk);
            }
        }
        for page in self.devices.iter_mut().flat_map(|device| &mut device.pages) {
            page.flight = None;
            // the browser says that the network is back
            let (now, outboxes) = (self.now_ms, page.outboxes.values_mut());
            outboxes.for_each(|outbox| {
                outbox.failed(Failure::NoAnswer, now, 0);
                outbox.try_now();
            });
        }
        let until = self.now_ms + 60_000;
        while self.now_ms < until && self.devices.iter().any(|device| !self.is_drained(device)) {
            for device in 0..self.devices.len() {
                for page in 0..self.devices[device].pages.len() {
                    self.exchange(device, page)?;
                    self.check()?;
                }
            }
            self.now_ms += 100;
        }
        match self.devices.iter().position(|device| !self.is_drained(device)) {
            Some(device) => {
                Err(format!("I11: handheld {device} has {} waiting after a minute", self.devices[device].waiting()))
            }
            None => self.verify(),
        }
    }

    fn exchange(&mut self, device: usize, page: usize) -> Result<(), String> {
        let Some(request) = self.devices[device].next_push(page, self.now_ms, &mut self.chance) else { return Ok(()) };
        let (disk, answer) = self.server.receive(&request, self.now_ms)?;
        self.server.commit(disk);
        self.tell(format!(
            "handheld {device}: {} from {:?} → {:?} {:?}",
            request.events.len(),
            request.events.first().map(|e| e.seq),
            answer.durable.seq,
            answer.want
        ));
        let (server, trusts) = (self.server.id, self.server.bug == Bug::DeviceTrustsAnyAnswer);
        self.devices[device].answered(page, &answer, server, self.now_ms, &mut self.chance, trusts);
        Ok(())
    }

    /// Nothing waits, and the server really holds everything: a restored one is found out by the heartbeat at the latest.
    fn is_drained(&self, device: &Device) -> bool {
        let held = |id: &LogId, log: &device::JournalLog| {
            let stored = self.server.disk.logs.get(id);
            (1..).zip(&log.events).all(|(seq, (_, chain, _))| stored.is_some_and(|stored| stored.holds(seq, chain)))
        };
        device.waiting() == 0 && device.disk.logs.iter().all(|(id, log)| held(id, log))
    }

    /// The end: every tick is on the server, once, byte for byte.
    fn verify(&self) -> Result<(), String> {
        self.server.verify()?;
        let mut stored: BTreeMap<EventId, Vec<&String>> = BTreeMap::new();
        for log in self.server.disk.logs.values() {
            log.line.iter().for_each(|(id, _, body)| stored.entry(*id).or_default().push(body));
            log.beside.values().for_each(|(id, body)| stored.entry(*id).or_default().push(body));
        }
        for (id, body) in &self.ledger {
            match stored.get(id).map(Vec::as_slice) {
                Some([one]) if *one == body => {}
                Some([_]) => return Err(format!("I6: event {id} has other bytes on the server")),
                Some(several) => return Err(format!("I4: event {id} is stored {} times", several.len())),
                None => return Err(format!("I13: event {id} was ticked and is not on the server")),
            }
            if self.server.disk.effects.get(id) != Some(&1) {
                return Err(format!("I4: event {id} took no effect"));
            }
        }
        Ok(())
    }
}

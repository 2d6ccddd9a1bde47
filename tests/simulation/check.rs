//! What must hold, by the names of `SYNC.md` section 9: after every step, without a network, and once the faults have stopped.
//!
//! Absent: making anything happen, but for letting a minute of peace pass.

use crate::{
    disk, mirror,
    world::{Ticked, World},
};
use app::replica::{Saved, head::JournalHead, ports::Fields};
use shared::{
    event::upcast,
    id::{EventId, LogId, PersonId},
    sync::{log::Chain, message::LogReason},
};
use std::collections::{BTreeMap, BTreeSet};

/// How long everything may take to drain (I11).
const PEACE_MS: i64 = 60_000;
/// How much later a second tab may show it: it looks at the disk this often.
const LOOK_MS: i64 = 31_000;

impl World {
    /// What holds after every step.
    pub fn check_pages(&self) -> Result<(), String> {
        if let Some(broken) = self.broken.borrow().clone() {
            return Err(broken);
        }
        for (number, device) in self.devices.iter().enumerate() {
            if let Some(place) = &device.disk.borrow().taken {
                return Err(format!("I5: handheld {number} offers its journal a number that is taken: {place}"));
            }
            for page in &device.pages {
                let Some(engine) = page.engine() else { continue };
                let on_server = page.on_server();
                if let Some(id) = on_server.iter().find(|id| !self.server.ever_ids.contains(id)) {
                    return Err(format!("I2: handheld {number} shows {id} on the server, where it never was"));
                }
                let shown = engine.state.borrow().status().waiting;
                let known: BTreeSet<_> = on_server.into_iter().collect();
                let ticked = page.ticked.borrow();
                let logs = engine.state.borrow().logs.clone();
                let ends = self.ends_of_closed(number);
                // behind the end of a log that was put together again nothing waits: another log carries it
                let waits = |saved: &&Saved| {
                    logs.contains_key(&saved.log) && ends.get(&saved.log).is_none_or(|end| saved.seq <= *end)
                };
                let own = ticked.iter().filter(waits).filter(|saved| !known.contains(&saved.id));
                let pending = own.map(|saved| (saved.log, saved.seq)).collect::<BTreeSet<_>>().len() as u64;
                if shown < pending && !device.disk.borrow().was_damaged {
                    return Err(format!("I12: handheld {number} shows {shown} waiting, {pending} are"));
                }
            }
        }
        Ok(())
    }
    /// Nothing is wrong with the disks any more, and nothing arrives anywhere. Every page comes to show how many of the
    /// events on its disk wait, no more and no fewer (I12).
    pub fn check_screens(&mut self) -> Result<(), String> {
        self.tell("storage is well, and the network is gone".into());
        self.mend_storage();
        let until = self.clockwork.now_ms() + PEACE_MS + LOOK_MS;
        while self.clockwork.now_ms() < until {
            self.lose_all();
            if !self.clockwork.poll_one() {
                self.clockwork.pass_to_next();
            }
            self.check_pages()?;
        }
        for (number, device) in self.devices.iter().enumerate() {
            for page in &device.pages {
                let Some(engine) = page.engine() else {
                    return Err(format!("I12: handheld {number} shows nothing: {:?}", page.broken.borrow()));
                };
                // two pages of which one remembers more than a record that came back from an earlier time, and nobody to ask
                if device.disk.borrow().was_damaged && device.pages.len() > 1 {
                    continue;
                }
                let (shown, waiting) = (engine.state.borrow().status().waiting, count_waiting(&device.disk.borrow()));
                if shown != waiting {
                    return Err(format!("I12: handheld {number} shows {shown} waiting, {waiting} are on its disk"));
                }
            }
        }
        Ok(())
    }
    /// Where the logs end that a handheld writes no more.
    fn ends_of_closed(&self, number: usize) -> BTreeMap<LogId, u64> {
        let disk = self.devices[number].disk.borrow();
        let heads = disk.texts("heads").filter_map(|(_, json)| serde_json::from_str::<JournalHead>(json).ok());
        heads.filter(|head| head.closed).map(|head| (head.log.log, head.log.head.seq)).collect()
    }
    /// No disk and no mirror is in trouble, and every handheld has a page.
    fn mend_storage(&mut self) {
        for number in 0..self.devices.len() {
            let device = &mut self.devices[number];
            device.is_troubled = false;
            {
                let mut disk = device.disk.borrow_mut();
                disk.trouble = disk::Trouble::None;
                disk.troubles += 1;
                disk.calm_since_ms = self.clockwork.now_ms();
            }
            if !self.faults.one_journal {
                device.folder.borrow_mut().trouble = mirror::Trouble::None;
            }
            if self.devices[number].pages.is_empty() {
                self.open(number);
            }
        }
    }
    /// The faults stop: within a minute everything is where it belongs (I11), and nothing is missing.
    pub fn heal(&mut self) -> Result<(), String> {
        self.tell("the faults stop".into());
        self.devices.iter_mut().for_each(|device| device.is_cut_off = false);
        self.mend_storage();
        for engine in self.engines() {
            engine.try_now();
        }
        let minute = self.clockwork.now_ms() + PEACE_MS;
        let (until, mut looked_ms) = (minute + LOOK_MS, 0);
        while self.clockwork.now_ms() < until {
            self.deliver_all();
            if !self.clockwork.poll_one() {
                if self.clockwork.now_ms() - looked_ms >= 500 {
                    looked_ms = self.clockwork.now_ms();
                    self.check_pages()?;
                    self.check_kept()?;
                    if self.waiting_for().is_none() && self.verify().is_ok() {
                        break;
                    }
                    if let Some(what) = self.waiting_on_disks().filter(|_| self.clockwork.now_ms() >= minute) {
                        return Err(format!("I11: after a minute of peace {what}"));
                    }
                }
                self.clockwork.pass(100);
            }
        }
        self.check_pages()?;
        self.check_kept()?;
        if let Some(what) = self.waiting_for() {
            return Err(format!("I11: after a minute of peace and a look at the disk {what}"));
        }
        self.verify()?;
        self.check_visits()
    }
    /// Whoever opens the handheld finds every entry that was shown of a visit that nobody closed.
    fn check_visits(&mut self) -> Result<(), String> {
        for number in 0..self.devices.len() {
            self.kill_all(number);
            self.open(number);
            let until = self.clockwork.now_ms() + PEACE_MS;
            while self.devices[number].pages[0].engine().is_none() && self.clockwork.now_ms() < until {
                if !self.clockwork.poll_one() {
                    self.clockwork.pass(100);
                }
            }
            let device = &self.devices[number];
            let Some(engine) = device.pages[0].engine() else {
                return Err(format!("I11: handheld {number} does not open: {:?}", device.pages[0].broken.borrow()));
            };
            let state = engine.state.borrow();
            let disk = device.disk.borrow();
            // what neither journal has any more, because the server has it or because both were damaged, is not shown
            let is_whole =
                |fields: &&Fields| fields.get("body").is_some_and(|body| upcast::read(body.as_bytes()).is_ok());
            let kept: BTreeSet<_> = disk
                .events()
                .map(|(_, _, fields)| fields)
                .filter(is_whole)
                .filter_map(|fields| fields.get("id")?.parse::<EventId>().ok())
                .collect();
            for (sheet, shown) in device.visits.shown.borrow().iter().filter(|(_, shown)| !shown.is_closing) {
                let found = state.sheets.find(*sheet);
                let here: BTreeSet<_> = found.iter().flat_map(|it| &it.events).map(|(_, event)| event.id).collect();
                if let Some(id) = shown.entries.iter().find(|id| kept.contains(id) && !here.contains(id)) {
                    let places = self.places(*id);
                    return Err(format!("I1: handheld {number} shows {id} of {sheet:?} no more: {places}"));
                }
            }
        }
        Ok(())
    }
    fn engines(&self) -> Vec<std::rc::Rc<app::replica::Engine<crate::device::Ports>>> {
        self.devices.iter().flat_map(|device| &device.pages).filter_map(crate::device::Page::engine).collect()
    }
    /// What is not yet as it has to be.
    fn waiting_for(&self) -> Option<String> {
        for (number, device) in self.devices.iter().enumerate() {
            for page in &device.pages {
                let Some(engine) = page.engine() else {
                    return Some(format!(
                        "handheld {number} has a page that does not open: {:?}",
                        page.broken.borrow()
                    ));
                };
                let status = engine.state.borrow().status();
                if status.waiting > 0 {
                    let (waiting, problem) = (status.waiting, status.problem);
                    let logs = engine.state.borrow().log_states();
                    return Some(format!("handheld {number}: {waiting} wait, {problem:?}: {logs:?}"));
                }
            }
        }
        self.waiting_on_disks()
    }
    /// What the server does not have of what lies on the disks.
    fn waiting_on_disks(&self) -> Option<String> {
        for (number, device) in self.devices.iter().enumerate() {
            let disk = device.disk.borrow();
            for (name, json) in disk.texts("heads") {
                let head: JournalHead = serde_json::from_str(json).ok()?;
                if head.log.waiting() > 0 {
                    return Some(format!("handheld {number}: {} of {name} wait on its disk", head.log.waiting()));
                }
                if let Some(stored) = self.missing_on_server(&head, &disk) {
                    return Some(format!("handheld {number}: event {stored} of {name} is not on the server"));
                }
            }
        }
        None
    }
    /// The first event of a log that the server does not hold.
    fn missing_on_server(&self, head: &JournalHead, disk: &disk::Disk) -> Option<u64> {
        let stored = self.server.disk.logs.get(&head.log.log);
        let log = head.log.log.to_string();
        let mut events = disk.events().filter(|(name, seq, _)| *name == log && *seq <= head.log.head.seq);
        events
            .find(|(_, seq, fields)| {
                let chain = fields.get("chain").and_then(|chain| Chain::parse(chain));
                !chain.is_some_and(|chain| stored.is_some_and(|stored| stored.holds(*seq, &chain)))
            })
            .map(|(_, seq, _)| seq)
    }
    /// Where an event lies.
    fn places(&self, id: EventId) -> String {
        let mut places = Vec::new();
        for (number, device) in self.devices.iter().enumerate() {
            let (disk, text) = (device.disk.borrow(), id.to_string());
            let rows = disk.events().filter(|(_, _, fields)| fields.get("id") == Some(&text));
            places.extend(rows.map(|(log, seq, _)| format!("journal of {number}: {seq} of {log}")));
            let contents = device.folder.borrow().contents();
            let records = contents.records.iter().filter(|record| record.id == id);
            places.extend(records.map(|record| format!("mirror of {number}: {} of {}", record.seq, record.log)));
            places.extend(disk.texts("heads").map(|(_, head)| head.to_owned()));
        }
        places.join("\n")
    }
    /// Logs that go on where no other was left.
    fn first_logs(&self) -> BTreeSet<LogId> {
        let mut logs = BTreeSet::new();
        for device in &self.devices {
            let disk = device.disk.borrow();
            let heads = disk.texts("heads").filter_map(|(_, json)| serde_json::from_str::<JournalHead>(json).ok());
            logs.extend(heads.filter(|head| head.log.reason == LogReason::Fresh).map(|head| head.log.log));
        }
        logs
    }
    /// The end: every tick is on the server, byte for byte.
    fn verify(&self) -> Result<(), String> {
        self.server.verify()?;
        let first_logs = self.first_logs();
        let mut stored: BTreeMap<EventId, Vec<(bool, &String)>> = BTreeMap::new();
        for (log, kept) in &self.server.disk.logs {
            let is_first = first_logs.contains(log);
            kept.line.iter().for_each(|(id, _, body)| stored.entry(*id).or_default().push((is_first, body)));
            kept.beside.values().for_each(|(id, body)| stored.entry(*id).or_default().push((is_first, body)));
        }
        let ledger = self.ledger.borrow();
        check_order(&ledger, |it| self.server.disk.logs.get(&it.log).and_then(|log| log.position(it.id)))?;
        for (id, Ticked { device: number, body, actor, .. }) in ledger.iter() {
            match stored.get(id).map(Vec::as_slice) {
                None => {
                    let places = self.places(*id);
                    return Err(format!(
                        "I13: event {id}, ticked by handheld {number}, is not on the server: {places}"
                    ));
                }
                Some(copies) if copies.iter().any(|(_, copy)| *copy != body) => {
                    return Err(format!("I6: event {id} has other bytes on the server"));
                }
                Some(copies) if copies.iter().any(|(_, copy)| actor_of(copy) != Some(*actor)) => {
                    return Err(format!("I9: event {id} was ticked by {actor:?}, and the server says otherwise"));
                }
                // a log that goes on where another was left carries open visits and what may be lost elsewhere once more;
                // it takes effect once all the same
                Some(copies) if copies.iter().filter(|(is_first, _)| *is_first).count() > 1 => {
                    return Err(format!("I4: event {id} is stored {} times: {}", copies.len(), self.places(*id)));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// How many of the events on a disk wait. What was lost and is named as missing does not: it is told apart.
fn count_waiting(disk: &disk::Disk) -> u64 {
    let heads = disk.texts("heads").filter_map(|(_, json)| serde_json::from_str::<JournalHead>(json).ok());
    let heads: BTreeMap<_, _> = heads.map(|head| (head.log.log.to_string(), head)).collect();
    // what stands behind the end of a log that was put together again is carried by another; the record of one that is
    // still written may be an old one
    let is_part = |head: &JournalHead, seq| !head.closed || seq <= head.log.head.seq;
    let waits = |log: &str, seq| heads.get(log).is_some_and(|head| head.log.durable_seq() < seq && is_part(head, seq));
    disk.events().filter(|(log, seq, _)| waits(log, *seq)).count() as u64
}

/// Who counted, as the server reads it.
fn actor_of(body: &str) -> Option<PersonId> {
    upcast::read(body.as_bytes()).ok().map(|event| event.actor)
}

/// What was ticked before another entry was begun stands before it in its log, whatever the clocks said (I10). `position` is
/// where the server has it; what stands beside the line there is where its handheld said.
fn check_order(ledger: &BTreeMap<EventId, Ticked>, position: impl Fn(&Saved) -> Option<u64>) -> Result<(), String> {
    let mut lines: BTreeMap<_, Vec<(u64, &Ticked)>> = BTreeMap::new();
    for it in ledger.values() {
        let seq = position(&it.saved).unwrap_or(it.saved.seq);
        lines.entry((it.device, it.era, it.saved.log)).or_default().push((seq, it));
    }
    for line in lines.values_mut() {
        line.sort_by_key(|(seq, _)| *seq);
        let mut begun = 0;
        for (_, it) in line {
            if it.between.1 < begun {
                return Err(format!("I10: {} was ticked first, and stands behind one that came later", it.saved.id));
            }
            begun = begun.max(it.between.0);
        }
    }
    Ok(())
}

#[test]
fn an_order_that_is_not_that_of_the_ticks_is_seen() {
    let ticked = |seq: u64, between| {
        let id = EventId(uuid::Uuid::from_u128(u128::from(seq)));
        let saved = Saved { log: LogId(uuid::Uuid::nil()), seq, id };
        (id, Ticked { device: 0, body: String::new(), actor: PersonId(1), saved, era: 0, between, at_ms: 0 })
    };
    let ledger = |entries: [(u64, u64); 2]| (1..).zip(entries).map(|(seq, it)| ticked(seq, it)).collect();
    assert_eq!(check_order(&ledger([(1, 2), (3, 4)]), |_| None), Ok(()));
    assert_eq!(check_order(&ledger([(2, 3), (1, 4)]), |_| None), Ok(()), "two at once, in two tabs");
    assert!(check_order(&ledger([(3, 4), (1, 2)]), |_| None).is_err());
    assert!(check_order(&ledger([(1, 2), (3, 4)]), |it| Some(9 - it.seq)).is_err(), "the server has them turned round");
}

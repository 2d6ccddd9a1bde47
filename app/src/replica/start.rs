//! A handheld is restored from its disk: journal and mirror are held against each other, and where they are not at one
//! with themselves or with each other, everything that can be had is put together and a new log is begun.
//!
//! The mirror is read first: whatever it holds was in the journal before, so a journal that is read later and holds less
//! has lost something. A database that had to be made proves nothing: losing everything looks like that, too.
//! Absent: the network, which none of it waits for.

use super::{
    engine::{DEVICE, Engine, Remembered},
    head::JournalHead,
    journal::{Inventory, Journal},
    mirror::Contents,
    ports::{Ports, StorageError, Worked},
    salvage::{self, Findings, LogCopy},
    state::State,
};
use shared::{
    id::LogId,
    planted::{self, Defect},
    sync::message::LogReason,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// Other tabs may write while the journal is looked at; then it is looked at again.
const TRIES_MAX: usize = 20;

/// After how long a journal that could not be opened is tried again.
const OPEN_AGAIN_MS: u32 = 5_000;

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A few look-ups; at every event only where they find something odd.
    Quick,
    /// At every event.
    Whole,
    /// As [`Look::Whole`], because the server asks for events of this log that were removed here: a backup that is older
    /// than anybody thought. What the mirror still has is put back, the rest is named.
    From(LogId),
}

impl<P: Ports> Engine<P> {
    /// As [`Engine::open`], for as long as it takes: a disk that is full or stands still comes back, and nobody has to
    /// find out when. `failed` hears of each try: the page must say that it cannot count.
    pub async fn open_patiently(ports: Rc<P>, failed: impl Fn(StorageError)) -> Rc<Self> {
        loop {
            match Self::open(Rc::clone(&ports)).await {
                Ok(engine) => return engine,
                Err(error) => failed(error),
            }
            ports.sleep(OPEN_AGAIN_MS).await;
        }
    }
    /// Opens the journal and takes up what was being worked on.
    ///
    /// # Errors
    /// When the disk cannot be read or written.
    pub async fn open(ports: Rc<P>) -> Worked<Rc<Self>> {
        let journal = Journal::open(Rc::clone(&ports)).await?;
        let engine = Rc::new(Self::new(ports, State::default(), journal));
        engine.check(Look::Quick).await?;
        let heads = engine.journal.heads().await?;
        let events = match engine.journal.open_sheet_events(&heads).await {
            Ok(events) => events,
            Err(_) => {
                // an event in the middle is gone or rotten
                engine.check(Look::Whole).await?;
                engine.journal.open_sheet_events(&engine.journal.heads().await?).await.unwrap_or_default()
            }
        };
        engine.update(|state| events.iter().for_each(|(seq, event)| state.sheets.take(*seq, event)));
        Ok(engine)
    }
    /// Looks whether journal and mirror are whole and agree, mends what can be mended, and takes up what they say.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn check(&self, look: Look) -> Worked<()> {
        for _ in 0..TRIES_MAX {
            let mirror = self.read_mirror().await;
            self.mirror_read.set(mirror.is_some());
            let turn = self.state.borrow().turn;
            let inventory = self.journal.inventory().await?;
            if self.compare(look, mirror, inventory, turn).await? {
                return Ok(());
            }
        }
        Err(StorageError("the journal does not hold still".into()))
    }
    /// One look. `false`: somebody wrote meanwhile.
    async fn compare(&self, look: Look, mirror: Option<Contents>, inventory: Inventory, turn: u64) -> Worked<bool> {
        let is_first_run = planted::is(Defect::UpgradeForFirstRun) && inventory.is_new;
        let contents = if is_first_run { Contents::default() } else { mirror.clone().unwrap_or_default() };
        let lost = self.lost_meta(&inventory, &contents);
        let mut meta = inventory.meta.clone();
        meta.extend(lost.iter().cloned());
        let remembered = Remembered::read(&meta);
        let heads = inventory.heads();
        let Some(device) = remembered.enrolment.as_ref().map(|record| record.enrolment.device) else {
            // it belongs to nobody: there is nothing to lose yet
            self.take_up(&heads, remembered);
            return Ok(true);
        };
        let is_sound = look == Look::Quick && self.is_sound(&inventory, &heads, &contents).await?;
        let (findings, copies) = match is_sound {
            true => (Findings::default(), None),
            false => {
                let (findings, copies) = self.examine(look, &inventory, &heads, &contents).await?;
                (findings, Some(copies))
            }
        };
        let is_writable = heads.iter().any(|head| Some(head.log.log) == remembered.log && !head.closed);
        let mut taken = (heads, remembered);
        if !(findings.is_nothing() && lost.is_empty() && is_writable) {
            // a log that lost something is never written again: it drains as it is, and everything goes on in a new one
            let log = self.new_log()?;
            let mut lines = findings.lines;
            let copies = match copies {
                Some(copies) => copies,
                None => self.journal.copies_left(&taken.0, taken.1.log).await?,
            };
            let carried = salvage::leave(&copies, device, &mut lines);
            let events = carried.into_iter().chain(findings.stranded);
            lines.push(salvage::begin(log, device, LogReason::Salvage, events, findings.missing));
            if !self.journal.repair(&inventory, &lines, &lost).await? {
                return Ok(false);
            }
            taken = self.settled().await?;
            // what was put together again is sent now, not when the next heartbeat is due
            self.push_bell.ring();
        } else if self.state.borrow().turn != turn {
            taken = self.settled().await?;
        }
        self.take_up(&taken.0, taken.1);
        if mirror.is_some() {
            self.owe(&taken.0, &contents);
        }
        Ok(true)
    }
    /// What the journal says, read while this page itself learned nothing newer: what it was told meanwhile must not be
    /// forgotten for what the disk said before.
    async fn settled(&self) -> Worked<(Vec<JournalHead>, Remembered)> {
        for _ in 0..TRIES_MAX {
            let turn = self.state.borrow().turn;
            let inventory = self.journal.inventory().await?;
            if self.state.borrow().turn == turn {
                return Ok((inventory.heads(), Remembered::read(&inventory.meta)));
            }
        }
        Err(StorageError("the journal does not hold still".into()))
    }
    /// The number of a new log.
    pub(super) fn new_log(&self) -> Worked<LogId> {
        let random = self.ports.random().ok_or_else(|| StorageError("there are no random numbers".into()))?;
        Ok(LogId(uuid::Builder::from_random_bytes(random).into_uuid()))
    }
    /// Which handheld this is, where the journal does not know it any more: from this page's memory, or the mirror.
    fn lost_meta(&self, inventory: &Inventory, mirror: &Contents) -> Vec<(String, String)> {
        if inventory.meta.contains_key(DEVICE) {
            return Vec::new();
        }
        let kept = mirror.meta.iter().filter_map(|(name, (_, value))| Some((name.clone(), value.clone()?)));
        let mut meta: BTreeMap<String, String> = kept.collect();
        meta.extend(self.state.borrow().meta());
        meta.into_iter().collect()
    }
    /// Whether everything is as the records say, at the price of a few look-ups.
    async fn is_sound(&self, inventory: &Inventory, heads: &[JournalHead], mirror: &Contents) -> Worked<bool> {
        if heads.len() != inventory.heads.len() || mirror.is_forked() {
            return Ok(false);
        }
        let known = self.state.borrow().logs.clone();
        let find = |log: &LogId| heads.iter().find(|head| head.log.log == *log);
        if known.values().any(|own| find(&own.log).is_none_or(|it| !it.closed && it.log.head.seq < own.head.seq)) {
            return Ok(false);
        }
        for head in heads {
            if !self.journal.is_whole(head).await? {
                return Ok(false);
            }
        }
        for (log, (seq, chains)) in mirror.ends() {
            let Some(head) = find(&log) else { return Ok(false) };
            if seq > head.base().seq {
                let own = self.journal.chain_at(log, seq).await?;
                if seq > head.log.head.seq || own.is_none_or(|own| !chains.contains(&own)) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
    async fn examine(
        &self,
        look: Look,
        inventory: &Inventory,
        heads: &[JournalHead],
        mirror: &Contents,
    ) -> Worked<(Findings, BTreeMap<LogId, LogCopy>)> {
        let known: BTreeMap<LogId, JournalHead> = {
            let state = self.state.borrow();
            let own = state.logs.values().filter_map(|log| Some((log, *state.owners.get(&log.log)?)));
            own.map(|(log, device)| (log.log, JournalHead::new(log.clone(), device))).collect()
        };
        let logs: BTreeSet<LogId> = inventory.logs().chain(mirror.records.iter().map(|record| record.log)).collect();
        let mut copies = self.journal.copies(&logs, heads).await?;
        if let Look::From(log) = look
            && let Some(head) = copies.get_mut(&log).and_then(|copy| copy.head.as_mut())
        {
            (head.pruned, head.log.durable) = (None, None);
        }
        Ok((salvage::examine(&copies, &mirror.records, &known), copies))
    }
    /// Takes up what the disk says. What only this page knows (who holds it, how its clock stands) it keeps.
    fn take_up(&self, heads: &[JournalHead], remembered: Remembered) {
        self.update(|state| {
            state.owners = heads.iter().map(|head| (head.log.log, head.device)).collect();
            state.logs = heads.iter().map(|head| (head.log.log, head.log.clone())).collect();
            state.bases = heads.iter().map(|head| (head.log.log, head.base().seq)).collect();
            state.missing = heads.iter().map(|head| (head.log.log, head.missing.clone())).collect();
            state.log = remembered.log;
            state.credentials.extend(remembered.credentials);
            if state.enrolment.is_none() {
                state.enrolment = remembered.enrolment.map(|record| (record.enrolment, record.secret));
                state.person = remembered.person;
                state.access = remembered.access;
                state.clock = remembered.clock;
            }
        });
    }
}

//! The replica itself: its state, its journal, who is told of changes, and the bells that wake its loops. One piece of code
//! over any [`Ports`]: it runs in the page, and in the simulation.
//!
//! Absent: what is done with it (`start`, `record`, `person`, `push`), and what was pulled, which can be had again.

use super::{
    Enrolment, SignedIn, Topic,
    grant::{ACCESS, Access},
    journal::Journal,
    mirror::Line,
    ports::{Answer, Durability, NoAnswer, Ports, Request, StorageError, Worked},
    salvage,
    start::Look,
    state::State,
    wait::{Bell, within},
};
use serde::{Deserialize, Serialize};
use shared::{
    id::{DeviceId, LogId},
    moment::Moment,
    sync::{
        clock::{ClockModel, Reading},
        message::LogReason,
    },
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use uuid::Uuid;

/// How long an exchange may take. A batch of 256 KB at the slowest network that still works (8 KB/s) takes 32 s.
const PATIENCE_MS: u32 = 40_000;
/// The measured clock is written down this often: after a restart it is as old as that at most.
const CLOCK_STORED_MS: i64 = 60_000;

/// Other tabs may write while a log is begun; then it is begun again.
const ROTATE_MAX: usize = 20;

/// The `meta` entry that says which handheld this is; with a dash and its number it stays for the logs of its time.
pub const DEVICE: &str = "device";

/// That entry.
#[derive(Clone, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// As screens see it.
    #[serde(flatten)]
    pub enrolment: Enrolment,
    /// 256 bits in hexadecimal.
    pub secret: String,
}

/// Told of each change of a topic.
type Listener = Rc<dyn Fn(Topic)>;

/// The replica of one page.
pub struct Engine<P: Ports> {
    /// The world outside.
    pub ports: Rc<P>,
    /// What is known here.
    pub state: RefCell<State>,
    /// The truth.
    pub journal: Journal<P>,
    /// Wakes the push loop.
    pub push_bell: Bell,
    /// Rings when there is reason to expect news from the server.
    pub pull_bell: Bell,
    /// The pauses after failures are over: somebody, or the browser, has reason to try now.
    pub try_now: Cell<bool>,
    /// Whether the mirror could be read when it was last looked at.
    pub(super) mirror_read: Cell<bool>,
    /// Events that the journal has and the mirror, as far as is known, has not.
    pub(super) mirror_owed: RefCell<BTreeSet<(LogId, u64)>>,
    /// Entries of `meta` that the mirror did not take.
    pub(super) mirror_meta_owed: RefCell<Vec<Line>>,
    /// The highest turn of an entry of `meta` in the mirror.
    pub(super) mirror_turn: Cell<u64>,
    /// When the disk was last tried for its own sake.
    pub(super) canary_ms: Cell<i64>,
    listeners: RefCell<BTreeMap<u64, Listener>>,
    next_listener: Cell<u64>,
    clock_stored_ms: Cell<i64>,
}

impl<P: Ports> Engine<P> {
    /// Puts the parts together.
    pub(super) fn new(ports: Rc<P>, state: State, journal: Journal<P>) -> Self {
        Self {
            ports,
            state: RefCell::new(state),
            journal,
            push_bell: Bell::default(),
            pull_bell: Bell::default(),
            try_now: Cell::new(false),
            mirror_read: Cell::new(false),
            mirror_owed: RefCell::default(),
            mirror_meta_owed: RefCell::default(),
            mirror_turn: Cell::new(0),
            canary_ms: Cell::new(i64::MIN),
            listeners: RefCell::default(),
            next_listener: Cell::new(1),
            clock_stored_ms: Cell::new(i64::MIN),
        }
    }
    /// Adds a listener; returns its number.
    pub fn listen(&self, listener: Listener) -> u64 {
        let number = self.next_listener.get();
        self.next_listener.set(number + 1);
        self.listeners.borrow_mut().insert(number, listener);
        number
    }
    /// Removes a listener.
    pub fn unlisten(&self, number: u64) {
        self.listeners.borrow_mut().remove(&number);
    }
    /// Tells everybody, with nothing borrowed meanwhile.
    pub fn tell(&self, topic: Topic) {
        let listeners: Vec<Listener> = self.listeners.borrow().values().cloned().collect();
        for listener in listeners {
            listener(topic);
        }
    }
    /// Changes the state, and tells when the sync badge shows something else afterwards.
    pub fn update<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (before, result, after) = {
            let mut state = self.state.borrow_mut();
            let before = state.status();
            let result = change(&mut state);
            (before, result, state.status())
        };
        if before != after {
            self.tell(Topic::Status);
        }
        result
    }
    /// Wakes both loops and ends their pauses.
    pub fn try_now(&self) {
        self.try_now.set(true);
        self.push_bell.ring();
        self.pull_bell.ring();
    }
    /// The page can be seen again. The device may have slept; its monotonic clock stood still then.
    pub fn shown(&self) {
        self.state.borrow_mut().clock.observe(self.ports.clocks(), true);
        self.try_now();
    }
    /// The server's id and the device's secret; `None` before enrolment.
    pub fn credentials(&self) -> Option<(Uuid, String)> {
        self.state.borrow().enrolment.as_ref().map(|(enrolment, secret)| (enrolment.server, secret.clone()))
    }
    /// One exchange, authorised by the secret; with the readings of the clocks around it.
    ///
    /// # Errors
    /// [`NoAnswer`]
    pub async fn exchange(
        &self,
        secret: Option<&str>,
        path: &str,
        json: Option<String>,
    ) -> Result<(Answer, Reading, Reading), NoAnswer> {
        let sent = self.ports.clocks();
        let exchange = self.ports.exchange(Request { path, secret, json });
        let answer = within(self.ports.sleep(PATIENCE_MS), exchange).await;
        Ok((answer.unwrap_or(Err(NoAnswer::Timeout))?, sent, self.ports.clocks()))
    }
    /// A believed answer of our server: it is there, and it said what time it is.
    pub async fn heard(&self, sent: Reading, received: Reading, now: Moment) {
        let clock = self.update(|state| {
            state.clock.measure(sent, received, now);
            state.online = true;
            state.last_contact = Some(Moment(received.wall_ms));
            state.clock
        });
        if received.monotonic_ms.saturating_sub(self.clock_stored_ms.get()) >= CLOCK_STORED_MS {
            self.clock_stored_ms.set(received.monotonic_ms);
            // can be lost without harm
            if let Ok(json) = serde_json::to_string(&clock) {
                let _ = self.journal.put_meta("clock", Some(&json), Durability::Relaxed).await;
            }
        }
    }
    /// Starts a new log. The earlier ones of this enrolment that are still written or hold open visits are left for it: to
    /// them no tab writes any more, and their visits go on in the new one. All of them drain as they are. `left`: only if
    /// this is still the one that is written; else another tab was first, and its new log is taken up.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn rotate(
        &self,
        reason: LogReason,
        device: DeviceId,
        meta: &[(String, String)],
        left: Option<LogId>,
    ) -> Worked<()> {
        for _ in 0..ROTATE_MAX {
            let inventory = self.journal.inventory().await?;
            let current = inventory.meta.get("log").and_then(|log| log.parse().ok());
            if left.is_some() && left != current {
                return self.check(Look::Quick).await;
            }
            let copies = self.journal.copies_left(&inventory.heads(), current).await?;
            let mut lines = Vec::new();
            let carried = salvage::leave(&copies, device, &mut lines);
            let begun = salvage::begin(self.new_log()?, device, reason, carried, Vec::new());
            let (log, end) = (begun.head.log.log, begun.head.log.head.seq);
            lines.push(begun);
            if !self.journal.repair(&inventory, &lines, meta).await? {
                continue;
            }
            self.mirror_owed.borrow_mut().extend((1..=end).map(|seq| (log, seq)));
            self.mirror_meta(&meta.iter().map(|(name, value)| (&**name, Some(&**value))).collect::<Vec<_>>()).await;
            self.update(|state| {
                for line in lines {
                    state.owners.insert(line.head.log.log, line.head.device);
                    state.logs.insert(line.head.log.log, line.head.log);
                }
                state.log = Some(log);
                state.turn = state.turn.wrapping_add(1);
            });
            self.push_bell.ring();
            return Ok(());
        }
        Err(StorageError("the journal does not hold still".into()))
    }
    /// Asks how the disk stands; told with each push.
    pub async fn ask_storage(&self) {
        let health = self.ports.storage_health().await;
        self.update(|state| state.storage = Some(health));
    }
}

/// What `meta` says of the past of this handheld.
pub struct Remembered {
    /// Which handheld this is.
    pub enrolment: Option<DeviceRecord>,
    /// Every enrolment there ever was.
    pub credentials: BTreeMap<DeviceId, (Uuid, String)>,
    /// The log that was written last.
    pub log: Option<LogId>,
    /// Who held it.
    pub person: Option<SignedIn>,
    /// What lets people take it without a network.
    pub access: Access,
    /// How its clock stood.
    pub clock: ClockModel,
}

impl Remembered {
    /// Reads the entries; what cannot be read is not known.
    pub fn read(meta: &BTreeMap<String, String>) -> Self {
        fn entry<T: serde::de::DeserializeOwned>(meta: &BTreeMap<String, String>, name: &str) -> Option<T> {
            serde_json::from_str(meta.get(name)?).ok()
        }
        Self {
            enrolment: entry(meta, DEVICE),
            credentials: meta
                .keys()
                .filter(|name| name.starts_with(DEVICE))
                .filter_map(|name| entry::<DeviceRecord>(meta, name))
                .map(|record| (record.enrolment.device, (record.enrolment.server, record.secret)))
                .collect(),
            log: meta.get("log").and_then(|log| log.parse().ok()),
            person: entry(meta, "person"),
            access: entry(meta, ACCESS).unwrap_or_default(),
            clock: entry(meta, "clock").map_or_else(ClockModel::default, ClockModel::after_restart),
        }
    }
}

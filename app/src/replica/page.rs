//! The one replica of a page: its state, its databases, who is told of changes, and the bells that wake its loops.
//!
//! Absent: what is done with them (`facade`, `push`, `pull`).

use super::{Enrolment, SignedIn, Topic, cache::Cache, head::JournalHead, journal::Journal, state::State};
use crate::browser::{device, storage::Durability, wait::Bell, wire};
use serde::{Deserialize, Serialize};
use shared::{
    id::{DeviceId, LogId},
    moment::Moment,
    sync::{
        clock::{ClockModel, Reading},
        message::LogReason,
        outbox::LogHead,
    },
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};
use uuid::Uuid;

/// How long an exchange may take. A batch of 256 KB at the slowest network that still works (8 KB/s) takes 32 s.
pub const PATIENCE_MS: u32 = 40_000;
/// The measured clock is written down this often: after a restart it is as old as that at most.
const CLOCK_STORED_MS: i64 = 60_000;

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

/// The replica of this page.
pub struct Page {
    pub state: RefCell<State>,
    pub journal: Journal,
    pub cache: Cache,
    pub push_bell: Bell,
    pub pull_bell: Bell,
    /// The pauses after failures are over: somebody, or the browser, has reason to try now.
    pub try_now: Cell<bool>,
    /// Whether what the disk holds of the catalogue is in memory.
    pub is_restored: Cell<bool>,
    listeners: RefCell<BTreeMap<u64, Listener>>,
    next_listener: Cell<u64>,
    clock_stored_ms: Cell<i64>,
}

thread_local! {
    static PAGE: RefCell<Option<Rc<Page>>> = const { RefCell::new(None) };
}

/// The replica of this page, once it is open.
pub fn page() -> Option<Rc<Page>> {
    PAGE.with(|page| page.borrow().clone())
}

/// Makes it the replica of this page.
pub fn set_page(page: Rc<Page>) {
    PAGE.with(|place| place.replace(Some(page)));
}

impl Page {
    /// Puts the parts together.
    pub fn new(state: State, journal: Journal, cache: Cache) -> Self {
        Self {
            state: RefCell::new(state),
            journal,
            cache,
            push_bell: Bell::default(),
            pull_bell: Bell::default(),
            try_now: Cell::new(false),
            is_restored: Cell::new(false),
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
    /// The server's id and the device's secret; `None` before enrolment.
    pub fn credentials(&self) -> Option<(Uuid, String)> {
        self.state.borrow().enrolment.as_ref().map(|(enrolment, secret)| (enrolment.server, secret.clone()))
    }
    /// One exchange, authorised by the secret; with the readings of the clocks around it.
    ///
    /// # Errors
    /// [`wire::NoAnswer`]
    pub async fn exchange(
        &self,
        secret: Option<&str>,
        path: &str,
        json: Option<String>,
    ) -> Result<(wire::Answer, Reading, Reading), wire::NoAnswer> {
        let sent = device::clocks();
        let answer = wire::exchange(wire::Request { path, secret, json }, PATIENCE_MS).await;
        Ok((answer?, sent, device::clocks()))
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
            self.put_meta("clock", Some(&clock)).await;
        }
    }
    /// Writes an entry of `meta` that can be lost without harm.
    pub async fn put_meta<T: Serialize>(&self, name: &str, value: Option<&T>) {
        let json = value.and_then(|value| serde_json::to_string(value).ok());
        let _ = self.journal.put_meta(name, json.as_deref(), Durability::Relaxed).await;
    }
    /// Starts a new log; earlier ones stay and drain as they are.
    ///
    /// # Errors
    /// In the browser's words.
    pub async fn rotate(&self, reason: LogReason, device: DeviceId, meta: &[(&str, String)]) -> Result<(), String> {
        let random = device::random::<16>().ok_or("the browser gives no random numbers")?;
        let log = LogId(uuid::Builder::from_random_bytes(random).into_uuid());
        let head = JournalHead::new(LogHead::new(log, reason), device);
        self.journal.start_log(&head, meta).await.map_err(|error| error.to_string())?;
        self.update(|state| {
            state.logs.insert(log, head.log);
            state.owners.insert(log, device);
            state.log = Some(log);
        });
        Ok(())
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
            clock: entry(meta, "clock").map_or_else(ClockModel::default, ClockModel::after_restart),
        }
    }
}

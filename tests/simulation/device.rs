//! A handheld: its disk, its folder, its clocks, and the pages that are open on it. A page is the replica's own engine
//! over the made-up ports.
//!
//! Absent: what it does when.

use crate::{
    disk::{Connection, Disk},
    mirror::{Folder, Hands},
    run::Clockwork,
};
use app::replica::{
    Engine, Saved, Tick,
    ports::{Answer, Device as Ask, Disk as Disks, Mirror, MirrorFile, NoAnswer, Radio, Request, Worked},
};
use shared::{
    id::{EventId, PersonId, SheetId},
    sync::{clock::Reading, message::StorageHealth},
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

/// Where an answer is put, and who waits for it.
#[derive(Default)]
pub struct Slot {
    answer: Option<Result<Answer, NoAnswer>>,
    waker: Option<Waker>,
}

impl Slot {
    pub fn put(&mut self, answer: Result<Answer, NoAnswer>) {
        self.answer = Some(answer);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// A request on its way; who asks may be gone when it arrives.
#[derive(Clone)]
pub struct Sent {
    pub device: usize,
    pub path: String,
    pub secret: Option<String>,
    pub json: Option<String>,
    pub slot: Rc<RefCell<Slot>>,
}

/// The clocks of a handheld, which may say anything.
pub struct Clock {
    /// What the wall clock adds to the truth.
    pub wall_ms: Cell<i64>,
    /// When the page was opened: its monotonic clock begins there.
    pub born_ms: i64,
}

/// The world, as one page sees it.
pub struct Ports {
    pub clockwork: Rc<Clockwork>,
    pub device: usize,
    pub disk: Rc<RefCell<Disk>>,
    pub hands: Hands,
    pub air: Rc<RefCell<Vec<Sent>>>,
    pub clock: Rc<Clock>,
}

impl Disks for Ports {
    type Database = Connection;
    async fn open_journal(&self, _: &'static [&'static str]) -> Worked<Connection> {
        Connection::open(Rc::clone(&self.disk), Rc::clone(&self.clockwork)).await
    }
}

impl Mirror for Ports {
    async fn read_mirror(&self) -> Worked<Vec<MirrorFile>> {
        self.hands.read().await
    }
    async fn append_mirror(&self, text: &str) -> Worked<()> {
        self.hands.append(text).await
    }
    async fn remove_mirror(&self, name: &str) -> Worked<()> {
        self.hands.remove(name).await
    }
    async fn make_ballast(&self) -> Worked<()> {
        self.hands.ballast(true).await.map(drop)
    }
    async fn give_up_ballast(&self) -> Worked<bool> {
        let given = self.hands.ballast(false).await?;
        if given {
            self.disk.borrow_mut().trouble = crate::disk::Trouble::None;
        }
        Ok(given)
    }
}

impl Radio for Ports {
    async fn exchange(&self, request: Request<'_>) -> Result<Answer, NoAnswer> {
        let slot = Rc::new(RefCell::new(Slot::default()));
        self.air.borrow_mut().push(Sent {
            device: self.device,
            path: request.path.to_owned(),
            secret: request.secret.map(str::to_owned),
            json: request.json,
            slot: Rc::clone(&slot),
        });
        poll_fn(|context| {
            let mut slot = slot.borrow_mut();
            match slot.answer.take() {
                Some(answer) => Poll::Ready(answer),
                None => {
                    slot.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl Ask for Ports {
    async fn is_signed(&self, _: &[u8], _: &[u8], _: &[u8]) -> Option<bool> {
        None
    }
    fn clocks(&self) -> Reading {
        let now = self.clockwork.now_ms();
        Reading { wall_ms: now + self.clock.wall_ms.get(), monotonic_ms: now - self.clock.born_ms }
    }
    fn fill_random(&self, bytes: &mut [u8]) -> bool {
        self.clockwork.chance(|chance| bytes.iter_mut().for_each(|byte| *byte = chance.next().to_le_bytes()[3]));
        true
    }
    async fn sleep(&self, ms: u32) {
        self.clockwork.sleep(ms).await;
    }
    async fn storage_health(&self) -> StorageHealth {
        StorageHealth { persistent: Some(true), used_bytes: None, quota_bytes: None, mirror: None }
    }
}

/// One open page, and what its screen has ticked.
pub struct Page {
    pub number: u64,
    pub engine: Rc<RefCell<Option<Rc<Engine<Ports>>>>>,
    /// Why it could not be opened when that was last tried.
    pub broken: Rc<RefCell<Option<String>>>,
    pub ticked: Rc<RefCell<Vec<Saved>>>,
    /// Who took the handheld on this page last and did not give it back, as they were told; `None`: nobody since it is open.
    pub holder: Rc<Cell<Option<PersonId>>>,
}

impl Page {
    pub fn engine(&self) -> Option<Rc<Engine<Ports>>> {
        self.engine.borrow().clone()
    }
    /// The events of which its screen says that the server has them.
    pub fn on_server(&self) -> Vec<EventId> {
        let Some(engine) = self.engine() else { return Vec::new() };
        let ticked = self.ticked.borrow();
        ticked.iter().filter(|saved| tick(&engine, saved) >= Tick::Server).map(|saved| saved.id).collect()
    }
}

fn tick(engine: &Engine<Ports>, saved: &Saved) -> Tick {
    engine.state.borrow().tick(saved)
}

/// What a screen showed of a visit.
#[derive(Clone, Default)]
pub struct Shown {
    /// Ticked, and part of what was shown of the open visit then.
    pub entries: BTreeSet<EventId>,
    /// Somebody closes it, or did: it may be gone from the screen from now on.
    pub is_closing: bool,
}

/// The visits of one handheld and its copies: which they are, and what was shown of them.
#[derive(Clone)]
pub struct Visits {
    pub of: usize,
    pub entries: u64,
    pub shown: Rc<RefCell<BTreeMap<SheetId, Shown>>>,
}

impl Visits {
    pub fn new(of: usize) -> Self {
        Self { of, entries: 0, shown: Rc::default() }
    }
    /// The same visits on a profile that may not have what was shown of them.
    pub fn with_nothing_shown(&self) -> Self {
        Self { shown: Rc::default(), ..self.clone() }
    }
}

/// One handheld.
pub struct Device {
    pub disk: Rc<RefCell<Disk>>,
    pub folder: Rc<RefCell<Folder>>,
    pub wall_ms: i64,
    pub pages: Vec<Page>,
    pub visits: Visits,
    /// Nothing it sends arrives, and nothing arrives at it.
    pub is_cut_off: bool,
    /// Whether something may go wrong with its storage just now.
    pub is_troubled: bool,
    /// How often somebody was about to take it.
    pub sign_ins: usize,
    /// Who took it last, and how often it was somebody else than before, since that was last asked.
    pub hands: Rc<Cell<(Option<PersonId>, u64)>>,
    /// Changes whenever its disk may have been damaged or was set back: numbers may be given anew from then on.
    pub era: u64,
}

impl Device {
    /// One that nothing is wrong with, and on which no page is open yet.
    pub fn new(disk: Disk, folder: Folder, wall_ms: i64, visits: Visits) -> Self {
        Self {
            disk: Rc::new(RefCell::new(disk)),
            folder: Rc::new(RefCell::new(folder)),
            wall_ms,
            pages: Vec::new(),
            visits,
            is_cut_off: false,
            is_troubled: false,
            sign_ins: 0,
            hands: Rc::default(),
            era: 0,
        }
    }
}

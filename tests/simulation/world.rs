//! Handhelds, a server and the air between them: what can happen, in which order chance will have it.
//!
//! Absent: what must hold (`check`), and any code of the replica or of the server.

mod air;
mod counting;
mod fault;
mod keep;
pub mod told;

pub use counting::PEOPLE;

use crate::{
    device::{Clock, Device, Page, Ports, Sent, Visits},
    disk::Disk,
    mirror::{self, Folder, Hands},
    run::Clockwork,
    server::{self, Server},
};
use app::replica::{Engine, Saved, care, ports::Answer, push};
use shared::id::{EventId, PersonId};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

/// Ten days: some events grow old enough to be removed.
const DAYS_MS: i64 = 10 * 86_400_000;

/// When a world begins.
const BEGAN_MS: i64 = 1_795_392_000_000;

/// Lines of a story that are kept.
const STORY_MAX: usize = 400;

/// Which faults may happen, beyond those of the network, crashes and power cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The server is set back to a backup.
    pub restores: bool,
    /// A handheld's storage is copied to another, or set back as a whole.
    pub copies: bool,
    /// The journal loses what it had, or the mirror does; not both at once.
    pub damage: bool,
    /// Handhelds have no second journal at all.
    pub one_journal: bool,
}

/// An event that a screen ticked.
#[derive(Clone)]
pub struct Ticked {
    /// On which handheld.
    pub device: usize,
    /// The bytes.
    pub body: String,
    /// Who held the handheld when the entry was put together: as they were told on that page or, where nobody took it there
    /// since it was opened, as its screen said.
    pub actor: PersonId,
    /// Where it was written.
    pub saved: Saved,
    /// The era of the handheld then.
    pub era: u64,
    /// The moments when it was put together and when it was ticked.
    pub between: (u64, u64),
    /// When it was ticked, truly.
    pub at_ms: i64,
}

/// Everything a screen ever ticked.
pub type Ledger = Rc<RefCell<BTreeMap<EventId, Ticked>>>;

/// How often each fault happened, by its name in the list of the suite.
pub type Tally = BTreeMap<&'static str, u64>;

/// What is on its way back.
pub struct Returning {
    pub sent: Sent,
    pub answer: Answer,
}

/// All there is.
pub struct World {
    pub clockwork: Rc<Clockwork>,
    pub faults: Faults,
    pub server: Server,
    pub devices: Vec<Device>,
    pub ledger: Ledger,
    /// What must never happen and did, told by the pages themselves.
    pub broken: Rc<RefCell<Option<String>>>,
    air: Rc<RefCell<Vec<Sent>>>,
    returning: Vec<Returning>,
    backups: Vec<server::Disk>,
    snapshots: Vec<(usize, Disk, Folder)>,
    story: Rc<RefCell<VecDeque<String>>>,
    tally: Tally,
    pages: u64,
    eras: u64,
    waiver: keep::Waiver,
}

impl World {
    pub fn new(seed: u64, faults: Faults) -> Self {
        let clockwork = Clockwork::new(seed, BEGAN_MS);
        let (id, timeline) = clockwork.chance(|chance| (chance.uuid(), chance.uuid()));
        let mut world = Self {
            faults,
            server: Server::new(id, timeline),
            devices: Vec::new(),
            ledger: Rc::default(),
            broken: Rc::default(),
            air: Rc::default(),
            returning: Vec::new(),
            backups: vec![server::Disk::default()],
            snapshots: Vec::new(),
            story: Rc::default(),
            tally: Tally::new(),
            pages: 0,
            eras: 0,
            waiver: keep::Waiver::default(),
            clockwork,
        };
        for _ in 0..=world.clockwork.below(3) {
            world.enrol();
        }
        world
    }
    pub fn story(&self) -> String {
        self.story.borrow().iter().cloned().collect::<Vec<_>>().join("\n")
    }
    pub fn tell(&self, line: String) {
        tell(&self.story, &self.clockwork, &line);
    }
    /// How often each fault happened.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
    /// A fault happened.
    fn happened(&mut self, fault: &'static str) {
        self.happened_times(fault, 1);
    }
    fn happened_times(&mut self, fault: &'static str, times: u64) {
        if times > 0 {
            *self.tally.entry(fault).or_default() += times;
        }
    }

    /// A new handheld is connected and taken, while nothing goes wrong yet.
    fn enrol(&mut self) {
        let clock = match self.clockwork.below(4) {
            0 => -BEGAN_MS,
            1 => 86_400_000,
            _ => 0,
        };
        let number = self.devices.len();
        self.devices.push(Device::new(Disk::new(), Folder::new(), clock, Visits::new(number)));
        if self.faults.one_journal {
            self.devices[number].folder.borrow_mut().trouble = mirror::Trouble::Failing;
        }
        self.open(number);
        self.settle(number);
        let engine = self.devices[number].pages[0].engine().expect("a new handheld opens");
        let page = self.devices[number].pages[0].number;
        self.clockwork.spawn(page, async move {
            engine.enrol("code").await.expect("a good network");
            engine.sign_in(PEOPLE[0], "secret").await.expect("a good network");
        });
        self.settle(number);
        for _ in 0..self.clockwork.below(3) {
            self.open(number);
            self.settle(number);
        }
    }
    /// Runs until a page is open and nothing is on its way.
    fn settle(&mut self, number: usize) {
        for _ in 0..3_000 {
            self.deliver_all();
            let open = self.devices[number].pages.iter().all(|page| page.engine().is_some());
            if !self.clockwork.poll_one() && open && self.air.borrow().is_empty() {
                return;
            }
            if !open {
                self.clockwork.pass(1);
            }
        }
    }
    /// A handheld's numbers may be given anew from now on.
    fn begin_era(&mut self, number: usize) {
        self.eras += 1;
        self.devices[number].era = self.eras;
    }
    /// Opens a page on a handheld.
    pub fn open(&mut self, number: usize) {
        self.pages += 1;
        let page = self.pages;
        let device = &mut self.devices[number];
        let clock = Rc::new(Clock { wall_ms: Cell::new(device.wall_ms), born_ms: self.clockwork.now_ms() });
        let hands = Hands { folder: Rc::clone(&device.folder), clockwork: Rc::clone(&self.clockwork), page };
        let ports = Rc::new(Ports {
            clockwork: Rc::clone(&self.clockwork),
            device: number,
            disk: Rc::clone(&device.disk),
            hands,
            air: Rc::clone(&self.air),
            clock,
        });
        let screen = Page {
            number: page,
            engine: Rc::default(),
            broken: Rc::default(),
            ticked: Rc::default(),
            holder: Rc::default(),
        };
        let (place, broken, clockwork) =
            (Rc::clone(&screen.engine), Rc::clone(&screen.broken), Rc::clone(&self.clockwork));
        self.clockwork.spawn(page, async move {
            let engine = Engine::open_patiently(ports, |error| *broken.borrow_mut() = Some(error.to_string())).await;
            clockwork.spawn(page, push::run(Rc::clone(&engine)));
            clockwork.spawn(page, care::run(Rc::clone(&engine)));
            *place.borrow_mut() = Some(engine);
        });
        device.pages.push(screen);
    }
    /// A page is gone, in the middle of whatever it did.
    pub fn kill(&mut self, number: usize, index: usize) {
        let page = self.devices[number].pages.remove(index);
        self.clockwork.kill(page.number);
        self.happened("a page killed between any two steps");
        self.tell(format!("handheld {number}: page {} is killed", page.number));
    }
    /// All pages are gone at once.
    pub fn kill_all(&mut self, number: usize) {
        (0..self.devices[number].pages.len()).for_each(|_| self.kill(number, 0));
    }

    /// Trouble, step by step.
    pub fn live(&mut self, steps: usize) -> Result<(), String> {
        for _ in 0..steps {
            self.step()?;
            self.check_pages()?;
            self.check_kept()?;
        }
        Ok(())
    }
    fn step(&mut self) -> Result<(), String> {
        for _ in 0..6 {
            if !self.clockwork.poll_one() {
                self.clockwork.pass(20);
                break;
            }
        }
        let number = self.clockwork.below(self.devices.len());
        match self.clockwork.below(100) {
            0..30 => {}
            30..50 => self.count(number),
            50..75 => return self.carry(),
            75..84 => {
                self.rest();
                self.clockwork.pass_to_next();
            }
            84..86 => {
                self.rest();
                let ms = i64::try_from(self.clockwork.below(20_000)).expect("small");
                self.clockwork.pass(ms);
            }
            86..90 => {
                let pages = self.devices[number].pages.len();
                if pages > 0 {
                    let index = self.clockwork.below(pages);
                    self.kill(number, index);
                }
                if pages < 2 || self.clockwork.percent(60) {
                    self.open(number);
                }
            }
            90 => self.cut_power(number),
            91 => self.trouble(number),
            92 => self.set_clock(number),
            93 => {
                let device = &mut self.devices[number];
                device.is_cut_off = !device.is_cut_off;
                if device.is_cut_off {
                    self.happened("partition");
                }
            }
            94 => self.back_up(),
            95 => self.sign_out(number),
            96 if self.faults.restores => return self.restore(),
            97 if self.faults.copies => self.copy(number),
            98 if self.faults.copies => self.set_back(number),
            96..99 if self.faults.damage => self.damage_one(number),
            99 => {
                self.rest();
                // before what is too young grows old
                self.check_kept()?;
                self.clockwork.pass(DAYS_MS);
                self.tell("ten days pass".into());
            }
            _ => {}
        }
        Ok(())
    }
    /// Nobody is so slow that time passes while a disk that works is at work.
    fn rest(&self) {
        let mut left = 500;
        while left > 0 && self.clockwork.poll_one() {
            left -= 1;
        }
    }
}

fn tell(story: &RefCell<VecDeque<String>>, clockwork: &Clockwork, line: &str) {
    let ms = clockwork.now_ms() - BEGAN_MS;
    let line = format!("{}.{:03} {line}", ms / 1_000, ms % 1_000);
    let mut story = story.borrow_mut();
    if story.len() >= STORY_MAX {
        story.pop_front();
    }
    story.push_back(line);
}

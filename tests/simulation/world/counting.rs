//! People who count, and share handhelds: an entry is composed once, and tried again when it is not saved.
//!
//! Absent: giving up what was entered; a screen keeps it.

use super::{Ledger, Ticked, World, tell};
use crate::{
    device::{Ports, Shown},
    disk::{self, Disk},
    run::Clockwork,
};
use app::replica::{Composed, Engine, Saved};
use shared::{
    event::{EventKind, SheetIntent},
    id::{ItemId, LocationId, PersonId, SheetId},
    key::ItemKey,
    quantity::Quantity,
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};
use uuid::Uuid;

/// After a disk was silent, pages may still wait for each other this long.
const CALM_MS: i64 = 30_000;

/// Entries of a visit, its opening and closing included; the last is its closing.
pub const VISIT: u64 = 6;
const CLOSING: u64 = VISIT - 1;

/// Who shares the handhelds; the server knows them by their places here.
pub const PEOPLE: [&str; 3] = ["maria", "nina", "omar"];

/// One entry on its way.
pub struct Counting {
    pub composed: Composed,
    pub engine: Rc<Engine<Ports>>,
    pub number: usize,
    pub page: u64,
    pub sheet: SheetId,
    pub actor: PersonId,
    pub begun: u64,
    pub era: u64,
    /// What was shown of visits; `None`: its visit was not open yet when it was put together.
    pub shown: Option<Rc<RefCell<BTreeMap<SheetId, Shown>>>>,
    pub ledger: Ledger,
    pub ticked: Rc<RefCell<Vec<Saved>>>,
    pub story: Rc<RefCell<VecDeque<String>>>,
    pub broken: Rc<RefCell<Option<String>>>,
    pub disk: Rc<RefCell<Disk>>,
    pub clockwork: Rc<Clockwork>,
}

impl Counting {
    pub async fn run(self) {
        for again in [false, true, true] {
            let began_ms = self.clockwork.now_ms();
            let before = {
                let disk = self.disk.borrow();
                (disk.trouble, disk.troubles)
            };
            match self.engine.record(&self.composed, again).await {
                Ok(saved) => {
                    let (body, at_ms) = (self.composed.body().to_owned(), self.clockwork.now_ms());
                    let between = (self.begun, self.clockwork.moment());
                    let (device, actor, era) = (self.number, self.actor, self.era);
                    let ticked = Ticked { device, body, actor, saved, era, between, at_ms };
                    self.ledger.borrow_mut().insert(saved.id, ticked);
                    if let Some(shown) = &self.shown {
                        shown.borrow_mut().entry(self.sheet).or_default().entries.insert(saved.id);
                    }
                    self.ticked.borrow_mut().push(saved);
                    let line = format!(
                        "handheld {}: page {} ticks {} in {}: {}",
                        self.number, self.page, saved.seq, saved.log, saved.id
                    );
                    return tell(&self.story, &self.clockwork, &line);
                }
                Err(error) => {
                    let line = format!("handheld {}: page {} not saved: {error}", self.number, self.page);
                    tell(&self.story, &self.clockwork, &line);
                    let disk = self.disk.borrow();
                    // a write of another page that is never done holds this one up until that page gives up
                    let is_calm = began_ms - disk.calm_since_ms > CALM_MS;
                    let is_well = before == (disk::Trouble::None, disk.troubles) && is_calm;
                    if is_well && !disk.was_damaged {
                        *self.broken.borrow_mut() = Some(format!("I14: nothing is wrong with the disk, and {line}"));
                    }
                }
            }
            self.clockwork.sleep(5_000).await;
        }
    }
}

impl World {
    /// Somebody counts something on one of the pages: composed once, and tried again when it is not saved.
    pub(super) fn count(&mut self, number: usize) {
        let device = &self.devices[number];
        if device.pages.is_empty() {
            return self.open(number);
        }
        let page = &device.pages[self.clockwork.below(device.pages.len())];
        let Some(engine) = page.engine() else { return };
        if engine.state.borrow().person.is_none() {
            let (page, holder) = (page.number, Rc::clone(&page.holder));
            return self.hand_over(number, page, holder, engine);
        }
        let (page, ticked, holder) = (page.number, Rc::clone(&page.ticked), page.holder.get());
        let visits = &mut self.devices[number].visits;
        visits.entries += 1;
        let sheet = SheetId(Uuid::from_u64_pair(visits.of as u64 + 1, visits.entries / VISIT));
        let kind = match visits.entries % VISIT {
            0 => EventKind::SheetOpened { location: LocationId(1), task: None, count: None, intent: SheetIntent::Own },
            CLOSING => EventKind::SheetClosed { location_done: true },
            _ => EventKind::Keyed { key: ItemKey::untracked(ItemId(1)), quantity: Quantity::ONE },
        };
        let shown = Rc::clone(&visits.shown);
        if matches!(kind, EventKind::SheetClosed { .. }) {
            shown.borrow_mut().entry(sheet).or_default().is_closing = true;
        }
        let was_open = engine.state.borrow().sheets.find(sheet).is_some();
        let named = engine.state.borrow().person.as_ref().map(|taken| taken.person.id);
        let Some(actor) = holder.or(named) else { return };
        let begun = self.clockwork.moment();
        let Ok(composed) = engine.compose(None, kind, Some(sheet)) else { return };
        let device = &self.devices[number];
        let work = Counting {
            composed,
            engine,
            number,
            page,
            sheet,
            actor,
            begun,
            era: device.era,
            shown: was_open.then_some(shown),
            ledger: Rc::clone(&self.ledger),
            ticked,
            story: Rc::clone(&self.story),
            broken: Rc::clone(&self.broken),
            disk: Rc::clone(&device.disk),
            clockwork: Rc::clone(&self.clockwork),
        };
        self.clockwork.spawn(page, work.run());
    }
    /// The next of the people who share a handheld takes it.
    fn hand_over(&mut self, number: usize, page: u64, holder: Rc<Cell<Option<PersonId>>>, engine: Rc<Engine<Ports>>) {
        let device = &mut self.devices[number];
        device.sign_ins += 1;
        let name = PEOPLE[device.sign_ins % PEOPLE.len()];
        let hands = Rc::clone(&device.hands);
        self.tell(format!("handheld {number}: {name} signs in"));
        self.clockwork.spawn(page, async move {
            let Ok(taken) = engine.sign_in(name, "secret").await else { return };
            let (person, (before, times)) = (taken.person.id, hands.get());
            holder.set(Some(person));
            hands.set((Some(person), times + u64::from(before.is_some_and(|before| before != person))));
        });
    }
    pub(super) fn sign_out(&mut self, number: usize) {
        let device = &self.devices[number];
        let Some(page) = device.pages.first() else { return };
        let Some(engine) = page.engine() else { return };
        let (page, holder) = (page.number, Rc::clone(&page.holder));
        self.tell(format!("handheld {number}: signed out"));
        self.happened("signed out");
        self.clockwork.spawn(page, async move {
            if engine.sign_out().await.is_ok() {
                holder.set(None);
            }
        });
    }
}

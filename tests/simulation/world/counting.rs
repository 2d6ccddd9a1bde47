//! Somebody who counts: composes once, and tries again when it is not saved.
//!
//! Absent: giving up what was entered; a screen keeps it.

use super::{CALM_MS, Ledger, Ticked, tell};
use crate::{
    device::{Ports, Shown},
    disk::{self, Disk},
    run::Clockwork,
};
use app::replica::{Composed, Engine, Saved};
use shared::id::{PersonId, SheetId};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

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

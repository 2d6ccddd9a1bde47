//! The one replica of a page, with what only a page has: the cache of what was pulled.
//!
//! Absent: what is done with it (`facade`, `pull`).

use super::{browser::Browser, cache::Cache, engine::Engine};
use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
};

/// The replica of this page.
pub struct Page {
    /// The journal and its loops.
    pub engine: Rc<Engine<Browser>>,
    /// What was pulled.
    pub cache: Cache,
    /// Whether what the disk holds of the catalogue is in memory.
    pub is_restored: Cell<bool>,
}

impl Deref for Page {
    type Target = Engine<Browser>;
    fn deref(&self) -> &Engine<Browser> {
        &self.engine
    }
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

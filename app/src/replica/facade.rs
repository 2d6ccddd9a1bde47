//! The replica as screens hold it.
//!
//! One per page: [`Replica`] is a handle without content that is free to copy into every closure and every context; the
//! state lives in the page. Calls that read answer at once from memory; calls that write return once it is on the disk.

use super::{
    Catalogue, Composed, Enrolment, Extent, LogState, NotSaved, OpenSheet, PinAnswer, RescueText, Saved, SignedIn,
    SyncStatus, Tick, Topic,
    browser::Browser,
    cache::Cache,
    care,
    engine::Engine,
    page::{Page, page, set_page},
    person::Moved,
    ports::StorageError,
    pull, push,
    state::State,
};
use crate::{
    api::Trouble,
    browser::device::{self, Happening},
};
use shared::{
    event::EventKind,
    id::{PersonId, SheetId},
    sync::message::{HandheldPerson, HandheldTask, StorageHealth},
};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen_futures::spawn_local;

/// The handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replica {
    _one: (),
}

/// Ends the subscription when dropped.
#[must_use = "a dropped subscription is over"]
pub struct Subscription {
    number: u64,
}

impl Replica {
    /// Opens the databases of this handheld, restores what was being worked on and starts the loops. Needs no network. The
    /// catalogue is read in afterwards ([`Topic::Catalogue`] tells when).
    /// Where the browser's database cannot be opened, `failed` hears why and it is tried again: the page must say meanwhile
    /// that it cannot count.
    pub async fn open(failed: impl Fn(NotSaved)) -> Self {
        if page().is_none() {
            let opened = open(|error| failed(NotSaved::Storage(error.to_string()))).await;
            set_page(Rc::clone(&opened));
            spawn_local(push::run(Rc::clone(&opened.engine)));
            spawn_local(pull::run(Rc::clone(&opened)));
            spawn_local(care::run(Rc::clone(&opened.engine)));
            listen(&opened);
        }
        Self { _one: () }
    }
    /// Which handheld this is; `None` before [`Replica::enrol`].
    pub fn enrolled(&self) -> Option<Enrolment> {
        read(|state| state.enrolment.as_ref().map(|(enrolment, _)| enrolment.clone()))
    }
    /// Redeems an enrolment code (online, once per handheld). Counts of an earlier enrolment stay and still travel.
    ///
    /// # Errors
    /// The server's refusal, or why there is no answer.
    pub async fn enrol(&self, code: &str) -> Result<Enrolment, Trouble> {
        let page = page().ok_or(Trouble::Offline)?;
        let (enrolment, moved) = page.enrol(code).await?;
        if moved == Moved::Elsewhere {
            page.cache.clear().await;
        }
        page.tell(Topic::Person);
        page.try_now();
        Ok(enrolment)
    }
    /// Who holds the handheld.
    pub fn person(&self) -> Option<SignedIn> {
        read(|state| state.person.clone())
    }
    /// People who may use this handheld, as last heard, by name. Works offline.
    pub fn people(&self) -> Vec<HandheldPerson> {
        read(State::people)
    }
    /// Signs in with the server's word, and records who holds the handheld from now on.
    ///
    /// # Errors
    /// The server's refusal, or why there is no answer ([`Trouble::Offline`]: offer [`Replica::take_over`]).
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<SignedIn, Trouble> {
        page().ok_or(Trouble::Offline)?.sign_in(username, password).await
    }
    /// Takes the handheld without the server's word, as somebody known here; what is counted is marked unverified.
    ///
    /// # Errors
    /// [`NotSaved`]; also when the person is not known here ([`NotSaved::NobodySignedIn`]).
    pub async fn take_over(&self, person: PersonId) -> Result<SignedIn, NotSaved> {
        page().ok_or(NotSaved::NotEnrolled)?.take_over(person).await
    }
    /// Takes the handheld with the PIN chosen on it; needs no network.
    ///
    /// # Errors
    /// [`NotSaved`]
    pub async fn take_with_pin(&self, person: PersonId, digits: &str) -> Result<PinAnswer, NotSaved> {
        page().ok_or(NotSaved::NotEnrolled)?.take_with_pin(person, digits).await
    }
    /// Keeps a PIN for somebody on this handheld; `false` where the digits can be none.
    ///
    /// # Errors
    /// [`NotSaved`]
    pub async fn choose_pin(&self, person: PersonId, digits: &str) -> Result<bool, NotSaved> {
        page().ok_or(NotSaved::NotEnrolled)?.choose_pin(person, digits).await
    }
    /// People who chose a PIN on this handheld, by name.
    pub fn people_with_pin(&self) -> Vec<HandheldPerson> {
        read(|state| state.people().into_iter().filter(|it| state.access.pins.contains_key(&it.id)).collect())
    }
    /// Gives the handheld back. Deletes nothing: what waits still travels.
    ///
    /// # Errors
    /// [`NotSaved`]
    pub async fn sign_out(&self) -> Result<(), NotSaved> {
        page().ok_or(NotSaved::NotEnrolled)?.sign_out().await
    }
    /// A new id for a visit, to be given to [`Replica::record`] with `SheetOpened` and everything after it.
    pub fn new_sheet(&self) -> SheetId {
        page().map_or(SheetId(uuid::Uuid::nil()), |page| page.new_sheet())
    }
    /// Puts one event together, as of now and by whoever holds the handheld now (I9), however late the disk takes it.
    ///
    /// # Errors
    /// [`NotSaved`]: there is no event.
    pub fn compose(&self, kind: EventKind, sheet: Option<SheetId>) -> Result<Composed, NotSaved> {
        page().ok_or(NotSaved::NotEnrolled)?.compose(None, kind, sheet)
    }
    /// Writes down one event: returns once it is on the disk. Tick on `Ok`, and only then. `again`: an earlier try
    /// failed, and may have reached the disk all the same; the event is then found there and not added twice (I4).
    ///
    /// # Errors
    /// [`NotSaved`]: show it, loudly, with what was entered still on the screen.
    pub async fn record(&self, composed: &Composed, again: bool) -> Result<Saved, NotSaved> {
        page().ok_or(NotSaved::NotEnrolled)?.record(composed, again).await
    }
    /// What a handheld holds that cannot be opened ([`Replica::open`] goes on trying), as one text. `None`: nothing is known
    /// here.
    pub async fn rescue_unopened(extent: Extent) -> Option<RescueText> {
        Engine::rescue_unopened(Rc::new(Browser::default()), extent).await
    }
    /// Everything that this handheld holds as one text, with entries that could not be saved. `None` before
    /// [`Replica::enrol`].
    pub async fn rescue(&self, unsaved: &[Composed], extent: Extent) -> Option<RescueText> {
        page()?.rescue(unsaved, extent).await
    }
    /// How each log stands.
    pub fn logs(&self) -> Vec<LogState> {
        read(State::log_states)
    }
    /// What the browser says of its storage, once it has said something.
    pub fn storage(&self) -> Option<StorageHealth> {
        read(|state| state.storage.clone())
    }
    /// How far this event has come.
    pub fn tick(&self, saved: &Saved) -> Tick {
        page().map_or(Tick::Saved, |page| page.state.borrow().tick(saved))
    }
    /// The state of saving and sending.
    pub fn status(&self) -> SyncStatus {
        read(State::status)
    }
    /// Tasks the device knows that the person who holds it may do: assigned to them or to the pool, not excluded; in walk
    /// order. All of the device's tasks while nobody holds it.
    pub fn tasks(&self) -> Vec<HandheldTask> {
        read(State::tasks)
    }
    /// Whether everything that the disk holds of the catalogue can be read: before that, a code that is not found may
    /// well be known. [`Topic::Catalogue`] tells when.
    pub fn is_catalogue_restored(&self) -> bool {
        page().is_some_and(|page| page.is_restored.get())
    }
    /// Reads from the catalogue. `look` must not write to the replica: take out what is needed and return it.
    pub fn catalogue<T>(&self, look: impl FnOnce(&Catalogue) -> T) -> T {
        match page() {
            Some(page) => look(&page.state.borrow().catalogue),
            None => look(&Catalogue::default()),
        }
    }
    /// Visits that are not closed, oldest first, of whoever made them: also after a cold start.
    pub fn open_sheets(&self) -> Vec<OpenSheet> {
        read(|state| state.sheets.all().to_vec())
    }
    /// One open visit.
    pub fn open_sheet(&self, sheet: SheetId) -> Option<OpenSheet> {
        read(|state| state.sheets.find(sheet).cloned())
    }
    /// Keeps a half-typed text under a name, and forgets it when it is empty. Best effort: not a count.
    pub async fn keep_draft(&self, name: &str, text: &str) {
        if let Some(page) = page() {
            let _ = page.journal.put_draft(name, (!text.is_empty()).then_some(text)).await;
        }
    }
    /// Reads a half-typed text back.
    pub async fn draft(&self, name: &str) -> Option<String> {
        page()?.journal.draft(name).await.ok().flatten()
    }
    /// Wakes both loops: for a "try now" button. They wake by themselves as well.
    pub fn sync_now(&self) {
        if let Some(page) = page() {
            page.try_now();
        }
    }
    /// Calls back after each change of a topic, until the subscription is dropped. The callback may read the replica.
    pub fn subscribe(&self, on_change: impl Fn(Topic) + 'static) -> Subscription {
        Subscription { number: page().map_or(0, |page| page.listen(Rc::new(on_change))) }
    }
}

impl Subscription {
    /// Keeps it for the life of the page.
    pub fn forever(self) {
        std::mem::forget(self);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(page) = page() {
            page.unlisten(self.number);
        }
    }
}

fn read<T: Default>(look: impl FnOnce(&State) -> T) -> T {
    page().map(|page| look(&page.state.borrow())).unwrap_or_default()
}

/// Restores a handheld from its disk.
async fn open(failed: impl Fn(StorageError)) -> Rc<Page> {
    let engine = Engine::open_patiently(Rc::new(Browser::default()), failed).await;
    let (cache, view) = Cache::open().await;
    engine.state.borrow_mut().view = view;
    Rc::new(Page { engine, cache, is_restored: Cell::new(false) })
}

/// The page hears of the network, and of being looked at.
fn listen(page: &Rc<Page>) {
    let page = Rc::clone(page);
    device::on_happening(move |happening| match happening {
        Happening::Online => page.try_now(),
        Happening::Shown => page.shown(),
        Happening::Hidden => page.push_bell.ring(),
    });
}

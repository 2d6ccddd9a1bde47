//! The replica as screens hold it.
//!
//! One per page: [`Replica`] is a handle without content that is free to copy into every closure and every context; the
//! state lives in the page. Calls that read answer at once from memory; calls that write return once it is on the disk.

use super::{
    Catalogue, Enrolment, NotSaved, OpenSheet, Saved, SignedIn, SyncStatus, Tick, Topic,
    cache::Cache,
    journal::Journal,
    page::{DEVICE, DeviceRecord, Page, Remembered, page, set_page},
    pull, push,
    state::State,
};
use crate::{
    api::Trouble,
    browser::{
        device::{self, Happening},
        storage::{Durability, StorageError},
        wire::{Answer, NoAnswer},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::problem::Problem,
    event::{Event, EventKind, Verified},
    id::{PersonId, SheetId},
    sync::{
        clock::Reading,
        message::{
            EnrolAnswer, EnrolRequest, HandheldPerson, HandheldSignIn, HandheldSignInAnswer, HandheldTask, LogReason,
        },
    },
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// The handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replica {
    _one: (),
}

/// An event that is put together but not known to be on the disk.
#[derive(Debug, Clone)]
pub struct Composed {
    event: Event,
    body: String,
}

/// Ends the subscription when dropped.
#[must_use = "a dropped subscription is over"]
pub struct Subscription {
    number: u64,
}

impl Replica {
    /// Opens the databases of this handheld, restores what was being worked on and starts the loops. Needs no network. The
    /// catalogue is read in afterwards ([`Topic::Catalogue`] tells when).
    ///
    /// # Errors
    /// [`NotSaved::Storage`] when the browser's database cannot be opened: the page must say that it cannot count.
    pub async fn open() -> Result<Self, NotSaved> {
        if page().is_none() {
            let opened = open().await.map_err(|error| NotSaved::Storage(error.to_string()))?;
            set_page(Rc::clone(&opened));
            spawn_local(push::run(Rc::clone(&opened)));
            spawn_local(pull::run(Rc::clone(&opened)));
            listen(&opened);
            spawn_local(async move {
                let health = device::storage_health().await;
                opened.update(|state| state.storage = Some(health));
            });
        }
        Ok(Self { _one: () })
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
        let request = EnrolRequest { code: code.trim().to_owned() };
        let (answer, sent, received) = ask::<_, EnrolAnswer>(&page, None, "/sync/v1/enrol", &request).await?;
        let enrolment = Enrolment {
            device: answer.device,
            device_name: answer.device_name,
            server: answer.server,
            site: answer.site,
        };
        let record = DeviceRecord { enrolment: enrolment.clone(), secret: answer.secret };
        let json = serde_json::to_string(&record).map_err(|error| Trouble::Unreadable(error.to_string()))?;
        // the secret and the first log in one transaction: neither is of use without the other
        let own = format!("{DEVICE}-{}", enrolment.device);
        let meta = [(DEVICE, json.clone()), (own.as_str(), json)];
        page.rotate(LogReason::Fresh, enrolment.device, &meta).await.map_err(not_stored)?;
        let before = page.update(|state| {
            state.credentials.insert(enrolment.device, (enrolment.server, record.secret.clone()));
            state.enrolment.replace((record.enrolment, record.secret))
        });
        if before.is_some_and(|(before, _)| before.site.id != enrolment.site.id || before.server != enrolment.server) {
            page.cache.clear().await;
            // the same number is somebody else there
            let gone = page.journal.put_meta("person", None, Durability::Strict).await;
            gone.map_err(|error| not_stored(error.to_string()))?;
            page.update(|state| {
                state.view = Default::default();
                state.catalogue = Catalogue::default();
                state.shards.clear();
                state.person = None;
            });
        }
        page.heard(sent, received, answer.now).await;
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
        let page = page().ok_or(Trouble::Offline)?;
        let request = HandheldSignIn { username: username.trim().to_owned(), password: password.to_owned() };
        let secret = page.credentials().map(|(_, secret)| secret);
        let (answer, sent, received) =
            ask::<_, HandheldSignInAnswer>(&page, secret.as_deref(), "/sync/v1/sign-in", &request).await?;
        page.heard(sent, received, answer.now).await;
        let taken = SignedIn { person: answer.person, verified: Verified::Password, roles: answer.roles };
        take(&page, taken).await.map_err(|error| not_stored(error.to_string()))
    }
    /// Takes the handheld without the server's word, as somebody known here; what is counted is marked unverified.
    ///
    /// # Errors
    /// [`NotSaved`]; also when the person is not known here ([`NotSaved::NobodySignedIn`]).
    pub async fn take_over(&self, person: PersonId) -> Result<SignedIn, NotSaved> {
        let page = page().ok_or(NotSaved::NotEnrolled)?;
        let known = page.state.borrow().view.people.get(&person).cloned();
        let person = known.ok_or(NotSaved::NobodySignedIn)?;
        take(&page, SignedIn { person, verified: Verified::Unverified, roles: Vec::new() }).await
    }
    /// Gives the handheld back. Deletes nothing: what waits still travels.
    ///
    /// # Errors
    /// [`NotSaved`]
    pub async fn sign_out(&self) -> Result<(), NotSaved> {
        let page = page().ok_or(NotSaved::NotEnrolled)?;
        write(&page, &compose(&page, None, EventKind::Locked, None)?, false).await?;
        let gone = page.journal.put_meta("person", None, Durability::Strict).await;
        gone.map_err(|error| NotSaved::Storage(error.to_string()))?;
        page.update(|state| state.person = None);
        page.tell(Topic::Person);
        page.tell(Topic::Tasks);
        Ok(())
    }
    /// A new id for a visit, to be given to [`Replica::record`] with `SheetOpened` and everything after it.
    pub fn new_sheet(&self) -> SheetId {
        // a browser without random numbers refuses the record that would use this id
        let random = device::random::<10>().unwrap_or_default();
        SheetId::from_parts(device::clocks().wall_ms, &random)
    }
    /// Puts one event together, as of now and by whoever holds the handheld now (I9), however late the disk takes it.
    ///
    /// # Errors
    /// [`NotSaved`]: there is no event.
    pub fn compose(&self, kind: EventKind, sheet: Option<SheetId>) -> Result<Composed, NotSaved> {
        let page = page().ok_or(NotSaved::NotEnrolled)?;
        compose(&page, None, kind, sheet)
    }
    /// Writes down one event: returns once it is on the disk. Tick on `Ok`, and only then. `again`: an earlier try
    /// failed, and may have reached the disk all the same; the event is then found there and not added twice (I4).
    ///
    /// # Errors
    /// [`NotSaved`]: show it, loudly, with what was entered still on the screen.
    pub async fn record(&self, composed: &Composed, again: bool) -> Result<Saved, NotSaved> {
        let page = page().ok_or(NotSaved::NotEnrolled)?;
        write(&page, composed, again).await
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

fn no_random() -> NotSaved {
    NotSaved::Storage("the browser gives no random numbers".into())
}

fn not_stored(error: String) -> Trouble {
    Trouble::Problem(Problem {
        code: "not_stored".into(),
        status: 507,
        detail: format!(
            "This handheld could not write it down ({error}). Try again; if it stays so, use another handheld."
        ),
        field: None,
    })
}

/// Restores a handheld from its disk.
async fn open() -> Result<Rc<Page>, StorageError> {
    let journal = Journal::open().await?;
    let remembered = Remembered::read(&journal.meta().await?);
    let heads = journal.heads().await?;
    let (cache, view) = Cache::open().await;
    let mut state = State {
        enrolment: remembered.enrolment.map(|record| (record.enrolment, record.secret)),
        credentials: remembered.credentials,
        owners: heads.iter().map(|head| (head.log.log, head.device)).collect(),
        person: remembered.person,
        clock: remembered.clock,
        view,
        logs: heads.iter().map(|head| (head.log.log, head.log.clone())).collect(),
        log: remembered.log,
        ..State::default()
    };
    let events = journal.open_sheet_events(&heads).await;
    for (seq, event) in events.as_deref().unwrap_or_default() {
        state.sheets.take(*seq, event);
    }
    let current = state.log.and_then(|log| state.logs.get(&log)).cloned();
    let page = Rc::new(Page::new(state, journal, cache));
    let device = page.state.borrow().enrolment.as_ref().map(|(enrolment, _)| enrolment.device);
    if let Some(device) = device {
        // a log that lost its end, or its head, is never written again: it drains as it is beside a new one
        let whole = match &current {
            Some(head) => events.is_ok() && page.journal.is_whole(head).await?,
            None => false,
        };
        if !whole {
            page.rotate(LogReason::Salvage, device, &[]).await.map_err(StorageError)?;
        }
    }
    Ok(page)
}

/// The page hears of the network, and of being looked at.
fn listen(page: &Rc<Page>) {
    let page = Rc::clone(page);
    device::on_happening(move |happening| match happening {
        Happening::Online => page.try_now(),
        Happening::Shown => {
            // the device may have slept; its monotonic clock stood still then
            page.state.borrow_mut().clock.observe(device::clocks(), true);
            page.try_now();
        }
        Happening::Hidden => page.push_bell.ring(),
    });
}

fn compose(
    page: &Page,
    actor: Option<PersonId>,
    kind: EventKind,
    sheet: Option<SheetId>,
) -> Result<Composed, NotSaved> {
    let random = device::random::<10>().ok_or_else(no_random)?;
    let (_, event, body) = page.state.borrow_mut().compose(actor, kind, sheet, device::clocks(), &random)?;
    Ok(Composed { event, body })
}

/// Writes one event down, tells everybody, and lets it travel.
async fn write(page: &Page, Composed { event, body }: &Composed, again: bool) -> Result<Saved, NotSaved> {
    let log = page.state.borrow().log.ok_or(NotSaved::NotEnrolled)?;
    match page.journal.append(log, event, body, again).await {
        Ok(head) => {
            let saved = page.update(|state| state.saved(head, event));
            page.push_bell.ring();
            Ok(saved)
        }
        Err(error) => {
            page.update(|state| state.writing = Some(error.to_string()));
            Err(NotSaved::Storage(error.to_string()))
        }
    }
}

/// Somebody takes the handheld: first in the journal, then on the screen.
async fn take(page: &Page, taken: SignedIn) -> Result<SignedIn, NotSaved> {
    let unlocked = EventKind::Unlocked { verified: taken.verified };
    write(page, &compose(page, Some(taken.person.id), unlocked, None)?, false).await?;
    let json = serde_json::to_string(&taken).map_err(|error| NotSaved::Storage(error.to_string()))?;
    let kept = page.journal.put_meta("person", Some(&json), Durability::Strict).await;
    kept.map_err(|error| NotSaved::Storage(error.to_string()))?;
    page.update(|state| state.person = Some(taken.clone()));
    page.tell(Topic::Person);
    page.tell(Topic::Tasks);
    Ok(taken)
}

/// Asks the server something that a person waits for.
async fn ask<B: Serialize, T: DeserializeOwned>(
    page: &Page,
    secret: Option<&str>,
    path: &str,
    body: &B,
) -> Result<(T, Reading, Reading), Trouble> {
    let json = serde_json::to_string(body).map_err(|error| Trouble::Unreadable(error.to_string()))?;
    let (answer, sent, received) = page.exchange(secret, path, Some(json)).await.map_err(|why| match why {
        NoAnswer::Offline => Trouble::Offline,
        NoAnswer::Timeout => Trouble::Timeout,
    })?;
    if !answer.is_success() {
        return Err(refusal(&answer));
    }
    let read = serde_json::from_slice(&answer.bytes).map_err(|error| Trouble::Unreadable(error.to_string()))?;
    Ok((read, sent, received))
}

/// A handheld has no session that could have ended: whatever the server says is for the person to read.
fn refusal(answer: &Answer) -> Trouble {
    match serde_json::from_slice::<Problem>(&answer.bytes) {
        Ok(problem) => Trouble::Problem(problem),
        Err(_) => Trouble::of(answer.status, &answer.text()),
    }
}

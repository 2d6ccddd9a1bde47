//! What all screens of the handheld share: where we are, who holds it, the sheet in hand, and the way of an entry from a
//! scan to the disk. Everything that changes because somebody did something goes through here.
//!
//! Absent: decisions about a count (`count::model`), drawing, storage.

use super::{
    camera::Camera,
    count::{
        find,
        model::{Bin, Read, Visit},
        prompt::{Prompt, Say},
    },
    rescue::model::Codes,
    scanner::{Scanner, model::Trial},
    tasks::{
        model::{self as tasks, Place, Row, State},
        visited::Visited,
    },
    write::Outgoing,
};
use crate::{
    browser::{
        floor as page,
        keys::{self, Hearing},
        memory, sound,
    },
    part::{settings::Settings, tone::Tone},
    replica::{Replica, SignedIn, SyncStatus, Topic},
    scan::resolve,
    words::{self, Words},
};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    id::{LocationId, SheetId},
    language::Language,
    moment::Moment,
    scan::{Capture, Expect, hold::Hold},
};
use std::collections::VecDeque;

/// The draft that holds [`Visited`].
pub(super) const VISITED: &str = "visited";

/// The longest text taken for a code. Six times as long in JSON at worst, it still fits an event: one that can never be
/// written would hold up all that come after it.
const CODE_BYTES_MAX: usize = 2_500;

/// Where we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// Opening the journal.
    Starting,
    /// Plain http: nothing can be kept here.
    Insecure,
    /// The browser's database does not open.
    Broken(String),
    /// Not connected to a site; a code may have come in the address.
    Enrol(Option<String>),
    /// Nobody holds the handheld.
    SignIn,
    /// My bins.
    Tasks,
    /// This bin was counted before: start again or add?
    Again(Bin),
    /// Counting.
    Count,
    /// How this handheld stands.
    Device,
    /// Sounds, colours, language, hand.
    Settings,
    /// The scanner test.
    Scanner,
}

/// A sentence on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// Whether something is wrong.
    pub bad: bool,
}

/// The shared state; free to copy.
#[derive(Clone, Copy)]
pub struct Floor {
    replica: StoredValue<Option<Replica>>,
    /// Where we are.
    pub screen: RwSignal<Screen>,
    /// Who holds the handheld.
    pub person: RwSignal<Option<SignedIn>>,
    /// How saving and sending stand.
    pub status: RwSignal<SyncStatus>,
    /// Grows whenever tasks, people or the catalogue changed.
    pub turn: RwSignal<u32>,
    /// The sheet in hand.
    pub visit: RwSignal<Option<Visit>>,
    /// Why the last entry is not on the disk.
    pub not_saved: RwSignal<Option<String>>,
    /// A sentence on the list.
    pub notice: RwSignal<Option<Notice>>,
    /// Whether a scan by committed text would be heard.
    pub hearing: RwSignal<Hearing>,
    /// Whether a long code is still coming in.
    pub receiving: RwSignal<bool>,
    /// Codes to be scanned off the screen, in place of everything else.
    pub codes: RwSignal<Option<Codes>>,
    /// Whether a new build waits.
    pub update: RwSignal<bool>,
    /// Visits that ended here.
    pub visited: RwSignal<Visited>,
    /// Text scanned on a screen with a text field of its own.
    pub scanned_text: RwSignal<Option<String>>,
    /// How this handheld looks, sounds and speaks.
    pub settings: RwSignal<Settings>,
    language: Memo<Language>,
    /// Chosen on the sign-in screen, for whoever signs in next.
    pub(super) picked: StoredValue<Option<Language>>,
    /// How the camera stands.
    pub camera: RwSignal<Camera>,
    /// What it saw lately.
    pub(super) hold: StoredValue<Hold>,
    /// The capture machine.
    pub capture: StoredValue<Capture>,
    /// What is kept about this handheld's scanner.
    pub scanner: StoredValue<Scanner>,
    /// The scanner test.
    pub trial: RwSignal<Trial>,
    /// Whether Caps Lock is on, as the last key said.
    pub caps_lock: RwSignal<bool>,
    pub(super) sheet: StoredValue<Option<SheetId>>,
    pub(super) last_walk: StoredValue<Option<i64>>,
    pub(super) held: StoredValue<Vec<Read>>,
    pub(super) early: StoredValue<Vec<(String, bool)>>,
    pub(super) outgoing: StoredValue<VecDeque<Outgoing>>,
    /// The draft that was written last.
    pub(super) draft: StoredValue<Option<(SheetId, String)>>,
    pub(super) writing: StoredValue<bool>,
    /// A sheet is being read back; scans wait for it.
    pub(super) resuming: StoredValue<bool>,
}

impl Default for Floor {
    fn default() -> Self {
        let person = RwSignal::new(None::<SignedIn>);
        let scanner = super::scanner::recall();
        let settings = RwSignal::new(super::settings::recall());
        let browser = memory::own_language();
        let language = Memo::new(move |_| {
            let person = person.get().map(|held| held.person);
            settings.with(|settings| settings.language(person.as_ref(), &browser))
        });
        Self {
            replica: StoredValue::new(None),
            screen: RwSignal::new(Screen::Starting),
            person,
            status: RwSignal::new(SyncStatus::default()),
            turn: RwSignal::new(0),
            visit: RwSignal::new(None),
            not_saved: RwSignal::new(None),
            notice: RwSignal::new(None),
            hearing: RwSignal::new(Hearing::Ready),
            receiving: RwSignal::new(false),
            codes: RwSignal::new(None),
            update: RwSignal::new(page::update_waits()),
            visited: RwSignal::new(Visited::default()),
            scanned_text: RwSignal::new(None),
            settings,
            language,
            picked: StoredValue::new(None),
            camera: RwSignal::new(Camera::Closed),
            hold: StoredValue::new(Hold::default()),
            capture: StoredValue::new(Capture::with(scanner.learned)),
            scanner: StoredValue::new(scanner),
            trial: RwSignal::new(Trial::default()),
            caps_lock: RwSignal::new(false),
            sheet: StoredValue::new(None),
            last_walk: StoredValue::new(None),
            held: StoredValue::new(Vec::new()),
            early: StoredValue::new(Vec::new()),
            outgoing: StoredValue::new(VecDeque::new()),
            draft: StoredValue::new(None),
            writing: StoredValue::new(false),
            resuming: StoredValue::new(false),
        }
    }
}

impl Floor {
    /// The words of whoever holds the handheld.
    pub fn words(&self) -> &'static Words {
        words::of(self.language.get())
    }
    /// The replica, once it is open.
    pub fn replica(&self) -> Option<Replica> {
        self.replica.get_value()
    }

    /// Opens the journal and goes to where the person was.
    pub async fn start(self) {
        if !page::is_secure() {
            return self.screen.set(Screen::Insecure);
        }
        let failed = move |error| {
            let broken = Screen::Broken(self.words().not_saved_because(&error));
            // drawn once, however often it is tried again: somebody may be about to press a button of it
            if self.screen.with_untracked(|screen| *screen != broken) {
                self.screen.set(broken);
            }
        };
        let replica = Replica::open(failed).await;
        self.replica.set_value(Some(replica));
        if let Some(text) = replica.draft(VISITED).await {
            self.visited.set(serde_json::from_str(&text).unwrap_or_default());
        }
        self.status.set(replica.status());
        replica.subscribe(move |topic| self.changed(topic)).forever();
        self.route();
        self.catalogue_came();
    }
    fn changed(self, topic: Topic) {
        let Some(replica) = self.replica() else { return };
        match topic {
            Topic::Status => self.look_at_status(replica),
            Topic::Tasks | Topic::People => self.turn.update(|turn| *turn = turn.wrapping_add(1)),
            Topic::Catalogue => self.catalogue_came(),
            Topic::Person => self.person.set(replica.person()),
        }
    }
    /// Goes to where the state of the handheld says: connect, sign in, the open sheet, the list.
    pub fn route(self) {
        let Some(replica) = self.replica() else { return };
        self.person.set(replica.person());
        let code = super::enrol::model::code_in_fragment(&page::take_fragment());
        let Some(held) = replica.person() else {
            let enrolled = replica.enrolled().is_some();
            return self.screen.set(if enrolled { Screen::SignIn } else { Screen::Enrol(code) });
        };
        self.keep_picked_language();
        let own = replica.open_sheets().into_iter().rfind(|sheet| sheet.actor == held.person.id);
        match own {
            Some(sheet) => self.resume(sheet, None),
            None => self.show(Screen::Tasks),
        }
    }
    /// Back from how the handheld stands to where its person was.
    pub fn leave_device(self) {
        self.show(if self.person.with_untracked(Option::is_some) { Screen::Tasks } else { Screen::SignIn });
    }
    /// Shows a screen and tells the scanner what it can use there.
    pub fn show(&self, screen: Screen) {
        let counting = screen == Screen::Count;
        self.capture.update_value(|capture| {
            capture.expect(if counting { Expect::ScanOrQuantity } else { Expect::Scan });
        });
        self.screen.set(screen);
        self.stay_awake();
        self.take_early();
    }
    /// Keeps the screen on while a bin is being counted. The browser lets go of it whenever the page is out of sight, so
    /// this is said again when it is back.
    pub fn stay_awake(self) {
        page::keep_awake(self.screen.with_untracked(|screen| *screen == Screen::Count));
    }

    /// My bins, in walk order.
    pub fn rows(&self) -> Vec<Row> {
        self.turn.track();
        let (Some(replica), Some(person)) = (self.replica(), self.person.get()) else { return vec![] };
        let mut states = self.visited.with(Visited::states);
        for sheet in replica.open_sheets().iter().filter(|sheet| sheet.actor == person.person.id) {
            if let Some(task) = sheet.task {
                states.insert(task, State::Open);
            }
        }
        let place = |id: LocationId| {
            replica.catalogue(|catalogue| {
                catalogue.location(id).map(|location| Place {
                    id,
                    code: location.code.to_owned(),
                    zone: location.zone.to_owned(),
                    walk_order: location.walk_order,
                })
            })
        };
        tasks::rows(&replica.tasks(), person.person.id, place, &states)
    }
    /// The bin to walk to next.
    pub fn next(&self, rows: &[Row]) -> Option<Row> {
        tasks::next(rows, self.last_walk.get_value()).cloned()
    }

    /// Says whether a long code is coming in.
    pub(crate) fn receives(self, receiving: bool) {
        if self.receiving.get_untracked() != receiving {
            self.receiving.set(receiving);
        }
    }
    /// How saving and sending stand, where it changed: each of them says so often.
    pub(super) fn look_at_status(self, replica: Replica) {
        let status = replica.status();
        if self.status.with_untracked(|known| *known != status) {
            self.status.set(status);
        }
    }
    /// A scan that is whole.
    pub fn scanned(self, text: &str, companion: bool) {
        self.receives(false);
        match self.screen.get_untracked() {
            Screen::Enrol(_) => return self.scanned_text.set(Some(text.to_owned())),
            Screen::Scanner => return self.tried(text),
            // nobody counts it; not in silence
            Screen::SignIn => return sound::play(Tone::Unknown),
            _ => {}
        }
        if self.is_too_early(text, companion) {
            return;
        }
        let Some(replica) = self.replica() else { return };
        if text.len() > CODE_BYTES_MAX {
            sound::play(Tone::Unknown);
            let text = self.words().note_garbled.to_owned();
            return self.notice.set(Some(Notice { text, bad: true }));
        }
        let (read, hint) = replica.catalogue(|catalogue| resolve::resolve(text, catalogue, now()));
        if self.is_word(replica, text, &read) {
            return; // it stands in the field
        }
        // several labels were in view: what means nothing here is not worth a tone
        if companion && matches!(read, Read::Unknown { .. }) {
            return;
        }
        if self.screen.with_untracked(|screen| *screen == Screen::Count) && keys::is_in_search() {
            keys::arm(); // the field goes with the search; the next scan needs an ear
        }
        self.take_or_wait(read, companion);
        if let Some(hint) = hint {
            self.visit.update(|visit| {
                if let Some(visit) = visit.as_mut().filter(|visit| visit.say.is_none()) {
                    visit.say = Some(Say::Scanner(hint));
                }
            });
        }
    }
    /// A code was keyed where a quantity belongs: it is a scan where it means something.
    pub(super) fn typed_code(self, text: &str) {
        let Some(replica) = self.replica() else { return };
        let (read, _) = replica.catalogue(|catalogue| resolve::resolve(text, catalogue, now()));
        match read {
            Read::Unknown { .. } | Read::NoBin(_) | Read::Case { .. } => self.act(Visit::refuse_code),
            read => self.act(|visit| visit.scan(read)),
        }
    }
    /// Gives a scan to the screen it belongs to.
    pub(super) fn take(self, read: Read) {
        if self.resuming.get_value() {
            return self.held.update_value(|held| held.push(read));
        }
        match self.screen.get_untracked() {
            Screen::Count => self.act(|visit| visit.scan(read)),
            Screen::Again(_) => {
                sound::play(Tone::Ask);
                self.held.update_value(|held| held.push(read));
            }
            Screen::Tasks | Screen::Settings => self.scanned_on_list(read),
            // a bin's label leads on from there as well
            Screen::Device if self.person.with_untracked(Option::is_some) => self.scanned_on_list(read),
            _ => {}
        }
    }
    /// Whether a code that nobody knows is an answer: a lot, a serial number.
    pub(super) fn asks_for_text(&self) -> bool {
        self.visit.with_untracked(|visit| {
            let prompt = visit.as_ref().and_then(|visit| visit.prompt.as_ref());
            matches!(prompt, Some(Prompt::Lot(_) | Prompt::Serial(_)))
        })
    }
    /// Whether the search for an item is open.
    pub fn is_finding(&self) -> bool {
        self.visit.with_untracked(|visit| visit.as_ref().is_some_and(Visit::is_finding))
    }
    fn is_word(&self, replica: Replica, text: &str, read: &Read) -> bool {
        let found = || replica.catalogue(|catalogue| !catalogue.search_items(text, 1).is_empty());
        matches!(read, Read::Unknown { .. })
            && self.is_finding()
            && keys::is_in_search()
            && find::is_word(text, found())
    }
    pub(super) fn scanned_on_list(self, read: Read) {
        let words = self.words();
        let (text, tone) = match read {
            Read::Bin(bin) => return self.open(bin),
            Read::Item { item, .. } | Read::Case { item, .. } => {
                (words::fill(words.item_not_bin, &[&item.sku]), Tone::WrongBin)
            }
            Read::Unknown { raw, .. } | Read::NoBin(raw) => (words::fill(words.no_such_bin, &[&raw]), Tone::Unknown),
        };
        sound::play(tone);
        self.notice.set(Some(Notice { text, bad: true }));
    }
    /// A bin's code was typed by hand.
    pub fn typed_bin(self, code: &str) {
        if !code.trim().is_empty() {
            self.scanned(code.trim(), false);
        }
    }

    /// Gives the handheld back. An open sheet stays open and is there again when its owner returns.
    pub fn sign_out(self) {
        let Some(replica) = self.replica() else { return };
        if self.resuming.get_value() || self.outgoing.with_value(|queue| !queue.is_empty()) {
            // what this person made goes to the disk before the word that they left
            sound::play(Tone::NotSaved);
            return self.notice.set(Some(Notice { text: self.words().not_saved.to_owned(), bad: true }));
        }
        spawn_local(async move {
            match replica.sign_out().await {
                Ok(()) => {
                    // scans of one person are never another's
                    self.held.set_value(Vec::new());
                    self.early.set_value(Vec::new());
                    self.visit.set(None);
                    self.sheet.set_value(None);
                    self.notice.set(None);
                    self.person.set(None);
                    self.show(Screen::SignIn);
                }
                Err(error) => {
                    sound::play(Tone::NotSaved);
                    self.notice.set(Some(Notice { text: self.words().not_saved_because(&error), bad: true }));
                }
            }
        });
    }
}

fn now() -> Moment {
    Moment(crate::browser::device::clocks().wall_ms)
}

//! What the page holds in memory, and everything about it that needs no browser: who may do which task, what the sync
//! badge says, how an event is put together.
//!
//! Absent: the databases and the network. Whoever writes to them tells this afterwards.

use super::{
    Catalogue, Enrolment, LogState, NotSaved, Problem, Saved, SignedIn, SyncStatus, Tick,
    engine::{DEVICE, DeviceRecord},
    grant::{ACCESS, Access},
    head::Word,
    open_sheet::OpenSheets,
};
use shared::{
    event::{EVENT_VERSION, Event, EventKind},
    fact::Assignee,
    id::{DeviceId, EventId, LogId, PersonId, SheetId},
    moment::Moment,
    planted::{self, Defect},
    sync::{
        clock::{ClockModel, Reading},
        inbox::View,
        message::{BODY_BYTES_MAX, HandheldPerson, HandheldTask, LogReason, MissingEvents, ShardKind, StorageHealth},
        outbox::{Disbelief, Failure, LogHead, Role},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The version of a shard that has to be fetched again, whatever the server's version is.
const DISTRUSTED: i64 = -1;

/// The state of the page.
#[derive(Default)]
pub struct State {
    /// Which handheld this is, with its secret.
    pub enrolment: Option<(Enrolment, String)>,
    /// The servers and secrets of every enrolment there ever was, for the logs of their time.
    pub credentials: BTreeMap<DeviceId, (Uuid, String)>,
    /// Which enrolment a log belongs to.
    pub owners: BTreeMap<LogId, DeviceId>,
    /// The log that new events go to.
    pub log: Option<LogId>,
    /// Every log in the journal.
    pub logs: BTreeMap<LogId, LogHead>,
    /// How often this page itself changed one of them: what it read from the disk before that is old.
    pub turn: u64,
    /// What the server said of itself when a push was last answered and believed.
    pub word: Option<Word>,
    /// Who holds the handheld.
    pub person: Option<SignedIn>,
    /// What lets people take it without a network.
    pub access: Access,
    /// Visits that are not closed.
    pub sheets: OpenSheets,
    /// What was pulled.
    pub view: View,
    /// Opened shards.
    pub catalogue: Catalogue,
    /// Their versions.
    pub shards: BTreeMap<(ShardKind, u32), i64>,
    /// The clock against the server's.
    pub clock: ClockModel,
    /// Whether the last exchange worked.
    pub online: bool,
    /// The wall clock at the last answer.
    pub last_contact: Option<Moment>,
    /// Why counts do not travel.
    pub sending: Option<Problem>,
    /// Why nothing comes in.
    pub receiving: Option<Problem>,
    /// Why the last write failed.
    pub writing: Option<String>,
    /// Why the second journal does not write.
    pub mirror: Option<String>,
    /// Up to where the events of a log were removed, because they are archived and old.
    pub bases: BTreeMap<LogId, u64>,
    /// What salvage logs could not save.
    pub missing: BTreeMap<LogId, Vec<MissingEvents>>,
    /// What the browser says of its storage.
    pub storage: Option<StorageHealth>,
}

impl State {
    /// Puts an event together: who, when, what, as the bytes that are hashed, stored and sent.
    ///
    /// # Errors
    /// [`NotSaved::NotEnrolled`], [`NotSaved::NobodySignedIn`], [`NotSaved::TooLong`]; nothing is changed then.
    pub fn compose(
        &mut self,
        actor: Option<PersonId>,
        kind: EventKind,
        sheet: Option<SheetId>,
        now: Reading,
        random: &[u8; 10],
    ) -> Result<(LogId, Event, String), NotSaved> {
        let log = self.log.ok_or(NotSaved::NotEnrolled)?;
        let actor = actor.or(self.person.as_ref().map(|it| it.person.id)).ok_or(NotSaved::NobodySignedIn)?;
        let opener = || sheet.and_then(|id| self.sheets.find(id)).map_or(actor, |it| it.actor);
        let actor = if planted::is(Defect::ActorOfSheet) { opener() } else { actor };
        let id = EventId::from_parts(now.wall_ms, random);
        let event = Event { v: EVENT_VERSION, id, actor, sheet, at: self.clock.capture(now), kind };
        let body = serde_json::to_string(&event).map_err(|error| NotSaved::Storage(error.to_string()))?;
        if body.len() > BODY_BYTES_MAX { Err(NotSaved::TooLong) } else { Ok((log, event, body)) }
    }
    /// The past that the shards came from is not the server's any more: the same version may stand for other content. They
    /// stay in use until they are fetched again.
    pub fn distrust_shards(&mut self) {
        self.shards.values_mut().for_each(|version| *version = DISTRUSTED);
    }
    /// Which handheld this is and who holds it, as entries of `meta`.
    pub fn meta(&self) -> Vec<(String, String)> {
        let mut meta = Vec::new();
        if let Some((enrolment, secret)) = &self.enrolment {
            let record = DeviceRecord { enrolment: enrolment.clone(), secret: secret.clone() };
            if let Ok(json) = serde_json::to_string(&record) {
                meta.push((format!("{DEVICE}-{}", enrolment.device), json.clone()));
                meta.push((DEVICE.to_owned(), json));
            }
            let person = self.person.as_ref().and_then(|person| serde_json::to_string(person).ok());
            meta.extend(person.map(|json| ("person".to_owned(), json)));
            meta.extend(serde_json::to_string(&self.access).ok().map(|json| (ACCESS.to_owned(), json)));
        }
        meta
    }
    /// The server that a log goes to, and the secret it is sent with.
    pub fn credentials_of(&self, log: LogId) -> Option<(Uuid, String)> {
        self.credentials.get(self.owners.get(&log)?).cloned()
    }
    /// The logs that may have something to send: the current one, then the others. One that carries what others say goes
    /// last: who held the handheld when a visit was begun is told in the log that it was begun in.
    pub fn logs_to_send(&self) -> Vec<(LogId, Role)> {
        let old = self.logs.keys().filter(|log| Some(**log) != self.log).map(|log| (*log, Role::Old));
        let mut logs: Vec<_> = self.log.map(|log| (log, Role::Current)).into_iter().chain(old).collect();
        logs.sort_by_key(|(log, _)| self.logs.get(log).is_some_and(|log| log.reason != LogReason::Fresh));
        logs
    }
    /// Takes in that an event is on the disk.
    pub fn saved(&mut self, head: LogHead, seq: u64, event: &Event) -> Saved {
        let saved = Saved { log: head.log, seq, id: event.id };
        self.sheets.take(saved.seq, event);
        self.turn = self.turn.wrapping_add(1);
        // of two writes of this page, the later one may be heard of first
        if self.logs.get(&head.log).is_none_or(|known| known.head.seq <= head.head.seq) {
            self.logs.insert(head.log, head);
        }
        self.writing = None;
        saved
    }
    /// How far an event has come.
    pub fn tick(&self, saved: &Saved) -> Tick {
        match self.logs.get(&saved.log) {
            Some(log) if saved.seq <= log.archived => Tick::Archived,
            Some(log) if saved.seq <= log.durable_seq() => Tick::Server,
            _ => Tick::Saved,
        }
    }
    /// Events of a log that wait. Those that were removed here do not, whatever is believed of the server just now: they were
    /// in a verified backup.
    fn waiting(&self, log: &LogHead) -> u64 {
        let removed = self.bases.get(&log.log).copied().unwrap_or(0);
        log.waiting().min(log.head.seq.saturating_sub(removed))
    }
    /// What the sync badge shows.
    pub fn status(&self) -> SyncStatus {
        SyncStatus {
            saved_seq: self.logs.values().map(|log| log.head.seq).sum(),
            durable_seq: self.logs.values().map(LogHead::durable_seq).sum(),
            archived_seq: self.logs.values().map(|log| log.archived.min(log.head.seq)).sum(),
            waiting: self.logs.values().map(|log| self.waiting(log)).sum(),
            online: self.online,
            last_contact: self.last_contact,
            problem: self
                .writing
                .clone()
                .map(Problem::Storage)
                .or_else(|| self.sending.clone())
                .or_else(|| self.receiving.clone())
                .or_else(|| self.mirror.clone().map(Problem::Mirror)),
            missing: self.missing.values().flatten().copied().collect(),
            persistent: self.storage.as_ref().and_then(|storage| storage.persistent),
            shards_here: self.view.shards.iter().filter(|it| self.shards.contains_key(&(it.kind, it.number))).count(),
            shards_known: self.view.shards.len(),
        }
    }
    /// How each log stands.
    pub fn log_states(&self) -> Vec<LogState> {
        let state = |log: &LogHead| LogState {
            log: log.log,
            reason: log.reason,
            saved: log.head.seq,
            server: log.durable_seq(),
            archived: log.archived.min(log.head.seq),
            is_current: Some(log.log) == self.log,
        };
        self.logs.values().map(state).collect()
    }
    /// People who may use the handheld, by name.
    pub fn people(&self) -> Vec<HandheldPerson> {
        let mut people: Vec<_> = self.view.people.values().cloned().collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id));
        people
    }
    /// The tasks of who holds the handheld (all, while nobody does), in walk order.
    pub fn tasks(&self) -> Vec<HandheldTask> {
        let me = self.person.as_ref().map(|it| it.person.id);
        let mine = |task: &&HandheldTask| match (me, task.assignee) {
            (None, _) => true,
            (Some(me), Assignee::Person(person)) => me == person,
            (Some(me), Assignee::Pool) => !task.excluded.contains(&me),
        };
        let mut tasks: Vec<_> = self.view.tasks.values().filter(mine).cloned().collect();
        tasks.sort_by_cached_key(|task| (self.catalogue.walk_position(task.location), task.location, task.id));
        tasks
    }
}

/// What a failed exchange means to people. `None`: nothing they could do anything about.
pub fn problem_of(failure: Failure) -> Option<Problem> {
    match failure {
        Failure::NoAnswer => Some(Problem::Unreachable),
        Failure::Status(401 | 403) => Some(Problem::NotRecognised),
        Failure::Status(status) => Some(Problem::ServerTrouble { status }),
        Failure::NotBelieved(Disbelief::Parted) | Failure::TooLarge => None,
        Failure::NotBelieved(_) => Some(Problem::NotTheServer),
    }
}

#[cfg(test)]
mod tests;

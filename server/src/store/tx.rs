//! A write: appends facts and applies them, in a savepoint that is kept or taken back as a whole.
//!
//! Absent: business rules. Actions decide with `shared`, then append.

use super::{
    Error, Identity,
    fact::{self, Header, InLog, NewFact},
    log::LogRow,
    memory::{ChainHead, Memory},
    open,
};
use crate::project::{self, Arrived, Marked};
use rusqlite::Connection;
use shared::{
    event::Event,
    fact::{Fact, chain_next},
    id::{DiscrepancyId, EventId, PersonId, SiteId, TaskId},
    moment::Moment,
    sync::{
        log::Chain,
        receive::{Odd, read_own},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// A place in the server's commit order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub i64);

/// Something changed; told to whoever listens, after the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Where.
    pub site: SiteId,
    /// What: `task`, `count`, `discrepancy`, `device`, `barcode`, `master`, `person`, `finding`, `incident`.
    pub what: &'static str,
    /// The last fact that did it.
    pub position: i64,
}

/// What a job leaves to be told after the commit.
#[derive(Default)]
pub(crate) struct Pending {
    changes: BTreeMap<(SiteId, &'static str), i64>,
    follow_ups: BTreeSet<FollowUp>,
    wrote: bool,
}

/// What applying facts found to be done next, as facts of its own; the action that appended them does it before it ends.
/// A rebuild ignores them: there the facts are already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FollowUp {
    /// A recount task needs somebody.
    Assign { site: SiteId, task: TaskId },
    /// A variance within tolerance is to be posted by itself: the policy says so.
    Post { site: SiteId, discrepancy: DiscrepancyId },
}

impl Pending {
    pub(crate) fn join(&mut self, other: Self) {
        self.changes.extend(other.changes);
    }
    pub(crate) const fn wrote(&self) -> bool {
        self.wrote
    }
    pub(crate) fn into_changes(self) -> impl Iterator<Item = Changed> {
        self.changes.into_iter().map(|((site, what), position)| Changed { site, what, position })
    }
}

/// An event of a log, about to be appended.
pub(crate) struct EventPlace<'a> {
    pub log: &'a LogRow,
    pub seq: u64,
    pub id: EventId,
    /// The log's chain after it.
    pub chain: Chain,
    pub body: &'a str,
}

/// A write in progress.
pub struct WriteTx<'a> {
    conn: &'a Connection,
    now: Moment,
    pub(crate) memory: &'a mut Memory,
    pending: &'a mut Pending,
}

impl<'a> WriteTx<'a> {
    pub(crate) const fn new(
        conn: &'a Connection,
        now: Moment,
        memory: &'a mut Memory,
        pending: &'a mut Pending,
    ) -> Self {
        Self { conn, now, memory, pending }
    }

    /// The connection, for the modules that hold SQL. Who writes operations tables through it calls [`Self::wrote`]
    /// only if it also changes what [`Memory`] keeps.
    pub(crate) const fn conn(&self) -> &'a Connection {
        self.conn
    }

    /// The time, by the clock that was handed in; the same for the whole job.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// Who this installation is, a timeline that this write has begun included.
    ///
    /// # Errors
    /// [`Error::Engine`], [`Error::Unreadable`].
    pub(crate) fn identity(&mut self) -> Result<Identity, Error> {
        match self.memory.identity {
            Some(identity) => Ok(identity),
            None => {
                let identity = open::identify(self.conn)?;
                self.memory.identity = Some(identity);
                Ok(identity)
            }
        }
    }

    /// This write as a read: the same rows, what was just written included.
    pub(crate) const fn as_read(&self) -> super::ReadTx<'a> {
        super::ReadTx::new(self.conn, self.now)
    }

    /// Remembers that something changed, to be told after the commit.
    pub(crate) fn changed(&mut self, site: SiteId, what: &'static str, position: Position) {
        self.pending.changes.insert((site, what), position.0);
    }

    /// Counts have arrived: whoever watches progress or handhelds is told.
    pub(crate) fn note_push(&mut self, site: SiteId) {
        if let Ok(head) = self.memory.head(self.conn, site) {
            self.changed(site, "device", Position(head.position));
            self.changed(site, "task", Position(head.position));
        }
    }

    /// Remembers what is to be done next.
    pub(crate) fn follow_up(&mut self, next: FollowUp) {
        self.pending.follow_ups.insert(next);
    }

    /// Takes what is to be done next.
    pub(crate) fn take_follow_ups(&mut self) -> BTreeSet<FollowUp> {
        std::mem::take(&mut self.pending.follow_ups)
    }

    /// Appends a fact: stores it, extends the site's chain and applies it to the projections.
    ///
    /// # Errors
    /// [`Error::Engine`] and what applying can meet; the whole job is then taken back.
    pub fn append(
        &mut self,
        site: SiteId,
        actor: Option<PersonId>,
        origin: &str,
        fact: &Fact,
    ) -> Result<Position, Error> {
        let body = serde_json::to_vec(fact).map_err(|error| Error::unreadable("fact", error))?;
        let header = self.append_bytes(site, actor, origin, &NewFact { kind: fact.word(), body: &body, log: None })?;
        project::apply(self, &header, fact)?;
        Ok(header.position)
    }

    /// Appends what a handheld recorded, as the bytes it wrote, and applies it. An id that another event has is left
    /// out, so that this one is kept and takes no effect a second time (I4, I7).
    pub(crate) fn append_event(
        &mut self,
        origin: &str,
        at: &EventPlace<'_>,
        reading: Result<Event, Odd>,
    ) -> Result<Marked, Error> {
        let mut reading = reading;
        let mut actor = reading.as_ref().ok().map(|event| event.actor);
        let in_log = InLog { log_no: at.log.no, seq: at.seq, id: Some(at.id), chain: at.chain };
        let mut new = NewFact { kind: fact::EVENT, body: at.body.as_bytes(), log: Some(in_log) };
        let mut id = Some(at.id);
        let header = match self.append_bytes(at.log.site, actor, origin, &new) {
            Err(error) if error.is_constraint() => {
                id = None;
                new.log = Some(InLog { id, ..in_log });
                // as a rebuild reads it: without the id that stood beside it
                reading = read_own(at.body);
                actor = reading.as_ref().ok().map(|event| event.actor);
                self.append_bytes(at.log.site, actor, origin, &new)?
            }
            other => other?,
        };
        let arrived = Arrived { log_no: at.log.no, device: at.log.device, seq: at.seq, id };
        project::apply_event(self, &header, &arrived, reading)
    }

    /// Stores a fact's exact bytes and extends the chain, without applying it.
    pub(crate) fn append_bytes(
        &mut self,
        site: SiteId,
        actor: Option<PersonId>,
        origin: &str,
        new: &NewFact<'_>,
    ) -> Result<Header, Error> {
        self.pending.wrote = true;
        let head = self.memory.head(self.conn, site)?;
        let position = self.memory.next_position(self.conn)?;
        // taken only once the row is there: an id that exists already is refused, and the place is used again
        let chain = chain_next(&head.chain, self.now, actor, origin, new.body);
        let header = Header { position: Position(position), site, recorded_at: self.now, actor, origin: origin.into() };
        fact::insert(self.conn, &header, new, &chain)?;
        self.memory.take_position();
        self.memory.move_head(site, ChainHead { position, chain });
        Ok(header)
    }
}

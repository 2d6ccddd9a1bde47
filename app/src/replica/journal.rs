//! The journal: every event this handheld recorded, on its disk, in order, for ever (IndexedDB `trueup-journal`).
//!
//! | store | key | value |
//! |---|---|---|
//! | `events` | `[log, seq]` | `{id, body, chain}`: the body is the exact text that is hashed and sent |
//! | `heads` | log | JSON of [`JournalHead`] |
//! | `meta` | name | JSON: which handheld this is, who holds it, which log is written, how the clock stands |
//! | `drafts` | name | a half-typed text |
//!
//! An append reads the head, adds the event and puts the head in *one* strict transaction over both stores, so several
//! tabs may write to one log: the browser lets one such transaction in at a time, and each finds the head that the one
//! before it left. A write that is not done in five seconds is taken for dead (a full disk gives no error, measured): the
//! connection is closed, opened anew, and the write tried once more; where the first one reached the disk after all, the
//! second finds it there and adds nothing.
//!
//! Absent: knowing what an event means, but for one thing: which sheets are open, so that a cold start need
//! not read everything.

mod append;
mod whole;

pub use append::Appended;
pub use whole::Inventory;

use super::{
    head::{JournalHead, Word},
    ports::{Database, Durability, Fields, Key, Ports, StorageError, Transaction, Worked},
    record::Composed,
    salvage::Stored,
    wait::within,
};
use shared::{
    event::{Event, upcast},
    id::{EventId, LogId},
    planted::{self, Defect},
    sync::{
        log::Chain,
        message::{Belief, PushedEvent},
        outbox::LogHead,
    },
};
use std::{cell::RefCell, rc::Rc};

const STORES: &[&str] = &["events", "heads", "meta", "drafts"];
/// How long a transaction may take. The slowest strict write measured was 0.2 s at 6× throttling; a dead connection never
/// comes back.
const WATCHDOG_MS: u32 = 5_000;
/// Events read at once when the open sheets are restored: about half a megabyte.
const READ_MAX: u32 = 1_000;

/// Above every number that an event can have: numbers in keys of the browser's database are exact up to here.
const SEQ_MAX: u64 = 1 << 53;

/// Which of two tries this is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Try {
    First,
    Second,
}

/// The journal's database.
pub struct Journal<P: Ports> {
    ports: Rc<P>,
    database: RefCell<Option<Rc<P::Database>>>,
}

impl<P: Ports> Journal<P> {
    /// Opens the journal.
    ///
    /// # Errors
    /// When it cannot be opened, twice.
    pub async fn open(ports: Rc<P>) -> Worked<Self> {
        let journal = Self::unopened(ports);
        journal.guarded(async |_, _| Ok(())).await?;
        Ok(journal)
    }
    /// A journal that is opened when it is first used.
    pub const fn unopened(ports: Rc<P>) -> Self {
        Self { ports, database: RefCell::new(None) }
    }

    async fn guarded<T>(&self, work: impl AsyncFn(&P::Database, Try) -> Worked<T>) -> Worked<T> {
        self.guarded_for(WATCHDOG_MS, work).await
    }
    async fn guarded_for<T>(&self, ms: u32, work: impl AsyncFn(&P::Database, Try) -> Worked<T>) -> Worked<T> {
        let mut result = self.once(ms, &work, Try::First).await;
        if result.is_err() {
            self.close();
            result = self.once(ms, &work, Try::Second).await;
        }
        if result.is_err() {
            self.close();
        }
        result
    }
    async fn once<T>(&self, ms: u32, work: &impl AsyncFn(&P::Database, Try) -> Worked<T>, attempt: Try) -> Worked<T> {
        let whole = async {
            let open = self.database.borrow().clone();
            let database = match open {
                Some(database) => database,
                None => {
                    let opened = Rc::new(self.ports.open_journal(STORES).await?);
                    *self.database.borrow_mut() = Some(Rc::clone(&opened));
                    opened
                }
            };
            work(&database, attempt).await
        };
        let late = || StorageError("the database did not finish in time".into());
        within(self.ports.sleep(ms), whole).await.unwrap_or_else(|| Err(late()))
    }
    fn close(&self) {
        if let Some(database) = self.database.borrow_mut().take() {
            database.close();
        }
    }

    /// Appends one event: [`Appended::Saved`] means that it is on the disk. `again`: an earlier call for it failed.
    ///
    /// # Errors
    /// After two tries; the event is then *not* known to be saved.
    pub async fn append(&self, log: LogId, composed: &Composed, again: bool) -> Worked<Appended> {
        let again = |attempt| if again { Try::Second } else { attempt };
        if planted::is(Defect::NumberReadApart) {
            let heads = self.heads().await?;
            let read = heads.into_iter().find(|head| head.log.log == log);
            return self.guarded(async |database, _| append::append_at(database, read.clone(), composed).await).await;
        }
        self.guarded(async |database, attempt| append::append(database, again(attempt), log, composed).await).await
    }
    /// Every log, as it stands on the disk: other tabs may have written. One whose record cannot be read is left out.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn heads(&self) -> Worked<Vec<JournalHead>> {
        let records = self.guarded(async |database, _| database.read(&["heads"])?.texts("heads").await).await?;
        Ok(records.iter().filter_map(|(_, json)| read_head(json).ok()).collect())
    }
    /// Stores what the server is believed to hold of a log.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn tell(
        &self,
        log: LogId,
        durable: Option<Belief>,
        archived: Option<u64>,
        word: Word,
    ) -> Worked<Option<LogHead>> {
        self.guarded(async |database, _| {
            // relaxed: after a power cut the device believes less than is true, and sends again
            let tx = database.write(&["heads"], Durability::Relaxed)?;
            let Some(json) = tx.text("heads", &head_key(log)).await? else { return Ok(None) };
            let mut head = read_head(&json)?;
            head.log.durable = durable;
            head.log.archived = archived.unwrap_or(head.log.archived);
            // an answer that lay in a frozen tab says nothing of what was written since
            if word.is_fresh(self.ports.clocks()) {
                head.mark(word.now);
            }
            put_head(&tx, &head)?;
            tx.commit().await?;
            Ok(Some(head.log))
        })
        .await
    }
    /// Events of a log from `from` on, as they were written, and the chain before them. What stands behind the last event
    /// of a log that was put together again is no part of it: another log carries it.
    ///
    /// # Errors
    /// Those of the disk, and a hole in the log.
    pub async fn read(&self, log: LogId, from: u64, limit: u32) -> Worked<(Option<Chain>, Vec<PushedEvent>)> {
        let before = from.saturating_sub(1);
        let records = self
            .guarded(async |database, _| {
                let tx = database.read(&["events", "heads"])?;
                let head = tx.text("heads", &head_key(log)).await?.and_then(|json| read_head(&json).ok());
                let end = head.as_ref().map_or(SEQ_MAX, |head| head.log.head.seq);
                let last = from.saturating_add(u64::from(limit)).saturating_sub(1).min(end);
                let prev = if before == 0 { None } else { tx.fields("events", &event_key(log, before)).await? };
                let events = match last < from {
                    true => Vec::new(),
                    false => tx.range("events", &event_key(log, from), &event_key(log, last), limit).await?,
                };
                // before the first event that is left, its log knows the chain
                let base = head.map(|head| head.base()).filter(|base| base.seq == before).map(|base| base.chain);
                Ok((prev, events, base))
            })
            .await?;
        let prev = match before {
            0 => Some(Chain::start(log)),
            _ => records.0.as_ref().and_then(chain_of).or(records.2),
        };
        let mut events = Vec::with_capacity(records.1.len());
        let mut at = prev;
        for (expected, (seq, fields)) in (from..).zip(records.1) {
            let event = stored_of(&fields).filter(|_| seq == expected).ok_or_else(|| missing(expected))?;
            // bytes that are not what was written are not sent as if they were
            if at.is_some_and(|at| at.next(event.body.as_bytes()) != event.chain) {
                return Err(missing(seq));
            }
            at = Some(event.chain);
            events.push(PushedEvent { seq, id: event.id, body: event.body });
        }
        Ok((prev, events))
    }
    /// The chain at an event; `None` where there is no such event.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn chain_at(&self, log: LogId, seq: u64) -> Worked<Option<Chain>> {
        let read = async |database: &P::Database, _| {
            let tx = database.read(&["events", "heads"])?;
            if let Some(fields) = tx.fields("events", &event_key(log, seq)).await? {
                return Ok(chain_of(&fields));
            }
            let base = tx.text("heads", &head_key(log)).await?.and_then(|json| Some(read_head(&json).ok()?.base()));
            Ok(base.filter(|base| base.seq == seq).map(|base| base.chain))
        };
        self.guarded(read).await
    }
    /// The events of every open sheet, each log in order.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn open_sheet_events(&self, heads: &[JournalHead]) -> Worked<Vec<(u64, Event)>> {
        let mut events = Vec::new();
        for head in heads {
            let Some(mut from) = head.open_from() else { continue };
            from = from.max(head.base().seq.saturating_add(1));
            while from <= head.log.head.seq {
                let (_, batch) = self.read(head.log.log, from, READ_MAX).await?;
                let Some(last) = batch.last() else { break };
                from = last.seq.saturating_add(1);
                let read = |event: PushedEvent| Some((event.seq, upcast::read(event.body.as_bytes()).ok()?));
                let open =
                    |(_, event): &(u64, Event)| event.sheet.is_some_and(|sheet| head.sheets.contains_key(&sheet));
                events.extend(batch.into_iter().filter_map(read).filter(open));
            }
        }
        Ok(events)
    }
    /// Writes or removes an entry of `meta`.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn put_meta(&self, name: &str, json: Option<&str>, durability: Durability) -> Worked<()> {
        self.put("meta", name, json, durability).await
    }
    /// Writes or removes a draft.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn put_draft(&self, name: &str, text: Option<&str>) -> Worked<()> {
        self.put("drafts", name, text, Durability::Relaxed).await
    }
    /// Reads a draft.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn draft(&self, name: &str) -> Worked<Option<String>> {
        self.guarded(async |database, _| database.read(&["drafts"])?.text("drafts", &name.into()).await).await
    }
    async fn put(&self, store: &str, name: &str, text: Option<&str>, durability: Durability) -> Worked<()> {
        self.guarded(async |database, _| {
            let tx = database.write(&[store], durability)?;
            match text {
                Some(text) => tx.put_text(store, &name.into(), text)?,
                None => tx.delete(store, &name.into())?,
            }
            tx.commit().await
        })
        .await
    }
}

fn head_key(log: LogId) -> Key {
    Key::Name(log.to_string())
}

fn event_key(log: LogId, seq: u64) -> Key {
    Key::Numbered(log.to_string(), seq)
}

fn stored_of(fields: &Fields) -> Option<Stored> {
    let id = fields.get("id")?.parse::<EventId>().ok()?;
    Some(Stored { id, body: fields.get("body")?.clone(), chain: chain_of(fields)? })
}

fn fields_of(event: &Stored) -> Fields {
    [("id", event.id.to_string()), ("body", event.body.clone()), ("chain", event.chain.to_string())]
        .map(|(name, text)| (name.to_owned(), text))
        .into()
}

fn chain_of(fields: &Fields) -> Option<Chain> {
    fields.get("chain").and_then(|chain| Chain::parse(chain))
}

fn read_head(json: &str) -> Worked<JournalHead> {
    serde_json::from_str(json).map_err(|error| StorageError(format!("the head of a log cannot be read: {error}")))
}

fn put_head(tx: &impl Transaction, head: &JournalHead) -> Worked<()> {
    let json = serde_json::to_string(head).map_err(|error| StorageError(error.to_string()))?;
    tx.put_text("heads", &head_key(head.log.log), &json)
}

fn missing(seq: u64) -> StorageError {
    StorageError(format!("event {seq} is missing in the journal"))
}

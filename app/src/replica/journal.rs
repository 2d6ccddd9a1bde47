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
//! Absent: deleting. And knowing what an event means, but for one thing: which sheets are open, so that a cold start need
//! not read everything.

use super::{
    head::{Closing, JournalHead},
    ports::{Database, Durability, Fields, Key, Ports, StorageError, Transaction, Worked},
    wait::within,
};
use shared::{
    event::{Event, upcast},
    id::{EventId, LogId, SheetId},
    sync::{
        log::Chain,
        message::{Belief, Head, PushedEvent},
        outbox::LogHead,
    },
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

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
        let journal = Self { ports, database: RefCell::new(None) };
        journal.guarded(async |_, _| Ok(())).await?;
        Ok(journal)
    }

    async fn guarded<T>(&self, work: impl AsyncFn(&P::Database, Try) -> Worked<T>) -> Worked<T> {
        let mut result = self.once(&work, Try::First).await;
        if result.is_err() {
            self.close();
            result = self.once(&work, Try::Second).await;
        }
        if result.is_err() {
            self.close();
        }
        result
    }
    async fn once<T>(&self, work: &impl AsyncFn(&P::Database, Try) -> Worked<T>, attempt: Try) -> Worked<T> {
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
        let late = || StorageError("the database did not finish within five seconds".into());
        within(self.ports.sleep(WATCHDOG_MS), whole).await.unwrap_or_else(|| Err(late()))
    }
    fn close(&self) {
        if let Some(database) = self.database.borrow_mut().take() {
            database.close();
        }
    }

    /// Appends one event: `Ok` means that it is on the disk. `again`: an earlier call for it failed.
    ///
    /// # Errors
    /// After two tries; the event is then *not* known to be saved.
    pub async fn append(&self, log: LogId, event: &Event, body: &str, again: bool) -> Worked<LogHead> {
        let again = |attempt| if again { Try::Second } else { attempt };
        self.guarded(async |database, attempt| append(database, again(attempt), log, event, body).await).await
    }
    /// Makes a log and lets new events go to it, together with these entries of `meta`.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn start_log(&self, head: &JournalHead, meta: &[(&str, String)]) -> Worked<()> {
        self.guarded(async |database, _| {
            let tx = database.write(&["heads", "meta"], Durability::Strict)?;
            put_head(&tx, head)?;
            tx.put_text("meta", &"log".into(), &head.log.log.to_string())?;
            for (name, json) in meta {
                tx.put_text("meta", &(*name).into(), json)?;
            }
            tx.commit().await
        })
        .await
    }
    /// Every log, as it stands on the disk: other tabs may have written.
    ///
    /// # Errors
    /// Those of the disk, and a record that cannot be read.
    pub async fn heads(&self) -> Worked<Vec<JournalHead>> {
        let records = self.guarded(async |database, _| database.read(&["heads"])?.texts("heads").await).await?;
        records.iter().map(|(_, json)| read_head(json)).collect()
    }
    /// Stores what the server is believed to hold of a log.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn tell(&self, log: LogId, durable: Option<Belief>, archived: Option<u64>) -> Worked<Option<LogHead>> {
        self.guarded(async |database, _| {
            // relaxed: after a power cut the device believes less than is true, and sends again
            let tx = database.write(&["heads"], Durability::Relaxed)?;
            let Some(json) = tx.text("heads", &head_key(log)).await? else { return Ok(None) };
            let mut head = read_head(&json)?;
            head.log.durable = durable;
            head.log.archived = archived.unwrap_or(head.log.archived);
            put_head(&tx, &head)?;
            tx.commit().await?;
            Ok(Some(head.log))
        })
        .await
    }
    /// Events of a log from `from` on, as they were written, and the chain before them.
    ///
    /// # Errors
    /// Those of the disk, and a hole in the log.
    pub async fn read(&self, log: LogId, from: u64, limit: u32) -> Worked<(Option<Chain>, Vec<PushedEvent>)> {
        let before = from.saturating_sub(1);
        let records = self
            .guarded(async |database, _| {
                let tx = database.read(&["events"])?;
                let last = from.saturating_add(u64::from(limit)).saturating_sub(1);
                let prev = if before == 0 { None } else { tx.fields("events", &event_key(log, before)).await? };
                let events = match limit {
                    0 => Vec::new(),
                    _ => tx.range("events", &event_key(log, from), &event_key(log, last), limit).await?,
                };
                Ok((prev, events))
            })
            .await?;
        let prev = match before {
            0 => Some(Chain::start(log)),
            _ => records.0.as_ref().and_then(chain_of),
        };
        let mut events = Vec::with_capacity(records.1.len());
        for (expected, (seq, fields)) in (from..).zip(records.1) {
            if seq != expected {
                return Err(missing(expected));
            }
            events.push(event_of(seq, &fields).ok_or_else(|| missing(seq))?);
        }
        Ok((prev, events))
    }
    /// Every event of a log that is there, whatever is missing between them: for a rescue.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn read_all(&self, log: LogId) -> Worked<Vec<PushedEvent>> {
        let (mut events, mut from) = (Vec::new(), 1);
        loop {
            let read = async |database: &P::Database, _| {
                let tx = database.read(&["events"])?;
                tx.range("events", &event_key(log, from), &event_key(log, SEQ_MAX), READ_MAX).await
            };
            let records = self.guarded(read).await?;
            let Some((last, _)) = records.last() else { return Ok(events) };
            from = last.saturating_add(1);
            events.extend(records.into_iter().filter_map(|(seq, fields)| event_of(seq, &fields)));
        }
    }
    /// The chain at an event; `None` where there is no such event.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn chain_at(&self, log: LogId, seq: u64) -> Worked<Option<Chain>> {
        let read =
            async |database: &P::Database, _| database.read(&["events"])?.fields("events", &event_key(log, seq)).await;
        Ok(self.guarded(read).await?.as_ref().and_then(chain_of))
    }
    /// The events of every open sheet, each log in order.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn open_sheet_events(&self, heads: &[JournalHead]) -> Worked<Vec<(u64, Event)>> {
        let mut events = Vec::new();
        for head in heads {
            let Some(mut from) = head.open_from() else { continue };
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
    /// Whether the last event of a log is what its head says.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn is_whole(&self, head: &LogHead) -> Worked<bool> {
        let Head { seq, chain } = head.head;
        Ok(seq == 0 || self.chain_at(head.log, seq).await? == Some(chain))
    }
    /// Reads every entry of `meta`.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn meta(&self) -> Worked<BTreeMap<String, String>> {
        let read = async |database: &P::Database, _| database.read(&["meta"])?.texts("meta").await;
        Ok(self.guarded(read).await?.into_iter().collect())
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

async fn append(database: &impl Database, attempt: Try, log: LogId, event: &Event, body: &str) -> Worked<LogHead> {
    let tx = database.write(&["events", "heads"], Durability::Strict)?;
    let json = tx.text("heads", &head_key(log)).await?;
    let mut head = read_head(&json.ok_or_else(|| StorageError("the log has no head".into()))?)?;
    let id = event.id.to_string();
    if attempt == Try::Second && head.log.head.seq > 0 {
        // the first try may have reached the disk after we stopped waiting for it
        let last = tx.fields("events", &event_key(log, head.log.head.seq)).await?;
        if last.as_ref().and_then(|fields| fields.get("id")) == Some(&id) {
            return Ok(head.log);
        }
    }
    let (next, closing) = head.append(event, body);
    let fields: Fields = [("id", id), ("body", body.to_owned()), ("chain", next.chain.to_string())]
        .map(|(k, v)| (k.to_owned(), v))
        .into();
    // `add`, never `put`: a head that lost its place must not cost the event that stands there
    tx.add("events", &event_key(log, next.seq), &fields)?;
    if let Closing::Elsewhere(sheet) = closing {
        forget_elsewhere(&tx, log, sheet).await?;
    }
    put_head(&tx, &head)?;
    tx.commit().await?;
    Ok(head.log)
}

/// A sheet opened in an earlier log is closed in this one.
async fn forget_elsewhere(tx: &impl Transaction, log: LogId, sheet: SheetId) -> Worked<()> {
    for (_, json) in tx.texts("heads").await? {
        let mut other = read_head(&json)?;
        if other.log.log != log && other.sheets.remove(&sheet).is_some() {
            put_head(tx, &other)?;
        }
    }
    Ok(())
}

fn head_key(log: LogId) -> Key {
    Key::Name(log.to_string())
}

fn event_key(log: LogId, seq: u64) -> Key {
    Key::Numbered(log.to_string(), seq)
}

fn event_of(seq: u64, fields: &Fields) -> Option<PushedEvent> {
    let id = fields.get("id")?.parse::<EventId>().ok()?;
    Some(PushedEvent { seq, id, body: fields.get("body")?.clone() })
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

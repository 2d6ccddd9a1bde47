//! One event into the journal: head read, event added, head put, in one transaction that is on the disk when it is done.
//!
//! Absent: trying again. The caller does, and says so.

use super::{READ_MAX, Try, event_key, fields_of, head_key, put_head, read_head, stored_of};
use crate::replica::{
    head::{Closing, JournalHead},
    ports::{Database, Durability, Transaction, Worked},
    record::Composed,
    salvage::Stored,
};
use shared::{
    id::{LogId, SheetId},
    planted::{self, Defect},
    sync::log::Chain,
};

/// How far back an event is looked for that an earlier try may have written, where this page's memory of the log may be
/// ahead of a disk that lost something: more than all tabs write in that time.
const LATE_MAX: u64 = 100;

/// What became of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is on the disk.
    Saved {
        /// The log, as it stands now.
        head: Box<JournalHead>,
        /// The number of the event.
        seq: u64,
        /// The chain before it, where that is at hand.
        prev: Option<Chain>,
    },
    /// The log takes nothing: it is closed, or its record is gone. Nothing was written.
    Gone,
}

pub(super) async fn append(
    database: &impl Database,
    attempt: Try,
    log: LogId,
    composed: &Composed,
) -> Worked<Appended> {
    let durability = if planted::is(Defect::RelaxedDurability) { Durability::Relaxed } else { Durability::Strict };
    let tx = database.write(&["events", "heads"], durability)?;
    if attempt == Try::Second
        && let Some(found) = find(&tx, log, composed).await?
    {
        return Ok(found);
    }
    let Some(head) = tx.text("heads", &head_key(log)).await?.and_then(|json| read_head(&json).ok()) else {
        return Ok(Appended::Gone);
    };
    if head.closed {
        return Ok(Appended::Gone);
    }
    add(tx, head, composed).await
}

/// An earlier try may have reached the disk after we stopped waiting for it, others may have written since, and the log it
/// went to may have been left for another one meanwhile.
async fn find(tx: &impl Transaction, log: LogId, composed: &Composed) -> Worked<Option<Appended>> {
    for (_, json) in tx.texts("heads").await? {
        let Ok(head) = read_head(&json) else { continue };
        let (own, last) = (head.log.log, head.log.head.seq);
        let mut first = composed.before.get(&own).map_or(1, |before| before.saturating_add(1));
        if own == log {
            first = first.min(last.saturating_sub(LATE_MAX));
        }
        first = first.max(head.base().seq.saturating_add(1));
        let mut prev = Some(head.base()).filter(|base| base.seq.saturating_add(1) == first).map(|base| base.chain);
        while first <= last {
            let events = tx.range("events", &event_key(own, first), &event_key(own, last), READ_MAX).await?;
            let Some((end, _)) = events.last() else { break };
            first = end.saturating_add(1);
            for (seq, stored) in events.iter().filter_map(|(seq, fields)| Some((*seq, stored_of(fields)?))) {
                if stored.id == composed.event.id {
                    return Ok(Some(Appended::Saved { head: Box::new(head), seq, prev }));
                }
                prev = Some(stored.chain);
            }
        }
    }
    Ok(None)
}

/// The planted mistake: the number comes from a look at the journal that is over.
pub(super) async fn append_at(
    database: &impl Database,
    head: Option<JournalHead>,
    composed: &Composed,
) -> Worked<Appended> {
    let Some(head) = head.filter(|head| !head.closed) else { return Ok(Appended::Gone) };
    add(database.write(&["events", "heads"], Durability::Strict)?, head, composed).await
}

async fn add(tx: impl Transaction, mut head: JournalHead, composed: &Composed) -> Worked<Appended> {
    let Composed { event, body, .. } = composed;
    let (log, prev) = (head.log.log, head.log.head.chain);
    let (next, closing) = head.append(event, body);
    let fields = fields_of(&Stored { id: event.id, body: body.clone(), chain: next.chain });
    // `add`, never `put`: a head that lost its place must not cost the event that stands there
    if planted::is(Defect::PutForAdd) {
        tx.put("events", &event_key(log, next.seq), &fields)?;
    } else {
        tx.add("events", &event_key(log, next.seq), &fields)?;
    }
    if let Closing::Elsewhere(sheet) = closing {
        forget_elsewhere(&tx, log, sheet).await?;
    }
    put_head(&tx, &head)?;
    tx.commit().await?;
    Ok(Appended::Saved { head: Box::new(head), seq: next.seq, prev: Some(prev) })
}

/// A sheet opened in an earlier log is closed in this one.
async fn forget_elsewhere(tx: &impl Transaction, log: LogId, sheet: SheetId) -> Worked<()> {
    for (_, json) in tx.texts("heads").await? {
        let Ok(mut other) = read_head(&json) else { continue };
        if other.log.log != log && other.sheets.remove(&sheet).is_some() {
            put_head(tx, &other)?;
        }
    }
    Ok(())
}

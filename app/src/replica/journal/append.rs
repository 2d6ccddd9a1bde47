//! One event into the journal: head read, event added, head put, in one transaction that is on the disk when it is done.
//!
//! Absent: trying again. The caller does, and says so.

use super::{READ_MAX, Try, event_key, fields_of, head_key, put_head, read_head, stored_of};
use crate::replica::{
    head::{Closing, JournalHead},
    ports::{Database, Durability, Transaction, Worked},
    salvage::Stored,
};
use shared::{
    event::Event,
    id::{LogId, SheetId},
    planted::{self, Defect},
    sync::log::Chain,
};

/// How far back an event is looked for that an earlier try may have written: more than all tabs write in that time.
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
    event: &Event,
    body: &str,
) -> Worked<Appended> {
    let durability = if planted::is(Defect::RelaxedDurability) { Durability::Relaxed } else { Durability::Strict };
    let tx = database.write(&["events", "heads"], durability)?;
    let Some(head) = tx.text("heads", &head_key(log)).await?.and_then(|json| read_head(&json).ok()) else {
        return Ok(Appended::Gone);
    };
    let last = head.log.head.seq;
    if attempt == Try::Second && last > 0 {
        // the first try may have reached the disk after we stopped waiting for it, and others may have written since
        let first = last.saturating_sub(LATE_MAX).max(head.base().seq.saturating_add(1));
        let late = tx.range("events", &event_key(log, first), &event_key(log, last), READ_MAX).await?;
        let mut prev = Some(head.base()).filter(|base| base.seq.saturating_add(1) == first).map(|base| base.chain);
        for (seq, stored) in late.iter().filter_map(|(seq, fields)| Some((*seq, stored_of(fields)?))) {
            if stored.id == event.id {
                return Ok(Appended::Saved { head: Box::new(head), seq, prev });
            }
            prev = Some(stored.chain);
        }
    }
    if head.closed {
        return Ok(Appended::Gone);
    }
    add(tx, head, event, body).await
}

/// The planted mistake: the number comes from a look at the journal that is over.
pub(super) async fn append_at(
    database: &impl Database,
    head: Option<JournalHead>,
    event: &Event,
    body: &str,
) -> Worked<Appended> {
    let Some(head) = head.filter(|head| !head.closed) else { return Ok(Appended::Gone) };
    add(database.write(&["events", "heads"], Durability::Strict)?, head, event, body).await
}

async fn add(tx: impl Transaction, mut head: JournalHead, event: &Event, body: &str) -> Worked<Appended> {
    let (log, prev) = (head.log.log, head.log.head.chain);
    let (next, closing) = head.append(event, body);
    let fields = fields_of(&Stored { id: event.id, body: body.to_owned(), chain: next.chain });
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

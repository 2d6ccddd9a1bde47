//! The journal as a whole: what it holds, whether that is what its records say, putting it together again, and removing
//! what is archived and old.
//!
//! Absent: deciding (`salvage` finds what is to be repaired, [`JournalHead`] what may go).

use super::{
    Journal, READ_MAX, SEQ_MAX, WATCHDOG_MS, chain_of, event_key, fields_of, head_key, put_head, read_head, stored_of,
};
use crate::replica::{
    head::{JournalHead, Word},
    ports::{Database, Durability, Ports, Transaction, Worked},
    salvage::{Line, LogCopy, Stored},
};
use shared::{id::LogId, sync::message::Head};
use std::collections::{BTreeMap, BTreeSet};

/// What one event may add to how long putting logs together again takes: a week of counting (10,000) is written at once
/// and may take a minute, and a disk that went silent over three events is not waited for like that (I11).
const REPAIR_EVENT_MS: u32 = 6;

/// What the journal says of itself, before any of it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The records of the logs, as they stand there.
    pub heads: BTreeMap<String, String>,
    /// The entries of `meta`.
    pub meta: BTreeMap<String, String>,
    /// Whether the database had to be made.
    pub is_new: bool,
}

impl Inventory {
    /// The records that can be read.
    pub fn heads(&self) -> Vec<JournalHead> {
        self.heads.values().filter_map(|json| read_head(json).ok()).collect()
    }
    /// The logs, also those whose record cannot be read.
    pub fn logs(&self) -> impl Iterator<Item = LogId> {
        self.heads.keys().filter_map(|log| log.parse().ok())
    }
}

/// How long a repair may take before its disk is taken for dead.
fn repair_ms(lines: &[Line]) -> u32 {
    let events = lines.iter().map(|line| line.restored.len()).sum::<usize>();
    WATCHDOG_MS.saturating_add(u32::try_from(events).unwrap_or(u32::MAX).saturating_mul(REPAIR_EVENT_MS))
}

impl<P: Ports> Journal<P> {
    /// The records of all logs as texts, and every entry of `meta`, as of one instant; and whether the database had to be
    /// made for that.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn inventory(&self) -> Worked<Inventory> {
        self.guarded(async |database, _| {
            let tx = database.read(&["heads", "meta"])?;
            let heads = tx.texts("heads").await?.into_iter().collect();
            let meta = tx.texts("meta").await?.into_iter().collect();
            Ok(Inventory { heads, meta, is_new: database.is_new() })
        })
        .await
    }
    /// Everything that the journal holds of these logs.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn copies(&self, logs: &BTreeSet<LogId>, heads: &[JournalHead]) -> Worked<BTreeMap<LogId, LogCopy>> {
        let mut copies = BTreeMap::new();
        for log in logs {
            let head = heads.iter().find(|head| head.log.log == *log).cloned();
            copies.insert(*log, LogCopy { head, events: self.read_all(*log).await? });
        }
        Ok(copies)
    }
    /// What a new log has to know of those that are left for it: everything of the log that is written and of each with an
    /// open sheet.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn copies_left(&self, heads: &[JournalHead], current: Option<LogId>) -> Worked<BTreeMap<LogId, LogCopy>> {
        let is_left = |head: &&JournalHead| !head.sheets.is_empty() || Some(head.log.log) == current;
        let logs = heads.iter().filter(is_left).map(|head| head.log.log).collect();
        self.copies(&logs, heads).await
    }
    /// Whether a log holds as many events as its record says, and the last of them with the chain that it says.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn is_whole(&self, head: &JournalHead) -> Worked<bool> {
        let (log, Head { seq, chain }, base) = (head.log.log, head.log.head, head.base());
        self.guarded(async |database, _| {
            let tx = database.read(&["events"])?;
            let count =
                tx.count("events", &event_key(log, base.seq.saturating_add(1)), &event_key(log, SEQ_MAX)).await?;
            let last = if seq == base.seq { None } else { tx.fields("events", &event_key(log, seq)).await? };
            let at = if seq == base.seq { Some(base.chain) } else { last.as_ref().and_then(chain_of) };
            Ok(count == seq.saturating_sub(base.seq) && at == Some(chain))
        })
        .await
    }
    /// Puts logs together again as found, and lets new events go to the last of them; all of it or nothing. `false`: the
    /// journal is not any more as it was when that was decided.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn repair(&self, before: &Inventory, lines: &[Line], meta: &[(String, String)]) -> Worked<bool> {
        self.guarded_for(repair_ms(lines), async |database, _| {
            let tx = database.write(&["events", "heads", "meta"], Durability::Strict)?;
            if tx.texts("heads").await?.into_iter().collect::<BTreeMap<_, _>>() != before.heads {
                return Ok(false);
            }
            for line in lines {
                let log = line.head.log.log;
                for (seq, event) in &line.restored {
                    // over what stands there, if anything does: it is saved elsewhere, or was no event of this line
                    tx.put("events", &event_key(log, *seq), &fields_of(event))?;
                }
                put_head(&tx, &line.head)?;
                tx.put_text("meta", &"log".into(), &log.to_string())?;
            }
            for (name, value) in meta {
                tx.put_text("meta", &name.as_str().into(), value)?;
            }
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
    /// Every event of a log that is there, whatever is missing between them.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn read_all(&self, log: LogId) -> Worked<BTreeMap<u64, Stored>> {
        let (mut events, mut from) = (BTreeMap::new(), 1);
        loop {
            let read = async |database: &P::Database, _| {
                let tx = database.read(&["events"])?;
                tx.range("events", &event_key(log, from), &event_key(log, SEQ_MAX), READ_MAX).await
            };
            let records = self.guarded(read).await?;
            let Some((last, _)) = records.last() else { return Ok(events) };
            from = last.saturating_add(1);
            events.extend(records.into_iter().filter_map(|(seq, fields)| Some((seq, stored_of(&fields)?))));
        }
    }
    /// Removes events that a log has given to the server and to a backup long ago, at most so many: only what it may do
    /// without by the server's word ([`JournalHead::removable`]), and only while that word is fresh, which is asked as the
    /// last thing before. Record and events are of one transaction, so what another tab heard meanwhile counts.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn prune(&self, log: LogId, word: Word, limit: u64) -> Worked<bool> {
        self.guarded(async |database, _| {
            // relaxed: what comes back after a power cut is removed again
            let tx = database.write(&["events", "heads"], Durability::Relaxed)?;
            let head = tx.text("heads", &head_key(log)).await?.and_then(|json| read_head(&json).ok());
            let Some(mut head) = head else { return Ok(false) };
            let first = head.base().seq.saturating_add(1);
            let last = head.removable(word).min(head.base().seq.saturating_add(limit));
            let fields = if last < first { None } else { tx.fields("events", &event_key(log, last)).await? };
            if !word.is_fresh(self.ports.clocks()) {
                return Ok(false);
            }
            let marked = head.mark(word.now);
            let Some(chain) = fields.as_ref().and_then(chain_of) else {
                if marked {
                    put_head(&tx, &head)?;
                    tx.commit().await?;
                }
                return Ok(false);
            };
            for seq in first..=last {
                tx.delete("events", &event_key(log, seq))?;
            }
            head.pruned = Some(Head { seq: last, chain });
            put_head(&tx, &head)?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
    /// The planted mistakes: events are deleted whatever became of them.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn delete_by_mistake(&self, log: LogId, from: u64, to: u64) -> Worked<()> {
        self.guarded(async |database, _| {
            let tx = database.write(&["events"], Durability::Relaxed)?;
            (from..=to).try_for_each(|seq| tx.delete("events", &event_key(log, seq)))?;
            tx.commit().await
        })
        .await
    }
}

//! Journal and mirror held against each other: which line of each log is whole, what stands beside the lines and has to be
//! saved in a new log, and what is nowhere and has to be named.
//!
//! Visits that are open in a log that is left go on in the new one, from their first entry on: a visit stands whole in one
//! log, so that a later start finds all of it, and the server sees that nothing of it is lacking.
//!
//! Absent: reading and writing. The caller hands in both, and stores what comes out in one transaction.

use super::{
    head::{Closing, JournalHead},
    mirror::Record,
};
use serde::Deserialize;
use shared::{
    event::{EventKind, upcast},
    id::{DeviceId, EventId, LogId, SheetId},
    sync::{
        log::Chain,
        message::{Belief, Head, LogReason, MissingEvents},
        outbox::LogHead,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// One event as the journal stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: EventId,
    /// The bytes.
    pub body: String,
    /// The chain after it.
    pub chain: Chain,
}

/// What the journal holds of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogCopy {
    /// Its record, where that can be read.
    pub head: Option<JournalHead>,
    /// Its events, whatever is missing between them.
    pub events: BTreeMap<u64, Stored>,
}

/// A log as it is from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its record: closed, and as long as its events reach without a gap.
    pub head: JournalHead,
    /// Events that the journal lacked.
    pub restored: Vec<(u64, Stored)>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Logs that are not as their record says.
    pub lines: Vec<Line>,
    /// Events that stand on no line: ids and bytes, in the order they were written.
    pub stranded: Vec<(EventId, String)>,
    /// Events that are neither here nor known to be on the server.
    pub missing: Vec<MissingEvents>,
}

impl Findings {
    /// Whether journal and mirror agree.
    pub fn is_nothing(&self) -> bool {
        self.lines.is_empty() && self.stranded.is_empty() && self.missing.is_empty()
    }
}

/// Holds the journal against the mirror. `known` is what this page remembers of its logs, should the disk have forgotten.
pub fn examine(logs: &BTreeMap<LogId, LogCopy>, mirror: &[Record], known: &BTreeMap<LogId, JournalHead>) -> Findings {
    let mut beside = BTreeMap::<LogId, Vec<&Record>>::new();
    mirror.iter().for_each(|record| beside.entry(record.log).or_default().push(record));
    let ids: BTreeSet<LogId> = logs.keys().chain(beside.keys()).chain(known.keys()).copied().collect();
    let nothing = LogCopy::default();
    let named: BTreeSet<(LogId, u64)> = logs
        .values()
        .filter_map(|copy| copy.head.as_ref())
        .flat_map(|head| &head.missing)
        .flat_map(|range| (range.from..=range.to).map(|seq| (range.log, seq)))
        .collect();
    let walks: Vec<Walk> = ids
        .into_iter()
        .filter_map(|log| {
            let records = beside.get(&log).map_or(&[][..], Vec::as_slice);
            walk(log, logs.get(&log).unwrap_or(&nothing), records, known.get(&log))
        })
        .collect();
    let closings: BTreeSet<(SheetId, LogId)> =
        walks.iter().flat_map(|walk| walk.closings.iter().map(|sheet| (*sheet, walk.log))).collect();
    // one that a log closes before it opens it was written down in another order, not closed in a later log
    let is_closed = |log: LogId, sheet: SheetId| closings.iter().any(|(it, by)| *it == sheet && *by != log);
    let mut on_lines: BTreeSet<EventId> = walks.iter().flat_map(|walk| walk.ids.iter().copied()).collect();
    let mut findings = Findings::default();
    for walk in walks {
        for seq in walk.gap.into_iter().filter(|seq| !named.contains(&(walk.log, *seq))) {
            match findings.missing.last_mut() {
                Some(last) if last.log == walk.log && last.to.saturating_add(1) == seq => last.to = seq,
                _ => findings.missing.push(MissingEvents { log: walk.log, from: seq, to: seq }),
            }
        }
        let stranded = walk.beside.into_iter().filter(|(id, _)| on_lines.insert(*id));
        findings.stranded.extend(stranded);
        findings.lines.extend(walk.line.or_else(|| closed_since(logs.get(&walk.log)?, is_closed)));
    }
    for line in &mut findings.lines {
        let log = line.head.log.log;
        line.head.sheets.retain(|sheet, _| !is_closed(log, *sheet));
    }
    findings
}

/// A log that is whole, but whose record still says that a sheet is open which was closed in a later log: the record came
/// back from an earlier time, and the visit must not.
fn closed_since(copy: &LogCopy, is_closed: impl Fn(LogId, SheetId) -> bool) -> Option<Line> {
    let mut head = copy.head.clone().filter(|head| head.sheets.keys().any(|it| is_closed(head.log.log, *it)))?;
    head.closed = true;
    Some(Line { head, restored: Vec::new() })
}

/// What is found of one log.
struct Walk {
    log: LogId,
    line: Option<Line>,
    ids: Vec<EventId>,
    beside: Vec<(EventId, String)>,
    gap: Vec<u64>,
    closings: Vec<SheetId>,
}

/// Follows a log from its first event as far as the chain holds, taking each event from where it is whole.
fn walk(log: LogId, copy: &LogCopy, mirror: &[&Record], known: Option<&JournalHead>) -> Option<Walk> {
    let record = copy.head.as_ref().or(known);
    let mut head = fresh_head(log, record, mirror)?;
    let base = head.base();
    // what was removed because it is archived and old may still lie in the mirror
    let mirror: Vec<&Record> = mirror.iter().copied().filter(|record| record.seq > base.seq).collect();
    let mut variants = BTreeMap::<u64, Vec<&Record>>::new();
    mirror.iter().for_each(|record| variants.entry(record.seq).or_default().push(record));
    let (mut restored, mut ids, mut closings) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let (seq, at) = (head.log.head.seq.saturating_add(1), head.log.head.chain);
        let own = copy.events.get(&seq).filter(|event| at.next(event.body.as_bytes()) == event.chain);
        let event = match own {
            Some(event) => event.clone(),
            None => {
                let fits = variants.get(&seq).and_then(|found| found.iter().find(|record| record.prev == at));
                let Some(record) = fits else { break };
                let chain = at.next(record.body.as_bytes());
                let event = Stored { id: record.id, body: record.body.clone(), chain };
                restored.push((seq, event.clone()));
                event
            }
        };
        if let (_, Closing::Here(sheet) | Closing::Elsewhere(sheet)) = head.append_body(&event.body) {
            closings.push(sheet);
        }
        ids.push(event.id);
    }
    let end = head.log.head;
    let line_ids: BTreeSet<EventId> = ids.iter().copied().collect();
    let mut beside = BTreeMap::<u64, BTreeMap<EventId, String>>::new();
    for (seq, event) in copy.events.iter().filter(|(seq, _)| !is_rotten(copy, end, **seq)) {
        beside.entry(*seq).or_default().insert(event.id, event.body.clone());
    }
    for record in &mirror {
        beside.entry(record.seq).or_default().insert(record.id, record.body.clone());
    }
    let here: BTreeSet<u64> = beside.keys().copied().collect();
    let told = [record, known].into_iter().flatten().map(|record| record.log.head.seq).max().unwrap_or(0);
    let announced = told.max(here.last().copied().unwrap_or(0));
    let safe = record.and_then(|record| record.log.durable).map_or(0, |belief| belief.head.seq);
    let first = if record.is_none() { 1 } else { end.seq.saturating_add(1) };
    let gap = (first.max(safe.saturating_add(1))..=announced)
        .filter(|seq| *seq <= base.seq || (*seq > end.seq && !here.contains(seq)))
        .collect();
    let beside =
        beside.into_values().flatten().filter(|(id, _)| !line_ids.contains(id)).collect::<Vec<(EventId, String)>>();
    let changed = copy.head.as_ref().is_none_or(|before| before.log.head != end) || !restored.is_empty();
    if let Some(Belief { head: belief, .. }) = head.log.durable.as_mut().filter(|belief| belief.head.seq > end.seq) {
        // the server has what is gone here; what is left of it is surely there
        *belief = end;
    }
    head.closed = true;
    let line = changed.then_some(Line { head, restored });
    Some(Walk { log, line, ids, beside, gap, closings })
}

/// Whether the bytes of an event are surely not what was written: they do not fit between the chains around them or,
/// where the one before is gone, do not even say which event they are.
fn is_rotten(copy: &LogCopy, end: Head, seq: u64) -> bool {
    let Some(event) = copy.events.get(&seq) else { return false };
    let prev = match seq.checked_sub(1) {
        Some(before) if before == end.seq => Some(end.chain),
        Some(before) => copy.events.get(&before).map(|event| event.chain),
        None => None,
    };
    match prev {
        Some(prev) => prev.next(event.body.as_bytes()) != event.chain,
        None => !says_its_id(event),
    }
}

fn says_its_id(event: &Stored) -> bool {
    #[derive(Deserialize)]
    struct Named {
        id: EventId,
    }
    serde_json::from_str::<Named>(&event.body).is_ok_and(|named| named.id == event.id)
}

/// The record of a log before its first event that is here. `None`: nothing is known of it but that it was.
fn fresh_head(log: LogId, record: Option<&JournalHead>, mirror: &[&Record]) -> Option<JournalHead> {
    let mut head = match record {
        Some(record) => JournalHead { sheets: BTreeMap::new(), ..record.clone() },
        None => {
            let first = mirror.first()?;
            let mut head = JournalHead::new(LogHead::new(log, first.reason), first.device);
            if first.seq > 1 {
                head.pruned = Some(Head { seq: first.seq.saturating_sub(1), chain: first.prev });
            }
            head
        }
    };
    head.log.head = head.base();
    Some(head)
}

/// The visits that are open in the logs of an enrolment, as events in the order they were written: those of the log that
/// opened a visit, then those of logs that went on with it while that one could not be read. Those logs are left: `lines`
/// gets them as they are from now on, closed and without these visits. A log that ends before an entry it lost does not say
/// any more what is open in it; its record does, and the entries may stand in the log that it was carried from.
pub fn leave(copies: &BTreeMap<LogId, LogCopy>, device: DeviceId, lines: &mut Vec<Line>) -> Vec<(EventId, String)> {
    let (mut carried, mut open, mut left) = (Vec::new(), BTreeSet::new(), Vec::new());
    let (mut told, mut shut) = (BTreeSet::new(), BTreeSet::new());
    for (log, copy) in copies {
        let place = lines.iter().position(|line| line.head.log.log == *log);
        let found = place.map_or_else(
            || copy.head.clone().map(|head| Line { head, restored: Vec::new() }),
            |place| Some(lines.swap_remove(place)),
        );
        let Some(mut line) = found else { continue };
        if line.head.device == device {
            if let Some(record) = copy.head.as_ref().filter(|_| place.is_some()) {
                told.extend(record.sheets.keys().copied());
            }
            let sheets = std::mem::take(&mut line.head.sheets);
            line.head.closed = true;
            let end = line.head.log.head.seq;
            let mut events: BTreeMap<u64, &Stored> = copy.events.range(..=end).map(|(seq, it)| (*seq, it)).collect();
            events.extend(line.restored.iter().map(|(seq, it)| (*seq, it)));
            for (seq, event) in events {
                let read = upcast::read(event.body.as_bytes()).ok();
                let sheet = read.as_ref().and_then(|event| event.sheet);
                if read.is_some_and(|event| matches!(event.kind, EventKind::SheetClosed { .. })) {
                    shut.extend(sheet);
                }
                let (id, body) = (event.id, event.body.clone());
                match sheet {
                    Some(sheet) if sheets.get(&sheet).is_some_and(|first| *first <= seq) => carried.push((id, body)),
                    Some(sheet) if !sheets.contains_key(&sheet) => left.push((sheet, id, body)),
                    _ => {}
                }
            }
            open.extend(sheets.into_keys());
        }
        if place.is_some() || copy.head.as_ref() != Some(&line.head) {
            lines.push(line);
        }
    }
    open.extend(told.difference(&shut));
    carried.extend(left.into_iter().filter(|(sheet, ..)| open.contains(sheet)).map(|(_, id, body)| (id, body)));
    carried
}

/// The log that everything goes on in: visits that are not closed and what stood beside the lines first, each event once,
/// then whatever is counted next.
pub fn begin(
    log: LogId,
    device: DeviceId,
    reason: LogReason,
    events: impl IntoIterator<Item = (EventId, String)>,
    missing: Vec<MissingEvents>,
) -> Line {
    let mut head = JournalHead::new(LogHead::new(log, reason), device);
    head.missing = missing;
    let mut known = BTreeSet::new();
    let restored = events
        .into_iter()
        .filter(|(id, _)| known.insert(*id))
        .map(|(id, body)| {
            let (next, _) = head.append_body(&body);
            (next.seq, Stored { id, body, chain: next.chain })
        })
        .collect();
    Line { head, restored }
}

#[cfg(test)]
mod tests;

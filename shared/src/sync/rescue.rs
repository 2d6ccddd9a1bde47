//! The rescue file: everything a handheld holds, as text that people can carry when nothing else works (`SYNC.md`
//! section 2). One line says one thing and has its own checksum, so that a damaged line costs itself and nothing else.
//!
//! ```text
//! <16 hexadecimal digits of the SHA-256 of what follows> {"line":"rescue", …}
//! …one line a log, an event, an entry that was never saved…
//! <…> {"line":"end","lines":12}
//! ```
//!
//! What was never saved has no number in any log: it says after which event it came, and nothing more is made up.
//! Absent: files, screens, storage ([`frame`] carries the text as QR codes), and what a server does with it.

use super::{
    log::Chain,
    message::{Head, LogReason},
};
use crate::id::{DeviceId, EventId, LogId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

pub mod frame;
#[cfg(test)]
mod tests;

/// The version of the format. A server reads every version ever released.
pub const RESCUE_VERSION: u16 = 1;
/// Hexadecimal digits of a line's checksum: a damaged line passes once in 2⁶⁴.
const CHECK_DIGITS: usize = 16;
/// Damages that are named; the rest is only counted.
pub const DAMAGES_NAMED_MAX: usize = 100;

/// Which handheld wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The format, see [`RESCUE_VERSION`].
    pub version: u16,
    /// The server that the handheld belongs to.
    pub server: Uuid,
    /// The server's number for it.
    pub device: DeviceId,
    /// Its name, as people call it.
    pub device_name: String,
    /// The build of its application.
    pub app: String,
    /// Its wall clock when it was written. Never used to order or drop anything.
    pub wall_ms: i64,
}

/// A log of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedLog {
    /// Which.
    pub log: LogId,
    /// Why it exists.
    pub reason: LogReason,
    /// The enrolment it was begun under.
    pub device: DeviceId,
    /// How far it goes.
    pub head: Head,
    /// Where the part in this text begins: the place before its first event.
    pub before: Head,
}

/// An event of the journal, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedEvent {
    /// Its log.
    pub log: LogId,
    /// Its number there.
    pub seq: u64,
    /// Its id.
    pub id: EventId,
    /// The chain of the log after it.
    pub chain: Chain,
    /// The exact bytes.
    pub body: String,
}

/// An entry that the journal did not take: it was made, and has no number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaved {
    /// Its place among the entries that were not saved, from 1.
    pub number: u32,
    /// Its id.
    pub id: EventId,
    /// The exact bytes.
    pub body: String,
    /// The last thing that was saved before it.
    pub after: After,
}

/// The last thing that was saved before the entries that were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// The log that was being written.
    pub log: LogId,
    /// Its last number; 0 is the empty log.
    pub seq: u64,
    /// The chain there.
    pub chain: Chain,
}

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
enum Line {
    Rescue(Origin),
    Log(SavedLog),
    Event(SavedEvent),
    Unsaved(Unsaved),
    /// How many lines there are, this one included.
    End {
        lines: usize,
    },
}

/// Writes the text line by line, so that a large journal is never held twice.
#[derive(Debug, Clone)]
pub struct Writer {
    text: String,
    lines: usize,
}

impl Writer {
    /// Begins with which handheld it is.
    pub fn new(origin: Origin) -> Self {
        let mut writer = Self { text: String::new(), lines: 0 };
        writer.put(&Line::Rescue(origin));
        writer
    }
    /// Adds a log; its events follow.
    pub fn log(&mut self, log: SavedLog) {
        self.put(&Line::Log(log));
    }
    /// Adds an event.
    pub fn event(&mut self, event: SavedEvent) {
        self.put(&Line::Event(event));
    }
    /// Adds an entry that was not saved.
    pub fn unsaved(&mut self, entry: Unsaved) {
        self.put(&Line::Unsaved(entry));
    }
    /// Ends it.
    pub fn finish(mut self) -> String {
        let lines = self.lines + 1;
        self.put(&Line::End { lines });
        self.text
    }
    fn put(&mut self, line: &Line) {
        // numbers, texts and ids have no way to fail; a line that did would be missed by the count of lines
        if let Ok(json) = serde_json::to_string(line) {
            self.text.push_str(&check_of(&json));
            self.text.push(' ');
            self.text.push_str(&json);
            self.text.push('\n');
        }
        self.lines += 1;
    }
}

fn check_of(json: &str) -> String {
    let hash = Sha256::digest(json.as_bytes());
    hash.iter().take(CHECK_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
}

/// Something that could not be read. The rest is taken all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "damage", rename_all = "snake_case")]
pub enum Damage {
    /// A line is not what was written.
    #[error("line {line} is damaged")]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// A line is whole, but of a kind that only a later release knows.
    #[error("line {line} is of a kind that only a newer server understands")]
    Newer {
        /// Which, from 1.
        line: usize,
    },
    /// Two lines say different things about the same event.
    #[error("line {line} says something else about event {seq} of log {log} than an earlier line")]
    Twice {
        /// Which, from 1.
        line: usize,
        /// The log.
        log: LogId,
        /// The event.
        seq: u64,
    },
    /// The end of the text is missing.
    #[error("the end is missing: {lines} lines were read, and more may have been lost")]
    Cut {
        /// Lines that are there.
        lines: usize,
    },
    /// Lines are missing in the middle, or were added.
    #[error("{said} lines were written and {found} are here")]
    Lines {
        /// Lines that the end speaks of.
        said: usize,
        /// Lines that are there.
        found: usize,
    },
    /// An event of the journal was changed after it was written.
    #[error("event {seq} of log {log} is not what its chain says")]
    Event {
        /// The log.
        log: LogId,
        /// The event.
        seq: u64,
    },
    /// Nothing says which handheld it was.
    #[error("nothing in it says which handheld wrote it")]
    NoOrigin,
}

/// Events of one log that follow each other without a gap, each on the chain of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The log.
    pub log: LogId,
    /// Why the log exists; `None`: its line is damaged.
    pub reason: Option<LogReason>,
    /// The enrolment the log was begun under, where that is known.
    pub device: Option<DeviceId>,
    /// The chain before the first event; `None` after a gap.
    pub prev: Option<Chain>,
    /// The events, at least one.
    pub events: Vec<SavedEvent>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rescue {
    /// Which handheld wrote it; `None`: that line is damaged.
    pub origin: Option<Origin>,
    /// The logs as they say they are.
    pub logs: BTreeMap<LogId, SavedLog>,
    /// Their events.
    pub runs: Vec<Run>,
    /// Entries that were not saved, in the order made.
    pub unsaved: Vec<Unsaved>,
    /// What could not be read.
    pub damages: Vec<Damage>,
    /// Damages beyond those named.
    pub damages_unnamed: usize,
}

impl Rescue {
    /// Events and entries that could be read.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|run| run.events.len()).sum::<usize>() + self.unsaved.len()
    }
    /// What was saved before the first entry that was not.
    pub fn after(&self) -> Option<After> {
        self.unsaved.first().map(|entry| entry.after)
    }
    /// Whether nothing could be read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether everything that was written is here.
    pub const fn is_whole(&self) -> bool {
        self.damages.is_empty()
    }
    /// The log that the entries that were not saved get on a server: the same for the same entries, so that a second
    /// import finds it there. `None` where there are none.
    pub fn unsaved_log(&self) -> Option<LogId> {
        let after = self.after()?;
        let mut hash = Sha256::new();
        hash.update(b"unsaved");
        hash.update(after.log.as_bytes());
        self.unsaved.iter().for_each(|entry| hash.update(Sha256::digest(entry.body.as_bytes())));
        Some(derived(hash))
    }
    fn damaged(&mut self, damage: Damage) {
        if self.damages.len() < DAMAGES_NAMED_MAX {
            self.damages.push(damage);
        } else {
            self.damages_unnamed += 1;
        }
    }
}

impl Run {
    /// Where the run begins.
    pub fn from(&self) -> u64 {
        self.events.first().map_or(0, |event| event.seq)
    }
    /// The log that this run gets on a server that cannot continue its own log with it, because events before it are
    /// lost: the same for the same run.
    pub fn stray_log(&self) -> LogId {
        let mut hash = Sha256::new();
        hash.update(b"stray");
        hash.update(self.log.as_bytes());
        if let Some(first) = self.events.first() {
            hash.update(first.seq.to_be_bytes());
            hash.update(first.chain.0);
        }
        derived(hash)
    }
}

fn derived(hash: Sha256) -> LogId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    LogId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Whether a text looks like a rescue file at all, so that another file is refused with a sentence.
pub fn looks_like(text: &str) -> bool {
    text.lines().take(200).any(|line| read_line(line).is_ok())
}

enum Bad {
    Damaged,
    Newer,
}

fn read_line(line: &str) -> Result<Line, Bad> {
    let (check, json) = line.split_once(' ').ok_or(Bad::Damaged)?;
    if check.len() != CHECK_DIGITS || !check.eq_ignore_ascii_case(&check_of(json)) {
        return Err(Bad::Damaged);
    }
    // whole as it is, it was written by something that knows more than this
    serde_json::from_str(json).map_err(|_| Bad::Newer)
}

/// Reads a text: everything in it that is whole, and what is not by name.
pub fn read(text: &str) -> Rescue {
    let mut rescue = Rescue::default();
    let mut events: BTreeMap<LogId, BTreeMap<u64, SavedEvent>> = BTreeMap::new();
    let mut unsaved: BTreeMap<u32, Unsaved> = BTreeMap::new();
    let mut said = None;
    let mut found = 0;
    for (index, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
        if line.is_empty() {
            continue;
        }
        found += 1;
        match read_line(line) {
            Ok(Line::Rescue(origin)) => rescue.origin = Some(origin),
            Ok(Line::Log(log)) => drop(rescue.logs.insert(log.log, log)),
            Ok(Line::Event(event)) => {
                let log = events.entry(event.log).or_default();
                match log.get(&event.seq) {
                    Some(known) if *known != event => {
                        rescue.damaged(Damage::Twice { line: index, log: event.log, seq: event.seq });
                    }
                    _ => drop(log.insert(event.seq, event)),
                }
            }
            Ok(Line::Unsaved(entry)) => drop(unsaved.insert(entry.number, entry)),
            Ok(Line::End { lines }) => said = Some(lines),
            Err(Bad::Damaged) => rescue.damaged(Damage::Line { line: index }),
            Err(Bad::Newer) => rescue.damaged(Damage::Newer { line: index }),
        }
    }
    match said {
        None => rescue.damaged(Damage::Cut { lines: found }),
        Some(said) if said != found => rescue.damaged(Damage::Lines { said, found }),
        Some(_) => {}
    }
    if rescue.origin.is_none() {
        rescue.damaged(Damage::NoOrigin);
    }
    for (log, events) in events {
        runs(&mut rescue, log, events);
    }
    rescue.unsaved = unsaved.into_values().collect();
    forget_saved(&mut rescue);
    rescue
}

/// The disk may have had an entry after all, although the handheld did not know: then it is no unsaved one, and those
/// that are come after it.
fn forget_saved(rescue: &mut Rescue) {
    let saved: BTreeMap<EventId, After> = rescue
        .runs
        .iter()
        .flat_map(|run| &run.events)
        .map(|event| (event.id, After { log: event.log, seq: event.seq, chain: event.chain }))
        .collect();
    let Some(mut after) = rescue.after() else { return };
    rescue.unsaved.retain(|entry| match saved.get(&entry.id) {
        Some(at) => {
            if at.log == after.log && at.seq > after.seq {
                after = *at;
            }
            false
        }
        None => true,
    });
    rescue.unsaved.iter_mut().for_each(|entry| entry.after = after);
}

/// Cuts the events of a log into runs: where a number is missing, and where an event is not what its chain says.
fn runs(rescue: &mut Rescue, log: LogId, events: BTreeMap<u64, SavedEvent>) {
    let about = rescue.logs.get(&log).cloned();
    let mut at = match &about {
        Some(about) => Some(about.before),
        None => Some(Head { seq: 0, chain: Chain::start(log) }),
    };
    let mut run: Option<Run> = None;
    for event in events.into_values() {
        let before = at.filter(|at| at.seq.checked_add(1) == Some(event.seq)).map(|at| at.chain);
        let fits = before.is_none_or(|before| before.next(event.body.as_bytes()) == event.chain);
        if !fits {
            rescue.damaged(Damage::Event { log, seq: event.seq });
            rescue.runs.extend(run.take());
            at = None;
            continue;
        }
        at = Some(Head { seq: event.seq, chain: event.chain });
        match (&mut run, before) {
            (Some(run), Some(_)) => run.events.push(event),
            (_, before) => {
                rescue.runs.extend(run.take());
                run = Some(Run {
                    log,
                    reason: about.as_ref().map(|about| about.reason),
                    device: about.as_ref().map(|about| about.device),
                    prev: before,
                    events: vec![event],
                });
            }
        }
    }
    rescue.runs.extend(run);
}

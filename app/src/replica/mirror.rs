//! The second journal: the same events once more, in files beside the database, so that neither of the two has to be
//! whole for nothing to be lost.
//!
//! A file is lines of `check json`; a line whose check does not fit was torn by a power cut, or rotted, and is not there.
//! It also holds which handheld this is and who has it. Absent: an order between files, and changing a line; what a file
//! holds twice counts once. The journal is the truth: an event is ticked when it is in the journal, even where the mirror
//! fails, and [`SyncStatus`](super::SyncStatus) then says so.

use super::{
    engine::Engine,
    head::JournalHead,
    ports::{MirrorFile, Ports},
    wait::within,
};
use serde::{Deserialize, Serialize};
use shared::{
    id::{DeviceId, EventId, LogId},
    sync::{
        log::Chain,
        message::{LogReason, PushedEvent},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// How long the mirror may take. It never keeps a tick waiting for longer, and not twice: once it failed, what it lacks is
/// owed to it.
const WATCHDOG_MS: u32 = 2_000;
/// Reading all of it may keep a start waiting this long; then it is read later.
const READ_MS: u32 = 5_000;
/// Digits of the check of a line.
const CHECK_DIGITS: usize = 16;
/// Events that are made up for in one go.
const BATCH: u32 = 200;

/// One event, with all that is needed to put its log together again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The log.
    pub log: LogId,
    /// The enrolment it was begun under.
    pub device: DeviceId,
    /// Why the log exists.
    pub reason: LogReason,
    /// Its number there.
    pub seq: u64,
    /// The chain before it.
    pub prev: Chain,
    /// Its id.
    pub id: EventId,
    /// The bytes.
    pub body: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// An event.
    Event(Record),
    /// An entry of the journal's `meta`; the one with the highest turn holds.
    Meta {
        /// Its name.
        name: String,
        /// `None`: it was removed.
        value: Option<String>,
        /// One more than any before it.
        turn: u64,
    },
}

/// What the mirror holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Every event, once for each body that has its place.
    pub records: Vec<Record>,
    /// Entries of `meta`.
    pub meta: BTreeMap<String, (u64, Option<String>)>,
    /// The events of each file.
    pub files: BTreeMap<String, BTreeSet<(LogId, u64)>>,
}

impl Contents {
    /// Reads files.
    pub fn read(files: &[MirrorFile]) -> Self {
        let mut contents = Self::default();
        let mut known = BTreeSet::new();
        for file in files {
            let places = contents.files.entry(file.name.clone()).or_default();
            for line in file.bytes.split(|byte| *byte == b'\n').filter_map(read_line) {
                match line {
                    Line::Event(record) => {
                        places.insert((record.log, record.seq));
                        if known.insert((record.log, record.seq, record.prev.0, record.id)) {
                            contents.records.push(record);
                        }
                    }
                    Line::Meta { name, value, turn } => {
                        let newer = contents.meta.get(&name).is_none_or(|(known, _)| *known <= turn);
                        if newer {
                            contents.meta.insert(name, (turn, value));
                        }
                    }
                }
            }
        }
        contents.records.sort_by_key(|record| (record.log, record.seq));
        contents
    }
    /// The value of an entry of `meta`.
    pub fn meta(&self, name: &str) -> Option<&String> {
        self.meta.get(name)?.1.as_ref()
    }
    /// Whether a place of a log was written twice: the journal was cut while the mirror could not be read, and went on.
    pub fn is_forked(&self) -> bool {
        self.records.windows(2).any(|two| (two[0].log, two[0].seq) == (two[1].log, two[1].seq))
    }
    /// The last event of each log: its number, and the chains after it that are held for that number.
    pub fn ends(&self) -> BTreeMap<LogId, (u64, Vec<Chain>)> {
        let mut ends = BTreeMap::<LogId, (u64, Vec<Chain>)>::new();
        for record in &self.records {
            let (seq, chains) = ends.entry(record.log).or_default();
            if record.seq > *seq {
                (*seq, *chains) = (record.seq, Vec::new());
            }
            if record.seq == *seq {
                chains.push(record.prev.next(record.body.as_bytes()));
            }
        }
        ends
    }
}

fn check(json: &str) -> String {
    let mut check = Chain([0; 32]).next(json.as_bytes()).to_string();
    check.truncate(CHECK_DIGITS);
    check
}

/// Lines as they are appended. The first break ends whatever line a power cut left open.
pub fn write_lines(lines: &[Line]) -> String {
    let json = lines.iter().filter_map(|line| serde_json::to_string(line).ok());
    json.fold("\n".to_owned(), |text, json| text + &check(&json) + " " + &json + "\n")
}

fn read_line(line: &[u8]) -> Option<Line> {
    let (found, json) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    (found == check(json)).then(|| serde_json::from_str(json).ok()).flatten()
}

impl<P: Ports> Engine<P> {
    /// Reads the mirror; `None` where it cannot be read, which the status then says.
    pub(super) async fn read_mirror(&self) -> Option<Contents> {
        let read = within(self.ports.sleep(READ_MS), self.ports.read_mirror()).await;
        match read {
            Some(Ok(files)) => {
                let contents = Contents::read(&files);
                let turn = contents.meta.values().map(|(turn, _)| *turn).max().unwrap_or(0);
                self.mirror_turn.set(self.mirror_turn.get().max(turn));
                Some(contents)
            }
            Some(Err(error)) => self.mirror_failed(error.to_string()),
            None => self.mirror_failed("it cannot be read in time".into()),
        }
    }
    fn mirror_failed<T>(&self, why: String) -> Option<T> {
        self.update(|state| state.mirror = Some(why));
        None
    }
    /// Appends; says whether it is on the disk.
    async fn append_mirror(&self, lines: &[Line]) -> bool {
        let text = write_lines(lines);
        let appended = match within(self.ports.sleep(WATCHDOG_MS), self.ports.append_mirror(&text)).await {
            Some(Ok(())) => {
                if self.state.borrow().mirror.is_some() {
                    self.update(|state| state.mirror = None);
                }
                Some(())
            }
            Some(Err(error)) => self.mirror_failed(error.to_string()),
            None => self.mirror_failed("it did not write in time".into()),
        };
        appended.is_some()
    }
    /// Mirrors an event that the journal has. What fails is owed, and made up for later.
    pub(super) async fn mirror_event(&self, record: Record) {
        let place = (record.log, record.seq);
        self.mirror_owed.borrow_mut().insert(place);
        let works = self.state.borrow().mirror.is_none();
        if works && self.append_mirror(&[Line::Event(record)]).await {
            self.mirror_owed.borrow_mut().remove(&place);
        }
    }
    /// Mirrors entries of `meta`; what fails is owed.
    pub(super) async fn mirror_meta(&self, entries: &[(&str, Option<&str>)]) {
        let lines: Vec<Line> = entries
            .iter()
            .map(|(name, value)| {
                self.mirror_turn.set(self.mirror_turn.get().saturating_add(1));
                let (name, value) = ((*name).to_owned(), value.map(str::to_owned));
                Line::Meta { name, value, turn: self.mirror_turn.get() }
            })
            .collect();
        if !lines.is_empty() && !self.append_mirror(&lines).await {
            self.mirror_meta_owed.borrow_mut().extend(lines);
        }
    }
    /// Writes down what the mirror lacks, from the journal.
    pub async fn make_up(&self) {
        let meta = self.mirror_meta_owed.borrow().clone();
        if !meta.is_empty() && self.append_mirror(&meta).await {
            self.mirror_meta_owed.borrow_mut().retain(|line| !meta.contains(line));
        }
        loop {
            let Some((log, first)) = self.mirror_owed.borrow().first().copied() else { return };
            let Ok(heads) = self.journal.heads().await else { return };
            let head = heads.iter().find(|head| head.log.log == log);
            let read = self.journal.read(log, first, BATCH).await;
            let (Some(head), Ok((Some(prev), events))) = (head, read) else {
                // it is not in the journal either: not for the mirror to mend
                self.mirror_owed.borrow_mut().remove(&(log, first));
                continue;
            };
            let records = records(head, prev, events);
            let places: Vec<_> = records.iter().map(|record| (record.log, record.seq)).collect();
            let lines: Vec<Line> = records
                .into_iter()
                .filter(|record| self.mirror_owed.borrow().contains(&(record.log, record.seq)))
                .map(Line::Event)
                .collect();
            if !lines.is_empty() && !self.append_mirror(&lines).await {
                return;
            }
            let mut owed = self.mirror_owed.borrow_mut();
            owed.remove(&(log, first));
            owed.retain(|place| !places.contains(place));
        }
    }
    /// After a start: what the journal has and the mirror lacks is owed to it.
    pub(super) fn owe(&self, heads: &[JournalHead], contents: &Contents) {
        let there: BTreeSet<_> = contents.records.iter().map(|record| (record.log, record.seq)).collect();
        let mut owed = self.mirror_owed.borrow_mut();
        for head in heads {
            let here = head.base().seq.saturating_add(1)..=head.log.head.seq;
            owed.extend(here.map(|seq| (head.log.log, seq)).filter(|place| !there.contains(place)));
        }
        let meta: BTreeMap<_, _> = self.state.borrow().meta().into_iter().collect();
        let names: BTreeSet<&String> = meta.keys().chain(contents.meta.keys()).collect();
        // earlier enrolments are remembered for their logs
        let differs = |name: &&&String| match meta.get(**name) {
            Some(value) => contents.meta(name) != Some(value),
            None => name.as_str() == "person" && contents.meta(name).is_some(),
        };
        for name in names.iter().filter(differs) {
            self.mirror_turn.set(self.mirror_turn.get().saturating_add(1));
            let line =
                Line::Meta { name: (*name).clone(), value: meta.get(*name).cloned(), turn: self.mirror_turn.get() };
            self.mirror_meta_owed.borrow_mut().push(line);
        }
    }
}

/// Events of a log as they are mirrored.
fn records(head: &JournalHead, mut prev: Chain, events: Vec<PushedEvent>) -> Vec<Record> {
    let (log, device, reason) = (head.log.log, head.device, head.log.reason);
    let mut records = Vec::with_capacity(events.len());
    for PushedEvent { seq, id, body } in events {
        let next = prev.next(body.as_bytes());
        records.push(Record { log, device, reason, seq, prev, id, body });
        prev = next;
    }
    records
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use uuid::Uuid;

    fn record(seq: u64, prev: Chain, body: &str) -> Record {
        let (log, id) = (LogId(Uuid::from_u128(1)), EventId(Uuid::from_u128(u128::from(seq))));
        Record { log, device: DeviceId(3), reason: LogReason::Fresh, seq, prev, id, body: body.into() }
    }

    fn file(text: &str) -> MirrorFile {
        MirrorFile { name: "a".into(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn lines_read_back_and_a_torn_one_costs_only_itself() {
        let start = Chain::start(LogId(Uuid::from_u128(1)));
        let (one, two) = (record(1, start, "a\nb"), record(2, start.next(b"a\nb"), "ü"));
        let torn = write_lines(&[Line::Event(one.clone())]);
        for cut in 1..torn.len() {
            let text = torn[..cut].to_owned() + &write_lines(&[Line::Event(two.clone())]);
            let whole = cut == torn.len() - 1;
            let read = Contents::read(&[file(&text)]).records;
            assert_eq!(read.len(), 1 + usize::from(whole), "cut after {cut}");
            assert_eq!(read.last(), Some(&two));
        }
        let rotten = torn.replace("a\\nb", "a\\nc");
        assert_eq!(Contents::read(&[file(&rotten)]).records, []);
    }

    #[test]
    fn what_is_there_twice_counts_once_and_the_last_word_about_the_handheld_holds() {
        let start = Chain::start(LogId(Uuid::from_u128(1)));
        let event = Line::Event(record(1, start, "a"));
        let meta =
            |value: Option<&str>, turn| Line::Meta { name: "person".into(), value: value.map(str::to_owned), turn };
        let one = write_lines(&[event.clone(), meta(Some("Maria"), 1), meta(None, 3)]);
        let two = write_lines(&[event, meta(Some("Ana"), 2)]);
        let contents = Contents::read(&[file(&one), file(&two)]);
        assert_eq!((contents.records.len(), contents.meta("person")), (1, None));
        assert_eq!(contents.ends().values().next(), Some(&(1, vec![start.next(b"a")])));
    }

    #[test]
    fn a_place_that_was_written_twice_shows() {
        let start = Chain::start(LogId(Uuid::from_u128(1)));
        let lines = [record(1, start, "a"), record(2, start.next(b"a"), "b"), record(3, start, "c")].map(Line::Event);
        let other = Record { id: EventId(Uuid::from_u128(9)), ..record(2, start.next(b"a"), "B") };
        let read = |lines: &[Line]| Contents::read(&[file(&write_lines(lines))]);
        assert!(!read(&[lines.as_slice(), &lines].concat()).is_forked(), "the same twice is once");
        assert!(read(&[lines.as_slice(), &[Line::Event(other)]].concat()).is_forked());
    }
}

//! What is found where journal and mirror differ, told as stories.
#![allow(clippy::unwrap_used)]

use super::*;
use shared::{
    event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent},
    id::{LocationId, PersonId},
};
use uuid::Uuid;

fn log(n: u128) -> LogId {
    LogId(Uuid::from_u128(n))
}

fn body(n: u64) -> String {
    format!(r#"{{"id":"{}"}}"#, id(n))
}

fn id(n: u64) -> EventId {
    EventId(Uuid::from_u128(u128::from(n)))
}

fn chain(of: LogId, seq: u64) -> Chain {
    (1..=seq).fold(Chain::start(of), |chain, n| chain.next(body(n).as_bytes()))
}

fn head(of: LogId, seq: u64) -> JournalHead {
    let mut head = JournalHead::new(LogHead::new(of, LogReason::Fresh), DeviceId(1));
    head.log.head = Head { seq, chain: chain(of, seq) };
    head
}

/// A journal whose record says `seq` and that holds these events.
fn journal(of: LogId, seq: u64, held: &[u64]) -> BTreeMap<LogId, LogCopy> {
    let stored = |n: &u64| (*n, Stored { id: id(*n), body: body(*n), chain: chain(of, *n) });
    let copy = LogCopy { head: Some(head(of, seq)), events: held.iter().map(stored).collect() };
    [(of, copy)].into()
}

fn record(of: LogId, seq: u64) -> Record {
    let (device, reason, prev) = (DeviceId(1), LogReason::Fresh, chain(of, seq - 1));
    Record { log: of, device, reason, seq, prev, id: id(seq), body: body(seq) }
}

fn mirror(of: LogId, held: &[u64]) -> Vec<Record> {
    held.iter().map(|seq| record(of, *seq)).collect()
}

fn named(findings: &Findings) -> Vec<(u64, u64)> {
    findings.missing.iter().map(|range| (range.from, range.to)).collect()
}

fn stranded(findings: &Findings) -> Vec<EventId> {
    findings.stranded.iter().map(|(id, _)| *id).collect()
}

#[test]
fn two_journals_that_agree_are_left_alone_even_where_the_mirror_lacks_events() {
    for held in [&[1, 2, 3][..], &[1, 3], &[]] {
        assert!(examine(&journal(log(1), 3, &[1, 2, 3]), &mirror(log(1), held), &BTreeMap::new()).is_nothing());
    }
}

#[test]
fn a_journal_that_was_emptied_or_cut_is_made_whole_from_the_mirror() {
    let nothing = BTreeMap::new();
    for journal in [BTreeMap::new(), journal(log(1), 1, &[1]), journal(log(1), 3, &[1, 3])] {
        let held = journal.get(&log(1)).map_or(0, |copy| copy.events.len());
        let findings = examine(&journal, &mirror(log(1), &[1, 2, 3]), &nothing);
        let [line] = findings.lines.as_slice() else { panic!("{findings:?}") };
        assert_eq!((line.head.log.head, line.head.closed), (head(log(1), 3).log.head, true));
        assert_eq!(line.restored.len() + held, 3);
        assert_eq!((findings.stranded, findings.missing), (Vec::new(), Vec::new()));
    }
}

#[test]
fn behind_a_hole_events_are_saved_in_a_new_log_and_the_hole_is_named_once() {
    let (mut damaged, beside) = (journal(log(1), 6, &[1, 2, 5]), mirror(log(1), &[1, 6]));
    let findings = examine(&damaged, &beside, &BTreeMap::new());
    assert_eq!(findings.lines[0].head.log.head, head(log(1), 2).log.head);
    assert_eq!((stranded(&findings), named(&findings)), (vec![id(5), id(6)], vec![(3, 4)]));

    // once that is stored, there is nothing more to say
    let saved = begin(log(9), DeviceId(1), LogReason::Salvage, findings.stranded.clone(), findings.missing);
    damaged.get_mut(&log(1)).unwrap().head = Some(findings.lines[0].head.clone());
    damaged.insert(log(9), LogCopy { head: Some(saved.head), events: saved.restored.into_iter().collect() });
    assert!(examine(&damaged, &beside, &BTreeMap::new()).is_nothing());
}

#[test]
fn what_the_server_is_known_to_have_is_not_missing() {
    let mut damaged = journal(log(1), 5, &[1, 2]);
    let copy = damaged.get_mut(&log(1)).unwrap().head.as_mut().unwrap();
    let told = Head { seq: 4, chain: chain(log(1), 4) };
    copy.log.durable = Some(Belief { head: told, timeline: Uuid::nil() });
    let findings = examine(&damaged, &[], &BTreeMap::new());
    assert_eq!(named(&findings), [(5, 5)]);
    let belief = findings.lines[0].head.log.durable.unwrap();
    assert_eq!(belief.head, head(log(1), 2).log.head, "what is left here is surely there");
}

#[test]
fn other_bytes_in_the_mirror_are_kept_beside_those_of_the_journal() {
    let mut other = record(log(1), 2);
    (other.id, other.body) = (id(77), "other".into());
    let findings = examine(&journal(log(1), 2, &[1, 2]), &[record(log(1), 1), other], &BTreeMap::new());
    assert_eq!((findings.lines.len(), stranded(&findings), named(&findings)), (0, vec![id(77)], vec![]));
}

#[test]
fn a_rotten_event_is_taken_from_the_mirror_and_named_where_there_is_none() {
    let mut rotten = journal(log(1), 2, &[1, 2]);
    rotten.get_mut(&log(1)).unwrap().events.get_mut(&2).unwrap().body = "rotten".into();
    let findings = examine(&rotten, &mirror(log(1), &[2]), &BTreeMap::new());
    assert_eq!(findings.lines[0].restored, [(2, Stored { id: id(2), body: body(2), chain: chain(log(1), 2) })]);
    assert_eq!(stranded(&findings), []);
    let findings = examine(&rotten, &[], &BTreeMap::new());
    assert_eq!((stranded(&findings), named(&findings)), (vec![], vec![(2, 2)]), "those bytes are not what was counted");
}

#[test]
fn what_a_page_remembers_and_no_disk_holds_is_named() {
    let known = [(log(1), head(log(1), 3))].into();
    assert_eq!(named(&examine(&BTreeMap::new(), &mirror(log(1), &[1]), &known)), [(2, 3)]);
    assert_eq!(named(&examine(&BTreeMap::new(), &[], &known)), [(1, 3)]);
}

#[test]
fn events_that_were_removed_because_they_are_archived_are_not_missed() {
    let mut pruned = journal(log(1), 4, &[3, 4]);
    pruned.get_mut(&log(1)).unwrap().head.as_mut().unwrap().pruned = Some(Head { seq: 2, chain: chain(log(1), 2) });
    assert!(examine(&pruned, &mirror(log(1), &[1, 2, 3, 4]), &BTreeMap::new()).is_nothing());
    let lost = examine(&BTreeMap::new(), &mirror(log(1), &[3, 4]), &BTreeMap::new());
    assert_eq!((lost.lines[0].head.log.head, named(&lost)), (head(log(1), 4).log.head, vec![(1, 2)]));
}

/// Writes an event of a visit, as an append does.
fn write(head: &mut JournalHead, n: u64, kind: EventKind) -> (u64, Stored) {
    let at = CaptureTime { wall_ms: 0, offset_ms: 0, uncertainty_ms: 0 };
    let sheet = Some(SheetId(Uuid::from_u128(5)));
    let event = Event { v: EVENT_VERSION, id: id(n), actor: PersonId(1), sheet, at, kind };
    let body = serde_json::to_string(&event).unwrap();
    let (next, _) = head.append(&event, &body);
    (next.seq, Stored { id: id(n), body, chain: next.chain })
}

const OPENED: EventKind =
    EventKind::SheetOpened { location: LocationId(1), task: None, count: None, intent: SheetIntent::Own };
const CLOSED: EventKind = EventKind::SheetClosed { location_done: true };

#[test]
fn a_visit_that_was_closed_in_a_later_log_does_not_open_again_with_an_older_record() {
    let (mut first, mut second) = (head(log(1), 0), head(log(2), 0));
    let begun = write(&mut first, 1, OPENED);
    let ended = write(&mut second, 2, CLOSED);
    first.closed = true;
    let mut stale: BTreeMap<_, _> = [(first, begun), (second, ended)]
        .into_iter()
        .map(|(head, event)| (head.log.log, LogCopy { head: Some(head), events: [event].into() }))
        .collect();
    let findings = examine(&stale, &[], &BTreeMap::new());
    let [line] = findings.lines.as_slice() else { panic!("{findings:?}") };
    assert_eq!((line.head.log.log, line.head.open_from(), line.restored.len()), (log(1), None, 0));
    // and then there is nothing more to say
    stale.get_mut(&log(1)).unwrap().head = Some(line.head.clone());
    assert!(examine(&stale, &[], &BTreeMap::new()).is_nothing());
}

#[test]
fn an_open_visit_goes_on_whole_in_the_new_log_and_a_second_loss_does_not_open_a_closed_one_again() {
    let mut first = head(log(1), 0);
    let visit = [write(&mut first, 1, OPENED), write(&mut first, 2, EventKind::ConfirmedEmpty)];
    let copies = [(log(1), LogCopy { head: Some(first), events: visit.clone().into() })].into();
    let mut lines = Vec::new();
    let carried = leave(&copies, DeviceId(1), &mut lines);
    let [left] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((left.head.closed, left.head.open_from(), left.restored.len()), (true, None, 0));
    assert_eq!(leave(&copies, DeviceId(7), &mut Vec::new()), [], "of another enrolment");
    let mut begun = begin(log(2), DeviceId(1), LogReason::Salvage, carried, Vec::new());
    assert_eq!(begun.restored.iter().map(|(seq, it)| (*seq, it.id)).collect::<Vec<_>>(), [(1, id(1)), (2, id(2))]);
    assert_eq!(begun.head.open_from(), Some(1));
    // it is closed there, and then the database is gone: the mirror has every entry of both logs
    let closing = write(&mut begun.head, 3, CLOSED);
    let both = [(log(1), visit.to_vec()), (log(2), begun.restored.into_iter().chain([closing]).collect())];
    let mut mirror = Vec::new();
    for (of, events) in both {
        let mut prev = Chain::start(of);
        for (seq, Stored { id, body, chain }) in events {
            mirror.push(Record { log: of, device: DeviceId(1), reason: LogReason::Fresh, seq, prev, id, body });
            prev = chain;
        }
    }
    let found = examine(&BTreeMap::new(), &mirror, &BTreeMap::new());
    assert_eq!(found.lines.iter().map(|line| line.head.open_from()).collect::<Vec<_>>(), [None, None]);
}

#[test]
fn a_visit_that_went_on_in_another_log_while_the_first_could_not_be_read_comes_together_again() {
    // whichever of the two numbers is the higher
    for (first, second) in [(1, 2), (2, 1)] {
        let (mut opened, mut went_on) = (head(log(first), 0), head(log(second), 0));
        let logs = [write(&mut opened, 1, OPENED), write(&mut went_on, 2, EventKind::ConfirmedEmpty)];
        let copies = [opened, went_on].into_iter().zip(logs);
        let copies = copies.map(|(head, event)| (head.log.log, LogCopy { head: Some(head), events: [event].into() }));
        let carried = leave(&copies.collect(), DeviceId(1), &mut Vec::new());
        assert_eq!(carried.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [id(1), id(2)]);
    }
}

#[test]
fn a_visit_stays_open_whose_log_lost_its_first_entry_and_opens_no_more_once_it_was_closed() {
    for is_closed in [false, true] {
        let (mut left, mut went_on, mut later) = (head(log(1), 0), head(log(2), 0), head(log(3), 0));
        let carried_from = [write(&mut left, 1, OPENED), write(&mut left, 2, EventKind::ConfirmedEmpty)];
        (left.closed, left.sheets) = (true, BTreeMap::new());
        let carried_to = [(1, OPENED), (2, EventKind::ConfirmedEmpty), (3, EventKind::ConfirmedEmpty)];
        let mut carried_to = carried_to.map(|(n, kind)| write(&mut went_on, n, kind)).to_vec();
        carried_to.remove(0);
        let closing = is_closed.then(|| write(&mut later, 4, CLOSED));
        let logs = [(left, carried_from.to_vec()), (went_on, carried_to), (later, closing.into_iter().collect())];
        let copies: BTreeMap<_, _> = logs
            .into_iter()
            .map(|(head, events)| (head.log.log, LogCopy { head: Some(head), events: events.into_iter().collect() }))
            .collect();
        let mut findings = examine(&copies, &[], &BTreeMap::new());
        assert_eq!((stranded(&findings), named(&findings)), (vec![id(3)], vec![(1, 1)]));
        let carried = leave(&copies, DeviceId(1), &mut findings.lines);
        let ids: Vec<_> = carried.into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, if is_closed { Vec::new() } else { vec![id(1), id(2)] });
    }
}

#[test]
fn a_log_whose_visit_was_closed_before_its_opening_was_saved_is_whole() {
    // the opening failed at first and was tried again after the closing
    let mut head = head(log(1), 0);
    let events = [write(&mut head, 1, CLOSED), write(&mut head, 2, OPENED)].into();
    let whole = [(log(1), LogCopy { head: Some(head), events })].into();
    assert!(examine(&whole, &[], &BTreeMap::new()).is_nothing());
}

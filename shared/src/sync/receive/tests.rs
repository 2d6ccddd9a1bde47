//! Pushes against an in-memory log, told as stories.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    event::{CaptureTime, EventKind},
    id::{LogId, PersonId},
    sync::message::{Belief, ClockSample, PROTOCOL, PushedEvent},
};
use std::collections::BTreeSet;
use std::convert::Infallible;
use uuid::Uuid;

/// A server's view of one log.
#[derive(Default)]
struct Shelf {
    log: Vec<(Chain, String)>,
    beside: BTreeSet<(u64, [u8; 32])>,
}

impl Held for Shelf {
    type Error = Infallible;
    fn chain_at(&mut self, seq: u64) -> Result<Option<Chain>, Infallible> {
        let index = usize::try_from(seq).unwrap().checked_sub(1);
        Ok(index.and_then(|index| self.log.get(index)).map(|(chain, _)| *chain))
    }
    fn holds_beside(&mut self, seq: u64, chain: &Chain) -> Result<bool, Infallible> {
        Ok(self.beside.contains(&(seq, chain.0)))
    }
}

impl Shelf {
    fn receive(&mut self, request: &PushRequest) -> Plan {
        let head = self.log.last().map(|(chain, _)| Head { seq: self.log.len() as u64, chain: *chain });
        let plan = plan(self, head, request).unwrap();
        for step in &plan.steps {
            match *step {
                Step::Skip { .. } => {}
                Step::Append { index, seq, chain } => {
                    self.log.push((chain, request.events[index].body.clone()));
                    assert_eq!(seq, self.log.len() as u64);
                }
                Step::Conflict { seq, chain, .. } => assert!(self.beside.insert((seq, chain.0))),
            }
        }
        plan
    }
    fn bodies(&self) -> Vec<&str> {
        self.log.iter().map(|(_, body)| body.as_str()).collect()
    }
}

/// A device's log.
#[derive(Clone)]
struct Log(Vec<String>);

impl Log {
    fn of(bodies: &[&str]) -> Self {
        Self(bodies.iter().map(|body| (*body).to_owned()).collect())
    }
    fn head(&self, seq: u64) -> Head {
        let bodies = &self.0[..usize::try_from(seq).unwrap()];
        Head { seq, chain: bodies.iter().fold(Chain::start(log()), |chain, body| chain.next(body.as_bytes())) }
    }
    fn push(&self, from: u64, to: u64) -> PushRequest {
        PushRequest {
            protocol: PROTOCOL,
            app: "test".into(),
            nonce: Uuid::nil(),
            log: log(),
            reason: LogReason::Fresh,
            durable: None,
            head: self.head(self.0.len() as u64),
            others: Vec::new(),
            prev: Some(self.head(from.max(1) - 1).chain),
            events: (from..=to)
                .map(|seq| PushedEvent {
                    seq,
                    id: EventId(Uuid::from_u128(u128::from(seq))),
                    body: self.0[usize::try_from(seq).unwrap() - 1].clone(),
                })
                .collect(),
            clock: ClockSample { wall_ms: 0, monotonic_ms: 0, offset_ms: 0 },
            storage: None,
            missing: Vec::new(),
        }
    }
    fn heartbeat(&self) -> PushRequest {
        PushRequest { events: Vec::new(), prev: None, ..self.push(1, 1) }
    }
    fn believing(&self, seq: u64, request: PushRequest) -> PushRequest {
        PushRequest { durable: Some(Belief { head: self.head(seq), timeline: Uuid::nil() }), ..request }
    }
}

fn log() -> LogId {
    LogId(Uuid::from_u128(7))
}

#[test]
fn a_push_sent_twice_is_stored_once() {
    let (mut shelf, device) = (Shelf::default(), Log::of(&["a", "b", "c"]));
    let plan = shelf.receive(&device.push(1, 3));
    assert_eq!((plan.durable, plan.want.clone(), plan.changes()), (device.head(3), None, true));
    let again = shelf.receive(&device.push(1, 3));
    assert_eq!(again.steps, (1..=3).map(|seq| Step::Skip { seq }).collect::<Vec<_>>());
    assert_eq!((again.durable, again.changes()), (device.head(3), false));
    let late = shelf.receive(&device.push(2, 2));
    assert_eq!((late.durable, late.incidents.len()), (device.head(3), 0));
    assert_eq!(shelf.bodies(), ["a", "b", "c"]);
}

#[test]
fn a_gap_is_asked_for_and_nothing_behind_it_is_stored() {
    let (mut shelf, device) = (Shelf::default(), Log::of(&["a", "b", "c", "d"]));
    shelf.receive(&device.push(1, 1));
    let plan = shelf.receive(&device.push(3, 4));
    assert_eq!(plan.want, Some(Want { from: 2, why: "gap".into() }));
    assert_eq!((plan.steps.len(), plan.durable), (0, device.head(1)));

    let mut torn = device.push(2, 4);
    torn.events.remove(1);
    let plan = shelf.receive(&torn);
    assert_eq!((plan.durable, plan.want), (device.head(2), Some(Want { from: 3, why: "gap".into() })));
}

#[test]
fn a_restored_server_says_so_and_asks_from_where_it_stands() {
    let device = Log::of(&["a", "b", "c", "d", "e"]);
    let mut restored = Shelf::default();
    restored.receive(&device.push(1, 2));
    for request in [device.heartbeat(), device.push(5, 5)] {
        let plan = restored.receive(&device.believing(4, request));
        assert!(plan.server_behind());
        assert_eq!(plan.incidents, [Incident::ServerBehind { believed: device.head(4), held: device.head(2) }]);
        assert_eq!(plan.want, Some(Want { from: 3, why: "server_behind".into() }));
        assert_eq!(plan.durable, device.head(2));
    }
    let plan = restored.receive(&device.believing(2, device.push(3, 5)));
    assert_eq!((plan.server_behind(), plan.durable), (false, device.head(5)));
}

#[test]
fn two_devices_with_one_log_are_a_fork_and_both_are_kept_and_acknowledged() {
    let (original, copy) = (Log::of(&["a", "b", "c", "d"]), Log::of(&["a", "b", "x", "y", "z"]));
    let mut shelf = Shelf::default();
    shelf.receive(&original.push(1, 4));
    let plan = shelf.receive(&copy.push(3, 4));
    assert!(matches!(
        plan.steps[..],
        [Step::Conflict { index: 0, seq: 3, .. }, Step::Conflict { index: 1, seq: 4, .. }]
    ));
    assert_eq!(plan.incidents, [Incident::Fork { seq: 3 }]);
    assert_eq!(plan.requests, [DeviceRequest::RotateLog]);
    assert_eq!((plan.durable, plan.head), (copy.head(4), original.head(4)));

    let rest = shelf.receive(&copy.believing(4, copy.push(5, 5)));
    assert_eq!((rest.durable, rest.head), (copy.head(5), original.head(4)));
    assert!(!rest.server_behind());
    let again = shelf.receive(&copy.push(3, 5));
    assert_eq!((again.changes(), again.incidents.len(), again.durable), (false, 0, copy.head(5)));
    let alive = shelf.receive(&copy.believing(4, copy.heartbeat()));
    assert_eq!(alive.durable, copy.head(5));
    assert_eq!(shelf.bodies(), ["a", "b", "c", "d"]);
    assert_eq!(shelf.receive(&original.heartbeat()).durable, original.head(4));
}

#[test]
fn a_device_set_back_to_an_earlier_day_is_told_only_what_it_can_check_and_forks_when_it_goes_on() {
    let whole = Log::of(&["a", "b", "c", "d"]);
    let mut shelf = Shelf::default();
    shelf.receive(&whole.push(1, 4));
    let earlier = Log::of(&["a", "b"]);
    assert_eq!(shelf.receive(&earlier.heartbeat()).durable, earlier.head(2));
    assert_eq!(shelf.receive(&earlier.push(2, 2)).durable, earlier.head(2));
    let goes_on = Log::of(&["a", "b", "x"]);
    let heartbeat = shelf.receive(&goes_on.heartbeat());
    assert_eq!((heartbeat.durable.seq, heartbeat.want.map(|want| want.from)), (0, Some(1)));
    let plan = shelf.receive(&goes_on.believing(2, goes_on.push(3, 3)));
    assert_eq!((plan.durable, plan.incidents), (goes_on.head(3), vec![Incident::Fork { seq: 3 }]));
    assert_eq!(shelf.bodies(), ["a", "b", "c", "d"]);
}

#[test]
fn a_line_that_left_ours_long_ago_is_found_by_asking_half_way_back() {
    let mut bodies: Vec<String> = (0..40).map(|n| format!("a{n}")).collect();
    let original = Log(bodies.clone());
    bodies[5] = "x".into();
    let copy = Log(bodies);
    let mut shelf = Shelf::default();
    shelf.receive(&original.push(1, 40));
    let (mut from, mut pushes) = (40, 0);
    while let Some(want) = shelf.receive(&copy.push(from, 40)).want {
        assert_eq!(want.why, "prev_mismatch");
        assert!(want.from < from);
        (from, pushes) = (want.from, pushes + 1);
    }
    assert_eq!((pushes, shelf.beside.len()), (3, 35), "40 → 20 → 10 → 5; the 35 events from the sixth on are kept");
    let believing = copy.believing(3, copy.heartbeat());
    assert_eq!(shelf.receive(&believing).want, None);
}

#[test]
fn a_batch_beyond_the_limits_is_taken_up_to_them() {
    let device = Log(vec!["1".to_owned(); BATCH_EVENTS_MAX + 50]);
    let mut shelf = Shelf::default();
    let plan = shelf.receive(&device.push(1, BATCH_EVENTS_MAX as u64 + 50));
    assert_eq!((plan.durable.seq, plan.want), (BATCH_EVENTS_MAX as u64, None));

    let heavy = Log(vec!["x".repeat(BATCH_BYTES_MAX + 1), "y".into()]);
    let mut shelf = Shelf::default();
    assert_eq!(shelf.receive(&heavy.push(1, 2)).durable, heavy.head(1));
    assert_eq!(shelf.receive(&heavy.push(2, 2)).durable, heavy.head(2));
}

#[test]
fn a_salvage_log_is_shown_once() {
    let device = Log::of(&["a"]);
    let mut shelf = Shelf::default();
    let request = PushRequest { reason: LogReason::Salvage, ..device.push(1, 1) };
    assert_eq!(shelf.receive(&request).incidents, [Incident::Salvage]);
    assert_eq!(shelf.receive(&request).incidents, []);
}

fn event(kind: EventKind) -> Event {
    Event {
        v: EVENT_VERSION,
        id: EventId(Uuid::from_u128(1)),
        actor: PersonId(3),
        sheet: None,
        at: CaptureTime { wall_ms: 1, offset_ms: 0, uncertainty_ms: 0 },
        kind,
    }
}

#[test]
fn bodies_are_read_or_marked_and_never_refused() {
    let id = EventId(Uuid::from_u128(1));
    let good = serde_json::to_string(&event(EventKind::ConfirmedEmpty)).unwrap();
    let check = |body: &str, expected: Odd| assert_eq!(read_body(body, id), Err(expected), "{body:.80}");
    assert_eq!(read_body(&good, id), Ok(event(EventKind::ConfirmedEmpty)));
    assert_eq!(read_body(&good, EventId(Uuid::nil())), Err(Odd::IdDiffers));
    check("not json", Odd::Malformed);
    check("", Odd::Malformed);
    check(&"[".repeat(10_000), Odd::Malformed);
    check(&good.replace("confirmed_empty", "weighed"), Odd::UnknownKind);
    check(&good.replace("\"v\":1", "\"v\":2"), Odd::UnknownKind);
    check(&good.replace("confirmed_empty", "keyed"), Odd::Malformed);
    check(&format!("{good}{}", " ".repeat(BODY_BYTES_MAX)), Odd::TooLarge);
    assert_eq!((Odd::UnknownKind.mark(), Odd::IdDiffers.mark()), (Mark::Deferred, Mark::Quarantined));
}

/// A kind of ours whose fields are wrong is malformed; a newer server would not read it either.
#[test]
fn every_kind_ever_released_is_known_by_name() {
    let golden = include_str!("../../../tests/golden/event-v1.jsonl");
    let kinds: BTreeSet<String> = golden
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|line| {
            let body =
                line["body"].as_str().map_or_else(|| Some(line.clone()), |body| serde_json::from_str(body).ok())?;
            Some(body["kind"].as_str()?.to_owned())
        })
        .collect();
    assert_eq!(kinds.len(), KINDS.len(), "{kinds:?}");
    for kind in kinds {
        let body = format!(r#"{{"v":1,"kind":"{kind}"}}"#);
        assert_eq!(read_body(&body, EventId(Uuid::nil())), Err(Odd::Malformed), "{kind}");
    }
}

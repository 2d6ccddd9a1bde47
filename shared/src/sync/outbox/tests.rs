//! The device's machine against answers of every kind.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{id::EventId, moment::Moment, sync::message::Want};

const SERVER: Uuid = Uuid::from_u128(1);
const TIMELINE: Uuid = Uuid::from_u128(2);
const NONCE: Uuid = Uuid::from_u128(3);

fn chain_at(seq: u64) -> Chain {
    (1..=seq).fold(Chain::start(id()), |chain, n| chain.next(body(n).as_bytes()))
}

fn id() -> LogId {
    LogId(Uuid::from_u128(9))
}

fn body(seq: u64) -> String {
    format!("event {seq}")
}

fn log(seq: u64, durable: u64) -> LogHead {
    let held = Head { seq: durable, chain: chain_at(durable) };
    LogHead {
        head: Head { seq, chain: chain_at(seq) },
        durable: (durable > 0).then_some(Belief { head: held, timeline: TIMELINE }),
        ..LogHead::new(id(), LogReason::Fresh)
    }
}

fn answer(durable: u64) -> PushAnswer {
    PushAnswer {
        nonce: NONCE,
        server: SERVER,
        timeline: TIMELINE,
        now: Moment(0),
        durable: Head { seq: durable, chain: chain_at(durable) },
        head: None,
        archived: 0,
        want: None,
        notes: Vec::new(),
        requests: Vec::new(),
    }
}

fn sent(log: &LogHead, outbox: &mut Outbox, now: i64) -> Ask {
    let Due::Now(ask) = outbox.due(log, Role::Current, None, now) else {
        panic!("nothing due: {:?}", outbox.due(log, Role::Current, None, now))
    };
    outbox.sent(ask, NONCE);
    ask
}

fn judge(outbox: &mut Outbox, log: &LogHead, answer: &PushAnswer) -> Verdict {
    let own = (answer.durable.seq <= log.head.seq).then(|| chain_at(answer.durable.seq));
    outbox.answered(log, SERVER, own, answer, 100, 0)
}

fn believed(verdict: Verdict) -> u64 {
    match verdict {
        Verdict::Believed { durable, .. } => durable.head.seq,
        other => panic!("not believed: {other:?}"),
    }
}

#[test]
fn what_is_not_durable_is_sent_and_one_push_is_on_its_way_at_a_time() {
    let (log, mut outbox) = (log(5, 2), Outbox::default());
    assert_eq!(sent(&log, &mut outbox, 0), Ask { from: 3, events_max: 200 });
    assert_eq!(outbox.due(&log, Role::Current, None, 0), Due::InFlight);
    assert_eq!(believed(judge(&mut outbox, &log, &answer(5))), 5);
    let done = self::log(5, 5);
    assert_eq!((log.waiting(), done.waiting()), (3, 0));
    assert_eq!(outbox.due(&done, Role::Current, None, 100), Due::At(100 + HEARTBEAT_MS));
    assert_eq!(outbox.due(&done, Role::Current, None, 100 + HEARTBEAT_MS), Due::Now(Ask { from: 6, events_max: 0 }));
}

#[test]
fn durable_may_go_down_and_what_is_missing_is_sent_again() {
    let (log, mut outbox) = (log(9, 8), Outbox::default());
    sent(&log, &mut outbox, 0);
    let restored = PushAnswer {
        timeline: Uuid::from_u128(77),
        want: Some(Want { from: 5, why: "server_behind".into() }),
        ..answer(4)
    };
    assert_eq!(believed(judge(&mut outbox, &log, &restored)), 4);
    let log = self::log(9, 4);
    assert_eq!(log.waiting(), 5);
    assert_eq!(outbox.due(&log, Role::Current, None, 100), Due::Now(Ask { from: 5, events_max: 200 }));
}

#[test]
fn an_old_log_is_silent_once_drained_until_the_server_is_heard_to_be_on_another_timeline() {
    let (log, mut outbox) = (LogHead { archived: 3, ..log(3, 3) }, Outbox::default());
    let heartbeat = Due::Now(Ask { from: 4, events_max: 0 });
    assert_eq!(outbox.due(&log, Role::Old, None, 0), Due::At(HEARTBEAT_MS));
    assert_eq!(outbox.due(&log, Role::Old, Some(TIMELINE), 0), Due::At(HEARTBEAT_MS));
    assert_eq!(outbox.due(&log, Role::Old, Some(Uuid::nil()), 0), heartbeat);
    assert_eq!(outbox.due(&self::log(3, 1), Role::Old, None, 0), Due::Now(Ask { from: 2, events_max: 200 }));
    outbox.failed(Failure::NoAnswer, 0, u16::MAX);
    assert_eq!(outbox.due(&log, Role::Old, Some(Uuid::nil()), 0), Due::At(2_000));
}

#[test]
fn an_old_log_asks_once_an_hour_how_far_backups_hold_it_until_they_hold_all() {
    let (mut log, mut outbox) = (log(3, 3), Outbox::default());
    let heartbeat = Ask { from: 4, events_max: 0 };
    for hour in 0..3 {
        let now = hour * ARCHIVED_MS;
        assert_eq!(outbox.due(&log, Role::Old, Some(TIMELINE), now), Due::Now(heartbeat));
        outbox.sent(heartbeat, NONCE);
        let own = Some(chain_at(3));
        outbox.answered(&log, SERVER, own, &PushAnswer { archived: 2, ..answer(3) }, now, 0);
        log.archived = 2;
        outbox.try_now();
        let next = Due::At(now + ARCHIVED_MS);
        assert_eq!(outbox.due(&log, Role::Old, Some(TIMELINE), now + 1), next, "however often somebody looks");
    }
    log.archived = 3;
    assert!(matches!(outbox.due(&log, Role::Old, Some(TIMELINE), 9 * ARCHIVED_MS), Due::At(_)));
}

#[test]
fn an_answer_is_believed_only_from_our_server_to_this_push_and_with_our_own_chain() {
    let (log, mut outbox) = (log(5, 2), Outbox::default());
    sent(&log, &mut outbox, 0);
    let late = PushAnswer { nonce: Uuid::nil(), ..answer(5) };
    assert_eq!(judge(&mut outbox, &log, &late), Verdict::Ignored(Disbelief::Nonce));
    assert_eq!(outbox.due(&log, Role::Current, None, 100), Due::InFlight, "the right answer may still come");
    let other = PushAnswer { server: Uuid::nil(), ..answer(5) };
    assert_eq!(judge(&mut outbox, &log, &other), Verdict::Ignored(Disbelief::OtherServer));
    assert!(matches!(outbox.due(&log, Role::Current, None, 100), Due::At(_)));

    for lie in [
        PushAnswer { durable: Head { seq: 4, chain: chain_at(3) }, ..answer(4) },
        PushAnswer { durable: Head { seq: 6, chain: chain_at(6) }, ..answer(6) },
        PushAnswer { durable: Head { seq: 0, chain: chain_at(1) }, ..answer(0) },
    ] {
        let mut outbox = Outbox::default();
        sent(&log, &mut outbox, 0);
        assert_eq!(judge(&mut outbox, &log, &lie), Verdict::Forget);
        assert_eq!(outbox.last_failure(), Some(Failure::NotBelieved(Disbelief::Parted)));
        outbox.try_now();
        let from = sent(&self::log(5, 0), &mut outbox, 100).from;
        assert_eq!(from, 1, "half-way back from the push that began at 3");
    }
}

#[test]
fn pauses_double_up_to_a_minute_and_no_status_ends_the_trying() {
    let (log, mut outbox) = (log(1, 0), Outbox::default());
    let mut pauses = Vec::new();
    let mut now = 0;
    for status in [401, 403, 404, 429, 500, 503, 507, 400, 410] {
        sent(&log, &mut outbox, now);
        outbox.failed(Failure::Status(status), now, u16::MAX);
        let Due::At(next) = outbox.due(&log, Role::Current, None, now) else { panic!("no pause after {status}") };
        pauses.push(next - now);
        now = next;
    }
    assert_eq!(pauses, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    outbox.failed(Failure::NoAnswer, now, 0);
    assert_eq!(outbox.due(&log, Role::Current, None, now), Due::At(now + 30_000));
    outbox.try_now();
    sent(&log, &mut outbox, now);
    assert_eq!(believed(judge(&mut outbox, &log, &answer(1))), 1);
    assert_eq!(outbox.last_failure(), None);
    assert!((0..=u16::MAX).all(|jitter| (RETRY_MS_MIN..=2_000).contains(&pause_ms(1, jitter))));
    assert_eq!(pause_ms(u32::MAX, u16::MAX), RETRY_MS_MAX);
}

#[test]
fn a_push_refused_for_its_size_is_halved_and_grows_again_afterwards() {
    let (log, mut outbox) = (log(300, 0), Outbox::default());
    let mut sizes = Vec::new();
    for now in 0..9 {
        outbox.try_now();
        sizes.push(sent(&log, &mut outbox, now).events_max);
        outbox.failed(Failure::TooLarge, now, 0);
    }
    assert_eq!(sizes, [200, 100, 50, 25, 12, 6, 3, 1, 1]);
    assert!(outbox.is_blocked_by_size());
    outbox.try_now();
    sent(&log, &mut outbox, 9);
    judge(&mut outbox, &log, &answer(1));
    assert!(!outbox.is_blocked_by_size());
    assert_eq!(outbox.due(&self::log(300, 1), Role::Current, None, 100), Due::Now(Ask { from: 2, events_max: 2 }));
}

#[test]
fn the_same_wish_twice_waits_instead_of_storming() {
    let (log, mut outbox) = (log(3, 0), Outbox::default());
    let same = PushAnswer { want: Some(Want { from: 1, why: "gap".into() }), ..answer(0) };
    sent(&log, &mut outbox, 0);
    judge(&mut outbox, &log, &same);
    assert!(matches!(outbox.due(&log, Role::Current, None, 100), Due::At(_)));
}

#[test]
fn a_fork_is_told_and_a_wish_beyond_the_log_is_not_followed() {
    let (log, mut outbox) = (log(3, 0), Outbox::default());
    sent(&log, &mut outbox, 0);
    let forked = PushAnswer {
        requests: vec![DeviceRequest::RotateLog],
        want: Some(Want { from: 90, why: "gap".into() }),
        archived: 12,
        ..answer(1)
    };
    let verdict = judge(&mut outbox, &log, &forked);
    // a backup holds the line that the server kept, not the branch that stands beside it
    assert!(matches!(verdict, Verdict::Believed { rotate: true, archived: 0, .. }), "{verdict:?}");
    assert_eq!(outbox.due(&self::log(3, 1), Role::Current, None, 100), Due::Now(Ask { from: 3, events_max: 200 }));
}

#[test]
fn a_request_holds_what_fits_and_at_least_one_event() {
    let log = log(4, 0);
    let sender = || Sender {
        app: "test".into(),
        clock: ClockSample { wall_ms: 0, monotonic_ms: 0, offset_ms: 0 },
        storage: None,
        missing: Vec::new(),
        others: Vec::new(),
    };
    let events = |sizes: &[usize]| -> Vec<PushedEvent> {
        (1..)
            .zip(sizes)
            .map(|(seq, size)| PushedEvent { seq, id: EventId(Uuid::nil()), body: "x".repeat(*size) })
            .collect()
    };
    let check = |sizes: &[usize], events_max: usize, expected: usize| {
        let ask = Ask { from: 1, events_max };
        let request = request(&log, ask, NONCE, Some(chain_at(0)), events(sizes), sender());
        assert_eq!(request.events.len(), expected, "{sizes:?}");
        assert_eq!(request.prev.is_some(), expected > 0);
    };
    check(&[10, 10, 10], 200, 3);
    check(&[10, 10, 10], 2, 2);
    check(&[BATCH_BYTES_MAX, 1], 200, 1);
    check(&[BATCH_BYTES_MAX - 1, 1, 1], 200, 2);
    check(&[BATCH_BYTES_MAX * 2, 1], 200, 1);
    check(&[10], 0, 0);
    check(&[], 200, 0);
}

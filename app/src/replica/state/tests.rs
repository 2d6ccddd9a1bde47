//! What a page holds in memory: events, ticks, the number waiting, tasks and what is said first.
#![allow(clippy::unwrap_used)]
use super::*;
use shared::{
    event::{SheetIntent, TakenBy},
    id::{CountId, LocationId, TaskId},
    location::{Location, LocationKind},
    sync::{
        catalogue::pack_locations,
        message::{Belief, Head, LogReason, ShardVersion},
    },
};

const NOW: Reading = Reading { wall_ms: 1_795_392_000_000, monotonic_ms: 9 };

fn log_id() -> LogId {
    LogId(Uuid::from_u128(5))
}

fn maria() -> SignedIn {
    let person = HandheldPerson { id: PersonId(3), name: "Maria".into(), language: "en".into() };
    SignedIn { person, taken_by: TakenBy::Password, ask_password: false, roles: Vec::new() }
}

fn ready() -> State {
    let log = LogHead::new(log_id(), LogReason::Fresh);
    State { log: Some(log.log), logs: [(log.log, log)].into(), person: Some(maria()), ..State::default() }
}

fn write(state: &mut State, kind: EventKind, sheet: SheetId, n: u8) -> Saved {
    let (log, event, body) = state.compose(None, kind, Some(sheet), NOW, &[n; 10]).unwrap();
    let before = &state.logs[&log];
    let head = LogHead { head: before.next(&body), ..before.clone() };
    let seq = head.head.seq;
    state.saved(head, seq, &event)
}

fn opened(location: i64) -> EventKind {
    EventKind::SheetOpened { location: LocationId(location), task: None, count: None, intent: SheetIntent::Own }
}

#[test]
fn an_event_says_who_when_and_how_sure_and_reads_back_from_its_bytes() {
    let mut state = ready();
    let sheet = SheetId(Uuid::from_u128(8));
    let (log, event, body) = state.compose(None, opened(1), Some(sheet), NOW, &[7; 10]).unwrap();
    assert_eq!((log, event.actor, event.sheet), (log_id(), PersonId(3), Some(sheet)));
    assert_eq!((event.at.wall_ms, event.id.0.get_version_num()), (NOW.wall_ms, 7));
    assert!(event.at.uncertainty_ms >= 3_600_000, "never measured");
    assert_eq!(shared::sync::receive::read_body(&body, event.id), Ok(event));
}

#[test]
fn nothing_is_composed_without_a_handheld_or_a_person_or_beyond_all_size() {
    let mut state = ready();
    let raw = "9".repeat(BODY_BYTES_MAX);
    let long = EventKind::UnknownBarcode { raw, quantity: shared::quantity::Quantity::ONE };
    assert_eq!(state.compose(None, long, None, NOW, &[0; 10]).unwrap_err(), NotSaved::TooLong);
    state.person = None;
    assert_eq!(state.compose(None, EventKind::Locked, None, NOW, &[0; 10]).unwrap_err(), NotSaved::NobodySignedIn);
    assert!(state.compose(Some(PersonId(4)), EventKind::Locked, None, NOW, &[0; 10]).is_ok());
    state.log = None;
    assert_eq!(state.compose(None, EventKind::Locked, None, NOW, &[0; 10]).unwrap_err(), NotSaved::NotEnrolled);
}

#[test]
fn each_tick_is_true_and_the_number_waiting_counts_every_log() {
    let mut state = ready();
    let sheet = SheetId(Uuid::from_u128(8));
    let first = write(&mut state, opened(1), sheet, 1);
    let second = write(&mut state, EventKind::ConfirmedEmpty, sheet, 2);
    let log = state.logs.get_mut(&log_id()).unwrap();
    let known = Head { seq: 1, chain: log.head.chain };
    (log.durable, log.archived) = (Some(Belief { head: known, timeline: Uuid::nil() }), 0);
    assert_eq!((state.tick(&first), state.tick(&second)), (Tick::Server, Tick::Saved));
    let old =
        LogHead { head: Head { seq: 4, chain: known.chain }, ..LogHead::new(LogId(Uuid::nil()), LogReason::Fork) };
    state.logs.insert(old.log, old);
    let status = state.status();
    assert_eq!((status.saved_seq, status.durable_seq, status.waiting), (6, 1, 5));
    state.logs.get_mut(&log_id()).unwrap().archived = 1;
    assert_eq!(state.tick(&first), Tick::Archived);
    state.logs.get_mut(&log_id()).unwrap().archived = 2;
    assert!(state.status().archived_seq < state.status().saved_seq, "the old log is in no backup");
    // nothing is known of the server any more, but what was removed here is in a backup
    state.logs.get_mut(&log_id()).unwrap().durable = None;
    let before = state.status().waiting;
    state.bases.insert(log_id(), 1);
    assert_eq!(state.status().waiting, before - 1);
}

#[test]
fn a_log_that_carries_what_others_say_is_sent_after_them() {
    let mut state = ready();
    let old = LogHead::new(LogId(Uuid::from_u128(9)), LogReason::Fresh);
    let own = (log_id(), Role::Current);
    state.logs.insert(old.log, old.clone());
    assert_eq!(state.logs_to_send(), [own, (old.log, Role::Old)], "what is counted now first");
    state.logs.insert(log_id(), LogHead::new(log_id(), LogReason::Salvage));
    assert_eq!(state.logs_to_send(), [(old.log, Role::Old), own]);
}

#[test]
fn open_sheets_are_kept_until_they_are_closed() {
    let mut state = ready();
    let (one, two) = (SheetId(Uuid::from_u128(1)), SheetId(Uuid::from_u128(2)));
    write(&mut state, opened(1), one, 1);
    write(&mut state, opened(2), two, 2);
    write(&mut state, EventKind::ConfirmedEmpty, one, 3);
    write(&mut state, EventKind::SheetClosed { location_done: true }, two, 4);
    let open = state.sheets.all();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].id, open[0].location, open[0].actor), (one, LocationId(1), PersonId(3)));
    assert_eq!(open[0].events.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn i_see_my_tasks_and_the_pools_that_i_may_do_in_walk_order() {
    let task = |id: i64, assignee, excluded: &[i64]| HandheldTask {
        id: TaskId(id),
        count: CountId(1),
        count_name: String::new(),
        location: LocationId(id),
        round: 1,
        assignee,
        excluded: excluded.iter().copied().map(PersonId).collect(),
        keys: None,
    };
    let tasks = [
        task(1, Assignee::Pool, &[]),
        task(2, Assignee::Person(PersonId(3)), &[]),
        task(3, Assignee::Person(PersonId(4)), &[]),
        task(4, Assignee::Pool, &[3]),
    ];
    let mut state = ready();
    state.view.tasks = tasks.into_iter().map(|task| (task.id, task)).collect();
    let bin = |id: i64, walk_order| Location {
        id: LocationId(id),
        code: id.to_string(),
        barcode: id.to_string(),
        zone: String::new(),
        aisle: String::new(),
        bay: String::new(),
        level: String::new(),
        kind: LocationKind::Pick,
        walk_order,
    };
    let ids = |state: &State| state.tasks().iter().map(|task| task.id.0).collect::<Vec<_>>();
    assert_eq!(ids(&state), [1, 2]);
    state.catalogue.put(ShardKind::Locations, 0, pack_locations(&[bin(1, 9), bin(2, 3)])).unwrap();
    assert_eq!(ids(&state), [2, 1]);
    state.person = None;
    assert_eq!(ids(&state), [2, 1, 3, 4]);
}

#[test]
fn after_a_reset_every_shard_is_used_and_fetched_again() {
    let mut state = ready();
    let known = ShardVersion { kind: ShardKind::Items, number: 2, version: 40 };
    state.view.shards.push(known.clone());
    state.shards.insert((ShardKind::Items, 2), 40);
    let missing = |state: &State| state.view.missing(|kind, number| state.shards.get(&(kind, number)).copied());
    assert_eq!(missing(&state), []);
    state.distrust_shards();
    assert_eq!(missing(&state), [known]);
    assert_eq!((state.status().shards_here, state.status().shards_known), (1, 1));
}

#[test]
fn a_failed_write_is_the_first_thing_to_say() {
    let mut state = ready();
    (state.sending, state.writing) = (Some(Problem::Unreachable), Some("disk full".into()));
    assert_eq!(state.status().problem, Some(Problem::Storage("disk full".into())));
    write(&mut state, EventKind::Locked, SheetId(Uuid::nil()), 1);
    assert_eq!(state.status().problem, Some(Problem::Unreachable));
    assert_eq!(problem_of(Failure::Status(401)), Some(Problem::NotRecognised));
    assert_eq!(problem_of(Failure::NotBelieved(Disbelief::Unreadable)), Some(Problem::NotTheServer));
}

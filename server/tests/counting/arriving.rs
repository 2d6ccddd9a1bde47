//! What handhelds hand in, once or often, whole or in pieces, fitting or not.

use crate::{handheld::Handheld, warehouse::*};
use server::store::Error;
use shared::{
    event::EventKind,
    fact::{Assignee, Fact},
    id::{EventId, LocationId, PersonId},
    sync::message::{DeviceRequest, Mark},
};
use uuid::Uuid;

#[test]
fn a_push_sent_twice_is_counted_once() {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "3");
    let mut handheld = Handheld::new(1);
    let sheet = handheld.open(MARIA, BIN, None);
    for _ in 0..3 {
        handheld.scan(MARIA, sheet, BOLT);
    }
    handheld.close(MARIA, sheet);
    let first = handheld.push(&warehouse);
    let second = handheld.push(&warehouse);
    assert_eq!(first.durable, second.durable);
    assert_eq!(first.durable.seq, 5);
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'event'"), 5);
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["3000000"]);
    assert_eq!(warehouse.rows("SELECT variance_micro, level FROM variance"), ["0|within"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM discrepancy"), 0);
    warehouse.verify();
}

#[test]
fn a_gap_is_asked_for_and_nothing_after_it_counts() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3"), (GLOVE, "1")]);
    warehouse.push(handheld.device, handheld.request(1, 1)).unwrap();
    let answer = warehouse.push(handheld.device, handheld.request(3, 4)).unwrap();
    assert_eq!(answer.want.map(|want| (want.from, want.why)), Some((2, "gap".into())));
    assert_eq!(answer.durable.seq, 1);
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet_line"), 0);
    let answer = warehouse.push(handheld.device, handheld.request(2, 4)).unwrap();
    assert_eq!((answer.durable.seq, answer.want), (4, None));
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet_line"), 2);
    warehouse.verify();
}

#[test]
fn two_copies_of_a_handheld_are_a_fork_and_both_are_kept() {
    let warehouse = Warehouse::new();
    let mut one = Handheld::new(1);
    let sheet = one.open(MARIA, BIN, None);
    let mut copy = one.clone();
    one.key(MARIA, sheet, BOLT, "3");
    one.close(MARIA, sheet);
    copy.minute = 5;
    copy.key(MARIA, sheet, GLOVE, "9");
    one.push(&warehouse);
    let answer = copy.push(&warehouse);
    assert!(answer.requests.contains(&DeviceRequest::RotateLog));
    assert_eq!(answer.durable.chain, *copy.chains.last().unwrap(), "its own line is acknowledged");
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'event_conflicted'"), 1);
    assert_eq!(warehouse.rows("SELECT kind, state, events, from_seq FROM incident"), ["fork|open|1|2"]);
    assert_eq!(warehouse.rows("SELECT item_id, quantity_micro FROM sheet_line"), ["1|3000000"]);
    // the copy sends it again: it is known
    copy.push(&warehouse);
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'event_conflicted'"), 1);
    warehouse.verify();
}

/// Pushes one event and answers how it was marked.
fn check(write: impl FnOnce(&mut Handheld), mark: Option<(Mark, &str)>) {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    write(&mut handheld);
    let answer = handheld.push(&warehouse);
    assert_eq!(answer.durable.seq, handheld.events.len() as u64, "stored whatever it is");
    let last = answer.notes.last().map(|note| (note.mark, note.code.as_str()));
    assert_eq!(last, mark);
    if mark.is_some() {
        assert_eq!(warehouse.number("SELECT count(*) FROM mark"), answer.notes.len() as i64);
    }
    warehouse.verify();
}

#[test]
fn what_does_not_fit_is_stored_marked_and_shown() {
    let opened = |location: i64| EventKind::SheetOpened {
        location: LocationId(location),
        task: None,
        count: None,
        intent: Default::default(),
    };
    let id = EventId(Uuid::from_u128(77));
    check(|h| h.write_body(id, "nonsense".into()), Some((Mark::Quarantined, "malformed")));
    check(|h| h.write_body(id, "[".repeat(5000)), Some((Mark::Quarantined, "malformed")));
    check(|h| h.write_body(id, format!("\"{}\"", "x".repeat(20_000))), Some((Mark::Quarantined, "body_too_large")));
    check(|h| h.write_body(id, r#"{"v":9,"kind":"weighed"}"#.into()), Some((Mark::Deferred, "unknown_kind")));
    check(
        |h| {
            h.write(MARIA, None, opened(BIN.0));
        },
        Some((Mark::Quarantined, "no_sheet")),
    );
    check(
        |h| {
            let sheet = h.sheet_id();
            h.write(MARIA, Some(sheet), opened(99));
        },
        Some((Mark::Quarantined, "unknown_location")),
    );
    check(
        |h| {
            let sheet = h.sheet_id();
            h.key(MARIA, sheet, BOLT, "1");
        },
        Some((Mark::Quarantined, "unknown_sheet")),
    );
    check(
        |h| {
            let sheet = h.open(MARIA, BIN, None);
            h.key(MARIA, sheet, shared::id::ItemId(99), "1");
        },
        Some((Mark::Quarantined, "unknown_item")),
    );
    check(
        |h| {
            let sheet = h.open(MARIA, BIN, None);
            h.close(MARIA, sheet);
            h.key(MARIA, sheet, BOLT, "1");
        },
        Some((Mark::Quarantined, "sheet_closed")),
    );
    check(
        |h| {
            let sheet = h.open(PersonId(99), BIN, None);
            h.close(PersonId(99), sheet);
        },
        Some((Mark::NeedsConfirm, "actor_unknown")),
    );
    check(|h| h.visit(SUSAN, BIN, None, &[(BOLT, "1")]), Some((Mark::NeedsConfirm, "actor_not_counter")));
    check(|h| h.visit(MARIA, BIN, None, &[(BOLT, "1")]), None);
}

#[test]
fn an_event_id_takes_effect_once_wherever_it_stands() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    let sheet = handheld.open(MARIA, BIN, None);
    handheld.scan(MARIA, sheet, BOLT);
    let again = handheld.events.last().unwrap().clone();
    handheld.write_body(again.id, again.body);
    handheld.close(MARIA, sheet);
    let answer = handheld.push(&warehouse);
    assert_eq!(answer.notes.iter().map(|note| (note.seq, note.code.as_str())).collect::<Vec<_>>(), [(3, "id_known")]);
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["1000000"]);
    warehouse.verify();
}

#[test]
fn what_a_revoked_handheld_still_sends_is_quarantined() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    warehouse.facts(SITE, vec![Fact::DeviceRevoked { device: handheld.device }]);
    let answer = handheld.push(&warehouse);
    assert_eq!(answer.durable.seq, 3);
    assert!(answer.notes.iter().all(|note| note.code == "device_revoked"));
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet"), 0);
    warehouse.verify();
}

#[test]
fn a_sheet_without_a_task_is_attached_to_the_open_task_of_its_bin() {
    let warehouse = Warehouse::new();
    let (count, task) = warehouse.count(Assignee::Pool);
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[]);
    handheld.push(&warehouse);
    assert_eq!(warehouse.rows("SELECT count_id, task_id FROM sheet"), [format!("{count}|{task}")]);
    assert_eq!(warehouse.text(&format!("SELECT state FROM task WHERE task_id = {task}")), "counted");
    warehouse.verify();
}

#[test]
fn a_skipped_bin_is_shown_to_the_lead_until_somebody_counts_it() {
    let warehouse = Warehouse::new();
    let (count, task) = warehouse.count(Assignee::Pool);
    let mut handheld = Handheld::new(1);
    let reason = shared::event::SkipReason::Blocked;
    handheld.write(MARIA, None, EventKind::LocationSkipped { location: BIN, task: Some(task), reason });
    handheld.push(&warehouse);
    let state = format!("SELECT state, skip_reason FROM task WHERE task_id = {task}");
    assert_eq!(warehouse.rows(&state), ["skipped|blocked"]);
    let mut other = Handheld::new(2);
    other.visit(JONAS, BIN, Some((task, count)), &[]);
    other.push(&warehouse);
    assert_eq!(warehouse.rows(&state), ["counted|blocked"]);
    warehouse.verify();
}

fn reason(code: &str) -> Fact {
    Fact::ReasonAdded { code: code.into(), label: code.into() }
}

#[test]
fn a_job_that_fails_leaves_nothing_and_the_others_of_its_commit_stay() {
    let warehouse = Warehouse::new();
    let before = warehouse.number("SELECT count(*) FROM fact");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = warehouse.store().clone();
        // the writer is held until all the others wait behind it, so that they share its commit
        let (go, held) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let store = store.clone();
            async move { store.write(move |_| held.recv().map_err(|_| Error::Random)).await }
        });
        let mut jobs = Vec::new();
        for (code, ends) in [("a", "kept"), ("b", "fails"), ("c", "kept"), ("d", "panics"), ("e", "kept")] {
            let store = store.clone();
            let (queued, was_queued) = tokio::sync::oneshot::channel();
            jobs.push(tokio::spawn(async move {
                let write = store.write(move |tx| {
                    tx.append(SITE, None, "import", &reason(code))?;
                    match ends {
                        "fails" => Err(Error::Random),
                        "panics" => panic!("a planned mistake"),
                        _ => Ok(()),
                    }
                });
                tokio::pin!(write);
                let at_once = poll_once(write.as_mut()).await;
                let _ = queued.send(());
                match at_once {
                    Some(answer) => answer,
                    None => write.await,
                }
            }));
            was_queued.await.expect("queued");
        }
        go.send(()).expect("the writer waits");
        first.await.expect("no panic").expect("written");
        let mut kept = Vec::new();
        for job in jobs {
            kept.push(job.await.expect("no panic here").is_ok());
        }
        assert_eq!(kept, [true, false, true, false, true]);
    });
    assert_eq!(warehouse.number("SELECT count(*) FROM fact"), before + 3);
    assert_eq!(warehouse.rows("SELECT code FROM reason WHERE code <> 'mis_pick' ORDER BY code"), ["a", "c", "e"]);
    warehouse.verify();
}

/// Polls once; the answer where it is there already.
async fn poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
            std::task::Poll::Ready(answer) => Some(answer),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[test]
fn handhelds_that_push_at_once_are_all_answered_and_each_event_is_kept_once() {
    let warehouse = Warehouse::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut handhelds: Vec<Handheld> = (1..=3).map(Handheld::new).collect();
    for (handheld, person) in handhelds.iter_mut().zip([MARIA, JONAS, AMIR]) {
        for _ in 0..20 {
            handheld.visit(person, BIN, None, &[(BOLT, "1")]);
        }
    }
    let answers = runtime.block_on(async {
        let pushes = handhelds.iter().map(|handheld| {
            let (store, device) = (warehouse.store().clone(), handheld.device);
            let request = handheld.request(1, handheld.events.len() as u64);
            tokio::spawn(async move { server::action::push::receive_push(&store, device, request).await })
        });
        let pushes: Vec<_> = pushes.collect();
        let mut answers = Vec::new();
        for push in pushes {
            answers.push(push.await.expect("no panic").expect("taken"));
        }
        answers
    });
    assert!(answers.iter().all(|answer| answer.durable.seq == 60 && answer.want.is_none()));
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'event'"), 180);
    warehouse.verify();
}

//! A handheld that comes back after a week without a network, with ten thousand events: they drain in bounded batches,
//! and nobody else waits for it (I4, I5, I11, I15).

use crate::scene::Scene;
use shared::event::SheetIntent;
use shared::sync::message::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX};
use std::time::{Duration, Instant};
use tests::handheld::Handheld;
use tests::report;
use tests::server::Launch;

/// What a counter makes in a week of work: about a scan every twelve seconds.
const EVENTS: u64 = 10_000;
/// Entries on one sheet.
const SHEET: i64 = 60;
/// A push of somebody else takes at most this long meanwhile: the screen's third tick may not lag by more than a breath.
const WAIT_MAX: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_offline_drains_in_bounded_batches_while_others_go_on() {
    let mut fault = report::fault("people", "a week offline with 10,000 events", "I4 I5 I11 I15");
    let mut scene = Scene::open(Launch::serve()).await;
    let mut handhelds = Vec::new();
    for name in ["H-01", "H-02", "H-03"] {
        handhelds.push(Handheld::enrol(&scene.warehouse, name).await);
    }
    let week = &mut handhelds[0];
    // the clock of a week ago
    week.hidden_shift_ms = -7 * 24 * 60 * 60 * 1000;
    while week.head().seq < EVENTS {
        let sheet = week.open(scene.cara, scene.bin, None, SheetIntent::Own);
        for units in 1..=SHEET {
            week.key(scene.cara, sheet, scene.nut, units);
        }
        week.close(scene.cara, sheet);
    }
    fault.happened_times(week.head().seq);

    let (mut batches, mut longest) = (0, Duration::ZERO);
    while handhelds[0].durable() < handhelds[0].head().seq {
        let before = handhelds[0].durable();
        let request = handhelds[0].request(BATCH_EVENTS_MAX);
        let bytes: usize = request.events.iter().map(|event| event.body.len()).sum();
        assert!(bytes <= BATCH_BYTES_MAX && request.events.len() <= BATCH_EVENTS_MAX);
        // at the same time the others tick as ever
        let (back, others) = handhelds.split_at_mut(1);
        let [second, third] = others else { panic!("three handhelds") };
        scene.visit(second);
        scene.visit(third);
        let timed = async |handheld: &mut Handheld| {
            let began = Instant::now();
            assert!(handheld.push(200).await.is_some(), "somebody else is not answered");
            assert_eq!(handheld.durable(), handheld.head().seq);
            began.elapsed()
        };
        let (drained, one, other) = tokio::join!(back[0].push(BATCH_EVENTS_MAX), timed(second), timed(third));
        assert!(drained.is_some() && back[0].durable() > before, "the week does not drain: {drained:?}");
        longest = longest.max(one).max(other);
        batches += 1;
    }
    println!("{EVENTS} events in {batches} batches; the longest wait of another handheld was {longest:?}");
    assert!(longest < WAIT_MAX, "another handheld waited {longest:?}");
    scene.settle(&mut handhelds).await;
}

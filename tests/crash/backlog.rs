//! A handheld that comes back after a week without a network, with ten thousand events: they drain in bounded batches, as
//! the application's own machine makes them, and nobody else waits for it (I4, I5, I15).

use crate::scene::Scene;
use shared::event::{EventKind, SheetIntent};
use shared::quantity::Quantity;
use shared::sync::outbox::Outbox;
use std::time::{Duration, Instant};
use tests::handheld::{Handheld, Sent};
use tests::report;
use tests::server::Launch;

/// What a counter makes in a week of work: about a scan every twelve seconds.
const EVENTS: u64 = 10_000;
/// Entries on one sheet.
const SHEET: i64 = 60;
/// Bytes of a large code that nobody knows: with a sheet's number of them in a batch its bytes are the limit, and not how
/// many they are.
const CODE_BYTES: usize = 3_000;
/// Every so many sheets are of large codes.
const LARGE_EVERY: u64 = 10;
/// What one push may hold (`SYNC.md` section 3); written out, because it is the product that is measured.
const EVENTS_MAX: usize = 200;
const BYTES_MAX: usize = 256 * 1024;
/// A push of somebody else takes at most this long meanwhile: the screen's third tick may not lag by more than a breath.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// A week of counting: small entries, and now and then several sheets of codes as large as a label can hold.
fn count_for_a_week(week: &mut Handheld, scene: &Scene) {
    let mut sheets = 0;
    while week.head().seq < EVENTS {
        sheets += 1;
        let sheet = week.open(scene.cara, scene.bin, None, SheetIntent::Own);
        for units in 1..=SHEET {
            // four sheets of them one after the other fill whole batches
            if sheets % LARGE_EVERY < 4 {
                let raw = format!("{units}{}", "7".repeat(CODE_BYTES));
                week.record(scene.cara, Some(sheet), EventKind::UnknownBarcode { raw, quantity: Quantity::ONE });
            } else {
                week.key(scene.cara, sheet, scene.nut, units);
            }
        }
        week.close(scene.cara, sheet);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_offline_drains_in_bounded_batches_while_others_go_on() {
    let mut fault = report::fault("people", "a week offline with 10,000 events", "I4 I5 I15");
    let mut scene = Scene::open(Launch::serve()).await;
    let mut handhelds = Vec::new();
    for name in ["H-01", "H-02", "H-03"] {
        handhelds.push(Handheld::enrol(&scene.warehouse, name).await);
    }
    let week = &mut handhelds[0];
    // the clock of a week ago
    week.hidden_shift_ms = -7 * 24 * 60 * 60 * 1000;
    count_for_a_week(week, &scene);
    fault.happened_times(week.head().seq);

    let (mut outbox, mut batches, mut longest) = (Outbox::default(), Vec::<Sent>::new(), Duration::ZERO);
    while handhelds[0].durable() < handhelds[0].head().seq {
        let before = handhelds[0].durable();
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
        let (sent, one, other) = tokio::join!(back[0].push_as_decided(&mut outbox), timed(second), timed(third));
        let sent = sent.expect("there is something to send, and nothing failed");
        assert!(sent.events <= EVENTS_MAX && sent.bytes <= BYTES_MAX, "{sent:?}");
        assert!(sent.is_believed && back[0].durable() > before, "the week does not drain: {sent:?}");
        longest = longest.max(one).max(other);
        batches.push(sent);
    }
    let most = |of: fn(&Sent) -> usize| batches.iter().map(of).max().unwrap_or(0);
    let (events, bytes) = (most(|sent| sent.events), most(|sent| sent.bytes));
    // both limits were met; a batch that ends for its bytes lacks less than one body of them
    assert_eq!(events, EVENTS_MAX, "no batch is as long as it may be");
    assert!(bytes + 2 * CODE_BYTES > BYTES_MAX, "no batch is as heavy as it may be: {bytes} bytes");
    println!("{EVENTS} events in {} batches; the longest wait of another handheld was {longest:?}", batches.len());
    fault.note(format!("in {} batches of at most {events} events and {bytes} bytes", batches.len()));
    assert!(longest < WAIT_MAX, "another handheld waited {longest:?}");
    scene.settle(&mut handhelds).await;
}

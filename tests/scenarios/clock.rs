//! Handhelds whose clocks are wrong (`SYNC.md` section 6, I10): a clock chooses the book instant of a scan, and nothing
//! else.

use crate::scene::{Scene, instant};
use serde_json::json;
use shared::event::SheetIntent;

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_a_day_ahead_that_was_measured_changes_nothing() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-01").await;
    scene.handheld.clock_shift_ms = DAY;
    scene.handheld.count(scene.counters[0], scene.a_01, Some(task), &[(scene.nut, 40)]);
    // picked after the count, long before the day that the handheld believes in
    let later = instant();
    scene.moved("P-1", later, "A-01", "NUT", -3);
    scene.handheld.drain().await;
    let line = scene.line(1);
    assert_eq!((&line["book"], &line["variance"]), (&json!("40"), &json!("0")), "{line}");
    scene.expect_settled(count).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_nobody_can_trust_makes_a_variance_ambiguous_and_not_wrong() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-01").await;
    // it cannot say whether it counted before or after the pick
    scene.handheld.uncertainty_ms = DAY;
    let picked = instant();
    scene.handheld.count(scene.counters[0], scene.a_01, Some(task), &[(scene.nut, 38)]);
    scene.moved("P-1", picked, "A-01", "NUT", -1);
    scene.handheld.drain().await;
    let line = scene.line(1);
    assert_eq!(line["kind"], "ambiguous", "{line}");
    assert_eq!(scene.discrepancy().await["state"], "recounting");
    assert_eq!(scene.lead.tasks(count, 2).await.len(), 1);
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_a_sheet_is_that_of_its_log_whatever_the_clock_says() {
    let mut scene = Scene::open().await;
    let (_, task) = scene.lead.count_bin("A-01").await;
    let cara = scene.counters[0];
    let sheet = scene.handheld.open(cara, scene.a_01, Some(task), SheetIntent::Own);
    scene.handheld.key(cara, sheet, scene.nut, 12);
    // somebody sets the clock back an hour in the middle; the later number still replaces the earlier one
    scene.handheld.hidden_shift_ms = -DAY / 24;
    scene.handheld.key(cara, sheet, scene.nut, 40);
    scene.handheld.close(cara, sheet);
    scene.handheld.drain().await;
    assert_eq!(scene.line(1)["counted"], "40");
    scene.warehouse.verify();
}

//! Stock that moves while it is counted (`DOMAIN.md` section 4).

use crate::scene::{Scene, instant};
use serde_json::{Value, json};
use shared::event::SheetIntent;

#[tokio::test(flavor = "multi_thread")]
async fn a_pick_during_the_count_raises_no_false_variance() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-01").await;
    let (cara, nut, place) = (scene.counters[0], scene.nut, scene.a_01);
    let sheet = scene.handheld.open(cara, place, Some(task), SheetIntent::Own);
    scene.handheld.key(cara, sheet, nut, 39);
    let picked = instant();
    scene.handheld.close(cara, sheet);
    // the book was 40 when the nuts were counted; one had left the shelf when the bin was done
    scene.moved("P-1", picked, "A-01", "NUT", -1);
    scene.handheld.drain().await;

    let line = scene.line(1);
    assert_eq!((&line["counted"], &line["variance"]), (&json!("39"), &json!("0")), "{line}");
    assert_eq!(line["kind"], "settled_by_movement", "{line}");
    scene.expect_settled(count).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pick_learned_late_takes_a_variance_back() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-01").await;
    let picked = instant();
    scene.handheld.count(scene.counters[0], scene.a_01, Some(task), &[(scene.nut, 38)]);
    scene.handheld.drain().await;
    assert_eq!(scene.discrepancy().await["variance"], "-2", "nobody has told of the pick yet");
    assert_eq!(scene.lead.tasks(count, 2).await.len(), 1);

    scene.moved("P-2", picked, "A-01", "NUT", -2);
    let line = scene.line(1);
    assert_eq!(
        (&line["book"], &line["variance"], &line["kind"]),
        (&json!("38"), &json!("0"), &json!("plain")),
        "{line}"
    );
    scene.expect_settled(count).await;
    // told again, nothing changes
    scene.moved("P-2", picked, "A-01", "NUT", -2);
    assert_eq!(scene.line(1), line);
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_movement_after_the_count_changes_nothing_about_it() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-01").await;
    scene.handheld.count(scene.counters[0], scene.a_01, Some(task), &[(scene.nut, 40)]);
    let later = instant();
    scene.moved("P-3", later, "A-01", "NUT", -7);
    scene.handheld.drain().await;
    let line = scene.line(1);
    assert_eq!(
        (&line["book"], &line["variance"], &line["kind"]),
        (&json!("40"), &json!("0"), &json!("plain")),
        "{line}"
    );
    scene.expect_settled(count).await;
    scene.warehouse.verify();
}

/// Variances of up to ten units are posted by themselves.
async fn post_small_ones(scene: &Scene) {
    let now: Value = scene.warehouse.admin.get("thresholds").await;
    let ten = json!({"units_over": "10", "units_short": "10"});
    let rules = json!({
        "version": now["version"], "dual_above": null, "post_within_tolerance": true,
        "rules": [{"scope": {"kind": "default"}, "recount": ten, "approve": ten}],
    });
    let _: Value = scene.warehouse.admin.put("thresholds", &rules).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_with_a_movement_inside_its_window_is_never_posted_by_itself() {
    let mut scene = Scene::open().await;
    post_small_ones(&scene).await;
    let (_, plain) = scene.lead.count_bin("A-02").await;
    let (count, moving) = scene.lead.count_bin("A-01").await;
    // five short and nothing moved: this is what posting by itself looks like
    scene.handheld.count(scene.counters[0], scene.a_02, Some(plain), &[(scene.bolt, 20)]);
    // five short as well, but something moved meanwhile, and no instant explains it
    let sheet = scene.handheld.open(scene.counters[0], scene.a_01, Some(moving), SheetIntent::Own);
    scene.handheld.key(scene.counters[0], sheet, scene.nut, 35);
    let moved = instant();
    scene.handheld.close(scene.counters[0], sheet);
    scene.moved("P-4", moved, "A-01", "NUT", -1);
    scene.handheld.drain().await;

    let posted = scene.adjustments();
    assert_eq!(posted.len(), 1, "{posted:?}");
    assert_eq!((&posted[0]["location"], &posted[0]["quantity"]), (&json!("A-02"), &json!("-5")), "{posted:?}");
    let lines = scene.lines(1);
    let line = lines.iter().find(|line| line["location"] == "A-01").expect("a line");
    assert_eq!(line["kind"], "ambiguous", "{line}");
    let again = scene.lead.tasks(count, 2).await;
    assert_eq!(again.len(), 1, "an ambiguous count is counted again: {again:?}");
    scene.warehouse.verify();
}

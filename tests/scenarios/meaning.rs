//! Two people in one bin (`DOMAIN.md` section 3): independent, helping, and one person again.

use crate::scene::Scene;
use serde_json::json;
use shared::event::SheetIntent;

#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_agree_confirm_each_other_at_once() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-02").await;
    let [cara, carl, _] = scene.counters;
    scene.handheld.count(cara, scene.a_02, Some(task), &[(scene.bolt, 23)]);
    scene.handheld.count(carl, scene.a_02, Some(task), &[(scene.bolt, 23)]);
    scene.handheld.drain().await;
    let row = scene.discrepancy().await;
    assert_eq!((&row["state"], &row["variance"]), (&json!("confirmed"), &json!("-2")), "{row}");
    for task in scene.lead.tasks(count, 2).await {
        assert_eq!(task["state"], "cancelled", "two people agree, a third is sent all the same: {task}");
    }
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_differ_send_a_third() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-02").await;
    let [cara, carl, cleo] = scene.counters;
    scene.handheld.count(cara, scene.a_02, Some(task), &[(scene.bolt, 23)]);
    scene.handheld.count(carl, scene.a_02, Some(task), &[(scene.bolt, 25)]);
    scene.handheld.drain().await;
    assert_eq!(scene.discrepancy().await["state"], "recounting");
    let again = scene.lead.tasks(count, 2).await;
    assert_eq!(again.len(), 1, "{again:?}");
    assert_eq!(again[0]["assignee"], json!({"kind": "person", "person": cleo}), "{}", again[0]);

    scene.handheld.count(cleo, scene.a_02, again[0]["id"].as_i64(), &[(scene.bolt, 25)]);
    scene.handheld.drain().await;
    assert_eq!(scene.discrepancy().await["state"], "accepted", "the book was right, and so was carl");
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_helps_adds_to_the_count() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-02").await;
    let [cara, carl, _] = scene.counters;
    let own = scene.handheld.open(cara, scene.a_02, Some(task), SheetIntent::Own);
    scene.handheld.key(cara, own, scene.bolt, 20);
    let helping = scene.handheld.open(carl, scene.a_02, Some(task), SheetIntent::Helping);
    scene.handheld.key(carl, helping, scene.bolt, 5);
    scene.handheld.close(carl, helping);
    scene.handheld.close(cara, own);
    scene.handheld.drain().await;
    let line = scene.line(1);
    assert_eq!((&line["counted"], &line["variance"]), (&json!("25"), &json!("0")), "{line}");
    scene.expect_settled(count).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_starts_over_replaces_their_own_count() {
    let mut scene = Scene::open().await;
    let (count, task) = scene.lead.count_bin("A-02").await;
    let cara = scene.counters[0];
    scene.handheld.count(cara, scene.a_02, Some(task), &[(scene.bolt, 12)]);
    scene.handheld.count(cara, scene.a_02, Some(task), &[(scene.bolt, 25)]);
    scene.handheld.drain().await;
    let line = scene.line(1);
    assert_eq!((&line["counted"], &line["variance"]), (&json!("25"), &json!("0")), "{line}");
    scene.expect_settled(count).await;
    scene.warehouse.verify();
}

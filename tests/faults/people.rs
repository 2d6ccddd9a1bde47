//! People and time: who holds the handheld when it syncs, who is still known, and what its clock says.

use crate::scene::{BOLT, NUT, Scene, nudge};
use serde_json::{Value, json};
use tests::report::{self, fault};
use tests::{ledger, record};

/// Who made the entries of an item, as the server has it.
fn actors(scene: &Scene, sku: &str) -> Vec<i64> {
    let data = scene.warehouse.server.data();
    let skus = record::names(data, "item", "sku");
    let of = |recorded: &record::Recorded| recorded.event.kind.item().is_some_and(|item| skus[&item.0] == sku);
    record::events(data).iter().filter(|recorded| of(recorded)).map(|recorded| recorded.event.actor.0).collect()
}

async fn person(scene: &Scene, name: &str) -> i64 {
    let people: Value = scene.warehouse.admin.get("people").await;
    let rows = people.as_array().expect("people");
    let row = rows.iter().find(|row| row["username"] == name).unwrap_or_else(|| panic!("no {name} in {people}"));
    row["id"].as_i64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_counted_offline_stays_theirs_when_another_signs_in_and_it_syncs() {
    let mut fault = fault("people", "A counts offline, B signs in, it syncs", "I1 I4 I9 I11 I14");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    let (cara, carl) = (person(&scene, "cara").await, person(&scene, "carl").await);
    scene.line.cut();
    floor.open_bin("A-01").await;
    for total in 1..=3 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    floor.done().await;
    // at the end of a list that is longer than the screen
    floor.browser.js("document.querySelector('[data-test=sign-out]').click()").await;
    // nobody can check a password now; the name is chosen and marked
    nudge(&floor).await;
    floor.browser.click("[data-test=person][data-name=Carl]").await;
    floor.browser.click("[data-test=confirm-person]").await;
    floor.browser.wait_for("[data-test=task-list]").await;
    fault.happened();
    floor.open_bin("A-02").await;
    for total in 1..=2 {
        floor.count(BOLT, BOLT, &total.to_string()).await;
    }
    scene.line.restore();
    nudge(&floor).await;
    scene.settle(&floor).await;
    assert_eq!(actors(&scene, NUT), [cara; 3]);
    assert_eq!(actors(&scene, BOLT), [carl; 2]);
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_refused_their_counts_for_what_became_of_them_meanwhile() {
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    let cara = person(&scene, "cara").await;
    floor.open_bin("A-01").await;
    {
        let mut fault = fault("people", "user deleted", "I1 I4 I9 I11 I14");
        scene.line.cut();
        floor.count(NUT, NUT, "1").await;
        let gone = json!({"roles": ["counter"], "approval_limit": null, "disabled": true});
        let _: Value = scene.warehouse.admin.put(&format!("people/{cara}"), &gone).await;
        floor.count(NUT, NUT, "2").await;
        scene.line.restore();
        nudge(&floor).await;
        scene.settle(&floor).await;
        fault.happened();
    }
    {
        let mut fault = fault("people", "device revoked", "I1 I4 I9 I11 I14");
        scene.line.cut();
        floor.count(NUT, NUT, "3").await;
        let devices: Value = scene.warehouse.admin.get("devices").await;
        let id = devices[0]["id"].as_i64().expect("a number");
        let _: Value = scene.warehouse.admin.post(&format!("devices/{id}/revoke"), &json!({})).await;
        scene.line.restore();
        nudge(&floor).await;
        scene.settle(&floor).await;
        // and it still says "saved" of what comes after
        floor.count(NUT, NUT, "4").await;
        nudge(&floor).await;
        scene.settle(&floor).await;
        fault.happened();
    }
    assert_eq!(actors(&scene, NUT), [cara; 4]);
    scene.warehouse.verify();
}

/// A clock that a test can set: `shiftClock(ms)` from the machine's.
const CLOCK: &str = "
(() => {
  const now = Date.now.bind(Date);
  let shift = 0;
  Date.now = () => now() + shift;
  window.shiftClock = ms => { shift = ms === null ? -now() : ms; };
})()";

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_changes_neither_what_was_counted_nor_by_whom_nor_in_which_order() {
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    let cara = person(&scene, "cara").await;
    floor.browser.js(CLOCK).await;
    floor.open_bin("A-01").await;
    let mut total = 1;
    floor.count(NUT, NUT, "1").await;
    for (name, shift) in [
        ("clock at 1970", "null".to_owned()),
        ("clock a day ahead", (24 * 60 * 60 * 1000).to_string()),
        ("clock jumping in the middle of a sheet", (-60 * 60 * 1000).to_string()),
    ] {
        let mut fault = fault("people", name, "I1 I4 I9 I10 I11");
        for _ in 0..report::times(1, 5) {
            floor.browser.js(&format!("shiftClock({shift})")).await;
            for _ in 0..2 {
                total += 7;
                floor.key(NUT, &total.to_string()).await;
            }
            fault.happened();
        }
    }
    nudge(&floor).await;
    scene.settle(&floor).await;
    let data = scene.warehouse.server.data();
    assert_eq!(ledger::entries(data, &record::events(data)), floor.ledger, "I10: the order is not that of the screen");
    assert!(actors(&scene, NUT).iter().all(|actor| *actor == cara));
    scene.warehouse.verify();
}

//! People and time: who holds the handheld when it syncs, who is still known, and what its clock says.

use crate::scene::{BOLT, NUT, Scene, nudge};
use serde_json::{Value, json};
use shared::event::SheetIntent;
use tests::handheld::Handheld;
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
    let mut fault = fault("people", "A counts offline, B signs in, it syncs", "I1 I4 I9 I14");
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
    scene.settle(&floor, &mut fault).await;
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
        let mut fault = fault("people", "user deleted", "I1 I4 I9 I14");
        scene.line.cut();
        floor.count(NUT, NUT, "1").await;
        let gone = json!({"roles": ["counter"], "approval_limit": null, "disabled": true});
        let _: Value = scene.warehouse.admin.put(&format!("people/{cara}"), &gone).await;
        floor.count(NUT, NUT, "2").await;
        scene.settle(&floor, &mut fault).await;
        fault.happened();
    }
    {
        let mut fault = fault("people", "device revoked", "I1 I4 I9 I14");
        scene.line.cut();
        floor.count(NUT, NUT, "3").await;
        let devices: Value = scene.warehouse.admin.get("devices").await;
        let id = devices[0]["id"].as_i64().expect("a number");
        let _: Value = scene.warehouse.admin.post(&format!("devices/{id}/revoke"), &json!({})).await;
        scene.settle(&floor, &mut fault).await;
        // and it still says "saved" of what comes after
        floor.count(NUT, NUT, "4").await;
        scene.settle(&floor, &mut fault).await;
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
        let mut fault = fault("people", name, "I1 I4 I9 I10");
        for _ in 0..report::times(1, 5) {
            floor.browser.js(&format!("shiftClock({shift})")).await;
            for _ in 0..2 {
                total += 7;
                floor.key(NUT, &total.to_string()).await;
            }
            fault.happened();
        }
        scene.settle(&floor, &mut fault).await;
    }
    let data = scene.warehouse.server.data();
    assert_eq!(ledger::entries(data, &record::events(data)), floor.ledger, "I10: the order is not that of the screen");
    assert!(actors(&scene, NUT).iter().all(|actor| *actor == cara));
    scene.warehouse.verify();
}

/// The counted lines of a bin in the first round, as the real command exports them: counted, variance.
fn lines(scene: &Scene, bin: &str) -> Vec<(String, String)> {
    let all = record::export(scene.warehouse.server.data(), "lines");
    let own = all.iter().filter(|row| row["location"] == bin && row["round"] == 1);
    own.map(|row| (row["counted"].to_string().replace('"', ""), row["variance"].to_string().replace('"', ""))).collect()
}

/// The number of a bin's task in the first round.
async fn task(scene: &Scene, bin: &str) -> i64 {
    let place = scene.warehouse.admin.location(bin).await;
    let rows: Value = scene.lena.get("tasks?state=open").await;
    let rows = rows.as_array().expect("tasks");
    let row = rows.iter().find(|row| row["location"] == place && row["round"] == 1);
    row.unwrap_or_else(|| panic!("no task for {bin} in {rows:?}"))["id"].as_i64().expect("a number")
}

/// The one discrepancy of a bin.
async fn discrepancy(scene: &Scene, bin: &str) -> Value {
    let rows = scene.sam.discrepancies().await;
    let own: Vec<_> = rows.iter().filter(|row| row["location_code"] == bin).collect();
    assert_eq!(own.len(), 1, "{rows:?}");
    own[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_handhelds_in_one_bin_mean_what_was_said_and_nothing_of_either_is_lost() {
    let mut scene = Scene::open().await;
    let (carl, cara) = (person(&scene, "carl").await, person(&scene, "cara").await);
    let nut = scene.warehouse.admin.item(NUT).await;
    let mut floor = scene.floor("H-01", "cara").await;
    let mut other = Handheld::enrol(&scene.warehouse, "H-02").await;
    for (name, bin, actor, intent) in [
        ("two devices in one bin, independent", "A-01", carl, SheetIntent::Own),
        ("two devices in one bin, helping", "A-02", carl, SheetIntent::Helping),
        ("two devices in one bin, one person again", "A-03", cara, SheetIntent::Own),
    ] {
        let mut fault = fault("people", name, "I1 I4 I5 I8 I9 I15");
        // both are in the bin at the same time, and neither has a network
        scene.line.cut();
        let (place, task) = (scene.warehouse.admin.location(bin).await, task(&scene, bin).await);
        floor.open_bin(bin).await;
        floor.count(NUT, NUT, "1").await;
        let sheet = other.open(actor, place, Some(task), intent);
        other.key(actor, sheet, nut, 5);
        floor.count(NUT, NUT, "2").await;
        other.close(actor, sheet);
        floor.count(NUT, NUT, "3").await;
        floor.done().await;
        fault.happened();
        // the one that finished first arrives last
        scene.settle_nudged(&floor).await;
        other.drain().await;
        ledger::acknowledged(scene.warehouse.server.data(), [&other]).expect("what the other one was told");
        scene.expect_nothing_lost(&floor).await;
    }
    // two people who differ are both there, and somebody else is sent
    assert_eq!(discrepancy(&scene, "A-01").await["state"], "recounting");
    // somebody who helps adds to the count
    assert_eq!(lines(&scene, "A-02"), [("8".to_owned(), "8".to_owned())]);
    // one person again: one visit is the count and the other stays as evidence; between two logs the server's order decides
    // which, never a clock (I10)
    assert_eq!(lines(&scene, "A-03"), [("5".to_owned(), "5".to_owned())]);
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handheld_that_returns_after_posting_changes_no_decision_and_is_told_of() {
    let mut fault = fault("people", "a device that returns after posting", "I1 I4 I5 I9 I15");
    let mut scene = Scene::open().await;
    let (carl, cleo) = (person(&scene, "carl").await, person(&scene, "cleo").await);
    let (nut, place) = (scene.warehouse.admin.item(NUT).await, scene.warehouse.admin.location("A-01").await);
    let mut floor = scene.floor("H-01", "cara").await;
    scene.line.cut();
    floor.open_bin("A-01").await;
    for total in 1..=3 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    floor.done().await;

    // meanwhile two others count it, and it is decided and posted
    let mut other = Handheld::enrol(&scene.warehouse, "H-02").await;
    other.count(carl, place, Some(task(&scene, "A-01").await), &[(nut, 5)]);
    other.drain().await;
    let again: Value = scene.lena.get("tasks?state=open").await;
    let again = again.as_array().expect("tasks").iter().find(|row| row["round"] == 2).cloned().expect("a recount");
    let number = again["id"].as_i64().expect("a number");
    let _: Value =
        scene.lena.post("tasks/assign", &json!({"tasks": [number], "to": {"kind": "person", "person": cleo}})).await;
    other.count(cleo, place, Some(number), &[(nut, 5)]);
    other.drain().await;
    let row = discrepancy(&scene, "A-01").await;
    assert_eq!(row["state"], "confirmed", "{row}");
    let path = format!("discrepancies/{}", row["id"]);
    let page: Value = scene.sam.get(&path).await;
    let decision = json!({"reason": "mis_pick", "note": "counted twice", "evidence": page["evidence"]});
    let _: Value = scene.sam.post(&format!("{path}/approve"), &decision).await;
    assert_eq!(discrepancy(&scene, "A-01").await["state"], "posted");
    let posted = record::export(scene.warehouse.server.data(), "adjustments");

    // it returns
    scene.settle(&floor, &mut fault).await;
    fault.happened();
    assert_eq!(record::export(scene.warehouse.server.data(), "adjustments"), posted, "what was posted stands");
    assert_eq!(discrepancy(&scene, "A-01").await["state"], "posted");
    let findings: Value = scene.sam.get("findings").await;
    assert!(findings.to_string().contains("late_sheet"), "nobody is told: {findings}");
    ledger::acknowledged(scene.warehouse.server.data(), [&other]).expect("what the other one was told");
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_somebody_whose_session_has_expired_are_taken_and_stay_theirs() {
    let mut fault = fault("people", "session expired", "I1 I4 I9 I14");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    let cara = person(&scene, "cara").await;
    floor.open_bin("A-01").await;
    scene.line.cut();
    floor.count(NUT, NUT, "1").await;
    // every session ends, as after weeks, and her password is not hers any more
    scene.warehouse.server.stop();
    let database = rusqlite::Connection::open(scene.warehouse.server.data().join("trueup.db")).expect("a database");
    database.execute("DELETE FROM session", []).expect("sessions");
    drop(database);
    scene.warehouse.server.restart();
    fault.happened();
    floor.count(NUT, NUT, "2").await;
    scene.settle(&floor, &mut fault).await;
    // nobody has asked her for anything, and it goes on
    floor.count(NUT, NUT, "3").await;
    scene.settle(&floor, &mut fault).await;
    assert_eq!(actors(&scene, NUT), [cara; 3]);
    scene.warehouse.verify();
}

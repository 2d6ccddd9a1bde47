//! Faults of what the browser stores: a write that never ends, a connection that dies under the application, and
//! a disk of yesterday.

use crate::scene::{NUT, Scene};
use serde_json::json;
use tests::floor::Floor;
use tests::report::{self, fault};
use tests::server::copy_tree;

/// Makes the next strict transaction of the journal go wrong, once: `window.next` says how.
const HOOK: &str = "
(() => {
  const real = IDBDatabase.prototype.transaction;
  window.hit = 0;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const how = window.next;
    const isJournal = this.name === 'trueup-journal' && mode === 'readwrite' && [].concat(stores).includes('events');
    if (!isJournal || !how) return real.call(this, stores, mode, options);
    window.next = null;
    window.hit += 1;
    if (how === 'close') { this.close(); return real.call(this, stores, mode, options); }
    const transaction = real.call(this, stores, mode, options);
    for (const kind of ['complete', 'error', 'abort'])
      transaction.addEventListener(kind, event => event.stopImmediatePropagation(), true);
    return transaction;
  };
})()";

async fn next_goes_wrong(floor: &Floor, how: &str) {
    floor.browser.js(&format!("window.next = {how:?}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_goes_wrong_is_done_again_and_once() {
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.browser.js(HOOK).await;
    floor.open_bin("A-01").await;
    let mut total = 0;
    for (how, name) in [("close", "the connection killed under the app"), ("hang", "a transaction that never ends")] {
        let mut fault = fault("storage", name, "I1 I4 I5 I14");
        for _ in 0..report::times(1, 10) {
            let hit = floor.browser.js("return window.hit").await;
            next_goes_wrong(&floor, how).await;
            total += 1;
            floor.count(NUT, NUT, &total.to_string()).await;
            assert_ne!(floor.browser.js("return window.hit").await, hit, "nothing went wrong");
            fault.happened();
            total += 1;
            floor.count(NUT, NUT, &total.to_string()).await;
        }
        scene.settle(&floor, &mut fault).await;
    }
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_yesterday_put_back_keeps_both_days() {
    let mut fault = fault("storage", "yesterday's profile put back", "I1 I4 I5 I7");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;
    scene.settle_nudged(&floor).await;
    let yesterday = tempfile::tempdir().expect("a folder");
    floor.browser.close().await;
    copy_tree(floor.browser.profile(), yesterday.path());
    floor.browser.restart().await;
    floor.browser.goto("/").await;
    floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
    for total in 2..=4 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    scene.settle_nudged(&floor).await;

    floor.browser.close().await;
    std::fs::remove_dir_all(floor.browser.profile()).expect("today goes");
    copy_tree(yesterday.path(), floor.browser.profile());
    // nobody knows yet, and there is no network to learn it from
    scene.line.cut();
    floor.browser.restart().await;
    floor.browser.goto("/").await;
    floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
    fault.happened();
    for total in 2..=3 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    scene.settle(&floor, &mut fault).await;
    floor.count(NUT, NUT, "4").await;
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cleared_origin_takes_nothing_from_the_server_and_the_handheld_is_connected_again() {
    let mut fault = fault("storage", "whole origin cleared", "I2 I4");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    for total in 1..=3 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    scene.settle_nudged(&floor).await;
    let origin = scene.line.url();
    floor.browser.cdp("Storage.clearDataForOrigin", json!({"origin": origin, "storageTypes": "all"})).await;
    fault.happened();
    floor.browser.goto("/").await;
    // it is nobody's now, and says so; what it had is on the server
    floor.browser.wait_for("[data-test=enrol-code]").await;
    let code = scene.warehouse.enrolment_code("H-01b").await;
    floor.browser.type_into("[data-test=enrol-code]", &code).await;
    floor.browser.click("[data-test=enrol-go]").await;
    floor.sign_in("cara").await;
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

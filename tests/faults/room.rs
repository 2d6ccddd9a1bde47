//! Room for what is counted: a quota that is reached, a disk that is full, a browser that promises to keep nothing. What is
//! not saved is not ticked, and stays on the screen until it is (I14).

use crate::scene::{NUT, Scene};
use serde_json::{Value, json};
use tests::browser::{Browser, Screen};
use tests::disk::SmallDisk;
use tests::floor::Floor;
use tests::record;
use tests::report::{self, fault};

/// Scans until the browser must have noticed: it looks at a quota twice a minute.
const SCANS_MAX: u32 = 150;

/// Goes on scanning although there is less and less room, until it is told that something is not saved: aloud, with the
/// number beside it, and without a tick. What is ticked until then is true: room that was kept for this carries some.
async fn scan_until_told(floor: &mut Floor, total: &mut u32, before_each: impl Fn()) {
    let told = "const is = css => !!document.querySelector(css);
        return is('[data-test=not-saved]') ? 'told'
            : is('[data-test=big-quantity][data-fate=saved]') && is('[data-test=tick-saved][data-state=yes]') ? 'saved' : ''";
    for _ in 0..SCANS_MAX {
        before_each();
        *total += 1;
        floor.try_scan(NUT).await;
        floor.browser.wait_text("[data-test=big-quantity]", &total.to_string()).await;
        floor.browser.wait_js("a tick, or that it is not saved", told).await;
        if floor.browser.js(told).await == "told" {
            assert_eq!(floor.browser.count("[data-test=tick-saved][data-state=yes]").await, 0, "a tick without a disk");
            return;
        }
        floor.was_ticked(NUT);
    }
    panic!("there was room all the time");
}

/// There is room again: it saves what is on the screen by itself, once.
async fn saved_after_all(floor: &mut Floor, total: &str) {
    floor.wait_ticked(NUT, total).await;
    floor.was_ticked(NUT);
    floor.browser.wait_gone("[data-test=not-saved]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_reached_is_told_and_costs_no_count() {
    let mut fault = fault("storage", "quota reached", "I1 I4 I12 I14");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    let mut total = 0;
    for _ in 0..report::times(1, 3) {
        scene.line.cut();
        total += 1;
        floor.count(NUT, NUT, &total.to_string()).await;
        let origin = scene.line.url();
        floor.browser.cdp("Storage.overrideQuotaForOrigin", json!({"origin": origin, "quotaSize": 1})).await;
        scan_until_told(&mut floor, &mut total, || ()).await;
        fault.happened();
        scene.expect_nothing_lost(&floor).await;
        // without a size the override ends
        floor.browser.cdp("Storage.overrideQuotaForOrigin", json!({"origin": origin})).await;
        saved_after_all(&mut floor, &total.to_string()).await;
        // about the disk; the line was cut for long
        scene.settle_nudged(&floor).await;
    }
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_browser_is_told_and_costs_no_count() {
    let mut fault = fault("storage", "disk full", "I1 I4 I12 I14");
    let Some(disk) = SmallDisk::mount("400m") else { return fault.was_skipped() };
    let mut scene = Scene::open().await;
    let browser = Browser::open_on(disk.path(), &scene.line.url(), Screen::Handheld).await;
    let mut floor = scene.floor_in(browser, "H-01", "cara").await;
    floor.open_bin("A-01").await;
    scene.line.cut();
    floor.count(NUT, NUT, "1").await;
    let mut total = 1;
    scan_until_told(&mut floor, &mut total, || disk.fill()).await;
    fault.happened();
    scene.expect_nothing_lost(&floor).await;
    disk.empty();
    saved_after_all(&mut floor, &total.to_string()).await;
    scene.settle_nudged(&floor).await;
    floor.browser.kill9();
    scene.warehouse.verify();
}

/// What the server was told of the browser's promise.
fn promised(scene: &Scene) -> Value {
    let database = record::open(scene.warehouse.server.data());
    let stored = database.query_row("SELECT storage FROM device_seen", [], |row| row.get::<_, Option<String>>(0));
    let stored = stored.expect("a handheld that was heard of").unwrap_or_default();
    serde_json::from_str::<Value>(&stored).map_or(Value::Null, |health| health["persistent"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_promises_nothing_says_so_and_the_server_is_told() {
    let mut fault = fault("storage", "storage not persistent", "I1 I4");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    for (setting, state, kept) in [("denied", "not-kept", false), ("granted", "kept", true)] {
        let permission =
            json!({"permission": {"name": "persistent-storage"}, "setting": setting, "origin": scene.line.url()});
        floor.browser.cdp("Browser.setPermission", permission).await;
        floor.browser.reload().await;
        floor.browser.click("[data-test=device-open]").await;
        floor.browser.wait_for(&format!("[data-test=storage][data-state={state}]")).await;
        floor.browser.click("[data-test=send-now]").await;
        floor.browser.click("[data-test=device-back]").await;
        // it counts all the same
        let bin = if kept { "A-02" } else { "A-01" };
        floor.open_bin(bin).await;
        floor.count(NUT, NUT, "1").await;
        floor.done().await;
        scene.settle(&floor, &mut fault).await;
        assert_eq!(promised(&scene), json!(kept), "what the server knows");
        fault.happened();
    }
    scene.warehouse.verify();
}

//! Faults of the browser: killed while it writes, a tab that freezes or is loaded again, several tabs, a pause.

use crate::scene::{BOLT, NUT, Scene};
use std::time::Duration;
use tests::floor::Floor;
use tests::report::{self, fault};

/// The total of an item in the open bin, as the list of lines says; zero where it has no line.
async fn total(floor: &Floor, sku: &str) -> u32 {
    let line = format!("[data-test=line][data-sku='{sku}'] [data-test=line-quantity]");
    floor.browser.texts(&line).await.first().map_or(0, |text| text.parse().expect("a whole number"))
}

/// After a restart: the bin is open again, and the total is what was ticked, and at most what was on its way more.
pub async fn come_back(floor: &Floor, bin: &str, ticked: u32, on_its_way: u32) -> u32 {
    floor.browser.goto("/").await;
    floor.browser.wait_text("[data-test=bin-code]", bin).await;
    if ticked > 0 {
        floor.browser.wait_for(&format!("[data-test=line][data-sku='{NUT}']")).await;
    }
    let found = total(floor, NUT).await;
    assert!(found >= ticked, "I1: {ticked} were ticked, {found} came back");
    assert!(found <= ticked + on_its_way, "I4: {ticked} were ticked, {on_its_way} on their way, {found} came back");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_killed_while_it_writes_keeps_every_tick() {
    let mut fault = fault("browser", "kill −9 while writing", "I1 I4 I5 I6");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    let mut count = 0;
    for kill in 0..report::times(6, 100) {
        // half of them without a network, so that the disk is all there is
        if kill % 2 == 0 {
            scene.line.restore()
        } else {
            scene.line.cut()
        }
        count += 1;
        floor.count(NUT, NUT, &count.to_string()).await;
        // and one more that nobody sees ticked, cut off a little later each time
        floor.try_scan(NUT).await;
        tokio::time::sleep(Duration::from_millis(u64::from(kill * 7 % 60))).await;
        floor.browser.kill9();
        floor.browser.restart().await;
        // one tab had one scan on its way
        count = come_back(&floor, "A-01", count, 1).await;
        fault.happened();
        scene.expect_nothing_lost(&floor).await;
        // what one server holds stays bounded, and is proved now and then
        if kill % 20 == 19 {
            scene.settle(&floor, &mut fault).await;
            scene.warehouse.verify();
        }
    }
    scene.settle(&floor, &mut fault).await;
    floor.browser.expect_no_errors().await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_crashes_keeps_every_tick() {
    let mut fault = fault("browser", "tab crash", "I1 I4 I5");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    let mut count = 0;
    for crash in 0..report::times(2, 20) {
        if crash % 2 == 0 {
            scene.line.cut()
        } else {
            scene.line.restore()
        }
        count += 1;
        floor.count(NUT, NUT, &count.to_string()).await;
        floor.try_scan(NUT).await;
        tokio::time::sleep(Duration::from_millis(u64::from(crash * 7 % 60))).await;
        floor.browser.crash_tab().await;
        count = come_back(&floor, "A-01", count, 1).await;
        fault.happened();
    }
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_loaded_again_in_the_middle_of_an_entry_keeps_what_was_typed() {
    let mut fault = fault("browser", "reload in the middle of an entry", "I1 I4");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    scene.line.cut();
    floor.count(NUT, NUT, "1").await;
    for total in (1..=report::times(2, 20)).map(|round| (round * 12).to_string()) {
        for digit in total.chars() {
            floor.browser.click(&format!("[data-test=key-{digit}]")).await;
        }
        floor.browser.wait_text("[data-test=big-quantity]", &total).await;
        floor.browser.wait_draft(&total).await;
        floor.browser.reload().await;
        floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
        // half an entry is no entry, and it is still there to be finished
        floor.browser.wait_text("[data-test=big-quantity]", &total).await;
        floor.confirm(NUT, &total).await;
        fault.happened();
    }
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_tabs_that_write_at_once_lose_and_double_nothing() {
    let mut fault = fault("browser", "three tabs writing at once", "I1 I4 I5 I12");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    scene.line.cut();
    let mut tabs = vec![floor.browser.tab().await];
    for _ in 0..2 {
        tabs.push(floor.browser.open_tab().await);
        floor.browser.goto("/").await;
        floor.browser.wait_for("[data-test=task-list]").await;
    }
    for (tab, bin) in tabs.iter().zip(["A-01", "A-02", "A-03"]) {
        floor.browser.to_tab(tab).await;
        floor.open_bin(bin).await;
    }
    for round in 1..=report::times(4, 40) {
        // all three scan before any of them has ticked
        for (tab, bin) in tabs.iter().zip(["A-01", "A-02", "A-03"]) {
            floor.browser.to_tab(tab).await;
            floor.go_on_in(bin);
            floor.try_scan(BOLT).await;
        }
        for (tab, bin) in tabs.iter().zip(["A-01", "A-02", "A-03"]) {
            floor.browser.to_tab(tab).await;
            floor.go_on_in(bin);
            floor.wait_ticked(BOLT, &round.to_string()).await;
            floor.was_ticked(BOLT);
        }
        fault.happened();
    }
    // each of them says what waits in all of them, and any of them drains it
    scene.expect_nothing_lost(&floor).await;
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_tab_holds_up_no_other() {
    let mut fault = fault("browser", "frozen tab", "I1 I4 I14");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    scene.line.cut();
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;
    let first = floor.browser.tab().await;
    let second = floor.browser.open_tab().await;
    floor.browser.goto("/").await;
    floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
    for round in 1..=report::times(3, 30) {
        floor.browser.to_tab(&first).await;
        // frozen in the middle of a write, a little later each time
        floor.try_scan(NUT).await;
        tokio::time::sleep(Duration::from_millis(u64::from(round * 3 % 20))).await;
        floor.browser.cdp("Page.setWebLifecycleState", serde_json::json!({"state": "frozen"})).await;
        fault.happened();

        // whatever that one was doing, this one goes on
        floor.browser.to_tab(&second).await;
        floor.count(BOLT, BOLT, &round.to_string()).await;

        floor.browser.to_tab(&first).await;
        floor.browser.cdp("Page.setWebLifecycleState", serde_json::json!({"state": "active"})).await;
        floor.wait_ticked(NUT, &(round + 1).to_string()).await;
        floor.was_ticked(NUT);
    }
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_stands_still_goes_on_where_it_was() {
    let mut fault = fault("browser", "browser stopped", "I1 I4 I12");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;
    floor.try_scan(NUT).await;
    floor.browser.stand_still();
    // longer than the watchdog of a write; in the long run than anything has patience
    let seconds = report::times(6, 300);
    tokio::time::sleep(Duration::from_secs(seconds.into())).await;
    floor.browser.go_on();
    fault.happened();
    fault.note(format!("for {seconds} s"));
    floor.wait_ticked(NUT, "2").await;
    floor.was_ticked(NUT);
    floor.count(NUT, NUT, "3").await;
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

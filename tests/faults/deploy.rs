//! Faults of a deploy: a new build while somebody counts, a server whose data is of yesterday.
//!
//! Absent: an app of long ago, which needs no browser (`tests/crash/old_app.rs`).

use crate::scene::{NUT, Scene, nudge};
use serde_json::Value;
use std::path::Path;
use tests::floor::Floor;
use tests::handheld::Handheld;
use tests::ledger;
use tests::report::{Fault, fault};
use tests::server::{another_build, bundles, copy_tree, run};

const BUILD: &str = "return document.querySelector('meta[name=build]').content";
const UPDATE: &str = "const done = arguments[0];
    navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => done('asked'), e => done(String(e)))";
/// Whether the coming worker has got as far as it will: it waits, or it has taken over.
const ARRIVED: &str = "const done = arguments[0];
    navigator.serviceWorker.getRegistration().then(r => done(!!r.waiting || (!r.installing && window.taken)))";

/// A build that takes over whatever page is open.
pub fn take_over_open_pages(folder: &Path) {
    let file = folder.join("files").join("sw.js");
    let text = std::fs::read_to_string(&file).expect("a service worker");
    let polite = "if (!self.registration.active) await self.skipWaiting();";
    assert!(text.contains(polite), "the worker asks for its turn in other words now");
    std::fs::write(&file, text.replace(polite, "await self.skipWaiting();")).expect("a worker");
    for ending in ["br", "gz"] {
        // packed copies would be served in its place
        let _ = std::fs::remove_file(folder.join("files").join(format!("sw.js.{ending}")));
    }
}

/// A new build arrives while a sheet is open. Whether the open page, and the page after a reload, is still the old one.
///
/// # Errors
/// What came in without being asked.
pub async fn deploy_while_counting(spoil: impl Fn(&Path), fault: &mut Fault) -> Result<(), String> {
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;
    floor
        .browser
        .js("navigator.serviceWorker.addEventListener('controllerchange', () => { window.taken = true })")
        .await;

    another_build(scene.warehouse.server.web());
    spoil(scene.warehouse.server.web());
    let new = std::fs::read_to_string(scene.warehouse.server.web().join("build")).expect("a build id");
    assert_eq!(floor.browser.js_async(UPDATE).await, "asked");
    while floor.browser.js_async(ARRIVED).await != true {}
    if floor.browser.js("return !!window.taken").await == true {
        return Err("an open page was taken over".into());
    }
    // the old page goes on working, through a reload as well
    floor.count(NUT, NUT, "2").await;
    floor.browser.reload().await;
    floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
    let build = floor.browser.js(BUILD).await;
    if build != bundles().build.as_str() {
        return Err(format!("build {build} came in without being asked"));
    }
    floor.count(NUT, NUT, "3").await;
    if floor.browser.count("[data-test=update]").await > 0 {
        return Err("an update is offered while a sheet is open".into());
    }
    floor.done().await;
    floor.browser.click("[data-test=update]").await;
    floor.browser.wait_js("the new build", &format!("{BUILD} === {new:?}")).await;
    floor.browser.wait_for("[data-test=task-list]").await;
    floor.open_bin("A-02").await;
    floor.count(NUT, NUT, "1").await;
    scene.settle(&floor, fault).await;
    floor.browser.expect_no_errors().await;
    scene.warehouse.verify();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_build_waits_until_the_sheet_is_closed_and_it_is_accepted() {
    let mut fault = fault("deploy", "new build while a page is open", "I1 I4 I14");
    fault.happened();
    assert_eq!(deploy_while_counting(|_| (), &mut fault).await, Ok(()));
}

/// Asks the worker for news, and waits until nothing of it is on its way any more.
async fn ask_for_news(floor: &Floor) -> String {
    // a build that cannot be had whole is an error here, and no more than that
    let asked = floor.browser.js_async(UPDATE).await.to_string();
    let settled = "const done = arguments[0];
        navigator.serviceWorker.getRegistration().then(r => done(!r.installing))";
    while floor.browser.js_async(settled).await != true {}
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_lacks_a_file_is_not_taken_and_the_old_one_counts_on() {
    let mut fault = fault("deploy", "one asset missing", "I1 I4 I14");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    another_build(scene.warehouse.server.web());
    let new = std::fs::read_to_string(scene.warehouse.server.web().join("build")).expect("a build id");
    let files = scene.warehouse.server.web().join("files").join("b").join(&new);
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(&files).expect("the files of the build").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("handheld.wasm") {
            kept.push((entry.path(), std::fs::read(entry.path()).expect("a file")));
            std::fs::remove_file(entry.path()).expect("a file");
            gone.push(name);
        }
    }
    assert!(gone.contains(&"handheld.wasm".to_owned()), "{gone:?}");
    scene.warehouse.server.restart();
    // a file that is missing is missing, and no page in its place
    let missing = format!("{}/b/{new}/handheld.wasm", scene.warehouse.server.url());
    assert_eq!(reqwest::get(&missing).await.expect("an answer").status(), 404);
    ask_for_news(&floor).await;
    fault.happened();
    assert_eq!(floor.browser.count("[data-test=update]").await, 0, "half a build is offered");
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;
    floor.browser.reload().await;
    floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
    assert_eq!(floor.browser.js(BUILD).await, bundles().build.as_str(), "the old build is whole");
    floor.count(NUT, NUT, "2").await;
    floor.done().await;
    // the file is there after all
    for (path, bytes) in kept {
        std::fs::write(path, bytes).expect("a file");
    }
    scene.warehouse.server.restart();
    ask_for_news(&floor).await;
    floor.browser.click("[data-test=update]").await;
    floor.browser.wait_js("the new build", &format!("{BUILD} === {new:?}")).await;
    floor.browser.wait_for("[data-test=task-list]").await;
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_rolled_back_takes_what_a_newer_app_counted() {
    let mut fault = fault("deploy", "a rolled-back server", "I1 I4 I14");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    let old = tempfile::tempdir().expect("a folder");
    copy_tree(scene.warehouse.server.web(), old.path());
    another_build(scene.warehouse.server.web());
    let new = std::fs::read_to_string(scene.warehouse.server.web().join("build")).expect("a build id");
    scene.warehouse.server.restart();
    ask_for_news(&floor).await;
    floor.browser.click("[data-test=update]").await;
    floor.browser.wait_js("the new build", &format!("{BUILD} === {new:?}")).await;
    floor.browser.wait_for("[data-test=task-list]").await;
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;

    // back to the release before: its files are gone while the page is of the newer one
    let web = scene.warehouse.server.web().to_owned();
    std::fs::remove_dir_all(&web).expect("the new build goes");
    copy_tree(old.path(), &web);
    scene.warehouse.server.restart();
    fault.happened();
    ask_for_news(&floor).await;
    floor.count(NUT, NUT, "2").await;
    floor.browser.reload().await;
    floor.browser.wait_text("[data-test=bin-code]", "A-01").await;
    assert_eq!(floor.browser.js(BUILD).await, new.as_str(), "what is open goes on");
    floor.count(NUT, NUT, "3").await;
    scene.settle(&floor, &mut fault).await;
    floor.done().await;
    // and the older one comes like any other: when it is accepted
    floor.browser.click("[data-test=update]").await;
    floor.browser.wait_js("the old build", &format!("{BUILD} === {:?}", bundles().build)).await;
    floor.browser.wait_for("[data-test=task-list]").await;
    floor.open_bin("A-02").await;
    floor.count(NUT, NUT, "1").await;
    scene.settle(&floor, &mut fault).await;
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_since_a_backup_comes_back_after_a_restore_without_a_hand() {
    let mut fault = fault("server", "backup restored with `trueup restore`", "I1 I2 I4 I12 I13");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;
    scene.settle_nudged(&floor).await;
    let data = scene.warehouse.server.data().to_string_lossy().into_owned();
    let made = run(["backup", "--data", &data]);
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    let (_, rest) = said.split_once("Backed up to ").unwrap_or_else(|| panic!("{said}"));
    let file = rest.split_once(": ").expect("a path").0.to_owned();
    for total in 2..=4 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    scene.settle_nudged(&floor).await;
    scene.warehouse.server.stop();
    let restored = run(["restore", &file, "--data", &data]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    scene.warehouse.server.restart();
    fault.happened();
    // counting goes on; the next word that it says brings everything back
    floor.count(NUT, NUT, "5").await;
    scene.settle(&floor, &mut fault).await;
    let status: Value = scene.warehouse.admin.get("restore-status").await;
    assert!(status.to_string().contains("H-01"), "the desk says who has come back: {status}");
    scene.warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_put_back_to_yesterday_gets_back_what_the_handhelds_hold() {
    let mut fault = fault("server", "older data put back, new activity before the stale device returns", "I2 I4 I13");
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    let mut other = Handheld::enrol(&scene.warehouse, "H-02").await;
    let yesterday = tempfile::tempdir().expect("a folder");
    let (bin, nut) = (scene.warehouse.admin.location("A-05").await, scene.warehouse.admin.item(NUT).await);
    let cara = scene.warehouse.admin.id;
    floor.open_bin("A-01").await;
    floor.count(NUT, NUT, "1").await;
    other.count(cara, bin, None, &[(nut, 2)]);
    other.drain().await;
    scene.settle_nudged(&floor).await;
    scene.warehouse.server.stop();
    copy_tree(scene.warehouse.server.data(), yesterday.path());
    scene.warehouse.server.restart();
    nudge(&floor).await;
    for total in 2..=4 {
        floor.count(NUT, NUT, &total.to_string()).await;
    }
    other.count(cara, bin, None, &[(nut, 3)]);
    other.drain().await;
    scene.settle_nudged(&floor).await;

    // the stale one is away while the server is put back and others go on
    scene.line.cut();
    scene.warehouse.server.stop();
    let data = scene.warehouse.server.data().to_owned();
    std::fs::remove_dir_all(&data).expect("the data goes");
    copy_tree(yesterday.path(), &data);
    scene.warehouse.server.restart();
    fault.happened();
    other.count(cara, bin, None, &[(nut, 1)]);
    other.drain().await;
    // its heartbeat tells the server what it believes, and brings back the rest
    scene.line.restore();
    floor.count(NUT, NUT, "5").await;
    scene.settle(&floor, &mut fault).await;
    ledger::acknowledged(&data, [&other]).expect("what the other one was told");
    scene.warehouse.verify();
}

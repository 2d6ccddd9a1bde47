//! A handheld whose disk refuses: the number stays, the way out works, what was carried to the desk arrives once, and a
//! disk that is well again doubles nothing (`SYNC.md` section 2, I4, I14).

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;
use tests::browser::Browser;
use tests::browser::profile::remove_manifests;
use tests::desk::Desk;
use tests::floor::{Floor, Scanner};
use tests::record;
use tests::server::Launch;
use tests::warehouse::Warehouse;
use thirtyfour::By;

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n";
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\n\
    NUT,Nut M8 zinc,4006381333931,EA,2.50,none\nGLUE,Glue 50 ml,4006381333948,EA,3.80,lot\n";
const NUT: &str = "4006381333931";

/// Files handed to the person are kept to be read.
const CATCH: &str = "
    const make = URL.createObjectURL;
    URL.createObjectURL = blob => {
        blob.text().then(text => { window.exported = text; });
        return make.call(URL, blob);
    };";

/// From now on the journal takes nothing while `diskFails` is set.
const BREAK: &str = "
    const real = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
        const named = typeof stores === 'string' ? [stores] : [...stores];
        if (window.diskFails && mode === 'readwrite' && named.includes('events')) {
            throw new DOMException('the disk is full', 'UnknownError');
        }
        return real.call(this, stores, mode, options);
    };";

fn pictures() -> PathBuf {
    let folder = tests::root().join("target").join("screens");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

async fn picture(browser: &Browser, name: &str) {
    browser.js("return document.fonts.ready.then(() => true)").await;
    browser.screenshot(&pictures().join(format!("{name}.png"))).await;
}

/// Every code that the handheld shows, as a scanner reads it.
async fn codes(browser: &Browser) -> Vec<String> {
    browser.click("[data-test=show-codes]").await;
    browser.wait_js("a code", "return document.querySelector('[data-test=codes] svg path')?.getAttribute('d')").await;
    // by hand: they go on by themselves, and one that came between a look and a press would be passed over
    if browser.count("[data-test=code-pause][aria-pressed=false]").await > 0 {
        browser.click("[data-test=code-pause]").await;
    }
    let mut codes = BTreeSet::new();
    let frame = "return document.querySelector('[data-test=codes]').dataset.frame";
    loop {
        let shown = browser.js(frame).await.as_str().expect("a frame").to_owned();
        if !codes.insert(shown) || browser.count("[data-test=code-next]").await == 0 {
            return codes.into_iter().collect();
        }
        browser.click("[data-test=code-next]").await;
    }
}

/// A counter in the middle of a bin, with one entry on the server, and a lead at the desk.
async fn counting() -> (Warehouse, Floor, Desk) {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("locations", LOCATIONS);
    warehouse.import_text("items", ITEMS);
    for (name, role) in [("cara", "counter"), ("lena", "lead")] {
        warehouse.person(name, &[role]).await;
    }
    let (mut cara, lead) =
        tokio::join!(Floor::enrol(&warehouse, "H-01", Scanner::Keys), Desk::sign_in(&warehouse, "lena"));
    cara.sign_in("cara").await;
    cara.open_bin("A-01").await;
    cara.count(NUT, "NUT", "1").await;
    cara.wait_drained().await;
    (warehouse, cara, lead)
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_the_disk_refuses_stay_on_the_screen_leave_by_hand_and_arrive_once() {
    let (mut warehouse, mut cara, mut lead) = counting().await;

    // the disk is full: what is scanned stays on the screen, in red, and says so
    cara.browser.js(&format!("{CATCH} {BREAK} window.diskFails = true;")).await;
    cara.scan(NUT).await;
    cara.browser.wait_for("[data-test=not-saved]").await;
    cara.browser.wait_for("[data-test=big-quantity][data-fate=failed]").await;
    cara.scan(NUT).await;
    cara.browser.wait_text("[data-test=big-quantity]", "3").await;
    assert_eq!(
        cara.browser.count("[data-test=tick-saved][data-state=yes]").await,
        0,
        "nothing is ticked that is not saved"
    );
    picture(&cara.browser, "handheld-not-saved").await;

    // by codes: a part of them is not enough, and says which are missing
    let shown = codes(&cara.browser).await;
    picture(&cara.browser, "handheld-codes").await;
    cara.browser.click("[data-test=codes-close]").await;
    cara.browser.wait_text("[data-test=big-quantity]", "3").await;
    assert!(shown.len() > 1, "a chain, two bodies and the names around them fill more than one code");
    lead.open("devices").await;
    for (number, code) in shown.iter().enumerate() {
        let all = shown[..=number].join("\n");
        lead.browser.type_into("[data-test=rescue-text]", &all).await;
        let said = if number + 1 < shown.len() { "Missing:" } else { "are here." };
        lead.browser.wait_contains("[data-test=rescue-typed]", said).await;
        assert!(code.starts_with("IO1"), "{code}");
    }
    lead.browser.click("[data-test=rescue-try]").await;
    lead.browser.wait_for("[data-test=rescue-result][data-new='2']").await;
    picture(&lead.browser, "desk-rescue-try").await;

    // by file
    cara.browser.click("[data-test=export]").await;
    carry(&cara.browser, &lead.browser, 2).await;
    lead.browser.wait_for("[data-test=rescue-row]").await;
    picture(&lead.browser, "desk-rescue").await;
    lead.browser.click("[data-test=rescue-take]").await;
    lead.browser.wait_for("[data-test=rescue-result][data-new='0']").await;

    // the disk is well again: the same entries are saved and sent, and count once
    cara.browser.js("window.diskFails = false").await;
    // by hand, where the handheld has not tried again by itself
    cara.browser.js("document.querySelector('[data-test=try-again]')?.click()").await;
    cara.wait_ticked("NUT", "3").await;
    cara.browser.wait_gone("[data-test=not-saved]").await;
    cara.done().await;
    cara.wait_drained().await;
    let data = warehouse.server.data().to_owned();
    let lines = record::export(&data, "lines");
    let counted: Vec<_> =
        lines.iter().filter(|line| line["sku"] == "NUT").map(|line| line["counted"].clone()).collect();
    assert_eq!(counted, ["3"], "{lines:?}");
    let twice = "SELECT count(*) FROM fact WHERE kind = 'event' AND event_id IS NULL";
    let twice: i64 = record::open(&data).query_row(twice, [], |row| row.get(0)).expect("a number");
    assert_eq!(twice, 2, "both came a second time, and have no second effect");
    cara.browser.expect_no_errors().await;
    lead.browser.expect_no_errors().await;
    warehouse.verify();
}

/// Takes the file off the handheld and brings it in at the desk, where so many of its entries are new.
async fn carry(handheld: &Browser, desk: &Browser, new: usize) {
    handheld.wait_js("the file", "return window.exported").await;
    handheld.wait_contains("[data-test=rescue-said]", "Entries in the file:").await;
    let text = handheld.js("return window.exported").await.as_str().expect("a text").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("trueup-rescue.txt");
    std::fs::write(&file, &text).expect("a file");
    let field = desk.driver().find(By::Css("[data-test=rescue-file]")).await.expect("the field");
    field.send_keys(&*file.to_string_lossy()).await.expect("a path");
    desk.wait_contains("[data-test=rescue-typed]", "A whole file.").await;
    desk.click("[data-test=rescue-take]").await;
    desk.wait_for(&format!("[data-test=rescue-result][data-new='{new}']")).await;
}

/// Refuses to open the journal as often as lets a page try another place, and not once more.
const SHORT_TROUBLE: &str = "{
    const open = IDBFactory.prototype.open;
    let refused = 0;
    IDBFactory.prototype.open = function (name, ...rest) {
        if (name === 'trueup-journal' && refused++ < 6) throw new DOMException('for now', 'UnknownError');
        return open.call(this, name, ...rest);
    };
}";

/// The places of the browser beside the usual one, and the signs that databases went on there.
async fn places(browser: &Browser) -> Vec<String> {
    let names = browser.js("return navigator.storageBuckets.keys().then(names => names.sort())").await;
    serde_json::from_value(names).expect("names")
}

/// The browser's place for databases opens no more. One that has no other place says so, and what the second journal holds
/// can be carried; one that has goes on there by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_opens_no_more_is_carried_by_hand_or_goes_on_in_another_place() {
    let (mut warehouse, mut cara, mut lead) = counting().await;
    warehouse.server.kill();
    for total in ["2", "3"] {
        cara.count(NUT, "NUT", total).await;
    }
    // a place that opens again is not left, however long it did not
    cara.browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SHORT_TROUBLE })).await;
    cara.browser.goto("/").await;
    cara.browser.wait_text("[data-test=line] [data-test=line-quantity]", "3").await;
    assert_eq!(places(&cara.browser).await, ["trueup-2"], "it was tried");
    cara.browser.close().await;
    remove_manifests(cara.browser.profile());

    cara.browser.restart().await;
    let one_place = "Object.defineProperty(Navigator.prototype, 'storageBuckets', { value: undefined });";
    let source = format!("{one_place} {CATCH}");
    cara.browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    cara.browser.goto("/").await;
    cara.browser.wait_text("[role=alert] h1", "This device cannot store counts").await;
    picture(&cara.browser, "handheld-cannot-open").await;
    cara.browser.click("[data-test=export]").await;
    warehouse.server.restart();
    lead.open("devices").await;
    carry(&cara.browser, &lead.browser, 2).await;

    cara.browser.close().await;
    cara.browser.restart().await;
    cara.browser.goto("/").await;
    cara.browser.wait_text("[data-test=line] [data-test=line-quantity]", "3").await;
    cara.wait_drained().await;
    // what was only tried is as broken by now; and it stays where it went, not in one where nothing ever went on
    cara.browser.js("return navigator.storageBuckets.open('trueup-9').then(() => true)").await;
    cara.browser.close().await;
    cara.browser.restart().await;
    cara.browser.goto("/").await;
    cara.browser.wait_text("[data-test=line] [data-test=line-quantity]", "3").await;
    cara.count(NUT, "NUT", "4").await;
    assert_eq!(places(&cara.browser).await, ["trueup-2", "trueup-3", "trueup-3-taken", "trueup-9"]);
    // until that one opens no more either
    cara.browser.close().await;
    remove_manifests(cara.browser.profile());
    cara.browser.restart().await;
    cara.browser.goto("/").await;
    cara.browser.wait_text("[data-test=line] [data-test=line-quantity]", "4").await;
    let all = ["trueup-2", "trueup-3", "trueup-3-taken", "trueup-4", "trueup-4-taken", "trueup-9"];
    assert_eq!(places(&cara.browser).await, all);
    cara.done().await;
    cara.wait_drained().await;
    let data = warehouse.server.data().to_owned();
    let lines = record::export(&data, "lines");
    let counted: Vec<_> =
        lines.iter().filter(|line| line["sku"] == "NUT").map(|line| line["counted"].clone()).collect();
    assert_eq!(counted, ["4"], "{lines:?}");
    lead.browser.expect_no_errors().await;
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_half_typed_survives_a_kill_and_the_handheld_says_how_it_stands() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("locations", LOCATIONS);
    warehouse.import_text("items", ITEMS);
    warehouse.person("cara", &["counter"]).await;
    let mut cara = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    cara.sign_in("cara").await;
    cara.open_bin("A-01").await;
    cara.count(NUT, "NUT", "1").await;
    for digit in ["4", "2"] {
        cara.browser.click(&format!("[data-test=key-{digit}]")).await;
    }
    cara.browser.wait_text("[data-test=big-quantity]", "42").await;
    settle(&cara.browser).await;
    kill(&mut cara).await;
    cara.browser.wait_text("[data-test=big-quantity]", "42").await;
    cara.browser.click("[data-test=key-back]").await;
    cara.browser.click("[data-test=key-back]").await;
    cara.scan("4006381333948").await;
    cara.browser.type_into("[data-test=lot-field]", "LOT-7").await;
    settle(&cara.browser).await;
    kill(&mut cara).await;
    cara.browser.wait_for("[data-test=lot-field]").await;
    cara.browser.wait_js("the lot", "return document.querySelector('[data-test=lot-field]').value === 'LOT-7'").await;
    cara.browser.click("[data-test=field-ok]").await;
    cara.wait_ticked("GLUE", "1").await;
    cara.done().await;
    cara.wait_drained().await;

    cara.browser.click("[data-test=device-open]").await;
    cara.browser.wait_for("[data-test=device] [data-test=log][data-state=current]").await;
    cara.browser.wait_for("[data-test=storage]").await;
    let screen = cara.browser.text("[data-test=device]").await;
    assert!(screen.contains("H-01") && screen.contains("127.0.0.1"), "{screen}");
    picture(&cara.browser, "handheld-device").await;
    cara.browser.click("[data-test=device-back]").await;
    // nobody is signed in: what waits is said, nothing is gone, and the way out is there as well
    warehouse.server.kill();
    cara.browser.click("[data-test=sign-out]").await;
    cara.browser.wait_contains("[data-test=waits-safely]", "1").await;
    cara.browser.click("[data-test=device-open]").await;
    cara.browser.wait_for("[data-test=export]").await;
    cara.browser.click("[data-test=device-back]").await;
    cara.browser.wait_for("[data-test=user]").await;
    warehouse.server.restart();
}

/// Waits until what was typed is on the disk: a draft has no tick.
async fn settle(browser: &Browser) {
    let kept = "const open = indexedDB.open('trueup-journal');
        return new Promise(done => { open.onsuccess = () => {
            const get = open.result.transaction('drafts').objectStore('drafts').getAll();
            get.onsuccess = () => { open.result.close(); done(JSON.stringify(get.result).match(/42|LOT-7/) !== null); };
        }; })";
    browser.wait_js("a draft on the disk", kept).await;
}

async fn kill(floor: &mut Floor) {
    floor.browser.kill9();
    floor.browser.restart().await;
    floor.browser.goto("/").await;
}

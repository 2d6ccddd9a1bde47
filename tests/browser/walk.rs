//! A walk past everything that a counter can be shown: each screen, each question, each thing that is said, with a stop
//! at each. What is looked for at a stop is the caller's.
//!
//! Absent: what the screens do; other tests hold that.

use std::time::Duration;

use tests::browser::{Browser, Screen};
use tests::floor::{Floor, Scanner};
use tests::handheld::Handheld;
use tests::server::Launch;
use tests::warehouse::{PASSWORD, Warehouse};

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nWH1-A-03-01,A,3,1,1,pick\nWH1-A-03-02,A,3,2,1,pick\n\
    WH1-A-03-04,A,3,4,1,pick\n";
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\n\
    NUT-M8-ZINC,\"Hexagon nut M8 DIN 934, zinc plated, quality 8, bag of one hundred\",4006381333931,EA,2.50,none\n\
    BOLT-M8X40,Bolt M8x40,4006381333948,EA,0.80,none\nGLUE-50,Glue 50 ml,9501101530003,EA,3.00,lot\n\
    PUMP-3,Pump with a serial number,4012345678901,EA,300.00,serial\nFLOUR,Flour by weight,9501101530010,KG,1.00,none\n";
const STOCK: &str = "location,sku,qty\nWH1-A-03-02,NUT-M8-ZINC,40\nWH1-A-03-02,BOLT-M8X40,9\n";
const NUT: &str = "4006381333931";
const BIN: &str = "WH1-A-03-01";

/// From now on the journal takes nothing.
const BREAK: &str = "
const real = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const named = typeof stores === 'string' ? [stores] : [...stores];
    if (mode === 'readwrite' && named.includes('events')) throw new DOMException('the disk is full', 'UnknownError');
    return real.call(this, stores, mode, options);
};";

/// A warehouse in which somebody is asked to count again, and whose server is there.
async fn warehouse() -> (Warehouse, String) {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS), ("stock", STOCK)] {
        warehouse.import_text(what, csv);
    }
    warehouse.person("cara", &["counter"]).await;
    let carl = warehouse.person("carl", &["counter"]).await;
    let lead = warehouse.person("lena", &["lead"]).await;
    let mut first = Handheld::enrol(&warehouse, "H-00").await;
    let (place, nut) = (lead.location("WH1-A-03-02").await, lead.item("NUT-M8-ZINC").await);
    let bolt = lead.item("BOLT-M8X40").await;
    let (count, task) = lead.count_bin("WH1-A-03-02").await;
    first.count(carl.id, place, Some(task), &[(nut, 3), (bolt, 2)]);
    first.drain().await;
    assert_eq!(lead.tasks(count, 2).await.len(), 1, "somebody is asked to count again");
    lead.count_bin(BIN).await;
    let code = warehouse.enrolment_code("H-01").await;
    (warehouse, code)
}

/// Walks in this language. Waits at each stop until the caller has looked.
pub async fn walk(language: &str, mut look: impl AsyncFnMut(&Browser, &str)) {
    let (mut warehouse, code) = warehouse().await;
    let browser = Browser::open(&warehouse.server.url(), Screen::Handheld).await;
    browser.goto("/").await;
    browser.wait_for("[data-test=enrol-code]").await;
    speak(&browser, language).await;
    look(&browser, "connect").await;
    browser.type_into("[data-test=enrol-code]", "12").await;
    browser.click("[data-test=enrol-go]").await;
    browser.wait_for("[data-test=trouble]").await;
    look(&browser, "connect, refused").await;
    let mut cara = Floor::connect(browser, "H-01", Scanner::Keys, &code).await;
    cara.browser.click("[data-test=language]").await;
    cara.browser.wait_for("[data-test=language-de]").await;
    look(&cara.browser, "languages").await;
    // the page was loaded again since, and whoever signs in keeps what they choose now
    cara.browser.click(&format!("[data-test=language-{language}]")).await;
    cara.browser.type_into("[data-test=new-pin]", "4711").await;
    cara.browser.type_into("[data-test=user]", "cara").await;
    cara.browser.type_into("[data-test=password]", "wrong").await;
    cara.browser.click("[data-test=sign-in]").await;
    cara.browser.wait_for("[data-test=trouble]").await;
    look(&cara.browser, "sign-in, refused").await;
    cara.browser.type_into("[data-test=password]", PASSWORD).await;
    cara.browser.click("[data-test=sign-in]").await;
    cara.browser.wait_for("[data-test=task-list]").await;
    cara.browser.wait_controlled().await;
    cara.wait_task("WH1-A-03-02", 2).await;
    look(&cara.browser, "bins").await;
    for (open, shown, close) in [
        ("device-open", "device", "device-back"),
        ("settings", "settings-done", "settings-done"),
        ("scanner-test", "events", "to-list"),
    ] {
        cara.browser.click(&format!("[data-test={open}]")).await;
        cara.browser.wait_for(&format!("[data-test={shown}]")).await;
        look(&cara.browser, open).await;
        cara.browser.click(&format!("[data-test={close}]")).await;
        cara.browser.wait_for("[data-test=task-list]").await;
    }
    cara.scan("4006381333948").await;
    cara.browser.wait_for("[data-test=notice]").await;
    look(&cara.browser, "an item where a bin belongs").await;
    cara.open_bin(BIN).await;
    questions(&mut cara, &mut look).await;
    counting(&mut cara, &mut look).await;
    endings(&mut cara, &mut look).await;
    without_a_server(&mut cara, &mut warehouse, &mut look).await;
}

/// Chooses a language where nobody is signed in.
async fn speak(browser: &Browser, language: &str) {
    browser.click("[data-test=language]").await;
    browser.click(&format!("[data-test=language-{language}]")).await;
    browser.wait_js("the language", &format!("return document.documentElement.lang === {language:?}")).await;
}

async fn asked(browser: &Browser, name: &str) {
    browser.wait_for(&format!("[data-test=ask][data-ask={name}]")).await;
}

/// What is asked before anything was counted.
async fn questions(cara: &mut Floor, look: &mut impl AsyncFnMut(&Browser, &str)) {
    look(&cara.browser, "a bin").await;
    for (press, name) in [("skip", "skip"), ("bin-empty", "empty"), ("done", "nothing")] {
        cara.browser.click(&format!("[data-test={press}]")).await;
        asked(&cara.browser, name).await;
        look(&cara.browser, name).await;
        cara.browser.click("[data-test=answer-no]").await;
    }
    cara.browser.click("[data-test=find]").await;
    cara.browser.type_into("[data-test=find-field]", "m8").await;
    cara.browser.wait_for("[data-test=find-hit]").await;
    look(&cara.browser, "find").await;
    cara.browser.type_into("[data-test=find-field]", "no such thing").await;
    cara.browser.wait_for("[data-test=find-none]").await;
    look(&cara.browser, "find, nothing").await;
    cara.browser.click("[data-test=answer-no]").await;
    for (code, name, answer) in [
        // nobody named the lot
        ("9501101530003", "lot", "no-lot"),
        ("4012345678901", "serial", ""),
        // kept by weight; another number on the label; a pack that nobody has named
        ("9501101530010", "amount", "answer-no"),
        ("010400638133393130 12", "amount", "confirm-amount"),
        ("34006381333932", "case", "answer-no"),
    ] {
        cara.scan(&code.replace(' ', "")).await;
        asked(&cara.browser, name).await;
        let stop = if code == "9501101530010" { "weight" } else { name };
        look(&cara.browser, stop).await;
        if answer.is_empty() {
            cara.browser.type_into("[data-test=serial-field]", "S-0001-2026-77").await;
            cara.browser.click("[data-test=field-ok]").await;
        } else {
            cara.browser.click(&format!("[data-test={answer}]")).await;
        }
        cara.browser.wait_gone("[data-test=ask]").await;
    }
    // the lots that were counted here are offered
    cara.scan("]d2010950110153000310CHARGE-2026-0815").await;
    cara.wait_ticked("GLUE-50", "1").await;
    cara.scan("9501101530003").await;
    asked(&cara.browser, "lot").await;
    look(&cara.browser, "lot, with proposals").await;
    cara.browser.click("[data-test=answer-no]").await;
}

/// What is shown and said while there are lines.
async fn counting(cara: &mut Floor, look: &mut impl AsyncFnMut(&Browser, &str)) {
    cara.scan("9990000000017").await;
    cara.browser.wait_for("[data-test=unknown][data-raw='9990000000017']").await;
    look(&cara.browser, "an unknown code").await;
    cara.scan("]d2010401234567890121S-0001-2026-77").await;
    cara.browser.wait_for("[data-test=say]").await;
    look(&cara.browser, "already counted").await;
    cara.scan("NOBIN-99").await;
    cara.scan(NUT).await;
    cara.browser.wait_text("[data-test=hand-sku]", "NUT-M8-ZINC").await;
    look(&cara.browser, "counting").await;
    type_keys(cara, &["1", "2", "times", "6", "plus", "3"]).await;
    look(&cara.browser, "a sum").await;
    cara.browser.click("[data-test=key-ok]").await;
    cara.wait_ticked("NUT-M8-ZINC", "75").await;
    cara.scan(NUT).await;
    asked(&cara.browser, "keyed").await;
    look(&cara.browser, "keyed").await;
    cara.browser.click("[data-test=answer-no]").await;
    type_keys(cara, &["1", "2", "3", "4", "5", "6", "7"]).await;
    cara.browser.click("[data-test=key-ok]").await;
    asked(&cara.browser, "large").await;
    look(&cara.browser, "large").await;
    cara.browser.click("[data-test=answer-no]").await;
    for _ in 0..7 {
        cara.browser.click("[data-test=key-back]").await;
    }
    type_keys(cara, &["1", "2", "times"]).await;
    cara.browser.click("[data-test=key-ok]").await;
    cara.browser.wait_for("[data-test=say]").await;
    look(&cara.browser, "not a number").await;
    cara.browser.click("[data-test=undo]").await;
    cara.browser.wait_for("[data-test=say]").await;
    look(&cara.browser, "taken back").await;
    cara.scan("WH1-A-03-04").await;
    asked(&cara.browser, "other-bin").await;
    look(&cara.browser, "wrong bin").await;
    cara.browser.click("[data-test=answer-no]").await;
    cara.browser.click("[data-test=swap]").await;
    cara.browser.wait_for("[data-test=line]").await;
    look(&cara.browser, "lines").await;
    cara.browser.click("[data-test=camera-open]").await;
    cara.browser.wait_for("[data-test=camera][data-state=trouble]").await;
    look(&cara.browser, "no camera").await;
    cara.browser.click("[data-test=camera-close]").await;
    cara.browser.click("[data-test=swap]").await;
}

async fn type_keys(cara: &Floor, keys: &[&str]) {
    for key in keys {
        cara.browser.click(&format!("[data-test=key-{key}]")).await;
    }
}

/// The end of a visit, a bin that was counted before, a recount.
async fn endings(cara: &mut Floor, look: &mut impl AsyncFnMut(&Browser, &str)) {
    cara.done().await;
    look(&cara.browser, "bins, one done").await;
    cara.scan(BIN).await;
    cara.browser.wait_for("[data-test=again-fresh]").await;
    look(&cara.browser, "counted before").await;
    cara.browser.click(".ask button").await;
    cara.open_bin("WH1-A-03-02").await;
    cara.browser.wait_for("[data-test=again]").await;
    look(&cara.browser, "a recount").await;
    cara.browser.click("[data-test=done]").await;
    asked(&cara.browser, "missing").await;
    look(&cara.browser, "missing").await;
    cara.browser.click("[data-test=answer-no]").await;
    cara.count(NUT, "NUT-M8-ZINC", "1").await;
    look(&cara.browser, "a recount, counting").await;
}

/// What only a server that is gone, or a disk that is full, brings out.
async fn without_a_server(cara: &mut Floor, warehouse: &mut Warehouse, look: &mut impl AsyncFnMut(&Browser, &str)) {
    cara.browser.click("[data-test=to-list]").await;
    warehouse.server.stop();
    cara.browser.click("[data-test=sign-out]").await;
    cara.browser.wait_for("[data-test=pin-person], [data-test=person]").await;
    look(&cara.browser, "sign-in, somebody is known").await;
    cara.browser.type_into("[data-test=user]", "carl").await;
    cara.browser.type_into("[data-test=password]", PASSWORD).await;
    cara.browser.click("[data-test=sign-in]").await;
    cara.browser.wait_for("[data-test=offline]").await;
    look(&cara.browser, "sign-in, no server").await;
    cara.browser.click("[data-test=person][data-name=Carl]").await;
    cara.browser.wait_for("[data-test=confirm-person]").await;
    look(&cara.browser, "is it you").await;
    cara.browser.click(".ask button:not(.primary)").await;
    cara.browser.click("[data-test=person][data-name=Cara]").await;
    cara.browser.wait_for("[data-test=pin]").await;
    look(&cara.browser, "a PIN").await;
    cara.browser.type_into("[data-test=pin]", "1111").await;
    cara.browser.click("[data-test=pin-go]").await;
    cara.browser.wait_for("[data-test=trouble]").await;
    look(&cara.browser, "a wrong PIN").await;
    cara.browser.type_into("[data-test=pin]", "4711").await;
    cara.browser.click("[data-test=pin-go]").await;
    cara.browser.wait_for("[data-test=last-scan]").await;
    look(&cara.browser, "a bin gone on with").await;
    cara.browser.js(BREAK).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    cara.scan(NUT).await;
    cara.browser.wait_for("[data-test=not-saved]").await;
    look(&cara.browser, "not saved").await;
    cara.browser.click("[data-test=show-codes]").await;
    cara.browser.wait_for("[data-test=codes]").await;
    look(&cara.browser, "codes").await;
}

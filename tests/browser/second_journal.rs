//! The second journal in a real browser: every tick is in it, and a handheld whose database is gone has its counts, its
//! enrolment and who held it back from it (`SYNC.md` sections 1 and 2; I1, I4). What neither has any more is named.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use shared::event::EventKind;
use tests::floor::{Floor, Scanner};
use tests::record;
use tests::server::Launch;
use tests::warehouse::{Person, Warehouse};

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\n";
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut M8 zinc,4006381333931,EA,2.50,none\n";
const SCANS: usize = 4;

/// The scans that lie in the files of the mirror.
const MIRRORED: &str = "
    const done = arguments[0];
    (async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('mirror');
      let scans = 0;
      for await (const [, handle] of folder.entries()) {
        const text = await (await handle.getFile()).text();
        scans += text.split('\\n').filter(line => line.includes('\\\\\"kind\\\\\":\\\\\"scanned\\\\\"')).length;
      }
      done(scans);
    })().catch(error => done(String(error)));
";

/// Takes both databases of the handheld out of its profile, as a browser does with one that it cannot read.
fn lose_databases(profile: &Path) {
    let databases = profile.join("Default").join("IndexedDB");
    let lost: Vec<_> = std::fs::read_dir(&databases).expect("the databases").flatten().collect();
    assert!(!lost.is_empty(), "there was a database");
    for folder in lost {
        std::fs::remove_dir_all(folder.path()).expect("a folder to remove");
    }
}

/// Takes the last entry but one out of the journal.
const LOSE_ONE: &str = "
    const done = arguments[0];
    const opening = indexedDB.open('trueup-journal');
    opening.onerror = () => done(String(opening.error));
    opening.onsuccess = () => {
      const tx = opening.result.transaction('events', 'readwrite', { durability: 'strict' });
      const keys = tx.objectStore('events').getAllKeys();
      keys.onsuccess = () => {
        const key = keys.result[keys.result.length - 2];
        tx.objectStore('events').delete(key);
        tx.oncomplete = () => { opening.result.close(); done(key[1]); };
      };
    };
";

async fn open_warehouse() -> (Warehouse, Person, Floor) {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS)] {
        warehouse.import_text(what, csv);
    }
    warehouse.person("cara", &["counter"]).await;
    let lena = warehouse.person("lena", &["lead"]).await;
    let cara = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    cara.sign_in("cara").await;
    cara.wait_drained().await;
    (warehouse, lena, cara)
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_a_handheld_whose_database_is_gone_come_back_from_the_second_journal() {
    let (mut warehouse, _, mut cara) = open_warehouse().await;
    warehouse.server.kill();
    cara.open_bin("A-01").await;
    for n in 1..=SCANS {
        cara.count("4006381333931", "NUT", &n.to_string()).await;
        // with the tick, not some time after it
        assert_eq!(cara.browser.js_async(MIRRORED).await, json!(n));
    }
    cara.done().await;
    cara.browser.close().await;
    lose_databases(cara.browser.profile());

    warehouse.server.restart();
    cara.browser.restart().await;
    cara.browser.goto("/").await;
    // still hers: nobody has to connect it or to sign in
    cara.browser.wait_for("[data-test=task-list]").await;
    cara.wait_drained().await;

    let events = record::events(warehouse.server.data());
    let scans: Vec<_> =
        events.iter().filter(|recorded| matches!(recorded.event.kind, EventKind::Scanned { .. })).collect();
    let ids: BTreeSet<_> = scans.iter().map(|recorded| recorded.event.id).collect();
    assert_eq!((scans.len(), ids.len()), (SCANS, SCANS), "each scan is on the server, once");
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_in_neither_journal_is_named_on_the_handheld_and_on_the_server() {
    let (mut warehouse, lena, mut cara) = open_warehouse().await;
    warehouse.server.kill();
    cara.open_bin("A-01").await;
    for n in 1..=SCANS {
        cara.count("4006381333931", "NUT", &n.to_string()).await;
    }
    cara.done().await;
    let lost = cara.browser.js_async(LOSE_ONE).await.as_u64().expect("the number of an entry");
    cara.browser.close().await;
    let mirror = cara.browser.profile().join("Default").join("File System");
    std::fs::remove_dir_all(mirror).expect("the files of the origin");

    cara.browser.restart().await;
    cara.browser.goto("/").await;
    cara.browser.wait_for("[data-test=device-open]").await;
    cara.browser.click("[data-test=device-open]").await;
    cara.browser.wait_contains("[data-test=lost]", "1 entry missing here").await;
    cara.browser.wait_contains("[data-test=lost]", &format!("Numbers: {lost}")).await;

    warehouse.server.restart();
    cara.wait_drained().await;
    let incidents: Vec<Value> = lena.get("incidents").await;
    assert_eq!((incidents.len(), &incidents[0]["kind"]), (1, &json!("events_missing")), "{incidents:?}");
    warehouse.verify();
}

//! The second journal in a real browser: every tick is in it, and a handheld whose database is gone has its counts, its
//! enrolment and who held it back from it (`SYNC.md` sections 1 and 2; I1, I4).

use std::collections::BTreeSet;
use std::path::Path;

use shared::event::EventKind;
use tests::floor::{Floor, Scanner};
use tests::record;
use tests::server::Launch;
use tests::warehouse::Warehouse;

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

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_a_handheld_whose_database_is_gone_come_back_from_the_second_journal() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS)] {
        warehouse.import_text(what, csv);
    }
    warehouse.person("cara", &["counter"]).await;
    let mut cara = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    cara.sign_in("cara").await;
    cara.wait_drained().await;

    warehouse.server.kill();
    cara.open_bin("A-01").await;
    for n in 1..=SCANS {
        cara.count("4006381333931", "NUT", &n.to_string()).await;
        // with the tick, not some time after it
        assert_eq!(cara.browser.js_async(MIRRORED).await, serde_json::json!(n));
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

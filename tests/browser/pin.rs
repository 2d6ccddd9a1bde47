//! A shared handheld is taken with a PIN where there is no network, and the server's word goes along: nobody has to
//! confirm what was counted (`SYNC.md` section 5).

use shared::event::{EventKind, TakenBy};
use tests::floor::{Floor, Scanner};
use tests::record;
use tests::server::Launch;
use tests::warehouse::{PASSWORD, Warehouse};

/// What somebody would have to confirm.
fn marks(warehouse: &Warehouse) -> i64 {
    record::open(warehouse.server.data())
        .query_row("SELECT count(*) FROM mark", [], |row| row.get(0))
        .expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_takes_the_handheld_without_a_network_and_nobody_has_to_confirm_it() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text(
        "items",
        "sku,description,barcodes,uom,unit_cost,tracking\nBOLT,Bolt M8,4006381333931,EA,1,none\n",
    );
    warehouse.import_text("locations", "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n");
    warehouse.person("cara", &["counter"]).await;
    let mut floor = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    floor.browser.type_into("[data-test=new-pin]", "12").await;
    floor.browser.type_into("[data-test=user]", "cara").await;
    floor.browser.type_into("[data-test=password]", PASSWORD).await;
    floor.browser.click("[data-test=sign-in]").await;
    floor.browser.wait_text("[data-test=trouble]", "A PIN has 4–8 digits").await;
    floor.browser.type_into("[data-test=new-pin]", "4711").await;
    floor.browser.click("[data-test=sign-in]").await;
    floor.browser.wait_for("[data-test=task-list]").await;
    floor.browser.wait_controlled().await;
    floor.browser.click("[data-test=sign-out]").await;
    floor.browser.wait_for("[data-test=pin-person]").await;

    warehouse.server.kill();
    floor.browser.click("[data-test=pin-person]").await;
    floor.browser.type_into("[data-test=pin]", "4712").await;
    floor.browser.click("[data-test=pin-go]").await;
    floor.browser.wait_text("[data-test=trouble]", "Wrong PIN").await;
    floor.browser.type_into("[data-test=pin]", "4711").await;
    floor.browser.click("[data-test=pin-go]").await;
    floor.browser.wait_for("[data-test=task-list]").await;
    let asked = floor.browser.js("return document.querySelector('[data-test=ask-password]') !== null").await;
    assert_eq!(asked, false, "the server's word is here and holds");
    floor.open_bin("A-01").await;
    floor.count("4006381333931", "BOLT", "1").await;
    floor.done().await;

    warehouse.server.restart();
    floor.wait_drained().await;
    let events = record::events(warehouse.server.data());
    let taken: Vec<(TakenBy, bool)> = events
        .into_iter()
        .filter_map(|it| match it.event.kind {
            EventKind::HandheldTaken { by, grant } => Some((by, grant.is_some())),
            _ => None,
        })
        .collect();
    assert_eq!(taken, [(TakenBy::Password, true), (TakenBy::Pin, true)]);
    assert_eq!(marks(&warehouse), 0, "the grant shows that she was allowed");
    warehouse.verify();
}

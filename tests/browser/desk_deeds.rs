//! What leads and admins do at the desk with a button, in a real browser: close an incident with a reason, close a count
//! although something is lacking, say when backups are made, make one, and go back to it.
//!
//! Absent: deciding about discrepancies (`walk.rs`, `recount.rs`) and what each of these does to the facts (`tests/http`).

use serde_json::{Value, json};
use shared::event::SheetIntent;
use shared::sync::outbox::Outbox;
use tests::desk::Desk;
use tests::handheld::Handheld;
use tests::server::Launch;
use tests::warehouse::Warehouse;
use tests::{ledger, record};

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n";
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut M8 zinc,4006381333931,EA,2.50,none\n";

async fn open_warehouse() -> Warehouse {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("locations", LOCATIONS);
    warehouse.import_text("items", ITEMS);
    warehouse
}

/// The kinds and texts of everything that was recorded, as the real command exports it.
fn facts(warehouse: &Warehouse) -> Vec<String> {
    record::export(warehouse.server.data(), "facts").iter().map(Value::to_string).collect()
}

/// One visit to the bin, by the admin: who counts is not what this is about.
fn visit(handheld: &mut Handheld, warehouse: &Warehouse, bin: i64, nut: i64) {
    let sheet = handheld.open(warehouse.admin.id, bin, None, SheetIntent::Own);
    handheld.key(warehouse.admin.id, sheet, nut, 3);
    handheld.close(warehouse.admin.id, sheet);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_closes_an_incident_with_what_was_found_out() {
    let mut warehouse = open_warehouse().await;
    warehouse.person("lena", &["lead"]).await;
    let (bin, nut) = (warehouse.admin.location("A-01").await, warehouse.admin.item("NUT").await);
    // a handheld that was copied: two histories under one number
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    visit(&mut handheld, &warehouse, bin, nut);
    let other = json!(handheld.request(200));
    handheld.events.clear();
    visit(&mut handheld, &warehouse, bin, nut);
    handheld.drain().await;
    assert!(handheld.send(&other).await.is_some_and(|answer| answer.status().is_success()));

    let mut desk = Desk::sign_in(&warehouse, "lena").await;
    desk.open("incidents").await;
    desk.browser.wait_for("[data-test=incident-row][data-kind=fork][data-state=open]").await;
    desk.browser.click("[data-test=incident-row][data-kind=fork] [data-test=close-incident]").await;
    // not without a reason
    desk.browser.wait_for("[data-test=incident-reason]").await;
    desk.browser.click("[data-test=save-incident]").await;
    desk.browser.wait_for(".naming-panel .note-warn").await;
    let reason = "Two profiles were copied in the workshop; one was wiped.";
    desk.browser.type_into("[data-test=incident-reason]", reason).await;
    desk.browser.click("[data-test=save-incident]").await;
    desk.browser.wait_for("[data-test=incident-row][data-kind=fork][data-state=closed]").await;
    desk.browser.wait_contains("[data-test=incident-row]", reason).await;
    desk.browser.wait_contains("[data-test=incident-row]", "by Lena").await;
    desk.browser.wait_gone("[data-test=close-incident]").await;
    assert!(facts(&warehouse).iter().any(|fact| fact.contains(reason)), "it is not in the record");
    desk.browser.expect_no_errors().await;
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_closes_a_count_although_something_is_lacking() {
    let mut warehouse = open_warehouse().await;
    warehouse.person("lena", &["lead"]).await;
    let mut desk = Desk::sign_in(&warehouse, "lena").await;
    desk.make_count("Night count", &["A-01", "A-02"]).await;
    desk.browser.click("[data-test=close-count]").await;
    // what is lacking is said before it is done
    desk.browser.wait_contains("[data-test=closing]", "Missing:").await;
    desk.browser.wait_text("[data-test=close-anyway]", "Close although that is missing").await;
    let said = desk.browser.text("[data-test=closing] li").await;
    desk.browser.click("[data-test=close-anyway]").await;
    desk.browser.wait_gone("[data-test=closing]").await;
    desk.browser.wait_gone("[data-test=close-count]").await;
    desk.browser.wait_contains(".head-quiet", "closed").await;
    assert!(said.contains('2'), "both bins are lacking: {said}");
    let closed = facts(&warehouse).into_iter().filter(|fact| fact.contains("count_closed")).collect::<Vec<_>>();
    assert_eq!(closed.len(), 1, "{closed:?}");
    desk.browser.expect_no_errors().await;
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_plans_backups_makes_one_and_goes_back_to_it() {
    let mut warehouse = open_warehouse().await;
    let (bin, nut) = (warehouse.admin.location("A-01").await, warehouse.admin.item("NUT").await);
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    visit(&mut handheld, &warehouse, bin, nut);
    handheld.drain().await;

    let desk = Desk::sign_in(&warehouse, "ada").await;
    desk.open("backups").await;
    desk.browser.choose("[data-test=plan-every]", "6").await;
    desk.browser.click("[data-test=plan-save]").await;
    desk.browser.wait_contains("body", "Backups are made as you said.").await;
    let plan = async || warehouse.admin.get::<Value>("backups").await["plan"]["every_hours"].clone();
    assert_eq!(plan().await, 6);

    // the server makes one by itself soon after its start
    desk.browser.click("[data-test=back-up-now]").await;
    desk.browser
        .wait_text("[data-test=unarchived]", "Everything that handhelds have sent is in a verified backup.")
        .await;

    // what a handheld says after it comes back when it says it again
    visit(&mut handheld, &warehouse, bin, nut);
    handheld.drain().await;
    desk.browser.reload().await;
    desk.browser.click("[data-test=backup-row] [data-test=restore]").await;
    desk.browser.wait_contains("[role=alertdialog]", "recorded since").await;
    desk.browser.click("[data-test=restore-confirm]").await;
    desk.browser.wait_contains("[data-test=restore-status]", "Ada").await;
    assert_eq!(plan().await, 6, "what was decided before the backup is in it");
    let mut outbox = Outbox::default();
    let everything = async |handheld: &mut Handheld, outbox: &mut Outbox| {
        handheld.push_as_decided(outbox).await;
        ledger::everything(warehouse.server.data(), [&*handheld])
    };
    let mut tries = 0;
    while let Err(wrong) = everything(&mut handheld, &mut outbox).await {
        tries += 1;
        assert!(tries < 20, "it does not heal: {wrong}");
    }
    warehouse.verify();
}

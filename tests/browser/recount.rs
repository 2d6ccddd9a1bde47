//! A variance beyond tolerance, from the first scan to the posted adjustment: with handhelds in browsers where screens
//! are what is tested, and with handhelds without a screen for the other branches (`DOMAIN.md` section 6).

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::desk::Desk;
use tests::floor::{Floor, Scanner};
use tests::handheld::Handheld;
use tests::record;
use tests::server::Launch;
use tests::warehouse::{Person, Warehouse};

const LOCATIONS: &str = "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n";
const ITEMS: &str = "sku,description,barcodes,uom,unit_cost,tracking\n\
    NUT,Nut M8 zinc,4006381333931,EA,2.50,none\nBOLT,Bolt M8x40,4006381333948,EA,0.80,none\n";
const STOCK: &str = "location,sku,qty\nA-01,NUT,40\nA-01,BOLT,5\nA-02,BOLT,25\n";

async fn warehouse(launch: Launch) -> Warehouse {
    let mut warehouse = Warehouse::open(launch).await;
    for (what, csv) in [("locations", LOCATIONS), ("items", ITEMS), ("stock", STOCK)] {
        warehouse.import_text(what, csv);
    }
    warehouse
}

/// The one discrepancy there is.
async fn discrepancy(reader: &Person) -> Value {
    let rows = reader.discrepancies().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_variance_is_approved_at_the_desk_and_leaves_as_an_adjustment() {
    let mut warehouse = warehouse(Launch::serve().bundles()).await;
    for (name, role) in [("cara", "counter"), ("carl", "counter"), ("lena", "lead"), ("sam", "supervisor")] {
        warehouse.person(name, &[role]).await;
    }
    let (mut cara, mut carl, lead, mut supervisor) = tokio::join!(
        Floor::enrol(&warehouse, "H-01", Scanner::Text),
        Floor::enrol(&warehouse, "H-02", Scanner::Keys),
        Desk::sign_in(&warehouse, "lena"),
        Desk::sign_in(&warehouse, "sam"),
    );
    tokio::join!(cara.sign_in("cara"), carl.sign_in("carl"));
    supervisor.open("discrepancies").await;
    lead.make_count("Aisle 1", &["A-01"]).await;

    // four short of the book; the bolts beside them are right
    cara.wait_task("A-01", 1).await;
    cara.open_bin("A-01").await;
    cara.count("4006381333931", "NUT", "1").await;
    cara.key("NUT", "36").await;
    cara.count("4006381333948", "BOLT", "1").await;
    cara.key("BOLT", "5").await;
    cara.done().await;
    cara.wait_drained().await;

    // somebody else is asked, for the nuts alone, and sees neither the book nor the first count
    carl.wait_task("A-01", 2).await;
    assert!(!cara.tasks().await.contains(&"A-01".to_owned()), "who counted is asked again");
    carl.open_bin("A-01").await;
    carl.browser.wait_for("[data-test=again]").await;
    carl.browser.wait_count("[data-test=line]", 1).await;
    let screen = carl.browser.body().await;
    assert!(screen.contains("NUT") && !screen.contains("BOLT"), "{screen}");
    for blind in ["36", "40"] {
        assert!(!screen.contains(blind), "a recount is blind, but the screen says {blind}:\n{screen}");
    }
    carl.count("4006381333931", "NUT", "1").await;
    carl.key("NUT", "36").await;
    carl.done().await;
    carl.wait_drained().await;

    // the open queue of the supervisor shows it by itself
    let row = "[data-test=queue-row][data-location='A-01'][data-sku=NUT]";
    supervisor.browser.wait_for(&format!("{row}[data-state=confirmed]")).await;
    supervisor.open_discrepancy("A-01", "NUT").await;
    supervisor.browser.wait_contains("main", "Cara").await;
    supervisor.browser.wait_contains("main", "Carl").await;
    // without a reason nothing happens
    supervisor.browser.click("[data-test=approve]").await;
    supervisor.browser.wait_for(".note-warn[role=alert]").await;
    supervisor.reason("damage", "Found four crushed under the rack").await;
    supervisor.browser.click("[data-test=approve]").await;
    supervisor.browser.wait_gone("[data-test=approve]").await;

    supervisor.open("adjustments").await;
    supervisor.browser.click("[data-test=export-adjustments]").await;
    supervisor
        .browser
        .wait_js("the adjustment handed over", "return document.body.innerText.includes('exported')")
        .await;
    supervisor.browser.expect_no_errors().await;

    let rows = record::export(warehouse.server.data(), "adjustments");
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = &rows[0];
    assert_eq!(row["quantity"], "-4");
    for (name, wanted) in [
        ("location", "A-01"),
        ("sku", "NUT"),
        ("kind", "count_adjustment"),
        ("state", "exported"),
        ("reason", "damage"),
        ("decided_by", "sam"),
    ] {
        assert_eq!(row[name], wanted, "{name} of {row}");
    }
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recount_that_matches_the_book_closes_the_matter_by_itself() {
    let mut warehouse = warehouse(Launch::serve()).await;
    let lead = warehouse.person("lena", &["lead"]).await;
    let sam = warehouse.person("sam", &["supervisor"]).await;
    let (cara, carl) = (warehouse.person("cara", &["counter"]).await, warehouse.person("carl", &["counter"]).await);
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    let (place, bolt) = (lead.location("A-02").await, lead.item("BOLT").await);
    let (count, first) = lead.count_bin("A-02").await;
    handheld.count(cara.id, place, Some(first), &[(bolt, 24)]);
    handheld.drain().await;

    let again = lead.tasks(count, 2).await;
    assert_eq!(again.len(), 1, "one recount is asked for");
    assert_eq!(again[0]["assignee_name"], "Carl", "{}", again[0]);
    assert!(!again[0]["why"].as_str().unwrap_or_default().is_empty(), "it says why it was given to Carl");
    assert_eq!(discrepancy(&sam).await["state"], "recounting");
    handheld.count(carl.id, place, again[0]["id"].as_i64(), &[(bolt, 25)]);
    handheld.drain().await;
    assert_eq!(discrepancy(&sam).await["state"], "accepted");
    assert!(lead.tasks(count, 3).await.is_empty(), "the matter is closed");
    assert!(
        record::export(warehouse.server.data(), "adjustments").is_empty(),
        "the first count was wrong, not the book"
    );
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_rounds_that_disagree_go_to_the_supervisor_with_all_their_evidence() {
    let mut warehouse = warehouse(Launch::serve().bundles()).await;
    let lead = warehouse.person("lena", &["lead"]).await;
    warehouse.person("sam", &["supervisor"]).await;
    let mut people = Vec::new();
    for name in ["cara", "carl", "cleo"] {
        people.push(warehouse.person(name, &["counter"]).await);
    }
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    let (place, bolt) = (lead.location("A-02").await, lead.item("BOLT").await);
    let (count, _) = lead.count_bin("A-02").await;
    let mut counted_by = Vec::new();
    for (round, scans) in [(1, 24), (2, 22), (3, 27)] {
        let tasks = lead.tasks(count, round).await;
        assert_eq!(tasks.len(), 1, "round {round}");
        let given = tasks[0]["assignee"]["person"].as_i64();
        let who = given.unwrap_or_else(|| people[0].id);
        assert!(!counted_by.contains(&who), "round {round} went to somebody who has counted");
        counted_by.push(who);
        handheld.count(who, place, tasks[0]["id"].as_i64(), &[(bolt, scans)]);
        handheld.drain().await;
    }

    let mut desk = Desk::sign_in(&warehouse, "sam").await;
    desk.open_discrepancy("A-02", "BOLT").await;
    desk.browser.wait_count("article.round", 3).await;
    let evidence = desk.browser.texts("article.round").await.join("\n");
    for (name, counted) in [("Cara", "24"), ("Carl", "22"), ("Cleo", "27")] {
        assert!(evidence.contains(name) && evidence.contains(counted), "{name} counted {counted}:\n{evidence}");
    }
    desk.reason("unknown", "Three people, three numbers").await;
    desk.browser.click("[data-test=reject]").await;
    desk.browser.wait_gone("[data-test=reject]").await;
    desk.browser.expect_no_errors().await;
    let rows = record::export(warehouse.server.data(), "discrepancies");
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&rows[0]["state"], &rows[0]["rounds"]), (&json!("rejected"), &json!(3)), "{}", rows[0]);
    assert!(record::export(warehouse.server.data(), "adjustments").is_empty(), "the book stands");
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_who_counted_is_refused_with_the_rule() {
    let mut warehouse = warehouse(Launch::serve().bundles()).await;
    let lead = warehouse.person("lena", &["lead"]).await;
    // sam counts in the morning and is made a supervisor at noon
    let sam = warehouse.person("sam", &["counter"]).await;
    let carl = warehouse.person("carl", &["counter"]).await;
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    let (place, bolt) = (lead.location("A-02").await, lead.item("BOLT").await);
    let (count, first) = lead.count_bin("A-02").await;
    handheld.count(sam.id, place, Some(first), &[(bolt, 23)]);
    handheld.drain().await;
    let again = lead.tasks(count, 2).await;
    handheld.count(carl.id, place, again[0]["id"].as_i64(), &[(bolt, 23)]);
    handheld.drain().await;
    warehouse.change_roles(&sam, &["supervisor"]).await;

    let row = discrepancy(&sam).await;
    assert_eq!(row["state"], "confirmed", "{row}");
    let detail: Value = sam.get(&format!("discrepancies/{}", row["id"])).await;
    let decision = json!({"reason": "damage", "note": "", "evidence": detail["evidence"]});
    let answer = sam.try_post(&format!("discrepancies/{}/approve", row["id"]), &decision).await;
    assert!([StatusCode::FORBIDDEN, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY].contains(&answer.status()));
    let problem: Value = answer.json().await.expect("a problem");
    assert_eq!(problem["code"], "approver_counted", "{problem}");

    // the desk says so before the click, in the same words
    let desk = Desk::sign_in(&warehouse, "sam").await;
    desk.open_discrepancy("A-02", "BOLT").await;
    let said = desk.browser.text("[data-test=refusal]").await;
    assert!(said.contains(problem["detail"].as_str().unwrap_or("?")), "{said} / {problem}");
    desk.browser.wait_for("[data-test=approve][disabled]").await;
    assert_eq!(discrepancy(&sam).await["state"], "confirmed");
    warehouse.verify();
}

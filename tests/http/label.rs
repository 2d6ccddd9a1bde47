//! Labels and paper count sheets: what is printed, for whom, and what a typed sheet answers.

use crate::fixture::{Yard, body, opening, refused};
use serde_json::{Value, json};
use server::store::Error;
use shared::fact::Fact;
use shared::id::{ItemId, LocationId, SiteId};
use shared::location::{Location, LocationKind};

const SITE: &str = "/api/v1/sites/NORTH";

async fn add_bins(yard: &Yard, codes: &'static [&'static str]) {
    let bin = |(number, code): (i64, &&str)| Location {
        id: LocationId(500 + number),
        code: (*code).to_owned(),
        barcode: format!("B{number}"),
        zone: "B".into(),
        aisle: "B1".into(),
        bay: String::new(),
        level: String::new(),
        kind: LocationKind::Pick,
        walk_order: 500 + number,
    };
    let rows: Vec<Location> = (0..).zip(codes).map(bin).collect();
    yard.store
        .write(move |tx| tx.append(SiteId(1), None, "import", &Fact::LocationsRecorded { rows }).map(drop))
        .await
        .map_err(|error: Error| error.to_string())
        .expect("a write");
}

#[tokio::test]
async fn bins_are_printed_as_a_page_and_as_commands_and_what_cannot_be_is_named() {
    let yard = Yard::open().await;
    // the label of A-10 would say LOC-A-10, which is another bin's code; the other says what no scanner sends back
    add_bins(&yard, &["B-01", "LOC-A-10", "Größe"]).await;
    let lead = yard.sign_in("north-lead").await;
    let seen = body(lead.get(&format!("{SITE}/labels/bins?size=a4_by24&dots=600&used=23")).await).await;
    assert_eq!((&seen["labels"], &seen["pages"]), (&json!(2), &json!(2)), "{seen}");
    let left: Vec<&str> =
        seen["left_out"].as_array().expect("names").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(left, ["A-10", "Größe"]);
    assert!(seen["svg"].as_str().expect("a drawing").starts_with("<svg"));
    let seen = body(lead.get(&format!("{SITE}/labels/bins?zone=B&aisle=B1&ids=500")).await).await;
    assert_eq!(seen["labels"], 1);

    let page = lead.get(&format!("{SITE}/labels/bins/print?zone=B")).await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("style-src 'sha256-"), "{policy}");
    assert_eq!(page.headers()["cache-control"], "no-store");
    let html = page.text().await.expect("a page");
    assert!(html.contains("@page{size:100.0mm 50.0mm;margin:0}") && html.contains(">B-01</text>"), "{html}");

    let file = lead.get(&format!("{SITE}/labels/bins/zpl?zone=B&symbol=data_matrix&letters=true&arrow=up")).await;
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"labels.zpl\"");
    let zpl = file.text().await.expect("a file");
    assert_eq!(zpl.matches("^XA").count(), 2);
    assert!(zpl.contains("LOC-B-01"), "{zpl}");

    refused(lead.get(&format!("{SITE}/labels/bins/print?zone=NONE")).await, 422, "nothing_chosen").await;
    refused(lead.get(&format!("{SITE}/labels/bins?ids=1,x")).await, 400, "bad_query").await;
    let many: Vec<String> = (0..401).map(|id| id.to_string()).collect();
    refused(lead.get(&format!("{SITE}/labels/bins?ids={}", many.join(","))).await, 422, "too_many").await;
    assert_eq!(body(lead.get(&format!("{SITE}/aisles?zone=B")).await).await, json!(["B1"]));
}

#[tokio::test]
async fn items_are_printed_with_their_barcode_and_copies() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let seen = body(admin.get(&format!("{SITE}/labels/items?ids=100,200&copies=3")).await).await;
    assert_eq!(seen["labels"], 3, "the second item is another site's: {seen}");
    let file = admin.get(&format!("{SITE}/labels/items/zpl?ids=100&copies=2")).await.text().await.expect("a file");
    assert_eq!(file.matches("^XA").count(), 2, "{file}");
    let seen = body(admin.get(&format!("{SITE}/labels/items?ids=100&lot=L1")).await).await;
    assert!(seen["left_out"][0]["why"].as_str().expect("why").contains("GTIN"), "{seen}");
    refused(admin.get(&format!("{SITE}/labels/items?ids=100&expiry=soon")).await, 400, "bad_query").await;
    refused(admin.get(&format!("{SITE}/labels/items?ids=100&copies=0")).await, 400, "bad_query").await;
}

#[tokio::test]
async fn a_printed_sheet_is_opened_by_its_code_and_typed_in_once() {
    let yard = Yard::open().await;
    // everybody was there before anything was written
    yard.wait_ms(60 * 60 * 1000);
    let (lead, counter) = (yard.sign_in("north-lead").await, yard.person("north-counter").await);
    refused(lead.get(&format!("{SITE}/paper/print")).await, 422, "nothing_chosen").await;
    let new = json!({"name": "Monday", "selection": {"by": "all"}, "assignee": {"kind": "pool"}, "meaning": "independent", "rounds_max": null});
    let count = body(lead.post(&format!("{SITE}/counts"), &new).await).await["count"]["id"].as_i64().expect("a count");
    let print =
        || async { lead.get(&format!("{SITE}/paper/print?count={count}&lines=6")).await.text().await.expect("a page") };
    let html = print().await;
    assert!(html.contains("@page{size:210.0mm 297.0mm;margin:0}") && html.contains("Page 1 of 1"), "{html}");
    let code = |html: &str| {
        let (_, rest) = html.split_once(">P-").expect("a code");
        format!("P-{}", rest.split('<').next().expect("its end"))
    };
    let (code, other) = (code(&html), code(&print().await));
    assert_ne!(code, other, "each print has codes of its own");
    let found = body(lead.get(&format!("{SITE}/paper/sheet?code={}", code.to_lowercase())).await).await;
    assert_eq!((&found["location_code"], &found["round"], &found["typed"]), (&json!("A-10"), &json!(1), &Value::Null));
    let sheet = json!({
        "code": code, "person": counter, "written_at": found["now"], "uncertainty_minutes": 15, "is_empty": false,
        "location_done": true, "lines": [{"item": 100, "written": "SKU-100", "lot": "", "serial": "", "quantity": "7"}],
    });
    let answer = lead.post(&format!("{SITE}/paper/sheets"), &sheet).await;
    assert_eq!(answer.status(), 201);
    let typed = body(answer).await;
    assert_eq!((&typed["location_code"], &typed["lines"], &typed["marks"]), (&json!("A-10"), &json!(1), &json!([])));
    refused(lead.post(&format!("{SITE}/paper/sheets"), &sheet).await, 409, "already_typed").await;
    let found = body(lead.get(&format!("{SITE}/paper/sheet?code={code}")).await).await;
    assert_eq!(found["typed"]["typist"], "North Lead");
    refused(lead.get(&format!("{SITE}/paper/sheet?code=LOC-A-10")).await, 422, "bad_code").await;
    // the sheet of another site is nobody's here
    let south = yard.sign_in("south-lead").await;
    refused(south.get(&format!("/api/v1/sites/SOUTH/paper/sheet?code={code}")).await, 404, "not_found").await;
    let auditor = yard.sign_in("north-auditor").await;
    let page = body(auditor.get(&format!("{SITE}/history/location/10")).await).await;
    assert!(page.to_string().contains(&format!("Typed in the paper sheet {code} of bin A-10")), "{page}");
}

#[tokio::test]
async fn whoever_typed_a_sheet_is_not_given_its_recount() {
    let yard = Yard::open().await;
    let (admin, counter) = (yard.sign_in("north-admin").await, yard.person("north-counter").await);
    // besides whoever wrote the sheet, the only one who may count is who types it
    let typist = yard.person("north-both").await;
    let roles = json!({"roles": ["counter", "lead"], "approval_limit": null, "disabled": false});
    assert_eq!(admin.put(&format!("{SITE}/people/{typist}"), &roles).await.status(), 200);
    let lead = yard.sign_in("north-both").await;
    let book = opening(LocationId(10), ItemId(100), 12);
    yard.store.write(move |tx| tx.append(SiteId(1), None, "import", &book)).await.expect("a write");
    let new = json!({"name": "Monday", "selection": {"by": "all"}, "assignee": {"kind": "pool"},
                     "meaning": "independent", "rounds_max": 3});
    let count = body(lead.post(&format!("{SITE}/counts"), &new).await).await["count"]["id"].as_i64().expect("a count");
    let page = lead.get(&format!("{SITE}/paper/print?count={count}&lines=6")).await.text().await.expect("a page");
    let (_, rest) = page.split_once(">P-").expect("a code");
    let code = format!("P-{}", rest.split('<').next().expect("its end"));
    let found = body(lead.get(&format!("{SITE}/paper/sheet?code={code}")).await).await;
    let sheet = json!({
        "code": code, "person": counter, "written_at": found["now"], "uncertainty_minutes": 15, "is_empty": false,
        "location_done": true, "lines": [{"item": 100, "written": "SKU-100", "lot": "", "serial": "", "quantity": "7"}],
    });
    assert_eq!(lead.post(&format!("{SITE}/paper/sheets"), &sheet).await.status(), 201);
    let tasks = body(lead.get(&format!("{SITE}/tasks?state=open")).await).await;
    assert_eq!((&tasks[0]["round"], &tasks[0]["assignee_name"]), (&json!(2), &json!("")), "{tasks}");
    // nor by hand
    let given = json!({"tasks": [tasks[0]["id"]], "to": {"kind": "person", "person": typist}});
    refused(lead.post(&format!("{SITE}/tasks/assign"), &given).await, 409, "counted_earlier_round").await;
}

//! Handhelds over HTTP: pushes that are odd, huge, packed, or somebody else's; pull and the catalogue.

use crate::fixture::{Yard, body, refused};
use crate::handheld::{Handheld, gzip};
use reqwest::{Method, StatusCode};
use serde_json::json;
use shared::id::EventId;
use shared::sync::catalogue::ItemShard;
use tests::report;

#[tokio::test]
async fn a_push_sent_twice_is_counted_once() {
    let yard = Yard::open().await;
    let mut handheld = Handheld::new(yard.enrol(1, "H-01").await, 1);
    handheld.count(yard.person("north-counter").await, 10, 100, 5);
    let request = json!(handheld.request());
    let first = body(handheld.caller.post("/sync/v1/push", &request).await).await;
    let second = body(handheld.caller.post("/sync/v1/push", &request).await).await;
    assert_eq!((&first["durable"], &first["nonce"]), (&second["durable"], &second["nonce"]));
    let auditor = yard.sign_in("north-auditor").await;
    let page = body(auditor.get("/api/v1/sites/NORTH/history/location/10").await).await;
    let keyed: Vec<_> =
        page["lines"].as_array().expect("lines").iter().filter(|line| line["kind"] == "keyed").collect();
    assert_eq!(keyed.len(), 1, "{page}");
    assert_eq!(keyed[0]["sentence"], "Keyed 5 as the total of SKU-100.");
    assert_eq!((&keyed[0]["person_name"], &keyed[0]["origin"]), (&json!("North Counter"), &json!("H-01")));
}

#[tokio::test]
async fn a_packed_push_is_read_like_a_plain_one() {
    let yard = Yard::open().await;
    let mut handheld = Handheld::new(yard.enrol(1, "H-01").await, 1);
    handheld.count(yard.person("north-counter").await, 10, 100, 5);
    let plain = serde_json::to_vec(&handheld.request()).expect("JSON");
    let answer = body(handheld.send(gzip(&plain), Some("gzip")).await).await;
    assert_eq!(answer["durable"]["seq"], 3);
}

#[tokio::test]
async fn what_is_no_push_is_refused_and_nothing_is_kept() {
    let mut fault = report::fault("server", "nonsense, huge and deep bodies, a gzip bomb", "I6 I14");
    let yard = Yard::open().await;
    let mut handheld = Handheld::new(yard.enrol(1, "H-01").await, 1);
    handheld.count(yard.person("north-counter").await, 10, 100, 5);
    let good = serde_json::to_vec(&handheld.request()).expect("JSON");
    refused(handheld.send(b"4006381333931".to_vec(), None).await, 400, "bad_field").await;
    refused(handheld.send(b"\xff\xfe\0\0nonsense".to_vec(), None).await, 400, "bad_json").await;
    refused(handheld.send(vec![b'['; 100_000], None).await, 400, "bad_field").await;
    refused(handheld.send(good[..good.len() / 2].to_vec(), None).await, 400, "bad_json").await;
    refused(handheld.send(good[..good.len() / 2].to_vec(), Some("gzip")).await, 400, "broken_body").await;
    let packed = gzip(&good);
    refused(handheld.send(packed[..packed.len() / 2].to_vec(), Some("gzip")).await, 400, "broken_body").await;
    let answer = handheld.send(packed, Some("br")).await;
    assert_eq!(answer.headers()["accept-encoding"], "gzip, identity");
    refused(answer, 415, "unsupported_encoding").await;
    // more than is read: as it is, unpacked, and as a bomb of 64 MB in 64 KB
    refused(handheld.send(vec![b' '; 1_100_000], None).await, 413, "too_large").await;
    refused(handheld.send(gzip(&vec![b' '; 1_100_000]), Some("gzip")).await, 413, "too_large").await;
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() < 100_000, "a bomb is small: {}", bomb.len());
    refused(handheld.send(bomb, Some("gzip")).await, 413, "too_large").await;
    fault.happened_times(10_u32);
    // and still it is served
    assert_eq!(body(handheld.send(good, None).await).await["durable"]["seq"], 3);
}

#[tokio::test]
async fn events_that_are_nonsense_are_kept_and_marked() {
    let mut fault = report::fault("server", "events that are nonsense or of unknown kind", "I5 I6");
    let yard = Yard::open().await;
    let mut handheld = Handheld::new(yard.enrol(1, "H-01").await, 1);
    for text in ["not even JSON", "{\"v\":1}", "", "{\"v\":1,\"kind\":\"teleported\"}", "\u{0}\u{1F4E6}"] {
        let id: EventId = handheld.next_id();
        handheld.record_bytes(id, text);
    }
    handheld.count(yard.person("north-counter").await, 10, 100, 5);
    let answer = handheld.push().await;
    let marked: Vec<_> =
        answer["notes"].as_array().expect("notes").iter().filter_map(|note| note["seq"].as_u64()).collect();
    assert_eq!(marked, [1, 2, 3, 4, 5, 6], "{answer}");
    // what follows is in order, by somebody whom the handheld shows no grant for
    assert_eq!(answer["notes"][5]["code"], "grant_missing", "{answer}");
    fault.happened_times(5_u32);
}

#[tokio::test]
async fn what_another_sites_handheld_says_about_a_bin_changes_nothing_here() {
    let yard = Yard::open().await;
    let mut foreign = Handheld::new(yard.enrol(2, "H-01").await, 1);
    foreign.count(yard.person("south-counter").await, 10, 100, 5);
    let answer = foreign.push().await;
    assert!(!answer["notes"].as_array().expect("notes").is_empty(), "it is marked: {answer}");
    let lead = yard.sign_in("north-lead").await;
    assert_eq!(body(lead.get("/api/v1/sites/NORTH/counts").await).await, json!([]));
    assert_eq!(body(lead.get("/api/v1/sites/NORTH/tasks").await).await, json!([]));
    let auditor = yard.sign_in("north-auditor").await;
    let page = body(auditor.get("/api/v1/sites/NORTH/history/location/10").await).await;
    let kinds: Vec<_> = page["lines"].as_array().expect("lines").iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(kinds, [json!("locations_recorded")], "{page}");
}

#[tokio::test]
async fn a_log_that_another_handheld_began_is_taken_and_becomes_an_incident_that_a_lead_closes() {
    let yard = Yard::open().await;
    let counter = yard.person("north-counter").await;
    let mut own = Handheld::new(yard.enrol(1, "H-01").await, 1);
    own.count(counter, 10, 100, 5);
    own.push().await;
    // enrolled once more: a new name and secret, the same journal
    own.caller = yard.enrol(1, "H-01").await;
    own.count(counter, 10, 100, 6);
    own.push().await;
    let lead = yard.sign_in("north-lead").await;
    let rows = body(lead.get("/api/v1/sites/NORTH/incidents").await).await;
    assert_eq!((&rows[0]["kind"], &rows[0]["state"]), (&json!("other_handheld"), &json!("open")), "{rows}");
    assert_eq!(body(lead.get("/api/v1/sites/NORTH/attention").await).await["incidents"], 1);
    let close = format!("/api/v1/sites/NORTH/incidents/{}/close", rows[0]["id"]);
    refused(lead.post(&close, &json!({"reason": " "})).await, 422, "bad_reason").await;
    refused(lead.post(&close, &json!({"reason": "x", "who": 1})).await, 400, "bad_field").await;
    let south = yard.sign_in("south-lead").await;
    let foreign = close.replace("NORTH", "SOUTH");
    refused(south.post(&foreign, &json!({"reason": "not mine"})).await, 404, "not_found").await;
    let done = lead.post(&close, &json!({"reason": "Enrolled anew after a reset."})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let rows = body(lead.get("/api/v1/sites/NORTH/incidents").await).await;
    assert_eq!((&rows[0]["state"], &rows[0]["closed_by"]), (&json!("closed"), &json!("North Lead")), "{rows}");
    assert_eq!(body(lead.get("/api/v1/sites/NORTH/attention").await).await["incidents"], 0);
}

#[tokio::test]
async fn a_revoked_handheld_may_still_hand_in_and_is_shown_nothing() {
    let yard = Yard::open().await;
    let mut handheld = Handheld::new(yard.enrol(1, "H-01").await, 1);
    let admin = yard.sign_in("north-admin").await;
    let devices = body(admin.get("/api/v1/sites/NORTH/devices").await).await;
    let id = devices[0]["id"].as_i64().expect("an id");
    for _ in 0..2 {
        let done = admin.post(&format!("/api/v1/sites/NORTH/devices/{id}/revoke"), &json!({})).await;
        assert_eq!(done.status(), StatusCode::NO_CONTENT, "revoking twice is once");
    }
    handheld.count(yard.person("north-counter").await, 10, 100, 5);
    let answer = handheld.push().await;
    assert!(!answer["notes"].as_array().expect("notes").is_empty(), "what it hands in is marked: {answer}");
    refused(handheld.caller.get("/sync/v1/pull").await, 403, "device_revoked").await;
    refused(handheld.caller.get("/sync/v1/shard/items/0").await, 403, "device_revoked").await;
}

#[tokio::test]
async fn a_handheld_gets_the_catalogue_of_its_own_site_once() {
    let yard = Yard::open().await;
    let handheld = yard.enrol(1, "H-01").await;
    let page = body(handheld.get("/sync/v1/pull").await).await;
    assert_eq!(page["site"]["code"], "NORTH");
    assert!(page["rows"].as_array().expect("rows").iter().any(|row| row["row"] == "shard"), "{page}");
    let answer = handheld.get("/sync/v1/shard/items/0").await;
    let tag = answer.headers()["etag"].to_str().expect("text").to_owned();
    assert_eq!(answer.headers()["cache-control"], "private, no-cache");
    let bytes = answer.bytes().await.expect("a body");
    let shard = ItemShard::open(bytes.to_vec()).expect("a shard");
    assert!(shard.find_barcode("400000100").is_some(), "its own item is in it");
    assert!(shard.find_barcode("400000200").is_none(), "the other site's is not");
    let again = handheld.request(Method::GET, "/sync/v1/shard/items/0").header("if-none-match", &tag).send().await;
    assert_eq!(again.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    for path in ["items/99", "items/-1", "items/x", "people/0"] {
        refused(handheld.get(&format!("/sync/v1/shard/{path}")).await, 404, "not_found").await;
    }
    // a cursor of another past begins anew instead of failing
    let page = body(handheld.get("/sync/v1/pull?cursor=nonsense").await).await;
    assert_eq!(page["reset"], true);
}

#[tokio::test]
async fn what_a_revoked_handheld_handed_in_is_listed_and_a_lead_lets_it_count() {
    let yard = Yard::open().await;
    let mut handheld = Handheld::new(yard.enrol(1, "H-01").await, 1);
    let admin = yard.sign_in("north-admin").await;
    let devices = body(admin.get("/api/v1/sites/NORTH/devices").await).await;
    admin.post(&format!("/api/v1/sites/NORTH/devices/{}/revoke", devices[0]["id"]), &json!({})).await;
    handheld.count(yard.person("north-counter").await, 10, 100, 5);
    handheld.push().await;
    let lead = yard.sign_in("north-lead").await;
    let marks = "/api/v1/sites/NORTH/marks";
    let rows = body(lead.get(marks).await).await;
    let row = &rows[0];
    assert_eq!((&row["code"], &row["seqs"]), (&json!("device_revoked"), &json!([1, 2, 3])), "{rows}");
    assert_eq!((&row["person_name"], &row["bins"]), (&json!("North Counter"), &json!(["A-10"])), "{rows}");
    assert_eq!(body(lead.get("/api/v1/sites/NORTH/attention").await).await["marks"], 1);
    let decide = format!("{marks}/decide");
    let with = |decision: &str, reason: &str| json!({"log": row["log"], "seqs": row["seqs"], "decision": decision, "reason": reason});
    refused(lead.post(&decide, &with("dismiss", "")).await, 422, "bad_reason").await;
    refused(lead.post(&decide, &with("confirm", "")).await, 409, "decision_unfit").await;
    let mut none = with("release", "");
    none["seqs"] = json!([]);
    refused(lead.post(&decide, &none).await, 422, "bad_selection").await;
    let south = yard.sign_in("south-lead").await;
    refused(south.post(&decide.replace("NORTH", "SOUTH"), &with("release", "")).await, 404, "not_found").await;
    let done = body(lead.post(&decide, &with("release", "")).await).await;
    assert_eq!(done, json!({"decided": 3, "unfit": 0}));
    let counts = body(lead.get("/api/v1/sites/NORTH/counts").await).await;
    assert_eq!(counts[0]["tasks_counted"], 1, "{counts}");
    assert_eq!(body(lead.get("/api/v1/sites/NORTH/attention").await).await["marks"], 0);
}

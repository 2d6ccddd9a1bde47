//! An app of the first release: every body that it could write, as the golden file keeps them byte for byte, in a push with
//! the fields that the protocol began with (I4, I5, I6).
//!
//! Absent: the meaning of each body; `shared/tests/golden.rs` holds it, and the end of the scenario goes by it.

use crate::scene::Scene;
use serde_json::{Value, json};
use shared::id::EventId;
use tests::handheld::Handheld;
use tests::server::Launch;
use tests::warehouse::Person;
use tests::{record, report};

/// What a push had to say from the beginning; everything else was added, or may be left out.
const FIRST_FIELDS: [&str; 10] =
    ["protocol", "app", "nonce", "log", "reason", "durable", "head", "prev", "events", "clock"];
/// What the bodies name by its number.
const ACTOR: i64 = 4;
const LOCATION: i64 = 5;
const COUNT: i64 = 3;
const TASK: i64 = 9;
/// Marks of bodies that are not understood; no body that was ever released may have one.
const NOT_UNDERSTOOD: [&str; 4] = ["body_too_large", "malformed", "unknown_kind", "id_differs"];

/// The bodies of the golden file.
fn released() -> Vec<String> {
    let file = tests::root().join("shared").join("tests").join("golden").join("event-v1.jsonl");
    let text = std::fs::read_to_string(file).unwrap();
    let body = |line: &str| serde_json::from_str::<Value>(line).unwrap()["body"].as_str().unwrap().to_owned();
    text.lines().map(body).collect()
}

/// A count of bins by their codes.
async fn count_bins(lead: &Person, bins: &[&str]) {
    let mut ids = Vec::new();
    for bin in bins {
        ids.push(lead.location(bin).await);
    }
    let wanted = json!({
        "name": "Night count", "selection": {"by": "locations", "ids": ids},
        "assignee": {"kind": "pool"}, "meaning": "independent", "rounds_max": null,
    });
    let _: Value = lead.post("counts", &wanted).await;
}

/// A warehouse with everything that the bodies name, under the numbers that they name.
async fn known() -> Scene {
    let mut scene = Scene::open(Launch::serve()).await;
    let more: String = (3..=9).map(|bay| format!("A-0{bay},A,1,{bay},1,pick\n")).collect();
    scene.warehouse.import_text("locations", &format!("code,zone,aisle,bay,level,type\n{more}"));
    let items: String = (2..=7).map(|number| format!("I{number},Item {number},,EA,0.10,none\n")).collect();
    let items = format!("sku,description,barcodes,uom,unit_cost,tracking\n{items}I8,Item 8,,EA,9.00,serial\n");
    scene.warehouse.import_text("items", &items);
    let lena = scene.warehouse.person("lena", &["lead"]).await;
    assert_eq!(scene.warehouse.person("carl", &["counter"]).await.id, ACTOR);
    assert_eq!((lena.location("A-05").await, lena.item("I7").await), (LOCATION, 7));
    count_bins(&lena, &["A-01", "A-02", "A-03", "A-04"]).await;
    count_bins(&lena, &["A-06", "A-07", "A-08", "A-09"]).await;
    count_bins(&lena, &["A-05"]).await;
    assert_eq!(lena.tasks(COUNT, 1).await[0]["id"], TASK);
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_of_the_first_release_is_understood() {
    let mut fault = report::fault("deploy", "an app of the first release", "I4 I5 I6 I15");
    let mut scene = known().await;
    let mut handheld = Handheld::enrol(&scene.warehouse, "H-01").await;
    for body in released() {
        let id = serde_json::from_str::<Value>(&body).unwrap()["id"].clone();
        handheld.record_written(serde_json::from_value::<EventId>(id).unwrap(), &body);
    }
    let mut request = json!(handheld.request(200));
    let fields = request.as_object_mut().unwrap();
    fields.retain(|name, _| FIRST_FIELDS.contains(&name.as_str()));
    assert_eq!(fields.len(), FIRST_FIELDS.len(), "a field that it began with is gone");
    fields.insert("app".into(), json!("0.0.1"));
    // and what nobody remembers that it had
    fields.insert("battery".into(), json!(71));
    let answer = handheld.send(&request).await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["durable"]["seq"], handheld.head().seq, "{answer}");
    fault.happened_times(handheld.head().seq);
    for note in answer["notes"].as_array().unwrap() {
        let code = note["code"].as_str().unwrap();
        assert!(!NOT_UNDERSTOOD.contains(&code), "a body that was released is not understood: {note}");
    }

    // what the visit says takes effect: two lots, a serial number, a scan that was undone, a code that nobody knows
    let lines = record::export(scene.warehouse.server.data(), "lines");
    let words = |line: &Value| ["location", "sku", "lot", "serial", "counted"].map(|name| line[name].clone());
    let mut counted: Vec<String> = lines.iter().map(|line| json!(words(line)).to_string()).collect();
    counted.sort();
    let wanted =
        [r#"["A-05","I7","","","9999999999.999999"]"#, r#"["A-05","I7","L7","","1"]"#, r#"["A-05","I8","","S1","1"]"#];
    assert_eq!(counted, wanted);
    let unknown: Value = scene.warehouse.admin.get("barcodes/unknown").await;
    assert_eq!((&unknown[0]["barcode"], &unknown[0]["seen"][0]["quantity"]), (&json!("CARTON-9 äß"), &json!("2")));

    // it asks again as it always does, and has nothing left
    scene.settle(std::slice::from_mut(&mut handheld)).await;
}

//! A variance from the count to the acknowledged adjustment, over HTTP: what each page shows, and what is refused.

use crate::fixture::{Caller, Yard, body, opening, refused};
use crate::handheld::Handheld;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::id::{ItemId, LocationId, SiteId};

const SITE: &str = "/api/v1/sites/NORTH";

/// The book of bin 10 says 12 of item 100; `north-counter` finds 9, and so does `north-both`.
async fn two_rounds_agree(yard: &Yard) -> (Caller, i64) {
    yard.store
        .write(|tx| tx.append(SiteId(1), None, "import", &opening(LocationId(10), ItemId(100), 12)))
        .await
        .expect("a write");
    let lead = yard.sign_in("north-lead").await;
    let count = json!({"name": "Zone A", "selection": {"by": "zones", "zones": ["A"]}, "assignee": {"kind": "pool"},
                       "meaning": "independent", "rounds_max": 3});
    let made = body(lead.post(&format!("{SITE}/counts"), &count).await).await;
    assert_eq!((&made["count"]["tasks_open"], &made["left_out"]), (&json!(1), &json!([])));
    let mut first = Handheld::new(yard.enrol(1, "H-01").await, 1);
    first.count(yard.person("north-counter").await, 10, 100, 9);
    first.push().await;
    let supervisor = yard.sign_in("north-supervisor").await;
    let queue = body(supervisor.get(&format!("{SITE}/discrepancies")).await).await;
    let row = &queue["rows"][0];
    assert_eq!(
        (&queue["total"], &row["state"], &row["variance"]),
        (&json!(1), &json!("recounting"), &json!("-3")),
        "{queue}"
    );
    let id = row["id"].as_i64().expect("an id");
    yard.wait_ms(60_000);
    let mut second = Handheld::new(yard.enrol(1, "H-02").await, 2);
    let tasks = body(lead.get(&format!("{SITE}/tasks?state=open")).await).await;
    assert_eq!((&tasks[0]["round"], &tasks[0]["assignee_name"]), (&json!(2), &json!("North Both")), "{tasks}");
    second.count_task(yard.person("north-both").await, 10, tasks[0]["id"].as_i64(), 100, 9);
    second.push().await;
    (supervisor, id)
}

async fn detail(caller: &Caller, id: i64) -> Value {
    body(caller.get(&format!("{SITE}/discrepancies/{id}")).await).await
}

#[tokio::test]
async fn a_variance_goes_from_two_rounds_to_an_acknowledged_adjustment() {
    let yard = Yard::open().await;
    let (supervisor, id) = two_rounds_agree(&yard).await;
    let page = detail(&supervisor, id).await;
    assert_eq!(page["row"]["state"], "confirmed", "{page}");
    assert_eq!((&page["row"]["value"], &page["unit_cost"]), (&json!("-9.51"), &json!("3.17")));
    let rounds = page["rounds"].as_array().expect("rounds");
    let told: Vec<_> =
        rounds.iter().map(|round| (&round["counters"][0], &round["devices"][0], &round["counted"])).collect();
    assert_eq!(
        told,
        [(&json!("North Counter"), &json!("H-01"), &json!("9")), (&json!("North Both"), &json!("H-02"), &json!("9"))]
    );
    let movement = &page["movements"][0];
    assert_eq!((&movement["kind"], &movement["book_after"]), (&json!("opening"), &json!("12")), "{page}");
    assert!(page["approve_refusal"].is_null(), "{page}");

    let evidence = page["evidence"].as_str().expect("evidence");
    let approve = |reason: &str, evidence: &str| {
        let message = json!({"reason": reason, "note": "counted twice", "evidence": evidence});
        let supervisor = supervisor.clone();
        async move { supervisor.post(&format!("{SITE}/discrepancies/{id}/approve"), &message).await }
    };
    refused(approve("because", evidence).await, 422, "reason_unknown").await;
    refused(approve("mis_pick", "what was there yesterday").await, 409, "evidence_changed").await;
    assert_eq!(approve("mis_pick", evidence).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(approve("mis_pick", evidence).await.status(), StatusCode::NO_CONTENT, "approving twice is one approval");
    let reject = json!({"reason": "mis_pick", "note": "", "evidence": detail(&supervisor, id).await["evidence"]});
    refused(supervisor.post(&format!("{SITE}/discrepancies/{id}/reject"), &reject).await, 409, "not_awaiting_decision")
        .await;

    let page = detail(&supervisor, id).await;
    assert_eq!(page["row"]["state"], "posted");
    assert_eq!(page["decisions"].as_array().map(Vec::len), Some(1), "{page}");
    assert_eq!(
        (&page["decisions"][0]["person_name"], &page["decisions"][0]["reason"]),
        (&json!("North Supervisor"), &json!("Mis-pick"))
    );
    let posted = body(supervisor.get(&format!("{SITE}/adjustments?state=posted")).await).await;
    assert_eq!((&posted[0]["quantity"], &posted[0]["value"]), (&json!("-3"), &json!("-9.51")), "{posted}");
    assert_eq!(posted[0]["approved_by_name"], "North Supervisor");

    let exported = body(supervisor.post(&format!("{SITE}/adjustments/export"), &json!({})).await).await;
    assert_eq!(exported["rows"][0]["movement"], posted[0]["movement"]);
    assert_eq!(exported["rows"][0]["batch"], exported["batch"]);
    let again = body(supervisor.post(&format!("{SITE}/adjustments/export"), &json!({})).await).await;
    assert_eq!(again["rows"], json!([]), "each is handed over once");
    let acknowledge = json!({"movements": [posted[0]["movement"]], "reference": "SAP-4711"});
    let done = supervisor.post(&format!("{SITE}/adjustments/acknowledge"), &acknowledge).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    for (state, number) in [("posted", 0), ("exported", 0), ("acknowledged", 1), ("all", 1)] {
        let rows = body(supervisor.get(&format!("{SITE}/adjustments?state={state}")).await).await;
        assert_eq!(rows.as_array().map(Vec::len), Some(number), "{state}: {rows}");
    }
    let unknown = json!({"movements": [987_654], "reference": "SAP-4712"});
    refused(supervisor.post(&format!("{SITE}/adjustments/acknowledge"), &unknown).await, 409, "not_exported").await;
}

#[tokio::test]
async fn the_history_of_a_discrepancy_tells_who_counted_and_who_decided() {
    let yard = Yard::open().await;
    let (supervisor, id) = two_rounds_agree(&yard).await;
    let evidence = detail(&supervisor, id).await["evidence"].clone();
    let message = json!({"reason": "damage", "note": "wet", "evidence": evidence});
    let done = supervisor.post(&format!("{SITE}/discrepancies/{id}/approve"), &message).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let auditor = yard.sign_in("north-auditor").await;
    let page = body(auditor.get(&format!("{SITE}/history/discrepancy/{id}")).await).await;
    assert_eq!(page["title"], "SKU-100 in A-10");
    let told: Vec<_> = page["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| {
            format!(
                "{}: {}",
                line["person_name"].as_str().unwrap_or_default(),
                line["sentence"].as_str().unwrap_or_default()
            )
        })
        .collect();
    for expected in [
        "North Supervisor: Approved -3 for SKU-100 in A-10 (damage). wet",
        "North Both: Keyed 9 as the total of SKU-100. In bin A-10.",
        "North Counter: Keyed 9 as the total of SKU-100. In bin A-10.",
        ": Movement (opening): +12 of SKU-100 in bin A-10; wms opening.",
    ] {
        assert!(told.iter().any(|line| line == expected), "{expected:?} is not in {told:#?}");
    }
    let positions: Vec<_> =
        page["lines"].as_array().expect("lines").iter().map(|line| line["position"].as_i64()).collect();
    assert!(positions.is_sorted_by(|a, b| a >= b), "newest first: {positions:?}");
    for (subject, subject_id) in
        [("location", 10), ("item", 100), ("person", yard.person("north-both").await), ("device", 2)]
    {
        let page = body(auditor.get(&format!("{SITE}/history/{subject}/{subject_id}")).await).await;
        let lines = page["lines"].as_array().expect("lines");
        assert!(lines.iter().any(|line| line["kind"] == "keyed"), "{subject}: {page}");
    }
}

#[tokio::test]
async fn whoever_counted_does_not_decide_and_reads_why() {
    let yard = Yard::open().await;
    let (_, id) = two_rounds_agree(&yard).await;
    // made a supervisor alone after having counted: the roles changed, the facts did not
    let admin = yard.sign_in("north-admin").await;
    let change = json!({"roles": ["supervisor"], "approval_limit": null, "disabled": false});
    let both = yard.person("north-both").await;
    assert_eq!(admin.put(&format!("{SITE}/people/{both}"), &change).await.status(), StatusCode::OK);
    let counted = yard.sign_in("north-both").await;
    let page = detail(&counted, id).await;
    assert!(page["approve_refusal"].as_str().is_some_and(|sentence| sentence.contains("counted")), "{page}");
    let message = json!({"reason": "damage", "note": "", "evidence": page["evidence"]});
    for verb in ["approve", "reject"] {
        refused(counted.post(&format!("{SITE}/discrepancies/{id}/{verb}"), &message).await, 409, "approver_counted")
            .await;
    }
}

#[tokio::test]
async fn the_first_page_counts_what_is_there() {
    let yard = Yard::open().await;
    let (supervisor, _) = two_rounds_agree(&yard).await;
    let page = body(supervisor.get(&format!("{SITE}/dashboard")).await).await;
    assert_eq!(
        (&page["tasks"]["counted"], &page["tasks"]["open"], &page["tasks"]["recounts"]),
        (&json!(2), &json!(0), &json!(0)),
        "{page}"
    );
    assert_eq!(
        (&page["discrepancies"]["awaiting_decision"], &page["discrepancies"]["recounting"]),
        (&json!(1), &json!(0))
    );
    let youngest = &page["discrepancies"]["by_age"][0];
    assert_eq!(
        (&youngest["number"], &youngest["value"], &youngest["value_unknown"]),
        (&json!(1), &json!("9.51"), &json!(0))
    );
    let week = &page["accuracy"][12];
    assert_eq!(
        (&week["week"], &week["lines_counted"], &week["lines_within"]),
        (&json!("2026-11-23"), &json!(1), &json!(0)),
        "{page}"
    );
    assert_eq!(page["devices"]["enrolled"], 2);
    // a day later the same is older, and still one
    yard.wait_ms(25 * 60 * 60 * 1000);
    let supervisor = yard.sign_in("north-supervisor").await;
    let page = body(supervisor.get(&format!("{SITE}/dashboard")).await).await;
    let numbers: Vec<_> =
        page["discrepancies"]["by_age"].as_array().expect("ages").iter().map(|age| age["number"].clone()).collect();
    assert_eq!(numbers, [json!(0), json!(1), json!(0), json!(0)]);
}

#[tokio::test]
async fn rules_are_replaced_only_by_whoever_has_seen_them() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let mut rules = body(admin.get(&format!("{SITE}/thresholds")).await).await;
    assert_eq!(rules["version"], 0);
    rules["dual_above"] = json!("1000");
    let set = body(admin.put(&format!("{SITE}/thresholds"), &rules).await).await;
    assert_eq!((&set["version"], &set["dual_above"]), (&json!(1), &json!("1000")));
    refused(admin.put(&format!("{SITE}/thresholds"), &rules).await, 409, "stale_version").await;
    assert_eq!(admin.put(&format!("{SITE}/thresholds"), &set).await.status(), StatusCode::OK);
    let reason = json!({"code": "mouse", "label": "Eaten by mice"});
    assert_eq!(admin.post(&format!("{SITE}/reasons"), &reason).await.status(), StatusCode::NO_CONTENT);
    let reasons = body(admin.get(&format!("{SITE}/reasons")).await).await;
    assert!(reasons.as_array().expect("reasons").contains(&reason), "{reasons}");
}

//! The shape of answers: headers, problems, pages, filters, live updates.

use crate::fixture::{Yard, body, refused};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect() {
    let yard = Yard::open().await;
    let lead = yard.sign_in("north-lead").await;
    for path in ["/api/v1/me", "/api/v1/sites/NORTH/counts", "/api/v1/nothing", "/sync/v1/pull", "/healthz"] {
        let answer = lead.get(path).await;
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"), "{path}");
        assert_eq!(header("cross-origin-opener-policy").as_deref(), Some("same-origin"), "{path}");
        assert!(
            header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors 'none'")),
            "{path}"
        );
        assert!(header("x-request-id").is_some(), "{path}");
        assert_eq!(header("clear-site-data"), None, "{path}");
        if path != "/healthz" {
            assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{path}");
        }
    }
}

#[tokio::test]
async fn unknown_addresses_are_problems_for_programs_and_pages_for_people() {
    let yard = Yard::open().await;
    let nobody = yard.nobody();
    for path in ["/api", "/api/v1", "/api/v2/me", "/api/v1/sites/NORTH/unknown", "/sync/v1/nothing", "/sync"] {
        refused(nobody.get(path).await, 404, "not_found").await;
    }
    let page = nobody.get("/apiary").await;
    assert!(!page.headers()["content-type"].to_str().expect("text").contains("json"), "a page is no problem");
    let answer = nobody.request(Method::DELETE, "/api/v1/me").send().await.expect("an answer");
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
    refused(answer, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn a_request_that_does_not_fit_is_told_where() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let send = |text: &'static str| {
        let request =
            admin.request(Method::POST, "/api/v1/sites/NORTH/people").header("content-type", "application/json");
        async move { request.body(text).send().await.expect("an answer") }
    };
    let problem = refused(send("{\n  \"username\": ]").await, 400, "bad_json").await;
    assert!(problem["detail"].as_str().expect("a sentence").contains("line 2, column"), "{problem}");
    let problem = refused(send("{}").await, 400, "bad_field").await;
    assert_eq!(problem["field"], "username");
    let problem = refused(
        send(r#"{"username":"a","name":"A","language":"en","roles":["lead"],"approval_limit":"1e9"}"#).await,
        400,
        "bad_field",
    )
    .await;
    assert_eq!(problem["field"], "approval_limit");
    let problem = refused(
        send(r#"{"username":"a","name":"A","language":"en","roles":[],"approval_limit":null,"x":1}"#).await,
        400,
        "bad_field",
    )
    .await;
    assert_eq!(problem["field"], "x");
    refused(send(r#"{"username":"a"} {"#).await, 400, "bad_field").await;
    refused(send("[[[[[[").await, 400, "bad_field").await;
    let form =
        admin.request(Method::POST, "/api/v1/sites/NORTH/people").body("username=a").send().await.expect("an answer");
    refused(form, 415, "not_json").await;
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_told_which_word() {
    let yard = Yard::open().await;
    let lead = yard.sign_in("north-lead").await;
    for (query, field) in [
        ("limit=0", Some("limit")),
        ("limit=2001", Some("limit")),
        ("limit=many", None),
        ("limit=1&limit=2", Some("limit")),
        ("sort=code", Some("sort")),
        ("kind=cupboard", None),
    ] {
        let answer = lead.get(&format!("/api/v1/sites/NORTH/locations?{query}")).await;
        let (status, problem) = crate::fixture::problem(answer).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {problem}");
        if let Some(field) = field {
            assert_eq!(problem["field"], field, "{query}: {problem}");
        }
    }
    let long = lead.get(&format!("/api/v1/sites/NORTH/items?q={}", "x".repeat(101))).await;
    refused(long, 400, "bad_query").await;
    refused(lead.get("/api/v1/sites/NORTH/tasks?assignee=maria").await, 400, "bad_query").await;
    refused(lead.get("/api/v1/sites/NORTH/tasks?state=lost").await, 400, "bad_query").await;
}

#[tokio::test]
async fn what_is_no_number_or_of_another_site_is_not_there() {
    let yard = Yard::open().await;
    let (lead, auditor) = (yard.sign_in("north-lead").await, yard.sign_in("north-auditor").await);
    refused(lead.get("/api/v1/sites/NORTH/counts/1%20or%201").await, 404, "not_found").await;
    refused(lead.get("/api/v1/sites/NORTH/counts/99999999999999999999").await, 404, "not_found").await;
    refused(auditor.get("/api/v1/sites/NORTH/history/shelf/1").await, 404, "not_found").await;
    // bin 20 is a bin, but of SOUTH
    refused(auditor.get("/api/v1/sites/NORTH/history/location/20").await, 404, "not_found").await;
    refused(auditor.get("/api/v1/sites/NORTH/history/item/200").await, 404, "not_found").await;
    refused(
        auditor.get(&format!("/api/v1/sites/NORTH/history/person/{}", yard.person("south-lead").await)).await,
        404,
        "not_found",
    )
    .await;
    assert_eq!(auditor.get("/api/v1/sites/NORTH/history/location/10").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn locations_come_in_walk_order_page_by_page() {
    let yard = Yard::open().await;
    yard.store
        .write(|tx| {
            use shared::fact::Fact;
            use shared::id::{LocationId, SiteId};
            use shared::location::{Location, LocationKind};
            let bin = |id: i64| Location {
                id: LocationId(1000 + id),
                code: format!("B-{id:02}"),
                barcode: format!("LOC-B-{id:02}"),
                zone: "B_%".into(),
                aisle: "B".into(),
                bay: String::new(),
                level: String::new(),
                kind: LocationKind::Reserve,
                // two and two share a place on the walk
                walk_order: 500 + id / 2,
            };
            tx.append(SiteId(1), None, "import", &Fact::LocationsRecorded { rows: (0..7).map(bin).collect() })
        })
        .await
        .expect("a write");
    let lead = yard.sign_in("north-lead").await;
    let mut codes = Vec::new();
    let mut after = String::new();
    loop {
        let page = body(lead.get(&format!("/api/v1/sites/NORTH/locations?zone=B_%25&limit=3{after}")).await).await;
        assert_eq!(page["total"], 7);
        assert_eq!(page["zones"], json!([["A", 1], ["B_%", 7]]));
        codes.extend(
            page["rows"].as_array().expect("rows").iter().map(|row| row["code"].as_str().expect("a code").to_owned()),
        );
        match page["next"].as_i64() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(codes, ["B-00", "B-01", "B-02", "B-03", "B-04", "B-05", "B-06"]);
    let found = body(lead.get("/api/v1/sites/NORTH/locations?q=_").await).await;
    assert_eq!(found["total"], 0, "a wild card is a letter like any other");
}

#[tokio::test]
async fn answers_are_packed_for_whoever_asks() {
    let yard = Yard::open().await;
    let lead = yard.sign_in("north-lead").await;
    for encoding in ["gzip", "br", "zstd"] {
        let answer =
            lead.request(Method::GET, "/api/v1/sites/NORTH/items").header("accept-encoding", encoding).send().await;
        assert_eq!(answer.expect("an answer").headers()["content-encoding"], encoding);
    }
}

#[tokio::test]
async fn a_lead_sees_no_figure_of_the_books_and_an_auditor_does() {
    let yard = Yard::open().await;
    let (lead, auditor) = (yard.sign_in("north-lead").await, yard.sign_in("north-auditor").await);
    let blind = body(lead.get("/api/v1/sites/NORTH/dashboard").await).await;
    for part in ["discrepancies", "accuracy", "findings_open"] {
        assert!(blind[part].is_null(), "{part}: {blind}");
    }
    let full = body(auditor.get("/api/v1/sites/NORTH/dashboard").await).await;
    assert_eq!(full["accuracy"].as_array().map(Vec::len), Some(13));
    assert_eq!(full["accuracy"][12]["week"], "2026-11-23");
    assert_eq!(full["discrepancies"]["by_age"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn history_and_search_tell_in_words() {
    let yard = Yard::open().await;
    let auditor = yard.sign_in("north-auditor").await;
    let hits = body(auditor.get("/api/v1/sites/NORTH/search?q=a-1").await).await;
    assert_eq!(
        (&hits[0]["subject"], &hits[0]["id"], &hits[0]["title"]),
        (&json!("location"), &json!(10), &json!("A-10"))
    );
    let hits = body(auditor.get("/api/v1/sites/NORTH/search?q=north").await).await;
    assert!(hits.as_array().expect("hits").iter().all(|hit| hit["subject"] == "person"), "{hits}");
    assert_eq!(body(auditor.get("/api/v1/sites/NORTH/search?q=").await).await, json!([]));
    let id = yard.person("north-lead").await;
    let page = body(auditor.get(&format!("/api/v1/sites/NORTH/history/person/{id}")).await).await;
    assert_eq!(page["title"], "North Lead");
    let sentences: Vec<_> =
        page["lines"].as_array().expect("lines").iter().map(|line| line["sentence"].clone()).collect();
    assert!(sentences.contains(&json!("Made North Lead lead.")), "{sentences:?}");
    assert!(sentences.contains(&json!("Added North Lead, who signs in as north-lead.")), "{sentences:?}");
    let first = body(auditor.get(&format!("/api/v1/sites/NORTH/history/person/{id}?limit=1")).await).await;
    assert_eq!(first["more"], true);
    let before = first["lines"][0]["position"].as_i64().expect("a position");
    let second =
        body(auditor.get(&format!("/api/v1/sites/NORTH/history/person/{id}?limit=1&before={before}")).await).await;
    assert!(second["lines"][0]["position"].as_i64().expect("a position") < before);
    assert_eq!(first["lines"][0]["chain"].as_str().map(str::len), Some(64));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_told_at_once_to_those_who_may_know() {
    let mut yard = Yard::open().await;
    let (admin, foreign) = (yard.sign_in("north-admin").await, yard.sign_in("south-lead").await);
    let mut stream = yard.sign_in("north-lead").await.get("/api/v1/sites/NORTH/live").await;
    let mut other = foreign.get("/api/v1/sites/SOUTH/live").await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let person =
        json!({"username": "maria", "name": "Maria", "language": "en", "roles": ["counter"], "approval_limit": null});
    assert_eq!(admin.post("/api/v1/sites/NORTH/people", &person).await.status(), StatusCode::CREATED);
    let told = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await.expect("in time").expect("a stream");
    let told = String::from_utf8(told.expect("an event").to_vec()).expect("text");
    assert!(told.starts_with("data: {\"what\":\"person\",\"position\":"), "{told}");
    // streams end when the server stops: nothing waits for them
    tokio::time::timeout(Duration::from_secs(20), yard.stop()).await.expect("the server stops");
    let rest = tokio::time::timeout(Duration::from_secs(20), other.chunk()).await.expect("in time");
    assert!(matches!(rest, Ok(None) | Err(_)), "the other site was told {rest:?}");
}

//! Blindness (`DOMAIN.md` section 7): a bin whose book quantity is a number seen nowhere else is counted blind and wrong;
//! then everything that somebody who counts, or a lead, can fetch is searched for that number and what follows from it.

use crate::fixture::{Caller, PASSWORD, Yard, body, opening};
use crate::handheld::Handheld;
use reqwest::Method;
use serde_json::{Value, json};
use server::http::Needs;
use server::http::route::table;
use shared::fact::Fact;
use shared::id::{ItemId, LocationId, SiteId};
use shared::item::{Barcode, Item, Tracking};
use shared::quantity::Quantity;

const BIN: i64 = 10;
const ITEM: i64 = 177;
/// The book, the count that is off by 7008, the cost, and the value of the difference.
const BOOK: i64 = 7013;
const COUNTED: i64 = 5;
const COST: &str = "611.27";
const SECRETS: [&str; 6] = ["7013", "7008", "611.27", "4283780.16", "7013000000", "7008000000"];

async fn stock(yard: &Yard) {
    yard.store
        .write(|tx| {
            let item = Item {
                id: ItemId(ITEM),
                sku: "SECRET".into(),
                description: "Something that is counted blind".into(),
                unit: "EA".into(),
                unit_cost: Some(COST.parse().expect("money")),
                category: String::new(),
                abc: "A".into(),
                tracking: Tracking::None,
                barcodes: vec![Barcode { text: "4006381333931".into(), pack_factor: Quantity::ONE }],
            };
            tx.append(SiteId(1), None, "import", &Fact::ItemsRecorded { rows: vec![item] })?;
            tx.append(SiteId(1), None, "import", &opening(LocationId(BIN), ItemId(ITEM), BOOK))
        })
        .await
        .expect("a write");
}

/// The words of a text that are a secret number. Ids in the form of UUIDs are left out: they are random.
fn secrets_in(text: &str) -> Vec<String> {
    let is_uuid = |word: &str| word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4;
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.' || letter == '-'))
        .filter(|word| !is_uuid(word))
        .flat_map(|word| word.split('-'))
        .map(|word| word.trim_matches('.'))
        .filter(|word| SECRETS.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Whether bytes hold a secret number as text or as the integer that tables hold.
fn is_secret_in(bytes: &[u8]) -> bool {
    let millionths = [BOOK, COUNTED - BOOK].map(|units| (units * 1_000_000).to_le_bytes());
    let cost = 611_270_000_i64.to_le_bytes();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    holds(b"7013") || holds(b"611.27") || holds(&cost) || millionths.iter().any(|part| holds(part))
}

/// Everything that one caller can fetch, each with what came back.
async fn fetch_all(caller: &Caller, ids: &[(&str, i64)]) -> Vec<(String, String)> {
    let mut fetched = Vec::new();
    for route in table() {
        // the stream has no end; what it says is looked at by a test of its own
        if route.path.ends_with("/live") {
            continue;
        }
        let mut path = route.path.replace("{site}", "NORTH").replace("{kind}", "items").replace("{number}", "0");
        for (subject, id) in ids {
            if path.contains(&format!("/{subject}/{{id}}")) || path.contains(&format!("/{subject}s/{{id}}")) {
                path = path.replace("{id}", &id.to_string());
            }
        }
        let paths: Vec<String> = if path.contains("{subject}") {
            ids.iter()
                .map(|(subject, id)| {
                    path.replace("{subject}", subject.trim_end_matches('s')).replace("{id}", &id.to_string())
                })
                .collect()
        } else {
            vec![path.replace("{id}", "1")]
        };
        for path in paths {
            let mut request = caller.request(route.method.clone(), &path);
            if route.method != Method::GET {
                // signing out would end the search
                if path.ends_with("/sign-out") {
                    continue;
                }
                request = request.json(&json!({"reason": "unknown", "note": "", "evidence": "", "tasks": []}));
            }
            let answer = request.send().await.expect("an answer");
            let headers = format!("{:?}", answer.headers().get("etag"));
            fetched.push((format!("{} {path}", route.method), headers + answer.text().await.expect("a body").as_str()));
        }
    }
    fetched
}

#[tokio::test]
async fn nothing_that_a_counter_or_a_lead_can_fetch_holds_a_book_quantity() {
    let yard = Yard::open().await;
    stock(&yard).await;
    let lead = yard.sign_in("north-lead").await;
    let count = json!({"name": "Blind", "selection": {"by": "all"}, "assignee": {"kind": "pool"}, "meaning": "independent", "rounds_max": null});
    let made = body(lead.post("/api/v1/sites/NORTH/counts", &count).await).await;
    let count = made["count"]["id"].as_i64().expect("an id");

    let counter = yard.person("north-counter").await;
    let mut handheld = Handheld::new(yard.enrol(1, "H-01").await, 1);
    let mut texts =
        vec![("the first pull".to_owned(), handheld.caller.get("/sync/v1/pull").await.text().await.expect("a body"))];
    handheld.count(counter, BIN, ITEM, COUNTED);
    texts.push(("the answer to the push".into(), handheld.push().await.to_string()));

    // the variance is there, for those who may see it: the search below is not for nothing
    let supervisor = yard.sign_in("north-supervisor").await;
    let queue = body(supervisor.get("/api/v1/sites/NORTH/discrepancies").await).await;
    let discrepancy = queue["rows"][0]["id"].as_i64().unwrap_or_else(|| panic!("a discrepancy: {queue}"));
    let tasks = body(lead.get("/api/v1/sites/NORTH/tasks").await).await;
    let recount = tasks.as_array().expect("tasks").iter().find(|task| task["round"] == 2);
    let recount = recount.and_then(|task| task["id"].as_i64()).unwrap_or_else(|| panic!("a recount: {tasks}"));
    let ids = [
        ("count", count),
        ("discrepancie", discrepancy),
        ("discrepancy", discrepancy),
        ("task", recount),
        ("location", BIN),
        ("item", ITEM),
        ("person", counter),
        ("people", counter),
        ("device", 1),
    ];
    let seen: Vec<String> = fetch_all(&supervisor, &ids).await.iter().flat_map(|(_, text)| secrets_in(text)).collect();
    for secret in &SECRETS[..4] {
        assert!(seen.iter().any(|found| found == secret), "a supervisor sees {secret}; found {seen:?}");
    }

    let sign_in = json!({"username": "north-counter", "password": PASSWORD});
    texts.push((
        "taking the handheld".into(),
        handheld.caller.post("/sync/v1/sign-in", &sign_in).await.text().await.expect("a body"),
    ));
    let mut cursor = String::new();
    for page in 0.. {
        let answer = body(handheld.caller.get(&format!("/sync/v1/pull{cursor}")).await).await;
        texts.push((format!("page {page} of the pull"), answer.to_string()));
        cursor = format!("?cursor={}", answer["cursor"].as_str().expect("a cursor"));
        if answer["more"] == Value::Bool(false) {
            break;
        }
    }
    let recounts = texts.iter().filter(|(_, text)| text.contains("\"round\":2")).count();
    assert!(recounts > 0, "the recount reaches the handhelds: {texts:?}");
    for kind in ["items", "locations"] {
        let answer = handheld.caller.get(&format!("/sync/v1/shard/{kind}/0")).await;
        assert_eq!(answer.status(), 200, "the shard of {kind}");
        let bytes = answer.bytes().await.expect("a body");
        assert!(!bytes.is_empty(), "the shard of {kind} holds something");
        assert!(!is_secret_in(&bytes), "the shard of {kind} holds a secret");
    }
    texts.extend(fetch_all(&handheld.caller, &ids).await);
    for username in ["north-counter", "north-lead", "north-both", "north-admin"] {
        let caller = yard.sign_in(username).await;
        texts.extend(
            fetch_all(&caller, &ids).await.into_iter().map(|(what, text)| (format!("{username}: {what}"), text)),
        );
        for page in ["/", "/desk", "/desk/discrepancies"] {
            texts.push((format!("{username}: {page}"), caller.get(page).await.text().await.expect("a body")));
        }
    }
    assert!(texts.len() > 100, "much was searched: {}", texts.len());
    let leaks: Vec<_> = texts.iter().filter(|(_, text)| !secrets_in(text).is_empty()).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[test]
fn routes_with_books_ask_for_them() {
    use shared::role::Permission::{Administer, Decide, ExportAdjustments, SeeBooks};
    for route in table() {
        let word = ["discrepanc", "adjustment", "history", "search", "finding", "threshold"];
        if word.iter().any(|word| route.path.contains(word)) {
            let Needs::Site(permissions) = route.needs else { panic!("{} is open", route.path) };
            let fits = permissions.iter().all(|p| [Administer, Decide, ExportAdjustments, SeeBooks].contains(p));
            assert!(fits, "{} asks for {permissions:?}", route.path);
        }
    }
}

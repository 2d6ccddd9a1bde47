//! Signing in and out, sessions and their ends, setting up, joining, and guessing.

use crate::fixture::{PASSWORD, Yard, body, refused};
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::action::set_up;

const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

#[tokio::test]
async fn who_signs_in_is_told_who_they_are_and_where() {
    let yard = Yard::open().await;
    let caller = yard.nobody();
    let answer = caller.post("/api/v1/sign-in", &json!({"username": " North-Lead ", "password": PASSWORD})).await;
    let cookie = answer.headers().get("set-cookie").expect("a cookie").to_str().expect("text").to_owned();
    for part in ["trueup=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let me = body(answer).await;
    assert_eq!(me["sites"][0]["code"], "NORTH");
    assert_eq!(me["sites"][0]["roles"], json!(["lead"]));
    assert_eq!(body(caller.get("/api/v1/me").await).await, me);
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let yard = Yard::open().await;
    let caller = yard.nobody();
    let answer = caller.post("/api/v1/sign-in", &json!({"username": "north-lead", "password": PASSWORD})).await;
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("a cookie").to_owned();
    assert_eq!(caller.post("/api/v1/sign-out", &json!({})).await.status(), StatusCode::NO_CONTENT);
    refused(caller.get("/api/v1/me").await, 401, "not_signed_in").await;
    // the cookie itself, kept by somebody, opens nothing any more
    let replay =
        yard.nobody().request(Method::GET, "/api/v1/me").header("cookie", cookie).send().await.expect("an answer");
    refused(replay, 401, "not_signed_in").await;
}

#[tokio::test]
async fn a_session_id_from_before_signing_in_is_not_the_one_after() {
    let yard = Yard::open().await;
    let caller = yard.nobody();
    let signing_in = json!({"username": "north-lead", "password": PASSWORD});
    let cookie = |answer: &reqwest::Response| {
        answer.headers()["set-cookie"].to_str().expect("text").split(';').next().map(str::to_owned)
    };
    let first = cookie(&caller.post("/api/v1/sign-in", &signing_in).await);
    let second = cookie(&caller.post("/api/v1/sign-in", &signing_in).await);
    assert_ne!(first, second);
    let replay =
        yard.nobody().request(Method::GET, "/api/v1/me").header("cookie", first.expect("a cookie")).send().await;
    refused(replay.expect("an answer"), 401, "not_signed_in").await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    let yard = Yard::open().await;
    let idle = yard.sign_in("north-lead").await;
    let busy = yard.sign_in("north-auditor").await;
    for _ in 0..13 {
        assert_eq!(busy.get("/api/v1/me").await.status(), StatusCode::OK);
        yard.wait_ms(HOUR_MS);
    }
    refused(idle.get("/api/v1/me").await, 401, "not_signed_in").await;
    assert_eq!(busy.get("/api/v1/me").await.status(), StatusCode::OK, "a busy session lives on");
    for _ in 0..7 * 24 - 13 {
        yard.wait_ms(HOUR_MS);
        let _ = busy.get("/api/v1/me").await;
    }
    refused(busy.get("/api/v1/me").await, 401, "not_signed_in").await;
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_get_the_same_answer() {
    let yard = Yard::open().await;
    let caller = yard.nobody();
    let try_as = |username: &str| {
        let (caller, given) = (caller.clone(), json!({"username": username, "password": "not the one at all"}));
        async move { refused(caller.post("/api/v1/sign-in", &given).await, 401, "wrong_credentials").await }
    };
    let known = try_as("north-lead").await;
    assert_eq!(known, try_as("nobody-of-that-name").await);
    assert_eq!(known, try_as("").await);
    assert_eq!(known, try_as(&"x".repeat(5000)).await);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_password_works_after_the_wait() {
    let yard = Yard::open().await;
    let caller = yard.nobody();
    let wrong = json!({"username": "north-lead", "password": "not the one at all"});
    let right = json!({"username": "north-lead", "password": PASSWORD});
    for _ in 0..5 {
        refused(caller.post("/api/v1/sign-in", &wrong).await, 401, "wrong_credentials").await;
    }
    let problem = refused(caller.post("/api/v1/sign-in", &right).await, 429, "too_many_tries").await;
    assert!(problem["detail"].as_str().expect("a sentence").contains("Wait 1 seconds"), "{problem}");
    // somebody else is not kept waiting
    assert_eq!(yard.sign_in("north-auditor").await.get("/api/v1/me").await.status(), StatusCode::OK);
    yard.wait_ms(1000);
    refused(caller.post("/api/v1/sign-in", &wrong).await, 401, "wrong_credentials").await;
    yard.wait_ms(1000);
    refused(caller.post("/api/v1/sign-in", &right).await, 429, "too_many_tries").await;
    yard.wait_ms(1000);
    assert_eq!(caller.post("/api/v1/sign-in", &right).await.status(), StatusCode::OK);
    refused(yard.nobody().post("/api/v1/sign-in", &wrong).await, 401, "wrong_credentials").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_are_not_many_free_ones() {
    let yard = Yard::open().await;
    let tries = (0..30).map(|_| {
        let caller = yard.nobody();
        tokio::spawn(async move {
            caller
                .post("/api/v1/sign-in", &json!({"username": "north-lead", "password": "not the one at all"}))
                .await
                .status()
        })
    });
    let mut looked_at = 0;
    for one in tries.collect::<Vec<_>>() {
        looked_at += usize::from(one.await.expect("an answer") == StatusCode::UNAUTHORIZED);
    }
    assert_eq!(looked_at, 5, "five are free, the others have to wait");
}

#[tokio::test]
async fn the_first_admin_is_set_up_by_a_link_that_works_once() {
    let yard = Yard::empty().await;
    let path = yard.store.write(set_up::offer_set_up).await.expect("a write").expect("a link");
    let token = path.split_once("#token=").expect("a fragment").1.to_owned();
    let message = |token: &str, password: &str| {
        json!({"token": token, "site_code": "MAIN", "site_name": "Main", "currency": "EUR", "time_zone": "Europe/Berlin",
               "username": "ada", "name": "Ada Admin", "password": password})
    };
    let caller = yard.nobody();
    refused(caller.post("/api/v1/setup", &message(&"0".repeat(64), PASSWORD)).await, 401, "link_unknown").await;
    refused(caller.post("/api/v1/setup", &message(&token, "Ada-Admin-1")).await, 422, "bad_password").await;
    let mut nowhere = message(&token, PASSWORD);
    nowhere["time_zone"] = json!("Mars/Olympus");
    refused(caller.post("/api/v1/setup", &nowhere).await, 422, "bad_time_zone").await;
    // what was refused did not use the link up
    let me = body(caller.post("/api/v1/setup", &message(&token, PASSWORD)).await).await;
    assert_eq!(me["sites"][0]["roles"], json!(["admin"]));
    let reasons = body(caller.get("/api/v1/sites/MAIN/reasons").await).await;
    assert_eq!(reasons.as_array().map(Vec::len), Some(10));
    refused(yard.nobody().post("/api/v1/setup", &message(&token, PASSWORD)).await, 401, "link_unknown").await;
    assert_eq!(yard.store.write(set_up::offer_set_up).await.expect("a write"), None, "no second link is ever made");
}

#[tokio::test]
async fn a_newer_set_up_link_takes_the_earlier_one_back_and_both_grow_old() {
    let yard = Yard::empty().await;
    let link = || async { yard.store.write(set_up::offer_set_up).await.expect("a write").expect("a link") };
    let tokens: Vec<String> =
        [link().await, link().await].iter().map(|path| path[path.len() - 64..].to_owned()).collect();
    let message = |token: &str| {
        json!({"token": token, "site_code": "MAIN", "site_name": "Main", "currency": "EUR", "time_zone": "UTC",
               "username": "ada", "name": "Ada Admin", "password": PASSWORD})
    };
    refused(yard.nobody().post("/api/v1/setup", &message(&tokens[0])).await, 401, "link_unknown").await;
    yard.wait_ms(25 * HOUR_MS);
    refused(yard.nobody().post("/api/v1/setup", &message(&tokens[1])).await, 401, "link_unknown").await;
}

#[tokio::test]
async fn another_sites_page_cannot_act_for_somebody_signed_in() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let person =
        json!({"username": "mallory", "name": "Mallory", "language": "en", "roles": ["admin"], "approval_limit": null});
    let send = |name: &'static str, value: &'static str| {
        admin.request(Method::POST, "/api/v1/sites/NORTH/people").header(name, value).json(&person).send()
    };
    refused(send("sec-fetch-site", "cross-site").await.expect("an answer"), 403, "cross_site").await;
    refused(send("sec-fetch-site", "same-site").await.expect("an answer"), 403, "cross_site").await;
    refused(send("origin", "https://evil.example").await.expect("an answer"), 403, "cross_site").await;
    assert_eq!(send("sec-fetch-site", "same-origin").await.expect("an answer").status(), StatusCode::CREATED);
}

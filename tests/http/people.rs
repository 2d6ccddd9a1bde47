//! People and handhelds: adding, changing, shutting out, links, codes.

use crate::fixture::{Caller, PASSWORD, Yard, body, refused};
use reqwest::StatusCode;
use serde_json::{Value, json};

const PEOPLE: &str = "/api/v1/sites/NORTH/people";

fn maria() -> Value {
    json!({"username": "Maria", "name": "Maria Silva", "language": "pt", "roles": ["counter", "counter"], "approval_limit": null})
}

async fn token(admin: &Caller, id: i64) -> String {
    let link = body(admin.post(&format!("{PEOPLE}/{id}/link"), &json!({})).await).await;
    let path = link["path"].as_str().expect("a path");
    path.strip_prefix("/desk/join#token=").expect("the secret stands in the fragment").to_owned()
}

#[tokio::test]
async fn a_person_is_added_joins_by_a_link_once_and_signs_in() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let answer = admin.post(PEOPLE, &maria()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let row = body(answer).await;
    assert_eq!(row["username"], "maria");
    assert_eq!(row["roles"], json!(["counter"]));
    assert_eq!(row["language"], "pt-BR");
    assert_eq!(row["can_sign_in"], false);
    let id = row["id"].as_i64().expect("an id");
    let (earlier, token) = (token(&admin, id).await, token(&admin, id).await);
    let join = |token: &str, password: &str| json!({"token": token, "password": password});
    refused(yard.nobody().post("/api/v1/join", &join(&earlier, PASSWORD)).await, 401, "link_unknown").await;
    refused(yard.nobody().post("/api/v1/join", &join(&token, "too short")).await, 422, "bad_password").await;
    refused(yard.nobody().post("/api/v1/join", &join(&token, "maria-silva-1")).await, 422, "bad_password").await;
    let caller = yard.nobody();
    assert_eq!(body(caller.post("/api/v1/join", &join(&token, "lamp fjord copper")).await).await["username"], "maria");
    assert_eq!(caller.get("/api/v1/me").await.status(), StatusCode::OK);
    refused(yard.nobody().post("/api/v1/join", &join(&token, "lamp fjord copper")).await, 401, "link_unknown").await;
    let again = json!({"username": "maria", "password": "lamp fjord copper"});
    assert_eq!(yard.nobody().post("/api/v1/sign-in", &again).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_that_the_old_one_began() {
    let yard = Yard::open().await;
    let (admin, lead) = (yard.sign_in("north-admin").await, yard.sign_in("north-lead").await);
    let token = token(&admin, yard.person("north-lead").await).await;
    let joined = yard.nobody().post("/api/v1/join", &json!({"token": token, "password": "lamp fjord copper"})).await;
    assert_eq!(joined.status(), StatusCode::OK);
    refused(lead.get("/api/v1/me").await, 401, "not_signed_in").await;
}

#[tokio::test]
async fn a_language_is_changed_alone_and_one_that_no_handheld_speaks_is_refused() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let place = format!("{PEOPLE}/{}", yard.person("north-lead").await);
    let speak =
        |language: Value| json!({"roles": ["lead"], "approval_limit": null, "disabled": false, "language": language});
    assert_eq!(body(admin.put(&place, &speak(json!("pl-PL"))).await).await["language"], "pl");
    assert_eq!(body(admin.put(&place, &speak(Value::Null)).await).await["language"], "pl", "unsaid, it stays");
    refused(admin.put(&place, &speak(json!("tlh"))).await, 422, "bad_language").await;
}

#[tokio::test]
async fn whoever_is_shut_out_is_out_at_once() {
    let yard = Yard::open().await;
    let (admin, lead) = (yard.sign_in("north-admin").await, yard.sign_in("north-lead").await);
    let id = yard.person("north-lead").await;
    let token = token(&admin, id).await;
    let row = body(
        admin
            .put(&format!("{PEOPLE}/{id}"), &json!({"roles": ["lead"], "approval_limit": null, "disabled": true}))
            .await,
    )
    .await;
    assert_eq!((&row["disabled"], &row["can_sign_in"]), (&json!(true), &json!(false)));
    refused(lead.get("/api/v1/sites/NORTH/counts").await, 401, "not_signed_in").await;
    let again = json!({"username": "north-lead", "password": PASSWORD});
    refused(yard.nobody().post("/api/v1/sign-in", &again).await, 401, "wrong_credentials").await;
    refused(
        yard.nobody().post("/api/v1/join", &json!({"token": token, "password": "lamp fjord copper"})).await,
        401,
        "link_unknown",
    )
    .await;
    let back = admin
        .put(&format!("{PEOPLE}/{id}"), &json!({"roles": ["lead"], "approval_limit": null, "disabled": false}))
        .await;
    refused(back, 409, "stays_disabled").await;
}

#[tokio::test]
async fn roles_that_are_taken_away_are_gone_with_the_next_request() {
    let yard = Yard::open().await;
    let (admin, supervisor) = (yard.sign_in("north-admin").await, yard.sign_in("north-supervisor").await);
    assert_eq!(supervisor.get("/api/v1/sites/NORTH/discrepancies").await.status(), StatusCode::OK);
    let id = yard.person("north-supervisor").await;
    let changed = admin
        .put(&format!("{PEOPLE}/{id}"), &json!({"roles": ["lead"], "approval_limit": "500", "disabled": false}))
        .await;
    assert_eq!(body(changed).await["approval_limit"], "500");
    refused(supervisor.get("/api/v1/sites/NORTH/discrepancies").await, 403, "forbidden").await;
}

#[tokio::test]
async fn an_admin_rules_over_the_people_of_the_own_site_alone() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let foreign = yard.person("south-lead").await;
    let change = json!({"roles": ["admin"], "approval_limit": null, "disabled": false});
    refused(admin.put(&format!("{PEOPLE}/{foreign}"), &change).await, 404, "not_found").await;
    refused(admin.post(&format!("{PEOPLE}/{foreign}/link"), &json!({})).await, 404, "not_found").await;
    // somebody of both sites: whoever sets their password would get into the other site
    let shared = yard.person("north-lead").await;
    yard.store
        .write(move |tx| {
            use shared::fact::{Fact, SiteRoles};
            use shared::id::{PersonId, SiteId};
            let roles =
                SiteRoles { site: SiteId(2), roles: vec![shared::role::Role::Supervisor], approval_limit: None };
            tx.append(SiteId(2), None, "import", &Fact::RolesSet { person: PersonId(shared), roles })
        })
        .await
        .expect("a write");
    refused(admin.post(&format!("{PEOPLE}/{shared}/link"), &json!({})).await, 403, "person_of_other_sites").await;
    let out = json!({"roles": ["lead"], "approval_limit": null, "disabled": true});
    refused(admin.put(&format!("{PEOPLE}/{shared}"), &out).await, 403, "person_of_other_sites").await;
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let id = yard.person("north-admin").await;
    for change in [
        json!({"roles": ["lead"], "approval_limit": null, "disabled": false}),
        json!({"roles": ["admin"], "approval_limit": null, "disabled": true}),
    ] {
        refused(admin.put(&format!("{PEOPLE}/{id}"), &change).await, 409, "last_admin").await;
    }
}

#[tokio::test]
async fn what_cannot_be_a_person_is_refused_by_name() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let check = |field: &'static str, value: Value, status: u16, code: &'static str| {
        let mut message = maria();
        message[field] = value;
        let admin = admin.clone();
        async move { refused(admin.post(PEOPLE, &message).await, status, code).await }
    };
    check("username", json!("north-LEAD"), 409, "username_taken").await;
    check("username", json!("two words"), 422, "bad_username").await;
    check("username", json!(""), 422, "bad_username").await;
    check("name", json!("  "), 422, "bad_name").await;
    check("name", json!("x".repeat(121)), 422, "bad_name").await;
    check("language", json!("e"), 422, "bad_language").await;
    check("language", json!("nl"), 422, "bad_language").await;
    check("roles", json!([]), 422, "bad_roles").await;
    check("roles", json!(["king"]), 400, "bad_field").await;
    check("approval_limit", json!("-1"), 422, "bad_limit").await;
    check("approval_limit", json!("1,5"), 400, "bad_field").await;
    check("approval_limit", json!(5), 400, "bad_field").await;
}

#[tokio::test]
async fn an_enrolment_code_works_once_and_for_ten_minutes() {
    let yard = Yard::open().await;
    let admin = yard.sign_in("north-admin").await;
    let offer = || async {
        body(admin.post("/api/v1/sites/NORTH/devices/enrolment", &json!({"device_name": "H-04"})).await).await
    };
    let first = offer().await;
    let code = first["code"].as_str().expect("a code");
    assert_eq!(code.len(), 8);
    assert_eq!(first["path"], format!("/#enrol={code}"));
    let svg = first["qr_svg"].as_str().expect("a drawing");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
    let typed = format!("{}-{}", code[..4].to_lowercase(), &code[4..]);
    let enrolled = body(yard.nobody().post("/sync/v1/enrol", &json!({"code": typed})).await).await;
    assert_eq!((&enrolled["device_name"], &enrolled["site"]["code"]), (&json!("H-04"), &json!("NORTH")));
    refused(yard.nobody().post("/sync/v1/enrol", &json!({"code": code})).await, 401, "code_unknown").await;
    // the same name again is another handheld, told apart
    let second = offer().await;
    let again = body(yard.nobody().post("/sync/v1/enrol", &json!({"code": second["code"]})).await).await;
    assert_eq!(again["device_name"], "H-04-2");
    assert_ne!(again["secret"], enrolled["secret"]);
    let third = offer().await;
    yard.wait_ms(10 * 60 * 1000);
    refused(yard.nobody().post("/sync/v1/enrol", &json!({"code": third["code"]})).await, 401, "code_unknown").await;
}

#[tokio::test]
async fn guessing_enrolment_codes_is_slowed_down() {
    let yard = Yard::open().await;
    for _ in 0..25 {
        refused(yard.nobody().post("/sync/v1/enrol", &json!({"code": "AAAAAAAA"})).await, 401, "code_unknown").await;
    }
    refused(yard.nobody().post("/sync/v1/enrol", &json!({"code": "AAAAAAAA"})).await, 429, "too_many_tries").await;
}

#[tokio::test]
async fn only_who_may_count_here_takes_a_handheld() {
    let yard = Yard::open().await;
    let handheld = yard.enrol(1, "H-01").await;
    let take = |username: &str| json!({"username": username, "password": PASSWORD});
    let taken = body(handheld.post("/sync/v1/sign-in", &take("north-counter")).await).await;
    assert_eq!((&taken["person"]["name"], &taken["roles"]), (&json!("North Counter"), &json!(["counter"])));
    for username in ["north-supervisor", "south-counter", "stranger"] {
        refused(handheld.post("/sync/v1/sign-in", &take(username)).await, 403, "may_not_count").await;
    }
    let wrong = json!({"username": "north-counter", "password": "not the one at all"});
    refused(handheld.post("/sync/v1/sign-in", &wrong).await, 401, "wrong_credentials").await;
}

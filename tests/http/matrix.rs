//! Every route × everybody: the route table is walked, and what each caller gets is compared with what its row says.
//! What a role grants is read from the domain's matrix; the outcome is told here anew.

use crate::fixture::{Caller, Yard};
use reqwest::{Method, StatusCode};
use server::http::Needs;
use server::http::route::{Route, table};
use shared::role::{Permission, Role, grants};
use std::collections::BTreeSet;

/// Somebody, as the matrix sees them.
enum Who {
    Nobody,
    /// With these roles at NORTH; none: a role at SOUTH alone, or nowhere.
    Person(&'static [Role]),
    Handheld,
    Revoked,
}

/// What a caller gets at the door.
#[derive(Debug, PartialEq, Eq)]
enum Door {
    Passes,
    NotSignedIn,
    NoSuchSite,
    Forbidden,
    DeviceUnknown,
    DeviceRevoked,
}

fn expected(needs: Needs, who: &Who) -> Door {
    match (needs, who) {
        (Needs::Open, _) | (Needs::Session, Who::Person(_)) => Door::Passes,
        (Needs::Session | Needs::Site(_), Who::Nobody | Who::Handheld | Who::Revoked) => Door::NotSignedIn,
        (Needs::Site(_), Who::Person([])) => Door::NoSuchSite,
        (Needs::Site(permissions), Who::Person(roles)) => {
            let counts = roles.contains(&Role::Counter);
            // who counts stays blind, whatever else they are
            let is_blind_to = |permission: Permission| {
                matches!(permission, Permission::SeeBooks | Permission::Decide | Permission::ExportAdjustments)
            };
            let allowed = permissions.iter().any(|permission| {
                roles.iter().any(|role| grants(*role, *permission)) && !(counts && is_blind_to(*permission))
            });
            if allowed { Door::Passes } else { Door::Forbidden }
        }
        (Needs::Device | Needs::AnyDevice, Who::Nobody | Who::Person(_)) => Door::DeviceUnknown,
        (Needs::Device, Who::Revoked) => Door::DeviceRevoked,
        (Needs::Device | Needs::AnyDevice, Who::Handheld) | (Needs::AnyDevice, Who::Revoked) => Door::Passes,
    }
}

fn path(route: &Route) -> String {
    // a number that nothing has: what passes the door is then refused behind it, and nothing changes
    let path = route.path.replace("{site}", "NORTH").replace("{id}", "987654").replace("{subject}", "location");
    path.replace("{kind}", "items").replace("{number}", "987654")
}

async fn door(caller: &Caller, route: &Route) -> Door {
    let mut request = caller.request(route.method.clone(), &path(route));
    if route.method != Method::GET {
        request = request.json(&serde_json::json!({"what the route does not know": 1}));
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let what = format!("{} {}", route.method, route.path);
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{what}");
    assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{what}");
    let is_stream = answer.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let text = if is_stream || status.is_success() { String::new() } else { answer.text().await.expect("a body") };
    let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    match (status.as_u16(), problem["code"].as_str().unwrap_or_default()) {
        (401, "not_signed_in") => Door::NotSignedIn,
        (401, "device_unknown") => Door::DeviceUnknown,
        (403, "device_revoked") => Door::DeviceRevoked,
        (403, "forbidden") => Door::Forbidden,
        (404, "not_found") if problem["detail"].as_str().is_some_and(|detail| detail.contains("no such site")) => {
            Door::NoSuchSite
        }
        (403 | 500.., code) => panic!("{what}: {status} {code} {text}"),
        _ => Door::Passes,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_its_row_says_and_nobody_else() {
    let yard = Yard::open().await;
    let revoked = yard.enrol(1, "H-99").await;
    let admin = yard.sign_in("north-admin").await;
    let devices = crate::fixture::body(admin.get("/api/v1/sites/NORTH/devices").await).await;
    let id = devices[0]["id"].as_i64().expect("an id");
    let done = admin.post(&format!("/api/v1/sites/NORTH/devices/{id}/revoke"), &serde_json::Value::Null).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);

    let mut callers = vec![
        ("nobody".to_owned(), Who::Nobody, yard.nobody()),
        ("a handheld of NORTH".into(), Who::Handheld, yard.enrol(1, "H-01").await),
        ("a handheld of SOUTH".into(), Who::Handheld, yard.enrol(2, "H-01").await),
        ("a revoked handheld".into(), Who::Revoked, revoked),
        ("a made-up handheld".into(), Who::Nobody, Caller { bearer: Some("0".repeat(64)), ..yard.nobody() }),
        ("stranger".into(), Who::Person(&[]), yard.sign_in("stranger").await),
        ("north-both".into(), Who::Person(&[Role::Counter, Role::Supervisor]), yard.sign_in("north-both").await),
    ];
    let own: [&'static [Role]; 5] =
        [&[Role::Counter], &[Role::Lead], &[Role::Supervisor], &[Role::Auditor], &[Role::Admin]];
    for (role, roles) in Role::ALL.into_iter().zip(own) {
        assert_eq!(roles, [role]);
        for (site, roles) in [("north", roles), ("south", &[])] {
            let username = format!("{site}-{}", role.word());
            let caller = yard.sign_in(&username).await;
            callers.push((username, Who::Person(roles), caller));
        }
    }

    let mut routes = table();
    // signing out works, so it comes last
    routes.sort_by_key(|route| route.path.ends_with("/sign-out"));
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for route in &routes {
        for (name, who, caller) in &callers {
            let (found, expected) = (door(caller, route).await, expected(route.needs, who));
            seen.insert(format!("{expected:?}"));
            if found != expected {
                wrong.push(format!("{} {} by {name}: {found:?}, expected {expected:?}", route.method, route.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} doors are wrong:\n{}",
        wrong.len(),
        routes.len() * callers.len(),
        wrong.join("\n")
    );
    assert_eq!(seen.len(), 6, "every kind of outcome was met: {seen:?}");
}

#[test]
fn whoever_only_counts_has_no_route_of_a_desk() {
    let open_to_counters: Vec<_> = table()
        .into_iter()
        .filter(|route| matches!(route.needs, Needs::Site(permissions) if permissions.iter().any(|p| grants(Role::Counter, *p))))
        .map(|route| route.path)
        .collect();
    assert_eq!(open_to_counters, Vec::<&str>::new());
}

#[test]
fn no_two_rows_of_the_table_are_the_same_route() {
    let routes = table();
    let distinct: BTreeSet<_> = routes.iter().map(|route| (route.method.to_string(), route.path)).collect();
    assert_eq!(distinct.len(), routes.len());
    assert!(routes.iter().all(|route| route.path.contains("/sites/") == matches!(route.needs, Needs::Site(_))));
    let unsafe_reads: Vec<_> =
        routes.iter().filter(|route| route.method == Method::DELETE).map(|route| route.path).collect();
    assert!(unsafe_reads.is_empty(), "nothing is ever deleted: {unsafe_reads:?}");
}

#[tokio::test]
async fn a_site_that_does_not_exist_looks_like_one_where_one_is_nobody() {
    let yard = Yard::open().await;
    let counter = yard.sign_in("south-supervisor").await;
    let (missing, foreign) = (
        crate::fixture::refused(counter.get("/api/v1/sites/NOWHERE/counts").await, 404, "not_found").await,
        crate::fixture::refused(counter.get("/api/v1/sites/NORTH/counts").await, 404, "not_found").await,
    );
    assert_eq!(missing, foreign);
}

#[tokio::test]
async fn a_refusal_names_the_role_that_is_needed() {
    let yard = Yard::open().await;
    let lead = yard.sign_in("north-lead").await;
    let problem = crate::fixture::refused(lead.get("/api/v1/sites/NORTH/discrepancies").await, 403, "forbidden").await;
    let detail = problem["detail"].as_str().expect("a sentence");
    assert!(detail.contains("supervisor or auditor") && detail.contains("you are lead"), "{detail}");
    let both = yard.sign_in("north-both").await;
    let problem = crate::fixture::refused(both.get("/api/v1/sites/NORTH/discrepancies").await, 403, "forbidden").await;
    assert!(problem["detail"].as_str().expect("a sentence").contains("blind"), "{problem}");
}

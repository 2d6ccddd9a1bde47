//! The sample warehouse.

use crate::folder::{Folder, trueup};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::server::Launch;

#[test]
fn the_sample_warehouse_starts_says_how_to_sign_in_and_verifies() {
    let mut server = Launch::demo().start();
    for role in ["counter", "lead", "supervisor", "auditor", "admin"] {
        server.wait_line(role, |line| line.contains(role).then_some(()));
    }
    server.wait_line("a link for a handheld", |line| line.contains("/#enrol=").then_some(()));
    assert!(server.stop().success(), "{}", server.output());
    let data = server.data().to_str().expect("UTF-8").to_owned();
    let facts = trueup(&["export", "facts", "--data", &data]).out;
    trueup(&["verify", "--data", &data]).is(0, &[]);
    let said = trueup(&["export", "discrepancies", "--data", &data]).out;
    for state in ["recounting", "confirmed", "escalated", "awaiting_approval", "posted", "exported", "rejected"] {
        assert!(said.contains(&format!(",{state},")), "no discrepancy is {state}:\n{said}");
    }
    // the second start finds what the first has made
    server.restart();
    assert!(server.stop().success(), "{}", server.output());
    assert_eq!(trueup(&["export", "facts", "--data", &data]).out.lines().count(), facts.lines().count());
}

#[tokio::test]
async fn everybody_of_the_sample_signs_in_and_its_code_enrols_many_handhelds() {
    let server = Launch::demo().start();
    let password =
        server.wait_line("the password", |line| line.split_once("password is: ").map(|(_, it)| it.to_owned()));
    let code = server.wait_line("a code", |line| line.split_once("#enrol=").map(|(_, it)| it.to_owned()));
    for username in ["nina", "lea", "sven", "otto", "ada"] {
        let client = reqwest::Client::builder().cookie_store(true).build().expect("a client");
        let signed_in = client
            .post(format!("{}/api/v1/sign-in", server.url()))
            .json(&json!({"username": username, "password": password}))
            .send()
            .await
            .expect("an answer");
        assert_eq!(signed_in.status(), StatusCode::OK, "{username}");
        let dashboard =
            client.get(format!("{}/api/v1/sites/DEPOT/dashboard", server.url())).send().await.expect("an answer");
        // who counts sees no figures; everybody else has six weeks of them
        if username == "sven" {
            let dashboard: Value = dashboard.json().await.expect("JSON");
            let weeks = dashboard["accuracy"].as_array().expect("accuracy by week");
            assert!(weeks.len() >= 6, "{dashboard}");
        } else if username == "nina" {
            assert_eq!(dashboard.status(), StatusCode::FORBIDDEN);
        }
    }
    let mut names = Vec::new();
    for _ in 0..2 {
        let enrolled = reqwest::Client::new()
            .post(format!("{}/sync/v1/enrol", server.url()))
            .json(&json!({ "code": code }))
            .send()
            .await
            .expect("an answer");
        let enrolled: Value = enrolled.json().await.expect("JSON");
        names.push(enrolled["device_name"].as_str().expect("a name").to_owned());
    }
    assert_ne!(names[0], names[1], "two handhelds with one name");
}

#[test]
fn the_sample_is_never_made_over_somebodys_own_database() {
    let folder = Folder::stocked();
    let before = folder.facts();
    folder.run(&["demo", "--listen", "127.0.0.1:0"]).is(1, &["no sample warehouse", "--data"]);
    assert!(folder.facts() == before, "the database was changed");
}

#[test]
fn a_measurement_runs_through_and_leaves_nothing_behind() {
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().to_str().expect("UTF-8");
    let said = trueup(&["measure", "--rounds", "1", "--rows", "1000", "--data", data]);
    said.is(0, &[" 50 handhelds, batches of 100", "plain SQLite", "Imported movements a second"]);
    assert_eq!(std::fs::read_dir(home.path()).expect("the folder").count(), 0);
}

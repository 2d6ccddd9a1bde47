//! A warehouse on the real program: set up by its one-time link, filled by the import command, with people who sign in
//! over HTTP. Slow things (password hashing, imports) happen once per warehouse.

use crate::server::{Launch, Server, run};
use reqwest::{Client, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::path::Path;

/// The code of the one site.
pub const SITE: &str = "MAIN";
/// Everybody's password.
pub const PASSWORD: &str = "correct-horse-7";

/// A running warehouse.
pub struct Warehouse {
    /// The program.
    pub server: Server,
    /// The admin, signed in.
    pub admin: Person,
}

/// Somebody signed in at the desk.
pub struct Person {
    client: Client,
    base: String,
    /// What they type to sign in.
    pub username: String,
    /// Their number.
    pub id: i64,
}

impl Warehouse {
    /// Starts a server on an empty folder and sets it up with one admin, called `ada`.
    pub async fn open(launch: Launch) -> Self {
        Self::open_in("EUR", launch).await
    }

    /// The same, with the money that the data to import is in.
    pub async fn open_in(currency: &str, launch: Launch) -> Self {
        let server = launch.start();
        let token = server.wait_line("its set-up link", |line| {
            let (_, token) = line.split_once("#token=")?;
            Some(token.split_whitespace().next()?.to_owned())
        });
        let client = client();
        let answer = client
            .post(format!("{}/api/v1/setup", server.url()))
            .json(&json!({
                "token": token, "site_code": SITE, "site_name": "Main warehouse", "currency": currency,
                "time_zone": "Europe/Berlin", "username": "ada", "name": "Ada Admin", "password": PASSWORD,
            }))
            .send()
            .await
            .expect("the server answers");
        let me: Value = expect(answer).await;
        let id = me["id"].as_i64().expect("an id");
        Self { admin: Person { client, base: server.url(), username: "ada".into(), id }, server }
    }

    /// Imports a file with the real command; the server is stopped meanwhile, as the manual says.
    pub fn import(&mut self, what: &str, file: &Path) {
        self.import_with(what, file, &[]);
    }

    /// The same with options of the command.
    pub fn import_with(&mut self, what: &str, file: &Path, options: &[&str]) {
        self.server.stop();
        let data = self.server.data().to_string_lossy().into_owned();
        let file = file.to_string_lossy();
        let arguments = [&["import", what, &file, "--site", SITE, "--data", &data], options].concat();
        let output = run(arguments);
        assert!(
            output.status.success(),
            "import {what} failed:\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        self.server.restart();
    }

    /// Imports CSV text.
    pub fn import_text(&mut self, what: &str, csv: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(format!("{what}.csv"));
        std::fs::write(&file, csv).expect("a file");
        self.import(what, &file);
    }

    /// Adds a person with these roles, lets them choose a password by their one-time link, and signs them in.
    pub async fn person(&self, username: &str, roles: &[&str]) -> Person {
        let name = format!("{}{}", username[..1].to_uppercase(), &username[1..]);
        let row: Value = self
            .admin
            .post(
                "people",
                &json!({"username": username, "name": name, "language": "en", "roles": roles, "approval_limit": null}),
            )
            .await;
        let id = row["id"].as_i64().expect("an id");
        let link: Value = self.admin.post(&format!("people/{id}/link"), &json!({})).await;
        let (_, token) = link["path"].as_str().and_then(|path| path.split_once("#token=")).expect("a link");
        let client = client();
        let joined = client
            .post(format!("{}/api/v1/join", self.server.url()))
            .json(&json!({"token": token, "password": PASSWORD}))
            .send()
            .await
            .expect("the server answers");
        let _: Value = expect(joined).await;
        Person { client, base: self.server.url(), username: username.into(), id }
    }

    /// Gives somebody other roles.
    pub async fn change_roles(&self, person: &Person, roles: &[&str]) {
        let body = json!({"roles": roles, "approval_limit": null, "disabled": false});
        let _: Value = self.admin.put(&format!("people/{}", person.id), &body).await;
    }

    /// A fresh enrolment code for a handheld.
    pub async fn enrolment_code(&self, device_name: &str) -> String {
        let enrolment: Value = self.admin.post("devices/enrolment", &json!({"device_name": device_name})).await;
        enrolment["code"].as_str().expect("a code").to_owned()
    }

    /// Runs `trueup verify` on the stopped server's data and starts it again. Panics when it finds anything.
    pub fn verify(&mut self) {
        self.server.stop();
        let output = run(["verify", "--data", &self.server.data().to_string_lossy()]);
        assert!(
            output.status.success(),
            "verify found something:\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        self.server.restart();
    }
}

impl Person {
    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/sites/{SITE}/{path}", self.base)
    }

    /// Reads a site's route.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        expect(self.client.get(self.url(path)).send().await.expect("the server answers")).await
    }

    /// Writes to a site's route.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> T {
        expect(self.try_post(path, body).await).await
    }

    /// Writes to a site's route; the answer may be a refusal.
    pub async fn try_post(&self, path: &str, body: &impl Serialize) -> Response {
        self.client.post(self.url(path)).json(body).send().await.expect("the server answers")
    }

    /// Replaces what a site's route holds.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> T {
        expect(self.client.put(self.url(path)).json(body).send().await.expect("the server answers")).await
    }

    /// Makes a count of one bin for the pool, as a lead; answers the number of its one task.
    pub async fn count_bin(&self, bin: &str) -> (i64, i64) {
        let location = self.location(bin).await;
        let wanted = json!({
            "name": format!("Count of {bin}"), "selection": {"by": "locations", "ids": [location]},
            "assignee": {"kind": "pool"}, "meaning": "independent", "rounds_max": null,
        });
        let made: Value = self.post("counts", &wanted).await;
        let count = made["count"]["id"].as_i64().expect("a number");
        let tasks = self.tasks(count, 1).await;
        assert_eq!(tasks.len(), 1, "{made}");
        (count, tasks[0]["id"].as_i64().expect("a number"))
    }

    /// The tasks of a count in one round.
    pub async fn tasks(&self, count: i64, round: u64) -> Vec<Value> {
        let detail: Value = self.get(&format!("counts/{count}")).await;
        let all = detail["tasks"].as_array().expect("tasks").clone();
        all.into_iter().filter(|task| task["round"] == round).collect()
    }

    /// Every discrepancy there ever was, as somebody who may see them.
    pub async fn discrepancies(&self) -> Vec<Value> {
        let page: Value = self.get("discrepancies?state=all").await;
        page["rows"].as_array().expect("rows").clone()
    }

    /// The number of a location by its code.
    pub async fn location(&self, code: &str) -> i64 {
        let page: Value = self.get(&format!("locations?q={code}&limit=50")).await;
        let rows = page["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["code"] == code).unwrap_or_else(|| panic!("no location {code} in {page}"));
        row["id"].as_i64().expect("an id")
    }

    /// The number of an item by its SKU.
    pub async fn item(&self, sku: &str) -> i64 {
        let rows: Value = self.get(&format!("items?q={sku}&limit=50")).await;
        let rows = rows.as_array().expect("rows");
        let row = rows.iter().find(|row| row["sku"] == sku).unwrap_or_else(|| panic!("no item {sku}"));
        row["id"].as_i64().expect("an id")
    }
}

fn client() -> Client {
    Client::builder().cookie_store(true).build().expect("a client")
}

/// The body of an answer that must be a success.
pub async fn expect<T: DeserializeOwned>(answer: Response) -> T {
    let (status, url) = (answer.status(), answer.url().clone());
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{url} answered {status}: {text}");
    let text = if status == StatusCode::NO_CONTENT || text.is_empty() { "null".to_owned() } else { text };
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{url} answered something else ({error}): {text}"))
}

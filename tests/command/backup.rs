//! `trueup backup` and `trueup restore`, beside a running server and without one; what is restored heals by itself.

use crate::folder::{Folder, trueup};
use reqwest::StatusCode;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use shared::api::backup::{Backups, RestoreStatus, ReturnState, TimelineWhy};
use std::{cell::Cell, collections::HashMap, path::Path};
use tests::{
    handheld::Handheld,
    report,
    server::Launch,
    tls::{Certificate, Tls},
    warehouse::Warehouse,
};

/// A warehouse with two bins, an item and a counter; answers them.
async fn warehouse() -> (Warehouse, i64, [i64; 2], i64) {
    let mut warehouse = Warehouse::open(Launch::serve()).await;
    warehouse.import_text("locations", "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n");
    warehouse.import_text("items", "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut M8,1001,EA,0.12,none\n");
    let cara = warehouse.person("cara", &["counter"]).await;
    let bins = [warehouse.admin.location("A-01").await, warehouse.admin.location("A-02").await];
    let item = warehouse.admin.item("NUT").await;
    (warehouse, cara.id, bins, item)
}

fn data(warehouse: &Warehouse) -> String {
    warehouse.server.data().to_str().expect("UTF-8").to_owned()
}

/// The path that `trueup backup` says.
fn back_up(data: &str) -> String {
    let said = trueup(&["backup", "--data", data]);
    said.is(0, &["Backed up to ", "proved and on the disk"]);
    let (_, rest) = said.out.split_once("Backed up to ").expect("a path");
    rest.split_once(": ").expect("a path").0.to_owned()
}

/// Every event on the server by its id.
fn bodies(data: &Path) -> HashMap<Vec<u8>, String> {
    let conn = Connection::open_with_flags(data.join("trueup.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement =
        conn.prepare("SELECT event_id, CAST(body AS TEXT) AS body FROM fact WHERE log_no IS NOT NULL").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get("event_id")?, row.get("body")?))).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_of_yesterdays_backup_is_healed_by_three_handhelds() {
    let mut fault = report::fault("server", "a backup restored and healed by three handhelds", "I2 I4 I6 I13 I15");
    let (mut warehouse, cara, [first, second], item) = warehouse().await;
    let mut handhelds = Vec::new();
    for name in ["H-01", "H-02", "H-03"] {
        let mut handheld = Handheld::enrol(&warehouse, name).await;
        handheld.count(cara, first, None, &[(item, 3)]);
        handheld.drain().await;
        handhelds.push(handheld);
    }
    let data = data(&warehouse);
    let yesterday = back_up(&data);
    let archived = handhelds[0].push(0).await.expect("an answer").archived;
    assert_eq!(archived, handhelds[0].head().seq, "the running server saw the receipt");
    // today: every handheld counts on, and all of it is acknowledged
    for (number, handheld) in (1..).zip(&mut handhelds) {
        for _ in 0..number {
            handheld.count(cara, second, None, &[(item, 2)]);
        }
        handheld.drain().await;
        assert_eq!(handheld.push(0).await.expect("an answer").archived, archived, "no more than the backup holds");
    }
    let lost: u64 = handhelds.iter().map(|handheld| handheld.head().seq - archived).sum();

    trueup(&["restore", &yesterday, "--data", &data]).is(1, &["is using the folder", "Stop it first"]);
    warehouse.server.stop();
    let said = trueup(&["restore", &yesterday, "--data", &data]);
    said.is(0, &["Restored", "it is kept in", "trueup-before-restore-", "Handhelds send again by themselves"]);
    warehouse.server.restart();
    fault.happened();

    let status: Option<RestoreStatus> = warehouse.admin.get("restore-status").await;
    let status = status.expect("a restore");
    assert_eq!(status.why, TimelineWhy::Restored);
    assert!(status.devices.iter().all(|device| device.state == ReturnState::Waiting && device.missing > 0));

    // new activity before the stale handhelds return; then each only says that it is there
    handhelds[0].count(cara, first, None, &[(item, 5)]);
    for handheld in &mut handhelds {
        handheld.push(200).await.expect("an answer");
        handheld.drain().await;
    }
    let status: Option<RestoreStatus> = warehouse.admin.get("restore-status").await;
    let status = status.expect("a restore");
    assert!(status.is_healed(), "{status:?}");
    assert_eq!((status.returned(), status.resent()), (3, lost));

    let held = bodies(warehouse.server.data());
    for (event, _) in handhelds.iter().flat_map(|handheld| &handheld.events) {
        assert_eq!(held.get(event.id.as_bytes().as_slice()), Some(&event.body), "event {} is lost", event.seq);
    }
    assert_eq!(held.len(), handhelds.iter().map(|handheld| handheld.events.len()).sum::<usize>());
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_restores_from_the_desk_and_the_server_goes_on_by_itself() {
    let (mut warehouse, cara, [bin, _], item) = warehouse().await;
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    let made: Backups = warehouse.admin.post("backups", &json!({})).await;
    assert_eq!((made.rows.len(), made.events_unarchived, made.may_restore), (1, 0, true));
    handheld.count(cara, bin, None, &[(item, 3)]);
    handheld.drain().await;
    let listed: Backups = warehouse.admin.get("backups").await;
    assert_eq!(listed.events_unarchived, handheld.head().seq);
    assert!(listed.rows[0].facts_since > 0 && listed.restored.is_none());

    // one that is damaged is refused while everything still runs
    let file = Path::new(&listed.rows[0].folder).join(&listed.rows[0].name);
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let id = json!({"id": listed.rows[0].id});
    let refused = warehouse.admin.try_post("backups/restore", &id).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "backup_damaged");
    std::fs::write(&file, &whole).unwrap();

    assert_eq!(warehouse.admin.try_post("backups/restore", &id).await.status(), StatusCode::ACCEPTED);
    warehouse.server.wait_line("word of the restore", |line| line.contains("The backup was restored").then_some(()));
    let lives = Cell::new(0);
    warehouse.server.wait_line("a second life", |line| {
        lives.set(lives.get() + u32::from(line.starts_with("Trueup is ready")));
        (lives.get() == 2).then_some(())
    });
    handheld.push(200).await.expect("the server goes on at the same address");
    handheld.drain().await;
    let listed: Backups = warehouse.admin.get("backups").await;
    let restored = listed.restored.expect("a restore");
    assert!(restored.is_healed(), "{restored:?}");
    assert_eq!((restored.by.as_deref(), restored.resent()), (Some("Ada Admin"), handheld.head().seq));
    assert!(warehouse.server.stop().success(), "{}", warehouse.server.output());
    warehouse.server.restart();
    warehouse.verify();
}

#[test]
fn a_backup_needs_no_server_and_keeps_as_many_as_it_is_told() {
    let folder = Folder::stocked();
    let to = folder.path("elsewhere");
    let to = to.to_str().expect("UTF-8");
    for _ in 0..3 {
        folder.run(&["backup", "--to", to, "--keep", "2"]).is(0, &["Backed up to ", to]);
    }
    let left = std::fs::read_dir(to).expect("the folder").count();
    assert_eq!(left, 2);
    folder.verify();
    trueup(&["backup", "--data", to]).is(1, &["there is no Trueup database"]);
}

#[test]
fn a_backup_is_restored_to_an_empty_folder() {
    let folder = Folder::stocked();
    let facts = folder.facts();
    let made = back_up(folder.data().to_str().expect("UTF-8"));
    let fresh = folder.path("another computer");
    let fresh = fresh.to_str().expect("UTF-8");
    trueup(&["restore", &made, "--data", fresh]).is(0, &["Restored"]);
    let there = trueup(&["export", "facts", "--data", fresh]).out;
    assert!(there.starts_with(&facts) && there.lines().count() == facts.lines().count() + 1, "{there}");
    trueup(&["verify", "--data", fresh]).is(0, &["Everything agrees"]);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let folder = Folder::stocked();
    let facts = folder.facts();
    let notes = folder.write("notes.db", "somebody's notes, long enough to be no empty database");
    folder.run(&["restore", notes.to_str().expect("UTF-8")]).is(1, &["is not a Trueup database"]);
    folder.run(&["restore", "nowhere.db"]).is(1, &["there is no such file"]);
    let made = back_up(folder.data().to_str().expect("UTF-8"));
    let mut bytes = std::fs::read(&made).unwrap();
    let at = bytes.windows(7).position(|part| part == b"\"Apple\"").expect("an item in a fact");
    bytes[at + 1] ^= 1;
    std::fs::write(&made, bytes).unwrap();
    folder.run(&["restore", &made]).is(1, &["does not hold together", "does not continue the chain"]);
    assert!(folder.facts() == facts, "something was changed");
}

#[test]
fn a_folder_whose_database_is_gone_is_not_filled_anew_by_itself() {
    let folder = Folder::stocked();
    std::fs::remove_file(folder.data().join("trueup.db")).unwrap();
    folder.run(&["serve", "--listen", "127.0.0.1:0"]).is(1, &["there was a Trueup database", "--new"]);
    let mut server = Launch::serve().data(&folder.data()).arg("--new").start();
    assert!(server.stop().success());
}

#[test]
fn the_doctor_says_of_each_thing_how_it_stands_and_what_to_do() {
    let folder = Folder::stocked();
    let file = |said: &crate::folder::Said| -> Value { serde_json::from_str(&said.out).expect("JSON") };
    let level = |found: &Value, what: &str| {
        let all = found.as_array().expect("a list").iter().filter(|row| row["what"] == what);
        all.map(|row| row["level"].as_str().expect("a level").to_owned()).collect::<Vec<_>>()
    };
    folder.run(&["doctor"]).is(1, &["There is no verified backup", "→ Make one with `trueup backup`"]);
    let made = back_up(folder.data().to_str().expect("UTF-8"));
    let said = folder.run(&["doctor", "--json"]);
    said.is(0, &[]);
    let found = file(&said);
    for what in ["database", "chains", "disk", "backup", "handhelds", "clock", "files"] {
        assert_eq!(level(&found, what), ["ok"], "{found:#}");
    }
    assert_eq!(level(&found, "https"), ["look_at_it"], "nobody has said where: {found:#}");
    // a second look finds what became of the backup, and the desk is told so as well
    std::fs::remove_file(&made).unwrap();
    folder.run(&["doctor"]).is(1, &["is gone: it holds nothing any more", "There is no verified backup"]);
    let conn = Connection::open(folder.data().join("trueup.db")).unwrap();
    let state: String = conn.query_row("SELECT state FROM backup", [], |row| row.get(0)).unwrap();
    assert_eq!(state, "missing");
    conn.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
    drop(conn);
    // a flipped bit in a stored body
    let database = folder.data().join("trueup.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let at = bytes.windows(7).position(|part| part == b"\"Apple\"").expect("an item in a fact");
    bytes[at + 1] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    folder.run(&["doctor"]).is(1, &["does not continue the chain", "restore the last verified backup"]);
    folder.run(&["backup"]).is(1, &["does not hold together"]);
    trueup(&["doctor", "--data", folder.path("nowhere").to_str().unwrap()]).is(1, &["there is no Trueup database"]);
}

#[test]
fn the_doctor_looks_at_the_certificate_that_handhelds_see() {
    let folder = Folder::stocked();
    back_up(folder.data().to_str().expect("UTF-8"));
    // something that answers, behind it: nothing is said to it
    let behind = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let check = |names: &[&str], from: i32, until: i32, code: i32, part: &str| {
        let certificate = Certificate::new(names, from, until);
        let tls = Tls::before(behind, &certificate);
        folder.run(&["doctor", "--address", &tls.url()]).is(code, &[part]);
        if names == ["localhost"] {
            let file = folder.path("certificate.pem");
            certificate.write(&file);
            folder.run(&["doctor", "--certificate", file.to_str().expect("UTF-8")]).is(code, &[part]);
        }
    };
    check(&["localhost"], -30, 60, 0, "is good until");
    check(&["localhost"], -80, 10, 0, "→ Renew it at the proxy");
    check(&["localhost"], -91, -1, 1, "has expired");
    check(&["localhost"], 2, 60, 1, "is not good before");
    check(&["elsewhere.example"], -30, 60, 1, "is for another name");
    // nobody listens there any more
    folder.run(&["doctor", "--address", &format!("localhost:{}", behind.port())]).is(1, &["does not answer"]);
    folder.run(&["doctor", "--address", "http://counts.example.org"]).is(1, &["is not https"]);
    folder.run(&["doctor", "--certificate", "nowhere.pem"]).is(1, &["cannot be read"]);
    let empty = folder.write("empty.pem", "no certificate");
    folder.run(&["doctor", "--certificate", empty.to_str().expect("UTF-8")]).is(1, &["holds no certificate"]);
}

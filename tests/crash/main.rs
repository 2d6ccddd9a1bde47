//! The server is killed with SIGKILL in the middle of pushes, again and again. Whatever it acknowledged is there
//! afterwards, once, byte for byte (`SYNC.md` I2, I4, I5, I6), and `verify` finds nothing.
#![allow(clippy::unwrap_used)]

use rusqlite::{Connection, OpenFlags};
use shared::event::EventKind;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;
use tests::{handheld::Handheld, process, server::Launch, warehouse::Warehouse};
use tokio::time::sleep;

/// Kills in the quick run. Each takes about a quarter of a second.
const KILLS: u32 = 25;
const HANDHELDS: usize = 4;

/// Every event body on the server by its id, and how often an id is there.
fn stored(data: &Path) -> HashMap<Vec<u8>, Vec<Vec<u8>>> {
    let file = std::fs::read_dir(data).unwrap().flatten().map(|entry| entry.path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|e| e == "db")).expect("a database");
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = database.prepare("SELECT event_id, body FROM fact WHERE log_no IS NOT NULL").unwrap();
    let mut found: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
    let rows = statement.query_map([], |row| Ok((row.get("event_id")?, row.get("body")?))).unwrap();
    for row in rows {
        let (id, body): (Vec<u8>, Vec<u8>) = row.unwrap();
        found.entry(id).or_default().push(body);
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_the_middle_of_pushes_loses_and_doubles_nothing() {
    let mut warehouse = Warehouse::open(Launch::serve()).await;
    warehouse.import_text("locations", "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n");
    warehouse.import_text("items", "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut M8,1001,EA,0.12,none\n");
    let cara = warehouse.person("cara", &["counter"]).await;
    let location = warehouse.admin.location("A-01").await;
    let item = warehouse.admin.item("NUT").await;

    let stop = Arc::new(AtomicBool::new(false));
    let mut running = Vec::new();
    for number in 0..HANDHELDS {
        let mut handheld = Handheld::enrol(&warehouse, &format!("H-{number:02}")).await;
        let (stop, actor) = (Arc::clone(&stop), cara.id);
        running.push(tokio::spawn(async move {
            let mut acknowledged_most = 0;
            while !stop.load(Ordering::Relaxed) {
                handheld.count(actor, location, None, &[(item, 3)]);
                handheld.record(actor, None, EventKind::Locked);
                if handheld.push(1 + number * 40).await.is_none() {
                    sleep(Duration::from_millis(5)).await;
                }
                assert!(handheld.durable() >= acknowledged_most, "the server took an acknowledgement back");
                acknowledged_most = handheld.durable();
            }
            handheld
        }));
    }
    for kill in 0..KILLS {
        // spread over the steps of a push: a different instant each time
        sleep(Duration::from_millis(20 + u64::from(kill) * 7 % 60)).await;
        process::signal(warehouse.server.id(), "KILL");
        warehouse.server.restart();
    }
    stop.store(true, Ordering::Relaxed);
    let mut handhelds = Vec::new();
    for task in running {
        handhelds.push(task.await.expect("no handheld saw an acknowledgement taken back"));
    }
    let acknowledged: u64 = handhelds.iter().map(Handheld::durable).sum();
    assert!(acknowledged > u64::from(KILLS), "hardly anything was acknowledged between the kills: {acknowledged}");

    // what was acknowledged is there before anybody sends anything again
    let found = stored(warehouse.server.data());
    for handheld in &handhelds {
        for (event, _) in handheld.events.iter().take(usize::try_from(handheld.durable()).unwrap()) {
            let bodies =
                found.get(event.id.as_bytes().as_slice()).unwrap_or_else(|| panic!("event {} is lost", event.seq));
            assert_eq!(bodies, &[event.body.clone().into_bytes()], "event {}", event.seq);
        }
    }
    for handheld in &mut handhelds {
        handheld.drain().await;
    }
    let found = stored(warehouse.server.data());
    let made: usize = handhelds.iter().map(|handheld| handheld.events.len()).sum();
    assert_eq!(found.len(), made, "the server holds exactly what the handhelds made");
    assert!(found.values().all(|bodies| bodies.len() == 1), "an event is there more than once");
    println!("{KILLS} kills, {made} events, {acknowledged} acknowledged before the last drain");
    warehouse.verify();
}

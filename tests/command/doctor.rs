//! What the doctor finds about handhelds: one that holds counts and is silent, one with a single journal, one whose browser
//! promises nothing.
//!
//! Absent: what it finds about the server itself (`backup.rs`).

use serde_json::{Value, json};
use shared::event::SheetIntent;
use shared::incident::SILENT_MS;
use tests::handheld::{Handheld, now_ms};
use tests::server::{Launch, run};
use tests::warehouse::Warehouse;

/// What the doctor says of handhelds, each with how bad it is.
fn handhelds(warehouse: &Warehouse) -> Vec<(String, String)> {
    let looked = run(["doctor", "--json", "--data", &warehouse.server.data().to_string_lossy()]);
    let found: Value = serde_json::from_slice(&looked.stdout).expect("JSON");
    let rows = found.as_array().expect("a list");
    let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row}")).to_owned();
    let of_handhelds = rows.iter().filter(|row| row["what"] == "handhelds");
    of_handhelds.map(|row| (word(row, "level"), word(row, "says"))).collect()
}

fn well(says: &str) -> Vec<(String, String)> {
    vec![("ok".to_owned(), says.to_owned())]
}

fn look_at(says: &[&str]) -> Vec<(String, String)> {
    says.iter().map(|says| ("look_at_it".to_owned(), (*says).to_owned())).collect()
}

/// The handheld says how far it is and how its storage stands, and sends none of its events.
async fn announce(handheld: &Handheld, second_journal_writes: bool, is_kept: bool) {
    let mut request = json!(handheld.request(0));
    request["storage"] =
        json!({"persistent": is_kept, "used_bytes": 1, "quota_bytes": 2, "mirror": second_journal_writes});
    let answer = handheld.send(&request).await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
}

/// The last word of every handheld is this old.
fn age(warehouse: &mut Warehouse, ms: i64) {
    warehouse.server.stop();
    let database = rusqlite::Connection::open(warehouse.server.data().join("trueup.db")).expect("a database");
    database.execute("UPDATE device_seen SET seen_at = ?1", [now_ms() - ms]).expect("a last word");
    drop(database);
    warehouse.server.restart();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_a_handheld_with_one_journal_and_one_that_is_silent_with_counts_on_it() {
    let mut warehouse = Warehouse::open(Launch::serve()).await;
    warehouse.import_text("locations", "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\n");
    warehouse.import_text("items", "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut M8,1001,EA,0.12,none\n");
    let (bin, nut) = (warehouse.admin.location("A-01").await, warehouse.admin.item("NUT").await);
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    const NOTHING: &str = "None is known to hold anything that is not here.";
    assert_eq!(handhelds(&warehouse), well(NOTHING));

    let sheet = handheld.open(warehouse.admin.id, bin, None, SheetIntent::Own);
    handheld.key(warehouse.admin.id, sheet, nut, 3);
    handheld.close(warehouse.admin.id, sheet);
    let single = "The second journal of H-01 takes nothing.";
    let unpromised = "The browser of H-01 does not promise to keep what is stored.";
    announce(&handheld, false, true).await;
    assert_eq!(handhelds(&warehouse), look_at(&[single]));
    announce(&handheld, true, false).await;
    assert_eq!(handhelds(&warehouse), look_at(&[unpromised]));
    announce(&handheld, true, true).await;
    assert_eq!(handhelds(&warehouse), well("1 are sending what they hold."));

    // what it announced is not here, and it is not heard of for longer than a round through the warehouse takes
    announce(&handheld, false, false).await;
    age(&mut warehouse, SILENT_MS - 60_000);
    assert_eq!(handhelds(&warehouse), look_at(&[single, unpromised]), "it is away for less than that");
    age(&mut warehouse, SILENT_MS + 60_000);
    let says = "H-01 holds 3 entries and was last heard of 4 h ago.";
    assert_eq!(handhelds(&warehouse), look_at(&[says, single, unpromised]), "none of them hides another");
    let words = run(["doctor", "--data", &warehouse.server.data().to_string_lossy()]);
    let words = String::from_utf8_lossy(&words.stdout).into_owned();
    assert!(words.contains(says) && words.contains("→ Bring them into the network, switched on."), "{words}");

    announce(&handheld, true, true).await;
    handheld.drain().await;
    assert_eq!(handhelds(&warehouse), well(NOTHING));
}

//! Counting without a network, on the bins of a working hospital: two handhelds, a desk, a server that is gone, and a
//! battery that is pulled out in the middle (`SYNC.md` I1, I2, I4, I11, I12).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tests::desk::Desk;
use tests::floor::{Floor, Scanner, Ticked};
use tests::server::Launch;
use tests::warehouse::Warehouse;
use tests::{ledger, record};

/// Bins to count, three by each handheld.
const BINS: usize = 6;
/// Items counted in a bin, at most.
const ITEMS_MAX: usize = 2;

/// A bin of the hospital with items of it.
#[derive(Clone, Debug)]
struct Bin {
    code: String,
    skus: Vec<String>,
}

/// The first bins of the stock file that hold two items, and none that its neighbours hold.
fn bins(hospital: &Path) -> Vec<Bin> {
    let mut stock = csv::Reader::from_path(hospital.join("stock.csv")).expect("the stock of the hospital");
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in stock.deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("a row of stock");
        held.entry(row["location"].clone()).or_default().insert(row["sku"].clone());
    }
    held.remove("NO-BIN");
    let two = held.into_iter().filter(|(_, skus)| skus.len() == ITEMS_MAX);
    let bins: Vec<Bin> = two.take(BINS).map(|(code, skus)| Bin { code, skus: skus.into_iter().collect() }).collect();
    assert_eq!(bins.len(), BINS, "the hospital has bins with {ITEMS_MAX} items");
    bins
}

/// Scans the items of an open bin in turn: so many of the first, one more of the second.
async fn scan_items(floor: &mut Floor, bin: &Bin, times: u32) {
    for n in 1..=times {
        for sku in &bin.skus {
            floor.count(sku, sku, &n.to_string()).await;
        }
    }
    let last = &bin.skus[ITEMS_MAX - 1];
    floor.count(last, last, &(times + 1).to_string()).await;
}

/// What the ledgers of the screens add up to: a scan adds one, a keyed number replaces.
fn totals(ticked: &[Ticked]) -> BTreeMap<(String, String), u64> {
    let mut totals = BTreeMap::new();
    for tick in ticked {
        let total = totals.entry((tick.bin.clone(), tick.sku.clone())).or_insert(0);
        *total = tick.keyed.as_ref().map_or(*total + 1, |keyed| keyed.parse().expect("a whole number"));
    }
    totals
}

#[tokio::test(flavor = "multi_thread")]
async fn every_count_ticked_without_a_server_is_on_it_once_afterwards() {
    let Some(hospital) = tests::data::find("hospital") else { return };
    let bins = bins(&hospital);
    let mut warehouse = Warehouse::open_in("USD", Launch::serve().bundles()).await;
    for what in ["items", "locations", "stock"] {
        warehouse.import(what, &hospital.join(format!("{what}.csv")));
    }
    for (name, role) in [("cara", "counter"), ("carl", "counter"), ("lena", "lead")] {
        warehouse.person(name, &[role]).await;
    }
    let (mut cara, mut carl, desk) = tokio::join!(
        Floor::enrol(&warehouse, "H-01", Scanner::Keys),
        Floor::enrol(&warehouse, "H-02", Scanner::Text),
        Desk::sign_in(&warehouse, "lena"),
    );
    tokio::join!(cara.sign_in("cara"), carl.sign_in("carl"));

    // the lead makes a count; it arrives on both handhelds by itself
    let codes: Vec<&str> = bins.iter().map(|bin| bin.code.as_str()).collect();
    desk.make_count("Night count", &codes).await;
    desk.mark().await;
    for floor in [&cara, &carl] {
        for bin in &bins {
            floor.wait_task(&bin.code, 1).await;
        }
    }
    for floor in [&cara, &carl] {
        floor.wait_drained().await;
    }

    warehouse.server.kill();

    // half of the bins each, at the same time
    let of_cara = async {
        for (n, bin) in bins[..3].iter().enumerate() {
            cara.open_bin(&bin.code).await;
            scan_items(&mut cara, bin, 1 + u32::try_from(n).expect("small")).await;
            if n == 1 {
                cara.key(&bin.skus[1], "40").await;
            }
            cara.done().await;
        }
    };
    let of_carl = async {
        let (whole, cut) = (&bins[3], &bins[4]);
        carl.open_bin(&whole.code).await;
        scan_items(&mut carl, whole, 2).await;
        carl.done().await;
        carl.open_bin(&cut.code).await;
        carl.count(&cut.skus[0], &cut.skus[0], "1").await;
        carl.count(&cut.skus[1], &cut.skus[1], "1").await;
        carl.count(&cut.skus[0], &cut.skus[0], "2").await;
        // the tick was there: from here on nothing may be lost
        carl.browser.kill9();
        carl.browser.restart().await;
        carl.browser.goto("/").await;
        carl.browser.wait_text("[data-test=bin-code]", &cut.code).await;
        for (sku, total) in [(&cut.skus[0], "2"), (&cut.skus[1], "1")] {
            let line = format!("[data-test=line][data-sku='{sku}'] [data-test=line-quantity]");
            carl.browser.wait_text(&line, total).await;
        }
        carl.count(&cut.skus[1], &cut.skus[1], "2").await;
        carl.done().await;
        let last = &bins[5];
        carl.open_bin(&last.code).await;
        scan_items(&mut carl, last, 1).await;
        carl.done().await;
    };
    tokio::join!(of_cara, of_carl);
    for floor in [&cara, &carl] {
        assert!(floor.waiting().await >= floor.ledger.len() as u64, "{} hides what waits", floor.name);
        assert_eq!(floor.browser.count("[data-test=not-saved]").await, 0);
    }

    warehouse.server.restart();
    for floor in [&cara, &carl] {
        floor.wait_drained().await;
    }
    // the desk that was open all the time sees it without being loaded again
    let counted = "[data-test=task-row][data-round='1'][data-state=counted]";
    desk.browser.wait_count(counted, BINS).await;
    desk.expect_marked().await;

    // what both screens ticked is what the server holds: all of it, once, in order
    let data = warehouse.server.data().to_owned();
    let events = record::events(&data);
    let mut ticked = cara.ledger.clone();
    ticked.extend(carl.ledger.iter().cloned());
    assert_eq!(ledger::entries(&data, &events), ticked);
    let ids: BTreeSet<_> = events.iter().map(|recorded| recorded.event.id).collect();
    assert_eq!(ids.len(), events.len(), "an event is there twice");

    let lines = record::export(&data, "lines");
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let merged: BTreeMap<(String, String), u64> = lines
        .iter()
        .filter(|row| row["round"] == 1 && !(row["implied_zero"] == true || row["implied_zero"] == 1))
        .map(|row| ((text(row, "location"), text(row, "sku")), text(row, "counted").parse().expect("a whole number")))
        .collect();
    assert_eq!(merged, totals(&ticked));
    for floor in [&mut cara, &mut carl] {
        floor.browser.expect_no_errors().await;
    }
    warehouse.verify();
}

//! `trueup measure`: how many counts this machine takes, over real HTTP against a real server in this process, beside
//! plain SQLite storing the same rows with the same durability in the same run; and how many rows an import takes.
//!
//! Rounds are interleaved, so that a busy minute hits both sides, and the middle one of each figure counts. Absent:
//! targets; a figure is about one machine on one day.

mod client;

use super::{import::movement::record_file, serve::run, thousands};
use crate::{
    action::{
        Doer, Failure,
        add_person::add_person,
        enrol::{enrol, offer_enrolment},
        record_items::record_items,
        record_locations::record_locations,
        set_up::{NewSite, open_site},
    },
    cli::{self, Ending},
    http::{self, AppState},
    store::{
        Store, SystemClock, WriteTx, grant,
        yardstick::{Row, Yardstick},
    },
};
use anyhow::Context;
use client::{Batch, Client, push_all};
use shared::{
    api::people::NewPerson,
    grant::Grant,
    id::{ItemId, LocationId, PersonId, SiteId},
    item::{Item, Tracking},
    location::{Location, LocationKind},
    moment::Moment,
    role::Role,
};
use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::oneshot};

/// Handhelds, events in a batch, and batches of each handheld in one round: as many as take about a second on a small
/// machine, so that a round is longer than any hiccup.
const FIGURES: [(usize, usize, usize); 4] = [(1, 1, 500), (1, 100, 60), (50, 1, 60), (50, 100, 6)];
/// Bins and items: an aisle for each handheld.
const LOCATIONS: i64 = 50;
const ITEMS: i64 = 400;
/// Items that lie in one bin.
const ITEMS_PER_LOCATION: i64 = 8;

/// Measures, and prints a table.
///
/// # Errors
/// Whatever stops a measurement; half a table is none.
pub fn measure(wanted: &cli::Measure) -> anyhow::Result<Ending> {
    let folder = Folder::make(wanted.data.as_deref())?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!("{cores} cores, {} rounds, in {}", wanted.rounds, folder.0.display());
    if cfg!(debug_assertions) {
        println!("This is a debug build: its figures say little.");
    }
    let pushed = run(measure_push(&folder.0, wanted.rounds))?;
    println!();
    println!("Counts a second, each on disk before it is answered (middle of the rounds):");
    println!("{:<38}{:>12}{:>16}{:>10}", "", "Trueup", "plain SQLite", "ratio");
    for ((handhelds, events, _), (ours, plain)) in FIGURES.iter().zip(&pushed) {
        let noun = if *handhelds == 1 { "handheld" } else { "handhelds" };
        let what = format!("{handhelds:>3} {noun}, batches of {events}");
        println!(
            "{what:<38}{:>12}{:>16}{:>10}",
            thousands(median(ours)),
            thousands(median(plain)),
            percent(ours, plain)
        );
    }
    println!("Plain SQLite commits each batch of one handheld by itself, and those of 50 handhelds 50 at a time.");
    let rows = (0..wanted.rounds.min(3))
        .map(|round| measure_import(&folder.0, round, wanted.rows))
        .collect::<anyhow::Result<Vec<_>>>()?;
    println!();
    println!(
        "Imported movements a second: {} (file of {} rows)",
        thousands(median(&rows)),
        thousands(u64::from(wanted.rows))
    );
    Ok(Ending::Done)
}

/// A folder that goes away afterwards.
struct Folder(PathBuf);

impl Folder {
    fn make(within: Option<&Path>) -> anyhow::Result<Self> {
        let within = within.map_or_else(std::env::temp_dir, Path::to_owned);
        let folder = within.join(format!("trueup-measure-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // what cannot be removed stays, as temporary files do
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn median(figures: &[u64]) -> u64 {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// The middle of the rounds' own ratios.
fn percent(ours: &[u64], plain: &[u64]) -> String {
    let ratios: Vec<u64> = ours.iter().zip(plain).map(|(ours, plain)| ours * 100 / (*plain).max(1)).collect();
    format!("{} %", median(&ratios))
}

fn per_second(events: usize, spent: Duration) -> u64 {
    u64::try_from(events as u128 * 1_000_000 / spent.as_micros().max(1)).unwrap_or(u64::MAX)
}

/// For each figure the rounds of both sides.
async fn measure_push(folder: &Path, rounds: u32) -> anyhow::Result<Vec<(Vec<u64>, Vec<u64>)>> {
    let store = Store::open(&folder.join("push"), Arc::new(SystemClock))?;
    let mut yardstick = Yardstick::open(&folder.join("plain"))?;
    let (site, person) = store.write(found).await?;
    let mut clients = Vec::new();
    for number in 1..=LOCATIONS {
        clients.push(enrolled(&store, site, person, number).await?);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving =
        tokio::spawn(http::serve(listener, AppState::new(store.clone(), false), async { drop(stopped.await) }));
    let mut figures = vec![(Vec::new(), Vec::new()); FIGURES.len()];
    for round in 0..rounds {
        for ((handhelds, events, batches), (ours, plain)) in FIGURES.iter().zip(&mut figures) {
            let now = store.clock().now();
            let made = make(&mut clients[..*handhelds], *events, *batches, now)?;
            let total = handhelds * events * batches;
            // who goes first alternates
            if round % 2 == 0 {
                plain.push(per_second(total, insert(&mut yardstick, &made)?));
                ours.push(per_second(total, push(address, made).await?));
            } else {
                let copy = made.iter().map(|batches| batches.iter().map(Batch::copy).collect()).collect();
                ours.push(per_second(total, push(address, made).await?));
                plain.push(per_second(total, insert(&mut yardstick, &copy)?));
            }
        }
    }
    drop(stop);
    serving.await??;
    Ok(figures)
}

impl Batch {
    fn copy(&self) -> Self {
        Self { request: Vec::new(), events: self.events.clone() }
    }
}

/// Every handheld's batches, made beforehand: making them is the handhelds' work.
fn make(clients: &mut [Client], events: usize, batches: usize, now: Moment) -> anyhow::Result<Vec<Vec<Batch>>> {
    clients.iter_mut().map(|client| (0..batches).map(|_| client.batch(events, now)).collect()).collect()
}

async fn push(address: SocketAddr, made: Vec<Vec<Batch>>) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut handhelds = tokio::task::JoinSet::new();
    for batches in made {
        handhelds.spawn(push_all(address, batches));
    }
    while let Some(ended) = handhelds.join_next().await {
        ended??;
    }
    Ok(began.elapsed())
}

fn insert(yardstick: &mut Yardstick, made: &Vec<Vec<Batch>>) -> anyhow::Result<Duration> {
    let began = Instant::now();
    for turn in 0..made.first().map_or(0, Vec::len) {
        let rows = (1_i64..).zip(made).flat_map(|(log_no, batches)| {
            batches[turn].events.iter().map(move |(event, chain)| Row {
                log_no,
                seq: event.seq,
                id: event.id,
                chain: *chain,
                body: event.body.as_bytes(),
            })
        });
        yardstick.insert(rows)?;
    }
    Ok(began.elapsed())
}

async fn enrolled(store: &Store, site: SiteId, person: PersonId, number: i64) -> anyhow::Result<Client> {
    let admin = Doer { site, person: None, origin: "system" };
    let offered = store.write(move |tx| offer_enrolment(tx, &admin, &format!("H-{number:02}"), 1)).await?;
    let enrolled = enrol(store, "measure", &offered.code).await?;
    let first = number * ITEMS_PER_LOCATION - ITEMS_PER_LOCATION + 1;
    let grant = Grant::new(enrolled.server, (site, enrolled.device, person), enrolled.now);
    let grant = store.read(grant::load).await?.sign(&grant);
    Client::new(
        enrolled,
        (person, grant),
        LocationId(number),
        (first..first + ITEMS_PER_LOCATION).map(ItemId).collect(),
    )
}

/// A site with items, locations and one counter.
fn found(tx: &mut WriteTx<'_>) -> Result<(SiteId, PersonId), Failure> {
    let new =
        NewSite { code: "M".into(), name: "Measure".into(), currency: "EUR".into(), time_zone: "Europe/Berlin".into() };
    let site = open_site(tx, None, "system", &new)?;
    let doer = Doer { site, person: None, origin: "system" };
    let items = (1..=ITEMS).map(|id| Item {
        id: ItemId(id),
        sku: format!("S{id:05}"),
        description: format!("Item {id}"),
        unit: "EA".into(),
        unit_cost: Some(shared::money::Money::from_micro(id * 10_000)),
        category: String::new(),
        abc: "B".into(),
        tracking: Tracking::None,
        barcodes: Vec::new(),
    });
    record_items(tx, &doer, items.collect())?;
    let locations = (1..=LOCATIONS).map(|id| Location {
        id: LocationId(id),
        code: format!("L{id:03}"),
        barcode: format!("L{id:03}"),
        zone: "A".into(),
        aisle: "A".into(),
        bay: id.to_string(),
        level: String::new(),
        kind: LocationKind::Pick,
        walk_order: id,
    });
    record_locations(tx, &doer, locations.collect())?;
    let counter = NewPerson {
        username: "counter".into(),
        name: "Counter".into(),
        language: "en".into(),
        roles: vec![Role::Counter],
        approval_limit: None,
    };
    Ok((site, add_person(tx, &doer, &counter)?))
}

/// Rows a second of an import of movements into a database of its own.
fn measure_import(folder: &Path, round: u32, rows: u32) -> anyhow::Result<u64> {
    let store = Store::open(&folder.join(format!("import-{round}")), Arc::new(SystemClock))?;
    let (site, _) = store.write_blocking(found)?;
    let file = folder.join("movements.csv");
    let mut text = String::from("time,sku,location,qty,type,ref\n");
    for row in 0..i64::from(rows) {
        let (item, location, at) =
            (row * 7 % ITEMS + 1, row * 3 % LOCATIONS + 1, Moment(1_700_000_000_000 + row * 1000));
        // writing into a string cannot fail
        let _ = writeln!(text, "{at},S{item:05},L{location:03},{},pick,SO-{}", -(row % 5 + 1), row / 3);
    }
    std::fs::write(&file, text)?;
    let began = Instant::now();
    let recorded = record_file(&store, site, &file, "erp")?;
    let spent = began.elapsed();
    anyhow::ensure!(recorded == u64::from(rows), "{recorded} of {rows} rows were recorded");
    Ok(per_second(usize::try_from(rows)?, spent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_rounds_counts() {
        assert_eq!(median(&[5, 1, 9]), 5);
        assert_eq!(percent(&[50, 10, 30], &[100, 100, 100]), "30 %");
        assert_eq!(per_second(500, Duration::from_millis(250)), 2000);
    }
}

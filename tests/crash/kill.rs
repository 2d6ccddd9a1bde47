//! SIGKILL in the middle of pushes, again and again, at moments that nobody chose (I2, I4, I5, I6, I15).

use crate::scene::{Scene, visit};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;
use tests::handheld::Handheld;
use tests::server::Launch;
use tests::{ledger, process, report};
use tokio::sync::Mutex;
use tokio::time::sleep;

/// Kills in a quick run and in a long one.
const KILLS: (u32, u32) = (25, 1000);
/// Kills until everything is verified, in a quick run and in a long one.
const VERIFIED_EVERY: (u32, u32) = (1, 10);
/// Kills until the handhelds of one server are drained and it is verified: what they made must stay bounded, because all
/// of it is compared after each kill.
const KILLS_PER_SERVER: u32 = 50;
const HANDHELDS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_the_middle_of_pushes_loses_and_doubles_nothing() {
    let mut fault = report::fault("server", "kill −9 in the middle of pushes", "I2 I4 I5 I6 I15");
    let mut left = report::times(KILLS.0, KILLS.1);
    while left > 0 {
        let kills = left.min(KILLS_PER_SERVER);
        kill_often(kills, &mut fault).await;
        left -= kills;
    }
}

/// Somebody who scans faster than anybody can, until told to stop.
async fn scan(handheld: Arc<Mutex<Handheld>>, number: usize, scene: (i64, i64, i64), stop: Arc<AtomicBool>) {
    let (actor, bin, nut) = scene;
    let mut acknowledged_most = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut handheld = handheld.lock().await;
        // what waits stays a few batches
        if handheld.head().seq < handheld.durable() + 400 {
            visit(&mut handheld, actor, bin, nut);
        }
        let is_answered = handheld.push(1 + number * 40).await.is_some();
        assert!(handheld.durable() >= acknowledged_most, "the server took an acknowledgement back");
        acknowledged_most = handheld.durable();
        drop(handheld);
        if !is_answered {
            sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn kill_often(kills: u32, fault: &mut report::Fault) {
    let began = std::time::Instant::now();
    let mut scene = Scene::open(Launch::serve()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let (mut handhelds, mut running) = (Vec::new(), Vec::new());
    for number in 0..HANDHELDS {
        let handheld = Handheld::enrol(&scene.warehouse, &format!("H-{number:02}")).await;
        let handheld = Arc::new(Mutex::new(handheld));
        handhelds.push(Arc::clone(&handheld));
        running.push(tokio::spawn(scan(handheld, number, (scene.cara, scene.bin, scene.nut), Arc::clone(&stop))));
    }
    for kill in 0..kills {
        // spread over the steps of a push: a different instant each time
        sleep(Duration::from_millis(20 + u64::from(kill) * 7 % 140)).await;
        process::signal(scene.warehouse.server.id(), "KILL");
        // everybody holds still: what was acknowledged must be there before anybody sends it again
        let mut still = Vec::new();
        for handheld in &handhelds {
            still.push(handheld.lock().await);
        }
        scene.warehouse.server.restart();
        fault.happened();
        let acknowledged = ledger::acknowledged(scene.warehouse.server.data(), still.iter().map(|one| &**one));
        acknowledged.unwrap_or_else(|lost| panic!("after kill {kill}: {lost}"));
        if (kill + 1) % report::times(VERIFIED_EVERY.0, VERIFIED_EVERY.1) == 0 {
            scene.warehouse.verify();
        }
    }
    stop.store(true, Ordering::Relaxed);
    for task in running {
        task.await.expect("no handheld saw an acknowledgement taken back");
    }
    let mut handhelds: Vec<Handheld> = handhelds
        .into_iter()
        .map(|handheld| Arc::into_inner(handheld).expect("nobody else holds it now").into_inner())
        .collect();
    let acknowledged: u64 = handhelds.iter().map(Handheld::durable).sum();
    assert!(acknowledged > u64::from(kills), "hardly anything was acknowledged between the kills: {acknowledged}");
    let made: usize = handhelds.iter().map(|handheld| handheld.events.len()).sum();
    println!("{kills} kills, {made} events, {acknowledged} acknowledged before the last drain, {:?}", began.elapsed());
    scene.settle(&mut handhelds).await;
}

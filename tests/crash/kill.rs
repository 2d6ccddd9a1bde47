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
use tokio::time::sleep;

/// Kills in a quick run and in a long one. Each takes about a quarter of a second.
const KILLS: (u32, u32) = (25, 1000);
/// Kills until the handhelds of one server are drained and it is verified: what they made must stay bounded.
const KILLS_PER_SERVER: u32 = 250;
const HANDHELDS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_the_middle_of_pushes_loses_and_doubles_nothing() {
    let mut fault = report::fault("server", "kill −9 in the middle of pushes", "I2 I4 I5 I6 I11 I15");
    let mut left = report::times(KILLS.0, KILLS.1);
    while left > 0 {
        let kills = left.min(KILLS_PER_SERVER);
        kill_often(kills, &mut fault).await;
        left -= kills;
    }
}

async fn kill_often(kills: u32, fault: &mut report::Fault) {
    let mut scene = Scene::open(Launch::serve()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut running = Vec::new();
    for number in 0..HANDHELDS {
        let mut handheld = Handheld::enrol(&scene.warehouse, &format!("H-{number:02}")).await;
        let (stop, actor, bin, nut) = (Arc::clone(&stop), scene.cara, scene.bin, scene.nut);
        running.push(tokio::spawn(async move {
            let mut acknowledged_most = 0;
            while !stop.load(Ordering::Relaxed) {
                // nobody scans faster than this; what waits stays a few batches
                if handheld.head().seq < handheld.durable() + 400 {
                    visit(&mut handheld, actor, bin, nut);
                }
                if handheld.push(1 + number * 40).await.is_none() {
                    sleep(Duration::from_millis(5)).await;
                }
                assert!(handheld.durable() >= acknowledged_most, "the server took an acknowledgement back");
                acknowledged_most = handheld.durable();
            }
            handheld
        }));
    }
    for kill in 0..kills {
        // spread over the steps of a push: a different instant each time
        sleep(Duration::from_millis(20 + u64::from(kill) * 7 % 60)).await;
        process::signal(scene.warehouse.server.id(), "KILL");
        scene.warehouse.server.restart();
        fault.happened();
    }
    stop.store(true, Ordering::Relaxed);
    let mut handhelds = Vec::new();
    for task in running {
        handhelds.push(task.await.expect("no handheld saw an acknowledgement taken back"));
    }
    let acknowledged: u64 = handhelds.iter().map(Handheld::durable).sum();
    assert!(acknowledged > u64::from(kills), "hardly anything was acknowledged between the kills: {acknowledged}");
    // what was acknowledged is there before anybody sends anything again
    ledger::acknowledged(scene.warehouse.server.data(), &handhelds).unwrap();
    let made: usize = handhelds.iter().map(|handheld| handheld.events.len()).sum();
    println!("{kills} kills, {made} events, {acknowledged} acknowledged before the last drain");
    scene.settle(&mut handhelds).await;
}

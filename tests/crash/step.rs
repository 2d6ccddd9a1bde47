//! The server dies at each step of a push, chosen by its name (`server/src/planted.rs`): until the commit nothing of the
//! push is there, after it all of it, and the handheld finds out which by sending it again (I2, I4, I5, I6, I15).

use crate::scene::Scene;
use server::planted::{MIGRATION_POINTS, POINTS};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use tests::handheld::Handheld;
use tests::process::Process;
use tests::server::{Launch, binary};
use tests::{ledger, report};

/// SIGABRT, as `std::process::abort` ends a program.
const ABORTED: i32 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_at_any_step_of_a_push_has_all_of_it_or_nothing() {
    let mut fault = report::fault("server", "kill at every step of a push", "I2 I4 I5 I6 I15");
    let mut scene = Scene::open(Launch::serve()).await;
    let mut handhelds = vec![Handheld::enrol(&scene.warehouse, "H-01").await];
    for time in 1..=report::times(2, 15) {
        for (number, point) in POINTS.iter().enumerate() {
            scene.warehouse.server.set_env("TRUEUP_DIE_AT", Some(&format!("{point}:{time}")));
            scene.warehouse.server.restart();
            let handheld = &mut handhelds[0];
            // the pushes before the fatal one are answered
            let mut answered = 0;
            loop {
                scene.visit(handheld);
                if handheld.push(200).await.is_none() {
                    break;
                }
                answered += 1;
                assert!(answered < time, "{point}: the server did not die");
            }
            let status = scene.warehouse.server.wait_end();
            assert_eq!(status.signal(), Some(ABORTED), "{point}: {}", scene.warehouse.server.output());
            scene.warehouse.server.set_env("TRUEUP_DIE_AT", None);
            scene.warehouse.server.restart();
            fault.happened();

            scene.acknowledged([&*handheld]).unwrap();
            let held = u64::try_from(ledger::stored(scene.warehouse.server.data()).len()).unwrap();
            let is_committed = number >= POINTS.iter().position(|point| *point == "after_commit").unwrap();
            let expected = if is_committed { handheld.head().seq } else { handheld.durable() };
            assert_eq!(held, expected, "{point}: a push is there in part");
            assert!(handheld.durable() < handheld.head().seq, "{point}: the answer came all the same");
            handheld.drain().await;
        }
    }
    scene.settle(&mut handhelds).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_of_the_schema_that_is_killed_half_way_is_completed_by_the_next_start() {
    let mut fault = report::fault("deploy", "a migration killed half-way", "I2 I15");
    for point in MIGRATION_POINTS {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        // every step dies once; a start that has none left to make lives
        for _ in 0..20 {
            let mut dying = Command::new(binary());
            dying.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
            let mut dying = Process::start("trueup serve", dying.env("TRUEUP_DIE_AT", point));
            let is_ready = dying.wait_line_or_end(|line| line.contains("Trueup is ready"));
            if is_ready {
                break;
            }
            assert_eq!(dying.wait_end().signal(), Some(ABORTED), "{}", dying.output());
            fault.happened();
            if point == "in_migration" {
                break;
            }
        }
        let mut scene = Scene::open(Launch::serve().data(&data)).await;
        let mut handhelds = vec![Handheld::enrol(&scene.warehouse, "H-01").await];
        scene.visit(&mut handhelds[0]);
        scene.settle(&mut handhelds).await;
    }
}

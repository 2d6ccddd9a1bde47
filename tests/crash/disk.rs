//! The disk of the server: full, read by somebody who never ends, and with a bit that flips by itself.

use crate::scene::Scene;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use tests::disk::SmallDisk;
use tests::handheld::Handheld;
use tests::server::{Launch, run};
use tests::{ledger, report};
use tokio::time::{Instant, sleep_until};

/// The exit code of a server whose disk cannot keep a change (sysexits.h, I/O error).
const NOT_KEPT: i32 = 74;
/// Pushes that a disk takes at most before it is full, so that a test which fills nothing ends.
const PUSHES_MAX: u32 = 5_000;
/// Pushes while a reader holds its snapshot: those of ten minutes.
const PUSHES_BESIDE_READER: u32 = 600;

/// A disk that is full gives no answer and ends the server; with room again, everything arrives.
async fn fill(fault: &mut report::Fault, scene: &mut Scene, disk: Option<&SmallDisk>) {
    let mut handhelds = vec![Handheld::enrol(&scene.warehouse, "H-01").await];
    let handheld = &mut handhelds[0];
    let mut pushes = 0;
    loop {
        scene.visit(handheld);
        if handheld.push(200).await.is_none() {
            break;
        }
        pushes += 1;
        assert!(pushes < PUSHES_MAX, "the disk never was full");
    }
    fault.happened();
    let status = scene.warehouse.server.wait_end();
    assert_eq!(status.code(), Some(NOT_KEPT), "{}", scene.warehouse.server.output());
    assert!(pushes > 0, "it was full from the start: nothing was shown");
    // even as it is, full, it holds what it acknowledged
    scene.acknowledged([&*handheld]).unwrap();
    make_room(scene, disk);
    scene.acknowledged([&handhelds[0]]).unwrap();
    scene.settle(&mut handhelds).await;
}

/// Starts the server where it is no longer limited.
fn make_room(scene: &mut Scene, disk: Option<&SmallDisk>) {
    scene.warehouse.server.set_under(Vec::<&str>::new());
    if let Some(disk) = disk {
        disk.grow("200m");
    }
    scene.warehouse.server.restart();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_may_write_no_more_answers_nothing_and_takes_it_later() {
    let mut fault = report::fault("server", "writing refused (file size limit)", "I2 I4 I14 I15");
    let mut scene = Scene::open(Launch::serve()).await;
    // blocks of 512 bytes: a little more than the database has now; the signal is ignored, so that writing says EFBIG
    let file = std::fs::metadata(scene.warehouse.server.data().join("trueup.db")).unwrap().len();
    let blocks = (file + 400 * 1024) / 512;
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    scene.warehouse.server.set_under(["sh", "-c", &limited, "sh"]);
    scene.warehouse.server.restart();
    fill(&mut fault, &mut scene, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_on_a_full_disk_answers_nothing_and_takes_it_later() {
    let mut fault = report::fault("server", "disk full", "I2 I4 I14 I15");
    let Some(disk) = SmallDisk::mount("4m") else { return fault.was_skipped() };
    let mut scene = Scene::open(Launch::serve().data(&disk.path().join("data"))).await;
    fill(&mut fault, &mut scene, Some(&disk)).await;
    scene.warehouse.server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_never_ends_holds_up_no_push() {
    let mut fault = report::fault("server", "a reader that holds a snapshot", "I2 I5 I15");
    let mut scene = Scene::open(Launch::serve()).await;
    let mut handhelds = vec![Handheld::enrol(&scene.warehouse, "H-01").await];
    let handheld = &mut handhelds[0];
    scene.visit(handheld);
    handheld.drain().await;

    // ten minutes of a busy shift are a push a second; here they come as fast as they are answered, in the long run twice
    // as fast as there
    let pause = Duration::from_millis(report::times(0, 500).into());
    let reader = reader(scene.warehouse.server.data());
    reader.execute_batch("BEGIN").unwrap();
    let seen = || reader.query_row("SELECT count(*) FROM fact", [], |row| row.get::<_, i64>(0)).unwrap();
    let (before, began) = (seen(), Instant::now());
    for push in 1..=PUSHES_BESIDE_READER {
        scene.visit(handheld);
        assert!(handheld.push(200).await.is_some(), "a push was not answered beside a reader");
        sleep_until(began + pause * push).await;
    }
    fault.note(format!("for {} s and {PUSHES_BESIDE_READER} pushes", began.elapsed().as_secs()));
    assert_eq!(handheld.durable(), handheld.head().seq);
    assert_eq!(seen(), before, "the reader holds no snapshot, so it shows nothing");
    fault.happened();
    let held = log_bytes(scene.warehouse.server.data());
    // it has to grow meanwhile, and whoever looks is told why
    let looked = run(["doctor", "--data", &scene.warehouse.server.data().to_string_lossy()]);
    let said = String::from_utf8_lossy(&looked.stdout).into_owned();
    assert!(said.contains("write-ahead log") && said.contains("reader"), "{said}");
    // killed with all of that in the write-ahead log, and the reader still there
    scene.warehouse.server.kill();
    scene.warehouse.server.restart();
    scene.acknowledged([&handhelds[0]]).unwrap();
    reader.execute_batch("COMMIT").unwrap();
    assert!(seen() > before);
    drop(reader);
    // nobody holds it any more: it is written from its beginning again, and cut to what it may have
    for _ in 0..100 {
        scene.visit(&mut handhelds[0]);
        assert!(handhelds[0].push(200).await.is_some(), "a push was not answered after a reader");
    }
    let after = log_bytes(scene.warehouse.server.data());
    println!("the write-ahead log: {held} bytes while a reader held it, {after} afterwards");
    assert!(after < held / 2, "the log stays long: {held}, {after}");
    scene.settle(&mut handhelds).await;
}

/// How long the write-ahead log is.
fn log_bytes(data: &Path) -> u64 {
    std::fs::metadata(data.join("trueup.db-wal")).unwrap().len()
}

fn reader(data: &Path) -> Connection {
    Connection::open_with_flags(data.join("trueup.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_flips_in_a_stored_body_is_found_by_verify() {
    let mut fault = report::fault("server", "a flipped bit in a stored body", "I6 I15");
    let mut scene = Scene::open(Launch::serve()).await;
    let mut handheld = Handheld::enrol(&scene.warehouse, "H-01").await;
    scene.visit(&mut handheld);
    handheld.drain().await;
    scene.warehouse.verify();
    scene.warehouse.server.stop();

    let file = scene.warehouse.server.data().join("trueup.db");
    let whole = std::fs::read(&file).unwrap();
    for (event, _) in &handheld.events {
        let body = event.body.as_bytes();
        // what a page leaves behind when it is split holds it as well, and is read by nobody
        let places: Vec<usize> = (0..whole.len() - body.len())
            .filter(|at| whole[*at..].starts_with(body))
            .map(|at| at + body.len() / 2)
            .collect();
        assert!(!places.is_empty(), "the body lies in the file as it is");
        let mut flipped = whole.clone();
        places.iter().for_each(|at| flipped[*at] ^= 0x01);
        std::fs::write(&file, &flipped).unwrap();
        let verified = run(["verify", "--data", &scene.warehouse.server.data().to_string_lossy()]);
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert_eq!(verified.status.code(), Some(1), "event {}: {said}", event.seq);
        assert!(said.contains("WRONG"), "{said}");
        fault.happened();
    }
    std::fs::write(&file, &whole).unwrap();
    scene.warehouse.server.restart();
    ledger::everything(scene.warehouse.server.data(), [&handheld]).unwrap();
    scene.warehouse.verify();
}

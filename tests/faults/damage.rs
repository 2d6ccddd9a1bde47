//! Damage to what the browser keeps on its disk, done to the files of its profile while it is closed: the journal (LevelDB)
//! and the second journal beside it (files of the origin-private file system). Either makes the other whole (`SYNC.md`
//! section 1, fact 3).
//!
//! Absent: both at once, which no program can undo; what the server has is on the server.

use crate::browser::come_back;
use crate::scene::{NUT, Scene};
use std::path::Path;
use tests::browser::profile::{database_files, remove_manifests};
use tests::report::{self, fault};

/// The log that LevelDB appends to; what is written until the browser closes is in it.
fn is_log(name: &str) -> bool {
    name.ends_with(".log") && name != "LOG"
}

/// Other bytes in place of all that is in the log.
fn garbage(profile: &Path) {
    for file in database_files(profile, is_log) {
        let length = std::fs::metadata(&file).expect("a file").len().max(64);
        let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at * 131 % 251).expect("below 251")).collect();
        std::fs::write(file, bytes).expect("a file");
    }
}

/// The second half of the log is gone, as after a disk that lied about its flush.
fn truncate(profile: &Path) {
    for file in database_files(profile, is_log) {
        let length = std::fs::metadata(&file).expect("a file").len();
        std::fs::File::options().write(true).open(file).and_then(|file| file.set_len(length / 2)).expect("a file");
    }
}

/// All files of the origin-private file system.
fn remove_mirror(profile: &Path) {
    std::fs::remove_dir_all(profile.join("Default").join("File System")).expect("the files of the origin");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_to_either_journal_loses_nothing_that_was_ticked() {
    type Damage = (&'static str, fn(&Path), &'static str);
    let damages: [Damage; 4] = [
        ("garbage in the journal", garbage, "A-01"),
        ("truncated journal", truncate, "A-02"),
        ("deleted manifest", remove_manifests, "A-03"),
        ("mirror deleted", remove_mirror, "A-04"),
    ];
    let mut scene = Scene::open().await;
    let mut floor = scene.floor("H-01", "cara").await;
    for (name, damage, bin) in damages {
        let mut fault = fault("storage", name, "I1 I3 I4 I5 I12");
        let mut count = 0;
        floor.open_bin(bin).await;
        for _ in 0..report::times(1, 5) {
            // the handheld alone has it
            scene.line.cut();
            for _ in 0..3 {
                count += 1;
                floor.count(NUT, NUT, &count.to_string()).await;
            }
            floor.browser.close().await;
            damage(floor.browser.profile());
            floor.browser.restart().await;
            fault.happened();
            // without a network: the names of things may be gone with the database, what was counted is not
            floor.browser.goto("/").await;
            if name == "deleted manifest" {
                floor.browser.wait_text("[role=alert] h1", "This device cannot store counts").await;
            }
            floor.browser.wait_text("[data-test=line] [data-test=line-quantity]", &count.to_string()).await;
            scene.expect_nothing_lost(&floor).await;
            scene.settle(&floor, &mut fault).await;
            count = come_back(&floor, bin, count, 0).await;
            count += 1;
            floor.count(NUT, NUT, &count.to_string()).await;
            scene.settle(&floor, &mut fault).await;
        }
        floor.done().await;
        scene.warehouse.verify();
    }
}

//! Backups: what they hold is told and no more, what is damaged is none, what is restored heals.

use crate::{handheld::Handheld, warehouse::*};
use rusqlite::OpenFlags;
use server::{
    job,
    read::restore::status,
    store::{
        Error, OpenError, Store, backup,
        copy::{self, CopyError, Made},
        proof, rebuild,
        restore::{self, Asked, RestoreError},
    },
};
use shared::{
    api::backup::{BackupState, BackupWhy, ReturnState, TimelineWhy},
    backup::Plan,
    id::DeviceId,
    moment::Moment,
    sync::message::Belief,
};
use std::path::{Path, PathBuf};

fn copied(warehouse: &Warehouse) -> Result<Made, CopyError> {
    let folder = warehouse.folder.path();
    copy::make(folder, &backup::usual_folder(folder), warehouse.clock(), BackupWhy::Command)
}

fn recorded(warehouse: &Warehouse) -> Made {
    let made = copied(warehouse).expect("a backup");
    copy::record_aside(warehouse.folder.path(), &made, None).expect("a receipt");
    made
}

/// A warehouse where one handheld has counted a bin.
fn counted() -> (Warehouse, Handheld) {
    let warehouse = Warehouse::new();
    warehouse.stock(BIN, BOLT, "10");
    let mut maria = Handheld::new(1);
    maria.visit(MARIA, BIN, None, &[(BOLT, "8")]);
    maria.push(&warehouse);
    (warehouse, maria)
}

fn restored(warehouse: &mut Warehouse, file: &Path) -> Result<restore::Restored, RestoreError> {
    warehouse.store = None;
    let done = restore::restore(warehouse.folder.path(), file, Asked { at: warehouse.clock(), by: None });
    warehouse.store = Some(Store::open(warehouse.folder.path(), warehouse.clock.clone()).expect("it opens"));
    done
}

/// Flips one bit of the body of a fact, in the file itself.
fn flip(file: &Path, needle: &str) {
    let mut bytes = std::fs::read(file).unwrap();
    let at = bytes.windows(needle.len()).position(|part| part == needle.as_bytes()).expect("it is in the file");
    bytes[at] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn archived_is_what_a_verified_backup_holds_and_no_more() {
    let (warehouse, mut maria) = counted();
    let heartbeat = |maria: &Handheld| {
        let mut request = maria.request(1, 0);
        request.prev = None;
        warehouse.push(maria.device, request).expect("an answer")
    };
    assert_eq!(heartbeat(&maria).archived, 0, "there is no backup");
    let made = copied(&warehouse).expect("a backup");
    let in_backup = maria.events.len() as u64;
    assert_eq!(heartbeat(&maria).archived, 0, "a copy without a receipt archives nothing");
    maria.visit(MARIA, OTHER_BIN, None, &[(BOLT, "1")]);
    maria.push(&warehouse);
    // the receipt comes from a connection of its own, as from another process
    copy::record_aside(warehouse.folder.path(), &made, None).expect("a receipt");
    let answer = heartbeat(&maria);
    assert_eq!((answer.archived, answer.durable.seq), (in_backup, maria.events.len() as u64));
    assert_eq!(recorded(&warehouse).receipt.events, maria.events.len() as u64);
    assert_eq!(heartbeat(&maria).archived, maria.events.len() as u64);
}

#[test]
fn a_backup_that_is_gone_or_changed_archives_nothing_any_more() {
    for spoil in [(|file: &Path| std::fs::remove_file(file).unwrap()) as fn(&Path), |file| flip(file, "\"8\"")] {
        let (warehouse, maria) = counted();
        let made = recorded(&warehouse);
        let all = maria.events.len() as u64;
        assert_eq!(maria.push(&warehouse).archived, all);
        assert_eq!(copy::look_at(&made.receipt), BackupState::Verified);
        spoil(&made.receipt.path());
        let receipts = warehouse.store().read_blocking(backup::list).unwrap();
        let state = copy::look_at(&receipts[0]);
        assert_ne!(state, BackupState::Verified);
        copy::mark_aside(warehouse.folder.path(), &[(receipts[0].id, state)], warehouse.clock()).unwrap();
        assert_eq!(maria.push(&warehouse).archived, 0);
    }
}

#[test]
fn a_backup_made_while_handhelds_push_holds_together() {
    let (warehouse, mut maria) = counted();
    let folder = warehouse.folder.path();
    let copying = std::thread::scope(|scope| {
        let copying = scope.spawn(|| (0..5).map(|_| copied(&warehouse).expect("a backup")).collect::<Vec<_>>());
        for number in 0..40 {
            maria.visit(MARIA, BIN, None, &[(BOLT, &number.to_string())]);
            maria.push(&warehouse);
        }
        copying.join().expect("the copies are made")
    });
    for made in copying {
        let (report, holdings) = proof::prove(&made.receipt.path()).expect("ours");
        assert!(report.is_clean(), "{:?}", report.problems);
        assert_eq!(holdings, made.holdings);
        let whole = tempfile::tempdir().unwrap();
        std::fs::copy(made.receipt.path(), whole.path().join("trueup.db")).unwrap();
        let report = rebuild::verify(whole.path(), &mut |_| {}).unwrap();
        assert!(report.is_clean(), "{:?}", report.problems);
    }
    let left: Vec<PathBuf> =
        std::fs::read_dir(backup::usual_folder(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 5, "nothing but backups is left: {left:?}");
}

#[test]
fn a_flipped_bit_in_a_stored_body_is_noticed_by_backup_and_verify() {
    let (mut warehouse, _) = counted();
    warehouse.store = None;
    flip(&warehouse.folder.path().join("trueup.db"), "\"8\"");
    let refused = copied(&warehouse).expect_err("it does not hold together");
    assert!(matches!(&refused, CopyError::NotSound { problems } if problems.join(" ").contains("does not continue")));
    assert_eq!(std::fs::read_dir(backup::usual_folder(warehouse.folder.path())).unwrap().count(), 0);
    let report = rebuild::verify(warehouse.folder.path(), &mut |_| {}).unwrap();
    assert!(report.problems.join(" ").contains("does not continue"), "{:?}", report.problems);
}

#[test]
fn only_the_oldest_good_backups_go_and_the_last_good_one_never() {
    let (warehouse, _) = counted();
    let folder = backup::usual_folder(warehouse.folder.path());
    for minute in 0..4 {
        warehouse.at_minute(minute);
        recorded(&warehouse);
    }
    let receipts = || warehouse.store().read_blocking(backup::list).unwrap();
    // the newest two are damaged: keeping two means keeping two good ones
    for receipt in &receipts()[..2] {
        flip(&receipt.path(), "\"8\"");
    }
    assert_eq!(copy::prune(&receipts(), &folder, 2), Vec::<i64>::new());
    let gone = copy::prune(&receipts(), &folder, 1);
    assert_eq!(gone, [receipts()[3].id]);
    assert!(receipts()[2].path().exists() && !receipts()[3].path().exists());
    assert_eq!(copy::prune(&receipts()[..3], &folder, 0), Vec::<i64>::new(), "none is not asked for");
}

#[test]
fn a_backup_is_made_when_it_is_due_and_not_before() {
    let (warehouse, _) = counted();
    let due = || warehouse.wait(job::backup::make_if_due(warehouse.store())).expect("no trouble");
    let plan = Plan { every_hours: 1, first_minute: 0, keep: 2, ..Plan::default() };
    warehouse.store().write_blocking(move |tx| backup::set_plan(tx, &plan)).unwrap();
    assert!(due().is_some(), "there is none");
    assert!(due().is_none(), "one is enough");
    for hour in 1..=3 {
        warehouse.at_minute(hour * 60 - 1);
        assert!(due().is_none());
        warehouse.at_minute(hour * 60);
        assert!(due().is_some_and(|receipt| receipt.path().exists()));
    }
    assert_eq!(std::fs::read_dir(backup::usual_folder(warehouse.folder.path())).unwrap().count(), 2);
    let kept = warehouse.store().read_blocking(backup::list).unwrap();
    assert!(kept.iter().all(|receipt| receipt.state == BackupState::Verified) && kept.len() == 2, "{kept:?}");
}

#[test]
fn a_restore_keeps_what_it_replaces_and_begins_a_new_timeline() {
    let (mut warehouse, mut maria) = counted();
    let made = recorded(&warehouse);
    let before = warehouse.store().identity();
    let lost_from = maria.events.len() as u64;
    maria.visit(MARIA, OTHER_BIN, None, &[(BOLT, "1")]);
    let durable = maria.push(&warehouse).durable;

    warehouse.at_minute(5);
    let done = restored(&mut warehouse, &made.receipt.path()).expect("restored");
    let after = warehouse.store().identity();
    assert_eq!(before.server, after.server);
    assert_ne!(before.timeline, after.timeline);
    let safe = done.safety_copy.expect("the replaced database is kept");
    assert!(done.safety_proved);
    assert_eq!(proof::prove(&safe).unwrap().1.events, maria.events.len() as u64);
    warehouse.verify();
    let held = warehouse.number("SELECT max(seq) FROM fact WHERE log_no = 1");
    assert_eq!(held.cast_unsigned(), lost_from);

    // what is missing is known before anybody says so
    let found = warehouse.store().read_blocking(|tx| status(tx, SITE)).unwrap().expect("a restore");
    assert_eq!((found.why, found.file), (TimelineWhy::Restored, made.receipt.name));
    let first = &found.devices[0];
    assert_eq!((first.name.as_str(), first.state), ("H-01", ReturnState::Waiting));
    assert_eq!((first.missing, first.resent), (maria.events.len() as u64 - lost_from, 0));

    let incident = "SELECT state FROM incident WHERE kind = 'restored'";
    assert_eq!(warehouse.rows(incident), ["open"]);

    // the handheld believes that all is here: it is asked, sends again, and is whole
    let mut request = maria.request(1, 0);
    request.prev = None;
    request.durable = Some(Belief { head: durable, timeline: before.timeline });
    let answer = warehouse.push(maria.device, request).unwrap();
    assert_eq!(answer.want.expect("asked").from, lost_from + 1);
    assert_eq!((answer.timeline, answer.archived), (after.timeline, lost_from), "the restored backup archives");
    assert_eq!(warehouse.rows(incident), ["open"], "something is still missing");
    warehouse.push(maria.device, maria.request(lost_from + 1, durable.seq)).unwrap();
    let found = warehouse.store().read_blocking(|tx| status(tx, SITE)).unwrap().expect("a restore");
    let first = found.devices.iter().find(|device| device.name == "H-01").expect("it is there");
    assert_eq!((first.state, first.missing, first.resent), (ReturnState::Returned, 0, durable.seq - lost_from));
    assert_eq!(warehouse.rows(incident), ["mended"], "by itself");
    warehouse.verify();
}

#[test]
fn what_cannot_be_restored_changes_nothing() {
    let (mut warehouse, _) = counted();
    let made = recorded(&warehouse);
    let folder = warehouse.folder.path().to_owned();
    let now = Asked { at: warehouse.clock(), by: None };
    let in_use = restore::restore(&folder, &made.receipt.path(), now).expect_err("a server runs");
    assert!(matches!(in_use, RestoreError::Open(OpenError::InUse { .. })), "{in_use}");
    warehouse.store = None;
    let before = std::fs::read(folder.join("trueup.db")).unwrap();

    let notes = folder.join("notes.db");
    std::fs::write(&notes, "somebody's notes, long enough to be no empty database").unwrap();
    let refused = restore::restore(&folder, &notes, now).expect_err("no backup");
    assert!(matches!(refused, RestoreError::Open(OpenError::NotOurs { .. })), "{refused}");

    flip(&made.receipt.path(), "\"8\"");
    let refused = restore::restore(&folder, &made.receipt.path(), now).expect_err("damaged");
    assert!(matches!(&refused, RestoreError::NotSound { .. }) && refused.to_string().contains("chain"), "{refused}");

    let (other, _) = counted();
    let foreign = recorded(&other).receipt.path();
    let refused = restore::restore(&folder, &foreign, now).expect_err("of another installation");
    assert!(matches!(refused, RestoreError::OtherServer { .. }), "{refused}");
    assert!(std::fs::read(folder.join("trueup.db")).unwrap() == before, "the database was changed");
}

#[test]
fn a_damaged_database_is_kept_as_the_files_it_is_and_replaced() {
    let (mut warehouse, maria) = counted();
    let made = recorded(&warehouse);
    warehouse.store = None;
    let file = warehouse.folder.path().join("trueup.db");
    std::fs::write(&file, vec![7; 9000]).unwrap();
    std::fs::write(warehouse.folder.path().join("trueup.db-wal"), "a stale log").unwrap();
    let done = restored(&mut warehouse, &made.receipt.path()).expect("restored");
    assert!(!done.safety_proved);
    let kept = done.safety_copy.expect("kept");
    assert_eq!(std::fs::read(kept.join("trueup.db")).unwrap(), vec![7; 9000]);
    assert!(kept.join("trueup.db-wal").exists());
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'event'"), maria.events.len() as i64);
    warehouse.verify();
}

#[test]
fn an_old_database_put_back_by_hand_is_noticed_at_the_start() {
    let (mut warehouse, mut maria) = counted();
    let folder = warehouse.folder.path().to_owned();
    let before = warehouse.store().identity();
    warehouse.store = None;
    let old = std::fs::read(folder.join("trueup.db")).unwrap();
    let open = |warehouse: &mut Warehouse| {
        warehouse.store = Some(Store::open(&folder, warehouse.clock.clone()).expect("it opens"));
        warehouse.store().identity()
    };
    assert_eq!(open(&mut warehouse), before, "the same database begins nothing");
    maria.visit(MARIA, OTHER_BIN, None, &[(BOLT, "1")]);
    maria.push(&warehouse);
    warehouse.store = None;
    assert_eq!(open(&mut warehouse), before);
    warehouse.store = None;
    std::fs::write(folder.join("trueup.db"), old).unwrap();
    let after = open(&mut warehouse);
    assert_ne!(after.timeline, before.timeline);
    assert_eq!(warehouse.text("SELECT why FROM timeline"), "older_database");
    warehouse.store = None;
    assert_eq!(open(&mut warehouse), after, "once is enough");
    warehouse.verify();
}

#[test]
fn a_database_that_is_gone_is_not_made_anew_by_itself() {
    let (mut warehouse, _) = counted();
    let folder = warehouse.folder.path().to_owned();
    warehouse.store = None;
    std::fs::remove_file(folder.join("trueup.db")).unwrap();
    for _ in 0..2 {
        let refused = Store::open(&folder, warehouse.clock.clone()).err().expect("refused");
        assert!(matches!(refused, OpenError::Vanished { .. }) && refused.to_string().contains("--new"), "{refused}");
    }
    let anew = Store::open_anew(&folder, warehouse.clock.clone()).expect("on purpose");
    drop(anew);
    Store::open(&folder, warehouse.clock.clone()).expect("and again");
}

#[test]
fn a_handheld_that_knows_more_than_is_here_begins_a_timeline_once() {
    let (warehouse, maria) = counted();
    let before = warehouse.store().identity();
    // what it was told is not here: as if the last commits had been lost without a trace
    let mut known = maria.clone();
    known.visit(MARIA, OTHER_BIN, None, &[(BOLT, "1")]);
    let claim = || {
        let mut request = known.request(1, 0);
        request.prev = None;
        let timeline = warehouse.store().identity().timeline;
        request.durable = Some(Belief { head: request.head, timeline });
        warehouse.push(DeviceId(1), request).unwrap()
    };
    let answer = claim();
    let after = warehouse.store().identity();
    assert_ne!(before.timeline, after.timeline);
    assert_eq!(answer.timeline, after.timeline, "the answer is of the new one already");
    assert_eq!(answer.want.expect("asked").why, "server_behind");
    // a handheld that goes on claiming does not make everybody load everything again
    claim();
    assert_eq!(warehouse.store().identity(), after);
    warehouse.at_minute(61);
    claim();
    assert_ne!(warehouse.store().identity(), after);
    let found = warehouse.store().read_blocking(|tx| status(tx, SITE)).unwrap().expect("a timeline");
    assert_eq!(found.why, TimelineWhy::DeviceKnewMore);
    let first = found.devices.iter().find(|device| device.name == "H-01").expect("it is there");
    assert_eq!((first.state, first.missing), (ReturnState::Sending, 3));
    warehouse.verify();
}

#[test]
fn a_write_that_is_taken_back_begins_no_timeline() {
    let warehouse = Warehouse::new();
    let before = warehouse.store().identity();
    let start = server::store::timeline::Start::noticed(TimelineWhy::Restored);
    let failed: Result<(), Error> = warehouse.store().write_blocking(move |tx| {
        server::store::timeline::begin(tx, &start)?;
        Err(Error::Random)
    });
    assert!(failed.is_err());
    assert_eq!(warehouse.store().identity(), before);
    warehouse.facts(SITE, vec![]);
    assert_eq!(warehouse.store().identity(), before);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_a_backup_or_the_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let (warehouse, _) = counted();
    let made = recorded(&warehouse);
    for file in [made.receipt.path(), warehouse.folder.path().join("trueup.db")] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", file.display());
    }
    let conn = rusqlite::Connection::open_with_flags(made.receipt.path(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let journal: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(journal, "delete", "a backup is one file");
    assert_eq!(Moment(MORNING), made.receipt.made_at);
}

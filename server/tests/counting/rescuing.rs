//! Files carried in by hand: what a push would have stored, once, however often and in whatever state they are brought.

use crate::{
    handheld::Handheld,
    warehouse::{AMIR, BIN, BOLT, GLOVE, MARIA, OTHER_BIN, SITE, SUSAN, Warehouse, code},
};
use server::action::{Doer, rescue::rescue_blocking};
use shared::{
    api::rescue::{RescueReport, Tally},
    fact::Fact,
    id::DeviceId,
    sync::{
        message::{Head, LogReason},
        rescue::{After, Damage, Origin, RESCUE_VERSION, SavedEvent, SavedLog, Unsaved, Writer, frame},
    },
};
use uuid::Uuid;

impl Warehouse {
    fn rescue(&self, text: &str) -> RescueReport {
        rescue_blocking(self.store(), Doer::desk(SITE, SUSAN), text.to_owned(), false).expect("it is taken")
    }
    /// Everything that a push writes, without when it came.
    fn stored(&self) -> Vec<String> {
        let facts = "SELECT kind, actor_id, origin, body, log_no, seq, event_id, device_chain FROM fact
                     WHERE kind <> 'rescue_taken' ORDER BY position";
        let sheets = "SELECT s.*, l.* FROM sheet s LEFT JOIN sheet_line l ON l.sheet_id = s.sheet_id ORDER BY 1";
        [self.rows(facts), self.rows(sheets), self.rows("SELECT * FROM device_log")].concat()
    }
    fn bolts(&self) -> Vec<String> {
        self.rows("SELECT quantity_micro / 1000000 FROM sheet_line WHERE item_id = 1")
    }
}

/// The file of a handheld that has saved its first events and holds the rest only on its screen.
fn file(warehouse: &Warehouse, handheld: &Handheld, saved: usize) -> String {
    file_of(warehouse.store().identity().server, handheld, 0, saved)
}

fn file_of(server: Uuid, handheld: &Handheld, left_out: usize, saved: usize) -> String {
    let mut writer = Writer::new(Origin {
        version: RESCUE_VERSION,
        server,
        device: handheld.device,
        device_name: "H-01".into(),
        app: "test".into(),
        wall_ms: 0,
    });
    let head = |seq: usize| Head { seq: seq as u64, chain: handheld.chains[seq] };
    let (log, device) = (handheld.log, handheld.device);
    writer.log(SavedLog { log, reason: LogReason::Fresh, device, head: head(saved), before: head(left_out) });
    for event in &handheld.events[left_out..saved] {
        let chain = handheld.chains[event.seq as usize];
        writer.event(SavedEvent { log, seq: event.seq, id: event.id, chain, body: event.body.clone() });
    }
    let after = After { log, seq: saved as u64, chain: handheld.chains[saved] };
    for (number, event) in (1..).zip(&handheld.events[saved..]) {
        writer.unsaved(Unsaved { number, id: event.id, body: event.body.clone(), after });
    }
    writer.finish()
}

fn two_visits() -> Handheld {
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3"), (GLOVE, "2")]);
    handheld.visit(MARIA, OTHER_BIN, None, &[(BOLT, "7")]);
    handheld
}

#[test]
fn a_file_stores_what_a_push_would_have_stored_and_a_second_time_nothing() {
    let (pushed, carried) = (Warehouse::new(), Warehouse::new());
    let handheld = two_visits();
    handheld.push(&pushed);
    let text = file(&carried, &handheld, handheld.events.len());
    let report = carried.rescue(&text);
    assert_eq!((report.tally, report.kept), (Tally { new: 7, ..Tally::default() }, false));
    assert_eq!(carried.stored(), pushed.stored());
    let facts = carried.number("SELECT count(*) FROM fact");
    let again = carried.rescue(&text);
    assert_eq!(again.tally, Tally { known: 7, ..Tally::default() });
    assert_eq!(carried.number("SELECT count(*) FROM fact"), facts, "not even that it was brought");
    // whoever brings it is on the record, and the handheld finds nothing left to send
    assert_eq!(
        carried.rows("SELECT actor_id, origin FROM fact WHERE kind = 'rescue_taken'"),
        [format!("{SUSAN}|desk")]
    );
    let answer = handheld.push(&carried);
    assert_eq!((answer.durable.seq, answer.want), (7, None));
    assert_eq!(carried.number("SELECT count(*) FROM fact"), facts);
    carried.verify();
}

#[test]
fn a_try_stores_nothing_and_says_the_same() {
    let warehouse = Warehouse::new();
    let handheld = two_visits();
    let text = file(&warehouse, &handheld, 5);
    let (facts, doer) = (warehouse.number("SELECT count(*) FROM fact"), Doer::import(SITE));
    let tried = rescue_blocking(warehouse.store(), doer, text.clone(), true).unwrap();
    assert_eq!(warehouse.number("SELECT count(*) FROM fact"), facts);
    assert_eq!(warehouse.number("SELECT count(*) FROM rescue_file"), 0);
    assert_eq!(RescueReport { dry_run: false, ..tried }, warehouse.rescue(&text));
    warehouse.verify();
}

#[test]
fn entries_never_saved_continue_their_visit_and_have_no_second_effect_once_the_handheld_saves_again() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    let sheet = handheld.open(MARIA, BIN, None);
    handheld.scan(MARIA, sheet, BOLT);
    // the disk fails here; two more scans stay on the screen
    handheld.scan(MARIA, sheet, BOLT);
    handheld.scan(MARIA, sheet, BOLT);
    let report = warehouse.rescue(&file(&warehouse, &handheld, 2));
    assert_eq!(report.unsaved, Tally { new: 2, ..Tally::default() });
    assert_eq!(report.tally.new, 4);
    assert_eq!(warehouse.rows("SELECT reason FROM device_log ORDER BY log_no"), ["fresh", "rescue"]);
    // the disk is well again: the same entries, under their numbers, and two more
    handheld.scan(MARIA, sheet, BOLT);
    handheld.close(MARIA, sheet);
    let answer = handheld.push(&warehouse);
    assert_eq!((answer.durable.seq, answer.notes), (6, vec![]));
    assert_eq!(warehouse.bolts(), ["4"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM mark"), 0);
    // the file once more, and another one made later: nothing is new in either
    assert_eq!(warehouse.rescue(&file(&warehouse, &handheld, 2)).tally.known, 6);
    assert_eq!(warehouse.rescue(&file(&warehouse, &handheld, 3)).tally.known, 6);
    assert_eq!(warehouse.bolts(), ["4"]);
    warehouse.verify();
}

#[test]
fn a_handheld_that_never_comes_back_is_counted_from_its_file() {
    let warehouse = Warehouse::new();
    let handheld = two_visits();
    // saved up to the middle of the first visit; the rest of it and the whole second one only on the screen
    let report = warehouse.rescue(&file(&warehouse, &handheld, 2));
    assert_eq!((report.unsaved.new, report.tally.new, report.marks), (5, 7, vec![]));
    assert_eq!(warehouse.bolts(), ["3", "7"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet WHERE close_seq IS NOT NULL"), 2);
    warehouse.verify();
}

#[test]
fn a_handheld_that_went_on_without_its_unsaved_entries_is_believed_and_they_are_set_aside() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    let sheet = handheld.open(MARIA, BIN, None);
    handheld.scan(MARIA, sheet, BOLT);
    let mut on_screen = handheld.clone();
    on_screen.scan(MARIA, sheet, BOLT);
    warehouse.rescue(&file(&warehouse, &on_screen, 2));
    // started anew, it shows one bolt, and she scans the other one again
    handheld.sheet_id();
    handheld.minute = 5;
    handheld.key(MARIA, sheet, GLOVE, "1");
    handheld.scan(MARIA, sheet, BOLT);
    handheld.close(MARIA, sheet);
    handheld.push(&warehouse);
    assert_eq!(warehouse.bolts(), ["2"]);
    assert_eq!(warehouse.rows("SELECT mark, code FROM mark"), ["quarantined|went_on_without"]);
    let sentences = warehouse.findings("rescued").concat();
    assert!(sentences.contains("went on without"), "{sentences}");
    warehouse.verify();

    // the same, brought only after it had gone on
    let late = Warehouse::new();
    handheld.push(&late);
    late.rescue(&file(&late, &on_screen, 2));
    assert_eq!(late.bolts(), ["2"]);
    late.verify();
}

#[test]
fn what_the_handheld_saved_before_has_to_be_here_first_and_the_file_waits_for_it() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    let sheet = handheld.open(MARIA, BIN, None);
    handheld.key(MARIA, sheet, BOLT, "5");
    handheld.scan(MARIA, sheet, BOLT);
    handheld.close(MARIA, sheet);
    // the journal could not be read either: only what was on the screen is in the file
    let text = file_of(warehouse.store().identity().server, &handheld, 2, 2);
    let report = warehouse.rescue(&text);
    assert_eq!((report.unsaved, report.kept), (Tally { waiting: 2, ..Tally::default() }, true));
    assert_eq!(warehouse.number("SELECT count(*) FROM rescue_file WHERE file IS NOT NULL"), 1);
    warehouse.push(handheld.device, handheld.request(1, 2)).unwrap();
    let report = warehouse.rescue(&text);
    assert_eq!((report.unsaved.new, report.kept), (2, false));
    assert_eq!(warehouse.number("SELECT count(*) FROM rescue_file WHERE file IS NOT NULL"), 0);
    assert_eq!(warehouse.bolts(), ["6"], "five were keyed before one was scanned");
    warehouse.verify();
}

#[test]
fn a_damaged_file_names_what_is_lost_and_the_rest_counts_where_nothing_is_missing() {
    let warehouse = Warehouse::new();
    let handheld = two_visits();
    let whole = file(&warehouse, &handheld, 7);
    let damaged = whole.replacen("\"seq\":2,", "\"seq\":9,", 1);
    let report = warehouse.rescue(&damaged);
    assert_eq!(report.damages, [Damage::Line { line: 4 }]);
    assert_eq!(report.tally, Tally { new: 1, apart: 5, ..Tally::default() });
    assert!(report.kept, "somebody may still find a better copy");
    // the second visit is whole and counts; the first is not, and does not
    assert_eq!(warehouse.bolts(), ["7"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet WHERE close_seq IS NULL"), 1);
    warehouse.verify();
    assert_eq!(warehouse.rescue(&damaged).tally, Tally { known: 6, ..Tally::default() });

    // the handheld comes back after all, and nothing is lost or doubled
    let answer = handheld.push(&warehouse);
    assert_eq!(answer.durable.seq, 7);
    assert_eq!(warehouse.bolts(), ["3", "7"]);
    assert_eq!(warehouse.number("SELECT count(*) FROM sheet"), 2);
    warehouse.verify();
    assert_eq!(warehouse.rescue(&whole).tally, Tally { known: 7, ..Tally::default() });
    warehouse.verify();
}

#[test]
fn another_event_under_the_same_number_is_kept_beside_the_log() {
    let warehouse = Warehouse::new();
    let handheld = two_visits();
    handheld.push(&warehouse);
    let mut copy = Handheld::new(1);
    copy.visit(MARIA, BIN, None, &[(BOLT, "9")]);
    let report = warehouse.rescue(&file(&warehouse, &copy, 3));
    assert_eq!(report.tally, Tally { known: 1, conflicting: 2, ..Tally::default() });
    assert_eq!(warehouse.rescue(&file(&warehouse, &copy, 3)).tally.known, 3);
    assert_eq!(warehouse.bolts(), ["3", "7"]);
    warehouse.verify();
}

#[test]
fn a_file_of_a_handheld_that_nobody_knows_is_kept_and_taken_once_it_is_known() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(9);
    handheld.visit(AMIR, BIN, None, &[(BOLT, "3")]);
    let text = file(&warehouse, &handheld, 3);
    let foreign = Tally { foreign: 3, ..Tally::default() };
    let report = warehouse.rescue(&text);
    assert_eq!((report.tally, report.kept, report.device_name.as_str()), (foreign, true, "H-01"));
    // the number means another handheld on another server
    let elsewhere = file_of(Uuid::from_u128(77), &two_visits(), 0, 7);
    assert_eq!(warehouse.rescue(&elsewhere).tally.foreign, 7);
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'event'"), 0);
    assert_eq!(warehouse.number("SELECT count(*) FROM rescue_file WHERE file IS NOT NULL"), 2);
    warehouse.facts(SITE, vec![Fact::DeviceEnrolled { device: DeviceId(9), name: "H-09".into() }]);
    assert_eq!(warehouse.rescue(&text).tally.new, 3);
    assert_eq!(warehouse.bolts(), ["3"]);
    warehouse.verify();
}

#[test]
fn codes_scanned_from_the_screen_are_as_good_as_the_file_and_missing_ones_are_named() {
    let warehouse = Warehouse::new();
    let handheld = two_visits();
    let codes = frame::split(&file(&warehouse, &handheld, 5)).unwrap();
    let doer = || Doer::desk(SITE, SUSAN);
    let some = codes[..codes.len() - 1].join("\n");
    let refused = rescue_blocking(warehouse.store(), doer(), some, false).unwrap_err();
    assert!(code(&refused) == "bad_codes" && refused.to_string().contains(&format!(": {}.", codes.len())), "{refused}");
    let all: Vec<_> = codes.iter().rev().map(|code| code.to_lowercase()).collect();
    assert_eq!(warehouse.rescue(&all.concat()).tally.new, 7);
    let refused = rescue_blocking(warehouse.store(), doer(), "sku,qty\nBOLT,3\n".into(), false).unwrap_err();
    assert_eq!(code(&refused), "bad_rescue");
    warehouse.verify();
}

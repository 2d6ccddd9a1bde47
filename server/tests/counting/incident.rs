//! Incidents: noticed once a cause, mended by what arrives, closed by somebody with a reason; nothing is ever refused.

use crate::{handheld::Handheld, warehouse::*};
use server::{
    action::{Doer, close_incident::close_incident, notice_silence::notice_silence},
    read,
};
use shared::{
    api::incident::{CloseIncident, IncidentRow},
    fact::Fact,
    id::{DeviceId, LogId, SiteId},
    incident::{IncidentKind, IncidentState, SILENT_MS},
    sync::message::{Belief, DeviceRequest, Head, LogReason, MissingEvents, PushRequest},
};
use uuid::Uuid;

impl Warehouse {
    fn incidents(&self) -> Vec<IncidentRow> {
        self.store().read_blocking(|tx| read::incident::list(tx, SITE, 100)).expect("the list")
    }
    fn close_incident(&self, row: &IncidentRow, reason: &str) -> Result<(), String> {
        let (id, request) = (row.id, CloseIncident { reason: reason.into() });
        self.store()
            .write_blocking(move |tx| close_incident(tx, &Doer::desk(SITE, SUSAN), id, &request))
            .map_err(|failure| code(&failure))
    }
    fn look_for_silence(&self) -> usize {
        self.store().write_blocking(notice_silence).expect("it looks")
    }
    fn waiting(&self) -> u64 {
        self.store().read_blocking(|tx| read::incident::count_waiting(tx, SITE)).expect("a number")
    }
}

/// A push that says what the handheld was told by this server, or by one of an earlier life.
fn believing(handheld: &Handheld, request: PushRequest, seq: usize, timeline: Uuid) -> PushRequest {
    let head = Head { seq: seq as u64, chain: handheld.chains[seq] };
    PushRequest { durable: Some(Belief { head, timeline }), ..request }
}

#[test]
fn a_handheld_that_was_told_more_than_is_here_sends_it_again_and_the_incident_mends() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3"), (GLOVE, "1")]);
    warehouse.push(handheld.device, handheld.request(1, 1)).unwrap();
    let before_restore = Uuid::from_u128(4);
    let request = believing(&handheld, handheld.request(4, 4), 3, before_restore);
    let answer = warehouse.push(handheld.device, request.clone()).unwrap();
    assert_eq!(answer.want.map(|want| (want.from, want.why)), Some((2, "server_behind".into())));
    warehouse.push(handheld.device, request).unwrap();
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'server_behind_seen'"), 1);
    let open = warehouse.incidents().remove(0);
    assert_eq!((open.kind, open.state, open.needs_person), (IncidentKind::ServerBehind, IncidentState::Open, false));
    assert!(open.sentence.contains("restored") && open.sentence.contains("entries 2 to 3"), "{}", open.sentence);
    assert_eq!(open.progress, "0 of 2 entries are here again.");
    warehouse.push(handheld.device, handheld.request(2, 2)).unwrap();
    assert_eq!(warehouse.incidents()[0].progress, "1 of 2 entries are here again.");
    handheld.push(&warehouse);
    let mended = warehouse.incidents().remove(0);
    assert_eq!((mended.state, mended.needs_person), (IncidentState::Mended, false));
    assert_eq!(mended.progress, "Mended: H-01 has sent everything again up to entry 3.");
    warehouse.verify();
}

#[test]
fn what_the_server_lost_without_being_restored_needs_somebody_even_once_it_has_mended() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    warehouse.push(handheld.device, handheld.request(1, 1)).unwrap();
    let timeline = warehouse.store().identity().timeline;
    warehouse.push(handheld.device, believing(&handheld, handheld.request(3, 3), 3, timeline)).unwrap();
    handheld.push(&warehouse);
    let mended = warehouse.incidents().remove(0);
    assert_eq!((mended.state, mended.needs_person), (IncidentState::Mended, true));
    assert_eq!(warehouse.waiting(), 1);
    warehouse.close_incident(&mended, "The disk was replaced.").unwrap();
    assert_eq!(warehouse.waiting(), 0);
    warehouse.verify();
}

#[test]
fn a_restored_server_that_never_heard_of_the_log_says_so_too() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    let request = believing(&handheld, handheld.request(3, 3), 2, Uuid::from_u128(4));
    let answer = warehouse.push(handheld.device, request).unwrap();
    assert_eq!(answer.want.map(|want| want.from), Some(1));
    assert_eq!(warehouse.incidents()[0].device_name, "H-01");
    handheld.push(&warehouse);
    assert_eq!(warehouse.incidents()[0].state, IncidentState::Mended);
    warehouse.verify();
}

#[test]
fn entries_that_a_handheld_lost_are_named_by_log_and_number_until_they_arrive_after_all() {
    let warehouse = Warehouse::new();
    let mut lost = Handheld::new(1);
    lost.visit(MARIA, BIN, None, &[(BOLT, "3"), (GLOVE, "1")]);
    warehouse.push(lost.device, lost.request(1, 2)).unwrap();
    let mut salvage = Handheld::new(1);
    salvage.log = LogId(Uuid::from_u128(0x5a1));
    salvage.chains = vec![shared::sync::log::Chain::start(salvage.log)];
    salvage.visit(MARIA, OTHER_BIN, None, &[]);
    let missing = vec![
        MissingEvents { log: lost.log, from: 1, to: 4 },
        // all of this is here: it is no loss
        MissingEvents { log: lost.log, from: 1, to: 2 },
    ];
    let request = PushRequest { reason: LogReason::Salvage, missing, ..salvage.request(1, 2) };
    for _ in 0..2 {
        warehouse.push(salvage.device, request.clone()).unwrap();
    }
    let rows = warehouse.incidents();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert!(rows[0].needs_person && rows[0].sentence.contains("H-01 lost entries 3 to 4"), "{}", rows[0].sentence);
    assert_eq!(warehouse.number("SELECT count(*) FROM fact WHERE kind = 'events_missing_seen'"), 1);
    // a rescue file, or the mirror, has them
    lost.push(&warehouse);
    let mended = warehouse.incidents().remove(0);
    assert_eq!((mended.state, mended.needs_person), (IncidentState::Mended, false));
    assert_eq!(mended.progress, "Mended: entries 3 to 4 have arrived after all.");
    warehouse.verify();
}

#[test]
fn a_handheld_that_cannot_say_what_it_lost_is_an_incident_until_it_can() {
    let warehouse = Warehouse::new();
    let mut salvage = Handheld::new(1);
    salvage.visit(MARIA, BIN, None, &[]);
    let request = PushRequest { reason: LogReason::Salvage, ..salvage.request(1, 2) };
    warehouse.push(salvage.device, request.clone()).unwrap();
    assert!(warehouse.incidents()[0].sentence.contains("could not say"));
    let missing = vec![MissingEvents { log: LogId(Uuid::from_u128(9)), from: 7, to: 7 }];
    warehouse.push(salvage.device, PushRequest { missing, ..request }).unwrap();
    let rows = warehouse.incidents();
    let told: Vec<_> = rows.iter().map(|row| (row.state, row.needs_person)).collect();
    assert_eq!(told, [(IncidentState::Open, true), (IncidentState::Mended, false)]);
    assert!(rows[0].sentence.contains("entry 7"), "{}", rows[0].sentence);
    warehouse.verify();
}

#[test]
fn a_fork_is_one_incident_however_many_entries_the_copy_has() {
    let warehouse = Warehouse::new();
    let mut one = Handheld::new(1);
    let mut copy = one.clone();
    one.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    copy.minute = 9;
    copy.visit(JONAS, OTHER_BIN, None, &[(BOLT, "1"), (GLOVE, "2")]);
    one.push(&warehouse);
    for _ in 0..2 {
        let answer = copy.push(&warehouse);
        assert!(answer.requests.contains(&DeviceRequest::RotateLog));
    }
    let rows = warehouse.incidents();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].needs_person && rows[0].sentence.contains("4 entries of the second copy are kept"), "{rows:#?}");
    warehouse.verify();
}

#[test]
fn a_log_that_another_handheld_began_is_taken_and_shown() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    warehouse.push(handheld.device, handheld.request(1, 1)).unwrap();
    // its secret is gone, so it was enrolled once more; its journal is still there
    warehouse.facts(SITE, vec![Fact::DeviceRevoked { device: DeviceId(1) }]);
    handheld.device = DeviceId(2);
    let answer = handheld.push(&warehouse);
    assert_eq!((answer.durable.seq, answer.notes), (3, Vec::new()), "what it still held counts");
    assert_eq!(warehouse.rows("SELECT quantity_micro FROM sheet_line"), ["3000000"]);
    let rows = warehouse.incidents();
    assert_eq!(rows[0].kind, IncidentKind::OtherHandheld);
    assert!(rows[0].sentence.contains("H-02 hands in a log that H-01 began"), "{}", rows[0].sentence);
    // again: nothing new, so nothing more is written
    let facts = warehouse.number("SELECT count(*) FROM fact");
    handheld.push(&warehouse);
    assert_eq!(warehouse.number("SELECT count(*) FROM fact"), facts);
    warehouse.verify();
}

#[test]
fn two_handhelds_with_one_log_both_hand_everything_in() {
    let warehouse = Warehouse::new();
    let mut own = Handheld::new(1);
    own.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    let mut copy = own.clone();
    copy.device = DeviceId(2);
    own.visit(MARIA, OTHER_BIN, None, &[(BOLT, "1")]);
    copy.minute = 3;
    copy.visit(JONAS, OTHER_BIN, None, &[(BOLT, "1")]);
    own.push(&warehouse);
    let answer = copy.push(&warehouse);
    assert_eq!(answer.durable, Head { seq: 6, chain: copy.chains[6] }, "its own line is acknowledged");
    assert!(answer.requests.contains(&DeviceRequest::RotateLog));
    let kinds: Vec<_> = warehouse.incidents().iter().map(|row| row.kind).collect();
    assert!(kinds.contains(&IncidentKind::Fork) && kinds.contains(&IncidentKind::OtherHandheld), "{kinds:?}");
    own.push(&warehouse);
    assert_eq!(warehouse.incidents().len(), 2);
    warehouse.verify();
}

#[test]
fn a_handheld_of_another_site_hands_in_and_what_it_says_waits_for_somebody() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    warehouse.push(handheld.device, handheld.request(1, 1)).unwrap();
    let south = Fact::SiteAdded {
        site: SiteId(2),
        code: "SOUTH".into(),
        name: "South".into(),
        currency: "EUR".into(),
        time_zone: "Europe/Berlin".into(),
    };
    warehouse.facts(SiteId(0), vec![south]);
    warehouse.facts(SiteId(2), vec![Fact::DeviceEnrolled { device: DeviceId(9), name: "S-01".into() }]);
    handheld.device = DeviceId(9);
    let answer = handheld.push(&warehouse);
    assert_eq!(answer.durable.seq, 3, "nothing is refused");
    assert!(answer.notes.iter().all(|note| note.code == "device_of_other_site"), "{:?}", answer.notes);
    warehouse.verify();
}

#[test]
fn a_handheld_that_announced_entries_and_is_silent_is_looked_for_until_it_is_heard_of() {
    let warehouse = Warehouse::new();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    warehouse.push(handheld.device, handheld.request(1, 1)).unwrap();
    let silent = SILENT_MS / MINUTE;
    warehouse.at_minute(silent);
    assert_eq!(warehouse.look_for_silence(), 0, "not yet");
    warehouse.at_minute(silent + 1);
    assert_eq!(warehouse.look_for_silence(), 1);
    assert_eq!(warehouse.look_for_silence(), 0, "one silence is one incident");
    let row = warehouse.incidents().remove(0);
    assert!(row.needs_person && row.sentence.contains("H-01 said that it holds 2 entries"), "{}", row.sentence);
    // somebody gives it up; that stays so
    warehouse.close_incident(&row, "It fell under a truck.").unwrap();
    assert_eq!((warehouse.look_for_silence(), warehouse.waiting()), (0, 0));
    // it is found, heard of, and silent again: another silence
    warehouse.push(handheld.device, handheld.request(1, 1)).unwrap();
    warehouse.at_minute(2 * silent + 3);
    assert_eq!(warehouse.look_for_silence(), 1);
    handheld.push(&warehouse);
    let states: Vec<_> = warehouse.incidents().iter().map(|row| row.state).collect();
    assert_eq!(states, [IncidentState::Mended, IncidentState::Closed]);
    warehouse.at_minute(9 * silent);
    assert_eq!(warehouse.look_for_silence(), 0, "nothing waits on it");
    warehouse.verify();
}

#[test]
fn closing_an_incident_takes_a_reason_and_says_who_and_deletes_nothing() {
    let warehouse = Warehouse::new();
    let mut one = Handheld::new(1);
    let mut copy = one.clone();
    one.visit(MARIA, BIN, None, &[]);
    copy.minute = 9;
    copy.visit(JONAS, BIN, None, &[]);
    one.push(&warehouse);
    copy.push(&warehouse);
    let row = warehouse.incidents().remove(0);
    let facts = warehouse.number("SELECT count(*) FROM fact");
    assert_eq!(warehouse.close_incident(&row, " "), Err("bad_reason".into()));
    let nowhere = IncidentRow { id: shared::id::IncidentId(7), ..row.clone() };
    assert_eq!(warehouse.close_incident(&nowhere, "why"), Err("not_found".into()));
    warehouse.close_incident(&row, "Enrolled anew.").unwrap();
    warehouse.close_incident(&row, "Again.").unwrap();
    assert_eq!(warehouse.number("SELECT count(*) FROM fact"), facts + 1, "closing twice is once");
    let closed = warehouse.incidents().remove(0);
    assert_eq!((closed.state, closed.closed_by.as_str()), (IncidentState::Closed, "susan"));
    assert_eq!((closed.reason.as_str(), closed.needs_person), ("Enrolled anew.", false));
    // the copy goes on: that is a new incident
    copy.visit(JONAS, OTHER_BIN, None, &[]);
    copy.push(&warehouse);
    assert_eq!(warehouse.incidents().len(), 2);
    assert!(warehouse.incidents()[0].needs_person);
    warehouse.verify();
}

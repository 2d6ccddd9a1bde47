//! Whether whoever counted was allowed to, as of capture: what their roles were, and what grant the handheld showed.

use crate::{
    handheld::Handheld,
    warehouse::{BIN, BOLT, JONAS, MARIA, MINUTE, MORNING, OTHER_BIN, SITE, Warehouse},
};
use server::{action::Failure, store::grant};
use shared::{
    event::{EventKind, TakenBy, Verified},
    fact::{Fact, SiteRoles},
    grant::{GRANT_MS, Grant, SignedGrant},
    id::{DeviceId, PersonId, SiteId},
    mark::MarkDecision,
    moment::Moment,
};

/// The server's word, given at a minute of the morning.
fn granted(warehouse: &Warehouse, device: DeviceId, person: PersonId, minute: i64) -> SignedGrant {
    let server = warehouse.store().identity().server;
    let grant = Grant::new(server, (SITE, device, person), Moment(MORNING + minute * MINUTE));
    let signed = warehouse.store().read_blocking(move |tx| Ok::<_, Failure>(grant::load(tx)?.sign(&grant)));
    signed.expect("a key")
}

/// A visit to the bin by Maria, who took the handheld with what she is given.
fn counted(warehouse: &Warehouse, taken: EventKind) -> Vec<String> {
    let mut handheld = Handheld::new(1);
    handheld.write(MARIA, None, taken);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    let answer = handheld.push(warehouse);
    assert_eq!(answer.durable.seq, 4, "whatever is shown, all of it is stored");
    assert_eq!(warehouse.number("SELECT count(*) FROM variance"), 1, "and counts");
    warehouse.verify();
    answer.notes.into_iter().map(|note| format!("{} {}", note.seq, note.code)).collect()
}

fn taken(grant: SignedGrant) -> EventKind {
    EventKind::HandheldTaken { by: TakenBy::Password, grant: Some(grant) }
}

#[test]
fn a_grant_of_this_server_shows_that_somebody_was_allowed() {
    for by in [TakenBy::Password, TakenBy::Pin] {
        let warehouse = Warehouse::granting();
        let grant = granted(&warehouse, DeviceId(1), MARIA, 0);
        assert!(counted(&warehouse, EventKind::HandheldTaken { by, grant: Some(grant) }).is_empty());
    }
}

#[test]
fn what_was_counted_without_a_grant_that_holds_is_stored_and_somebody_confirms_it() {
    let nobody = |_: &Warehouse| EventKind::HandheldTaken { by: TakenBy::Pin, grant: None };
    let somebody_else = |it: &Warehouse| taken(granted(it, DeviceId(1), JONAS, 0));
    let elsewhere = |it: &Warehouse| taken(granted(it, DeviceId(2), MARIA, 0));
    let other_server = |_: &Warehouse| taken(granted(&Warehouse::granting(), DeviceId(1), MARIA, 0));
    let changed = |it: &Warehouse| {
        let mut grant = granted(it, DeviceId(1), MARIA, 0);
        // a fortnight more
        let end = MORNING + GRANT_MS;
        grant.0 = grant.0.replace(&format!(".{end}."), &format!(".{}.", end + GRANT_MS));
        taken(grant)
    };
    let nonsense = |_: &Warehouse| taken(SignedGrant("let me in".into()));
    let before_there_were_grants = |_: &Warehouse| EventKind::Unlocked { verified: Verified::Password };
    type Taking = Box<dyn Fn(&Warehouse) -> EventKind>;
    let cases: [(Taking, &str); 7] = [
        (Box::new(nobody), "grant_missing"),
        (Box::new(somebody_else), "grant_invalid"),
        (Box::new(elsewhere), "grant_other_device"),
        (Box::new(other_server), "grant_invalid"),
        (Box::new(changed), "grant_invalid"),
        (Box::new(nonsense), "grant_invalid"),
        (Box::new(before_there_were_grants), "grant_missing"),
    ];
    for (taking, code) in cases {
        let warehouse = Warehouse::granting();
        let kind = taking(&warehouse);
        // once, for everything they went on to do
        assert_eq!(counted(&warehouse, kind), [format!("1 {code}")]);
        let row = warehouse.marks().remove(0);
        assert!(row.offers.contains(&MarkDecision::NotTheirs), "{code}");
    }
}

#[test]
fn a_grant_that_ends_while_somebody_counts_is_told_at_the_next_visit() {
    let warehouse = Warehouse::granting();
    let mut handheld = Handheld::new(1);
    let ends_in_an_hour = granted(&warehouse, DeviceId(1), MARIA, 60 - GRANT_MS / MINUTE);
    handheld.write(MARIA, None, taken(ends_in_an_hour));
    handheld.minute = 59;
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    handheld.minute = 61;
    handheld.visit(MARIA, OTHER_BIN, None, &[(BOLT, "3")]);
    warehouse.at_minute(120);
    let notes = handheld.push(&warehouse).notes;
    assert_eq!(notes.iter().map(|note| (note.seq, note.code.as_str())).collect::<Vec<_>>(), [(5, "grant_expired")]);
    warehouse.verify();
}

#[test]
fn a_log_that_does_not_say_who_held_the_handheld_is_confirmed_visit_by_visit() {
    let warehouse = Warehouse::granting();
    let mut handheld = Handheld::new(1);
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    handheld.write(MARIA, None, taken(granted(&warehouse, DeviceId(1), MARIA, 0)));
    // in Maria's session, under Jonas' name
    handheld.visit(JONAS, OTHER_BIN, None, &[(BOLT, "2")]);
    handheld.write(MARIA, None, EventKind::Locked);
    handheld.visit(MARIA, OTHER_BIN, None, &[(BOLT, "1")]);
    let notes = handheld.push(&warehouse).notes;
    let told: Vec<_> = notes.iter().map(|note| (note.seq, note.code.as_str())).collect();
    assert_eq!(told, [(1, "grant_missing"), (5, "grant_missing"), (9, "grant_missing")]);
    warehouse.verify();
}

#[test]
fn what_matters_is_what_somebody_was_when_they_counted() {
    let roles = |roles| Fact::RolesSet { person: MARIA, roles: SiteRoles { site: SITE, roles, approval_limit: None } };
    let warehouse = Warehouse::granting();
    let mut handheld = Handheld::new(1);
    handheld.write(MARIA, None, taken(granted(&warehouse, DeviceId(1), MARIA, 0)));
    handheld.minute = 10;
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    handheld.minute = 30;
    handheld.visit(MARIA, OTHER_BIN, None, &[(BOLT, "3")]);
    // while the handheld was out of reach
    warehouse.at_minute(20);
    warehouse.facts(SiteId(0), vec![roles(Vec::new())]);
    warehouse.at_minute(60);
    let notes = handheld.push(&warehouse).notes;
    let told: Vec<_> = notes.iter().map(|note| (note.seq, note.code.as_str())).collect();
    assert_eq!(told, [(5, "actor_not_counter"), (6, "actor_not_counter"), (7, "actor_not_counter")]);
    warehouse.verify();
}

#[test]
fn a_clock_of_1970_makes_nobody_a_stranger() {
    let warehouse = Warehouse::granting();
    let mut handheld = Handheld::new(1);
    handheld.minute = -MORNING / MINUTE;
    handheld.write(MARIA, None, taken(granted(&warehouse, DeviceId(1), MARIA, 0)));
    handheld.visit(MARIA, BIN, None, &[(BOLT, "3")]);
    assert!(handheld.push(&warehouse).notes.is_empty(), "the grant shows that she was there after it was given");
}

//! Who has to be confirmed: the cases told one by one, and what holds whatever a clock says.

use super::*;
use crate::{
    grant::{Grant, SIGNATURE_BYTES},
    id::{DeviceId, SiteId},
};
use proptest::prelude::*;
use uuid::Uuid;

const CARA: PersonId = PersonId(9);
const CARL: PersonId = PersonId(8);

fn window(from: i64, to: i64) -> Window {
    Window { from: Moment(from), to: Moment(to) }
}

/// Added at 0, a counter from 1 on.
fn counter() -> Access {
    let mut access = Access::default();
    access.change(Moment(0), Change::Added);
    access.change(Moment(1), Change::Roles(&[Role::Counter]));
    access
}

fn visit(actor: PersonId, at: Window, received: i64) -> Deed {
    Deed { actor, at, received: Moment(received), begins: true }
}

fn held(person: PersonId, grant: Option<Window>) -> Said {
    Said::Held(Held { person: Some(person), grant })
}

fn grant() -> Grant {
    Grant::new(Uuid::from_u128(7), (SiteId(1), DeviceId(4), CARA), Moment(1_000))
}

fn holder() -> Holder {
    Holder { server: Uuid::from_u128(7), site: SiteId(1), device: DeviceId(4), person: CARA }
}

#[test]
fn what_counts_is_what_somebody_was_when_they_counted() {
    let mut access = Access::default();
    access.change(Moment(10), Change::Added);
    access.change(Moment(11), Change::Roles(&[Role::Counter]));
    access.change(Moment(50), Change::Disabled);
    let at = |from, to| access.unfit(window(from, to));
    assert_eq!(at(5, 6), Some(Unfit::Unknown));
    assert_eq!(at(10, 10), Some(Unfit::NotCounter));
    assert_eq!(at(11, 49), None, "roles that were lost later change nothing");
    assert_eq!(at(12, 50), Some(Unfit::Disabled), "what may have been either is confirmed");
    assert_eq!(at(60, 70), Some(Unfit::Disabled));
    assert_eq!(Access::default().unfit(window(0, 1)), Some(Unfit::Unknown));
    access.change(Moment(80), Change::Roles(&[Role::Counter]));
    assert_eq!(access.unfit(window(90, 90)), Some(Unfit::Disabled), "roles alone let nobody in again");
}

#[test]
fn a_visit_is_confirmed_where_the_log_does_not_say_that_its_counter_held_the_handheld() {
    let check = |said: Said, expected: Option<GrantFault>| {
        let doubt = doubt(&visit(CARA, window(100, 110), 120), said, &counter());
        assert_eq!(doubt, expected.map(Doubt::Grant), "{said:?}");
    };
    check(held(CARA, Some(window(50, 200))), None);
    check(held(CARA, Some(window(50, 105))), Some(GrantFault::Expired));
    // marked when they took it
    check(held(CARA, None), None);
    check(held(CARL, Some(window(50, 200))), Some(GrantFault::Missing));
    check(Said::Held(Held { person: None, grant: None }), Some(GrantFault::Missing));
    check(Said::Nothing(Origin::Begun(LogReason::Fresh)), Some(GrantFault::Missing));
    check(Said::Nothing(Origin::BeforeGrants), None);
    check(Said::Nothing(Origin::Paper), None);
    for reason in [LogReason::Salvage, LogReason::Fork, LogReason::Rescue] {
        check(Said::Nothing(Origin::Begun(reason)), None);
    }
    let later = Deed { begins: false, ..visit(CARA, window(100, 110), 120) };
    assert_eq!(doubt(&later, held(CARL, None), &counter()), None, "an entry follows its visit");
    let stranger = doubt(&later, held(CARL, None), &Access::default());
    assert_eq!(stranger, Some(Doubt::Unfit(Unfit::Unknown)), "roles are asked of every entry");
}

#[test]
fn whoever_takes_a_handheld_is_confirmed_unless_they_show_a_grant_of_their_own() {
    let sealed = grant().seal(&[3; SIGNATURE_BYTES]);
    let good = shown(Some(&sealed), |_| true, &holder());
    assert_eq!(good, Ok(Window { from: grant().issued_at, to: grant().expires_at }));
    assert_eq!(shown(None, |_| true, &holder()), Err(GrantFault::Missing));
    assert_eq!(shown(Some(&sealed), |_| false, &holder()), Err(GrantFault::Invalid));
    assert_eq!(shown(Some(&SignedGrant("no".into())), |_| true, &holder()), Err(GrantFault::Invalid));
    assert_eq!(shown(Some(&sealed), |_| true, &Holder { person: CARL, ..holder() }), Err(GrantFault::Invalid));
    let other = Holder { device: DeviceId(5), ..holder() };
    assert_eq!(shown(Some(&sealed), |_| true, &other), Err(GrantFault::OtherDevice));

    let (day, end) = (24 * 60 * 60 * 1000, grant().expires_at.0);
    let take = |by, shown, at: Window| doubt_taking(by, shown, (at, at.to), &counter());
    assert_eq!(take(TakenBy::Password, good, window(day, day)), None);
    assert_eq!(take(TakenBy::Pin, good, window(end, end + 1)), Some(Doubt::Grant(GrantFault::Expired)));
    let missing = Err(GrantFault::Missing);
    assert_eq!(take(TakenBy::Pin, missing, window(day, day)), Some(Doubt::Grant(GrantFault::Missing)));
    assert_eq!(take(TakenBy::Unverified, good, window(day, day)), Some(Doubt::Unverified));
    let early = take(TakenBy::Unverified, missing, window(-5, -5));
    assert_eq!(early, Some(Doubt::Unfit(Unfit::Unknown)), "who they were weighs more than how they showed it");
}

#[test]
fn in_a_log_of_the_time_before_there_were_grants_none_is_missing() {
    let unlock = |verified, at: i64| doubt_unlocking(verified, (window(at, at), Moment(at)), &counter());
    assert_eq!(unlock(Verified::Password, 10), None);
    assert_eq!(unlock(Verified::Unverified, 10), Some(Doubt::Unverified));
    assert_eq!(unlock(Verified::Unverified, 0), Some(Doubt::Unfit(Unfit::NotCounter)));
}

/// What somebody was, from instants that differ; the numbers mean added, a counter, no counter, disabled.
fn changes() -> impl Strategy<Value = Vec<(i64, u8)>> {
    proptest::collection::btree_map(0_i64..40, 0_u8..4, 0..6).prop_map(|map| map.into_iter().collect())
}

fn accessed(changes: &[(i64, u8)]) -> Access {
    let mut access = Access::default();
    for (at, change) in changes {
        let change = match change {
            0 => Change::Added,
            1 => Change::Roles(&[Role::Counter]),
            2 => Change::Roles(&[Role::Auditor]),
            _ => Change::Disabled,
        };
        access.change(Moment(*at), change);
    }
    access
}

fn any_said() -> impl Strategy<Value = Said> {
    let grant = proptest::option::of((0_i64..40, 0_i64..60).prop_map(|(from, long)| window(from, from + long)));
    let person = prop_oneof![Just(None), Just(Some(CARA)), Just(Some(CARL))];
    let origin = prop_oneof![
        Just(Origin::BeforeGrants),
        Just(Origin::Paper),
        Just(Origin::Begun(LogReason::Fresh)),
        Just(Origin::Begun(LogReason::Salvage)),
        Just(Origin::Begun(LogReason::Fork)),
        Just(Origin::Begun(LogReason::Rescue)),
    ];
    prop_oneof![
        (person, grant).prop_map(|(person, grant)| Said::Held(Held { person, grant })),
        origin.prop_map(Said::Nothing)
    ]
}

proptest! {
    #[test]
    fn somebody_was_fit_in_a_window_exactly_where_they_were_at_each_of_its_instants(
        changes in changes(), from in -5_i64..45, long in 0_i64..20,
    ) {
        let access = accessed(&changes);
        let each = (from..=from + long).all(|at| access.unfit(window(at, at)).is_none());
        prop_assert_eq!(access.unfit(window(from, from + long)).is_none(), each);
    }

    #[test]
    fn no_clock_of_a_handheld_makes_or_takes_away_a_doubt_that_grant_and_roles_settle(
        from: i64, long in 0_i64..i64::MAX, issued in 1_i64..100, received in 100_i64..200, ends in 100_i64..300,
    ) {
        // a counter since before the grant, which held until here or ended
        let at = window(from, from.saturating_add(long));
        let doubt = doubt(&visit(CARA, at, received), held(CARA, Some(window(issued, ends))), &counter());
        if received <= ends {
            prop_assert_eq!(doubt, None);
        }
        // what lies after the end by every clock is confirmed
        if ends < received && at.to >= Moment(received) {
            prop_assert_eq!(doubt, Some(Doubt::Grant(GrantFault::Expired)));
        }
    }

    #[test]
    fn what_happens_to_somebody_after_an_event_was_here_changes_nothing_about_it(
        changes in changes(), said in any_said(), from in -5_i64..45, long in 0_i64..20, received in 0_i64..45,
        later in 1_i64..9, change in 0_u8..4,
    ) {
        let deed = visit(CARA, window(from, from + long), received);
        let mut known: Vec<(i64, u8)> = changes.into_iter().filter(|(at, _)| *at <= received).collect();
        let before = doubt(&deed, said, &accessed(&known));
        known.push((received + later, change));
        prop_assert_eq!(before, doubt(&deed, said, &accessed(&known)));
    }

    #[test]
    fn a_visit_without_a_doubt_is_by_a_counter_who_held_the_handheld_or_in_a_log_that_need_not_say_so(
        changes in changes(), said in any_said(), from in -5_i64..45, long in 0_i64..20, received in 0_i64..45,
    ) {
        let access = accessed(&changes);
        if doubt(&visit(CARA, window(from, from + long), received), said, &access).is_none() {
            prop_assert!(said.of(CARA).is_some() || !said.names_holder(), "{:?}", said);
            // the instant at which it was here at the latest
            prop_assert!((0..=received).any(|at| access.unfit(window(at, at)).is_none()), "{:?}", access);
        }
    }

    #[test]
    fn what_does_not_bear_the_signature_never_shows_that_somebody_was_allowed(
        text in ".{0,200}", by in prop_oneof![Just(TakenBy::Password), Just(TakenBy::Pin), Just(TakenBy::Unverified)],
        from: i64, received: i64, is_text in any::<bool>(),
    ) {
        let sealed = if is_text { SignedGrant(text) } else { grant().seal(&[3; SIGNATURE_BYTES]) };
        let shown = shown(Some(&sealed), |_| false, &holder());
        prop_assert!(shown.is_err());
        prop_assert!(doubt_taking(by, shown, (window(from, from), Moment(received)), &counter()).is_some());
    }
}

//! Verdicts: the stories of `DOMAIN.md` section 6 as tables, and what holds for every story.

use super::*;
use crate::{
    book::tests::ledger,
    event::SheetIntent,
    item::Tracking,
    merge::tests::sheet,
    policy::{FoundStock, Limits, RuleScope, ToleranceRule},
    sheet::UnknownCode,
};
use proptest::prelude::*;

/// Two units either way are tolerated, five go to a supervisor, more are recounted; three rounds.
fn policy() -> Policy {
    let limit = |units: i64| {
        let units = Quantity::whole(units).ok();
        Limits { units_over: units, units_short: units, ..Limits::default() }
    };
    let rule = ToleranceRule {
        scope: RuleScope::Site,
        recount: limit(5),
        approve: limit(2),
        alert: None,
        found_stock: FoundStock::ByUnitsAndValue,
    };
    Policy { rules: vec![rule], post_within_tolerance: true, ..Policy::starting() }
}

fn item(number: i64) -> ItemKey {
    ItemKey::untracked(ItemId(number))
}

fn items() -> BTreeMap<ItemId, ItemFacts> {
    let facts = |number: i64| ItemFacts {
        id: ItemId(number),
        sku: number.to_string(),
        category: String::new(),
        abc: String::new(),
        unit_cost: None,
        tracking: Tracking::None,
    };
    (1..9).map(|number| (ItemId(number), facts(number))).collect()
}

/// What moved of item 1, what stands of item 2, and the sheets of each round; later rounds ask for item 1.
#[derive(Debug, Clone)]
struct Story {
    policy: Policy,
    moves: Vec<(i64, i64)>,
    rounds: Vec<Vec<ClosedSheet>>,
    ordered: u8,
}

/// The book says 20 of item 1, from long ago.
fn story(rounds: Vec<Vec<ClosedSheet>>) -> Story {
    Story { policy: policy(), moves: vec![(0, 20)], rounds, ordered: 0 }
}

impl Story {
    fn verdict(&self) -> PlaceVerdict {
        let rounds: Vec<Round> = (1..)
            .zip(&self.rounds)
            .map(|(round, sheets)| Round {
                round,
                scope: if round == 1 { Scope::Whole } else { Scope::Keys(BTreeSet::from([item(1)])) },
                sheets: sheets.clone(),
                open: Vec::new(),
            })
            .collect();
        let ledgers = BTreeMap::from([(item(1), ledger(&self.moves))]);
        let ordered = BTreeMap::from([(item(1), self.ordered)]);
        judge(&Place {
            policy: &self.policy,
            zone: "",
            items: &items(),
            ledgers: &ledgers,
            rounds: &rounds,
            rounds_ordered: &ordered,
        })
    }
    fn of_item(&self, number: i64) -> String {
        let verdict = self.verdict();
        let Some(verdict) = verdict.keys.get(&item(number)) else { return "not judged".into() };
        let variance = verdict.stands().map_or_else(|| "none".into(), |result| result.variance.variance.to_string());
        let post = if verdict.post { " post" } else { "" };
        format!("{:?} {variance} of round {}{post}", verdict.state, verdict.rounds[verdict.standing].round)
    }
}

fn check(story: &Story, expected: &str) {
    assert_eq!(story.of_item(1), expected);
}

/// Person `person` counts so many of item 1, in the tenth `person` of the day.
fn count(person: i64, units: i64) -> ClosedSheet {
    sheet(person.unsigned_abs().into(), person, (person * 10, person * 10 + 5), &[(1, units)])
}
fn nothing(person: i64) -> ClosedSheet {
    sheet(person.unsigned_abs().into(), person, (person * 10, person * 10 + 5), &[])
}
fn with_unknown(mut sheet: ClosedSheet) -> ClosedSheet {
    sheet.folded.unknown.insert("X".into(), UnknownCode { quantity: Quantity::ONE, at: Moment(1) });
    sheet
}

#[test]
fn a_first_count_is_accepted_tolerated_decided_or_recounted() {
    check(&story(vec![vec![count(1, 20)]]), "Accepted 0 of round 1");
    check(&story(vec![vec![count(1, 18)]]), "Within -2 of round 1 post");
    check(&story(vec![vec![count(1, 25)]]), "AwaitingApproval 5 of round 1");
    check(&story(vec![vec![count(1, 26)]]), "Recounting { round: 2 } 6 of round 1");
    let left = Policy { post_within_tolerance: false, ..policy() };
    check(&Story { policy: left, ..story(vec![vec![count(1, 18)]]) }, "Within -2 of round 1");
    let one_round = Policy { rounds_max: 0, ..policy() };
    check(&Story { policy: one_round, ..story(vec![vec![count(1, 10)]]) }, "Escalated -10 of round 1");
}

#[test]
fn a_recount_settles_confirms_or_goes_on() {
    let first = || vec![count(1, 10)];
    check(&story(vec![first(), vec![count(2, 20)]]), "Accepted 0 of round 2");
    check(&story(vec![first(), vec![count(2, 19)]]), "Accepted -1 of round 2 post");
    check(&story(vec![first(), vec![count(2, 10)]]), "Confirmed -10 of round 2");
    check(&story(vec![first(), vec![count(2, 12)]]), "Recounting { round: 3 } -8 of round 2");
    check(&story(vec![first(), vec![count(2, 12)], vec![count(3, 10)]]), "Confirmed -10 of round 3");
    check(&story(vec![first(), vec![count(2, 12)], vec![count(3, 13)]]), "Escalated -7 of round 3");
}

#[test]
fn rounds_are_compared_by_variance_because_stock_moves_between_them() {
    // ten were missing in both rounds, though four were picked in between
    let moved = Story { moves: vec![(0, 20), (17, -4)], ..story(vec![vec![count(1, 10)], vec![count(2, 6)]]) };
    check(&moved, "Confirmed -10 of round 2");
    // the same number twice is not the same answer
    let same_number = Story { moves: vec![(0, 20), (17, -4)], ..story(vec![vec![count(1, 10)], vec![count(2, 10)]]) };
    check(&same_number, "Recounting { round: 3 } -6 of round 2");
}

#[test]
fn a_recount_by_somebody_who_has_counted_settles_nothing() {
    let own = |units: i64| ClosedSheet { open_seq: 9, ..sheet(9, 1, (50, 55), &[(1, units)]) };
    check(&story(vec![vec![count(1, 10)], vec![own(10)]]), "Recounting { round: 3 } -10 of round 2");
    check(&story(vec![vec![count(1, 10)], vec![own(20)]]), "Recounting { round: 3 } 0 of round 2");
    check(&story(vec![vec![count(1, 10)], vec![own(10)], vec![count(2, 10)]]), "Confirmed -10 of round 3");
}

#[test]
fn two_people_in_one_round_confirm_each_other_or_a_third_has_to_count() {
    check(&story(vec![vec![count(1, 10), count(2, 10)]]), "Confirmed -10 of round 1");
    check(&story(vec![vec![count(1, 20), count(2, 20)]]), "Accepted 0 of round 1");
    check(&story(vec![vec![count(1, 20), count(2, 10)]]), "Recounting { round: 2 } -10 of round 1");
    check(&story(vec![vec![count(1, 20), count(2, 19)]]), "Recounting { round: 2 } -1 of round 1");
    check(&story(vec![vec![count(1, 20), count(2, 10)], vec![count(3, 10)]]), "Confirmed -10 of round 2");
    check(&story(vec![vec![count(1, 20), count(2, 10)], vec![count(3, 20)]]), "Accepted 0 of round 2");
    // each against the book of its own window
    let picked = Story { moves: vec![(0, 20), (17, -4)], ..story(vec![vec![count(1, 10), count(2, 6)]]) };
    check(&picked, "Confirmed -10 of round 1");
    // somebody who counts on their own and helps in the other count is not a second person
    let helper = ClosedSheet { intent: SheetIntent::Helping, ..sheet(7, 2, (12, 13), &[(1, 0)]) };
    check(&story(vec![vec![count(1, 10), count(2, 10), helper]]), "Recounting { round: 2 } -10 of round 1");
}

#[test]
fn a_movement_inside_the_window_settles_or_is_never_settled_alone() {
    let at_12 = vec![(0, 20), (12, -3)];
    let during = |units: i64| Story { moves: at_12.clone(), ..story(vec![vec![count(1, units)]]) };
    check(&during(20), "Accepted 0 of round 1");
    check(&during(17), "Accepted 0 of round 1");
    check(&during(18), "Recounting { round: 2 } 1 of round 1");
    check(&Story { policy: Policy { rounds_max: 1, ..policy() }, ..during(18) }, "Escalated 1 of round 1");
    // an ambiguous variance confirms nothing, and nothing confirms it
    let later = Story { moves: vec![(0, 20), (12, -3)], ..story(vec![vec![count(1, 7)], vec![count(2, 7)]]) };
    check(&later, "Recounting { round: 3 } -10 of round 2");
}

#[test]
fn a_pick_recorded_late_with_an_earlier_time_takes_the_variance_back() {
    let before = story(vec![vec![count(1, 10)]]);
    check(&before, "Recounting { round: 2 } -10 of round 1");
    check(&Story { moves: vec![(0, 20), (9, -10)], ..before }, "Accepted 0 of round 1");
}

#[test]
fn what_is_not_on_a_finished_sheet_is_zero_and_what_was_not_finished_is_not_judged() {
    check(&story(vec![vec![nothing(1)]]), "Recounting { round: 2 } -20 of round 1");
    let verdict = story(vec![vec![nothing(1)]]).verdict();
    assert!(
        verdict.keys[&item(1)].stands().is_some_and(|result| result.implied_zero && result.scanned_at == Moment(15))
    );
    let explicit = story(vec![vec![count(1, 0)]]).verdict();
    assert!(explicit.keys[&item(1)].stands().is_some_and(|result| !result.implied_zero));
    let unfinished = story(vec![vec![ClosedSheet { location_done: false, ..nothing(1) }]]);
    check(&unfinished, "not judged");
    assert!(!unfinished.verdict().rounds[&1].complete);
    // a key with a book of zero and nothing on the sheet is no line at all
    check(&Story { moves: vec![(0, 20), (5, -20)], ..story(vec![vec![nothing(1)]]) }, "not judged");
}

#[test]
fn a_recount_judges_the_keys_it_asked_for_and_keeps_the_rest_as_evidence() {
    let more = sheet(2, 2, (20, 25), &[(2, 4)]);
    let asked = story(vec![vec![count(1, 10)], vec![more]]);
    check(&asked, "Recounting { round: 3 } -20 of round 2");
    assert_eq!(asked.of_item(2), "not judged");
    let extras = asked.verdict().extras;
    assert_eq!(extras.iter().map(|extra| (extra.round, extra.key.clone())).collect::<Vec<_>>(), [(2, item(2))]);
}

#[test]
fn a_key_that_came_into_dispute_after_its_recount_was_asked_for_is_asked_for_in_the_next() {
    let both = sheet(1, 1, (10, 15), &[(1, 10), (2, 9)]);
    let found = story(vec![vec![both], vec![count(2, 10)]]);
    check(&found, "Confirmed -10 of round 2");
    assert_eq!(found.of_item(2), "Recounting { round: 3 } 9 of round 1");
}

#[test]
fn one_key_never_blocks_another() {
    let both = sheet(1, 1, (10, 15), &[(1, 20), (2, 9)]);
    let place = story(vec![vec![both]]);
    check(&place, "Accepted 0 of round 1");
    assert_eq!(place.of_item(2), "Recounting { round: 2 } 9 of round 1");
}

#[test]
fn a_barcode_without_a_name_keeps_what_is_short_from_settling_by_itself() {
    check(&story(vec![vec![with_unknown(count(1, 20))]]), "Accepted 0 of round 1");
    check(&story(vec![vec![with_unknown(count(1, 22))]]), "Within 2 of round 1 post");
    check(&story(vec![vec![with_unknown(count(1, 18))]]), "Within -2 of round 1");
    check(&story(vec![vec![with_unknown(nothing(1))]]), "Recounting { round: 2 } -20 of round 1");
    let again = vec![vec![with_unknown(nothing(1))], vec![with_unknown(nothing(2))]];
    check(&story(again), "Escalated -20 of round 2");
    check(&story(vec![vec![with_unknown(nothing(1)), with_unknown(nothing(2))]]), "Escalated -20 of round 1");
    check(&story(vec![vec![count(1, 10)], vec![with_unknown(count(2, 19))]]), "Recounting { round: 3 } -1 of round 2");
    // somebody asked for an item alone may have passed over the code without a name: the doubt of the first round stays
    check(&story(vec![vec![with_unknown(nothing(1))], vec![nothing(2)]]), "Escalated -20 of round 2");
}

#[test]
fn an_empty_sheet_that_nobody_confirmed_posts_nothing() {
    let small = Story { moves: vec![(0, 2)], ..story(vec![vec![nothing(1)]]) };
    check(&small, "Within -2 of round 1");
    let mut said = nothing(1);
    said.folded.confirmed_empty = true;
    check(&Story { rounds: vec![vec![said]], ..small }, "Within -2 of round 1 post");
}

#[test]
fn a_line_without_a_total_is_counted_again_and_never_zero() {
    let mut broken = nothing(1);
    broken.folded.broken.insert(item(1), LineFault::Overflow);
    check(&story(vec![vec![broken.clone()]]), "Recounting { round: 2 } none of round 1");
    check(&story(vec![vec![broken.clone()], vec![count(2, 20)]]), "Accepted 0 of round 2");
    check(
        &Story { policy: Policy { rounds_max: 1, ..policy() }, ..story(vec![vec![broken]]) },
        "Escalated none of round 1",
    );
    let huge = Story { moves: vec![(0, 9_000_000_000_000), (1, 9_000_000_000_000)], ..story(vec![vec![count(1, 1)]]) };
    check(&huge, "Recounting { round: 2 } none of round 1");
}

#[test]
fn a_round_that_a_supervisor_ordered_comes_on_top() {
    let confirmed = || vec![vec![count(1, 10)], vec![count(2, 10)]];
    check(&Story { ordered: 1, ..story(confirmed()) }, "Recounting { round: 3 } -10 of round 2");
    let third = |units: i64| [confirmed(), vec![vec![count(3, units)]]].concat();
    check(&Story { ordered: 1, ..story(third(10)) }, "Confirmed -10 of round 3");
    check(&Story { ordered: 1, ..story(third(20)) }, "Accepted 0 of round 3");
    check(&Story { ordered: 1, ..story(third(13)) }, "Escalated -7 of round 3");
    let escalated = || vec![vec![count(1, 10)], vec![count(2, 12)], vec![count(3, 13)]];
    check(&Story { ordered: 1, ..story(escalated()) }, "Recounting { round: 4 } -7 of round 3");
    check(&Story { ordered: 2, ..story(escalated()) }, "Recounting { round: 4 } -7 of round 3");
    check(&Story { ordered: 1, ..story(vec![vec![count(1, 25)]]) }, "Recounting { round: 2 } 5 of round 1");
    check(&Story { ordered: 1, ..story(vec![vec![count(1, 20)]]) }, "Accepted 0 of round 1");
}

#[test]
fn everybody_who_counted_any_round_is_named() {
    let place = story(vec![vec![count(1, 20), count(2, 10)], vec![count(3, 10)]]);
    let people = place.verdict().keys[&item(1)].counted_by();
    assert_eq!(people, BTreeSet::from([PersonId(1), PersonId(2), PersonId(3)]));
}

fn any_story() -> impl Strategy<Value = Story> {
    let one = (1_i64..5, prop_oneof![Just(20), Just(18), Just(10), Just(12), 0_i64..30], any::<bool>());
    let rounds = proptest::collection::vec(proptest::collection::vec(one, 0..3), 1..5);
    let moves = proptest::collection::vec((0_i64..80, -4_i64..4), 0..4);
    (rounds, moves, 0_u8..3, 0_u8..4).prop_map(|(rounds, more, ordered, rounds_max)| {
        let mut number = 0_u32;
        let rounds = rounds.into_iter().enumerate().map(|(round, sheets)| {
            sheets
                .into_iter()
                .map(|(person, units, unknown)| {
                    number += 1;
                    let from = i64::try_from(round).expect("small") * 20 + i64::from(number);
                    let sheet = sheet(number.into(), person, (from, from + 3), &[(1, units)]);
                    if unknown { with_unknown(sheet) } else { sheet }
                })
                .collect()
        });
        let moves = std::iter::once((0, 20)).chain(more).collect();
        Story { policy: Policy { rounds_max, ..policy() }, moves, rounds: rounds.collect(), ordered }
    })
}

proptest! {
    #[test]
    fn a_verdict_does_not_depend_on_the_order_of_sheets(story in any_story()) {
        let forwards = story.verdict();
        let mut backwards = story;
        for round in &mut backwards.rounds {
            round.reverse();
            round.extend(round.clone());
        }
        prop_assert_eq!(forwards, backwards.verdict());
    }

    #[test]
    fn nothing_settles_without_the_evidence_for_it(story in any_story()) {
        let verdict = story.verdict();
        for key in verdict.keys.values() {
            let standing = &key.rounds[key.standing];
            let others: Vec<&RoundResult> = key.rounds[..key.standing].iter().collect();
            let result = standing.shown();
            if matches!(key.state, KeyState::Accepted | KeyState::Within | KeyState::Confirmed | KeyState::AwaitingApproval) {
                let kind = result.map(|result| result.variance.kind);
                prop_assert!(kind.is_some_and(|kind| kind != VarianceKind::Ambiguous), "{:?}", key);
                prop_assert!(!matches!(standing.agreement, Agreement::Conflict | Agreement::Unclear));
                prop_assert!(others.iter().all(|other| other.people.is_disjoint(&standing.people)));
            }
            if key.state == KeyState::Confirmed {
                let variance = result.map(|result| result.variance.variance);
                let confirmed = standing.agreement == Agreement::Agree
                    || others.iter().flat_map(|round| &round.groups).any(|group| Some(group.variance.variance) == variance);
                prop_assert!(confirmed, "{:?}", key);
            }
            if key.post {
                prop_assert!(result.is_some_and(|result| result.is_within() && result.is_firm()), "{:?}", key);
            }
            if let KeyState::Recounting { round } = key.state {
                prop_assert!(key.rounds.iter().all(|result| result.round < round));
            }
        }
    }

    /// Told round by round: the key is sent to another round at most as often as policy and supervisor allow.
    #[test]
    fn rounds_end(story in any_story()) {
        let mut sent: BTreeSet<usize> = BTreeSet::new();
        for told in 1..=story.rounds.len() {
            let so_far = Story { rounds: story.rounds[..told].to_vec(), ..story.clone() };
            let verdict = so_far.verdict();
            let again = verdict.keys.get(&item(1)).filter(|key| matches!(key.state, KeyState::Recounting { .. }));
            sent.extend(again.map(|key| key.rounds.len()));
        }
        let allowed = usize::from(story.policy.rounds_max.max(1)) - 1 + usize::from(story.ordered);
        prop_assert!(sent.len() <= allowed, "{:?}", sent);
    }
}

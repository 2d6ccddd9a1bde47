//! Several sheets of one location: tables of who did what, and what holds for every set of sheets.

use super::*;
use crate::{id::ItemId, sheet::SheetLine};
use proptest::prelude::*;
use uuid::Uuid;

/// A closed sheet of one person, opened at `from` and closed at `to` (milliseconds, sure to `spread`).
pub(crate) fn sheet(number: u128, person: i64, (from, to): (i64, i64), lines: &[(i64, i64)]) -> ClosedSheet {
    let instant = |ms: i64| Window { from: Moment(ms), to: Moment(ms) };
    let line = |units: i64| SheetLine {
        quantity: Quantity::whole(units).expect("small"),
        first: instant(from),
        last: instant(to),
        at: Moment(to),
    };
    let lines = lines.iter().map(|(item, units)| (ItemKey::untracked(ItemId(*item)), line(*units))).collect();
    ClosedSheet {
        sheet: SheetId(Uuid::from_u128(number)),
        person: PersonId(person),
        device: DeviceId(person),
        log: LogId(Uuid::from_u128(u128::from(person.unsigned_abs()))),
        open_seq: u64::try_from(number).expect("small"),
        intent: Own,
        opened_at: instant(from),
        closed_at: instant(to),
        location_done: true,
        folded: FoldedSheet { lines, people: BTreeSet::from([PersonId(person)]), ..FoldedSheet::default() },
    }
}

fn with(intent: SheetIntent, sheet: ClosedSheet) -> ClosedSheet {
    ClosedSheet { intent, ..sheet }
}
fn part(sheet: ClosedSheet) -> ClosedSheet {
    ClosedSheet { location_done: false, ..sheet }
}
fn open(person: i64, intent: SheetIntent) -> OpenSheet {
    OpenSheet { sheet: SheetId(Uuid::from_u128(99)), person: PersonId(person), intent }
}

/// `1,2: 7=5 8=0` for people 1 and 2 and their lines, in brackets where the group is not complete.
fn told(merged: &Merged) -> String {
    let short = |sheets: &BTreeSet<SheetId>| {
        sheets.iter().map(|sheet| sheet.0.as_u128().to_string()).collect::<Vec<_>>().join(",")
    };
    let mut words: Vec<String> = Vec::new();
    for group in &merged.groups {
        let people: Vec<String> = group.people.iter().map(PersonId::to_string).collect();
        let mut lines: Vec<String> =
            group.lines.iter().map(|(key, line)| format!("{}{}={}", key.item, key.serial, line.quantity)).collect();
        lines.extend(group.broken.iter().map(|(key, fault)| format!("{}={fault:?}", key.item)));
        let group_words = format!("{}: {}", people.join(","), lines.join(" "));
        words.push(if group.complete { group_words } else { format!("({group_words})") });
    }
    if !merged.superseded.is_empty() {
        words.push(format!("replaced {}", short(&merged.superseded)));
    }
    if !merged.unclear.is_empty() {
        words.push(format!("unclear {}", short(&merged.unclear)));
    }
    words.join(" | ")
}

fn check(meaning: Meaning, sheets: &[ClosedSheet], open: &[OpenSheet], expected: &str) {
    assert_eq!(told(&merge(sheets, open, meaning)), expected);
}

use Meaning::{Independent, Shared};
use SheetIntent::{Continue, Helping, Own};

#[test]
fn a_repeat_replaces_and_the_earlier_sheet_stays_as_evidence() {
    let (first, again) = (sheet(1, 1, (0, 10), &[(7, 5)]), sheet(2, 1, (20, 30), &[(7, 4)]));
    check(Independent, &[first.clone(), again.clone()], &[], "1: 7=4 | replaced 1");
    check(Shared, &[first, again], &[], "1: 7=4 | replaced 1");
}

#[test]
fn a_part_adds_up_and_is_complete_when_one_said_done_and_none_is_open() {
    let first = part(sheet(1, 1, (0, 10), &[(7, 5)]));
    let more = with(Continue, sheet(2, 1, (20, 30), &[(7, 4), (8, 1)]));
    check(Independent, std::slice::from_ref(&first), &[], "(1: 7=5)");
    check(Independent, &[first.clone(), more.clone()], &[], "1: 7=9 8=1");
    check(Independent, &[first.clone(), part(more.clone())], &[], "(1: 7=9 8=1)");
    check(Independent, &[first.clone(), more.clone()], &[open(1, Continue)], "(1: 7=9 8=1)");
    check(Independent, &[first, more.clone()], &[open(1, Own)], "1: 7=9 8=1");
    check(Independent, &[more], &[], "(1: 7=4 8=1)");
}

#[test]
fn different_people_are_independent_unless_they_share_or_help() {
    let (one, two) = (sheet(1, 1, (0, 10), &[(7, 5)]), sheet(2, 2, (20, 30), &[(7, 4)]));
    check(Independent, &[one.clone(), two.clone()], &[], "1: 7=5 | 2: 7=4");
    check(Shared, &[one.clone(), two.clone()], &[], "1,2: 7=9");
    check(Shared, &[one.clone(), part(two.clone())], &[], "1,2: 7=9");
    check(Shared, &[one.clone(), two.clone()], &[open(3, Own)], "(1,2: 7=9)");
    check(Independent, &[one.clone(), part(with(Helping, two.clone()))], &[], "1,2: 7=9");
    check(Independent, &[with(Helping, two)], &[], "(2: 7=4)");
    check(Independent, &[one], &[open(2, Helping)], "(1: 7=5)");
}

#[test]
fn help_belongs_to_the_visit_it_began_in_and_is_unclear_where_nobody_can_tell() {
    let (first, again) = (sheet(1, 1, (0, 10), &[(7, 5)]), sheet(2, 1, (20, 30), &[(7, 4)]));
    let help = |from: i64| with(Helping, sheet(3, 2, (from, from + 5), &[(7, 1)]));
    check(Independent, &[first.clone(), again.clone(), help(5)], &[], "1: 7=4 | replaced 1,3");
    check(Independent, &[first.clone(), again.clone(), help(25)], &[], "1,2: 7=5 | replaced 1");
    check(Independent, &[first.clone(), again.clone(), help(20)], &[], "1: 7=4 | (2: 7=1) | replaced 1 | unclear 3");
    let other = sheet(4, 3, (0, 9), &[(7, 2)]);
    check(Independent, &[first, other, help(5)], &[], "1: 7=5 | (2: 7=1) | 3: 7=2 | unclear 3");
}

#[test]
fn the_sequence_of_a_log_wins_over_a_clock_that_jumped_back() {
    let (first, again) = (sheet(1, 1, (500, 510), &[(7, 5)]), sheet(2, 1, (20, 30), &[(7, 4)]));
    check(Independent, &[first, again], &[], "1: 7=4 | replaced 1");
}

#[test]
fn a_serial_counts_once_across_the_parts_of_a_bin() {
    let serial = |number: u128, person: i64, units: i64| {
        let mut sheet = sheet(number, person, (0, 10), &[]);
        let key = ItemKey { serial: "S".into(), ..ItemKey::untracked(ItemId(9)) };
        let instant = Window { from: Moment(1), to: Moment(1) };
        let quantity = Quantity::whole(units).expect("small");
        sheet.folded.lines.insert(key, SheetLine { quantity, first: instant, last: instant, at: Moment(1) });
        sheet
    };
    check(Shared, &[serial(1, 1, 1), serial(2, 2, 1)], &[], "1,2: 9S=1");
    check(Shared, &[serial(1, 1, 0), serial(2, 2, 1)], &[], "1,2: 9S=1");
}

#[test]
fn parts_that_cannot_be_added_have_no_total_instead_of_a_wrong_one() {
    let mut huge = sheet(1, 1, (0, 10), &[(7, 1)]);
    for line in huge.folded.lines.values_mut() {
        line.quantity = Quantity::from_micro(i64::MAX);
    }
    check(Shared, &[huge, sheet(2, 2, (0, 10), &[(7, 1), (8, 1)])], &[], "1,2: 8=1 7=Overflow");
}

#[test]
fn an_empty_sheet_is_unconfirmed_until_somebody_says_empty() {
    let nothing = sheet(1, 1, (0, 10), &[]);
    assert!(merge(std::slice::from_ref(&nothing), &[], Independent).groups[0].empty_unconfirmed);
    let mut said = nothing;
    said.folded.confirmed_empty = true;
    assert!(!merge(&[said], &[], Independent).groups[0].empty_unconfirmed);
}

fn any_sheets() -> impl Strategy<Value = Vec<ClosedSheet>> {
    let intent = prop_oneof![3 => Just(Own), 1 => Just(Continue), 1 => Just(Helping)];
    let lines = proptest::collection::vec((1_i64..4, 0_i64..10), 0..4);
    let one = (1_i64..4, 0_i64..60, 0_i64..30, intent, any::<bool>(), lines);
    proptest::collection::vec(one, 0..7).prop_map(|sheets| {
        (1..)
            .zip(sheets)
            .map(|(number, (person, from, length, intent, location_done, lines))| ClosedSheet {
                intent,
                location_done,
                ..sheet(number, person, (from, from + length), &lines)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_merge_depends_on_the_set_of_sheets_alone(
        sheets in any_sheets(),
        again in proptest::collection::vec(0_usize..7, 0..5),
        seed in any::<u64>(),
        shared in any::<bool>(),
    ) {
        let meaning = if shared { Shared } else { Independent };
        let mut arrived = sheets.clone();
        arrived.extend(again.into_iter().filter_map(|place| sheets.get(place).cloned()));
        arrived.sort_by_key(|sheet| (sheet.open_seq ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        prop_assert_eq!(merge(&sheets, &[], meaning), merge(&arrived, &[], meaning));
    }

    #[test]
    fn every_sheet_is_in_one_group_or_replaced(sheets in any_sheets(), shared in any::<bool>()) {
        let merged = merge(&sheets, &[], if shared { Shared } else { Independent });
        let mut places: Vec<SheetId> = merged.groups.iter().flat_map(|group| group.sheets.iter().copied()).collect();
        places.extend(&merged.superseded);
        places.sort_unstable();
        let all: Vec<SheetId> = sheets.iter().map(|sheet| sheet.sheet).collect();
        prop_assert_eq!(places, all);
    }

    #[test]
    fn a_group_counts_the_sum_of_its_parts(sheets in any_sheets(), shared in any::<bool>()) {
        let merged = merge(&sheets, &[], if shared { Shared } else { Independent });
        for group in &merged.groups {
            for (key, line) in &group.lines {
                let parts = sheets.iter().filter(|sheet| group.sheets.contains(&sheet.sheet));
                let sum: i64 = parts.filter_map(|sheet| sheet.folded.lines.get(key)).map(|line| line.quantity.micro()).sum();
                prop_assert_eq!(line.quantity.micro(), sum);
            }
        }
    }
}

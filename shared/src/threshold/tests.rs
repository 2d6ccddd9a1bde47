//! Rules and limits: tables of one rule each, and what holds for all limits.

use super::*;
use proptest::prelude::*;

fn facts(category: &str, abc: &str) -> ItemFacts {
    ItemFacts {
        id: ItemId(7),
        sku: "SKU".into(),
        category: category.into(),
        abc: abc.into(),
        unit_cost: None,
        tracking: Tracking::None,
    }
}

fn rule(scope: RuleScope) -> ToleranceRule {
    ToleranceRule {
        scope,
        recount: Limits::default(),
        approve: Limits::default(),
        alert: None,
        found_stock: FoundStock::AlwaysBeyond,
    }
}

#[test]
fn the_most_specific_rule_is_used_whatever_the_order() {
    let scopes = [
        RuleScope::Item(ItemId(7)),
        RuleScope::Category("screws".into()),
        RuleScope::Abc("A".into()),
        RuleScope::Zone("COLD".into()),
        RuleScope::Site,
        RuleScope::Default,
    ];
    for from in 0..scopes.len() {
        let mut rules: Vec<ToleranceRule> = scopes[from..].iter().cloned().map(rule).collect();
        for _ in 0..2 {
            rules.reverse();
            let used = rule_for(&rules, &facts("screws", "A"), "COLD").map(|rule| &rule.scope);
            assert_eq!(used, Some(&scopes[from]), "of {rules:?}");
        }
    }
}

#[test]
fn a_rule_about_something_else_does_not_fit() {
    let check = |scope: RuleScope, fits: bool| {
        assert_eq!(rule_for(&[rule(scope.clone())], &facts("", "B"), "").is_some(), fits, "{scope:?}");
    };
    check(RuleScope::Item(ItemId(8)), false);
    check(RuleScope::Category(String::new()), false);
    check(RuleScope::Zone(String::new()), false);
    check(RuleScope::Abc("A".into()), false);
    check(RuleScope::Abc("B".into()), true);
    check(RuleScope::Default, true);
}

/// Limits as `units over/short percent over/short value over/short`; `-` is no limit.
fn limits(words: &str) -> Limits {
    let mut words = words.split_whitespace().map(|word| (word != "-").then(|| word.to_owned()));
    let mut next = || words.next().flatten();
    Limits {
        units_over: next().map(|word| word.parse().expect("units")),
        units_short: next().map(|word| word.parse().expect("units")),
        percent_over: next().map(|word| word.parse().expect("percent")),
        percent_short: next().map(|word| word.parse().expect("percent")),
        value_over: next().map(|word| word.parse().expect("value")),
        value_short: next().map(|word| word.parse().expect("value")),
    }
}

fn check(approve: &str, (variance, book): (&str, &str), value: Option<&str>, expected: Option<&str>) {
    let rule = ToleranceRule { approve: limits(approve), ..rule(RuleScope::Abc("A".into())) };
    let quantity = |text: &str| text.parse().expect("number");
    let value = value.map(|value| value.parse().expect("value"));
    let found = level(Some(&rule), quantity(variance), quantity(book), value);
    // without recount limits a found stock is recounted, everything else is at most approved
    let told = (found.level != Level::Within).then_some(found.rule.as_str());
    assert_eq!(told, expected, "{variance} of {book} worth {value:?} by {approve}");
}

#[test]
fn a_limit_of_zero_is_a_limit_and_no_limit_is_none() {
    check("0 0", ("0", "10"), None, None);
    check("0 0", ("0.000001", "10"), None, Some("beyond ±0 units for class A"));
    check("- -", ("999999", "10"), None, None);
    check("- 0", ("5", "10"), None, None);
    check("- 0", ("-5", "10"), None, Some("beyond −0 units for class A"));
    check("0 -", ("5", "10"), None, Some("beyond +0 units for class A"));
}

#[test]
fn within_is_inside_all_limits_given_and_a_limit_itself_is_inside() {
    check("2 2", ("2", "10"), None, None);
    check("2 2", ("-2.000001", "10"), None, Some("beyond ±2 units for class A"));
    check("9 9 2 2", ("1", "50"), None, None);
    check("9 9 2 2", ("1.000001", "50"), None, Some("beyond ±2 % for class A"));
    check("9 9 2 2", ("-1.000001", "-50"), None, Some("beyond ±2 % for class A"));
    check("- - 33.333333 -", ("1", "3"), None, Some("beyond +33.333333 % for class A"));
    check("- - 33.333334 -", ("1", "3"), None, None);
    check("9 9 - - 5 3", ("1", "10"), Some("5"), None);
    check("9 9 - - 5 3", ("-1", "10"), Some("-3.01"), Some("beyond −3 in value for class A"));
    check("9 9 - - 0 0", ("1", "10"), Some("0"), None);
}

#[test]
fn an_unknown_value_is_not_zero() {
    check("- - - - 5 5", ("1", "10"), None, Some("value unknown, with a limit of ±5 in value for class A"));
    check("- - - - - 5", ("1", "10"), None, None);
    check("- - - - 5 5", ("0", "10"), None, None);
}

#[test]
fn found_stock_is_decided_by_its_own_setting_and_never_by_percent() {
    check("- -", ("1", "0"), None, Some("stock found where the book says none for class A"));
    let by_units =
        ToleranceRule { approve: limits("2 2 0 0"), found_stock: FoundStock::ByUnitsAndValue, ..rule(RuleScope::Site) };
    let found = |units: i64| level(Some(&by_units), Quantity::whole(units).expect("small"), Quantity::ZERO, None).level;
    assert_eq!((found(2), found(3)), (Level::Within, Level::Approve));
}

#[test]
fn recount_comes_before_approve_and_alert_is_beside_both() {
    let rule = ToleranceRule {
        recount: limits("5 5"),
        approve: limits("2 2"),
        alert: Some(limits("8 8")),
        ..rule(RuleScope::Site)
    };
    let check = |units: i64, expected: (Level, bool)| {
        let found = level(Some(&rule), Quantity::whole(units).expect("small"), Quantity::ONE, None);
        assert_eq!((found.level, found.alert), expected, "{units}");
    };
    check(0, (Level::Within, false));
    check(-2, (Level::Within, false));
    check(3, (Level::Approve, false));
    check(6, (Level::Recount, false));
    check(-9, (Level::Recount, true));
}

#[test]
fn without_a_rule_every_difference_is_beyond() {
    assert_eq!(level(None, Quantity::ZERO, Quantity::ONE, None).level, Level::Within);
    assert_eq!(level(None, Quantity::from_micro(-1), Quantity::ONE, None).level, Level::Recount);
}

proptest! {
    #[test]
    fn no_numbers_break_a_limit_and_a_larger_variance_is_never_better(
        variance in any::<i64>(), book in any::<i64>(), units in 0_i64.., percent in 0_i64.., value in 0_i64..,
    ) {
        let units = Some(Quantity::from_micro(units));
        let percent = Some(Percent::from_micro(percent));
        let most = Some(Money::from_micro(value));
        let limits = Limits {
            units_over: units, units_short: units, percent_over: percent, percent_short: percent, value_over: most, value_short: most,
        };
        let rule = ToleranceRule { recount: limits, ..rule(RuleScope::Site) };
        let at = |variance: i64| {
            level(Some(&rule), Quantity::from_micro(variance), Quantity::from_micro(book), Some(Money::from_micro(variance))).level
        };
        prop_assert!(at(variance) >= at(variance / 2));
        prop_assert_eq!(at(0), Level::Within);
    }
}

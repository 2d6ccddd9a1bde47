//! The editor of tolerance rules: text fields on one side, exact rules on the other (`DOMAIN.md` section 5).
//!
//! Absent: which rule wins for an item; that is the domain's.

use shared::{
    id::ItemId,
    money::Money,
    policy::{FoundStock, Limits, Percent, RuleScope, ToleranceRule},
    quantity::{NumberError, Quantity},
};

/// The six limits of a level, in the order of the columns.
pub const COLUMNS: [&str; 6] = ["units short", "units over", "% short", "% over", "value short", "value over"];
/// The three levels, with what being beyond means.
pub const LEVELS: [(&str, &str); 3] = [
    ("recount", "somebody else counts again"),
    ("approve", "a supervisor decides"),
    ("alert", "the owner is told at once"),
];
/// The scopes, most specific first.
pub const SCOPES: [(&str, &str); 6] = [
    ("item", "one item"),
    ("category", "category"),
    ("abc", "ABC class"),
    ("zone", "zone"),
    ("site", "whole site"),
    ("default", "everything else"),
];

/// Limits as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitsForm(pub [String; 6]);

/// A rule as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleForm {
    /// First word of [`SCOPES`].
    pub scope: String,
    /// Which category, class or zone; for an item its number after `#`.
    pub of: String,
    /// Recount, approve, alert.
    pub levels: [LimitsForm; 3],
    /// Whether stock found against a book of zero is always beyond.
    pub found_always_beyond: bool,
}

impl Default for RuleForm {
    fn default() -> Self {
        Self { scope: "abc".to_owned(), of: String::new(), levels: Default::default(), found_always_beyond: true }
    }
}

fn text<T: ToString>(limit: Option<T>) -> String {
    limit.map(|limit| limit.to_string()).unwrap_or_default()
}

impl LimitsForm {
    fn of(limits: &Limits) -> Self {
        Self([
            text(limits.units_short),
            text(limits.units_over),
            text(limits.percent_short),
            text(limits.percent_over),
            text(limits.value_short),
            text(limits.value_over),
        ])
    }
    fn read(&self, level: &str) -> Result<Limits, String> {
        let [units_short, units_over, percent_short, percent_over, value_short, value_over] = &self.0;
        Ok(Limits {
            units_short: limit::<Quantity>(units_short, level, COLUMNS[0])?,
            units_over: limit::<Quantity>(units_over, level, COLUMNS[1])?,
            percent_short: limit::<Percent>(percent_short, level, COLUMNS[2])?,
            percent_over: limit::<Percent>(percent_over, level, COLUMNS[3])?,
            value_short: limit::<Money>(value_short, level, COLUMNS[4])?,
            value_over: limit::<Money>(value_over, level, COLUMNS[5])?,
        })
    }
    fn is_empty(&self) -> bool {
        self.0.iter().all(|field| field.trim().is_empty())
    }
}

/// An empty field is no limit; zero is a limit of zero.
fn limit<T: std::str::FromStr<Err = NumberError> + ToString>(
    field: &str,
    level: &str,
    column: &str,
) -> Result<Option<T>, String> {
    if field.trim().is_empty() {
        return Ok(None);
    }
    let number: T = field.parse().map_err(|error| format!("{level}, {column}: “{field}” {error}."))?;
    if number.to_string().starts_with('-') {
        return Err(format!("{level}, {column}: a limit is a size without a sign; short and over have a column each."));
    }
    Ok(Some(number))
}

impl RuleForm {
    /// A rule as it stands.
    pub fn of(rule: &ToleranceRule) -> Self {
        let (scope, of) = match &rule.scope {
            RuleScope::Item(item) => ("item", format!("#{item}")),
            RuleScope::Category(name) => ("category", name.clone()),
            RuleScope::Abc(name) => ("abc", name.clone()),
            RuleScope::Zone(name) => ("zone", name.clone()),
            RuleScope::Site => ("site", String::new()),
            RuleScope::Default => ("default", String::new()),
        };
        let alert = rule.alert.unwrap_or_default();
        Self {
            scope: scope.to_owned(),
            of,
            levels: [LimitsForm::of(&rule.recount), LimitsForm::of(&rule.approve), LimitsForm::of(&alert)],
            found_always_beyond: rule.found_stock == FoundStock::AlwaysBeyond,
        }
    }
    /// Whether the scope needs a name.
    pub fn is_named(&self) -> bool {
        !matches!(self.scope.as_str(), "site" | "default")
    }
    /// The rule.
    ///
    /// # Errors
    /// A sentence that names the field.
    pub fn read(&self) -> Result<ToleranceRule, String> {
        let of = self.of.trim();
        if self.is_named() && of.is_empty() {
            return Err("Say which category, class, zone or item the rule is for.".to_owned());
        }
        let scope = match self.scope.as_str() {
            "item" => {
                RuleScope::Item(of.strip_prefix('#').and_then(|number| number.parse::<ItemId>().ok()).ok_or_else(
                    || format!("“{of}” is not an item's number such as #12; choose the item from the list."),
                )?)
            }
            "category" => RuleScope::Category(of.to_owned()),
            "abc" => RuleScope::Abc(of.to_owned()),
            "zone" => RuleScope::Zone(of.to_owned()),
            "site" => RuleScope::Site,
            _ => RuleScope::Default,
        };
        let [recount, approve, alert] = &self.levels;
        Ok(ToleranceRule {
            scope,
            recount: recount.read("Recount")?,
            approve: approve.read("Approve")?,
            alert: if alert.is_empty() { None } else { Some(alert.read("Alert")?) },
            found_stock: if self.found_always_beyond { FoundStock::AlwaysBeyond } else { FoundStock::ByUnitsAndValue },
        })
    }
}

/// All rules, or the first thing that is wrong with its rule's number.
///
/// # Errors
/// A sentence that names rule and field.
pub fn read_all(forms: &[RuleForm]) -> Result<Vec<ToleranceRule>, String> {
    let mut rules: Vec<ToleranceRule> = Vec::with_capacity(forms.len());
    for (at, form) in forms.iter().enumerate() {
        let rule = form.read().map_err(|sentence| format!("Rule {}: {sentence}", at + 1))?;
        if rules.iter().any(|earlier| earlier.scope == rule.scope) {
            return Err(format!("Rule {}: another rule is already about the same thing.", at + 1));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// An amount that may be left empty.
///
/// # Errors
/// A sentence about the number.
pub fn read_amount(field: &str) -> Result<Option<Money>, String> {
    limit::<Money>(field, "Two approvers", "value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::policy::Policy;

    #[test]
    fn the_starting_rules_pass_through_the_editor_unchanged() {
        for rule in Policy::starting().rules {
            assert_eq!(RuleForm::of(&rule).read(), Ok(rule));
        }
    }

    #[test]
    fn an_empty_limit_does_not_limit_and_zero_limits_to_zero() {
        let mut form = RuleForm { of: "A".into(), ..RuleForm::default() };
        form.levels[0].0[0] = "0".into();
        let rule = form.read().expect("a rule");
        assert_eq!((rule.recount.units_short, rule.recount.units_over), (Some(Quantity::ZERO), None));
        assert_eq!(rule.alert, None);
    }

    #[test]
    fn a_wrong_number_is_named_with_rule_level_and_column() {
        let mut form = RuleForm { of: "A".into(), ..RuleForm::default() };
        form.levels[1].0[3] = "1,5".into();
        let sentence =
            read_all(&[RuleForm { scope: "site".into(), ..RuleForm::default() }, form.clone()]).expect_err("a comma");
        assert!(sentence.starts_with("Rule 2: Approve, % over: “1,5” has a comma"), "{sentence}");
        form.levels[1].0[3] = "-2".into();
        assert!(form.read().expect_err("a sign").contains("without a sign"));
    }

    #[test]
    fn two_rules_about_the_same_thing_are_refused() {
        let form = RuleForm { of: "A".into(), ..RuleForm::default() };
        assert!(read_all(&[form.clone(), form]).expect_err("twice").starts_with("Rule 2"));
        assert!(RuleForm::default().read().expect_err("no name").contains("Say which"));
    }
}

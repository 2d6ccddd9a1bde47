//! Thresholds: which tolerance rule fits, and on which side of its limits a variance lies (`DOMAIN.md` section 5).
//!
//! Absent: what follows from it ([`crate::judge`]).

use crate::{
    id::ItemId,
    item::{Item, Tracking},
    money::Money,
    policy::{FoundStock, Limits, Percent, RuleScope, ToleranceRule},
    quantity::{Quantity, SCALE},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What rules and values need to know of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    /// Which.
    pub id: ItemId,
    /// Its code.
    pub sku: String,
    /// Category, empty where there is none.
    pub category: String,
    /// ABC class, empty where there is none.
    pub abc: String,
    /// Cost of one base unit; `None` is unknown, not zero.
    pub unit_cost: Option<Money>,
    /// How its units are told apart.
    pub tracking: Tracking,
}

impl From<&Item> for ItemFacts {
    fn from(item: &Item) -> Self {
        Self {
            id: item.id,
            sku: item.sku.clone(),
            category: item.category.clone(),
            abc: item.abc.clone(),
            unit_cost: item.unit_cost,
            tracking: item.tracking,
        }
    }
}

/// How far beyond tolerance a variance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Inside all limits.
    Within,
    /// A supervisor decides.
    Approve,
    /// Somebody else counts it again.
    Recount,
}

impl Level {
    /// The word used in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Approve => "approve",
            Self::Recount => "recount",
        }
    }
    /// Reads the word of a table.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Within, Self::Approve, Self::Recount].into_iter().find(|level| level.word() == word)
    }
}

/// What a rule says about a variance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerance {
    /// How far beyond.
    pub level: Level,
    /// Whether the owner is to be told at once.
    pub alert: bool,
    /// The rule in words: "beyond ±2 % for class A".
    pub rule: String,
}

/// The rule that fits an item in a zone: the most specific one, in the order item, category, ABC class, zone, site,
/// default. Of two rules about the same thing the one written first. `None` when no rule fits.
///
/// An item without a category or class, and a location without a zone, fits no rule about categories, classes or zones.
pub fn rule_for<'a>(rules: &'a [ToleranceRule], item: &ItemFacts, zone: &str) -> Option<&'a ToleranceRule> {
    let fits = |of: &str, has: &str| !has.is_empty() && of == has;
    let rank = |scope: &RuleScope| match scope {
        RuleScope::Item(id) => (*id == item.id).then_some(0_u8),
        RuleScope::Category(of) => fits(of, &item.category).then_some(1),
        RuleScope::Abc(of) => fits(of, &item.abc).then_some(2),
        RuleScope::Zone(of) => fits(of, zone).then_some(3),
        RuleScope::Site => Some(4),
        RuleScope::Default => Some(5),
    };
    rules
        .iter()
        .filter_map(|rule| rank(&rule.scope).map(|rank| (rank, rule)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, rule)| rule)
}

/// Judges a variance by a rule. Without a rule every difference is beyond: nothing passes because nobody wrote a rule.
///
/// `value` is the variance at unit cost; `None` is unknown, and where a value limit is given an unknown value of a
/// difference is beyond it: unknown is not zero.
///
/// # Source
/// `DOMAIN.md` section 5.
pub fn level(rule: Option<&ToleranceRule>, variance: Quantity, book: Quantity, value: Option<Money>) -> Tolerance {
    let Some(rule) = rule else {
        let level = if variance.is_zero() { Level::Within } else { Level::Recount };
        let rule = if variance.is_zero() { "no difference" } else { "any difference, as no rule fits" };
        return Tolerance { level, alert: false, rule: rule.into() };
    };
    let about = Scope(&rule.scope);
    let beyond = |limits: &Limits| beyond(limits, rule.found_stock, variance, book, value);
    let alert = rule.alert.as_ref().and_then(beyond).is_some();
    let (level, words) = match (beyond(&rule.recount), beyond(&rule.approve)) {
        (Some(words), _) => (Level::Recount, words),
        (None, Some(words)) => (Level::Approve, words),
        (None, None) => (Level::Within, "within tolerance".into()),
    };
    Tolerance { level, alert, rule: format!("{words} {about}") }
}

/// The first limit that the variance is beyond, in words; `None`: inside all limits given.
fn beyond(
    limits: &Limits,
    found_stock: FoundStock,
    variance: Quantity,
    book: Quantity,
    value: Option<Money>,
) -> Option<String> {
    if variance.is_zero() {
        return None;
    }
    if book.is_zero() && found_stock == FoundStock::AlwaysBeyond {
        return Some("stock found where the book says none".into());
    }
    let short = variance.is_negative();
    let size = i128::from(variance.micro()).abs();
    let (units, percent, most) = if short {
        (limits.units_short, limits.percent_short, limits.value_short)
    } else {
        (limits.units_over, limits.percent_over, limits.value_over)
    };
    if let Some(limit) = units.filter(|limit| size > i128::from(limit.micro())) {
        let sign = sign(short, limits.units_over == limits.units_short);
        return Some(format!("beyond {sign}{limit} units"));
    }
    if let Some(limit) = percent.filter(|limit| !book.is_zero() && beyond_percent(size, book, *limit)) {
        let sign = sign(short, limits.percent_over == limits.percent_short);
        return Some(format!("beyond {sign}{limit} %"));
    }
    let limit = most?;
    let sign = sign(short, limits.value_over == limits.value_short);
    match value {
        None => Some(format!("value unknown, with a limit of {sign}{limit} in value")),
        Some(value) if i128::from(value.micro()).abs() > i128::from(limit.micro()) => {
            Some(format!("beyond {sign}{limit} in value"))
        }
        Some(_) => None,
    }
}

/// |variance| / |book| × 100 > limit, without dividing: nothing is rounded. 128 bits hold every product of two
/// scaled numbers (2 × 63 bits), and 63 bits times 10⁸ (27 bits).
const fn beyond_percent(size: i128, book: Quantity, limit: Percent) -> bool {
    size * 100 * (SCALE as i128) > (limit.micro() as i128) * (book.micro() as i128).abs()
}

const fn sign(short: bool, both_alike: bool) -> &'static str {
    match (both_alike, short) {
        (true, _) => "±",
        (false, true) => "−",
        (false, false) => "+",
    }
}

struct Scope<'a>(&'a RuleScope);

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            RuleScope::Item(_) => f.write_str("for this item"),
            RuleScope::Category(of) => write!(f, "for category {of}"),
            RuleScope::Abc(of) => write!(f, "for class {of}"),
            RuleScope::Zone(of) => write!(f, "for zone {of}"),
            RuleScope::Site => f.write_str("for the site"),
            RuleScope::Default => f.write_str("by default"),
        }
    }
}

#[cfg(test)]
mod tests;

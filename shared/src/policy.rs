//! The policy of a count: what several sheets mean, how many rounds, which tolerances. Frozen when the count is made,
//! so that a later change of rules never re-judges work that was planned under the old ones.
//!
//! Absent: judging. The rules are applied in [`crate::threshold`] and [`crate::recount`].

use crate::{
    id::ItemId,
    money::Money,
    quantity::{NumberError, Quantity, parse_scaled, write_scaled},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// An exact percentage with up to six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    micro: i64,
}

impl Percent {
    /// From millionths of one percent.
    pub const fn from_micro(micro: i64) -> Self {
        Self { micro }
    }
    /// In millionths of one percent.
    pub const fn micro(self) -> i64 {
        self.micro
    }
}

impl std::str::FromStr for Percent {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        parse_scaled(text).map(Self::from_micro)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(self.micro, f)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(format!("percentage \"{text}\" {error}")))
    }
}

/// Signed limits. A limit that is not given does not limit; zero is a limit of zero (`DOMAIN.md` section 5).
/// All limits are magnitudes (not below zero); `over` is for more on the shelf than in the book, `short` for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Base units too many.
    pub units_over: Option<Quantity>,
    /// Base units too few.
    pub units_short: Option<Quantity>,
    /// Percent of the book too many.
    pub percent_over: Option<Percent>,
    /// Percent of the book too few.
    pub percent_short: Option<Percent>,
    /// Value too much.
    pub value_over: Option<Money>,
    /// Value too little.
    pub value_short: Option<Money>,
}

/// What a tolerance rule is about; the most specific that fits is used.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum RuleScope {
    /// One item.
    Item(ItemId),
    /// Items of one category.
    Category(String),
    /// Items of one ABC class.
    Abc(String),
    /// Locations of one zone.
    Zone(String),
    /// The whole site.
    Site,
    /// The installation's own default.
    Default,
}

/// What to do with stock found where the book says none, where a percentage means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundStock {
    /// Found stock is always beyond.
    #[default]
    AlwaysBeyond,
    /// Found stock is judged by the unit and value limits.
    ByUnitsAndValue,
}

/// One tolerance rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToleranceRule {
    /// What it is about.
    pub scope: RuleScope,
    /// Beyond these, the key is counted once more by somebody else.
    pub recount: Limits,
    /// Beyond these, a supervisor decides.
    pub approve: Limits,
    /// Beyond these, the owner is told at once; `None` never alerts.
    #[serde(default)]
    pub alert: Option<Limits>,
    /// What stock found against a book of zero means.
    #[serde(default)]
    pub found_stock: FoundStock,
}

/// What sheets of different people for one location and round mean, unless a sheet says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Each counted the whole location: compare.
    #[default]
    Independent,
    /// They shared it: add up.
    Shared,
}

/// The frozen policy of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What sheets of different people mean.
    pub meaning: Meaning,
    /// Whether counters see no book quantity. The handheld never receives one either way.
    pub blind: bool,
    /// Rounds before the evidence goes to a supervisor (default 3).
    pub rounds_max: u8,
    /// Which version of the site's rules these are.
    pub rules_version: i64,
    /// The rules, in the order they were written; specificity decides, not the order.
    pub rules: Vec<ToleranceRule>,
    /// Whether a variance within tolerance is posted by itself or left and tracked. Never posted when ambiguous.
    pub post_within_tolerance: bool,
    /// Value above which two people must approve; `None`: one is enough.
    pub dual_above: Option<Money>,
}

impl Policy {
    /// The policy of a fresh installation: every difference is recounted once, and a supervisor decides.
    pub fn starting() -> Self {
        let zero = Limits { units_over: Some(Quantity::ZERO), units_short: Some(Quantity::ZERO), ..Limits::default() };
        Self {
            meaning: Meaning::Independent,
            blind: true,
            rounds_max: 3,
            rules_version: 0,
            rules: vec![ToleranceRule {
                scope: RuleScope::Default,
                recount: zero,
                approve: zero,
                alert: None,
                found_stock: FoundStock::AlwaysBeyond,
            }],
            post_within_tolerance: false,
            dual_above: None,
        }
    }
}

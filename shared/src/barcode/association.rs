//! Which elements may, may not and must stand together on one thing.
//!
//! A handheld sees one label of several, so what is missing is only a warning; what contradicts is more, because one of
//! the values must be wrong. Absent: reading ([`super::gs1`]).

use super::{
    gs1::Element,
    table::{self, Rule},
};

/// Something that does not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The same identifier with two values.
    Repeated(String),
    /// Two that say different things about the same.
    Contradiction(String, String),
    /// Two that the standard does not put together, although each may be right.
    Excluded(String, String),
    /// Something that should stand beside it is on another label, or forgotten.
    Missing {
        /// Beside what.
        beside: String,
        /// Alternatives, each of identifiers joined by `+`.
        needs: &'static str,
    },
}

impl Problem {
    /// Whether one of the values must be wrong.
    pub const fn is_contradiction(&self) -> bool {
        matches!(self, Self::Repeated(_) | Self::Contradiction(..))
    }
}

/// Everything that does not go together, in the order of the elements.
pub fn problems(elements: &[Element]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, element) in elements.iter().enumerate() {
        let Some(rule) = table::find(&element.ai) else { continue };
        let earlier = &elements[..at];
        if earlier.iter().any(|old| old.ai == element.ai && old.value != element.value) {
            problems.push(Problem::Repeated(element.ai.clone()));
        }
        for old in earlier.iter().filter(|old| old.ai != element.ai) {
            let old_rule = table::find(&old.ai);
            if excludes(rule, &element.ai, &old.ai) || old_rule.is_some_and(|rule| excludes(rule, &old.ai, &element.ai))
            {
                let pair = (old.ai.clone(), element.ai.clone());
                problems.push(if contradict(&pair.0, &pair.1) {
                    Problem::Contradiction(pair.0, pair.1)
                } else {
                    Problem::Excluded(pair.0, pair.1)
                });
            }
        }
        if !rule.needs.is_empty() && !is_met(rule.needs, elements) {
            problems.push(Problem::Missing { beside: element.ai.clone(), needs: rule.needs });
        }
        if element.ai == "8030" && elements.iter().any(is_key_without_serial) {
            problems.push(Problem::Missing { beside: element.ai.clone(), needs: rule.needs });
        }
    }
    problems
}

fn excludes(rule: &Rule, own: &str, other: &str) -> bool {
    let family = rule.is_alone && own.len() == other.len() && own.get(..3) == other.get(..3);
    family || rule.excludes.split(' ').any(|pattern| matches(pattern, other))
}

/// # Source
/// `HANDHELD.md` 2.3, rule 3.
fn contradict(a: &str, b: &str) -> bool {
    let pair = |x: &str, y: &str| matches!((x, y), ("01", "02" | "37") | ("21", "235"));
    let measure = |ai: &str| matches!(ai.as_bytes(), [b'3', b'1'..=b'6', _, _]);
    pair(a, b) || pair(b, a) || (measure(a) && measure(b) && a[..3] == b[..3])
}

fn is_met(needs: &str, elements: &[Element]) -> bool {
    let present = |pattern: &str| elements.iter().any(|element| matches(pattern, &element.ai));
    needs.split(' ').any(|group| group.split('+').all(present))
}

/// `n` is any digit.
fn matches(pattern: &str, ai: &str) -> bool {
    let fits = |(pattern, digit): (u8, u8)| pattern == digit || (pattern == b'n' && digit.is_ascii_digit());
    pattern.len() == ai.len() && pattern.bytes().zip(ai.bytes()).all(fits)
}

/// A signature is of one thing, so a key that may do without a serial number must have one.
fn is_key_without_serial(element: &Element) -> bool {
    let key_digits = match element.ai.as_str() {
        "253" | "255" => 13,
        "8003" => 14,
        _ => return false,
    };
    element.value.len() <= key_digits
}

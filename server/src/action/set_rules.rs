//! An admin sets the tolerance rules. Counts that exist keep the rules they were made under.

use super::{Doer, Failure};
use crate::store::{WriteTx, rule};
use shared::{
    api::master::Thresholds,
    fact::Fact,
    policy::{Limits, ToleranceRule},
};

/// Rules, at most: more than that is a list of items, which has a place of its own.
const RULES_MAX: usize = 1_000;

/// Sets the rules; answers their version.
///
/// # Errors
/// `stale_version` when somebody else has set them since, `bad_limit`, `too_many_rules`, `no_default`.
pub fn set_rules(tx: &mut WriteTx<'_>, doer: &Doer, request: &Thresholds) -> Result<i64, Failure> {
    let current = rule::policy(tx.conn(), doer.site)?.rules_version;
    if request.version != current {
        let sentence = format!(
            "Somebody has changed the rules since you opened them (version {current} now). Look at theirs, then change again."
        );
        return Err(Failure::refused("stale_version", sentence));
    }
    if request.rules.len() > RULES_MAX {
        let sentence = format!("There can be up to {RULES_MAX} rules.");
        return Err(Failure::refused("too_many_rules", sentence));
    }
    if let Some(rule) = request.rules.iter().position(has_negative) {
        let sentence =
            format!("Rule {} has a limit below zero. Limits are amounts; over and short are apart already.", rule + 1);
        return Err(Failure::refused("bad_limit", sentence));
    }
    if request.dual_above.is_some_and(|limit| limit.is_negative()) {
        return Err(Failure::refused("bad_limit", "The dual limit is below zero. It is an amount."));
    }
    let version = current + 1;
    let fact = Fact::RulesSet {
        version,
        rules: request.rules.clone(),
        dual_above: request.dual_above,
        post_within_tolerance: request.post_within_tolerance,
    };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(version)
}

fn has_negative(rule: &ToleranceRule) -> bool {
    let negative = |limits: &Limits| {
        let units = [limits.units_over, limits.units_short].into_iter().flatten();
        let values = [limits.value_over, limits.value_short].into_iter().flatten();
        let percents = [limits.percent_over, limits.percent_short].into_iter().flatten();
        units
            .map(|limit| limit.micro())
            .chain(values.map(|limit| limit.micro()))
            .chain(percents.map(|limit| limit.micro()))
            .any(|limit| limit < 0)
    };
    negative(&rule.recount) || negative(&rule.approve) || rule.alert.as_ref().is_some_and(negative)
}

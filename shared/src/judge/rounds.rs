//! From the rounds of one key to where it stands: the upper half of the state machine of `DOMAIN.md` section 6.
//!
//! Absent: the lower half, what supervisors do with it ([`crate::approval`]).

use super::{Agreement, GroupResult, KeyState, KeyVerdict, RoundResult};
use crate::{policy::Policy, threshold::Level, variance::VarianceKind};

/// Where a key stands after all its rounds. `next` is the round of the location in which it would be counted again.
///
/// A round that a supervisor ordered is used up where the rounds before it had left the key to the supervisor; one that
/// is not used up yet sends the key to the next round.
pub(super) fn decide(policy: &Policy, rounds: Vec<RoundResult>, ordered: u8, next: u8) -> KeyVerdict {
    let mut allowed = usize::from(policy.rounds_max.max(1));
    let mut ordered = ordered;
    let mut state = KeyState::Recounting { round: next };
    for known in 1..=rounds.len() {
        state = after(&rounds[..known], allowed, next);
        let with_supervisor = matches!(state, KeyState::AwaitingApproval | KeyState::Confirmed | KeyState::Escalated);
        if with_supervisor && ordered > 0 {
            ordered -= 1;
            allowed = allowed.max(known + 1);
            state = KeyState::Recounting { round: next };
        }
    }
    let standing = standing(&rounds, state);
    let post = policy.post_within_tolerance
        && matches!(state, KeyState::Accepted | KeyState::Within)
        && rounds.get(standing).and_then(RoundResult::shown).is_some_and(|result| {
            result.is_firm() && result.variance.kind == VarianceKind::Plain && !result.variance.variance.is_zero()
        });
    KeyVerdict { rounds, state, standing, post }
}

fn after(rounds: &[RoundResult], allowed: usize, next: u8) -> KeyState {
    let Some((last, earlier)) = rounds.split_last() else { return KeyState::Recounting { round: next } };
    let again = if rounds.len() < allowed { KeyState::Recounting { round: next } } else { KeyState::Escalated };
    let clear = matches!(last.agreement, Agreement::Single | Agreement::Agree);
    let Some(result) = last.shown().filter(|_| clear) else { return again };
    // an ambiguous variance is never accepted and confirms nothing
    if result.variance.kind == VarianceKind::Ambiguous {
        return again;
    }
    let doubted = last.groups.iter().any(|group| !group.doubts.is_empty());
    if earlier.is_empty() {
        return match result.tolerance.level {
            _ if result.variance.variance.is_zero() => KeyState::Accepted,
            Level::Within => KeyState::Within,
            _ if last.agreement == Agreement::Agree && doubted => KeyState::Escalated,
            _ if last.agreement == Agreement::Agree => KeyState::Confirmed,
            Level::Approve => KeyState::AwaitingApproval,
            Level::Recount => again,
        };
    }
    // a recount by somebody who has counted the key before is evidence, and settles nothing
    if earlier.iter().any(|round| !round.people.is_disjoint(&last.people)) {
        return again;
    }
    if result.is_within() && !doubted {
        return KeyState::Accepted;
    }
    let same = |group: &GroupResult| {
        group.variance.kind != VarianceKind::Ambiguous && group.variance.variance == result.variance.variance
    };
    let confirming: Vec<&GroupResult> =
        earlier.iter().flat_map(|round| &round.groups).filter(|group| same(group)).collect();
    let doubted_too = confirming.iter().all(|group| !group.doubts.is_empty());
    match (last.agreement, confirming.is_empty()) {
        (Agreement::Single, true) => again,
        (Agreement::Agree, true) if !doubted => KeyState::Confirmed,
        (_, false) if !doubted && !doubted_too => KeyState::Confirmed,
        _ => KeyState::Escalated,
    }
}

/// The round to decide on: the last one; where all of them go to a supervisor, the last one that is not ambiguous.
fn standing(rounds: &[RoundResult], state: KeyState) -> usize {
    let last = rounds.len().saturating_sub(1);
    if state != KeyState::Escalated {
        return last;
    }
    let plain = |round: &RoundResult| {
        round.agreement != Agreement::Unclear
            && round.shown().is_some_and(|result| result.variance.kind != VarianceKind::Ambiguous)
    };
    rounds.iter().rposition(plain).unwrap_or(last)
}

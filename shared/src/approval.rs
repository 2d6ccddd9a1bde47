//! Who may decide a discrepancy (`DOMAIN.md` section 6: not by anyone who counted any round of the key, or typed a
//! paper sheet of it in; value within
//! the approver's limit; above the dual limit, two approvers; approving twice is one approval; a refusal quotes the rule).
//!
//! Absent: roles (the route table checks them first) and what an approval posts ([`crate::adjustment`]).

use crate::{api::discrepancy::DiscrepancyState, id::PersonId, money::Money, refusal::Refusal};

/// What a decision is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Who wants to decide.
    pub person: PersonId,
    /// Up to which value they may; `None` is no limit.
    pub limit: Option<Money>,
    /// Everybody who counted the key in any round.
    pub counted_by: &'a [PersonId],
    /// Everybody who typed in a paper sheet of it.
    pub typed_by: &'a [PersonId],
    /// The value of the variance; `None` where the item's cost is unknown.
    pub value: Option<Money>,
    /// Who has approved this evidence already. An approval of earlier evidence is not among them.
    pub earlier_approvals: &'a [PersonId],
    /// Value above which two people must approve; `None`: one is enough.
    pub dual_above: Option<Money>,
    /// Where the discrepancy stands.
    pub state: DiscrepancyState,
}

/// What an approval does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApprovalStep {
    /// The adjustment is posted.
    Posts,
    /// The first of two: a second person has to approve before anything is posted.
    FirstOfTwo,
}

/// Whether a person may approve, and what that does.
///
/// # Errors
/// `already_approved_by_you`, `not_awaiting_decision`, `approver_counted`, `approver_typed`, `above_limit`, `value_unknown_above_limit`.
pub fn may_approve(case: &Case<'_>) -> Result<ApprovalStep, Refusal> {
    if case.earlier_approvals.contains(&case.person) {
        return Err(Refusal::new(
            "already_approved_by_you",
            "You have approved this already; approving twice is one approval. Where two are needed, somebody else has to approve as well.",
        ));
    }
    awaits(case)?;
    has_not_counted(case)?;
    within_limit(case)?;
    let two_needed = case.dual_above.is_some_and(|dual| above(case.value, dual).unwrap_or(true));
    Ok(if two_needed && case.earlier_approvals.is_empty() { ApprovalStep::FirstOfTwo } else { ApprovalStep::Posts })
}

/// Whether a person may let the book stand. One is enough; the value limit holds, because letting the book stand
/// decides about the same amount.
///
/// # Errors
/// `not_awaiting_decision`, `approver_counted`, `approver_typed`, `above_limit`, `value_unknown_above_limit`.
pub fn may_reject(case: &Case<'_>) -> Result<(), Refusal> {
    awaits(case)?;
    has_not_counted(case)?;
    within_limit(case)
}

/// Whether a person may order one more round. It settles nothing, so no value limit holds.
///
/// # Errors
/// `not_awaiting_decision`, `approver_counted`, `approver_typed`.
pub fn may_order_round(case: &Case<'_>) -> Result<(), Refusal> {
    awaits(case)?;
    has_not_counted(case)
}

fn awaits(case: &Case<'_>) -> Result<(), Refusal> {
    if case.state.awaits_decision() {
        return Ok(());
    }
    let sentence = match case.state {
        DiscrepancyState::Recounting => {
            "Somebody is counting this again; it can be decided when that count is here.".to_owned()
        }
        DiscrepancyState::Accepted => "A later count was within tolerance; there is nothing left to decide.".to_owned(),
        state => format!("This has been decided ({}); the record stands.", state.word().replace('_', " ")),
    };
    Err(Refusal::new("not_awaiting_decision", sentence))
}

fn has_not_counted(case: &Case<'_>) -> Result<(), Refusal> {
    if case.counted_by.contains(&case.person) {
        let sentence =
            "You counted this yourself. Whoever counted any round of it may not decide it; ask another supervisor.";
        return Err(Refusal::new("approver_counted", sentence));
    }
    if case.typed_by.contains(&case.person) {
        let sentence = "You typed a paper sheet of this in. Whoever wrote the evidence down, by hand or by keyboard, may not decide about it; ask another supervisor.";
        return Err(Refusal::new("approver_typed", sentence));
    }
    Ok(())
}

fn within_limit(case: &Case<'_>) -> Result<(), Refusal> {
    let Some(limit) = case.limit else { return Ok(()) };
    match above(case.value, limit) {
        Some(false) => Ok(()),
        Some(true) => {
            let value = case.value.unwrap_or(Money::ZERO);
            let sentence = format!(
                "The variance is worth {value}, and you may decide up to {limit}. Somebody with a higher limit has to decide it."
            );
            Err(Refusal::new("above_limit", sentence))
        }
        None => {
            let sentence = format!(
                "The item's cost is unknown, so the value cannot be held against your limit of {limit}. Record a cost, or ask somebody without a limit."
            );
            Err(Refusal::new("value_unknown_above_limit", sentence))
        }
    }
}

/// Whether a value lies above a limit, either way; `None` where it is unknown.
fn above(value: Option<Money>, limit: Money) -> Option<bool> {
    value.map(|value| value.micro().unsigned_abs() > limit.micro().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SUPERVISOR: PersonId = PersonId(1);
    const SECOND: PersonId = PersonId(2);
    const COUNTER: PersonId = PersonId(3);

    fn money(text: &str) -> Money {
        text.parse().expect("money")
    }

    fn plain<'a>() -> Case<'a> {
        Case {
            person: SUPERVISOR,
            limit: None,
            counted_by: &[COUNTER],
            typed_by: &[],
            value: Some(money("-50")),
            earlier_approvals: &[],
            dual_above: None,
            state: DiscrepancyState::Confirmed,
        }
    }

    fn check(case: Case<'_>, expected: Result<ApprovalStep, &str>) {
        let step = may_approve(&case).map_err(|refusal| refusal.code);
        assert_eq!(step, expected.map_err(str::to_owned), "{case:?}");
    }

    #[test]
    fn an_approval_posts_or_is_the_first_of_two_or_is_refused_by_a_named_rule() {
        use ApprovalStep::{FirstOfTwo, Posts};
        check(plain(), Ok(Posts));
        check(Case { state: DiscrepancyState::AwaitingApproval, ..plain() }, Ok(Posts));
        check(Case { state: DiscrepancyState::Escalated, ..plain() }, Ok(Posts));
        check(Case { person: COUNTER, ..plain() }, Err("approver_counted"));
        check(Case { person: SECOND, typed_by: &[SECOND], ..plain() }, Err("approver_typed"));
        check(Case { typed_by: &[SECOND], ..plain() }, Ok(Posts));
        check(Case { limit: Some(money("50")), ..plain() }, Ok(Posts));
        check(Case { limit: Some(money("49.999999")), ..plain() }, Err("above_limit"));
        check(Case { limit: Some(Money::ZERO), value: Some(Money::ZERO), ..plain() }, Ok(Posts));
        check(Case { limit: Some(money("1000000")), value: None, ..plain() }, Err("value_unknown_above_limit"));
        check(Case { value: None, ..plain() }, Ok(Posts));
        check(Case { dual_above: Some(money("50")), ..plain() }, Ok(Posts));
        check(Case { dual_above: Some(money("49")), ..plain() }, Ok(FirstOfTwo));
        check(Case { dual_above: Some(money("49")), value: None, ..plain() }, Ok(FirstOfTwo));
        let half = Case { dual_above: Some(money("49")), state: DiscrepancyState::HalfApproved, ..plain() };
        check(Case { earlier_approvals: &[SECOND], ..half }, Ok(Posts));
        check(Case { earlier_approvals: &[SUPERVISOR], ..half }, Err("already_approved_by_you"));
        check(
            Case { earlier_approvals: &[SUPERVISOR], state: DiscrepancyState::Posted, ..plain() },
            Err("already_approved_by_you"),
        );
    }

    #[test]
    fn only_what_awaits_a_decision_is_decided() {
        for state in DiscrepancyState::ALL {
            let case = Case { state, ..plain() };
            let code = |refused: Result<(), Refusal>| refused.err().map(|refusal| refusal.code);
            let expected = (!state.awaits_decision()).then(|| "not_awaiting_decision".to_owned());
            assert_eq!(code(may_approve(&case).map(drop)), expected, "{state:?}");
            assert_eq!(code(may_reject(&case)), expected, "{state:?}");
            assert_eq!(code(may_order_round(&case)), expected, "{state:?}");
        }
    }

    #[test]
    fn rejecting_needs_the_limit_and_ordering_a_round_does_not() {
        let small = Case { limit: Some(money("1")), ..plain() };
        assert_eq!(may_reject(&small).expect_err("above").code, "above_limit");
        assert_eq!(may_order_round(&small), Ok(()));
        let counted = Case { person: COUNTER, ..plain() };
        assert_eq!(may_reject(&counted).expect_err("counted").code, "approver_counted");
        let typed = Case { typed_by: &[SUPERVISOR], ..plain() };
        assert_eq!(may_reject(&typed).expect_err("typed").code, "approver_typed");
        assert_eq!(may_order_round(&typed).expect_err("typed").code, "approver_typed");
        assert_eq!(may_order_round(&counted).expect_err("counted").code, "approver_counted");
    }

    proptest! {
        #[test]
        fn nothing_above_the_dual_limit_posts_on_one_persons_word(
            people in proptest::collection::vec(0_i64..4, 1..8),
            counted in proptest::collection::vec(0_i64..4, 0..3),
            value in proptest::option::of(-100_i64..100),
            dual in proptest::option::of(0_i64..100),
        ) {
            let counted: Vec<PersonId> = counted.into_iter().map(PersonId).collect();
            let (value, dual) = (value.map(Money::from_micro), dual.map(Money::from_micro));
            let (mut approvals, mut state) = (Vec::new(), DiscrepancyState::Confirmed);
            for person in people.into_iter().map(PersonId) {
                let case = Case { person, limit: None, counted_by: &counted, typed_by: &[], value, earlier_approvals: &approvals, dual_above: dual, state };
                match may_approve(&case) {
                    Ok(ApprovalStep::FirstOfTwo) => { approvals.push(person); state = DiscrepancyState::HalfApproved; }
                    Ok(ApprovalStep::Posts) => { approvals.push(person); state = DiscrepancyState::Posted; }
                    Err(_) => {}
                }
            }
            prop_assert!(approvals.iter().all(|person| !counted.contains(person)));
            let different: std::collections::BTreeSet<_> = approvals.iter().collect();
            prop_assert_eq!(different.len(), approvals.len());
            if state == DiscrepancyState::Posted {
                let large = dual.is_some_and(|dual| value.is_none_or(|value| value.micro().abs() > dual.micro()));
                prop_assert_eq!(approvals.len(), if large { 2 } else { 1 });
            }
        }
    }
}

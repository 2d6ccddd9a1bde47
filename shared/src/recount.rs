//! Who counts a key again: somebody who has not counted it, chosen in the open (`DOMAIN.md` section 6).
//!
//! Absent: making and handing out the task, and the rounds ([`crate::judge`]).

use crate::id::PersonId;
use std::collections::BTreeSet;

/// Somebody who could count again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// Whether they are at work now: heard of from a handheld within the shift.
    pub on_shift: bool,
    /// Steps of the walk from where they last counted to the location; `None` is unknown, taken as farthest.
    pub distance: Option<u64>,
    /// Tasks they have open.
    pub load: u32,
    /// Of a thousand of their counts that were recounted, how many the recount changed.
    pub overturn_permille: u32,
}

/// Who was chosen, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who.
    pub person: PersonId,
    /// Why they, in words.
    pub why: String,
}

/// Chooses who counts again: on shift first, then nearest by walk order, least loaded, lowest overturn rate, and
/// the smallest number where all of it is alike, so that the same facts always choose the same person.
///
/// `excluded` is everybody who counted the key, and everybody who may not count. Whoever typed a paper sheet of it in has
/// read what was counted, and is excluded like whoever counted. `None`: nobody is left; the lead has to be told, and
/// nothing is assigned.
///
/// # Source
/// `DOMAIN.md` section 6.
pub fn choose(candidates: &[Candidate], excluded: &BTreeSet<PersonId>) -> Option<Choice> {
    let far = |candidate: &Candidate| candidate.distance.unwrap_or(u64::MAX);
    let best = candidates.iter().filter(|candidate| !excluded.contains(&candidate.person)).min_by_key(|candidate| {
        (!candidate.on_shift, far(candidate), candidate.load, candidate.overturn_permille, candidate.person)
    })?;
    let shift = if best.on_shift { "on shift" } else { "not on shift, like everybody left" };
    let distance = best.distance.map_or_else(|| "distance unknown".into(), |steps| counted(steps, "bin") + " away");
    let load = counted(u64::from(best.load), "open task");
    let (whole, tenth) = (best.overturn_permille / 10, best.overturn_permille % 10);
    let has_not = if excluded.is_empty() { "" } else { "has not counted it, " };
    let why = format!("{has_not}{shift}, {distance}, {load}, {whole}.{tenth} % of their recounted lines were changed");
    Some(Choice { person: best.person, why })
}

fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn anybody(person: i64) -> Candidate {
        Candidate { person: PersonId(person), on_shift: true, distance: Some(10), load: 2, overturn_permille: 30 }
    }

    fn check(candidates: &[Candidate], excluded: &[i64], chosen: Option<i64>) {
        let excluded = excluded.iter().copied().map(PersonId).collect();
        assert_eq!(
            choose(candidates, &excluded).map(|choice| choice.person.0),
            chosen,
            "{candidates:?} without {excluded:?}"
        );
    }

    #[test]
    fn who_counted_the_key_is_never_chosen_and_nobody_left_is_nobody() {
        check(&[anybody(1), anybody(2)], &[1], Some(2));
        check(&[anybody(1), anybody(2)], &[1, 2], None);
        check(&[], &[], None);
    }

    #[test]
    fn preference_is_shift_then_distance_then_load_then_overturn_rate() {
        check(&[Candidate { on_shift: false, distance: Some(0), ..anybody(1) }, anybody(2)], &[], Some(2));
        check(&[anybody(1), Candidate { distance: Some(9), load: 9, ..anybody(2) }], &[], Some(2));
        check(&[Candidate { distance: None, load: 0, ..anybody(1) }, anybody(2)], &[], Some(2));
        check(&[anybody(1), Candidate { load: 1, overturn_permille: 900, ..anybody(2) }], &[], Some(2));
        check(&[anybody(1), Candidate { overturn_permille: 29, ..anybody(2) }], &[], Some(2));
        check(&[anybody(2), anybody(1)], &[], Some(1));
    }

    #[test]
    fn the_choice_says_why() {
        let near = Candidate { distance: Some(1), load: 1, overturn_permille: 45, ..anybody(2) };
        let why = choose(&[anybody(1), near], &BTreeSet::from([PersonId(1)])).expect("somebody").why;
        assert_eq!(
            why,
            "has not counted it, on shift, 1 bin away, 1 open task, 4.5 % of their recounted lines were changed"
        );
    }

    proptest! {
        #[test]
        fn the_choice_does_not_depend_on_the_order_of_candidates(
            traits in proptest::collection::vec((any::<bool>(), proptest::option::of(0_u64..4), 0_u32..3, 0_u32..3), 0..6),
            excluded in proptest::collection::btree_set(0_i64..6, 0..4),
        ) {
            let mut candidates: Vec<Candidate> = (0_i64..).zip(traits).map(|(person, (on_shift, distance, load, overturn_permille))| {
                Candidate { person: PersonId(person), on_shift, distance, load, overturn_permille }
            }).collect();
            let excluded: BTreeSet<PersonId> = excluded.into_iter().map(PersonId).collect();
            let forwards = choose(&candidates, &excluded);
            candidates.reverse();
            prop_assert_eq!(&forwards, &choose(&candidates, &excluded));
            prop_assert!(forwards.is_none_or(|choice| !excluded.contains(&choice.person)));
        }
    }
}

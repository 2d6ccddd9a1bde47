//! An open visit that goes on in another log: a handheld that leaves a log takes its open visits along, event for event,
//! and whatever is counted next follows them in the new log.
//!
//! Absent: storage, and which visits are open; the journal's head says that.

/// Whether a visit goes on in a log: of what counts of it so far there is something, and nothing is lacking among the
/// events of that log. What is lacking there, the handheld no longer knew of when it left; which of the two is right, a
/// person decides and nobody guesses.
///
/// `counts` are the exact bytes of the visit's events, `is_taken` says whether the log has an event of these bytes.
pub fn goes_on<'a>(counts: impl IntoIterator<Item = &'a [u8]>, is_taken: impl Fn(&[u8]) -> bool) -> bool {
    let mut counts = counts.into_iter().peekable();
    counts.peek().is_some() && counts.all(is_taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::btree_set, prelude::*};

    #[test]
    fn a_visit_that_nobody_knows_of_goes_on_nowhere() {
        assert!(!goes_on([], |_| true));
    }

    proptest! {
        #[test]
        fn it_goes_on_where_it_was_taken_whole(counts in btree_set(0_u8..12, 1..8), taken in btree_set(0_u8..12, 0..12)) {
            let counts: Vec<_> = counts.into_iter().map(|n| [n]).collect();
            let whole = counts.iter().all(|[n]| taken.contains(n));
            let found = goes_on(counts.iter().map(<[u8; 1]>::as_slice), |body| taken.contains(&body[0]));
            prop_assert_eq!(found, whole);
        }
    }
}

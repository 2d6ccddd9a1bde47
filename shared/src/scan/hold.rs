//! Which of a camera's many reads counts: a camera sees the same code ten times a second for as long as it is in view, and
//! that is one scan (`HANDHELD.md` 1.4, `CAMERA_SAME`).
//!
//! Absent: scanners, which send a code once for each pull of the trigger ([`super::HARDWARE_DUPLICATE_MS`]).

/// A code has to be out of view for this long before it counts again.
pub const SAME_MS: i64 = 1_500;
/// Another code does not count so soon after one that did: the camera sweeps over neighbours on its way.
pub const OTHER_MS: i64 = 300;
/// Codes remembered; more than a picture holds.
const SEEN_MAX: usize = 16;

/// What a camera saw lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hold {
    /// Codes in view, with the time at which each was seen last.
    seen: Vec<(String, i64)>,
    taken_ms: Option<i64>,
}

impl Hold {
    /// Whether this read is a scan. `now_ms` is of a clock that only goes forward.
    pub fn admits(&mut self, text: &str, now_ms: i64) -> bool {
        self.seen.retain(|(_, at)| now_ms.saturating_sub(*at) < SAME_MS);
        if let Some((_, at)) = self.seen.iter_mut().find(|(seen, _)| seen == text) {
            *at = now_ms;
            return false;
        }
        // what is passed over now is still there in a moment, and counts then
        if self.taken_ms.is_some_and(|taken| now_ms.saturating_sub(taken) < OTHER_MS) {
            return false;
        }
        if self.seen.len() >= SEEN_MAX {
            self.seen.remove(0);
        }
        self.seen.push((text.to_owned(), now_ms));
        self.taken_ms = Some(now_ms);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Hold;

    /// Feeds reads and returns the times of those that count.
    fn taken(reads: &[(i64, &'static str)]) -> Vec<(i64, &'static str)> {
        let mut hold = Hold::default();
        reads.iter().copied().filter(|(at, text)| hold.admits(text, *at)).collect()
    }

    #[test]
    fn a_code_that_stays_in_view_counts_once_however_long() {
        let reads: Vec<_> = (0..600).map(|n| (n * 100, "4006381333931")).collect();
        assert_eq!(taken(&reads), [(0, "4006381333931")]);
    }

    #[test]
    fn a_code_that_was_away_counts_again() {
        assert_eq!(taken(&[(0, "A"), (1_499, "A"), (2_998, "A"), (4_498, "A")]), [(0, "A"), (4_498, "A")]);
    }

    #[test]
    fn the_next_code_counts_after_a_moment_and_codes_side_by_side_do_not_take_turns() {
        let reads = [(0, "A"), (100, "B"), (200, "A"), (300, "B"), (400, "A"), (700, "B"), (1_100, "A"), (1_500, "B")];
        assert_eq!(taken(&reads), [(0, "A"), (300, "B")]);
    }

    #[test]
    fn a_wall_of_codes_costs_no_memory() {
        let mut hold = Hold::default();
        assert!((0..100).all(|n| hold.admits(&n.to_string(), n * 300)));
        assert!(hold.seen.len() <= 16);
    }
}

//! The handheld's clock against the server's: measured at each exchange, never trusted for more than choosing the book
//! instant of a scan (`SYNC.md` section 6).
//!
//! Absent: a clock. Wall and monotonic readings are handed in. No clock orders, refuses or drops anything (I10).

use crate::{event::CaptureTime, moment::Moment};
use serde::{Deserialize, Serialize};

/// A reading of both clocks of the device at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Wall clock, milliseconds since 1970.
    pub wall_ms: i64,
    /// Monotonic clock of this page; its zero means nothing.
    pub monotonic_ms: i64,
}

/// How far a quartz clock of a phone drifts: 100 parts per million is 9 seconds a day, twice what data sheets promise.
const DRIFT_PER_MILLION: i64 = 100;
/// Added after a restart of the page, when nobody can say whether the wall clock was set meanwhile.
const RESTART_MS: i64 = 2_000;
/// Wall and monotonic clock may differ by this much without anybody having set the wall clock: rounding, and the clock
/// being slewed by the network's time.
const JUMP_MS_MIN: i64 = 500;
/// Uncertainty while the offset was never measured: an hour, the commonest error of a clock set by hand.
const NEVER_MEASURED_MS: i64 = 3_600_000;
/// Uncertainty never exceeds this; the variance is ambiguous long before.
const UNCERTAINTY_MS_MAX: i64 = 7 * 86_400_000;

/// What is known of the clock. Stored with the journal, so that it survives a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClockModel {
    /// What to add to the wall clock to reach the server's.
    offset_ms: i64,
    /// Half the round trip of the measurement.
    error_ms: i64,
    /// The wall clock at the measurement; `None`: never measured.
    measured_wall_ms: Option<i64>,
    /// How much the wall clock was seen to jump since.
    jumps_ms: i64,
    /// The last reading of this page; not stored, because the monotonic clock starts anew with each page.
    #[serde(skip)]
    last: Option<Reading>,
}

impl ClockModel {
    /// What is to be added to reach the server's clock.
    pub const fn offset_ms(&self) -> i64 {
        self.offset_ms
    }
    /// Takes over what was stored by an earlier life of the page.
    pub fn after_restart(stored: Self) -> Self {
        Self { last: None, jumps_ms: stored.jumps_ms.saturating_add(RESTART_MS), ..stored }
    }
    /// Measures: the server said `server_now` somewhere between the two readings. A measurement less sure than what is
    /// known already, such as one over a network that stalls, changes nothing.
    pub fn measure(&mut self, sent: Reading, received: Reading, server_now: Moment) {
        let round_trip = received.monotonic_ms.saturating_sub(sent.monotonic_ms).max(0);
        let half = round_trip / 2;
        self.observe(received, false);
        if self.uncertainty_ms(received) <= half {
            return;
        }
        // the server's clock read half a round trip before the answer arrived, give or take as much
        *self = Self {
            offset_ms: server_now.0.saturating_add(half).saturating_sub(received.wall_ms),
            error_ms: half.saturating_add(1),
            measured_wall_ms: Some(received.wall_ms),
            jumps_ms: 0,
            last: Some(received),
        };
    }
    /// Compares the clocks with the last reading. `slept`: the page was hidden since; then a wall clock that is ahead is
    /// a device that slept (its monotonic clock stood still), not a clock that was set.
    pub fn observe(&mut self, now: Reading, slept: bool) {
        if let Some(last) = self.last {
            let wall = now.wall_ms.saturating_sub(last.wall_ms);
            let monotonic = now.monotonic_ms.saturating_sub(last.monotonic_ms);
            let jump = wall.saturating_sub(monotonic);
            if jump < -JUMP_MS_MIN || (jump > JUMP_MS_MIN && !slept) {
                self.jumps_ms = self.jumps_ms.saturating_add(jump.saturating_abs());
            }
        }
        self.last = Some(now);
    }
    /// The time of an event captured now.
    pub fn capture(&mut self, now: Reading) -> CaptureTime {
        self.observe(now, false);
        let uncertainty_ms = self.uncertainty_ms(now);
        CaptureTime { wall_ms: now.wall_ms, offset_ms: self.offset_ms, uncertainty_ms }
    }
    fn uncertainty_ms(&self, now: Reading) -> i64 {
        let uncertainty = match self.measured_wall_ms {
            None => NEVER_MEASURED_MS.saturating_add(self.jumps_ms),
            Some(measured) => {
                let age = now.wall_ms.saturating_sub(measured).saturating_abs();
                let drift = age / 1_000_000 * DRIFT_PER_MILLION + age % 1_000_000 * DRIFT_PER_MILLION / 1_000_000;
                self.error_ms.saturating_add(drift).saturating_add(self.jumps_ms)
            }
        };
        uncertainty.min(UNCERTAINTY_MS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(wall_ms: i64, monotonic_ms: i64) -> Reading {
        Reading { wall_ms, monotonic_ms }
    }

    fn measured() -> ClockModel {
        let mut clock = ClockModel::default();
        clock.measure(at(1_000_000, 500), at(1_000_080, 580), Moment(1_060_040));
        clock
    }

    #[test]
    fn the_offset_is_taken_in_the_middle_of_the_round_trip_and_is_sure_to_half_of_it() {
        let time = measured().capture(at(1_001_000, 1_500));
        assert_eq!((time.offset_ms, time.uncertainty_ms), (60_000, 41));
        assert_eq!(time.instant(), Moment(1_061_000));
    }

    #[test]
    fn a_day_without_the_server_costs_nine_seconds_and_a_restart_two() {
        let day = 86_400_000;
        let mut clock = measured();
        assert_eq!(clock.capture(at(1_000_080 + day, 580 + day)).uncertainty_ms, 41 + 8_640);
        let mut again = ClockModel::after_restart(measured());
        assert_eq!(again.capture(at(1_000_080, 0)).uncertainty_ms, 41 + 2_000);
        assert_eq!(ClockModel::default().capture(at(0, 0)).uncertainty_ms, 3_600_000);
    }

    #[test]
    fn a_wall_clock_set_in_the_middle_widens_the_window_by_the_jump_until_it_is_measured_again() {
        for jump in [-600_000, 600_000] {
            let mut clock = measured();
            let time = clock.capture(at(1_001_080 + jump, 1_580));
            assert!(time.uncertainty_ms >= 600_000 && time.uncertainty_ms < 601_000, "{time:?}");
            clock.measure(at(9, 2_000), at(9, 2_000), Moment(9));
            assert_eq!(clock.capture(at(9, 2_000)).uncertainty_ms, 1);
        }
    }

    #[test]
    fn a_device_that_slept_did_not_change_its_clock_but_one_set_back_did() {
        let mut clock = measured();
        clock.observe(at(1_000_080 + 600_000, 600), true);
        assert_eq!(clock.capture(at(1_000_080 + 600_000, 600)).uncertainty_ms, 41 + 60);
        clock.observe(at(1_000_080, 700), true);
        assert!(clock.capture(at(1_000_080, 700)).uncertainty_ms >= 600_000);
    }

    #[test]
    fn a_stalled_answer_does_not_replace_a_better_measurement() {
        let mut clock = measured();
        clock.measure(at(1_010_000, 10_500), at(1_050_000, 50_500), Moment(0));
        assert_eq!(clock, ClockModel { last: Some(at(1_050_000, 50_500)), ..measured() });
        clock.measure(at(1_050_000, 50_500), at(1_050_010, 50_510), Moment(1_110_005));
        assert_eq!(clock.capture(at(1_050_010, 50_510)).uncertainty_ms, 6);
    }

    #[test]
    fn a_nonsense_clock_is_uncertain_and_never_a_panic() {
        for (wall, monotonic) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, 0)] {
            let mut clock = measured();
            clock.observe(at(wall, monotonic), false);
            clock.measure(at(wall, monotonic), at(monotonic, wall), Moment(i64::MIN));
            let time = clock.capture(at(monotonic, wall));
            assert!((0..=UNCERTAINTY_MS_MAX).contains(&time.uncertainty_ms));
        }
    }
}

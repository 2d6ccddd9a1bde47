//! What a device's scanner does, learned while it works: how fast, with or without a terminator, on which channel.
//!
//! What is learned may only lengthen waits. Somebody takes a quick scanner out of a handheld's cradle and pairs a slow one,
//! and its first code must not be torn. Absent: keeping it (the app does).

use super::{Channel, Ending, NEW_SCAN_GAP_MAX_MS, NEW_SCAN_GAP_MS, classify::Shape};
use serde::{Deserialize, Serialize};

/// The longest that a learned silence is made.
pub const IDLE_END_MAX_MS: i64 = 400;
/// Scans to see before what was learned is used.
const CALIBRATED_SCANS: u32 = 5;
/// Scans in a row that ended without a suffix before a scanner is believed to send none any more.
const UNENDED_SCANS: u32 = 2;

/// What a device's scanner does, learned while it works and kept on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// Scans seen on any channel.
    pub seen: u32,
    /// Scans seen character by character, fit to learn a speed from.
    pub scans: u32,
    /// Smoothed median gap between characters.
    pub gap_ms: i64,
    /// The longest gap inside any scan.
    pub gap_max_ms: i64,
    /// Whether a terminator follows a scan.
    pub suffix: bool,
    /// Scans in a row that no terminator followed.
    pub unended: u32,
    /// Whether it says what kind of symbol it read.
    pub aim: bool,
    /// How the last scan came.
    pub channel: Option<Channel>,
}

impl Learned {
    /// Whether enough scans were seen to say how they end.
    pub(super) const fn is_calibrated(self) -> bool {
        self.seen >= CALIBRATED_SCANS
    }
    /// The silence that this scanner's own gaps ask for; zero before it is known.
    pub(super) fn pause_ms(self) -> i64 {
        if self.scans < CALIBRATED_SCANS {
            return 0;
        }
        // twice the longest gap seen lately: a scanner on a bad radio is not cut short by its own good days
        (4 * self.gap_ms).max(2 * self.gap_max_ms).min(IDLE_END_MAX_MS)
    }
    /// The gap that begins a new scan.
    pub(super) fn new_scan_gap_ms(self) -> i64 {
        if self.scans < CALIBRATED_SCANS {
            return NEW_SCAN_GAP_MS;
        }
        (6 * self.gap_ms).max(2 * self.gap_max_ms).clamp(NEW_SCAN_GAP_MS, NEW_SCAN_GAP_MAX_MS)
    }
    /// How long a digit has to wait, lest the next one is the same scan's.
    pub(super) const fn typed_after_ms(self) -> i64 {
        self.gap_max_ms + self.gap_max_ms / 2
    }
    /// Takes in how a scan ended. One without a suffix may have lost it; several in a row come from a scanner that sends
    /// none.
    pub(super) fn take_ending(&mut self, ending: Ending) {
        self.unended = if ending == Ending::Suffix { 0 } else { self.unended.saturating_add(1) };
        self.suffix = ending == Ending::Suffix || (self.suffix && self.unended < UNENDED_SCANS);
    }
    /// Takes in a scan.
    pub(super) fn take(&mut self, shape: &Shape, ending: Ending) {
        self.take_ending(ending);
        self.aim |= shape.has_symbology_prefix();
        self.channel = Some(shape.channel());
        self.seen = self.seen.saturating_add(1);
        let Some((median, longest)) = shape.key_gaps() else { return };
        self.gap_ms = if self.scans == 0 { median } else { (3 * self.gap_ms + median) / 4 };
        // one bad moment is forgotten in time
        self.gap_max_ms = (self.gap_max_ms - self.gap_max_ms / 16).max(longest.min(IDLE_END_MAX_MS / 2));
        self.scans = self.scans.saturating_add(1);
    }
}

//! Instants and windows in UTC, to the millisecond.
//!
//! Absent: a clock. Whoever needs "now" is handed it. Time zones appear only where something is shown or planned.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An instant: milliseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The instant `ms` milliseconds later (earlier, where negative), held at the ends of time instead of wrapping.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
    /// Milliseconds from `earlier` to this instant.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    /// Reads an RFC 3339 date and time with an offset, or a bare date taken as midnight UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(instant.timestamp_millis()));
        }
        let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(Self(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_millis(self.0) {
            Some(instant) => f.write_str(&instant.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => write!(f, "{} ms", self.0),
        }
    }
}

/// A closed span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First instant inside.
    pub from: Moment,
    /// Last instant inside.
    pub to: Moment,
}

impl Window {
    /// Whether the instant lies inside, ends included.
    pub fn contains(&self, instant: Moment) -> bool {
        self.from <= instant && instant <= self.to
    }
    /// The smallest window that holds both.
    pub fn join(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), to: self.to.max(other.to) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_back_from_their_own_text() {
        for ms in [0, 1_795_391_999_999, -1] {
            assert_eq!(Moment::parse(&Moment(ms).to_string()), Some(Moment(ms)));
        }
        assert_eq!(Moment::parse("2026-11-23"), Some(Moment(1_795_392_000_000)));
        assert_eq!(Moment::parse("2026-11-23T02:00:00+02:00"), Some(Moment(1_795_392_000_000)));
        assert_eq!(Moment::parse("23.11.2026"), None);
    }
}

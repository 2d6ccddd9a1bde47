//! The real server on a bad day: killed at any moment and at every step of a push, on a full disk, beside a reader that
//! never ends, with a bit of its file flipped, and under a tracer that sees what reaches the disk before an answer leaves.
//! Whatever it acknowledged is there afterwards, once, byte for byte, and `verify` finds nothing.
//!
//! Beside it what needs no browser either: a week of events from one handheld, and an app of the first release. The quick
//! run does each a few times, `tests/run --long` a thousand. Absent: browsers; see `tests/faults`.
#![allow(clippy::unwrap_used)]

mod backlog;
mod disk;
mod kill;
mod old_app;
mod planted;
mod scene;
mod step;
mod trace;

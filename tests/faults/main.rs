//! Real Chromium against the real server through our own line: the faults of `SYNC.md` section 10, each by its name with
//! the invariants it must keep. The oracle is what the screen ticked (`tests/harness/ledger.rs`).
//!
//! Run by name: `cargo test -p tests --test faults -- --test-threads=2`. The quick run does each fault once or a few
//! times; `TRUEUP_LONG=1` as often as a warehouse meets it in years. Absent: faults of the server alone (`tests/crash`)
//! and those that need no browser (`tests/simulation`).
#![forbid(unsafe_code)]

mod browser;
mod damage;
mod deploy;
mod network;
mod people;
mod planted;
mod room;
mod scene;
mod storage;

//! The domain of Trueup. Pure: data in, decisions out, the same on the server and on the handheld.
//!
//! Absent, and kept absent by `tests/tidy`: a clock, randomness, input and output, async.

#![warn(missing_docs)]

pub mod api;
pub mod book;
pub mod event;
pub mod fact;
pub mod id;
pub mod item;
pub mod judge;
pub mod key;
pub mod location;
pub mod merge;
pub mod moment;
pub mod money;
pub mod policy;
pub mod quantity;
pub mod refusal;
pub mod role;
pub mod scan;
pub mod sheet;
pub mod sync;
pub mod threshold;
pub mod variance;

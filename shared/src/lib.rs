//! The domain of Trueup. Pure: data in, decisions out, the same on the server and on the handheld.
//!
//! Absent, and kept absent by `tests/tidy`: a clock, randomness, input and output, async.

#![warn(missing_docs)]

pub mod access;
pub mod accuracy;
pub mod adjustment;
pub mod api;
pub mod approval;
pub mod backup;
pub mod barcode;
pub mod book;
pub mod closing;
pub mod event;
pub mod fact;
pub mod grant;
pub mod hint;
pub mod id;
pub mod incident;
pub mod item;
pub mod judge;
pub mod key;
pub mod label;
pub mod language;
pub mod location;
pub mod mark;
pub mod merge;
pub mod moment;
pub mod money;
pub mod pairing;
pub mod paper;
pub mod pin;
pub mod planted;
pub mod policy;
pub mod quantity;
pub mod recount;
pub mod refusal;
pub mod role;
pub mod scan;
pub mod serial;
pub mod sheet;
pub mod sum;
pub mod sync;
pub mod threshold;
pub mod variance;

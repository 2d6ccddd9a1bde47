//! The HTTP side from outside: every route and role, sessions, shapes, limits, handhelds, and blindness. The server runs
//! inside the test on a port of the kernel's choice, with a clock of the test's.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod account;
mod blind;
mod decide;
mod fixture;
mod handheld;
mod label;
mod limit;
mod matrix;
mod people;
mod rescue;
mod shape;
mod sync;

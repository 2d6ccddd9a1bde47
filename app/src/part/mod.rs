//! Pieces that several screens use.
//!
//! Absent: screens, and anything that decides what a count means.

pub mod keypad;
pub mod tone;

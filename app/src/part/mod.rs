//! Pieces that several screens use.
//!
//! Absent: screens, and anything that decides what a count means.

pub mod keypad;
#[cfg(feature = "handheld")]
pub mod keypad_view;
pub mod settings;
pub mod tone;
#[cfg(feature = "handheld")]
pub mod unbroken;

//! Counting a bin: the screen that matters.
//!
//! Absent: the list of bins (`tasks`).

mod act;
#[cfg(feature = "handheld")]
pub mod ask;
pub mod entry;
pub mod find;
pub mod model;
pub mod prompt;
mod read;
pub mod shown;
#[cfg(test)]
mod tests;
#[cfg(feature = "handheld")]
pub mod view;

//! Labels and paper sheets as they are printed: symbols as modules, drawings in whole printer dots, pages that a browser
//! prints, and commands for label printers.
//!
//! Absent: what a label says ([`shared::label`]), and which labels are wanted (see `read/label.rs`).

pub mod design;
pub mod draw;
pub mod page;
pub mod paper;
pub mod symbol;
pub mod zpl;

#[cfg(test)]
mod tests;

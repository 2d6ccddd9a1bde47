//! Reading files of other systems: CSV in, rows that can be recorded and rows that cannot out, each with its row
//! number, column and value, and what to do about it.
//!
//! Nothing here writes to the database and nothing guesses: a number that is not one is an error, never zero.
//! Absent: spreadsheets (`.xlsx`), mapping of columns by hand, undo. What a row *means* is in [`item`], [`barcode`],
//! [`location`], [`stock`], [`movement`] and [`person`]; how files are opened in [`source`] and [`table`].

pub mod barcode;
pub mod catalogue;
pub mod cell;
pub mod item;
pub mod location;
pub mod movement;
pub mod person;
pub mod report;
pub mod source;
pub mod stock;
pub mod table;

#[cfg(test)]
mod testing;

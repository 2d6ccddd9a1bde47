//! What a scan means: a location, an item with what else its code says, or nothing known (`HANDHELD.md` 1.6 and 2.3
//! to 2.5). The same function on handheld and server.
//!
//! [`read()`] is for whatever was scanned. The forms that a code may have can be read alone as well:
//!
//! | form | by |
//! |---|---|
//! | elements behind a scanner's prefix, held to its promise | [`symbology::check`] |
//! | elements with separators, as a scanner sends them | [`gs1::parse`]; parted only: [`gs1::split`] |
//! | elements with brackets, as people write them | [`bracket::parse`], [`bracket::write`] |
//! | a Digital Link | [`link::parse`], [`link::write`]; percent signs: [`link::decode`] |
//! | numbers of items, pallets and places | [`gtin::to_fourteen`], [`gtin::expand_upc_e`], [`gtin::is_sscc`], [`gtin::is_gln`] |
//! | one value by a rule of the syntax dictionary | [`content::Check::named`] |
//! | what goes together | [`association::problems`] |
//! | dates and decimals | [`value::date`], [`value::decimal`] |
//! | HIBC, ISO/IEC 15434 | [`hibc::parse`], [`message::parse`] |
//!
//! Absent: where codes are kept ([`Lookup`]), the scanner's keystrokes ([`crate::scan`]), and in-store codes with a
//! price or weight inside: their form is each country's own.

pub mod association;
pub mod bracket;
mod code_list;
pub mod content;
mod coupon;
mod fault;
pub mod gs1;
pub mod gtin;
pub mod hibc;
pub mod layout;
pub mod link;
pub mod message;
mod resolve;
pub mod symbology;
mod table;
pub mod value;

pub use resolve::read;

use crate::{
    id::{ItemId, LocationId},
    quantity::Quantity,
};
use association::Problem;
use gs1::{Element, ElementError};
use layout::Layout;
use symbology::Symbology;
use value::Label;

/// The longest code that is looked at. The longest real ones are GS1 element strings in DataMatrix of about 130
/// characters and links of about 200; what is longer is not a label of ours.
pub const CODE_CHARS_MAX: usize = 400;
/// What labels printed by us put in front of a location's code.
pub const LOCATION_PREFIX: &str = "LOC-";

/// An item that a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemCode {
    /// Which.
    pub item: ItemId,
    /// Base units that one scan stands for.
    pub pack_factor: Quantity,
}

/// Where codes are looked up.
pub trait Lookup {
    /// The item whose barcode is exactly this text.
    fn item(&self, barcode: &str) -> Option<ItemCode>;
    /// The location whose barcode or code is this text, both in the form of [`crate::location::code_for_comparison`].
    fn location(&self, code: &str) -> Option<LocationId>;
    /// The one location whose code is this text when hyphens, points and spaces are left out of both; `None` where
    /// there are several. Asked last, so that it may be slow.
    fn location_without_signs(&self, _code: &str) -> Option<LocationId> {
        None
    }
}

/// What a person should be told about a scan, so that the scanner is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// The separator between values is missing: lot and serial were not taken and have to be asked for.
    SeparatorMissing,
    /// A value might hold further values whose separator is missing: show lot and serial and have them confirmed.
    SeparatorDoubtful,
    /// The scanner sends another character for the separator; reading worked nevertheless.
    SeparatorReplaced(char),
    /// The scanner types for another keyboard; what was meant was found nevertheless.
    Layout(Layout),
}

/// Something in a label that is worth knowing and blocks nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Elements that do not go together, or not without another.
    Association(Problem),
    /// Reading elements stopped before the end.
    Stopped(ElementError),
    /// A number of a shop's own: it means what this site says, or nothing.
    InStore,
}

/// What a scan stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A location.
    Location(LocationId),
    /// An item, or a pack of it.
    Item(ItemCode),
    /// A pack that nobody has named, of an item that is known: how many are in it has to be asked.
    CaseOf(ItemCode),
    /// A location's label by its form, of no location that is known.
    UnknownLocation,
    /// Nothing that is known here.
    Unknown,
}

/// A scan, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Exactly as it came.
    pub raw: String,
    /// The code without the scanner's prefix and white space around it.
    pub body: String,
    /// The scanner's prefix, where it sends one.
    pub symbology: Option<Symbology>,
    /// What it stands for.
    pub meaning: Meaning,
    /// What it says besides. Nothing is in here that had to be guessed.
    pub label: Label,
    /// The elements of GS1 data, each with what is wrong in it.
    pub elements: Vec<Element>,
    /// What is worth knowing.
    pub warnings: Vec<Warning>,
    /// What a person should be told.
    pub hint: Option<Hint>,
}

#[cfg(test)]
mod tests;

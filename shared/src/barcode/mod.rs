//! What a scan means: a location, an item with what else its code says, or nothing known (`HANDHELD.md` 1.6 and 2.3
//! to 2.5). The same function on handheld and server.
//!
//! Order: the code exactly as read → location → trade item number in any of its written forms → GS1 elements →
//! unknown. Exact first, because a site's own odd codes must keep working.
//!
//! Absent: where codes are kept ([`Lookup`]), the scanner's keystrokes ([`crate::scan`]), Digital Links and HIBC.

pub mod gs1;
pub mod gtin;
pub mod symbology;

use crate::{
    id::{ItemId, LocationId},
    location::code_for_comparison,
    moment::Moment,
    quantity::Quantity,
};
use gs1::{Elements, SEPARATOR};
use symbology::Promise;

/// The longest code that is looked at. The longest real ones are GS1 element strings in DataMatrix of about 130
/// characters and links of about 200; what is longer is not a label of ours.
pub const CODE_CHARS_MAX: usize = 400;
/// What labels printed by us put in front of a location's code.
pub const LOCATION_PREFIX: &str = "LOC-";
/// What scanners send for a separator besides itself; none of these can be part of a value.
const SEPARATOR_ALIASES: [&str; 2] = ["{GS}", "␝"];
/// Characters that no value has and that scanners are set to send for a separator: tried once when reading fails.
const SEPARATOR_SUBSTITUTES: [char; 4] = ['#', '^', '~', '|'];

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
    /// The location whose barcode or code is this text, both in the form of [`code_for_comparison`].
    fn location(&self, code: &str) -> Option<LocationId>;
}

/// What a code says besides which item it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemScan {
    /// Which item.
    pub item: ItemId,
    /// Base units that one scan stands for.
    pub pack_factor: Quantity,
    /// Its lot, exactly as read.
    pub lot: Option<String>,
    /// Its serial number, exactly as read.
    pub serial: Option<String>,
    /// Its expiry date, `YYYY-MM-DD`.
    pub expiry: Option<String>,
    /// How many items the code itself says there are: to be proposed, never taken without asking.
    pub proposed: Option<Quantity>,
    /// What a person should be told.
    pub hint: Option<Hint>,
}

/// What a person should be told about a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// The separator between values is missing: lot and serial were not taken and have to be asked for.
    SeparatorMissing,
    /// A value might hold further values whose separator is missing: show lot and serial and have them confirmed.
    SeparatorDoubtful,
    /// The scanner sends another character for the separator; reading worked nevertheless.
    SeparatorReplaced(char),
}

/// What a scan means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// A location.
    Location(LocationId),
    /// An item.
    Item(ItemScan),
    /// Nothing that is known here: kept as it was read.
    Unknown {
        /// The code as it was read, without the scanner's prefix and white space around it.
        raw: String,
        /// The trade item number it holds, in fourteen digits, where it holds one.
        gtin: Option<String>,
    },
}

/// Says what a scan means. `now` chooses the century of a date that has none.
pub fn read(raw: &str, lookup: &dyn Lookup, now: Moment) -> Scan {
    let (promise, body) = symbology::split(raw.trim());
    let body = body.trim();
    let unknown = |gtin: Option<String>| Scan::Unknown { raw: body.to_owned(), gtin };
    if body.is_empty() || body.chars().count() > CODE_CHARS_MAX {
        return unknown(None);
    }
    if let Some(code) = lookup.item(body) {
        return Scan::Item(plain(code));
    }
    if let Some(location) = find_location(body, lookup) {
        return Scan::Location(location);
    }
    if promise != Promise::Elements
        && let Some(fourteen) = gtin::to_fourteen(body)
    {
        return find_gtin(&fourteen, lookup)
            .map_or_else(|| unknown(Some(fourteen.clone())), |code| Scan::Item(plain(code)));
    }
    let (read, replaced) = elements(body);
    let value = |ai: &str| read.elements.iter().find(|element| element.ai == ai).map(|element| element.value.as_str());
    let Some(fourteen) = value("01").or_else(|| value("02")) else { return unknown(None) };
    // half a code is believed only where the scanner promised elements or the number came first, with its check digit
    let number_first = read.elements.first().is_some_and(|first| first.ai == "01");
    if read.error.is_some() && !number_first {
        return unknown(None);
    }
    let Some(code) = find_gtin(fourteen, lookup) else { return unknown(Some(fourteen.to_owned())) };
    if read.error.is_some() {
        return Scan::Item(ItemScan { hint: Some(Hint::SeparatorMissing), ..plain(code) });
    }
    let separated = read_with_separators(body);
    let open = ["10", "21"].into_iter().filter_map(value);
    let doubtful = !separated && replaced.is_none() && open.into_iter().any(gs1::might_hide_elements);
    let expiry = value("17").or_else(|| value("15"));
    let count = value("30").or_else(|| value("37")).and_then(|number| number.parse().ok());
    Scan::Item(ItemScan {
        lot: value("10").map(str::to_owned),
        serial: value("21").map(str::to_owned),
        expiry: expiry.and_then(|date| gs1::date(date, gs1::year_of(now))).map(|date| date.to_string()),
        proposed: count.filter(|count| !Quantity::is_zero(*count)),
        hint: replaced.map(Hint::SeparatorReplaced).or(doubtful.then_some(Hint::SeparatorDoubtful)),
        ..plain(code)
    })
}

const fn plain(code: ItemCode) -> ItemScan {
    let ItemCode { item, pack_factor } = code;
    ItemScan { item, pack_factor, lot: None, serial: None, expiry: None, proposed: None, hint: None }
}

fn find_location(body: &str, lookup: &dyn Lookup) -> Option<LocationId> {
    let code = code_for_comparison(body);
    lookup.location(&code).or_else(|| lookup.location(code.strip_prefix(LOCATION_PREFIX)?))
}

fn find_gtin(fourteen: &str, lookup: &dyn Lookup) -> Option<ItemCode> {
    gtin::written_forms(fourteen).find_map(|form| lookup.item(form))
}

fn with_separators(body: &str) -> String {
    SEPARATOR_ALIASES
        .iter()
        .fold(body.to_owned(), |text, alias| text.replace(alias, SEPARATOR.encode_utf8(&mut [0; 4])))
}

fn read_with_separators(body: &str) -> bool {
    with_separators(body).trim_matches(SEPARATOR).contains(SEPARATOR)
}

/// Reads elements; where that fails, once more for each character that may stand for the separator.
fn elements(body: &str) -> (Elements, Option<char>) {
    let text = with_separators(body);
    let read = gs1::parse(&text);
    if read.error.is_none() {
        return (read, None);
    }
    for substitute in SEPARATOR_SUBSTITUTES {
        if text.contains(substitute) {
            let again = gs1::parse(&text.replace(substitute, SEPARATOR.encode_utf8(&mut [0; 4])));
            if again.error.is_none() {
                return (again, Some(substitute));
            }
        }
    }
    (read, None)
}

#[cfg(test)]
mod tests;

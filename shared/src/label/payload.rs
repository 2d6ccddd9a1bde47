//! What a label says to a scanner (`HANDHELD.md` 2.5 and 4): `LOC-` and the code for a bin; GS1 elements, a Digital Link
//! or the item's own barcode for an item.
//!
//! Absent: how it looks as bars ([`super::code128`] and the edge).

use super::Symbol;
use crate::{
    barcode::{
        LOCATION_PREFIX,
        gs1::{self, Element, Elements},
        gtin, link,
    },
    item::Barcode,
    location::code_for_comparison,
    quantity::Quantity,
};
use chrono::NaiveDate;

/// Characters in bars, at most: more makes bars that no label holds and no scanner likes.
///
/// # Source
/// GS1 General Specifications: a GS1-128 symbol holds up to 48 characters.
const BARS_CHARS_MAX: usize = 48;
/// Characters in a square symbol, at most: twice what item, lot, serial number and date need.
const SQUARE_CHARS_MAX: usize = 140;
/// Where a Digital Link leads when nobody has a resolver of their own. It is read, never fetched.
const LINK: &str = "https://id.gs1.org";

/// What a symbol holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The text, with [`gs1::SEPARATOR`] between elements where one is needed.
    pub text: String,
    /// Whether it is GS1 elements, to be marked as such by the symbol.
    pub is_gs1: bool,
    /// The same for people, to stand beside the symbol; empty where the label says it anyway.
    pub readable: String,
}

/// Why something cannot be printed as a label, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// A character that scanners do not send back unchanged.
    #[error("it has characters that not every scanner reads; labels hold plain letters, digits and signs")]
    Characters,
    /// Too long.
    #[error("it is longer than the symbol holds; choose DataMatrix or QR, or shorten it")]
    Long,
    /// An item that nothing could be read back as.
    #[error("it has no barcode; give it one in the item master first")]
    NoBarcode,
    /// A lot, serial number or date that GS1 elements cannot hold.
    #[error("the lot, serial number or expiry date cannot stand in a GS1 barcode")]
    Element,
    /// A lot, serial number or date for an item without a trade item number.
    #[error("a lot, serial number or expiry date needs a trade item number (GTIN), and the item has none")]
    NoGtin,
}

/// What the label of a bin says.
///
/// # Errors
/// [`Unprintable::Characters`], [`Unprintable::Long`].
pub fn bin(symbol: Symbol, code: &str) -> Result<Payload, Unprintable> {
    let text = format!("{LOCATION_PREFIX}{}", code_for_comparison(code));
    check(symbol, &text)?;
    Ok(Payload { text, is_gs1: false, readable: String::new() })
}

/// What else the label of an item says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Its lot.
    pub lot: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Its expiry date.
    pub expiry: Option<NaiveDate>,
}

/// What the label of an item says: its trade item number as GS1 elements (bars, DataMatrix) or as a Digital Link (QR);
/// for an item without one, its own barcode for one unit.
///
/// # Errors
/// [`Unprintable`].
pub fn item(symbol: Symbol, barcodes: &[Barcode], marks: &Marks) -> Result<Payload, Unprintable> {
    let single = |barcode: &&Barcode| barcode.pack_factor == Quantity::ONE;
    let number = |barcode: &Barcode| gtin::to_fourteen(&barcode.text).filter(|number| !gtin::is_in_store(number));
    let fourteen = barcodes.iter().filter(single).find_map(number);
    if let Some(fourteen) = fourteen {
        let elements = elements(&fourteen, marks)?;
        let is_gs1 = symbol != Symbol::Qr;
        let text = if is_gs1 {
            elements.to_text()
        } else {
            link::write(LINK, &elements.elements).ok_or(Unprintable::Element)?
        };
        let readable = elements.elements.iter().map(|element| format!("({}){}", element.ai, element.value)).collect();
        let payload = Payload { text, is_gs1, readable };
        return fits(symbol, &payload.text).map(|()| payload);
    }
    if *marks != Marks::default() {
        return Err(Unprintable::NoGtin);
    }
    let text = &barcodes.iter().find(single).ok_or(Unprintable::NoBarcode)?.text;
    check(symbol, text)?;
    Ok(Payload { text: text.clone(), is_gs1: false, readable: text.clone() })
}

fn elements(fourteen: &str, marks: &Marks) -> Result<Elements, Unprintable> {
    let values = [
        ("01", Some(fourteen.to_owned())),
        ("17", marks.expiry.map(|date| date.format("%y%m%d").to_string())),
        ("10", marks.lot.clone()),
        ("21", marks.serial.clone()),
    ];
    let present = values.iter().filter_map(|(ai, value)| value.as_deref().map(|value| Element::new(ai, value)));
    let elements: Vec<Element> = present.collect::<Result<_, _>>().map_err(|_| Unprintable::Element)?;
    let elements = Elements { elements, error: None };
    // what is printed must read back as what was meant
    if elements.is_sound() && gs1::parse(&elements.to_text()) == elements {
        return Ok(elements);
    }
    Err(Unprintable::Element)
}

fn fits(symbol: Symbol, text: &str) -> Result<(), Unprintable> {
    let most = if symbol == Symbol::Code128 { BARS_CHARS_MAX } else { SQUARE_CHARS_MAX };
    if text.chars().count() > most { Err(Unprintable::Long) } else { Ok(()) }
}

fn check(symbol: Symbol, text: &str) -> Result<(), Unprintable> {
    fits(symbol, text)?;
    if text.is_empty() || text.trim() != text || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Unprintable::Characters);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        barcode::{ItemCode, Lookup, Meaning, read},
        id::{ItemId, LocationId},
        moment::Moment,
    };
    use proptest::prelude::*;

    const NOW: Moment = Moment(1_795_431_600_000);
    const GTIN: &str = "4006381333931";

    struct One {
        bin: String,
        item: String,
    }

    impl Lookup for One {
        fn item(&self, barcode: &str) -> Option<ItemCode> {
            (barcode == self.item).then_some(ItemCode { item: ItemId(7), pack_factor: Quantity::ONE })
        }
        fn location(&self, code: &str) -> Option<LocationId> {
            (code == code_for_comparison(&self.bin)).then_some(LocationId(3))
        }
    }

    fn one(text: &str) -> Vec<Barcode> {
        let twelve = Quantity::whole(12).expect("small");
        vec![
            Barcode { text: "14006381333938".into(), pack_factor: twelve },
            Barcode { text: text.into(), pack_factor: Quantity::ONE },
        ]
    }

    fn marks(lot: &str, serial: &str, expiry: &str) -> Marks {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Marks { lot: some(lot), serial: some(serial), expiry: expiry.parse().ok() }
    }

    #[test]
    fn a_label_says_what_its_item_is_in_the_form_of_its_symbol() {
        let check = |symbol: Symbol, barcode: &str, marks: Marks, expected: Result<&str, Unprintable>| {
            let payload = item(symbol, &one(barcode), &marks).map(|payload| payload.text);
            assert_eq!(payload.as_deref().map_err(|error| *error), expected, "{symbol:?} {barcode} {marks:?}");
        };
        let all = || marks("LOT/7", "S1", "2028-06-30");
        check(Symbol::Code128, GTIN, Marks::default(), Ok("0104006381333931"));
        check(Symbol::Code128, GTIN, all(), Ok("01040063813339311728063010LOT/7\u{1d}21S1"));
        check(Symbol::DataMatrix, GTIN, marks("", "S1", ""), Ok("010400638133393121S1"));
        check(Symbol::Qr, GTIN, all(), Ok("https://id.gs1.org/01/04006381333931/10/LOT%2F7/21/S1?17=280630"));
        check(Symbol::Code128, "BOX-1", Marks::default(), Ok("BOX-1"));
        check(Symbol::Code128, "BOX-1", all(), Err(Unprintable::NoGtin));
        check(Symbol::Code128, GTIN, marks("lot with spaces", "", ""), Err(Unprintable::Element));
        check(Symbol::Qr, GTIN, marks("123456789012345678901", "", ""), Err(Unprintable::Element));
        check(Symbol::Code128, GTIN, marks("12345678901234567890", "12345678901234567890", ""), Err(Unprintable::Long));
        check(Symbol::Code128, "Größe", Marks::default(), Err(Unprintable::Characters));
        assert_eq!(item(Symbol::Qr, &[], &Marks::default()), Err(Unprintable::NoBarcode));
        assert_eq!(bin(Symbol::Code128, "Regal Ä").map(|payload| payload.text), Err(Unprintable::Characters));
        assert_eq!(bin(Symbol::Code128, &"A".repeat(60)).map(|payload| payload.text), Err(Unprintable::Long));
    }

    proptest! {
        #[test]
        fn what_the_label_of_a_bin_says_is_read_as_that_bin(code in "[A-Za-z0-9][A-Za-z0-9./_-]{0,20}") {
            let payload = bin(Symbol::Code128, &code).expect("printable");
            let place = One { bin: code, item: GTIN.into() };
            for prefix in ["", "]C0", "]d1", "]Q1"] {
                let scan = read(&format!("{prefix}{}", payload.text), &place, NOW);
                prop_assert_eq!(scan.meaning, Meaning::Location(LocationId(3)));
            }
        }

        #[test]
        fn what_the_label_of_an_item_says_is_read_as_that_item_lot_and_serial(
            lot in proptest::option::of("[A-Z0-9/.-]{1,8}"), serial in proptest::option::of("[A-Za-z0-9-]{1,6}"), dated: bool,
        ) {
            let expiry = dated.then(|| NaiveDate::from_ymd_opt(2028, 2, 29).expect("a leap day"));
            let marks = Marks { lot, serial, expiry };
            let place = One { bin: "A".into(), item: GTIN.into() };
            for (symbol, prefix) in [(Symbol::Code128, "]C1"), (Symbol::DataMatrix, "]d2"), (Symbol::Qr, "]Q1")] {
                let payload = item(symbol, &one(GTIN), &marks).expect("printable");
                let scan = read(&format!("{prefix}{}", payload.text), &place, NOW);
                prop_assert_eq!(scan.meaning, Meaning::Item(ItemCode { item: ItemId(7), pack_factor: Quantity::ONE }));
                prop_assert_eq!((&scan.label.lot, &scan.label.serial), (&marks.lot, &marks.serial));
                prop_assert_eq!(scan.label.expiry, marks.expiry);
            }
        }
    }
}

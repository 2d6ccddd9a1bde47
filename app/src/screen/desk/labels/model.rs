//! Which labels, how they look, and the addresses that follow from it.
//!
//! Absent: drawing; the server draws, so that what is shown is what is printed.

use crate::api::path::Path;
use shared::{
    id::{ItemId, LocationId},
    label::{Arrow, Dots, LabelSize, Symbol},
};

/// What labels are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum What {
    /// Bins.
    #[default]
    Bins,
    /// Items.
    Items,
}

/// What the server is to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Say what would be printed.
    Preview,
    /// A page for the browser.
    Print,
    /// A file for a label printer.
    Zpl,
}

/// Something picked one by one: its number and what people call it.
pub type Pick<Id> = (Id, String);

/// What a person has chosen so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// For what.
    pub what: What,
    /// Bins of this zone; empty: every zone.
    pub zone: String,
    /// Bins of this aisle; empty: every aisle.
    pub aisle: String,
    /// Bins one by one; none: all of zone and aisle.
    pub bins: Vec<Pick<LocationId>>,
    /// Items one by one.
    pub items: Vec<Pick<ItemId>>,
    /// Lot, serial number and expiry date of the items; empty where not wanted.
    pub lot: String,
    /// As above.
    pub serial: String,
    /// As above.
    pub expiry: String,
    /// Labels of each item.
    pub copies: u32,
    /// Which symbol.
    pub symbol: Symbol,
    /// Which size.
    pub size: LabelSize,
    /// For which printer.
    pub dots: Dots,
    /// Which way bin labels point.
    pub arrow: Arrow,
    /// Whether bin labels have letters to check.
    pub has_letters: bool,
    /// Places of the first sheet that are used already.
    pub used: u32,
}

impl Choice {
    /// Whether anything is chosen. All bins of a site is a choice; no item is none.
    pub fn is_any(&self) -> bool {
        self.what == What::Bins || !self.items.is_empty()
    }

    /// Adds one, or takes it away again.
    pub fn toggle<Id: PartialEq>(picks: &mut Vec<Pick<Id>>, pick: Pick<Id>) {
        match picks.iter().position(|(id, _)| *id == pick.0) {
            Some(place) => {
                picks.remove(place);
            }
            None => picks.push(pick),
        }
    }

    /// The address of these labels in a form.
    pub fn path(&self, site: &str, form: Form) -> Path {
        let what = if self.what == What::Bins { "bins" } else { "items" };
        let path = Path::site(site).segment("labels").segment(what);
        let path = match form {
            Form::Preview => path,
            Form::Print => path.segment("print"),
            Form::Zpl => path.segment("zpl"),
        };
        let list = |ids: Vec<String>| ids.join(",");
        let path = match self.what {
            What::Bins if self.bins.is_empty() => path.ask("zone", &self.zone).ask("aisle", &self.aisle),
            What::Bins => path.ask("ids", &list(self.bins.iter().map(|(id, _)| id.to_string()).collect())),
            What::Items => {
                let path = path.ask("ids", &list(self.items.iter().map(|(id, _)| id.to_string()).collect()));
                let path = path.ask("lot", self.lot.trim()).ask("serial", self.serial.trim());
                path.ask("expiry", &self.expiry).ask("copies", &self.copies.max(1).to_string())
            }
        };
        let path = path.ask("symbol", self.symbol.word()).ask("size", self.size.word()).ask("dots", self.dots.word());
        let path = if self.used > 0 { path.ask("used", &self.used.to_string()) } else { path };
        match self.what {
            What::Bins => {
                path.ask("arrow", self.arrow.word()).ask("letters", if self.has_letters { "true" } else { "" })
            }
            What::Items => path,
        }
    }
}

/// What a size is called.
pub const fn size_words(size: LabelSize) -> &'static str {
    match size {
        LabelSize::Roll100x50 => "100 × 50 mm, roll",
        LabelSize::Roll50x25 => "50 × 25 mm, roll",
        LabelSize::Roll150x100 => "150 × 100 mm, roll",
        LabelSize::A4By8 => "A4, 8 on a sheet (99 × 68 mm)",
        LabelSize::A4By24 => "A4, 24 on a sheet (64 × 34 mm)",
    }
}

/// What a symbol is called.
pub const fn symbol_words(symbol: Symbol) -> &'static str {
    match symbol {
        Symbol::Code128 => "Bars (Code 128)",
        Symbol::DataMatrix => "DataMatrix",
        Symbol::Qr => "QR code",
    }
}

/// What printer dots are called.
pub const fn dots_words(dots: Dots) -> &'static str {
    match dots {
        Dots::Dpi203 => "203 dpi label printer",
        Dots::Dpi300 => "300 dpi label printer",
        Dots::Dpi600 => "600 dpi office printer",
    }
}

/// What an arrow is called.
pub const fn arrow_words(arrow: Arrow) -> &'static str {
    match arrow {
        Arrow::None => "No arrow",
        Arrow::Up => "↑ the place above",
        Arrow::Down => "↓ the place below",
    }
}

/// A width in millimetres to two decimals: `0.38 mm`.
pub fn millimetres(um: u32) -> String {
    format!("{}.{:02} mm", um / 1000, um % 1000 / 10)
}

/// How far away a scanner reads modules of a width, in words.
///
/// # Source
/// `HANDHELD.md` 4.2: about 0.4 mm for arm's length, 0.75 to 1 mm for two to three metres.
pub const fn distance(um: u32) -> &'static str {
    match um {
        0..300 => "read from close up",
        300..700 => "read at arm's length",
        _ => "read from two metres and more",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_for_what_was_chosen_and_nothing_else() {
        let check = |choice: &Choice, form: Form, expected: &str| {
            assert_eq!(choice.path("MAIN", form).as_str(), format!("/api/v1/sites/MAIN/labels/{expected}"));
        };
        let mut bins = Choice { zone: "A 1".into(), ..Choice::default() };
        check(&bins, Form::Preview, "bins?zone=A%201&symbol=code128&size=roll100x50&dots=203&arrow=none");
        Choice::toggle(&mut bins.bins, (LocationId(4), "A-4".into()));
        Choice::toggle(&mut bins.bins, (LocationId(5), "A-5".into()));
        (bins.has_letters, bins.arrow, bins.used) = (true, Arrow::Up, 3);
        check(
            &bins,
            Form::Print,
            "bins/print?ids=4%2C5&symbol=code128&size=roll100x50&dots=203&used=3&arrow=up&letters=true",
        );
        Choice::toggle(&mut bins.bins, (LocationId(4), "A-4".into()));
        assert_eq!(bins.bins.len(), 1);
        let items = Choice {
            what: What::Items,
            items: vec![(ItemId(7), "S".into())],
            lot: " L/1 ".into(),
            ..Choice::default()
        };
        check(&items, Form::Zpl, "items/zpl?ids=7&lot=L%2F1&copies=1&symbol=code128&size=roll100x50&dots=203");
    }

    #[test]
    fn widths_and_distances_are_told_in_words() {
        assert_eq!(millimetres(375), "0.37 mm");
        assert_eq!(millimetres(1_250), "1.25 mm");
        assert_eq!(distance(250), "read from close up");
        assert_eq!(distance(1_000), "read from two metres and more");
        assert!(!Choice { what: What::Items, ..Choice::default() }.is_any());
    }
}

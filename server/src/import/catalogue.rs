//! What a site knows before a file is read: its items, barcodes and locations, indexed as rows name them.
//!
//! One per import; built from rows the store lists. Absent: stock.

use shared::{
    id::{ItemId, LocationId},
    item::{Item, Tracking},
    key::{ItemKey, StockKey},
    location::{Location, code_for_comparison},
};
use std::collections::HashMap;

use super::{cell::Cells, report::Report};

/// The items and locations of one site.
#[derive(Default)]
pub struct Catalogue {
    /// By SKU, exactly as written.
    items: HashMap<String, Item>,
    /// SKU and text as recorded, by the form in which barcodes are compared.
    barcodes: HashMap<String, (String, String)>,
    /// By code and by label, in the form in which location codes are compared.
    places: HashMap<String, LocationId>,
    labels: HashMap<String, LocationId>,
    locations: HashMap<LocationId, Location>,
    skus: HashMap<ItemId, String>,
}

impl Catalogue {
    /// Of the site's items and locations.
    pub fn of(items: Vec<Item>, locations: Vec<Location>) -> Self {
        let mut catalogue = Self::default();
        for item in items {
            for barcode in &item.barcodes {
                catalogue.barcodes.insert(comparable(&barcode.text), (item.sku.clone(), barcode.text.clone()));
            }
            catalogue.skus.insert(item.id, item.sku.clone());
            catalogue.items.insert(item.sku.clone(), item);
        }
        for location in locations {
            catalogue.places.insert(code_for_comparison(&location.code), location.id);
            catalogue.labels.insert(code_for_comparison(&location.barcode), location.id);
            catalogue.locations.insert(location.id, location);
        }
        catalogue
    }

    /// The item with this SKU.
    pub fn find_item(&self, sku: &str) -> Option<&Item> {
        self.items.get(sku)
    }
    /// The item with this number.
    pub fn find_item_by_id(&self, id: ItemId) -> Option<&Item> {
        self.skus.get(&id).and_then(|sku| self.items.get(sku))
    }
    /// The location with this number.
    pub fn find_location_by_id(&self, id: LocationId) -> Option<&Location> {
        self.locations.get(&id)
    }
    /// The SKU and the recorded text of a barcode that means the same to a scanner.
    pub fn find_barcode(&self, barcode: &str) -> Option<(&str, &str)> {
        self.barcodes.get(&comparable(barcode)).map(|(sku, text)| (sku.as_str(), text.as_str()))
    }
    /// As [`Self::find_barcode`], for a text that is compared as location codes are: upper and lower case are the same.
    pub fn find_barcode_in_any_case(&self, text: &str) -> Option<(&str, &str)> {
        let forms = [text.trim().to_owned(), code_for_comparison(text), text.trim().to_lowercase()];
        forms.iter().find_map(|form| self.find_barcode(form))
    }
    /// The location with this code.
    pub fn find_location(&self, code: &str) -> Option<&Location> {
        self.places.get(&code_for_comparison(code)).and_then(|id| self.locations.get(id))
    }
    /// The location that a scan of this text would open, by its label or its code.
    pub fn find_label(&self, text: &str) -> Option<&Location> {
        let text = code_for_comparison(text);
        self.labels.get(&text).or_else(|| self.places.get(&text)).and_then(|id| self.locations.get(id))
    }
    /// Every location.
    pub fn locations(&self) -> impl Iterator<Item = &Location> {
        self.locations.values()
    }
    /// How many items there are.
    pub fn items_len(&self) -> usize {
        self.items.len()
    }
    /// How many locations there are.
    pub fn locations_len(&self) -> usize {
        self.locations.len()
    }

    /// Reads the stock key of a row. Lot and serial number are part of it only where the item is tracked by them
    /// (`DOMAIN.md` section 2); what is written otherwise is left out with a warning, never refused: the quantity is
    /// right all the same.
    pub fn stock_key(&self, cells: &mut Cells, report: &mut Report, row: u64, columns: KeyColumns) -> Option<StockKey> {
        let (sku, code) = (cells.code(columns.sku), cells.code(columns.location));
        let (lot, serial) = (cells.code_or_empty(columns.lot), cells.code_or_empty(columns.serial));
        let item = self.find_item(sku);
        if item.is_none() && !sku.is_empty() {
            cells.wrong(
                columns.sku,
                "is no item of this site; import it with `trueup import items` first, or correct the SKU",
            );
        }
        let location = self.find_location(code);
        if location.is_none() && !code.is_empty() {
            cells.wrong(
                columns.location,
                "is no location of this site; import it with `trueup import locations` first, or correct the code",
            );
        }
        let (item, location) = (item?, location?);
        let (wants_lot, wants_serial) = (item.tracking.wants_lot(), item.tracking.wants_serial());
        if !wants_lot && !lot.is_empty() {
            report.warn("A lot was left out because the item is not tracked by lot", row, || named(item, lot));
        }
        if !wants_serial && !serial.is_empty() {
            report.warn("A serial number was left out because the item is not tracked by serial number", row, || {
                named(item, serial)
            });
        }
        if wants_lot && lot.is_empty() {
            report.warn("The lot is not known though the item is tracked by lot", row, || named(item, ""));
        }
        if wants_serial && serial.is_empty() {
            report.warn("The serial number is not known though the item is tracked by serial number", row, || {
                named(item, "")
            });
        }
        let kept = |wanted: bool, text: &str| if wanted { text.to_owned() } else { String::new() };
        Some(StockKey {
            location: location.id,
            what: ItemKey { item: item.id, lot: kept(wants_lot, lot), serial: kept(wants_serial, serial) },
        })
    }
}

fn named(item: &Item, value: &str) -> String {
    let how = match item.tracking {
        Tracking::None => "not tracked",
        Tracking::Lot | Tracking::LotExpiry => "tracked by lot",
        Tracking::Serial => "tracked by serial number",
    };
    if value.is_empty() {
        format!("item {}, {how}", item.sku)
    } else {
        format!("\"{value}\" of item {}, {how}", item.sku)
    }
}

/// Which columns of a file make up a stock key.
#[derive(Debug, Clone, Copy)]
pub struct KeyColumns {
    /// The item's SKU.
    pub sku: usize,
    /// The location's code.
    pub location: usize,
    /// The lot.
    pub lot: usize,
    /// The serial number.
    pub serial: usize,
}

/// The form in which barcodes are compared: GTINs of 8, 12, 13 and 14 digits with the right check digit are one number
/// with leading zeros (GS1 General Specifications, section 3.3.2), everything else is compared as it is.
pub fn comparable(barcode: &str) -> String {
    if matches!(barcode.len(), 8 | 12 | 13 | 14)
        && barcode.bytes().all(|byte| byte.is_ascii_digit())
        && check_digit_fits(barcode)
    {
        return format!("{barcode:0>14}");
    }
    barcode.to_owned()
}

fn check_digit_fits(digits: &str) -> bool {
    let weighted =
        digits.bytes().rev().zip([1_u32, 3].into_iter().cycle()).map(|(byte, weight)| u32::from(byte - b'0') * weight);
    weighted.sum::<u32>().is_multiple_of(10)
}

/// Numbers for rows that are new, in the order of the file.
pub struct Numbers {
    next: i64,
}

impl Numbers {
    /// From the first number that is free.
    pub const fn from(next: i64) -> Self {
        Self { next }
    }
    /// One more.
    pub const fn take(&mut self) -> i64 {
        self.next += 1;
        self.next - 1
    }
    /// One more item.
    pub const fn item(&mut self) -> ItemId {
        ItemId(self.take())
    }
    /// One more location.
    pub const fn location(&mut self) -> LocationId {
        LocationId(self.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_gtin_written_with_and_without_leading_zeros_is_one_barcode() {
        assert_eq!(comparable("012345678905"), comparable("0012345678905"));
        assert_eq!(comparable("012345678905"), comparable("00012345678905"));
        assert_ne!(comparable("9008700124195"), comparable("19008700124192"), "a case is not a piece");
        assert_eq!(comparable("12345678"), "12345678", "the check digit does not fit");
        assert_eq!(comparable("AA30"), "AA30");
    }
}

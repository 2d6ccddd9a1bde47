//! Naming an unknown barcode: how often it was seen, which pack factors are worth offering.
//!
//! Absent: finding items; the server searches.

use shared::{
    api::master::{ItemRow, NameBarcode, ProposedPack, UnknownBarcodeRow},
    quantity::Quantity,
};
use std::collections::BTreeSet;

/// How often and in how many bins it was read.
pub fn seen(row: &UnknownBarcodeRow) -> (usize, usize) {
    let bins: BTreeSet<&str> = row.seen.iter().map(|sighting| sighting.location_code.as_str()).collect();
    (row.seen.len(), bins.len())
}

/// Pack factors the item already has, and one; smallest first.
pub fn factors(item: &ItemRow) -> Vec<Quantity> {
    let mut factors: BTreeSet<Quantity> = item.barcodes.iter().map(|barcode| barcode.pack_factor).collect();
    factors.insert(Quantity::ONE);
    factors.into_iter().collect()
}

/// What people on the floor took it for, each once, the most frequent first.
pub fn proposals(row: &UnknownBarcodeRow) -> Vec<ProposedPack> {
    let mut counted: Vec<(ProposedPack, usize)> = Vec::new();
    for proposed in row.seen.iter().filter_map(|sighting| sighting.proposed.clone()) {
        match counted.iter_mut().find(|(known, _)| *known == proposed) {
            Some((_, times)) => *times += 1,
            None => counted.push((proposed, 1)),
        }
    }
    counted.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    counted.into_iter().map(|(proposed, _)| proposed).collect()
}

/// The message that takes a proposal over.
pub fn agree(barcode: &str, proposed: &ProposedPack) -> NameBarcode {
    NameBarcode { barcode: barcode.to_owned(), item: proposed.item, pack_factor: proposed.pack_factor }
}

/// The message.
///
/// # Errors
/// A sentence about the pack factor.
pub fn message(barcode: &str, item: &ItemRow, factor: &str) -> Result<NameBarcode, String> {
    let pack_factor: Quantity = factor.parse().map_err(|error| format!("The pack factor “{factor}” {error}."))?;
    if pack_factor <= Quantity::ZERO {
        return Err("One scan stands for more than nothing: the pack factor must be above zero.".to_owned());
    }
    Ok(NameBarcode { barcode: barcode.to_owned(), item: item.id, pack_factor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{
        api::master::UnknownBarcodeSighting,
        id::{ItemId, SheetId},
        item::{Barcode, Tracking},
        moment::Moment,
    };

    fn item(factors: &[&str]) -> ItemRow {
        let barcode =
            |factor: &&str| Barcode { text: format!("b{factor}"), pack_factor: factor.parse().expect("a factor") };
        ItemRow {
            id: ItemId(3),
            sku: "S".into(),
            description: String::new(),
            unit: "EA".into(),
            tracking: Tracking::None,
            barcodes: factors.iter().map(barcode).collect(),
        }
    }

    #[test]
    fn one_and_the_packs_of_the_item_are_offered() {
        let offered: Vec<String> = factors(&item(&["12", "6", "12"])).iter().map(ToString::to_string).collect();
        assert_eq!(offered, ["1", "6", "12"]);
    }

    #[test]
    fn what_most_people_took_it_for_is_offered_first() {
        let sighting = |units_in: &str| UnknownBarcodeSighting {
            sheet: SheetId(uuid::Uuid::nil()),
            location_code: "A-01".into(),
            person_name: "Maria".into(),
            at: Moment(1),
            quantity: Quantity::ONE,
            proposed: (!units_in.is_empty()).then(|| ProposedPack {
                item: ItemId(3),
                sku: "S".into(),
                pack_factor: units_in.parse().expect("a factor"),
            }),
        };
        let row = UnknownBarcodeRow { barcode: "x".into(), seen: ["6", "", "12", "12"].map(sighting).into() };
        let offered: Vec<String> = proposals(&row).iter().map(|it| it.pack_factor.to_string()).collect();
        assert_eq!(offered, ["12", "6"]);
        assert_eq!(agree("x", &proposals(&row)[0]).pack_factor.to_string(), "12");
    }

    #[test]
    fn a_pack_of_nothing_is_refused() {
        for factor in ["0", "-1", "", "1,5"] {
            assert!(message("x", &item(&[]), factor).is_err(), "{factor}");
        }
        assert_eq!(message("x", &item(&[]), "12").map(|message| message.pack_factor.to_string()), Ok("12".to_owned()));
    }
}

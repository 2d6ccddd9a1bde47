//! A lead says which item an unknown barcode is; every sheet it stands on is evaluated again.

use super::{Doer, Failure, follow_up};
use crate::store::{WriteTx, item, location};
use shared::{api::master::NameBarcode, fact::Fact, quantity::Quantity};

/// Letters of a barcode, at most: the longest that the usual symbologies hold.
const LETTERS_MAX: usize = 200;

/// Names a barcode. Naming it the same twice is naming it once.
///
/// # Errors
/// `bad_barcode`, `bad_pack_factor`, `not_found`, `barcode_taken`, `barcode_is_a_location`.
pub fn name_barcode(tx: &mut WriteTx<'_>, doer: &Doer, request: &NameBarcode) -> Result<(), Failure> {
    let NameBarcode { barcode, item, pack_factor } = request;
    if barcode.trim().is_empty() || barcode.chars().count() > LETTERS_MAX {
        let sentence = format!("A barcode has 1 to {LETTERS_MAX} letters or digits.");
        return Err(Failure::refused("bad_barcode", sentence));
    }
    if *pack_factor <= Quantity::ZERO {
        let sentence = "One scan stands for more than nothing: give how many base units are in it, such as 1 or 12.";
        return Err(Failure::refused("bad_pack_factor", sentence));
    }
    if !item::exists(tx.conn(), doer.site, *item)? {
        return Err(Failure::not_found("item"));
    }
    if let Some(code) = location::find_label(tx.conn(), doer.site, barcode)? {
        let sentence =
            format!("{barcode} is the label of location {code}; a scan must mean one thing. Relabel one of them.");
        return Err(Failure::refused("barcode_is_a_location", sentence));
    }
    if let Some((known, factor, sku)) = item::find_barcode(tx.conn(), doer.site, barcode)? {
        if known == *item && factor == *pack_factor {
            return Ok(());
        }
        let sentence = format!("{barcode} is {sku} already ({factor} a scan). Change it with the item, not here.");
        return Err(Failure::refused("barcode_taken", sentence));
    }
    let fact = Fact::BarcodeNamed { barcode: barcode.clone(), item: *item, pack_factor: *pack_factor };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    follow_up::run(tx)?;
    Ok(())
}

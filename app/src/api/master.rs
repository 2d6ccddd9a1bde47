//! Locations, items, unknown barcodes, tolerance rules and reasons.

use super::{Trouble, call, path::Path};
use shared::api::master::{ItemRow, LocationPage, NameBarcode, Reason, Thresholds, UnknownBarcodeRow};

/// How many locations come at once.
pub const LOCATION_ROWS: u32 = 200;

/// `GET …/locations`
pub async fn locations(site: &str, q: &str, zone: &str, after: Option<i64>) -> Result<LocationPage, Trouble> {
    let after = after.map(|next| next.to_string()).unwrap_or_default();
    let path = Path::site(site).segment("locations").ask("q", q).ask("zone", zone).ask("after", &after);
    call::get(path.ask("limit", &LOCATION_ROWS.to_string())).await
}
/// `GET …/items`
pub async fn items(site: &str, q: &str) -> Result<Vec<ItemRow>, Trouble> {
    call::get(Path::site(site).segment("items").ask("q", q).ask("limit", "20")).await
}
/// `GET …/barcodes/unknown`
pub async fn unknown_barcodes(site: &str) -> Result<Vec<UnknownBarcodeRow>, Trouble> {
    call::get(Path::site(site).segment("barcodes").segment("unknown")).await
}
/// `POST …/barcodes/name`
pub async fn name_barcode(site: &str, message: &NameBarcode) -> Result<(), Trouble> {
    call::tell(Path::site(site).segment("barcodes").segment("name"), message).await
}
/// `GET …/thresholds`
pub async fn thresholds(site: &str) -> Result<Thresholds, Trouble> {
    call::get(Path::site(site).segment("thresholds")).await
}
/// `PUT …/thresholds`
pub async fn set_thresholds(site: &str, message: &Thresholds) -> Result<(), Trouble> {
    call::put(Path::site(site).segment("thresholds"), message).await
}
/// `GET …/reasons`
pub async fn reasons(site: &str) -> Result<Vec<Reason>, Trouble> {
    call::get(Path::site(site).segment("reasons")).await
}
/// `POST …/reasons`
pub async fn add_reason(site: &str, message: &Reason) -> Result<(), Trouble> {
    call::tell(Path::site(site).segment("reasons"), message).await
}

//! Items, locations, barcodes, reasons and rules at the desk.

use crate::{
    fact::MovementKind,
    id::{FindingId, ItemId, LocationId, PersonId, SheetId},
    item::Tracking,
    location::LocationKind,
    moment::Moment,
    money::Money,
    policy::ToleranceRule,
    quantity::Quantity,
};
use serde::{Deserialize, Serialize};

/// `GET …/locations?q=&zone=&kind=&after=&limit=` (SeeWork), in walk order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationPage {
    pub rows: Vec<LocationRow>,
    pub total: u64,
    /// Pass as `after` for the next page.
    pub next: Option<i64>,
    /// Every zone of the site with its number of locations.
    pub zones: Vec<(String, u64)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationRow {
    pub id: LocationId,
    pub code: String,
    pub zone: String,
    pub aisle: String,
    pub kind: LocationKind,
    pub walk_order: i64,
    /// When a count of it was last finished.
    pub counted_at: Option<Moment>,
    /// Whether an open task exists for it.
    pub open_task: bool,
}

/// `GET …/items?q=&limit=` (SeeWork): to find an item when naming a barcode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    pub id: ItemId,
    pub sku: String,
    pub description: String,
    pub unit: String,
    pub tracking: Tracking,
    pub barcodes: Vec<crate::item::Barcode>,
}

/// `GET …/barcodes/unknown` (SeeWork)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownBarcodeRow {
    pub barcode: String,
    /// Where it was read, with how many scans.
    pub seen: Vec<UnknownBarcodeSighting>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownBarcodeSighting {
    pub sheet: SheetId,
    pub location_code: String,
    pub person_name: String,
    pub at: Moment,
    pub quantity: Quantity,
    /// What the person who read it said that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedPack>,
}

/// A pack that somebody on the floor took for one of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedPack {
    pub item: ItemId,
    pub sku: String,
    /// Base units in one.
    pub pack_factor: Quantity,
}

/// `POST …/barcodes/name` (PlanWork)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameBarcode {
    pub barcode: String,
    pub item: ItemId,
    pub pack_factor: Quantity,
}

/// `GET …/reasons` (SeeWork), `POST …/reasons` (Administer)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub code: String,
    pub label: String,
}

/// `GET …/thresholds` (SeeBooks or Administer), `PUT …/thresholds` (Administer) with `version` = the one read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The version these replace; a stale one is refused with 409 `stale_version`.
    pub version: i64,
    pub rules: Vec<ToleranceRule>,
    pub dual_above: Option<Money>,
    pub post_within_tolerance: bool,
}

/// A movement as history and discrepancy pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementLine {
    pub kind: MovementKind,
    pub quantity: Quantity,
    pub effective_at: Moment,
    pub recorded_at: Moment,
    pub source: String,
    pub reference: String,
    /// Book quantity of the key right after it.
    pub book_after: Quantity,
}

/// `GET …/findings?limit=` (SeeBooks): things noticed that block nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    pub id: FindingId,
    /// `statement_correction`, `would_now_differ`, `serial_in_two_locations`, `late_sheet`, `event_quarantined`, `event_deferred`, `needs_confirm`, `nobody_left`, `skipped`.
    pub kind: String,
    pub sentence: String,
    pub location_code: String,
    pub sku: String,
    pub person: Option<PersonId>,
    pub at: Moment,
}

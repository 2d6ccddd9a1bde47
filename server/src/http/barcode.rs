//! Barcodes nobody knows, and naming them.

use super::guard::AtSite;
use super::limits;
use super::problem::Reply;
use super::state::AppState;
use crate::read::barcode;
use axum::Json;
use axum::extract::State;
use shared::api::master::UnknownBarcodeRow;

pub async fn list_unknown(State(state): State<AppState>, at: AtSite) -> Reply<Vec<UnknownBarcodeRow>> {
    Ok(Json(state.store.read(move |tx| barcode::list_unknown(tx, at.access.site, limits::LIST_ROWS_MAX)).await?))
}

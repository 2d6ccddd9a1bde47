//! Barcodes nobody knows, and naming them.

use super::extract::Body;
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::name_barcode;
use crate::read::barcode;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::master::{NameBarcode, UnknownBarcodeRow};

pub async fn list_unknown(State(state): State<AppState>, at: AtSite) -> Reply<Vec<UnknownBarcodeRow>> {
    Ok(Json(state.store.read(move |tx| barcode::list_unknown(tx, at.access.site, limits::LIST_ROWS_MAX)).await?))
}

pub async fn name(
    State(state): State<AppState>,
    at: AtSite,
    Body(said): Body<NameBarcode>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| name_barcode::name_barcode(tx, &doer, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

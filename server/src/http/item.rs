//! Items, to find one when a barcode is named.

use super::extract::{Filter, rows, search_text};
use super::guard::AtSite;
use super::limits;
use super::problem::Reply;
use super::state::AppState;
use crate::read::item;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::master::ItemRow;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    q: Option<String>,
    limit: Option<u32>,
}

pub async fn list(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<Wanted>) -> Reply<Vec<ItemRow>> {
    let limit = rows(wanted.limit, limits::SEARCH_ROWS_MAX, limits::PAGE_ROWS_MAX)?;
    let text = search_text(wanted.q)?;
    Ok(Json(state.store.read(move |tx| item::list(tx, at.access.site, text.as_deref(), limit)).await?))
}

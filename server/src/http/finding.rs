//! Findings of a site.

use super::extract::{Filter, rows};
use super::guard::AtSite;
use super::limits;
use super::problem::Reply;
use super::state::AppState;
use crate::read::finding;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::master::FindingRow;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    limit: Option<u32>,
}

pub async fn list(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<Wanted>) -> Reply<Vec<FindingRow>> {
    let limit = rows(wanted.limit, limits::PAGE_ROWS, limits::PAGE_ROWS_MAX)?;
    Ok(Json(state.store.read(move |tx| finding::list(tx, at.access.site, limit)).await?))
}

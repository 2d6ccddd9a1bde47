//! Finds whose history to read.

use super::extract::{Filter, search_text};
use super::guard::AtSite;
use super::limits;
use super::problem::Reply;
use super::state::AppState;
use crate::read::search;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::history::SearchHit;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    q: Option<String>,
}

/// Nothing asked is nothing found.
pub async fn list(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<Wanted>) -> Reply<Vec<SearchHit>> {
    let Some(text) = search_text(wanted.q)? else { return Ok(Json(Vec::new())) };
    Ok(Json(state.store.read(move |tx| search::list(tx, at.access.site, &text, limits::SEARCH_ROWS_MAX)).await?))
}

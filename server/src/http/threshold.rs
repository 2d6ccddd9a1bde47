//! The tolerance rules of a site.

use super::guard::AtSite;
use super::problem::Reply;
use super::state::AppState;
use crate::read::threshold;
use axum::Json;
use axum::extract::State;
use shared::api::master::Thresholds;

pub async fn find(State(state): State<AppState>, at: AtSite) -> Reply<Thresholds> {
    Ok(Json(state.store.read(move |tx| threshold::find(tx, at.access.site)).await?))
}

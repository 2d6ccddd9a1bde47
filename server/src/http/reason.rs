//! Reason codes of a site.

use super::guard::AtSite;
use super::problem::Reply;
use super::state::AppState;
use crate::read::reason;
use axum::Json;
use axum::extract::State;
use shared::api::master::Reason;

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<Reason>> {
    Ok(Json(state.store.read(move |tx| reason::list(tx, at.access.site)).await?))
}

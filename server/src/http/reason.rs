//! Reason codes of a site.

use super::extract::Body;
use super::guard::AtSite;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::add_reason;
use crate::read::reason;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::master::Reason;

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<Reason>> {
    Ok(Json(state.store.read(move |tx| reason::list(tx, at.access.site)).await?))
}

pub async fn add(State(state): State<AppState>, at: AtSite, Body(new): Body<Reason>) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| add_reason::add_reason(tx, &doer, &new)).await?;
    Ok(StatusCode::NO_CONTENT)
}

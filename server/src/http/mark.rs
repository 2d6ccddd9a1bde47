//! Marked events: the list, and deciding about them.

use super::extract::Body;
use super::guard::AtSite;
use super::problem::Reply;
use super::state::AppState;
use crate::action::decide_marks;
use crate::read::mark;
use axum::Json;
use axum::extract::State;
use shared::api::mark::{DecideMarks, MarkRow, MarksDecided};

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<MarkRow>> {
    Ok(Json(state.store.read(move |tx| mark::list(tx, at.access.site)).await?))
}

pub async fn decide(State(state): State<AppState>, at: AtSite, Body(said): Body<DecideMarks>) -> Reply<MarksDecided> {
    let doer = at.doer();
    Ok(Json(state.store.write(move |tx| decide_marks::decide_marks(tx, &doer, &said)).await?))
}

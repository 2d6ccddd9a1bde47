//! Counts: the list, one with its tasks, making and closing.

use super::extract::Id;
use super::guard::AtSite;
use super::problem::{Failure, Reply};
use super::state::AppState;
use super::limits;
use crate::read::count;
use axum::Json;
use axum::extract::State;
use shared::api::count::{CountDetail, CountRow};
use shared::id::CountId;

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<CountRow>> {
    let rows = state.store.read(move |tx| count::list(tx, at.access.site, limits::PAGE_ROWS_MAX)).await?;
    Ok(Json(rows))
}

pub async fn detail(State(state): State<AppState>, at: AtSite, Id(id): Id<CountId>) -> Reply<CountDetail> {
    let found = state.store.read(move |tx| count::find_detail(tx, at.access.site, id, limits::COUNT_TASKS_MAX)).await?;
    found.map(Json).ok_or_else(|| Failure::not_found("There is no such count at this site."))
}

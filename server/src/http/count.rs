//! Counts: the list, one with its tasks, making and closing.

use super::extract::{Body, Id};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{self, close_count, count as create};
use crate::read::count;
use crate::store::closing;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::count::{CloseCount, CountCreated, CountDetail, CountRow, NewCount, Selection};
use shared::closing::Lacks;
use shared::id::CountId;

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<CountRow>> {
    let rows = state.store.read(move |tx| count::list(tx, at.access.site, limits::PAGE_ROWS_MAX)).await?;
    Ok(Json(rows))
}

pub async fn detail(State(state): State<AppState>, at: AtSite, Id(id): Id<CountId>) -> Reply<CountDetail> {
    let found = state.store.read(move |tx| count::find_detail(tx, at.access.site, id, limits::COUNT_TASKS_MAX)).await?;
    found.map(Json).ok_or_else(|| Failure::not_found("There is no such count at this site."))
}

/// What the server knows it lacks, for whoever thinks of closing the count.
pub async fn lacks(State(state): State<AppState>, at: AtSite, Id(id): Id<CountId>) -> Reply<Lacks> {
    let found = state.store.read(move |tx| closing::find_lacks(tx, at.access.site, id)).await?;
    found.map(Json).ok_or_else(|| Failure::not_found("There is no such count at this site."))
}

pub async fn create(
    State(state): State<AppState>,
    at: AtSite,
    Body(new): Body<NewCount>,
) -> Result<(StatusCode, Json<CountCreated>), Failure> {
    let doer = at.doer();
    if let Selection::Locations { ids } = &new.selection {
        limits::check_ids("selection", ids.len())?;
    }
    let created = state
        .store
        .write(move |tx| {
            let made = create::create_count(tx, &doer, &new)?;
            let row = count::find(&tx.as_read(), doer.site, made.count)?
                .ok_or_else(|| action::Failure::not_found("count"))?;
            Ok::<_, action::Failure>(CountCreated { count: row, left_out: made.left_out })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(created)))
}

pub async fn close(
    State(state): State<AppState>,
    at: AtSite,
    Id(id): Id<CountId>,
    Body(said): Body<CloseCount>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| close_count::close_count(tx, &doer, id, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

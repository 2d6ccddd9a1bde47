//! Incidents: the list, closing one, and how much waits for somebody.

use super::extract::{Body, Filter, Id, rows};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::close_incident;
use crate::read::{incident, mark};
use crate::store::{Error, ReadTx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::api::incident::{Attention, CloseIncident, IncidentRow};
use shared::id::IncidentId;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    limit: Option<u32>,
}

pub async fn list(
    State(state): State<AppState>,
    at: AtSite,
    Filter(wanted): Filter<Wanted>,
) -> Reply<Vec<IncidentRow>> {
    let limit = rows(wanted.limit, limits::PAGE_ROWS, limits::PAGE_ROWS_MAX)?;
    Ok(Json(state.store.read(move |tx| incident::list(tx, at.access.site, limit)).await?))
}

pub async fn close(
    State(state): State<AppState>,
    at: AtSite,
    Id(id): Id<IncidentId>,
    Body(said): Body<CloseIncident>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| close_incident::close_incident(tx, &doer, id, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn attention(State(state): State<AppState>, at: AtSite) -> Reply<Attention> {
    let site = at.access.site;
    let read = move |tx: &ReadTx<'_>| {
        Ok::<_, Error>(Attention { incidents: incident::count_waiting(tx, site)?, marks: mark::count_open(tx, site)? })
    };
    Ok(Json(state.store.read(read).await?))
}

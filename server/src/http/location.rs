//! Locations in pages.

use super::extract::{Filter, rows, search_text};
use super::guard::AtSite;
use super::limits;
use super::problem::Reply;
use super::state::AppState;
use crate::read::location::{self, LocationFilter};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::master::LocationPage;
use shared::id::LocationId;
use shared::location::LocationKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    q: Option<String>,
    zone: Option<String>,
    kind: Option<LocationKind>,
    after: Option<i64>,
    limit: Option<u32>,
}

pub async fn list(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<Wanted>) -> Reply<LocationPage> {
    let limit = rows(wanted.limit, limits::PAGE_ROWS, limits::LOCATION_ROWS_MAX)?;
    let filter = LocationFilter {
        text: search_text(wanted.q)?,
        zone: wanted.zone,
        kind: wanted.kind,
        after: wanted.after.map(LocationId),
    };
    Ok(Json(state.store.read(move |tx| location::list(tx, at.access.site, &filter, limit)).await?))
}

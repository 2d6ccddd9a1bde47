//! The figures of the first page.

use super::guard::AtSite;
use super::problem::Reply;
use super::state::AppState;
use crate::read::dashboard::{self, Books};
use axum::Json;
use axum::extract::State;
use shared::api::dashboard::Dashboard;
use shared::role::Permission;

pub async fn find(State(state): State<AppState>, at: AtSite) -> Reply<Dashboard> {
    let books = if at.may(Permission::SeeBooks) { Books::Shown } else { Books::Hidden };
    Ok(Json(state.store.read(move |tx| dashboard::find(tx, at.access.site, &at.access.time_zone, books)).await?))
}

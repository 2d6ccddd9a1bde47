//! Files carried in from handhelds: taken, listed, tried again.

use super::extract::{Body, path_word};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::rescue;
use crate::store::rescue as table;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use shared::api::rescue::{NewRescue, RESCUE_TEXT_BYTES_MAX, RescueReport, RescueRow};

pub async fn take(State(state): State<AppState>, at: AtSite, Body(new): Body<NewRescue>) -> Reply<RescueReport> {
    if new.text.len() > RESCUE_TEXT_BYTES_MAX {
        let most = RESCUE_TEXT_BYTES_MAX / (1024 * 1024);
        let sentence =
            format!("The file is larger than {most} MB. Take it in with `trueup rescue` on the server itself.");
        return Err(Failure::invalid("text", "bad_rescue", sentence));
    }
    Ok(Json(rescue::rescue(&state.store, at.doer(), new.text, new.dry_run).await?))
}

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<RescueRow>> {
    Ok(Json(state.store.read(move |tx| table::list(tx, at.access.site, limits::PAGE_ROWS_MAX)).await?))
}

/// The `{id}` of the path: what a file is known by.
pub struct File([u8; 32]);

impl<S: Send + Sync> FromRequestParts<S> for File {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        // a file's name is a hash in 64 digits, as every chain is
        let name = shared::sync::log::Chain::parse(&path_word(parts, state, "id").await?);
        name.map(|name| Self(name.0)).ok_or_else(gone)
    }
}

fn gone() -> Failure {
    Failure::not_found("No file of that name waits here. Reload the page to see what does.")
}

/// Takes a kept file once more: what it waited for may be here by now.
pub async fn take_again(State(state): State<AppState>, at: AtSite, File(name): File) -> Reply<RescueReport> {
    let site = at.access.site;
    let text = state.store.read(move |tx| table::find(tx, site, &name)).await?.ok_or_else(gone)?;
    Ok(Json(rescue::rescue(&state.store, at.doer(), text, false).await?))
}

//! The tolerance rules of a site.

use super::extract::Body;
use super::guard::AtSite;
use super::problem::Reply;
use super::state::AppState;
use crate::action::{self, set_rules};
use crate::read::threshold;
use axum::Json;
use axum::extract::State;
use shared::api::master::Thresholds;

pub async fn find(State(state): State<AppState>, at: AtSite) -> Reply<Thresholds> {
    Ok(Json(state.store.read(move |tx| threshold::find(tx, at.access.site)).await?))
}

/// Answers the rules as they are now, with their new version.
pub async fn set(State(state): State<AppState>, at: AtSite, Body(new): Body<Thresholds>) -> Reply<Thresholds> {
    let doer = at.doer();
    let set = state
        .store
        .write(move |tx| {
            set_rules::set_rules(tx, &doer, &new)?;
            Ok::<_, action::Failure>(threshold::find(&tx.as_read(), doer.site)?)
        })
        .await?;
    Ok(Json(set))
}

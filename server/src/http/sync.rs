//! What handhelds say and ask: enrolment, who takes one, push, pull and the packed catalogue.
//!
//! Absent: everything about the protocol; see `shared/src/sync` and the actions.

use super::extract::Body;
use super::guard::{Device, Place};
use super::problem::Reply;
use super::state::AppState;
use crate::action::{enrol, sign_in};
use axum::Json;
use axum::extract::State;
use shared::sync::message::{EnrolAnswer, EnrolRequest, HandheldSignIn, HandheldSignInAnswer};

pub async fn enrol(State(state): State<AppState>, Place(place): Place, Body(given): Body<EnrolRequest>) -> Reply<EnrolAnswer> {
    Ok(Json(enrol::enrol(&state.store, &place, &given.code).await?))
}

pub async fn sign_in(
    State(state): State<AppState>,
    Device(device): Device,
    Body(given): Body<HandheldSignIn>,
) -> Reply<HandheldSignInAnswer> {
    // many handhelds share one address; each is slowed down for itself
    let place = format!("device:{}", device.id);
    let at = (device.site, place.as_str());
    Ok(Json(sign_in::sign_in_on_handheld(&state.store, &state.turns, at, &given.username, given.password).await?))
}

//! Whether the program lives, and whether it can do its work: for whoever watches it.

use super::problem::Failure;
use super::state::AppState;
use crate::read::access;
use axum::extract::State;
use axum::http::StatusCode;
use shared::id::PersonId;

/// The program runs.
pub async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The store answers.
pub async fn ready(State(state): State<AppState>) -> Result<StatusCode, Failure> {
    // nobody has the number 0: asked only because the answer comes from the database
    state.store.read(move |tx| access::find_me(tx, PersonId(0))).await?;
    Ok(StatusCode::NO_CONTENT)
}

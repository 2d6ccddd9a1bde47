//! Signing in and out at the desk, setting up, joining by a link, and who one is.

use super::extract::Body;
use super::guard::{Caller, Place};
use super::problem::{Failure, Reply};
use super::session;
use super::state::AppState;
use crate::action::{join, set_up, sign_in};
use crate::read::access;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::session::{Join, Me, SetUp, SignIn};
use shared::id::PersonId;
use tower_sessions::Session;

pub async fn sign_in(
    State(state): State<AppState>,
    session: Session,
    Place(place): Place,
    Body(given): Body<SignIn>,
) -> Reply<Me> {
    let person = sign_in::sign_in(&state.store, &state.turns, &place, &given.username, given.password).await?;
    welcome(&state, &session, person).await
}

pub async fn set_up(State(state): State<AppState>, session: Session, Body(given): Body<SetUp>) -> Reply<Me> {
    let person = set_up::set_up(&state.store, &state.turns, given).await?;
    welcome(&state, &session, person).await
}

pub async fn join(State(state): State<AppState>, session: Session, Body(given): Body<Join>) -> Reply<Me> {
    let person = join::join(&state.store, &state.turns, given).await?;
    welcome(&state, &session, person).await
}

async fn welcome(state: &AppState, session: &Session, person: PersonId) -> Reply<Me> {
    session::begin(session, person, state.store.clock().now()).await?;
    me(State(state.clone()), Caller(person)).await
}

pub async fn me(State(state): State<AppState>, Caller(person): Caller) -> Reply<Me> {
    let found = state.store.read(move |tx| access::find_me(tx, person)).await?;
    found.map(Json).ok_or_else(Failure::not_signed_in)
}

pub async fn sign_out(session: Session) -> Result<StatusCode, Failure> {
    session::end(&session).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! People of a site: the list, adding, changing, and links with which they set a password.

use super::extract::{Body, Id};
use super::guard::AtSite;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{self, add_person, change_person, link_person};
use crate::read::person;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::api::people::{ChangePerson, NewPerson, OneTimeLink, PersonRow};
use shared::id::PersonId;

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Vec<PersonRow>> {
    Ok(Json(state.store.read(move |tx| person::list(tx, at.access.site)).await?))
}

pub async fn add(
    State(state): State<AppState>,
    at: AtSite,
    Body(new): Body<NewPerson>,
) -> Result<(StatusCode, Json<PersonRow>), Failure> {
    let doer = at.doer();
    let id = state.store.write(move |tx| add_person::add_person(tx, &doer, &new)).await?;
    Ok((StatusCode::CREATED, find(&state, at, id).await?))
}

pub async fn change(
    State(state): State<AppState>,
    at: AtSite,
    Id(id): Id<PersonId>,
    Body(new): Body<ChangePerson>,
) -> Reply<PersonRow> {
    let doer = at.doer();
    state.store.write(move |tx| change_person::change_person(tx, &doer, id, &new)).await?;
    find(&state, at, id).await
}

pub async fn link(State(state): State<AppState>, at: AtSite, Id(id): Id<PersonId>) -> Reply<OneTimeLink> {
    let doer = at.doer();
    Ok(Json(state.store.write(move |tx| link_person::link_person(tx, &doer, id)).await?))
}

async fn find(state: &AppState, at: AtSite, id: PersonId) -> Reply<PersonRow> {
    let found = state.store.read(move |tx| person::find(tx, at.access.site, id)).await?;
    found.map(Json).ok_or_else(|| action::Failure::not_found("person").into())
}

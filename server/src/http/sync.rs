//! What handhelds say and ask: enrolment, who takes one, push, pull and the packed catalogue.
//!
//! Absent: everything about the protocol; see `shared/src/sync` and the actions.

use super::extract::{Body, Filter, path_word};
use super::guard::{Device, Place};
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{enrol, pull, push, sign_in};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use shared::sync::message::{
    Cursor, EnrolAnswer, EnrolRequest, HandheldSignIn, HandheldSignInAnswer, PullPage, PushAnswer, PushRequest,
    ShardKind,
};

pub async fn enrol(
    State(state): State<AppState>,
    Place(place): Place,
    Body(given): Body<EnrolRequest>,
) -> Reply<EnrolAnswer> {
    Ok(Json(enrol::enrol(&state.store, &place, &given.code).await?))
}

pub async fn sign_in(
    State(state): State<AppState>,
    Device(device): Device,
    Body(given): Body<HandheldSignIn>,
) -> Reply<HandheldSignInAnswer> {
    // many handhelds share one address; each is slowed down for itself
    let place = format!("device:{}", device.id);
    let at = (&device, place.as_str());
    Ok(Json(sign_in::sign_in_on_handheld(&state.store, &state.turns, at, &given.username, given.password).await?))
}

/// Refuses nothing for what it says; see `action/push.rs`.
pub async fn push(
    State(state): State<AppState>,
    Device(device): Device,
    Body(given): Body<PushRequest>,
) -> Reply<PushAnswer> {
    Ok(Json(push::receive_push(&state.store, device.id, given).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    cursor: Option<Cursor>,
}

pub async fn pull(
    State(state): State<AppState>,
    Device(device): Device,
    Filter(wanted): Filter<Wanted>,
) -> Reply<PullPage> {
    let identity = state.store.identity();
    Ok(Json(state.store.read(move |tx| pull::pull(tx, identity, &device, wanted.cursor.as_ref())).await?))
}

/// The `{kind}` and `{number}` of the path.
pub struct Named(ShardKind, u32);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let (kind, number) = (path_word(parts, state, "kind").await?, path_word(parts, state, "number").await?);
        let kind = match kind.as_str() {
            "items" => Some(ShardKind::Items),
            "locations" => Some(ShardKind::Locations),
            _ => None,
        };
        kind.zip(number.parse().ok()).map(|(kind, number)| Self(kind, number)).ok_or_else(no_such_shard)
    }
}

fn no_such_shard() -> Failure {
    Failure::not_found("There is no such piece of the catalogue. Pull again to learn which there are.")
}

/// A piece of the catalogue of the handheld's own site, or word that the one it has is the newest.
pub async fn shard(
    State(state): State<AppState>,
    Device(device): Device,
    Named(kind, number): Named,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let found = state.shards.load(&state.store, device.site, kind, number).await?.ok_or_else(no_such_shard)?;
    // weak, because one tag stands for the piece in every packing
    let tag = format!("W/\"{}\"", found.version);
    let tags = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "private, no-cache".into())];
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known.flat_map(|list| list.split(',')).any(|one| one.trim() == tag) {
        return Ok((StatusCode::NOT_MODIFIED, tags).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((tags, kind, found.bytes.to_vec()).into_response())
}

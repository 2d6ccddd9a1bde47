//! The history of anything, told from the facts.

use super::extract::{Filter, path_word, rows};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::read::history;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use serde::Deserialize;
use shared::api::history::{HistoryPage, Subject};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    before: Option<i64>,
    limit: Option<u32>,
}

/// The `{subject}` of the path.
pub struct Of(Subject);

impl<S: Send + Sync> FromRequestParts<S> for Of {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let word = path_word(parts, state, "subject").await?;
        Subject::parse(&word).map(Self).ok_or_else(|| {
            let words: Vec<_> = Subject::ALL.iter().map(|subject| subject.word()).collect();
            Failure::not_found(format!("There is no history of a {word}; there is one of {}.", words.join(", ")))
        })
    }
}

pub async fn list(
    State(state): State<AppState>,
    at: AtSite,
    Of(subject): Of,
    super::extract::Id(id): super::extract::Id<i64>,
    Filter(wanted): Filter<Wanted>,
) -> Reply<HistoryPage> {
    let limit = rows(wanted.limit, limits::PAGE_ROWS, limits::PAGE_ROWS_MAX)?;
    let found =
        state.store.read(move |tx| history::list(tx, at.access.site, (subject, id), wanted.before, limit)).await?;
    found
        .map(Json)
        .ok_or_else(|| Failure::not_found(format!("There is no {} with this number at this site.", subject.word())))
}

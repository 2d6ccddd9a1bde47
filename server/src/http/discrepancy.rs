//! Discrepancies: the queue, the page of one, and what supervisors decide.

use super::extract::{Filter, Id, rows, search_text};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::read::discrepancy::{self, DiscrepancyFilter, Standing};
use crate::read::evidence::{self, Asking};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::discrepancy::{DiscrepancyDetail, DiscrepancyPage};
use shared::id::DiscrepancyId;

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Word {
    #[default]
    Open,
    Decided,
    All,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    state: Word,
    q: Option<String>,
    after: Option<i64>,
    limit: Option<u32>,
}

pub async fn list(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<Wanted>) -> Reply<DiscrepancyPage> {
    let limit = rows(wanted.limit, limits::PAGE_ROWS, limits::PAGE_ROWS_MAX)?;
    let standing = match wanted.state {
        Word::Open => Standing::Open,
        Word::Decided => Standing::Settled,
        Word::All => Standing::All,
    };
    let filter = DiscrepancyFilter { standing, text: search_text(wanted.q)?, after: wanted.after.map(DiscrepancyId) };
    Ok(Json(state.store.read(move |tx| discrepancy::list(tx, at.access.site, &filter, limit)).await?))
}

pub async fn detail(State(state): State<AppState>, at: AtSite, Id(id): Id<DiscrepancyId>) -> Reply<DiscrepancyDetail> {
    let asking = Asking { person: at.person, limit: at.access.approval_limit };
    let found = state
        .store
        .read(move |tx| evidence::find_detail(tx, at.access.site, id, asking, limits::MOVEMENT_ROWS_MAX))
        .await?;
    found.map(Json).ok_or_else(|| Failure::not_found("There is no such discrepancy at this site."))
}

//! Discrepancies: the queue, the page of one, and what supervisors decide.

use super::extract::{Body, Filter, Id, rows, search_text};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{self, approve, order_round, pair, reject};
use crate::read::discrepancy::{self, DiscrepancyFilter, Standing};
use crate::read::evidence;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::api::discrepancy::{Decide, DiscrepancyDetail, DiscrepancyPage, OrderRound, Pair};
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
    let (site, person) = (at.access.site, at.person);
    let found = state
        .store
        .read(move |tx| {
            let Some(mut detail) = evidence::find_detail(tx, site, id, limits::MOVEMENT_ROWS_MAX)? else {
                return Ok(None);
            };
            detail.approve_refusal = approve::refusal(tx, site, person, id)?.map(|refusal| refusal.sentence);
            Ok::<_, action::Failure>(Some(detail))
        })
        .await?;
    found.map(Json).ok_or_else(|| action::Failure::not_found("discrepancy").into())
}

pub async fn approve(
    State(state): State<AppState>,
    at: AtSite,
    Id(id): Id<DiscrepancyId>,
    Body(said): Body<Decide>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| approve::approve(tx, &doer, id, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn reject(
    State(state): State<AppState>,
    at: AtSite,
    Id(id): Id<DiscrepancyId>,
    Body(said): Body<Decide>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| reject::reject(tx, &doer, id, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn order_round(
    State(state): State<AppState>,
    at: AtSite,
    Id(id): Id<DiscrepancyId>,
    Body(said): Body<OrderRound>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| order_round::order_round(tx, &doer, id, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn pair(
    State(state): State<AppState>,
    at: AtSite,
    Id(id): Id<DiscrepancyId>,
    Body(said): Body<Pair>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    state.store.write(move |tx| pair::pair(tx, &doer, id, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

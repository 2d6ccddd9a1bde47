//! Adjustments and their hand-over to the other system.

use super::extract::Filter;
use super::guard::AtSite;
use super::limits;
use super::problem::Reply;
use super::state::AppState;
use crate::read::adjustment::{self, Stage};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::discrepancy::AdjustmentRow;

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Word {
    Posted,
    Exported,
    Acknowledged,
    #[default]
    All,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[serde(default)]
    state: Word,
}

pub async fn list(State(state): State<AppState>, at: AtSite, Filter(wanted): Filter<Wanted>) -> Reply<Vec<AdjustmentRow>> {
    let stage = match wanted.state {
        Word::Posted => Stage::Posted,
        Word::Exported => Stage::Exported,
        Word::Acknowledged => Stage::Acknowledged,
        Word::All => Stage::All,
    };
    Ok(Json(state.store.read(move |tx| adjustment::list(tx, at.access.site, stage, limits::LIST_ROWS_MAX)).await?))
}

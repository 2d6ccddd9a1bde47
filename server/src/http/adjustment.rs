//! Adjustments and their hand-over to the other system.

use super::extract::{Body, Filter};
use super::guard::AtSite;
use super::limits;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{self, acknowledge, export_adjustments};
use crate::read::adjustment::{self, Stage};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::api::discrepancy::{Acknowledge, AdjustmentRow, ExportedBatch};

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

pub async fn list(
    State(state): State<AppState>,
    at: AtSite,
    Filter(wanted): Filter<Wanted>,
) -> Reply<Vec<AdjustmentRow>> {
    let stage = match wanted.state {
        Word::Posted => Stage::Posted,
        Word::Exported => Stage::Exported,
        Word::Acknowledged => Stage::Acknowledged,
        Word::All => Stage::All,
    };
    Ok(Json(state.store.read(move |tx| adjustment::list(tx, at.access.site, stage, limits::LIST_ROWS_MAX)).await?))
}

/// Hands over what was not handed over yet; the rows are those of the very same transaction.
pub async fn export(State(state): State<AppState>, at: AtSite) -> Reply<ExportedBatch> {
    let doer = at.doer();
    let handed = state
        .store
        .write(move |tx| {
            let handed = export_adjustments::export_adjustments(tx, &doer)?;
            let rows = adjustment::list_batch(&tx.as_read(), doer.site, &handed.batch)?;
            Ok::<_, action::Failure>(ExportedBatch { batch: handed.batch, rows })
        })
        .await?;
    Ok(Json(handed))
}

pub async fn acknowledge(
    State(state): State<AppState>,
    at: AtSite,
    Body(said): Body<Acknowledge>,
) -> Result<StatusCode, Failure> {
    let doer = at.doer();
    limits::check_ids("movements", said.movements.len())?;
    state.store.write(move |tx| acknowledge::acknowledge(tx, &doer, &said)).await?;
    Ok(StatusCode::NO_CONTENT)
}

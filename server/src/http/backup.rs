//! Backups of the installation, for admins; and what a restored server waits for.

use super::extract::Body;
use super::guard::AtSite;
use super::problem::{Failure, Reply};
use super::state::AppState;
use crate::action::{self, ask_restore, set_backup_plan};
use crate::job;
use crate::read::{backup, restore};
use crate::store::backup::usual_folder;
use crate::store::copy::CopyError;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::api::backup::{AskRestore, BackupWhy, Backups, RestoreStatus};
use shared::backup::Plan;

pub async fn list(State(state): State<AppState>, at: AtSite) -> Reply<Backups> {
    let folder = usual_folder(state.store.folder());
    Ok(Json(state.store.read(move |tx| backup::find(tx, at.access.site, at.person, &folder)).await?))
}

/// Nothing can be chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeBackup {}

/// Answers once it is made and proved.
pub async fn make(State(state): State<AppState>, at: AtSite, Body(_): Body<MakeBackup>) -> Reply<Backups> {
    job::backup::make(&state.store, BackupWhy::Desk).await?;
    list(State(state), at).await
}

pub async fn plan(State(state): State<AppState>, _: AtSite, Body(plan): Body<Plan>) -> Result<StatusCode, Failure> {
    state.store.write(move |tx| set_backup_plan::set_backup_plan(tx, &plan)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers once the backup is proved; the server then closes its database, restores, and goes on.
pub async fn restore(
    State(state): State<AppState>,
    at: AtSite,
    Body(asked): Body<AskRestore>,
) -> Result<StatusCode, Failure> {
    ask_restore::ask_restore(&state.store, &at.doer(), asked.id).await?;
    state.restoring.send_replace(true);
    Ok(StatusCode::ACCEPTED)
}

pub async fn status(State(state): State<AppState>, at: AtSite) -> Reply<Option<RestoreStatus>> {
    Ok(Json(state.store.read(move |tx| restore::status(tx, at.access.site)).await?))
}

impl From<CopyError> for Failure {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Store(error) => error.into(),
            told => {
                tracing::error!(error = %told, "no backup was made");
                let said = told.to_string();
                action::Failure::refused("no_backup", format!("No backup was made: {said}.")).into()
            }
        }
    }
}

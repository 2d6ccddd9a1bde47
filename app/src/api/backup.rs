//! Backups of the installation.

use super::{Trouble, call, path::Path};
use shared::{
    api::backup::{AskRestore, Backups},
    backup::Plan,
};

/// What asking for a backup says: nothing can be chosen.
#[derive(serde::Serialize)]
struct Now {}

/// `GET …/backups`
pub async fn find(site: &str) -> Result<Backups, Trouble> {
    call::get(Path::site(site).segment("backups")).await
}
/// `POST …/backups`; answers when it is made and proved.
pub async fn make(site: &str) -> Result<Backups, Trouble> {
    call::post_slowly(Path::site(site).segment("backups"), &Now {}).await
}
/// `PUT …/backups/plan`
pub async fn set_plan(site: &str, plan: &Plan) -> Result<(), Trouble> {
    call::put(Path::site(site).segment("backups").segment("plan"), plan).await
}
/// `POST …/backups/restore`; answers when the backup is proved, before the server restores it.
pub async fn restore(site: &str, id: i64) -> Result<(), Trouble> {
    call::tell_slowly(Path::site(site).segment("backups").segment("restore"), &AskRestore { id }).await
}

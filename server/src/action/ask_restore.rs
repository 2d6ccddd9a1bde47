//! An admin asks the running server to go back to a backup. The backup is proved before anything stops; then the wish is
//! written down, and the server restores as soon as it has closed its database ([`crate::store::restore`]).
//!
//! Absent: restoring itself, which needs the folder for itself.

use super::{Doer, Failure};
use crate::{
    read,
    store::{
        Error, Store, backup, proof,
        restore::{Wanted, want},
    },
};
use shared::api::backup::BackupState;

/// Writes down what is to be restored.
///
/// # Errors
/// `not_found`; `forbidden` for whoever is no admin of every site, because all of them go back; `backup_damaged`.
pub async fn ask_restore(store: &Store, doer: &Doer, id: i64) -> Result<(), Failure> {
    let Some(by) = doer.person else { return Err(Failure::not_found("person")) };
    let (may, found) =
        store.read(move |tx| Ok::<_, Error>((read::backup::may_restore(tx, by)?, backup::list(tx)?))).await?;
    let Some(receipt) = found.into_iter().find(|receipt| receipt.id == id) else {
        return Err(Failure::not_found("backup"));
    };
    if !may {
        return Err(Failure::refused(
            "forbidden",
            "Restoring sets back every site, and you are not an admin of all of them. Ask somebody who is.",
        ));
    }
    let file = receipt.path();
    let proving = file.clone();
    let proved = tokio::task::spawn_blocking(move || proof::prove(&proving)).await.map_err(|_| Error::Panicked)?;
    let problem = match proved {
        Ok((report, _)) if report.is_clean() => None,
        Ok((report, _)) => Some(report.problems.join(" ")),
        Err(error) => Some(format!("{error}.")),
    };
    if let Some(problem) = problem {
        let state = if file.exists() { BackupState::Damaged } else { BackupState::Missing };
        store.write(move |tx| backup::mark(tx, id, state)).await?;
        return Err(Failure::refused(
            "backup_damaged",
            format!("Nothing was restored: {problem} Choose another backup."),
        ));
    }
    let wanted = Wanted { file, by, at: store.clock().now() };
    want(store.folder(), &wanted).map_err(|error| Error::unreadable("wish to restore", error))?;
    Ok(())
}

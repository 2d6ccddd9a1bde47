//! `trueup restore`: puts a backup in the place of the database of a server that is stopped.
//!
//! Absent: the admin's page, which asks the running server for the same.

use super::thousands;
use crate::{
    cli::{Ending, Restore},
    store::{
        Clock, SystemClock, backup,
        restore::{self, Asked, Restored},
    },
};

/// Restores and says what was done and what comes next.
///
/// # Errors
/// Why nothing was done: a server runs, the file is no backup or damaged, or the disk.
pub fn restore(wanted: &Restore) -> anyhow::Result<Ending> {
    let data = &wanted.data.data;
    let by_name = backup::usual_folder(data).join(&wanted.file);
    let file = if wanted.file.exists() || !by_name.exists() { wanted.file.clone() } else { by_name };
    let done = restore::restore(data, &file, Asked { at: SystemClock.now(), by: None })?;
    println!("Restored {} with {} facts.", file.display(), thousands(done.facts));
    println!("{}", aftermath(&done));
    Ok(Ending::Done)
}

/// Where the replaced database is, and what happens by itself now.
pub(super) fn aftermath(done: &Restored) -> String {
    let kept = match &done.safety_copy {
        None => String::new(),
        Some(path) if done.safety_proved => format!(
            "The database that was replaced had {} facts more; it is kept in {}. ",
            thousands(done.facts_lost),
            path.display()
        ),
        Some(path) => {
            format!("The database that was replaced does not hold together; its files are kept in {}. ", path.display())
        }
    };
    format!(
        "{kept}Handhelds send again by themselves what is missing, as soon as they reach the server. Decisions made at the desk since the backup are gone."
    )
}

//! Somebody signs in, at the desk or on a handheld. Whether a name exists, has no password, or is disabled cannot be
//! told from the answer nor from how long it takes.
//!
//! Absent: sessions, which are the desk's (`http/session.rs`), and leaving: a handheld appends an event for that.

use super::throttle::{self, Try};
use super::{Failure, password::Turns};
use crate::store::{Store, credential, device::DeviceRow, grant, person};
use shared::grant::Grant;
use shared::id::PersonId;
use shared::role::{Permission, may};
use shared::sync::message::{HandheldPerson, HandheldSignInAnswer};

/// The form in which names to sign in with are kept and compared.
pub fn read_username(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Checks a password; answers who it is.
///
/// # Errors
/// `wrong_credentials`, `too_many_tries`, `busy`.
pub async fn sign_in(
    store: &Store,
    turns: &Turns,
    place: &str,
    username: &str,
    password: String,
) -> Result<PersonId, Failure> {
    let username = read_username(username);
    let wrong = || {
        Failure::refused(
            "wrong_credentials",
            "Name and password do not fit together. Try again, or ask an admin for a link to set a new password.",
        )
    };
    if username.is_empty() || username.len() > super::add_person::USERNAME_LETTERS_MAX {
        return Err(wrong());
    }
    let attempt = Try::sign_in(&username, place);
    let counted = attempt.clone();
    store.write(move |tx| throttle::begin(tx, &counted)).await?;
    let known = store.read(move |tx| credential::find(tx, &username)).await?;
    let hash = known.as_ref().and_then(|row| row.password_hash.clone());
    let fits = turns.verify(password, hash).await?;
    let Some(person) = known.filter(|row| fits && !row.disabled).map(|row| row.person) else { return Err(wrong()) };
    store.write(move |tx| throttle::succeed(tx, &attempt)).await?;
    Ok(person)
}

/// Checks a password for somebody who takes a handheld of the site.
///
/// # Errors
/// As [`sign_in`], and `may_not_count` for somebody who may not count here.
pub async fn sign_in_on_handheld(
    store: &Store,
    turns: &Turns,
    (device, place): (&DeviceRow, &str),
    username: &str,
    password: String,
) -> Result<HandheldSignInAnswer, Failure> {
    let id = sign_in(store, turns, place, username, password).await?;
    let (site, device, server) = (device.site, device.id, store.identity().server);
    store
        .read(move |tx| {
            let known = person::find(tx, id)?.ok_or_else(|| Failure::not_found("person"))?;
            let roles = person::list_roles(tx, site, id)?;
            if !may(&roles, Permission::Capture) {
                return Err(Failure::refused(
                    "may_not_count",
                    format!("{} may not count at this site. Ask an admin for the role counter.", known.name),
                ));
            }
            let person = HandheldPerson { id, name: known.name, language: known.language };
            let key = grant::load(tx)?;
            let grant = key.sign(&Grant::new(server, (site, device, id), tx.now()));
            Ok(HandheldSignInAnswer { person, roles, now: tx.now(), grant: Some((grant, key.public()?)) })
        })
        .await
}

//! A person sets a password, by a one-time link that an admin gave them.

use super::password::{self, Turns};
use super::{Failure, throttle};
use crate::store::token::{Purpose, TokenRow};
use crate::store::{Error, ReadTx, Store, credential, person, session, token};
use shared::api::session::Join;
use shared::fact::Fact;
use shared::id::{PersonId, SiteId};

/// Sets the password, ends the person's sessions elsewhere, and answers who it is. The link works once.
///
/// # Errors
/// `link_unknown`, `bad_password`, `busy`.
pub async fn join(store: &Store, turns: &Turns, wanted: Join) -> Result<PersonId, Failure> {
    let given = wanted.token.clone();
    let known = store.read(move |tx| find(tx, &given)).await?;
    let Some((_, row)) = known else { return Err(unknown_link()) };
    password::check(&wanted.password, &[&row.username, &row.name])?;
    let hash = turns.hash(wanted.password).await?;
    store
        .write(move |tx| {
            let taken = token::take(tx, &wanted.token, Purpose::Join)?;
            let Some(TokenRow { person: Some(id), .. }) = taken else { return Err(unknown_link()) };
            let still = person::find(&tx.as_read(), id)?.filter(|row| !row.disabled).ok_or_else(unknown_link)?;
            credential::set(tx, id, &hash)?;
            session::delete_of_person(tx, id)?;
            // whoever forgot the password has failed often; the link proves more than a password
            throttle::forgive(tx, &still.username)?;
            tx.append(SiteId(0), Some(id), "desk", &Fact::PasswordSet { person: id })?;
            Ok(id)
        })
        .await
}

fn find(tx: &ReadTx<'_>, given: &str) -> Result<Option<(PersonId, person::PersonRow)>, Error> {
    let Some(TokenRow { person: Some(id), .. }) = token::find(tx, given, Purpose::Join)? else { return Ok(None) };
    Ok(person::find(tx, id)?.filter(|row| !row.disabled).map(|row| (id, row)))
}

fn unknown_link() -> Failure {
    Failure::refused(
        "link_unknown",
        "This link was used already, has expired, or was never made. Ask an admin for a new one.",
    )
}

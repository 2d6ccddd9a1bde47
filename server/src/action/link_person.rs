//! An admin makes a one-time link with which a person sets a password.

use super::change_person::check_own;
use super::{Doer, Failure, secret};
use crate::store::token::{Purpose, TokenRow};
use crate::store::{WriteTx, person, token};
use shared::api::people::OneTimeLink;
use shared::id::PersonId;

/// How long a link works, in milliseconds: three days, over a weekend.
const LINK_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// Makes the link and takes earlier ones of the person back. The secret stands in the fragment, which browsers send to
/// nobody.
///
/// # Errors
/// `not_found`, `person_disabled`, `person_of_other_sites`.
pub fn link_person(tx: &WriteTx<'_>, doer: &Doer, id: PersonId) -> Result<OneTimeLink, Failure> {
    let known = person::find(&tx.as_read(), id)?;
    let is_here = !person::list_roles(&tx.as_read(), doer.site, id)?.is_empty();
    let Some(known) = known.filter(|_| is_here) else { return Err(Failure::not_found("person")) };
    if known.disabled {
        return Err(Failure::refused(
            "person_disabled",
            format!("{} was shut out and can set no password.", known.name),
        ));
    }
    check_own(tx, doer, id, &known.name)?;
    let made = secret::make_token()?;
    let expires_at = tx.now().plus_ms(LINK_MS);
    token::revoke(tx, Purpose::Join, Some(id))?;
    let row = TokenRow { site: Some(doer.site), person: Some(id), name: String::new(), uses_left: 1, expires_at };
    token::create(tx, &made, Purpose::Join, &row)?;
    Ok(OneTimeLink { path: format!("/desk/join#token={made}"), expires_at })
}

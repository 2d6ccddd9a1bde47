//! The first site and the first admin, opened by a one-time link that is printed at the first start. No default
//! password exists.

use super::add_person::{self, NewName};
use super::password::{self, Turns};
use super::{Failure, secret};
use crate::store::number::{self, Numbered};
use crate::store::token::{Purpose, TokenRow};
use crate::store::{Store, WriteTx, credential, person, site, token};
use shared::api::session::SetUp;
use shared::fact::{Fact, SiteRoles};
use shared::id::{PersonId, SiteId};
use shared::role::Role;

/// How long a set-up link works, in milliseconds: a day. A restart prints a new one.
const LINK_MS: i64 = 24 * 60 * 60 * 1000;

/// Reasons that a site begins with.
///
/// # Source
/// `DOMAIN.md` section 6.
pub const STARTING_REASONS: [(&str, &str); 10] = [
    ("mis_pick", "Mis-pick"),
    ("receiving_error", "Receiving error"),
    ("unrecorded_move", "Unrecorded move"),
    ("damage", "Damage"),
    ("theft", "Theft"),
    ("unit_of_measure", "Unit-of-measure error"),
    ("wrong_label", "Wrong label"),
    ("misplacement", "Misplacement"),
    ("system_timing", "System timing"),
    ("unknown", "Unknown"),
];

/// Makes a set-up link where nobody is known yet, and takes earlier ones back. Answers path and fragment.
///
/// # Errors
/// The store's.
pub fn offer_set_up(tx: &mut WriteTx<'_>) -> Result<Option<String>, Failure> {
    if person::is_anybody_known(&tx.as_read())? {
        return Ok(None);
    }
    let made = secret::make_token()?;
    token::revoke(tx, Purpose::SetUp, None)?;
    let row =
        TokenRow { site: None, person: None, name: String::new(), uses_left: 1, expires_at: tx.now().plus_ms(LINK_MS) };
    token::create(tx, &made, Purpose::SetUp, &row)?;
    Ok(Some(format!("/desk/setup#token={made}")))
}

/// What a site is called.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// Short code, unique: letters, digits, `-` and `_`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA time zone.
    pub time_zone: String,
}

/// Adds a site with the starting reasons.
///
/// # Errors
/// `bad_site_code`, `bad_name`, `bad_currency`, `bad_time_zone`, `site_code_taken`.
pub fn open_site(
    tx: &mut WriteTx<'_>,
    actor: Option<PersonId>,
    origin: &str,
    new: &NewSite,
) -> Result<SiteId, Failure> {
    let is_code = !new.code.is_empty()
        && new.code.len() <= 20
        && new.code.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_');
    if !is_code {
        return Err(Failure::refused(
            "bad_site_code",
            "A site's code has 1 to 20 letters, digits, - or _, such as NORTH.",
        ));
    }
    let name = add_person::read_name(&new.name)?;
    if new.currency.len() != 3 || !new.currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(Failure::refused("bad_currency", "A currency is three capital letters, such as EUR or USD."));
    }
    if new.time_zone.parse::<chrono_tz::Tz>().is_err() {
        return Err(Failure::refused(
            "bad_time_zone",
            format!(
                "\"{}\" is not the name of a time zone; expected one such as Europe/Berlin or America/Chicago.",
                new.time_zone
            ),
        ));
    }
    if site::find_by_code(&tx.as_read(), &new.code)?.is_some() {
        return Err(Failure::refused("site_code_taken", format!("A site with the code {} exists already.", new.code)));
    }
    let id = SiteId(number::next(tx, Numbered::Site)?);
    let added = Fact::SiteAdded {
        site: id,
        code: new.code.clone(),
        name,
        currency: new.currency.clone(),
        time_zone: new.time_zone.clone(),
    };
    tx.append(SiteId(0), actor, origin, &added)?;
    for (code, label) in STARTING_REASONS {
        tx.append(id, actor, origin, &Fact::ReasonAdded { code: code.into(), label: label.into() })?;
    }
    Ok(id)
}

/// Sets up: the site, its first admin, and their password. The token works once.
///
/// # Errors
/// `link_unknown`, `already_set_up`, `bad_password`, and those of [`open_site`] and of adding a person.
pub async fn set_up(store: &Store, turns: &Turns, wanted: SetUp) -> Result<PersonId, Failure> {
    let given = wanted.token.clone();
    let known = store.read(move |tx| token::find(tx, &given, Purpose::SetUp)).await?;
    if known.is_none() {
        return Err(unknown_link());
    }
    password::check(&wanted.password, &[&wanted.username, &wanted.name, &wanted.site_code, &wanted.site_name])?;
    let hash = turns.hash(wanted.password.clone()).await?;
    store
        .write(move |tx| {
            // looked at again where it counts: two people may have opened the same link
            if token::take(tx, &wanted.token, Purpose::SetUp)?.is_none() {
                return Err(unknown_link());
            }
            if person::is_anybody_known(&tx.as_read())? {
                return Err(Failure::refused(
                    "already_set_up",
                    "This server is set up already. Sign in, or ask its admin for a link.",
                ));
            }
            let name = NewName { username: &wanted.username, name: &wanted.name, language: "en" };
            let admin = add_person::append_person(tx, None, "desk", &name)?;
            let new = NewSite {
                code: wanted.site_code.clone(),
                name: wanted.site_name.clone(),
                currency: wanted.currency.clone(),
                time_zone: wanted.time_zone.clone(),
            };
            let site = open_site(tx, Some(admin), "desk", &new)?;
            let roles = SiteRoles { site, roles: vec![Role::Admin], approval_limit: None };
            tx.append(site, Some(admin), "desk", &Fact::RolesSet { person: admin, roles })?;
            credential::set(tx, admin, &hash)?;
            tx.append(SiteId(0), Some(admin), "desk", &Fact::PasswordSet { person: admin })?;
            Ok(admin)
        })
        .await
}

fn unknown_link() -> Failure {
    Failure::refused(
        "link_unknown",
        "This link was used already, has expired, or was never made. Restart the server to get a new one.",
    )
}

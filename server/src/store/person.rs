//! People as the actions that change them look at them.
//!
//! Absent: lists for screens (see `read/person.rs`) and passwords (see `store/credential.rs`).

use super::{Error, ReadTx};
use rusqlite::{OptionalExtension, params};
use shared::id::{PersonId, SiteId};
use shared::money::Money;
use shared::role::Role;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// What they type to sign in.
    pub username: String,
    /// What they are called.
    pub name: String,
    /// Language tag.
    pub language: String,
    /// Whether they may no longer sign in.
    pub disabled: bool,
}

/// By number.
pub fn find(tx: &ReadTx<'_>, person: PersonId) -> Result<Option<PersonRow>, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT username, name, language, disabled FROM person WHERE person_id = $1")?
        .query_row([person.0], |row| {
            Ok(PersonRow {
                username: row.get("username")?,
                name: row.get("name")?,
                language: row.get("language")?,
                disabled: row.get("disabled")?,
            })
        })
        .optional()?)
}

/// Whether somebody has this name to sign in with.
pub fn is_username_taken(tx: &ReadTx<'_>, username: &str) -> Result<bool, Error> {
    Ok(tx.conn().prepare_cached("SELECT 1 FROM person WHERE username = $1")?.exists([username])?)
}

/// Whether anybody is known at all.
pub fn is_anybody_known(tx: &ReadTx<'_>) -> Result<bool, Error> {
    Ok(tx.conn().prepare_cached("SELECT 1 FROM person")?.exists([])?)
}

/// What the person is on the site, least powerful role first.
pub fn list_roles(tx: &ReadTx<'_>, site: SiteId, person: PersonId) -> Result<Vec<Role>, Error> {
    let mut statement = tx.conn().prepare_cached("SELECT role FROM site_role WHERE site_id = $1 AND person_id = $2")?;
    let mut rows = statement.query([site.0, person.0])?;
    let mut roles = Vec::new();
    while let Some(row) = rows.next()? {
        let word: String = row.get("role")?;
        roles.push(Role::parse(&word).ok_or_else(|| Error::unreadable("role", &word))?);
    }
    roles.sort_unstable();
    Ok(roles)
}

/// Up to which value the person may approve on the site.
pub fn find_approval_limit(tx: &ReadTx<'_>, site: SiteId, person: PersonId) -> Result<Option<Money>, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT value_micro FROM approval_limit WHERE site_id = $1 AND person_id = $2")?
        .query_row([site.0, person.0], |row| Ok(Money::from_micro(row.get("value_micro")?)))
        .optional()?)
}

/// Whether the person has a role on a site that `admin` does not administer.
pub fn is_known_beyond(tx: &ReadTx<'_>, person: PersonId, admin: PersonId) -> Result<bool, Error> {
    Ok(tx
        .conn()
        .prepare_cached(
            "SELECT 1 FROM site_role r WHERE r.person_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM site_role a WHERE a.site_id = r.site_id AND a.person_id = $2 AND a.role = 'admin')",
        )?
        .exists(params![person.0, admin.0])?)
}

/// Whether the site has an admin who can sign in, other than this person.
pub fn has_other_admin(tx: &ReadTx<'_>, site: SiteId, person: PersonId) -> Result<bool, Error> {
    Ok(tx
        .conn()
        .prepare_cached(
            "SELECT 1 FROM site_role r JOIN person p ON p.person_id = r.person_id
             WHERE r.site_id = $1 AND r.role = 'admin' AND r.person_id <> $2 AND p.disabled = 0",
        )?
        .exists([site.0, person.0])?)
}

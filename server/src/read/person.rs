//! People of a site, with whether they can sign in.
//!
//! Absent: anything of their passwords.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::people::PersonRow;
use shared::id::{PersonId, SiteId};
use shared::role::Role;

/// Everybody with a role on the site, by name.
pub fn list(tx: &ReadTx<'_>, site: SiteId) -> Result<Vec<PersonRow>, Error> {
    let rows = row::all(
        tx.conn(),
        "SELECT p.person_id, p.username, p.name, p.language, p.disabled, r.role, l.value_micro,
                EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.person_id) AS has_password
         FROM person p
         JOIN site_role r ON r.person_id = p.person_id
         LEFT JOIN approval_limit l ON l.site_id = r.site_id AND l.person_id = p.person_id
         WHERE r.site_id = $1 ORDER BY p.name, p.person_id",
        &[&site.0],
        |found| {
            let disabled = row::flag(found, "disabled")?;
            Ok(PersonRow {
                id: PersonId(row::integer(found, "person_id")?),
                username: row::text(found, "username")?,
                name: row::text(found, "name")?,
                language: row::text(found, "language")?,
                roles: vec![row::word(found, "role", Role::parse)?],
                approval_limit: row::money_or_none(found, "value_micro")?,
                disabled,
                can_sign_in: row::flag(found, "has_password")? && !disabled,
            })
        },
    )?;
    let mut people: Vec<PersonRow> = Vec::new();
    for one in rows {
        match people.last_mut() {
            Some(last) if last.id == one.id => last.roles.extend(one.roles),
            _ => people.push(one),
        }
    }
    for person in &mut people {
        person.roles.sort_unstable();
    }
    Ok(people)
}

/// One person of a site.
pub fn find(tx: &ReadTx<'_>, site: SiteId, person: PersonId) -> Result<Option<PersonRow>, Error> {
    Ok(list(tx, site)?.into_iter().find(|row| row.id == person))
}

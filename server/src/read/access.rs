//! Who may do what where: a person's sites, and a person's roles on one of them.

use super::row;
use crate::store::{Error, ReadTx};
use shared::api::session::{Me, MySite};
use shared::id::{PersonId, SiteId};
use shared::money::Money;
use shared::role::Role;

/// What a person is on one site.
#[derive(Debug, Clone)]
pub struct Access {
    /// The site.
    pub site: SiteId,
    /// Its code.
    pub site_code: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Never empty.
    pub roles: Vec<Role>,
    /// Up to which value they may approve; `None` is no limit.
    pub approval_limit: Option<Money>,
}

/// What a person is on the site with this code; `None` where the site does not exist, or they are nobody there, or may
/// no longer sign in: whoever asks learns no difference.
pub fn find_access(tx: &ReadTx<'_>, person: PersonId, site_code: &str) -> Result<Option<Access>, Error> {
    let roles = row::all(
        tx.conn(),
        "SELECT s.site_id, s.code, s.time_zone, r.role, l.value_micro
         FROM site s
         JOIN site_role r ON r.site_id = s.site_id
         JOIN person p ON p.person_id = r.person_id
         LEFT JOIN approval_limit l ON l.site_id = s.site_id AND l.person_id = p.person_id
         WHERE s.code = $1 AND r.person_id = $2 AND p.disabled = 0",
        &[&site_code, &person.0],
        |found| {
            Ok(Access {
                site: SiteId(row::integer(found, "site_id")?),
                site_code: row::text(found, "code")?,
                time_zone: row::text(found, "time_zone")?,
                roles: vec![row::word(found, "role", Role::parse)?],
                approval_limit: row::money_or_none(found, "value_micro")?,
            })
        },
    )?;
    Ok(roles.into_iter().reduce(|mut all, one| {
        all.roles.extend(one.roles);
        all
    }))
}

/// The person with their sites; `None` where they do not exist or may no longer sign in.
pub fn find_me(tx: &ReadTx<'_>, person: PersonId) -> Result<Option<Me>, Error> {
    let known = row::first(
        tx.conn(),
        "SELECT username, name FROM person WHERE person_id = $1 AND disabled = 0",
        &[&person.0],
        |found| Ok((row::text(found, "username")?, row::text(found, "name")?)),
    )?;
    let Some((username, name)) = known else { return Ok(None) };
    let rows = row::all(
        tx.conn(),
        "SELECT s.code, s.name, s.currency, s.time_zone, r.role
         FROM site_role r JOIN site s ON s.site_id = r.site_id
         WHERE r.person_id = $1 ORDER BY s.code, s.site_id",
        &[&person.0],
        |found| {
            Ok(MySite {
                code: row::text(found, "code")?,
                name: row::text(found, "name")?,
                currency: row::text(found, "currency")?,
                time_zone: row::text(found, "time_zone")?,
                roles: vec![row::word(found, "role", Role::parse)?],
            })
        },
    )?;
    let mut sites: Vec<MySite> = Vec::new();
    for one in rows {
        match sites.last_mut() {
            Some(last) if last.code == one.code => last.roles.extend(one.roles),
            _ => sites.push(one),
        }
    }
    for site in &mut sites {
        site.roles.sort_unstable();
    }
    Ok(Some(Me { id: person, username, name, sites }))
}

//! Sites, people and their roles.
//!
//! Absent: passwords, which are operations and no facts.

use super::trace::{ChangeSubject, change, history};
use crate::store::{Error, Header, WriteTx};
use rusqlite::params;
use shared::{
    api::history::Subject,
    fact::SiteRoles,
    id::{PersonId, SiteId},
};

pub(super) struct NewSite<'a> {
    pub id: SiteId,
    pub code: &'a str,
    pub name: &'a str,
    pub currency: &'a str,
    pub time_zone: &'a str,
}

pub(super) fn site_added(tx: &mut WriteTx<'_>, header: &Header, site: &NewSite<'_>) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("INSERT INTO site (site_id, code, name, currency, time_zone) VALUES ($1, $2, $3, $4, $5)")?
        .execute(params![site.id.0, site.code, site.name, site.currency, site.time_zone])?;
    tx.changed(site.id, "master", header.position);
    Ok(())
}

pub(super) fn person_added(
    tx: &mut WriteTx<'_>,
    header: &Header,
    person: PersonId,
    (username, name, language): (&str, &str, &str),
) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("INSERT INTO person (person_id, username, name, language) VALUES ($1, $2, $3, $4)")?
        .execute(params![person.0, username, name, language])?;
    touched(tx, header, person)
}

pub(super) fn roles_set(
    tx: &mut WriteTx<'_>,
    header: &Header,
    person: PersonId,
    roles: &SiteRoles,
) -> Result<(), Error> {
    let site = roles.site;
    tx.conn()
        .prepare_cached("DELETE FROM site_role WHERE site_id = $1 AND person_id = $2")?
        .execute([site.0, person.0])?;
    for role in &roles.roles {
        tx.conn()
            .prepare_cached(
                "INSERT INTO site_role (site_id, person_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![site.0, person.0, role.word()])?;
    }
    tx.conn()
        .prepare_cached("DELETE FROM approval_limit WHERE site_id = $1 AND person_id = $2")?
        .execute([site.0, person.0])?;
    if let Some(limit) = roles.approval_limit {
        tx.conn()
            .prepare_cached("INSERT INTO approval_limit (site_id, person_id, value_micro) VALUES ($1, $2, $3)")?
            .execute([site.0, person.0, limit.micro()])?;
    }
    change(tx, header, site, ChangeSubject::Person, person.0)?;
    tx.changed(site, "person", header.position);
    touched(tx, header, person)
}

pub(super) fn person_disabled(tx: &mut WriteTx<'_>, header: &Header, person: PersonId) -> Result<(), Error> {
    tx.conn().prepare_cached("UPDATE person SET disabled = 1 WHERE person_id = $1")?.execute([person.0])?;
    touched(tx, header, person)
}

pub(super) fn language_set(
    tx: &mut WriteTx<'_>,
    header: &Header,
    person: PersonId,
    language: &str,
) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("UPDATE person SET language = $1 WHERE person_id = $2")?
        .execute(params![language, person.0])?;
    touched(tx, header, person)
}

/// Whatever happens to a person: into their history, to the handhelds of every site where they have a role, and out of
/// the writer's memory.
pub(super) fn touched(tx: &mut WriteTx<'_>, header: &Header, person: PersonId) -> Result<(), Error> {
    tx.memory.counters.clear();
    history(tx, header, Subject::Person, person.0)?;
    let mut statement = tx.conn().prepare_cached("SELECT DISTINCT site_id FROM site_role WHERE person_id = $1")?;
    let sites = statement.query_map([person.0], |row| row.get("site_id"))?.collect::<Result<Vec<i64>, _>>()?;
    for site in sites {
        change(tx, header, SiteId(site), ChangeSubject::Person, person.0)?;
        tx.changed(SiteId(site), "person", header.position);
    }
    Ok(())
}

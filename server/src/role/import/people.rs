//! People: added with their roles, and a one-time link each, with which they set a password.

use super::Job;
use crate::{
    action::{Doer, Failure, add_person, link_person},
    cli::{Ending, ImportPeople},
    import::person::{COLUMNS, PersonRow, read_people},
    store::{self, WriteTx, import as known, person},
};
use anyhow::Context;
use shared::{
    api::people::NewPerson,
    fact::{Fact, SiteRoles},
    id::{PersonId, SiteId},
};
use std::{collections::HashMap, io::Write};

/// `trueup import people`
pub(super) fn people(wanted: &ImportPeople) -> anyhow::Result<Ending> {
    let mut job = Job::begin(&wanted.file, COLUMNS)?;
    let site = job.site.id;
    let known = job.store.read_blocking(|tx| list_known(tx, site))?;
    let by_name = known.iter().map(|(name, (_, row))| (name.clone(), row.clone())).collect();
    let rows = read_people(&mut job.table, &by_name, &mut job.report)?;
    let refused_rows = job.report.finish().context("the refused rows cannot be written; nothing was recorded")?;
    let recorded = job.may_record();
    if recorded && !rows.is_empty() {
        // the file with the links exists before anybody is added, and nobody else can read it
        let mut links = wanted.links.as_deref().map(create_private).transpose()?;
        let ids = known.into_iter().map(|(name, (id, _))| (name, id)).collect();
        let made = job.store.write_blocking(move |tx| record(tx, site, &rows, &ids))?;
        for (person, path) in &made {
            let link = format!("{}{path}", wanted.url.trim_end_matches('/'));
            match &mut links {
                Some(links) => writeln!(links, "{person},{link}").context("the links cannot be written")?,
                None => println!("{person} sets a password, once within three days, at {link}"),
            }
        }
    }
    job.say(recorded, refused_rows)
}

fn list_known(tx: &store::ReadTx<'_>, site: SiteId) -> Result<HashMap<String, (PersonId, PersonRow)>, store::Error> {
    known::list_people(tx)?
        .into_iter()
        .map(|(id, row)| {
            let person = PersonRow {
                username: row.username,
                name: row.name,
                language: row.language,
                roles: person::list_roles(tx, site, id)?,
                approval_limit: person::find_approval_limit(tx, site, id)?,
            };
            Ok((person.username.clone(), (id, person)))
        })
        .collect()
}

fn record(
    tx: &mut WriteTx<'_>,
    site: SiteId,
    rows: &[PersonRow],
    known: &HashMap<String, PersonId>,
) -> Result<Vec<(String, String)>, Failure> {
    let doer = Doer::import(site);
    let mut links = Vec::new();
    for row in rows {
        if let Some(person) = known.get(&row.username) {
            let roles = SiteRoles { site, roles: row.roles.clone(), approval_limit: row.approval_limit };
            tx.append(site, None, doer.origin, &Fact::RolesSet { person: *person, roles })?;
            let known = person::find(&tx.as_read(), *person)?;
            if known.is_some_and(|known| known.language != row.language) {
                let set = Fact::LanguageSet { person: *person, language: row.language.clone() };
                tx.append(SiteId(0), None, doer.origin, &set)?;
            }
            continue;
        }
        let new = NewPerson {
            username: row.username.clone(),
            name: row.name.clone(),
            language: row.language.clone(),
            roles: row.roles.clone(),
            approval_limit: row.approval_limit,
        };
        let person = add_person::add_person(tx, &doer, &new)?;
        links.push((row.username.clone(), link_person::link_person(tx, &doer, person)?.path));
    }
    Ok(links)
}

/// A new file that only its owner can read: each link in it is a password until it is used.
fn create_private(path: &std::path::Path) -> anyhow::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("the file for the links, {}, cannot be made", path.display()))
}

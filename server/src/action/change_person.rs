//! An admin changes what a person is on a site, or shuts them out.
//!
//! Absent: names and passwords. Who is known to another site's admins as well is not shut out by one of them alone.

use super::add_person::{check_limit, read_language, read_roles};
use super::{Doer, Failure};
use crate::store::token::Purpose;
use crate::store::{WriteTx, count, person, session, token};
use shared::api::people::ChangePerson;
use shared::fact::{Assignee, Fact, SiteRoles};
use shared::id::{PersonId, SiteId, TaskId};
use shared::role::{Permission, Role, may};
use std::collections::BTreeMap;

/// Sets roles, limit, language, and whether the person is shut out. What stays as it is makes no fact.
///
/// # Errors
/// `not_found`, `bad_roles`, `bad_limit`, `bad_language`, `last_admin`, `stays_disabled`, `person_of_other_sites`.
pub fn change_person(tx: &mut WriteTx<'_>, doer: &Doer, id: PersonId, new: &ChangePerson) -> Result<(), Failure> {
    let Some(known) = person::find(&tx.as_read(), id)? else { return Err(Failure::not_found("person")) };
    let before = person::list_roles(&tx.as_read(), doer.site, id)?;
    if before.is_empty() {
        return Err(Failure::not_found("person"));
    }
    let roles = read_roles(&new.roles)?;
    check_limit(new.approval_limit)?;
    let language = new.language.as_deref().map(read_language).transpose()?;
    if known.disabled && !new.disabled {
        return Err(Failure::refused(
            "stays_disabled",
            format!("{} was shut out, and that stays. Add them again under another name to sign in with.", known.name),
        ));
    }
    let counts = may(&roles, Permission::Capture) && !new.disabled;
    let stays_admin = roles.contains(&Role::Admin) && !new.disabled;
    if before.contains(&Role::Admin) && !stays_admin && !person::has_other_admin(&tx.as_read(), doer.site, id)? {
        return Err(Failure::refused(
            "last_admin",
            format!("{} is the only admin of this site. Make somebody else an admin first.", known.name),
        ));
    }
    if roles != before || new.approval_limit != person::find_approval_limit(&tx.as_read(), doer.site, id)? {
        let roles = SiteRoles { site: doer.site, roles, approval_limit: new.approval_limit };
        tx.append(doer.site, doer.person, doer.origin, &Fact::RolesSet { person: id, roles })?;
    }
    if let Some(language) = language.filter(|language| language.tag() != known.language) {
        let set = Fact::LanguageSet { person: id, language: language.tag().to_owned() };
        tx.append(SiteId(0), doer.person, doer.origin, &set)?;
    }
    if new.disabled && !known.disabled {
        check_own(tx, doer, id, &known.name)?;
        tx.append(SiteId(0), doer.person, doer.origin, &Fact::PersonDisabled { person: id })?;
        session::delete_of_person(tx, id)?;
        token::revoke(tx, Purpose::Join, Some(id))?;
    }
    if !counts {
        let site = if new.disabled { None } else { Some(doer.site) };
        give_back(tx, doer, id, &known.name, site)?;
    }
    Ok(())
}

/// Puts what a person who counts no more was to count back into the pool, so that no bin and no recount waits for them.
fn give_back(
    tx: &mut WriteTx<'_>,
    doer: &Doer,
    person: PersonId,
    name: &str,
    only: Option<SiteId>,
) -> Result<(), Failure> {
    let mut by_site: BTreeMap<SiteId, Vec<TaskId>> = BTreeMap::new();
    for (site, task) in count::list_open_of(tx.conn(), person)? {
        if only.is_none_or(|only| only == site) {
            by_site.entry(site).or_default().push(task);
        }
    }
    for (site, tasks) in by_site {
        let fact = Fact::TasksAssigned { tasks, to: Assignee::Pool, why: format!("{name} no longer counts here") };
        tx.append(site, doer.person, doer.origin, &fact)?;
    }
    Ok(())
}

/// Whether everything that the person is known for is the doer's to administer.
///
/// # Errors
/// `person_of_other_sites`.
pub fn check_own(tx: &WriteTx<'_>, doer: &Doer, id: PersonId, name: &str) -> Result<(), Failure> {
    let Some(admin) = doer.person else { return Ok(()) };
    if person::is_known_beyond(&tx.as_read(), id, admin)? {
        return Err(Failure::refused(
            "person_of_other_sites",
            format!("{name} works at a site that you do not administer as well. Ask an admin of both sites."),
        ));
    }
    Ok(())
}

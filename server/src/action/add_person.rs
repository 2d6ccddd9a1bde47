//! An admin adds a person to a site.
//!
//! Absent: a password. The person sets it by a link (`link_person.rs`).

use super::{Doer, Failure};
use crate::store::number::{self, Numbered};
use crate::store::{WriteTx, person};
use shared::api::people::NewPerson;
use shared::fact::{Fact, SiteRoles};
use shared::id::{PersonId, SiteId};
use shared::language::Language;
use shared::money::Money;
use shared::role::Role;

/// Letters of a name to sign in with, at most.
pub const USERNAME_LETTERS_MAX: usize = 60;
/// Letters of what a person or site is called, at most.
const NAME_LETTERS_MAX: usize = 120;

/// What a person is called.
#[derive(Debug, Clone, Copy)]
pub struct NewName<'a> {
    /// What they type to sign in.
    pub username: &'a str,
    /// What others see.
    pub name: &'a str,
    /// Language tag, such as `en`.
    pub language: &'a str,
}

/// Adds a person with roles on the doer's site.
///
/// # Errors
/// `bad_username`, `username_taken`, `bad_name`, `bad_language`, `bad_roles`, `bad_limit`.
pub fn add_person(tx: &mut WriteTx<'_>, doer: &Doer, new: &NewPerson) -> Result<PersonId, Failure> {
    let name = NewName { username: &new.username, name: &new.name, language: &new.language };
    let roles = read_roles(&new.roles)?;
    check_limit(new.approval_limit)?;
    let person = append_person(tx, doer.person, doer.origin, &name)?;
    let roles = SiteRoles { site: doer.site, roles, approval_limit: new.approval_limit };
    tx.append(doer.site, doer.person, doer.origin, &Fact::RolesSet { person, roles })?;
    Ok(person)
}

/// Adds a person to the installation, without a role anywhere.
///
/// # Errors
/// `bad_username`, `username_taken`, `bad_name`, `bad_language`.
pub fn append_person(
    tx: &mut WriteTx<'_>,
    actor: Option<PersonId>,
    origin: &str,
    new: &NewName<'_>,
) -> Result<PersonId, Failure> {
    let username = super::sign_in::read_username(new.username);
    let is_username = !username.is_empty()
        && username.len() <= USERNAME_LETTERS_MAX
        && username.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@'));
    if !is_username {
        return Err(Failure::refused(
            "bad_username",
            "A name to sign in with has 1 to 60 letters, digits, or . - _ @, and no spaces; such as maria or m.silva.",
        ));
    }
    let name = read_name(new.name)?;
    let language = read_language(new.language)?;
    if person::is_username_taken(&tx.as_read(), &username)? {
        return Err(Failure::refused(
            "username_taken",
            format!("Somebody on this server signs in as {username} already. Choose another name to sign in with."),
        ));
    }
    let id = PersonId(number::next(tx, Numbered::Person)?);
    let added = Fact::PersonAdded { person: id, username, name, language: language.tag().to_owned() };
    tx.append(SiteId(0), actor, origin, &added)?;
    Ok(id)
}

/// A name for people's eyes: trimmed, one line, not empty.
///
/// # Errors
/// `bad_name`.
pub fn read_name(typed: &str) -> Result<String, Failure> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX || name.chars().any(char::is_control) {
        return Err(Failure::refused("bad_name", "A name has 1 to 120 letters on one line."));
    }
    Ok(name.to_owned())
}

/// A language that handhelds speak.
///
/// # Errors
/// `bad_language`.
pub fn read_language(tag: &str) -> Result<Language, Failure> {
    Language::parse(tag).ok_or_else(|| {
        Failure::refused("bad_language", format!("Handhelds speak no “{tag}”. Choose one of {}.", Language::tags()))
    })
}

/// Roles, each once, least powerful first; not none.
///
/// # Errors
/// `bad_roles`.
pub fn read_roles(wanted: &[Role]) -> Result<Vec<Role>, Failure> {
    let mut roles = wanted.to_vec();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err(Failure::refused(
            "bad_roles",
            "Give the person at least one role; to shut them out, disable them.",
        ));
    }
    Ok(roles)
}

/// Whether a limit can be meant.
///
/// # Errors
/// `bad_limit` below zero.
pub fn check_limit(limit: Option<Money>) -> Result<(), Failure> {
    match limit {
        Some(limit) if limit.is_negative() => {
            Err(Failure::refused("bad_limit", "A limit is not below zero; leave it out for no limit."))
        }
        _ => Ok(()),
    }
}

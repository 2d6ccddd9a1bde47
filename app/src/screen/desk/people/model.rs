//! The form of a person: what may be typed, and what it becomes.
//!
//! Absent: passwords. People set their own by a one-time link.

use shared::{
    api::people::{ChangePerson, NewPerson, PersonRow},
    language::Language,
    money::Money,
    role::Role,
};
use std::collections::BTreeSet;

/// A person as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonForm {
    /// What they type to sign in.
    pub username: String,
    /// What they are called.
    pub name: String,
    /// What the handheld speaks with them.
    pub language: Language,
    /// Roles on this site.
    pub roles: BTreeSet<Role>,
    /// Up to which value they may approve; empty is no limit.
    pub limit: String,
    /// May not sign in.
    pub disabled: bool,
}

impl PersonForm {
    /// A person as they are.
    pub fn of(row: &PersonRow) -> Self {
        Self {
            username: row.username.clone(),
            name: row.name.clone(),
            language: Language::parse(&row.language).unwrap_or_default(),
            roles: row.roles.iter().copied().collect(),
            limit: row.approval_limit.map(|limit| limit.to_string()).unwrap_or_default(),
            disabled: row.disabled,
        }
    }
    /// Gives a role or takes it.
    pub fn toggle(&mut self, role: Role) {
        if !self.roles.remove(&role) {
            self.roles.insert(role);
        }
    }
    fn limit(&self) -> Result<Option<Money>, String> {
        if self.limit.trim().is_empty() {
            return Ok(None);
        }
        let limit: Money = self.limit.parse().map_err(|error| format!("The limit “{}” {error}.", self.limit))?;
        if limit.is_negative() { Err("The limit is an amount without a sign.".to_owned()) } else { Ok(Some(limit)) }
    }
    /// The message that adds them.
    ///
    /// # Errors
    /// A sentence that names what is missing.
    pub fn add(&self) -> Result<NewPerson, String> {
        let (username, name) = (self.username.trim().to_lowercase(), self.name.trim().to_owned());
        if name.is_empty() || username.is_empty() {
            return Err("Give them a name and what they type to sign in.".to_owned());
        }
        if self.roles.is_empty() {
            return Err("Choose at least one role: without one they may do nothing.".to_owned());
        }
        Ok(NewPerson {
            username,
            name,
            language: self.language.tag().to_owned(),
            roles: self.roles.iter().copied().collect(),
            approval_limit: self.limit()?,
        })
    }
    /// The message that changes them.
    ///
    /// # Errors
    /// A sentence about the limit.
    pub fn change(&self) -> Result<ChangePerson, String> {
        Ok(ChangePerson {
            roles: self.roles.iter().copied().collect(),
            approval_limit: self.limit()?,
            disabled: self.disabled,
            language: Some(self.language.tag().to_owned()),
        })
    }
}

/// What a role does, in a few words.
pub const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Counter => "scans bins on a handheld, blind to the books",
        Role::Lead => "plans and assigns, names barcodes, sees no books",
        Role::Supervisor => "decides on discrepancies, exports adjustments",
        Role::Auditor => "reads everything, changes nothing",
        Role::Admin => "people, handhelds, thresholds",
    }
}

/// A warning where roles get in each other's way.
pub fn role_warning(roles: &BTreeSet<Role>) -> Option<&'static str> {
    let sees = roles.iter().any(|role| matches!(role, Role::Supervisor | Role::Auditor));
    (roles.contains(&Role::Counter) && sees).then_some(
        "Who counts stays blind: as a counter they see no books and decide nothing. Give two people two names.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_needs_a_name_and_a_role() {
        let mut form = PersonForm { name: "Ada".into(), username: " Ada ".into(), ..PersonForm::default() };
        assert!(form.add().expect_err("no role").contains("role"));
        form.toggle(Role::Lead);
        form.language = Language::Polish;
        let message = form.add().expect("whole");
        assert_eq!((message.username.as_str(), message.language.as_str()), ("ada", "pl"));
        form.name.clear();
        assert!(form.add().is_err());
    }

    #[test]
    fn an_empty_limit_is_no_limit_and_zero_is_a_limit() {
        let mut form = PersonForm::default();
        assert_eq!(form.change().expect("fits").approval_limit, None);
        form.limit = "0".into();
        assert_eq!(form.change().expect("fits").approval_limit, Some(Money::ZERO));
        form.limit = "-1".into();
        assert!(form.change().is_err());
        form.limit = "1,5".into();
        assert!(form.change().expect_err("a comma").contains("comma"));
    }

    #[test]
    fn counting_and_deciding_warns() {
        assert!(role_warning(&BTreeSet::from([Role::Counter, Role::Supervisor])).is_some());
        assert!(role_warning(&BTreeSet::from([Role::Counter, Role::Lead])).is_none());
    }
}

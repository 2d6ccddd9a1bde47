//! Who takes the handheld: by password while there is a connection, else one of the people this handheld knows, which
//! is recorded as not verified (`SYNC.md` section 5).
//!
//! Absent: checking a password. Only the server can.

use shared::sync::message::HandheldPerson;

/// What the form holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// As typed.
    pub user: String,
    /// As typed.
    pub password: String,
}

impl Form {
    /// Name and password to send, or `None` while one is missing.
    pub fn ready(&self) -> Option<(String, String)> {
        let user = self.user.trim();
        (!user.is_empty() && !self.password.is_empty()).then(|| (user.to_owned(), self.password.clone()))
    }
}

/// What the screen offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// Name and password.
    #[default]
    Password,
    /// The server did not answer: pick a name.
    Pick,
    /// The server did not answer and nobody is known yet.
    Nobody,
}

/// What to offer after the server did not answer.
pub fn without_connection(people: &[HandheldPerson]) -> Way {
    if people.is_empty() { Way::Nobody } else { Way::Pick }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::PersonId;

    fn person(id: i64, name: &str) -> HandheldPerson {
        HandheldPerson { id: PersonId(id), name: name.into(), language: "en".into() }
    }

    #[test]
    fn a_form_is_sent_only_when_whole() {
        let form = |user: &str, password: &str| Form { user: user.into(), password: password.into() }.ready();
        assert_eq!(form(" maria ", "s3cret "), Some(("maria".into(), "s3cret ".into())));
        assert_eq!(form("maria", ""), None);
        assert_eq!(form("  ", "x"), None);
    }

    #[test]
    fn without_a_connection_known_people_are_offered_by_name() {
        assert_eq!(without_connection(&[]), Way::Nobody);
        assert_eq!(without_connection(&[person(1, "Maria")]), Way::Pick);
    }
}

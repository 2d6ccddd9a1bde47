//! Who takes the handheld: by password while there is a connection, by the PIN they chose on it at any time, else one of
//! the people this handheld knows, which is recorded as not verified (`SYNC.md` section 5).
//!
//! Absent: checking a password. Only the server can.

use shared::{pin::is_pin, sync::message::HandheldPerson};

/// What the form holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// As typed.
    pub user: String,
    /// As typed.
    pub password: String,
    /// A PIN to choose, as typed; may be empty.
    pub pin: String,
}

impl Form {
    /// Name and password to send, or `None` while one is missing.
    pub fn ready(&self) -> Option<(String, String)> {
        let user = self.user.trim();
        (!user.is_empty() && !self.password.is_empty()).then(|| (user.to_owned(), self.password.clone()))
    }
    /// The PIN to choose, or none; `None` where what is typed can be no PIN.
    pub fn new_pin(&self) -> Option<Option<String>> {
        let pin = self.pin.trim();
        (pin.is_empty() || is_pin(pin)).then(|| Some(pin.to_owned()).filter(|pin| !pin.is_empty()))
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
        let form = |user: &str, password: &str| {
            Form { user: user.into(), password: password.into(), pin: String::new() }.ready()
        };
        assert_eq!(form(" maria ", "s3cret "), Some(("maria".into(), "s3cret ".into())));
        assert_eq!(form("maria", ""), None);
        assert_eq!(form("  ", "x"), None);
    }

    #[test]
    fn a_pin_is_chosen_or_not_and_a_bad_one_is_said() {
        let form = |pin: &str| Form { pin: pin.into(), ..Form::default() }.new_pin();
        assert_eq!(form(" "), Some(None));
        assert_eq!(form("4711"), Some(Some("4711".into())));
        assert_eq!(form("12"), None);
    }

    #[test]
    fn without_a_connection_known_people_are_offered_by_name() {
        assert_eq!(without_connection(&[]), Way::Nobody);
        assert_eq!(without_connection(&[person(1, "Maria")]), Way::Pick);
    }
}

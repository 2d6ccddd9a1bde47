//! What the ways in need: the token in the fragment, passwords typed twice, a code for the first site.
//!
//! Absent: judging passwords; the server says what is too weak.

/// The token of a one-time link, from what follows `#`. It never reaches a server log, because fragments stay in the browser.
pub fn token(fragment: &str) -> Option<String> {
    let token = fragment.split('&').find_map(|part| part.strip_prefix("token="))?;
    (!token.is_empty()).then(|| token.to_owned())
}

/// What is wrong with a new password typed twice; the server has the last word.
pub fn password_fault(password: &str, again: &str) -> Option<&'static str> {
    if password.is_empty() {
        Some("Choose a password.")
    } else if password != again {
        Some("The two passwords differ. Type the same one twice.")
    } else {
        None
    }
}

/// A short code proposed from a site's name: letters and digits, upper-case, at most eight.
pub fn proposed_code(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_read_from_the_fragment_alone() {
        assert_eq!(token("token=abc"), Some("abc".to_owned()));
        assert_eq!(token("x=1&token=a-b_c"), Some("a-b_c".to_owned()));
        assert_eq!(token("token="), None);
        assert_eq!(token("abc"), None);
    }

    #[test]
    fn two_different_passwords_are_not_sent() {
        assert!(password_fault("a", "b").is_some());
        assert!(password_fault("", "").is_some());
        assert_eq!(password_fault("correct horse", "correct horse"), None);
    }

    #[test]
    fn a_code_is_short_and_plain() {
        assert_eq!(proposed_code("Nörd-Hub 12 West"), "NRDHUB12");
    }
}

//! Why an answer did not come: the desk's fourth family of errors (`STYLE.md` section 5).
//!
//! Absent: sentences of refusals. The server writes those; they are shown word for word.

use shared::api::problem::Problem;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The request never reached the server.
    #[error(
        "The server cannot be reached. What you see may be out of date; it is loaded again as soon as the server answers."
    )]
    Offline,
    /// The server took longer than anybody waits.
    #[error("The server took too long to answer. Try again; if it goes on, tell whoever runs the server.")]
    Timeout,
    /// Nobody is signed in (any more).
    #[error("You are signed out. Sign in again to go on.")]
    SignedOut,
    /// The server said no, and why.
    #[error("{}", .0.detail)]
    Problem(Problem),
    /// An answer came that this page does not understand.
    #[error(
        "The server answered something this page does not understand ({0}). Load the page again: it may be older than the server."
    )]
    Unreadable(String),
}

/// The code of an answer to somebody whose session has ended or never began.
const NOT_SIGNED_IN: &str = "not_signed_in";

impl Trouble {
    /// Reads an answer with a status that is not a success.
    pub fn of(status: u16, body: &str) -> Self {
        match serde_json::from_str::<Problem>(body) {
            // other refusals are a 401 as well (a wrong password, a spent link), with a sentence the person has to read
            Ok(problem) if problem.code == NOT_SIGNED_IN => Self::SignedOut,
            Ok(problem) => Self::Problem(problem),
            Err(_) if status == 401 => Self::SignedOut,
            Err(_) => Self::Unreadable(format!("status {status}")),
        }
    }
    /// The stable code, where the server gave one.
    pub fn code(&self) -> &str {
        match self {
            Self::Problem(problem) => &problem.code,
            _ => "",
        }
    }
    /// The field it is about, where it is about one.
    pub fn field(&self) -> &str {
        match self {
            Self::Problem(problem) => problem.field.as_deref().unwrap_or_default(),
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, code: &str, words: &str) {
        let trouble = Trouble::of(status, body);
        assert_eq!(trouble.code(), code, "{body}");
        assert!(trouble.to_string().contains(words), "{trouble}");
    }

    #[test]
    fn a_refusal_is_shown_in_the_servers_own_words() {
        let body = r#"{"code":"approver_counted","status":409,"detail":"You counted this bin in round 1."}"#;
        check(409, body, "approver_counted", "You counted this bin in round 1.");
    }

    #[test]
    fn an_ended_session_asks_to_sign_in_but_a_wrong_password_is_explained() {
        assert_eq!(Trouble::of(401, r#"{"code":"not_signed_in","status":401,"detail":"x"}"#), Trouble::SignedOut);
        assert_eq!(Trouble::of(401, ""), Trouble::SignedOut);
        check(401, r#"{"code":"wrong_credentials","status":401,"detail":"Wrong."}"#, "wrong_credentials", "Wrong.");
    }

    #[test]
    fn an_answer_without_a_problem_says_its_status() {
        check(502, "<html>", "", "status 502");
    }
}

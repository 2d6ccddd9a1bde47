//! What went wrong, in the person's language: refusals by their code, everything else by its kind.
//!
//! Absent: the server's own sentences. They are English, for the desk.

use super::{Words, fill};
use crate::{api::Trouble, replica::NotSaved};

impl Words {
    /// Why the server did not do what was asked.
    pub fn trouble(&self, trouble: &Trouble) -> String {
        let text = match trouble {
            Trouble::Offline => self.offline,
            Trouble::Timeout => self.late,
            Trouble::SignedOut => self.connect_again,
            Trouble::Problem(problem) => match problem.code.as_str() {
                "wrong_credentials" => self.sign_in_wrong,
                "may_not_count" => self.sign_in_role,
                "too_many_tries" => self.tries,
                "code_unknown" => self.enrol_unknown,
                code => return fill(self.refused, &[code]),
            },
            Trouble::Unreadable(what) => return fill(self.refused, &[what]),
        };
        text.to_owned()
    }
    /// Why something is not on the disk of this handheld. The browser's own words stay: they are for whoever repairs it.
    pub fn not_saved_because(&self, why: &NotSaved) -> String {
        match why {
            NotSaved::NotEnrolled => self.why_not_connected.to_owned(),
            NotSaved::NobodySignedIn => self.why_nobody.to_owned(),
            NotSaved::TooLong => self.why_too_long.to_owned(),
            NotSaved::Storage(error) => fill(self.why_disk, &[error]),
        }
    }
}

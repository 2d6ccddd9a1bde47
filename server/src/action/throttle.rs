//! Slows guessing down: each failure in a row makes the next try wait longer, per person and per place, in the database.
//!
//! A try is counted before the password is looked at, so that a hundred at once are not a hundred free ones. Absent:
//! locking anybody out for good; that would hand every colleague the means to do it.

use super::Failure;
use crate::store::{WriteTx, sign_in_failure};

/// Failures in a row of one person before waiting begins: what a person with gloves on needs.
const FREE_TRIES_PERSON: u32 = 5;
/// Failures of one place before waiting begins: many people sign in from behind one address.
const FREE_TRIES_PLACE: u32 = 25;
/// The longest wait, in milliseconds: five minutes leave a guesser 288 tries a day, and a locked-out person their shift.
const WAIT_MS_MAX: i64 = 5 * 60 * 1000;
/// After this long without a failure everything is forgiven, in milliseconds: one day.
const FORGET_MS: i64 = 24 * 60 * 60 * 1000;

/// Who tries, and from where.
#[derive(Debug, Clone)]
pub struct Try {
    subjects: Vec<(String, u32)>,
}

impl Try {
    /// A person who types a password at a place (`address:10.0.0.7`, `device:4`).
    pub fn sign_in(username: &str, place: &str) -> Self {
        Self { subjects: vec![(format!("person:{username}"), FREE_TRIES_PERSON), (place.to_owned(), FREE_TRIES_PLACE)] }
    }
    /// Somebody who uses a link or code at a place.
    pub fn code(place: &str) -> Self {
        Self { subjects: vec![(place.to_owned(), FREE_TRIES_PLACE)] }
    }
}

/// How long to wait after so many failures, in milliseconds.
fn wait_ms(failures: u32, free: u32) -> i64 {
    match failures.checked_sub(free) {
        None => 0,
        Some(beyond) => 1000_i64.checked_shl(beyond.min(20)).unwrap_or(WAIT_MS_MAX).min(WAIT_MS_MAX),
    }
}

/// Counts a try as failed until [`succeed`] says otherwise.
///
/// # Errors
/// `too_many_tries` while somebody has to wait; that try is not counted.
pub fn begin(tx: &WriteTx<'_>, attempt: &Try) -> Result<(), Failure> {
    sign_in_failure::forget_before(tx, tx.now().plus_ms(-FORGET_MS))?;
    let mut counted = Vec::new();
    for (subject, free) in &attempt.subjects {
        let known = sign_in_failure::find(tx, subject)?;
        let failures = known.map_or(0, |row| row.failures);
        if let Some(row) = known {
            let left_ms = wait_ms(failures, *free) - tx.now().ms_since(row.last_at);
            if left_ms > 0 {
                let seconds = left_ms.saturating_add(999) / 1000;
                return Err(Failure::refused(
                    "too_many_tries",
                    format!("Too many tries failed. Wait {seconds} seconds and try again; counting goes on meanwhile."),
                ));
            }
        }
        counted.push((subject, failures.saturating_add(1)));
    }
    for (subject, failures) in counted {
        sign_in_failure::set(tx, subject, failures)?;
    }
    Ok(())
}

/// The try that was counted succeeded: the person starts afresh, the place gets this one back.
pub fn succeed(tx: &WriteTx<'_>, attempt: &Try) -> Result<(), Failure> {
    for (subject, _) in &attempt.subjects {
        let left = match sign_in_failure::find(tx, subject)? {
            Some(row) if !subject.starts_with("person:") => row.failures.saturating_sub(1),
            _ => 0,
        };
        sign_in_failure::set(tx, subject, left)?;
    }
    Ok(())
}

/// Forgets a person's failures.
pub fn forgive(tx: &WriteTx<'_>, username: &str) -> Result<(), Failure> {
    Ok(sign_in_failure::set(tx, &format!("person:{username}"), 0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_begins_after_the_free_tries_and_doubles_up_to_its_end() {
        let seconds = |failures| wait_ms(failures, 5) / 1000;
        assert_eq!([4, 5, 6, 7, 13, 14, 1000].map(seconds), [0, 1, 2, 4, 256, 300, 300]);
        assert_eq!(wait_ms(u32::MAX, 0), WAIT_MS_MAX);
    }
}

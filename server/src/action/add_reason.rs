//! An admin adds a reason code, or changes the words of one.

use super::{Doer, Failure};
use crate::store::WriteTx;
use shared::{api::master::Reason, fact::Fact};

/// Letters of a code and of its words, at most.
const CODE_LETTERS_MAX: usize = 40;
const LABEL_LETTERS_MAX: usize = 80;

/// Adds a reason.
///
/// # Errors
/// `bad_code`, `bad_label`.
pub fn add_reason(tx: &mut WriteTx<'_>, doer: &Doer, request: &Reason) -> Result<(), Failure> {
    let (code, label) = (request.code.trim(), request.label.trim());
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-';
    if code.is_empty() || code.len() > CODE_LETTERS_MAX || !code.chars().all(plain) {
        let sentence =
            format!("A reason's code has 1 to {CODE_LETTERS_MAX} small letters, digits, - or _, such as wrong_label.");
        return Err(Failure::refused("bad_code", sentence));
    }
    if label.is_empty() || label.chars().count() > LABEL_LETTERS_MAX || label.chars().any(char::is_control) {
        let sentence = format!("A reason needs words of 1 to {LABEL_LETTERS_MAX} letters, such as Wrong label.");
        return Err(Failure::refused("bad_label", sentence));
    }
    let fact = Fact::ReasonAdded { code: code.to_owned(), label: label.to_owned() };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    Ok(())
}

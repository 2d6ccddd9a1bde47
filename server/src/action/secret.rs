//! Secrets that the server makes: 256 random bits for links and handhelds, short codes for people's fingers.

use crate::store::Error;
use std::fmt::Write as _;

/// Letters of enrolment codes: nothing that is read or heard as something else (no 0 O, 1 I L, no U beside V).
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of an enrolment code: 30^8 is 650 thousand million, of which a guesser gets to try some hundred in the ten
/// minutes that a code lives.
const CODE_LETTERS: usize = 8;

/// 256 random bits in hexadecimal.
///
/// # Errors
/// [`Error::Random`] when the operating system has none.
pub fn make_token() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // writing into a string cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// A code that is typed or scanned once.
///
/// # Errors
/// [`Error::Random`] when the operating system has none.
pub fn make_code() -> Result<String, Error> {
    let mut code = String::with_capacity(CODE_LETTERS);
    while code.len() < CODE_LETTERS {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
        // 240 is the largest multiple of 30 in a byte: above it, some letters would come more often than others
        let letters = bytes.iter().filter(|byte| **byte < 240).map(|byte| char::from(ALPHABET[usize::from(byte % 30)]));
        code.extend(letters.take(CODE_LETTERS - code.len()));
    }
    Ok(code)
}

/// A code as it was typed, brought into the form in which it was made.
pub fn read_code(typed: &str) -> String {
    typed.chars().filter(|letter| letter.is_ascii_alphanumeric()).map(|letter| letter.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = make_code().expect("random bytes");
        assert_eq!(code.len(), CODE_LETTERS);
        assert!(code.bytes().all(|letter| ALPHABET.contains(&letter)), "{code}");
        let typed = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
        assert_eq!(read_code(&typed), code);
    }

    #[test]
    fn no_two_secrets_are_alike() {
        let (a, b) = (make_token().expect("random bytes"), make_token().expect("random bytes"));
        assert_eq!(a.len(), 64);
        assert_ne!(a, b);
    }
}

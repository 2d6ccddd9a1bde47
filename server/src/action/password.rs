//! Passwords: which are refused, and argon2id away from the async threads, a few at a time.
//!
//! Absent: storing the hashes (`store/credential.rs`).

use super::Failure;
use crate::store::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Letters of a password, at least (ASVS asks for 8; a warehouse's names are guessed by its own people).
pub const LETTERS_MIN: usize = 10;
/// Bytes of a password, at most: hashing reads them all.
pub const BYTES_MAX: usize = 256;

/// Passwords that lists of leaked ones begin with, as far as they are long enough to get here, without digits and signs.
const COMMON: [&str; 40] = [
    "password",
    "passwort",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "iloveyou",
    "letmein",
    "welcome",
    "administrator",
    "administration",
    "changeme",
    "changeit",
    "changemenow",
    "princess",
    "sunshine",
    "football",
    "baseball",
    "basketball",
    "superman",
    "batman",
    "spiderman",
    "starwars",
    "pokemon",
    "michael",
    "jennifer",
    "monkey",
    "dragon",
    "master",
    "whatever",
    "trustno",
    "qazwsxedc",
    "zaqxswcde",
    "qweasdzxc",
    "motdepasse",
    "contrasena",
    "mynoob",
    "liverpool",
    "chocolate",
    "computer",
    "internet",
];
/// Words that everybody in the building would try first.
const CONTEXT: [&str; 12] = [
    "trueup",
    "warehouse",
    "inventory",
    "stock",
    "stocktake",
    "count",
    "counting",
    "scanner",
    "handheld",
    "password",
    "admin",
    "supervisor",
];
/// Rows of keys and of letters in their order; a password that is a piece of one, either way, is refused.
const ROWS: [&str; 6] = [
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1q2w3e4r5t6z7u8i9o0p",
];

/// Whether a password may be used.
///
/// # Errors
/// `bad_password` with a sentence that says what to do instead.
pub fn check(password: &str, about: &[&str]) -> Result<(), Failure> {
    let refuse = |sentence: &str| Err(Failure::refused("bad_password", sentence));
    if password.chars().count() < LETTERS_MIN {
        return refuse(
            "The password is shorter than 10 letters. Take three or four words that do not belong together.",
        );
    }
    if password.len() > BYTES_MAX {
        return refuse("The password is longer than 256 bytes. Take a shorter one.");
    }
    let lower = password.to_lowercase();
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 5 {
        return refuse(
            "The password repeats a few letters only. Take three or four words that do not belong together.",
        );
    }
    let backwards: String = lower.chars().rev().collect();
    if ROWS.iter().any(|row| row.contains(&lower) || row.contains(&backwards)) {
        return refuse(
            "The password is a row of keys, which is tried first. Take three or four words that do not belong together.",
        );
    }
    let mut rest: String = lower.chars().filter(|letter| letter.is_alphabetic()).collect();
    if COMMON.contains(&rest.as_str()) {
        return refuse(
            "The password is one of those that are tried first. Take three or four words that do not belong together.",
        );
    }
    // what remains after words that anybody here would try
    let mut own: Vec<String> = about
        .iter()
        .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()))
        .chain(CONTEXT)
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 3)
        .collect();
    own.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &own {
        rest = rest.replace(word.as_str(), "");
    }
    if rest.chars().count() < 4 {
        return refuse(
            "The password is made of names and words that anybody here would try. Take three or four words that do not belong together.",
        );
    }
    Ok(())
}

/// Hashes a password with argon2id at the strength that OWASP names as the least.
///
/// # Errors
/// [`Error::Random`] when there is no salt.
pub fn hash_blocking(password: &str) -> Result<String, Failure> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| Error::Random)?;
    Ok(hash.to_string())
}

fn verify_blocking(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Takes turns at hashing, so that a flood of sign-ins takes neither all memory nor all cores.
#[derive(Clone)]
pub struct Turns {
    free: Arc<Semaphore>,
    wait: Duration,
}

impl Turns {
    /// So many at once; who waits longer than `wait` is told to come back.
    pub fn new(at_once: usize, wait: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(at_once)), wait }
    }

    /// Hashes a password when it is its turn.
    ///
    /// # Errors
    /// `busy`.
    pub async fn hash(&self, password: String) -> Result<String, Failure> {
        self.run(move || hash_blocking(&password)).await?
    }

    /// Whether the password is the one behind the hash. Without a hash it takes as long and says no, so that nobody
    /// learns from the clock who exists.
    ///
    /// # Errors
    /// `busy`.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        self.run(move || match hash {
            Some(hash) => verify_blocking(&password, &hash),
            None => {
                verify_blocking(&password, nobodys_hash());
                false
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let busy = || Failure::refused("busy", "Many people are signing in at the moment. Try again in a few seconds.");
        let turn = tokio::time::timeout(self.wait, Arc::clone(&self.free).acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Err(busy()) };
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        worked.await.map_err(|_| Error::Panicked.into())
    }
}

/// A hash that no password fits, made once at the usual strength.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let random = super::secret::make_token().unwrap_or_else(|_| "nobody".into());
        hash_blocking(&random).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        check(password, &["maria", "Maria Silva", "NORTH"]).is_err()
    }

    #[test]
    fn passwords_that_are_tried_first_are_refused() {
        for password in [
            "",
            "short",
            "123456789",
            "1234567890",
            "0987654321",
            "qwertyuiop",
            "poiuytrewq",
            "Password123!",
            "aaaaaaaaaaaa",
            "ababababab",
            "Maria2026!!",
            "north-warehouse-1",
            "trueup-admin-2026",
            "WELCOME12345",
            "silva.maria.99",
        ] {
            assert!(refused(password), "{password:?} was taken");
        }
        assert!(refused(&"x9!".repeat(100)), "a password of 300 bytes was taken");
    }

    #[test]
    fn words_that_do_not_belong_together_are_taken() {
        for password in ["copper otter rainfall", "k7#vQz!m2Lp", "Straßenbahn im Nebel", "lamp-lamp-fjord"] {
            assert!(!refused(password), "{password:?} was refused");
        }
    }

    #[test]
    fn a_hash_is_argon2id_and_fits_its_own_password_alone() {
        let hash = hash_blocking("copper otter rainfall").expect("a salt");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_blocking("copper otter rainfall", &hash));
        assert!(!verify_blocking("copper otter rainfal", &hash));
        assert!(!verify_blocking("copper otter rainfall", "not a hash"));
    }
}

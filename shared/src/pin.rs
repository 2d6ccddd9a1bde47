//! A PIN that somebody chooses on a handheld, to take it again without the password and without a network.
//!
//! It says who holds the handheld and keeps nothing secret: whoever has the handheld's storage in hand can try all of
//! them (`SYNC.md` section 5). Hence it opens nothing but the counting of the person who chose it. Absent: randomness,
//! which is handed in.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Digits of the shortest PIN.
pub const DIGITS_MIN: usize = 4;
/// Digits of the longest.
pub const DIGITS_MAX: usize = 8;
/// Wrong PINs in a row after which the password is asked for.
pub const TRIES_MAX: u8 = 5;
/// Turns of the hash: some ten milliseconds on a slow handheld, so that nobody waits.
const TURNS: u32 = 2_000;

/// What a handheld keeps of a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPin {
    salt: [u8; 16],
    hash: [u8; 32],
    /// Wrong ones since it was last right.
    #[serde(default)]
    pub wrong: u8,
}

/// Whether these digits can be a PIN: as many as a thumb remembers, and not all the same.
pub fn is_pin(digits: &str) -> bool {
    let first = digits.bytes().next();
    (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && digits.bytes().any(|digit| Some(digit) != first)
}

impl StoredPin {
    /// Keeps a PIN; `None` where the digits can be none.
    pub fn new(digits: &str, salt: [u8; 16]) -> Option<Self> {
        is_pin(digits).then(|| Self { salt, hash: hash(digits, &salt), wrong: 0 })
    }
    /// Whether it may still be tried.
    pub const fn may_be_tried(&self) -> bool {
        self.wrong < TRIES_MAX
    }
    /// Tries digits, and remembers how often they were wrong.
    pub fn try_digits(&mut self, digits: &str) -> bool {
        let fits = self.may_be_tried() && hash(digits, &self.salt) == self.hash;
        self.wrong = if fits { 0 } else { self.wrong.saturating_add(1) };
        fits
    }
}

fn hash(digits: &str, salt: &[u8; 16]) -> [u8; 32] {
    let mut hash: [u8; 32] = Sha256::new().chain_update(salt).chain_update(digits).finalize().into();
    for _ in 0..TURNS {
        hash = Sha256::new().chain_update(salt).chain_update(hash).finalize().into();
    }
    hash
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_pin_is_four_to_eight_digits_and_not_all_the_same() {
        for good in ["1234", "00000001", "0908"] {
            assert!(is_pin(good), "{good}");
        }
        for bad in ["", "123", "123456789", "12a4", "1111", "٣٤٥٦", " 1234"] {
            assert!(!is_pin(bad), "{bad}");
        }
    }

    #[test]
    fn a_pin_fits_itself_alone_and_not_for_ever() {
        let mut pin = StoredPin::new("4711", [7; 16]).unwrap();
        assert_ne!(pin, StoredPin::new("4711", [8; 16]).unwrap());
        assert!(pin.try_digits("4711"));
        for _ in 1..TRIES_MAX {
            assert!(!pin.try_digits("4712"));
        }
        assert!(pin.try_digits("4711"), "the last try is as good as the first");
        for _ in 0..TRIES_MAX {
            assert!(!pin.try_digits("4712"));
        }
        assert!(!pin.may_be_tried() && !pin.try_digits("4711"), "now the password is asked for");
    }

    #[test]
    fn what_is_kept_reads_back_and_does_not_say_the_pin() {
        let pin = StoredPin::new("4711", [7; 16]).unwrap();
        let text = serde_json::to_string(&pin).unwrap();
        assert!(!text.contains("4711"));
        assert_eq!(serde_json::from_str::<StoredPin>(&text).unwrap(), pin);
    }
}

//! The scanner test: what arrives of four printed codes, what is known of this handheld's scanner, and how to set it up.
//!
//! Absent: its sentences ([`crate::words::scanner`]).

pub mod model;
#[cfg(feature = "handheld")]
pub mod view;

use serde::{Deserialize, Serialize};
use shared::scan::{Learned, Listen};

/// What is kept about this handheld's scanner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scanner {
    /// Which of what is heard belongs to it.
    pub listen: Listen,
    /// What it does.
    pub learned: Learned,
}

/// Where the browser remembers it.
#[cfg(feature = "handheld")]
const NAME: &str = "trueup-scanner";

/// What was kept earlier.
#[cfg(feature = "handheld")]
pub fn recall() -> Scanner {
    let kept = crate::browser::memory::recall(NAME);
    kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

#[cfg(feature = "handheld")]
mod keep {
    use super::NAME;
    use crate::{
        browser::{keys, memory, sound},
        part::tone::Tone,
        screen::handheld::floor::Floor,
    };
    use leptos::prelude::*;
    use shared::scan::{Capture, Listen};

    /// Scans between two writes of what was learned: it changes slowly, and each write costs a moment.
    const KEEP_EVERY: u32 = 20;

    impl Floor {
        fn keep_scanner(self) {
            if let Ok(text) = self.scanner.with_value(serde_json::to_string) {
                memory::remember(NAME, &text);
            }
        }
        /// Keeps what the capture machine has learned, now and then.
        pub fn keep_learned(self) {
            let learned = self.capture.with_value(Capture::learned);
            let before = self.scanner.with_value(|scanner| scanner.learned);
            let differs = (learned.suffix, learned.aim, learned.channel) != (before.suffix, before.aim, before.channel);
            if differs || learned.seen >= before.seen.saturating_add(KEEP_EVERY) {
                self.scanner.update_value(|scanner| scanner.learned = learned);
                self.keep_scanner();
            }
        }
        /// Chooses what belongs to the scanner.
        pub fn listen_to(self, listen: Listen) {
            self.scanner.update_value(|scanner| scanner.listen = listen);
            self.keep_scanner();
            keys::arm();
        }
        /// A code was scanned on the test.
        pub(in crate::screen::handheld) fn tried(self, text: &str) {
            let learned = self.capture.with_value(Capture::learned);
            sound::play(Tone::Item);
            self.trial.update(|trial| trial.scanned(text, learned));
        }
    }
}

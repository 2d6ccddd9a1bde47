//! The codes that are shown one after the other, and what a file is called.
//!
//! Absent: time (the view has a timer), and cutting a text into codes (`shared::sync::rescue::frame`).

use qrcodegen::{QrCode, QrCodeEcc};
use shared::sync::rescue::frame::{self, TooLong};
use std::fmt::Write as _;

/// How long a code stays: a scanner sees it, and beeps, and is asked for the next.
pub const SHOWN_MS: u32 = 1_200;
/// Blank modules around a code, as scanners want them.
const MARGIN: i32 = 4;

/// The codes of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    frames: Vec<String>,
    /// The one that is shown, from 0.
    at: usize,
    /// Whether they go on by themselves.
    pub is_running: bool,
}

impl Codes {
    /// Begins with the first.
    ///
    /// # Errors
    /// [`TooLong`]: a file then.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let frames = frame::split(text)?;
        let is_running = frames.len() > 1;
        Ok(Self { frames, at: 0, is_running })
    }
    /// How many there are.
    pub fn total(&self) -> usize {
        self.frames.len()
    }
    /// Which is shown, from 1.
    pub fn number(&self) -> usize {
        self.at + 1
    }
    /// What the shown one says.
    pub fn frame(&self) -> &str {
        self.frames.get(self.at).map_or("", String::as_str)
    }
    /// The next one; after the last the first again.
    pub fn next(&mut self) {
        self.at = (self.at + 1) % self.frames.len().max(1);
    }
    /// The one before.
    pub fn back(&mut self) {
        self.at = self.at.checked_sub(1).unwrap_or(self.frames.len().saturating_sub(1));
    }
}

/// A code as the path of an SVG, with the length of its side.
pub fn draw(frame: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(frame, QrCodeEcc::Low).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // writing into a string cannot fail
            let _ = write!(path, "M{},{}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    Some((code.size() + 2 * MARGIN, path))
}

/// What the file of a handheld is called: letters, digits and dashes, with the instant, so that a second export does not
/// replace the first.
pub fn file_name(device: &str, wall_ms: i64) -> String {
    let device: String =
        device.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    format!("trueup-rescue-{device}-{}.txt", wall_ms / 1_000)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_code_is_shown_in_turn_and_the_first_follows_the_last() {
        let mut codes = Codes::of(&"x".repeat(frame::PIECE_BYTES * 2 + 1)).unwrap();
        assert_eq!((codes.total(), codes.number(), codes.is_running), (3, 1, true));
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(codes.frame().to_owned());
            codes.next();
        }
        assert_eq!(codes.number(), 1);
        assert_eq!(frame::join(&seen.concat()).text, Some("x".repeat(frame::PIECE_BYTES * 2 + 1)));
        codes.back();
        assert_eq!(codes.number(), 3);
        assert!(!Codes::of("short").unwrap().is_running, "there is nothing to go on to");
    }

    #[test]
    fn a_full_code_has_modules_that_a_small_screen_can_show() {
        let codes = Codes::of(&"x".repeat(frame::PIECE_BYTES)).unwrap();
        let (side, path) = draw(codes.frame()).unwrap();
        assert_eq!(side, 73 + 8, "360 points of a screen are more than four a module");
        assert!(path.starts_with("M4,4h1v1h-1z"), "the corner of the first finder pattern");
    }

    #[test]
    fn a_file_name_has_nothing_that_a_file_system_minds() {
        assert_eq!(file_name("H/04 ü", 1_795_392_000_123), "trueup-rescue-H-04---1795392000.txt");
    }
}

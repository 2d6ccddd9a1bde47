//! Scan capture: characters and chunks with time stamps in, scans and typed quantities out (`HANDHELD.md` 1.4).
//!
//! A wedge scanner is a keyboard. What tells it from a person is speed, a terminator, text that comes in one piece, and
//! what the screen expects; the judgement itself is in [`classify`]. Time stamps are those of the browser's events, in
//! milliseconds: a page that was busy for half a second does not tear a scan in two.
//!
//! Absent: what a scan means ([`crate::barcode`]), key codes and listeners (the app's glue), and any clock. The caller
//! asks [`Capture::deadline`] when to call [`Capture::tick`].

mod classify;
pub mod hold;
pub mod keys;
mod learned;
#[cfg(test)]
mod tests;
pub mod trial;

use classify::{Class, Shape};
pub use learned::Learned;
use serde::{Deserialize, Serialize};

/// A gap longer than this begins a new scan. What is learned may only make it longer.
pub const NEW_SCAN_GAP_MS: i64 = 300;
/// The longest that it is made.
pub const NEW_SCAN_GAP_MAX_MS: i64 = 600;
/// Silence that ends a scan without a suffix: peaks of 100 ms inside a code were measured. What is learned may only make
/// it longer: somebody takes a quick scanner out of a handheld's cradle and pairs a slow one.
pub const IDLE_END_MS: i64 = 120;
/// The same where the scanner is known to send a suffix: nothing waits for it but a scan that lost its suffix.
pub const IDLE_END_SUFFIX_MS: i64 = NEW_SCAN_GAP_MS;
/// Silence that ends a scan that came as committed text: an Enter or the next piece follows at once.
pub const IDLE_END_CHUNK_MS: i64 = 60;
/// How long a single typed digit waits for company before the screen gets it. Above every measured scanner peak.
pub const TYPED_AFTER_MS: i64 = 150;
/// After this silence inside a long code the screen says "still receiving".
pub const HOLD_SOFT_MS: i64 = 2_000;
/// After this silence a long code is given up, loudly. Stalls of 3 to 8 s were seen in the field.
pub const HOLD_HARD_MS: i64 = 15_000;
/// The same code again this soon is the hardware's doing: no hand pulls a trigger that fast.
pub const HARDWARE_DUPLICATE_MS: i64 = 250;
/// Another code this soon was in view of the same trigger pull.
pub const COMPANION_MS: i64 = 150;
/// Characters kept of one code; the longest 2D symbols hold about 7,000 digits.
pub const CODE_CHARS_MAX: usize = 8_192;

/// What the glue saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal<'a> {
    /// One character, by a key or committed alone.
    Char(char),
    /// Text committed in one piece; may hold several codes divided by line ends.
    Chunk(&'a str),
    /// Enter or Tab.
    End,
    /// Backspace.
    Back,
    /// A digit on the number pad while Alt is held.
    AltDigit(char),
    /// Alt was let go.
    AltEnd,
}

/// Which of what a page hears belongs to the scanner. A switch of the device, for scanners that deliver the same code
/// twice or need the field to themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listen {
    /// Keys and committed text.
    #[default]
    Auto,
    /// Committed text only: keys go into the field and come out as text.
    Text,
    /// Keys only: no field has the focus, so that no keyboard ever appears.
    Keys,
}

/// How a scanner delivers its characters (`HANDHELD.md` 1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A key for each.
    Keys,
    /// Text committed whole.
    Text,
    /// Text committed character by character.
    TextByCharacter,
}

/// What the screen can use besides a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expect {
    /// Scans only: no quantity is asked for.
    #[default]
    Scan,
    /// Digits typed on a hardware keypad are a quantity.
    ScanOrQuantity,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Captured {
    /// One code, as it was read.
    Scan {
        /// The text, without its terminator.
        text: String,
        /// Read by the same trigger pull as the one before: ignored in silence where it means nothing.
        companion: bool,
    },
    /// Digits typed by hand, to be shown on the keypad.
    Typed(String),
    /// Enter by hand: the quantity on the keypad is meant.
    Entered,
    /// Backspace by hand.
    Erased,
    /// A long code has begun and stalls.
    Receiving,
    /// A long code never ended. Kept in words so that nothing vanishes without a sound.
    Garbled(String),
    /// Neither a scan nor a quantity.
    Ignored(String),
}

/// The state machine. One per page.
#[derive(Debug, Default)]
pub struct Capture {
    expect: Expect,
    shape: Shape,
    receiving: bool,
    /// A timer that comes late lets the events queued behind it in first.
    grace_until: Option<i64>,
    last: Option<(String, i64)>,
    learned: Learned,
    /// Digits at the end of the shape that were typed while Alt was held.
    alt: String,
}

impl Capture {
    /// A machine that has learned nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// A machine that knows what was learned of this device earlier.
    pub fn with(learned: Learned) -> Self {
        Self { learned, ..Self::default() }
    }
    /// Takes in what was learned of this device earlier, once it is read from the disk.
    pub fn remember(&mut self, learned: Learned) {
        if self.learned.seen <= learned.seen {
            self.learned = learned;
        }
    }
    /// Says what the screen can use from now on.
    pub fn expect(&mut self, expect: Expect) {
        self.expect = expect;
    }
    /// Lets go of what was heard so far: it was typed into a field that is closed by hand now.
    pub fn forget(&mut self) {
        self.shape = Shape::default();
        self.alt.clear();
        (self.receiving, self.grace_until) = (false, None);
    }
    /// What was learned of this device's scanner.
    pub fn learned(&self) -> Learned {
        self.learned
    }
    /// Whether an Enter at this instant belongs to the scanner and must not press a button.
    pub fn owns_enter(&self, at_ms: i64) -> bool {
        !self.shape.is_empty() || self.last.as_ref().is_some_and(|(_, end)| at_ms - end <= NEW_SCAN_GAP_MAX_MS)
    }
    /// Whether characters of a code are coming in.
    pub fn in_code(&self) -> bool {
        !self.shape.is_empty()
    }
    /// Takes one signal and returns what it completes.
    pub fn feed(&mut self, at_ms: i64, signal: Signal<'_>) -> Vec<Captured> {
        let mut out = Vec::new();
        self.grace_until = None;
        if self.shape.silence_ms(at_ms) > self.gap_limit_ms() {
            self.finish(Ending::Silence, &mut out);
        }
        if !matches!(signal, Signal::AltDigit(_) | Signal::AltEnd) {
            self.alt.clear();
        }
        match signal {
            Signal::Char('\r' | '\n' | '\t') => self.end(at_ms, &mut out),
            Signal::Char(c) => self.push(at_ms, c.encode_utf8(&mut [0; 4]), true, &mut out),
            Signal::AltDigit(digit) => {
                // an ordinary digit, unless it turns out to be part of a number for one character
                self.alt.push(digit);
                self.push(at_ms, digit.encode_utf8(&mut [0; 4]), true, &mut out);
            }
            Signal::AltEnd => {
                let digits = std::mem::take(&mut self.alt);
                if let Some(c) = keys::by_number(&digits) {
                    digits.chars().for_each(|_| self.shape.pop());
                    self.push(at_ms, c.encode_utf8(&mut [0; 4]), true, &mut out);
                }
            }
            Signal::Chunk(text) => {
                let mut pieces = text.split(['\r', '\n', '\t']).peekable();
                while let Some(piece) = pieces.next() {
                    if !piece.is_empty() {
                        self.push(at_ms, piece, false, &mut out);
                    }
                    if pieces.peek().is_some() {
                        self.end(at_ms, &mut out);
                    }
                }
            }
            Signal::End => self.end(at_ms, &mut out),
            Signal::Back if self.shape.is_empty() => out.push(Captured::Erased),
            Signal::Back => self.shape.pop(),
        }
        out
    }
    /// When [`Capture::tick`] is due, if nothing else comes in.
    pub fn deadline(&self) -> Option<i64> {
        if let Some(until) = self.grace_until {
            return Some(until);
        }
        (!self.shape.is_empty()).then(|| self.shape.last_ms() + self.patience_ms())
    }
    /// Time has passed.
    pub fn tick(&mut self, now_ms: i64) -> Vec<Captured> {
        let mut out = Vec::new();
        let Some(due) = self.deadline().filter(|due| now_ms >= *due) else { return out };
        if self.grace_until.is_none() && now_ms - due > 40 {
            self.grace_until = Some(now_ms + 30);
            return out;
        }
        self.grace_until = None;
        if self.is_held() {
            if self.receiving {
                self.finish(Ending::Silence, &mut out);
            } else {
                self.receiving = true;
                out.push(Captured::Receiving);
            }
        } else {
            self.finish(Ending::Silence, &mut out);
        }
        out
    }

    fn push(&mut self, at_ms: i64, piece: &str, by_key: bool, out: &mut Vec<Captured>) {
        // no element has the sign that begins a prefix: the next label, or the same one once more
        if piece.starts_with(']') && self.shape.promises_elements() {
            self.finish(Ending::Silence, out);
        }
        // text that came whole and comes whole again at once is a bounce
        if !by_key && piece.chars().nth(2).is_some() && self.shape.text() == piece {
            return;
        }
        self.receiving = false;
        self.shape.push(at_ms, piece, by_key);
    }
    fn patience_ms(&self) -> i64 {
        if self.waits_for_suffix() || self.shape.is_broken_off() {
            return if self.receiving { HOLD_HARD_MS } else { HOLD_SOFT_MS };
        }
        match self.shape.classify(Ending::Silence, self.expect) {
            Class::Scan if self.shape.chunk_chars_max() >= 4 => IDLE_END_CHUNK_MS,
            Class::Scan => self.idle_end_ms(),
            Class::Typed => TYPED_AFTER_MS.max(self.learned.typed_after_ms()),
            // not enough yet to be anything: more may come
            Class::Unclear => NEW_SCAN_GAP_MS,
        }
    }
    /// Whether the code in hand waits beyond the soft limit: its terminator will come, or it cannot end here.
    fn is_held(&self) -> bool {
        (self.waits_for_suffix() && self.learned.suffix) || self.shape.is_broken_off()
    }
    /// Whether a long code may be held through stalls. Not on a scanner known to send no terminator: there only what it
    /// says can tell where it ends. A code that says nothing of its length is held where a terminator is sure to come.
    fn waits_for_suffix(&self) -> bool {
        if self.learned.suffix {
            return self.shape.is_open_code() || self.shape.is_long();
        }
        self.shape.is_open_code() && !self.learned.is_calibrated()
    }
    fn idle_end_ms(&self) -> i64 {
        let least = if self.learned.suffix { IDLE_END_SUFFIX_MS } else { IDLE_END_MS };
        least.max(self.learned.pause_ms())
    }
    fn gap_limit_ms(&self) -> i64 {
        if self.is_held() {
            return HOLD_HARD_MS;
        }
        if self.waits_for_suffix() {
            return HOLD_SOFT_MS;
        }
        self.learned.new_scan_gap_ms()
    }

    fn end(&mut self, at_ms: i64, out: &mut Vec<Captured>) {
        if self.shape.is_empty() {
            if self.last.as_ref().is_some_and(|(_, end)| at_ms - end <= NEW_SCAN_GAP_MAX_MS) {
                (self.learned.suffix, self.learned.unended) = (true, 0);
            } else {
                out.push(Captured::Entered);
            }
            return;
        }
        self.finish(Ending::Suffix, out);
    }

    fn finish(&mut self, ending: Ending, out: &mut Vec<Captured>) {
        let shape = std::mem::take(&mut self.shape);
        let held = std::mem::take(&mut self.receiving);
        if shape.is_empty() {
            return;
        }
        if held && ending == Ending::Silence {
            self.learned.take_ending(ending);
            out.push(Captured::Garbled(shape.into_text()));
            return;
        }
        match shape.classify(ending, self.expect) {
            Class::Scan => {
                self.learned.take(&shape, ending);
                let (start, end) = (shape.first_ms(), shape.last_ms());
                let text = shape.into_text();
                let (again, beside) = match &self.last {
                    Some((before, ended)) => {
                        let same = *before == text;
                        (same && start - ended <= HARDWARE_DUPLICATE_MS, !same && start - ended < COMPANION_MS)
                    }
                    None => (false, false),
                };
                self.last = Some((text.clone(), end));
                if !again {
                    out.push(Captured::Scan { text, companion: beside });
                }
            }
            Class::Typed => {
                out.push(Captured::Typed(shape.into_text()));
                if ending == Ending::Suffix {
                    out.push(Captured::Entered);
                }
            }
            Class::Unclear => out.push(Captured::Ignored(shape.into_text())),
        }
    }
}

/// How a stream of characters stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Enter, Tab or a line end.
    Suffix,
    /// Nothing more came.
    Silence,
}

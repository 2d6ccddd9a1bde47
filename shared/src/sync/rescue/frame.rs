//! A text as a row of QR codes, shown one after the other and scanned in any order, as often as anybody likes.
//!
//! | part of a frame | bytes |
//! |---|---|
//! | first bytes of the SHA-256 of the whole text: which text it belongs to | 8 |
//! | its number, from 1 | 2 |
//! | how many there are | 2 |
//! | its piece of the text | up to [`PIECE_BYTES`] |
//! | first bytes of the SHA-256 of all that | 4 |
//!
//! The bytes travel as `IO1` and five-bit digits of 0–9 and A–X without I and O. A QR code packs these as densely as it
//! packs anything, a scanner that types has them on the same keys in most layouts, and capitals do not matter. No digit is
//! an I, so frames can be told apart where a scanner sends nothing between them.
//!
//! Absent: drawing, and what the text says ([`super`]).

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What every frame begins with; the 1 is the version.
pub const MARK: &str = "IO1";
/// Bytes of text in a frame. With everything around it 643 digits: a QR code of 73 × 73 modules (version 14, correction
/// L), which has more than four points for a module on the smallest handheld.
pub const PIECE_BYTES: usize = 384;
/// Frames of a text, at most: at a second each, five minutes of holding a scanner. More is a file.
pub const FRAMES_MAX: usize = 300;
/// Longest text that fits into frames.
pub const TEXT_BYTES_MAX: usize = PIECE_BYTES * FRAMES_MAX;
/// Letters of everything scanned or pasted that are looked at, at most.
pub const SCANNED_BYTES_MAX: usize = 4 * 1024 * 1024;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRSTUVWX";
const NAME_BYTES: usize = 8;
const HEAD_BYTES: usize = NAME_BYTES + 4;
const CHECK_BYTES: usize = 4;

/// The text is too long to be shown as QR codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{frames} codes would be needed, and {FRAMES_MAX} are the most that anybody scans")]
pub struct TooLong {
    /// Frames that it would take.
    pub frames: usize,
}

/// Cuts a text into frames.
///
/// # Errors
/// [`TooLong`]
pub fn split(text: &str) -> Result<Vec<String>, TooLong> {
    let bytes = text.as_bytes();
    let frames = bytes.len().div_ceil(PIECE_BYTES).max(1);
    let Some(total) = u16::try_from(frames).ok().filter(|_| frames <= FRAMES_MAX) else {
        return Err(TooLong { frames });
    };
    let hash = Sha256::digest(bytes);
    let mut pieces = bytes.chunks(PIECE_BYTES);
    let frame = |number: u16| {
        let mut raw = Vec::with_capacity(HEAD_BYTES + PIECE_BYTES + CHECK_BYTES);
        raw.extend_from_slice(&hash[..NAME_BYTES]);
        raw.extend_from_slice(&number.to_be_bytes());
        raw.extend_from_slice(&total.to_be_bytes());
        raw.extend_from_slice(pieces.next().unwrap_or_default());
        let check = Sha256::digest(&raw);
        raw.extend_from_slice(&check[..CHECK_BYTES]);
        digits(&raw)
    };
    Ok((1..=total).map(frame).collect())
}

fn digits(bytes: &[u8]) -> String {
    let mut text = String::from(MARK);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(DIGITS[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(DIGITS[(held << (5 - bits) & 31) as usize]));
    }
    text
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(digits.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit.to_ascii_uppercase())?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 255).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    // what is left over fills up the last digit, and is nothing
    (bits < 5 && held == 0).then_some(bytes)
}

/// One frame, read and whole.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Frame {
    name: [u8; NAME_BYTES],
    number: u16,
    total: u16,
    piece: Vec<u8>,
}

fn read_frame(text: &str) -> Option<Frame> {
    let raw = bytes(text)?;
    let (signed, check) = raw.split_at_checked(raw.len().checked_sub(CHECK_BYTES)?)?;
    if Sha256::digest(signed)[..CHECK_BYTES] != *check {
        return None;
    }
    let (head, piece) = signed.split_at_checked(HEAD_BYTES)?;
    let two = |at: usize| Some(u16::from_be_bytes(head.get(at..at + 2)?.try_into().ok()?));
    let (number, total) = (two(NAME_BYTES)?, two(NAME_BYTES + 2)?);
    let fits = (1..=total).contains(&number) && usize::from(total) <= FRAMES_MAX && piece.len() <= PIECE_BYTES;
    fits.then(|| Some(Frame { name: head.get(..NAME_BYTES)?.try_into().ok()?, number, total, piece: piece.to_vec() }))?
}

/// Frames that were collected so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// How many frames the text has; 0: no frame was read yet.
    pub total: u16,
    /// Frames that are not here yet, by number.
    pub missing: Vec<u16>,
    /// Pieces that begin like a frame and are damaged: scan them again.
    pub damaged: usize,
    /// Frames of other texts, such as the codes of another handheld. They are left out.
    pub others: usize,
    /// The text, once nothing is missing.
    pub text: Option<String>,
}

/// Puts frames together from everything that was scanned or pasted, in any order and with anything between them. Where
/// frames of several texts are among it, the one that the most frames are here of is taken.
pub fn join(scanned: &str) -> Collected {
    let mut collected = Collected::default();
    let mut texts: BTreeMap<([u8; NAME_BYTES], u16), BTreeMap<u16, Vec<u8>>> = BTreeMap::new();
    let upper = scanned.get(..SCANNED_BYTES_MAX).unwrap_or(scanned).to_ascii_uppercase();
    for part in upper.split(MARK).skip(1) {
        let part = part.split(|letter: char| letter.is_whitespace()).next().unwrap_or_default();
        match read_frame(part) {
            Some(frame) => drop(texts.entry((frame.name, frame.total)).or_default().insert(frame.number, frame.piece)),
            None => collected.damaged += 1,
        }
    }
    let Some((key, pieces)) = texts.iter().max_by_key(|(_, pieces)| pieces.len()) else { return collected };
    collected.total = key.1;
    collected.others = texts.iter().filter(|(other, _)| *other != key).map(|(_, pieces)| pieces.len()).sum();
    let here: BTreeSet<u16> = pieces.keys().copied().collect();
    collected.missing = (1..=key.1).filter(|number| !here.contains(number)).collect();
    if collected.missing.is_empty() {
        let whole: Vec<u8> = pieces.values().flatten().copied().collect();
        collected.text =
            (Sha256::digest(&whole)[..NAME_BYTES] == key.0).then(|| String::from_utf8(whole).ok()).flatten();
        if collected.text.is_none() {
            collected.damaged += 1;
        }
    }
    collected
}

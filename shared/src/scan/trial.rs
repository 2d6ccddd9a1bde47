//! The scanner test: four printed codes, what arrived of each, and which setting of the scanner to change.
//!
//! Absent: the codes' pictures, the screen and its sentences.

use super::{Channel, Learned};
use crate::barcode::{gs1::SEPARATOR, layout::Layout, symbology::Symbology};

/// One of the four codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// Code 128 with every character that labels of bins and parts use.
    Plain,
    /// EAN-13.
    Number,
    /// GS1-128 with a separator in the middle.
    Linear,
    /// GS1 DataMatrix with a separator in the middle.
    Matrix,
}

/// What can stand for a separator that a scanner replaces.
const REPLACED: [&str; 8] = ["{GS}", "<GS>", "␝", "\\x1d", "#", "^", "~", "|"];

impl Sample {
    /// In the order they are scanned.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Number, Self::Linear, Self::Matrix];
    /// What is printed beside it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "1 · Code 128",
            Self::Number => "2 · EAN-13",
            Self::Linear => "3 · GS1-128",
            Self::Matrix => "4 · GS1 DataMatrix",
        }
    }
    /// What it holds.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Plain => "LOC-QAZWY-Mm7/%$+.:",
            Self::Number => "4006381333931",
            Self::Linear => "010400638133393110LOT7\u{1d}21Sn-9",
            Self::Matrix => "010400638133393121Sn-9\u{1d}10LOT7",
        }
    }
}

/// What became of the separator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Separator {
    /// It arrived as it is.
    Kept,
    /// Something else arrived in its place.
    Replaced(String),
    /// Nothing arrived.
    Lost,
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which code it was taken for.
    pub sample: Sample,
    /// How its characters came.
    pub channel: Option<Channel>,
    /// Whether the scanner ends a scan with Enter or Tab.
    pub suffix: bool,
    /// The prefix that names the symbol.
    pub symbology: Option<Symbology>,
    /// The separator, for codes that have one.
    pub separator: Option<Separator>,
    /// Which keyboard the scanner seems to type on.
    pub layout: Option<Layout>,
    /// Whether everything arrived as printed.
    pub exact: bool,
}

/// A setting to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Caps Lock off: it swaps capital and small letters.
    CapsLock,
    /// The scanner types on another keyboard than the handheld has.
    KeyboardCountry,
    /// Another code was scanned, or a keyboard that nobody knows.
    OtherCode,
    /// Control characters have to be sent.
    SendControls,
    /// The separator must not be replaced.
    KeepSeparator,
    /// A terminator makes scans ready sooner.
    SendEnter,
    /// Symbols may be named.
    NameSymbols,
}

/// Compares what arrived with the code that was asked for. `learned` is what the capture machine knows after it.
pub fn judge(sample: Sample, heard: &str, learned: Learned) -> Finding {
    let (symbology, body) = Symbology::split(heard.trim_end_matches(['\r', '\n']));
    let wanted = sample.text();
    let fits = |body: &str| separator(wanted, body);
    let (separator, layout) = match fits(body) {
        Some(separator) => (Some(separator), None),
        None => Layout::ALL
            .into_iter()
            .find_map(|layout| fits(&layout.repair(body)?).map(|separator| (Some(separator), Some(layout))))
            .unwrap_or((None, None)),
    };
    let has_separator = wanted.contains(SEPARATOR);
    Finding {
        sample,
        channel: learned.channel,
        suffix: learned.suffix,
        symbology,
        exact: separator == Some(Separator::Kept) && layout.is_none(),
        separator: separator.filter(|_| has_separator),
        layout,
    }
}

/// How the separator arrived, if all else is as wanted.
fn separator(wanted: &str, body: &str) -> Option<Separator> {
    let body = body.strip_prefix(SEPARATOR).unwrap_or(body);
    if body == wanted {
        return Some(Separator::Kept);
    }
    let (front, back) = wanted.split_once(SEPARATOR)?;
    let middle = body.strip_prefix(front)?.strip_suffix(back)?;
    if middle.is_empty() {
        return Some(Separator::Lost);
    }
    REPLACED.contains(&middle).then(|| Separator::Replaced(middle.to_owned()))
}

impl Finding {
    /// What to change, the most important first; nothing where all is well.
    pub fn advice(&self, caps_lock: bool) -> Vec<Advice> {
        let mut advice = Vec::new();
        let unread = !self.exact && self.layout.is_none() && self.separator.is_none();
        match self.layout {
            Some(Layout::CapsLock) => advice.push(Advice::CapsLock),
            Some(_) => advice.push(Advice::KeyboardCountry),
            None if caps_lock => advice.push(Advice::CapsLock),
            None if unread => advice.push(Advice::OtherCode),
            None => {}
        }
        match &self.separator {
            Some(Separator::Lost) => advice.push(Advice::SendControls),
            Some(Separator::Replaced(_)) => advice.push(Advice::KeepSeparator),
            _ => {}
        }
        if !self.suffix {
            advice.push(Advice::SendEnter);
        }
        if self.symbology.is_none() && matches!(self.sample, Sample::Linear | Sample::Matrix) {
            advice.push(Advice::NameSymbols);
        }
        advice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sample: Sample, heard: &str, suffix: bool) -> (String, usize) {
        let learned = Learned { channel: Some(Channel::Keys), suffix, ..Learned::default() };
        let finding = judge(sample, heard, learned);
        let what = match (finding.exact, &finding.separator, finding.layout) {
            (true, ..) => "exact".to_owned(),
            (_, Some(separator), None) => format!("{separator:?}"),
            (_, _, Some(layout)) => format!("{layout:?}"),
            _ => "something else".to_owned(),
        };
        (what, finding.advice(false).len())
    }

    #[test]
    fn what_arrived_says_which_setting_to_change() {
        let check = |sample: Sample, heard: &str, expected: &str, advice: usize| {
            assert_eq!(told(sample, heard, true), (expected.to_owned(), advice), "{heard:?}");
        };
        check(Sample::Plain, "LOC-QAZWY-Mm7/%$+.:", "exact", 0);
        check(Sample::Plain, "]C0LOC-QAZWY-Mm7/%$+.:\n", "exact", 0);
        check(Sample::Plain, "LOCßQAYWZßMm7-%$*.Ö", "something else", 1);
        check(Sample::Plain, "loc-qazwy-mM7/%$+.:", "CapsLock", 1);
        check(Sample::Number, "4006381333931", "exact", 0);
        check(Sample::Number, "4006381333932", "something else", 1);
        check(Sample::Linear, "]C1010400638133393110LOT7\u{1d}21Sn-9", "exact", 0);
        check(Sample::Linear, "010400638133393110LOT7#21Sn-9", "Replaced(\"#\")", 2);
        check(Sample::Linear, "010400638133393110LOT721Sn-9", "Lost", 2);
        check(Sample::Matrix, "]d2\u{1d}010400638133393121Sn-9{GS}10LOT7", "Replaced(\"{GS}\")", 1);
        assert_eq!(told(Sample::Number, "4006381333931", false), ("exact".to_owned(), 1));
    }

    #[test]
    fn a_german_keyboard_is_named() {
        // what an American scanner's keys become on a German keyboard
        let heard = "LOCßQAYWZßMm7-%$`.Ö";
        assert_eq!(told(Sample::Plain, heard, true).0, "German");
    }
}

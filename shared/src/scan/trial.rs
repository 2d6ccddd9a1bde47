//! The scanner test: four printed codes, what arrived of each, and which setting of the scanner to change.
//!
//! Absent: the codes' pictures, and the screen. Its sentences are English: it is read by whoever sets handhelds up.

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
    /// What was found, a line each.
    pub fn lines(&self) -> Vec<String> {
        let channel = match self.channel {
            Some(Channel::Keys) => "Arrives as key presses.",
            Some(Channel::Text) => "Arrives as text in one piece.",
            Some(Channel::TextByCharacter) => "Arrives as text, character by character.",
            None => "Did not arrive as a scan.",
        };
        let mut lines = vec![channel.to_owned()];
        lines.push(if self.suffix { "Ends with Enter or Tab." } else { "Has no terminator." }.to_owned());
        lines.push(match self.symbology {
            Some(symbology) => {
                let name = symbology.gs1_name().or(symbology.name()).unwrap_or("a symbol unknown here");
                format!("Names the symbol: {symbology}, {name}.")
            }
            None => "Does not name the symbol.".to_owned(),
        });
        lines.extend(self.separator.as_ref().map(|separator| match separator {
            Separator::Kept => "Keeps the GS1 separator.".to_owned(),
            Separator::Replaced(by) => format!("Sends {by} for the GS1 separator."),
            Separator::Lost => "Loses the GS1 separator.".to_owned(),
        }));
        if self.exact {
            lines.push("Every character is right.".to_owned());
        }
        lines
    }
    /// What to change, the most important first; nothing where all is well.
    pub fn advice(&self, caps_lock: bool) -> Vec<&'static str> {
        let mut advice = Vec::new();
        let unread = !self.exact && self.layout.is_none() && self.separator.is_none();
        match self.layout {
            Some(Layout::CapsLock) => advice.push("Turn Caps Lock off: it swaps capital and small letters."),
            Some(_) => advice.push("Set the scanner's keyboard country to the language of the handheld's keyboard."),
            None if caps_lock => advice.push("Turn Caps Lock off: it swaps capital and small letters."),
            None if unread => {
                advice.push("This is not the printed code. Scan it again, or check the keyboard country.")
            }
            None => {}
        }
        match &self.separator {
            Some(Separator::Lost) => advice.push(
                "DataWedge: Keystroke output, Send Control Characters as Events on. Other scanners: send the function \
                 code 1 (FNC1) as GS, ASCII 29.",
            ),
            Some(Separator::Replaced(_)) => {
                advice.push("Remove the replacement of GS (ASCII 29) in the scanner's data formatting.");
            }
            _ => {}
        }
        if !self.suffix {
            advice.push("DataWedge: Basic data formatting, Send ENTER key on. Scans are ready sooner with it.");
        }
        if self.symbology.is_none() && matches!(self.sample, Sample::Linear | Sample::Matrix) {
            advice.push("Code ID type AIM tells a GS1 code for certain; it is worth having, not needed.");
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

    #[test]
    fn every_finding_says_something() {
        for sample in Sample::ALL {
            let finding = judge(sample, sample.text(), Learned::default());
            assert!(finding.lines().len() >= 4 && finding.exact, "{finding:?}");
        }
    }
}

//! What a key press of a wedge scanner means: which character, whatever keyboard the handheld believes it has.
//!
//! Separators come as Ctrl with the key that has `]` on an American keyboard. On another keyboard the same key has another
//! name, but the same place (`HANDHELD.md` 1.6). Absent: key codes of one system, and when a code begins
//! ([`super::Capture`]).

/// The separator of GS1 values.
const GROUP: char = '\u{1d}';
/// The separator of records in a message.
const RECORD: char = '\u{1e}';
/// The end of a message.
const END: char = '\u{4}';

/// One key press, as a browser describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Key<'a> {
    /// Its name: the character, or a word such as `Enter`.
    pub key: &'a str,
    /// Its place on an American keyboard, such as `BracketRight`; empty where the system does not say.
    pub code: &'a str,
    /// Ctrl is held.
    pub ctrl: bool,
    /// Alt is held. Some scanners hold it through a whole code.
    pub alt: bool,
    /// The system's own key is held.
    pub meta: bool,
}

/// What it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// A character.
    Char(char),
    /// A digit of a number that is typed on the number pad while Alt is held.
    AltDigit(char),
    /// Enter or Tab.
    End,
    /// Backspace.
    Back,
    /// Nothing for a scan: a key of the system, or one that an input method keeps to itself.
    Nothing,
}

impl Key<'_> {
    /// What it means. Some combinations are a scanner's only in the middle of a code: else they are the browser's.
    pub fn pressed(self, in_code: bool) -> Pressed {
        let mut characters = self.key.chars();
        let single = characters.next().filter(|_| characters.next().is_none());
        if self.ctrl && !self.alt {
            return match (self.key, self.code) {
                ("]" | "\u{1d}", _) | (_, "BracketRight") => Pressed::Char(GROUP),
                ("^" | "\u{1e}", _) | (_, "Digit6") if in_code => Pressed::Char(RECORD),
                ("d" | "D" | "\u{4}", _) if in_code => Pressed::Char(END),
                ("m" | "M" | "j" | "J", _) if in_code => Pressed::End,
                _ => Pressed::Nothing,
            };
        }
        match (self.key, single) {
            _ if self.meta => Pressed::Nothing,
            ("Enter" | "Tab", _) => Pressed::End,
            ("Backspace", _) => Pressed::Back,
            (_, Some(digit)) if self.alt && digit.is_ascii_digit() && self.code.starts_with("Numpad") => {
                Pressed::AltDigit(digit)
            }
            (_, Some(character)) => Pressed::Char(character),
            _ => Pressed::Nothing,
        }
    }
}

/// The character that a number typed with Alt stands for; only those that scanners send so.
pub(super) fn by_number(digits: &str) -> Option<char> {
    match digits {
        "029" | "0029" => Some(GROUP),
        "030" | "0030" => Some(RECORD),
        "004" | "0004" => Some(END),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_heard_on_every_keyboard() {
        let check = |key: &str, code: &str, held: &str, in_code: bool, expected: Pressed| {
            let (ctrl, alt, meta) = (held.contains('c'), held.contains('a'), held.contains('m'));
            assert_eq!(Key { key, code, ctrl, alt, meta }.pressed(in_code), expected, "{key} {code} {held}");
        };
        check("]", "BracketRight", "c", false, Pressed::Char(GROUP));
        check("+", "BracketRight", "c", false, Pressed::Char(GROUP)); // German: would make the page larger
        check("$", "BracketRight", "c", false, Pressed::Char(GROUP)); // French
        check("]", "", "c", false, Pressed::Char(GROUP));
        check("]", "Digit9", "ca", true, Pressed::Char(']')); // German: AltGr and 9
        check("6", "Digit6", "c", true, Pressed::Char(RECORD));
        check("6", "Digit6", "c", false, Pressed::Nothing);
        check("d", "KeyD", "c", true, Pressed::Char(END));
        check("r", "KeyR", "c", true, Pressed::Nothing);
        check("A", "KeyA", "a", true, Pressed::Char('A')); // some scanners hold Alt
        check("2", "Numpad2", "a", true, Pressed::AltDigit('2'));
        check("2", "Digit2", "a", true, Pressed::Char('2'));
        check("Enter", "Enter", "", true, Pressed::End);
        check("Shift", "ShiftLeft", "", true, Pressed::Nothing);
        check("é", "Digit2", "", true, Pressed::Char('é'));
        check("a", "KeyA", "m", true, Pressed::Nothing);
        check("", "", "", true, Pressed::Nothing);
    }
}

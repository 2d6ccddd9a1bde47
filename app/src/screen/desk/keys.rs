//! Keyboard shortcuts that a barcode scanner cannot trigger: a scanner types faster than any person, so a key is a
//! shortcut only if no other key comes right before or after it.
//!
//! Absent: listening, and what a page does with an action.

use super::place::{Place, by_key};

/// Keys closer together than this come from a scanner. Wedge scanners type a character every 1 to 20 ms
/// (`HANDHELD.md` section 1); the fastest typists stay above 60 ms.
pub const BURST_MS: i64 = 50;
/// How long `g` waits for its second letter.
const CHORD_MS: i64 = 1_500;

/// What a shortcut means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The sheet of shortcuts.
    Help,
    /// Go to a screen.
    Go(Place),
    /// The next row or discrepancy.
    Next,
    /// The one before.
    Previous,
    /// To the search field.
    Search,
    /// A key of one screen, such as `a` for the decision.
    Key(char),
}

/// The sheet's lines: keys and what they do.
pub const SHEET: [(&str, &str); 8] = [
    ("?", "this sheet"),
    ("j  k", "next and previous row; on a discrepancy, the next and previous one"),
    ("Enter", "open the marked row"),
    ("/", "to the filter or search field"),
    ("r", "on a discrepancy: to the reason"),
    ("u", "back to the list"),
    ("g then a letter", "go to a screen; the letters stand beside their names while this sheet is open"),
    ("Esc", "close the sheet, leave a field"),
];

/// What was pressed lately.
#[derive(Debug, Default)]
pub struct Keys {
    last_at: Option<i64>,
    pending: Option<(u32, String)>,
    number: u32,
    chord_at: Option<i64>,
}

impl Keys {
    /// A key went down. Hands back a ticket to be redeemed with [`Keys::settle`] after [`BURST_MS`], or `None` within a burst.
    pub fn press(&mut self, key: &str, at: i64) -> Option<u32> {
        let burst = self.last_at.is_some_and(|last| at - last < BURST_MS);
        self.last_at = Some(at);
        self.pending = None;
        if burst {
            self.chord_at = None;
            return None;
        }
        self.number = self.number.wrapping_add(1);
        self.pending = Some((self.number, key.to_owned()));
        Some(self.number)
    }

    /// The time has passed: what the key means, if it stood alone.
    pub fn settle(&mut self, ticket: u32, at: i64) -> Option<Action> {
        let (number, key) = self.pending.take()?;
        if number != ticket {
            self.pending = Some((number, key));
            return None;
        }
        let chord = self.chord_at.take().is_some_and(|since| at - since < CHORD_MS);
        if chord {
            return by_key(&key).map(Action::Go);
        }
        match key.as_str() {
            "g" => {
                self.chord_at = Some(at);
                None
            }
            "?" => Some(Action::Help),
            "j" => Some(Action::Next),
            "k" => Some(Action::Previous),
            "/" => Some(Action::Search),
            other => {
                let mut letters = other.chars();
                match (letters.next(), letters.next()) {
                    (Some(letter), None) if letter.is_ascii_alphabetic() => Some(Action::Key(letter)),
                    _ => None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_alone_is_a_shortcut() {
        let mut keys = Keys::default();
        let ticket = keys.press("j", 1_000).expect("a ticket");
        assert_eq!(keys.settle(ticket, 1_050), Some(Action::Next));
    }

    #[test]
    fn a_scanned_barcode_triggers_nothing() {
        let mut keys = Keys::default();
        let tickets: Vec<u32> =
            "jk?g/".chars().zip(0i64..).filter_map(|(key, at)| keys.press(&key.to_string(), 1_000 + at * 12)).collect();
        for ticket in tickets {
            assert_eq!(keys.settle(ticket, 2_000), None);
        }
    }

    #[test]
    fn g_and_a_letter_lead_to_a_screen_if_they_follow_soon() {
        let mut keys = Keys::default();
        let press = |keys: &mut Keys, key: &str, at: i64| {
            let ticket = keys.press(key, at).expect("a ticket");
            keys.settle(ticket, at + BURST_MS)
        };
        assert_eq!(press(&mut keys, "g", 1_000), None);
        assert_eq!(press(&mut keys, "c", 1_300), Some(Action::Go(Place::Counts)));
        assert_eq!(press(&mut keys, "g", 2_000), None);
        assert_eq!(press(&mut keys, "c", 9_000), Some(Action::Key('c')));
    }
}

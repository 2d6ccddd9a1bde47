//! Which keys a wedge scanner presses for a character: a US keyboard, as scanners come from the factory.
//!
//! Absent: other layouts (a scanner set to one is a fault that a test of its own will describe) and repeat.

/// `Input.dispatchKeyEvent`'s bit for Shift.
pub const SHIFT: u8 = 8;
/// Its bit for Ctrl.
pub const CTRL: u8 = 2;

/// One key as Chromium wants it described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stroke {
    /// `KeyboardEvent.key`.
    pub key: String,
    /// `KeyboardEvent.code`: the place on the keyboard.
    pub code: String,
    /// `KeyboardEvent.keyCode`.
    pub key_code: u32,
    /// The text that it types; empty for keys that type none.
    pub text: String,
    /// [`SHIFT`], [`CTRL`] or 0.
    pub modifiers: u8,
}

impl Stroke {
    fn new(key: &str, code: &str, key_code: u32, text: &str, modifiers: u8) -> Self {
        Self { key: key.to_owned(), code: code.to_owned(), key_code, text: text.to_owned(), modifiers }
    }
}

/// Keys beside letters and digits: the plain character, the shifted one, place, key code.
const SYMBOLS: [(char, char, &str, u32); 11] = [
    ('-', '_', "Minus", 189),
    ('=', '+', "Equal", 187),
    ('[', '{', "BracketLeft", 219),
    (']', '}', "BracketRight", 221),
    ('\\', '|', "Backslash", 220),
    (';', ':', "Semicolon", 186),
    ('\'', '"', "Quote", 222),
    (',', '<', "Comma", 188),
    ('.', '>', "Period", 190),
    ('/', '?', "Slash", 191),
    ('`', '~', "Backquote", 192),
];

/// What the digits become with Shift, from `0` to `9`.
const SHIFTED_DIGITS: &str = ")!@#$%^&*(";

/// The stroke that types a character, or `None` where the keyboard has no such key. The separator of GS1 (0x1D) is
/// Ctrl+], as `HANDHELD.md` 1.6 describes it; line feed and carriage return are Enter.
#[must_use]
pub fn stroke(character: char) -> Option<Stroke> {
    let text = character.to_string();
    let typed = |code: &str, key_code: u32, modifiers: u8| Some(Stroke::new(&text, code, key_code, &text, modifiers));
    match character {
        'a'..='z' | 'A'..='Z' => {
            let capital = character.to_ascii_uppercase();
            let modifiers = if character == capital { SHIFT } else { 0 };
            typed(&format!("Key{capital}"), u32::from(capital), modifiers)
        }
        '0'..='9' => typed(&format!("Digit{character}"), u32::from(character), 0),
        ' ' => typed("Space", 32, 0),
        '\u{1d}' => Some(Stroke::new("]", "BracketRight", 221, "", CTRL)),
        '\r' | '\n' => named("Enter"),
        '\t' => named("Tab"),
        _ => {
            if let Some(digit) = SHIFTED_DIGITS.chars().zip('0'..='9').find_map(|(c, d)| (c == character).then_some(d))
            {
                return typed(&format!("Digit{digit}"), u32::from(digit), SHIFT);
            }
            let (plain, _, code, key_code) = SYMBOLS.into_iter().find(|(a, b, ..)| [*a, *b].contains(&character))?;
            typed(code, key_code, if plain == character { 0 } else { SHIFT })
        }
    }
}

/// A key by its name: `Enter`, `Tab`, `Escape`, `Backspace`, `Delete`, the arrows, `Home`, `End`, `PageUp`,
/// `PageDown`, `F1` to `F12`.
#[must_use]
pub fn named(name: &str) -> Option<Stroke> {
    let (key_code, text) = match name {
        "Backspace" => (8, ""),
        "Tab" => (9, ""),
        "Enter" => (13, "\r"),
        "Escape" => (27, ""),
        "PageUp" => (33, ""),
        "PageDown" => (34, ""),
        "End" => (35, ""),
        "Home" => (36, ""),
        "ArrowLeft" => (37, ""),
        "ArrowUp" => (38, ""),
        "ArrowRight" => (39, ""),
        "ArrowDown" => (40, ""),
        "Delete" => (46, ""),
        _ => {
            let number: u32 = name.strip_prefix('F')?.parse().ok()?;
            ((1..=12).contains(&number).then_some(111 + number)?, "")
        }
    };
    Some(Stroke::new(name, name, key_code, text, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_character_of_ascii_has_a_key_that_types_it() {
        for character in (0x20..0x7f_u8).map(char::from) {
            let stroke = stroke(character).unwrap_or_else(|| panic!("no key for {character:?}"));
            assert_eq!(stroke.text, character.to_string());
        }
        assert_eq!(stroke('é'), None);
    }

    #[test]
    fn shift_is_held_where_a_us_keyboard_needs_it() {
        for (character, code, key_code, modifiers) in [
            ('a', "KeyA", 65, 0),
            ('A', "KeyA", 65, SHIFT),
            ('7', "Digit7", 55, 0),
            ('(', "Digit9", 57, SHIFT),
            (')', "Digit0", 48, SHIFT),
            ('-', "Minus", 189, 0),
            ('+', "Equal", 187, SHIFT),
            (':', "Semicolon", 186, SHIFT),
            ('/', "Slash", 191, 0),
            ('\u{1d}', "BracketRight", 221, CTRL),
            ('\n', "Enter", 13, 0),
        ] {
            let stroke = stroke(character).expect("a key");
            assert_eq!((stroke.code.as_str(), stroke.key_code, stroke.modifiers), (code, key_code, modifiers));
        }
    }
}

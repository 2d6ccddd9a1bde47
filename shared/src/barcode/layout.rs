//! Undoes a scanner that types on another keyboard than the handheld believes: `LOC/A/03` for `LOC-A-03`.
//!
//! A repair is only a second look: it counts where what comes out is in the catalogue, and the person is told to put the
//! scanner right (`HANDHELD.md` 1.6). Absent: which codes exist.

/// How the typing may have gone wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Caps Lock was on.
    CapsLock,
    /// The scanner types for an American keyboard, the handheld has a German one.
    German,
    /// The scanner types for a German keyboard, the handheld has an American one.
    GermanScanner,
    /// The scanner types for an American keyboard, the handheld has a French one.
    French,
    /// The scanner types for an American keyboard, the handheld has an Italian or Spanish one.
    Italian,
}

/// What arrived, and in the same place what was meant.
type Keys = (&'static str, &'static str);

const GERMAN: Keys = ("yzYZß-?_öÖäÄüÜ+*#'´`&/()=;:\"§", "zyZY-/_?;:'\"[{]}\\|=+^&*()<>@#");
const GERMAN_SCANNER: Keys = ("yzYZ/-?_]}\\&*()<>", "zyZY-ß_?+*#/()=;:");
const FRENCH: Keys = ("aqzwAQZW,?mM&é\"'(-è_çà)°;:./!§1234567890+", "qawzQAWZmM;:1234567890-_,.<>/?!@#$%^&*()+");
const ITALIAN: Keys = ("'-?_ì¡èòñç/&()=\"£", "-/_?==[;;:&^*()@#");

impl Layout {
    /// Every way, the most frequent first.
    pub const ALL: [Self; 5] = [Self::CapsLock, Self::German, Self::French, Self::Italian, Self::GermanScanner];

    /// What was meant, if it went wrong this way; `None` where that changes nothing.
    pub fn repair(self, text: &str) -> Option<String> {
        let (arrived, meant) = match self {
            Self::CapsLock => {
                let swapped: String = text.chars().map(swap_case).collect();
                return (swapped != text).then_some(swapped);
            }
            Self::German => GERMAN,
            Self::GermanScanner => GERMAN_SCANNER,
            Self::French => FRENCH,
            Self::Italian => ITALIAN,
        };
        let undo =
            |key: char| arrived.chars().zip(meant.chars()).find(|(from, _)| *from == key).map_or(key, |(_, to)| to);
        let repaired: String = text.chars().map(undo).collect();
        (repaired != text).then_some(repaired)
    }
}

const fn swap_case(character: char) -> char {
    if character.is_ascii_uppercase() { character.to_ascii_lowercase() } else { character.to_ascii_uppercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_comes_out_again() {
        let check = |layout: Layout, arrived: &str, meant: Option<&str>| {
            assert_eq!(layout.repair(arrived).as_deref(), meant, "{layout:?} {arrived}");
        };
        check(Layout::German, "LOCßAßZ3", Some("LOC-A-Y3"));
        check(Layout::GermanScanner, "LOC/A/03", Some("LOC-A-03"));
        check(Layout::French, "àà_", Some("008"));
        check(Layout::Italian, "LOC'A'03", Some("LOC-A-03"));
        check(Layout::CapsLock, "lotA7", Some("LOTa7"));
        check(Layout::CapsLock, "0123", None);
        check(Layout::German, "ABC", None);
    }
}

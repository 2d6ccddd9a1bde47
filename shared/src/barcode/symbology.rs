//! The scanner's own prefix that says what kind of symbol it read (AIM identifiers, `HANDHELD.md` 1.6).
//!
//! Absent: the data. Most scanners send no prefix, and everything works without one.

/// What a prefix promises about the data behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Promise {
    /// No prefix, or one that promises nothing.
    Nothing,
    /// GS1 elements and nothing else.
    Elements,
    /// A trade item number and nothing else.
    Gtin,
}

/// Parts a prefix (`]`, a letter, a character) from the data.
pub fn split(raw: &str) -> (Promise, &str) {
    let Some(rest) = raw.strip_prefix(']') else { return (Promise::Nothing, raw) };
    let mut characters = rest.chars();
    let (Some(letter), Some(modifier)) = (characters.next(), characters.next()) else { return (Promise::Nothing, raw) };
    if !letter.is_ascii_alphabetic() || !modifier.is_ascii_alphanumeric() {
        return (Promise::Nothing, raw);
    }
    let promise = match (letter, modifier) {
        ('C', '1') | ('d', '2') | ('Q', '3') | ('J', '1') | ('e', '0'..='2') => Promise::Elements,
        ('E', '0' | '4') | ('I', '1') => Promise::Gtin,
        _ => Promise::Nothing,
    };
    (promise, characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_parted_from_the_data() {
        let check = |raw: &str, expected: (Promise, &str)| assert_eq!(split(raw), expected, "{raw:?}");
        check("]C10112", (Promise::Elements, "0112"));
        check("]d2", (Promise::Elements, ""));
        check("]E04006381333931", (Promise::Gtin, "4006381333931"));
        check("]C0LOC-A1", (Promise::Nothing, "LOC-A1"));
        check("A1", (Promise::Nothing, "A1"));
        check("]", (Promise::Nothing, "]"));
        check("]é1x", (Promise::Nothing, "]é1x"));
    }
}

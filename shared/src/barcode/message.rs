//! Messages of ISO/IEC 15434, as electronics and car makers print them: `[)>`, a format, and values behind data
//! identifiers, where the separators survived the scanner (`HANDHELD.md` 2.4).
//!
//! Absent: guessing where a lost separator stood.

use super::{
    content::is_text,
    gs1::{self, Elements, SEPARATOR},
};

const RECORD: char = '\u{1e}';
const END: char = '\u{4}';

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Format 05: GS1 elements.
    Elements(Elements),
    /// Format 06: data identifiers with their values, in order.
    Data(Vec<(String, String)>),
}

impl Message {
    /// The first value of one of these data identifiers.
    pub fn value(&self, identifiers: &[&str]) -> Option<&str> {
        let Self::Data(pairs) = self else { return None };
        let found = identifiers.iter().find_map(|di| pairs.iter().find(|(own, _)| own == di));
        found.map(|(_, value)| value.as_str())
    }
}

/// Whether a text begins like a message.
pub fn is_message(text: &str) -> bool {
    text.starts_with("[)>")
}

/// Reads a message. `None` where separators are missing or a value has no data identifier.
pub fn parse(text: &str) -> Option<Message> {
    let body = text.strip_prefix("[)>")?.strip_prefix(RECORD)?;
    let body = body.strip_suffix(END).unwrap_or(body);
    let record = body.split(RECORD).next()?;
    let (format, values) = record.split_once(SEPARATOR)?;
    match format {
        "05" => Some(Message::Elements(gs1::parse(values))),
        "06" => {
            let values = values.split(SEPARATOR).filter(|value| !value.is_empty());
            let pairs: Vec<_> = values.map(pair).collect::<Option<_>>()?;
            (!pairs.is_empty()).then_some(Message::Data(pairs))
        }
        _ => None,
    }
}

/// Up to three digits and a letter, then the value.
fn pair(text: &str) -> Option<(String, String)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let letter = text.as_bytes().get(digits).filter(|letter| letter.is_ascii_uppercase());
    letter.filter(|_| digits <= 3)?;
    let (identifier, value) = text.split_at_checked(digits + 1)?;
    let plain = value.bytes().all(|c| is_text(c) || matches!(c, b' ' | b'#' | b'$' | b'@'));
    (plain && !value.is_empty()).then(|| (identifier.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_where_separators_survived() {
        let message = parse("[)>\u{1e}06\u{1d}1PABC-1\u{1d}Q25\u{1d}1TLOT 7\u{1d}S77\u{1e}\u{4}").expect("a message");
        assert_eq!(message.value(&["P", "1P"]), Some("ABC-1"));
        assert_eq!(message.value(&["1T", "T"]), Some("LOT 7"));
        assert_eq!((message.value(&["Q"]), message.value(&["K"])), (Some("25"), None));
        let Some(Message::Elements(read)) = parse("[)>\u{1e}05\u{1d}0104006381333931\u{1e}\u{4}") else {
            panic!("elements")
        };
        assert_eq!(read.value("01"), Some("04006381333931"));
        for lost in ["[)>06PABCQ25", "[)>\u{1e}06PABC", "[)>\u{1e}06\u{1d}\u{1e}\u{4}", "[)>\u{1e}06\u{1d}é", "[)>"] {
            assert_eq!(parse(lost), None, "{lost:?}");
        }
    }
}

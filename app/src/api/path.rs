//! Paths of the API, with every part percent-encoded, so that a bin called `A/01 #3` stays one segment.
//!
//! Absent: which method and message belong to a path; that is each noun's own file.

use std::fmt::Write as _;

/// Where the API begins.
pub const BASE: &str = "/api/v1";

/// A path below the API, built part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    asked: bool,
}

impl Path {
    /// A path that belongs to no site, such as `sign-in`.
    pub fn root(segment: &str) -> Self {
        Self { text: BASE.to_owned(), asked: false }.segment(segment)
    }
    /// A path of one site, named by its code.
    pub fn site(code: &str) -> Self {
        Self::root("sites").segment(code)
    }
    /// One more segment.
    pub fn segment(mut self, segment: &str) -> Self {
        self.text.push('/');
        encode(segment, &mut self.text);
        self
    }
    /// One more segment that is a number.
    pub fn number(self, number: i64) -> Self {
        self.segment(&number.to_string())
    }
    /// A question; an empty value is not asked.
    pub fn ask(mut self, name: &str, value: &str) -> Self {
        if value.is_empty() {
            return self;
        }
        self.text.push(if self.asked { '&' } else { '?' });
        self.asked = true;
        self.text.push_str(name);
        self.text.push('=');
        encode(value, &mut self.text);
        self
    }
    /// The finished text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Appends the text with everything but unreserved characters percent-encoded (RFC 3986 section 2.3).
pub fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // writing into a String cannot fail
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_with_odd_characters_stays_one_part() {
        let path =
            Path::site("main/1").segment("history").segment("location").number(7).ask("q", "A 1&b").ask("limit", "");
        assert_eq!(path.as_str(), "/api/v1/sites/main%2F1/history/location/7?q=A%201%26b");
    }

    #[test]
    fn the_second_question_follows_an_ampersand() {
        let path = Path::root("me").ask("a", "1").ask("b", "é");
        assert_eq!(path.as_str(), "/api/v1/me?a=1&b=%C3%A9");
    }
}

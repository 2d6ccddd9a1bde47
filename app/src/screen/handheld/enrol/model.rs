//! The one-time code that connects a handheld: typed, scanned, or in the address (`/#enrol=CODE`).
//!
//! Absent: the exchange with the server (`replica`).

/// The shortest thing that can be a code: anything shorter is a slip of the thumb.
const CODE_CHARS_MIN: usize = 4;

/// Reads a code out of an address's fragment, such as `#enrol=AB12-CD34`.
pub fn code_in_fragment(fragment: &str) -> Option<String> {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    fragment.split('&').find_map(|part| part.strip_prefix("enrol=")).and_then(code)
}

/// Reads a code as typed or scanned: a bare code, or the whole link of the QR code. `None` where it cannot be one.
pub fn code(text: &str) -> Option<String> {
    let text = match text.split_once("#enrol=") {
        Some((_, rest)) => rest.split('&').next().unwrap_or(rest),
        None => text,
    };
    let code: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    (plain && code.len() >= CODE_CHARS_MIN).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_an_address_a_scan_or_what_was_typed() {
        assert_eq!(code_in_fragment("#enrol=AB12-CD34").as_deref(), Some("AB12-CD34"));
        assert_eq!(code_in_fragment("enrol=AB12CD34&x=1").as_deref(), Some("AB12CD34"));
        assert_eq!(code_in_fragment("#count"), None);
        assert_eq!(code_in_fragment(""), None);
        assert_eq!(code(" ab12 cd34 ").as_deref(), Some("ab12cd34"));
        assert_eq!(code("https://stock.example/#enrol=AB12CD34").as_deref(), Some("AB12CD34"));
        assert_eq!(code("abc"), None);
        assert_eq!(code("what is this?"), None);
    }
}

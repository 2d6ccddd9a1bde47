//! GS1 Digital Links: web addresses that name an item, a place or a pallet in their path (`HANDHELD.md` 2.3, rule 13).
//!
//! Absent: the network. An address that was scanned is read and never fetched, and compressed links are not read.

use super::{
    content::Fault,
    gs1::{Element, Elements},
    table,
};

/// Where links begin that belong to nobody in particular.
pub const STEM: &str = "https://id.gs1.org";
/// What an address may be written with.
const ADDRESS: &str = "-._~:/?#[]@!$&'()*+,;=%";
/// What of it no name of a host has.
const NOT_IN_HOST: &str = "_~?#@!$&'()*+,;=%";
/// Words that stood for identifiers in the first edition of the standard.
const WORDS: &[(&str, &str)] = &[
    ("sscc", "00"),
    ("gtin", "01"),
    ("lot", "10"),
    ("ser", "21"),
    ("cpv", "22"),
    ("gdti", "253"),
    ("glnx", "254"),
    ("gcn", "255"),
    ("ginc", "401"),
    ("gsin", "402"),
    ("gln", "414"),
    ("payTo", "415"),
    ("party", "417"),
    ("grai", "8003"),
    ("giai", "8004"),
    ("itip", "8006"),
    ("cpid", "8010"),
    ("cpsn", "8011"),
    ("gmn", "8013"),
    ("gsrnp", "8017"),
    ("gsrn", "8018"),
    ("srin", "8019"),
    ("refno", "8020"),
];

/// What of older editions is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Editions {
    /// Trade item numbers without the zeros in front.
    pub short_numbers: bool,
    /// Words in place of identifiers.
    pub words: bool,
}

/// Why an address is no Digital Link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// A character that no address has.
    #[error("has a character that no address has")]
    Character,
    /// Neither `http` nor `https`, each in one case.
    #[error("does not begin with http:// or https://")]
    Scheme,
    /// No host, or one with odd characters.
    #[error("names no host")]
    Host,
    /// No key in its path.
    #[error("has no key in its path")]
    NoKey,
    /// The qualifiers in the path do not belong to the key, or not in this order.
    #[error("has qualifiers that do not follow ({0})")]
    Qualifiers(String),
    /// A number that is no identifier stands where only identifiers may be numbers.
    #[error("\"{0}\" is not an application identifier")]
    Unknown(String),
    /// What may stand in the path only, or nowhere.
    #[error("({0}) may not stand behind the question mark")]
    NotAttribute(String),
    /// Twice the same.
    #[error("({0}) stands in it twice")]
    Repeated(String),
    /// A value that cannot be.
    #[error("the value of ({0}) {1}")]
    Value(String, Fault),
}

/// Which part of an address a text stands in: `+` is a space behind the question mark, and itself before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The path.
    Path,
    /// Behind the question mark.
    Query,
}

/// Undoes percent signs. `None` where one stands for the character that ends texts in other programs.
pub fn decode(text: &str, place: Place) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let code = rest.get(1..3).filter(|code| character == '%' && code.bytes().all(|c| c.is_ascii_hexdigit()));
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            if byte == 0 {
                return None;
            }
            decoded.push(char::from(byte));
            rest = &rest[3..];
        } else {
            decoded.push(if character == '+' && place == Place::Query { ' ' } else { character });
            rest = &rest[character.len_utf8()..];
        }
    }
    Some(decoded)
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Whether a text begins like a web address.
pub fn is_address(text: &str) -> bool {
    ["http://", "https://", "HTTP://", "HTTPS://"].iter().any(|scheme| text.starts_with(scheme))
}

/// Reads the elements of a link: those of the path, then those behind the question mark.
///
/// # Errors
/// Why it is none.
pub fn parse(address: &str, editions: Editions) -> Result<Elements, LinkError> {
    if !address.chars().all(|c| c.is_ascii_alphanumeric() || ADDRESS.contains(c)) {
        return Err(LinkError::Character);
    }
    let rest = if is_address(address) { address.split_once("://").map(|(_, rest)| rest) } else { None };
    let (host, behind) = rest.ok_or(LinkError::Scheme)?.split_once('/').ok_or(LinkError::Host)?;
    if host.is_empty() || host.contains(|c| NOT_IN_HOST.contains(c)) {
        return Err(LinkError::Host);
    }
    let behind = behind.split('#').next().unwrap_or_default();
    let (path, query) = behind.split_once('?').unwrap_or((behind, ""));
    let mut elements = path_elements(path, editions)?;
    let path_length = elements.len();
    check_order(&elements)?;
    for pair in query.split('&') {
        // words that are no identifiers belong to whoever runs the host
        let Some((ai, value)) = pair.split_once('=').filter(|(ai, _)| is_number(ai)) else { continue };
        let rule = table::find(ai).ok_or_else(|| LinkError::Unknown(ai.to_owned()))?;
        let element = element(ai, value, Place::Query, editions)?;
        if elements.iter().any(|old| old.ai == ai) {
            return Err(LinkError::Repeated(ai.to_owned()));
        }
        if !rule.is_attribute || fits_path(&elements[..path_length], ai) {
            return Err(LinkError::NotAttribute(ai.to_owned()));
        }
        elements.push(element);
    }
    Ok(Elements { elements, error: None })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// The pairs from the last key of the path on.
fn path_elements(path: &str, editions: Editions) -> Result<Vec<Element>, LinkError> {
    let pieces: Vec<&str> = path.split('/').collect();
    let mut at = pieces.len();
    let key = loop {
        at = at.checked_sub(2).ok_or(LinkError::NoKey)?;
        let ai = identifier(pieces[at], editions).ok_or(LinkError::NoKey)?;
        if table::find(ai).is_some_and(|rule| rule.key.is_some()) {
            break at;
        }
    };
    let pairs = pieces[key..].chunks(2).map(|pair| {
        let [ai, value] = pair else { return Err(LinkError::NoKey) };
        let ai = identifier(ai, editions).ok_or(LinkError::NoKey)?;
        element(ai, value, Place::Path, editions)
    });
    let elements: Vec<Element> = pairs.collect::<Result<_, _>>()?;
    for (at, element) in elements.iter().enumerate() {
        if elements[..at].iter().any(|old| old.ai == element.ai) {
            return Err(LinkError::Repeated(element.ai.clone()));
        }
    }
    Ok(elements)
}

fn identifier(piece: &str, editions: Editions) -> Option<&str> {
    if is_number(piece) {
        return table::find(piece).map(|_| piece);
    }
    let word = WORDS.iter().find(|(word, _)| editions.words && *word == piece);
    word.map(|(_, ai)| *ai)
}

fn element(ai: &str, value: &str, place: Place, editions: Editions) -> Result<Element, LinkError> {
    let wrong = |fault| LinkError::Value(ai.to_owned(), fault);
    let value = decode(value, place).ok_or_else(|| wrong(Fault::NotText))?;
    let short = editions.short_numbers && ai == "01" && matches!(value.len(), 8 | 12 | 13);
    let value = if short { format!("{value:0>14}") } else { value };
    let element = Element::new(ai, &value).map_err(|_| LinkError::Unknown(ai.to_owned()))?;
    element.fault.map_or(Ok(element), |fault| Err(wrong(fault)))
}

/// The orders in which qualifiers may follow a key.
fn orders(key: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let qualifiers = table::find(key).and_then(|rule| rule.key).unwrap_or_default();
    qualifiers.split('|').map(|order| order.split_whitespace().collect())
}

fn is_in_order<'a>(order: &[&str], qualifiers: impl IntoIterator<Item = &'a str>) -> bool {
    let mut rest = order.iter();
    qualifiers.into_iter().all(|ai| rest.any(|allowed| *allowed == ai))
}

fn check_order(elements: &[Element]) -> Result<(), LinkError> {
    let Some((key, qualifiers)) = elements.split_first() else { return Err(LinkError::NoKey) };
    let fits = |order: Vec<&str>| is_in_order(&order, qualifiers.iter().map(|element| element.ai.as_str()));
    if orders(&key.ai).any(fits) { Ok(()) } else { Err(LinkError::Qualifiers(key.ai.clone())) }
}

/// Whether an identifier could stand in the path, at some place of it.
fn fits_path(path: &[Element], ai: &str) -> bool {
    let Some((key, qualifiers)) = path.split_first() else { return false };
    let present: Vec<&str> = qualifiers.iter().map(|element| element.ai.as_str()).collect();
    orders(&key.ai).any(|order| {
        (0..=present.len()).any(|at| {
            let (front, back) = present.split_at(at);
            is_in_order(&order, front.iter().copied().chain([ai]).chain(back.iter().copied()))
        })
    })
}

/// Writes elements as a link: the first key with its qualifiers in the path, the others behind the question mark. `None`
/// where none of them is a key, or one may stand nowhere in a link.
pub fn write(stem: &str, elements: &[Element]) -> Option<String> {
    let key = elements.iter().find(|element| table::find(&element.ai).is_some_and(|rule| rule.key.is_some()))?;
    let present = |ai: &str| elements.iter().find(|element| element.ai == ai);
    let order = orders(&key.ai).reduce(|best, other| {
        let count = |order: &[&str]| order.iter().filter(|ai| present(ai).is_some()).count();
        if count(&other) > count(&best) { other } else { best }
    })?;
    let mut link = format!("{}/{}/{}", stem.trim_end_matches('/'), key.ai, encode(&key.value));
    for element in order.iter().filter_map(|ai| present(ai)) {
        link += &format!("/{}/{}", element.ai, encode(&element.value));
    }
    let mut written: Vec<&str> = order;
    written.push(&key.ai);
    let mut sign = '?';
    // values of fixed length first, as everybody else writes them
    let is_fixed = |element: &&Element| table::find(&element.ai).is_some_and(|rule| rule.is_fixed);
    let (fixed, open): (Vec<&Element>, Vec<&Element>) = elements.iter().partition(is_fixed);
    for element in fixed.into_iter().chain(open) {
        if written.contains(&element.ai.as_str()) {
            continue;
        }
        table::find(&element.ai).filter(|rule| rule.is_attribute)?;
        link += &format!("{sign}{}={}", element.ai, encode(&element.value));
        written.push(&element.ai);
        sign = '&';
    }
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_and_written_without_a_network() {
        let check = |address: &str, expected: &str| {
            let read = parse(address, Editions { short_numbers: true, words: true });
            let told = read.map_or_else(|error| error.to_string(), |read| super::super::bracket::write(&read.elements));
            assert_eq!(told, expected, "{address}");
        };
        check("https://id.gs1.org/414/9520123456788/254/32a%2Fb", "(414)9520123456788(254)32a/b");
        check("https://a/gtin/4006381333931/lot/A?x=1&17=261231", "(01)04006381333931(10)A(17)261231");
        check("https://a/01/04006381333931?10=A", "(10) may not stand behind the question mark");
        check("https://a/01/04006381333931?21=A", "(21) may not stand behind the question mark");
        check("https://a/01/04006381333931/21/A/10/B", "has qualifiers that do not follow (01)");
        check("https://a/01/04006381333931/01/04006381333931", "(01)04006381333931");
        check("HtTps://a/01/04006381333931", "does not begin with http:// or https://");
        check("https://a/01/04006381333932", "the value of (01) has a wrong check digit");
        check("https://a/b", "has no key in its path");
        let elements = super::super::bracket::parse("(17)261231(10)A/1(01)04006381333931").elements;
        let link = "https://id.gs1.org/01/04006381333931/10/A%2F1?17=261231";
        assert_eq!(write(STEM, &elements).as_deref(), Some(link));
        let elements = super::super::bracket::parse("(01)04006381333931(99)A+B(17)261231(99)A+B").elements;
        let link = "https://id.gs1.org/01/04006381333931?17=261231&99=A%2BB";
        assert_eq!(write("https://id.gs1.org/", &elements).as_deref(), Some(link));
    }
}

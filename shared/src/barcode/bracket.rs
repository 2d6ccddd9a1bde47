//! Elements as people read and write them: `(01)04006381333931(10)L7`.
//!
//! A bracket that belongs to a value is written `\(`. Absent: what may stand in a value ([`super::content`]).

use super::{
    content::Fault,
    gs1::{Element, ElementError, Elements},
};

/// Reads elements that are written with brackets. A composite component behind `|` goes on with the same label.
pub fn parse(text: &str) -> Elements {
    let mut read = Elements { error: text.is_empty().then_some(ElementError::Empty), ..Elements::default() };
    let mut rest = text;
    while read.error.is_none() && !rest.is_empty() {
        match next(rest) {
            Ok((element, behind)) => {
                read.elements.push(element);
                rest = behind.strip_prefix('|').unwrap_or(behind);
            }
            Err(error) => read.error = Some(error),
        }
    }
    read
}

fn next(text: &str) -> Result<(Element, &str), ElementError> {
    let unknown = || ElementError::Unknown(text.chars().take(6).collect());
    let (ai, body) = text.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or_else(unknown)?;
    let mut end = body.len();
    let mut before = ' ';
    for (at, character) in body.char_indices() {
        if character == '|' || (character == '(' && before != '\\') {
            end = at;
            break;
        }
        before = character;
    }
    let (value, behind) = body.split_at(end);
    let element = Element::new(ai, &value.replace("\\(", "("))?;
    match element.fault {
        Some(fault @ (Fault::Empty | Fault::TooShort | Fault::TooLong)) => {
            Err(ElementError::Length(ai.to_owned(), fault))
        }
        _ => Ok((element, behind)),
    }
}

/// Writes elements with brackets.
pub fn write(elements: &[Element]) -> String {
    elements.iter().map(|element| format!("({}){}", element.ai, element.value.replace('(', "\\("))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_beside_a_code_reads_like_the_code() {
        let read = parse("(01)04006381333931(10)A\\(1)(17)261231");
        assert!(read.is_sound());
        assert_eq!(read.value("10"), Some("A(1)"));
        assert_eq!(write(&read.elements), "(01)04006381333931(10)A\\(1)(17)261231");
        for wrong in ["", "12345", "()1", "(12345)1", "(10)(11)1", "(10", "(10)", "(01)4006381333931"] {
            assert!(parse(wrong).error.is_some(), "{wrong}");
        }
    }
}

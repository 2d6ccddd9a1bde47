//! Code 128 in the fewest characters: when to write digits in pairs and when letter by letter.
//!
//! Absent: bars; and character set A, because no label holds control characters.

use crate::barcode::gs1::SEPARATOR;

/// A character set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Set {
    /// Printable ASCII, one character each.
    B,
    /// Digits in pairs.
    C,
}

/// One character of the symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Starts in, or goes over to, a set.
    Enter(Set),
    /// A printable character, in set B.
    Letter(char),
    /// Two digits, in set C.
    Pair(char, char),
    /// The function character 1: in front it says GS1, later it separates elements.
    Fnc1,
}

/// The fewest characters for a text; a separator ([`SEPARATOR`]) becomes FNC1, and `gs1` puts one in front. `None` for
/// an empty text and for characters that set B does not have.
pub fn steps(text: &str, gs1: bool) -> Option<Vec<Step>> {
    let letters: Vec<char> = gs1.then_some(SEPARATOR).into_iter().chain(text.chars()).collect();
    if text.is_empty() || !letters.iter().all(|letter| (' '..='~').contains(letter) || *letter == SEPARATOR) {
        return None;
    }
    // from the end: how many characters the rest costs, in either set
    let mut costs = vec![(0_usize, 0_usize); letters.len() + 1];
    for index in (0..letters.len()).rev() {
        let (next_b, next_c) = costs[index + 1];
        let (in_b, in_c) = match letters[index] {
            SEPARATOR => (next_b + 1, next_c + 1),
            _ if is_pair(&letters, index) => (next_b + 1, costs[index + 2].1 + 1),
            _ => (next_b + 1, usize::MAX - 1),
        };
        costs[index] = (in_b.min(in_c + 1), in_c.min(in_b + 1));
    }
    let (mut set, mut index) = (if costs[0].1 < costs[0].0 { Set::C } else { Set::B }, 0);
    let mut steps = vec![Step::Enter(set)];
    while index < letters.len() {
        let (here, next) = (costs[index], costs[index + 1]);
        let stays = match (set, letters[index]) {
            (Set::B, _) => here.0 == next.0 + 1,
            (Set::C, SEPARATOR) => here.1 == next.1 + 1,
            (Set::C, _) => is_pair(&letters, index) && here.1 == costs[index + 2].1 + 1,
        };
        if !stays {
            set = if set == Set::B { Set::C } else { Set::B };
            steps.push(Step::Enter(set));
            continue;
        }
        match (set, letters[index]) {
            (_, SEPARATOR) => steps.push(Step::Fnc1),
            (Set::B, letter) => steps.push(Step::Letter(letter)),
            (Set::C, letter) => {
                steps.push(Step::Pair(letter, letters[index + 1]));
                index += 1;
            }
        }
        index += 1;
    }
    Some(steps)
}

fn is_pair(letters: &[char], index: usize) -> bool {
    letters[index].is_ascii_digit() && letters.get(index + 1).is_some_and(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The steps as a text: `b`/`c` for a set, `^` for FNC1.
    fn told(text: &str, gs1: bool) -> String {
        let steps = steps(text, gs1).expect("it can be written");
        steps
            .iter()
            .map(|step| match step {
                Step::Enter(Set::B) => "b|".to_owned(),
                Step::Enter(Set::C) => "c|".to_owned(),
                Step::Letter(letter) => letter.to_string(),
                Step::Pair(tens, ones) => format!("{tens}{ones}"),
                Step::Fnc1 => "^".to_owned(),
            })
            .collect()
    }

    #[test]
    fn digits_are_paired_where_it_saves_something() {
        let check = |text: &str, gs1: bool, expected: &str| assert_eq!(told(text, gs1), expected, "{text:?}");
        check("LOC-A-03-02", false, "b|LOC-A-03-02");
        check("12", false, "c|12");
        check("123456", false, "c|123456");
        check("A12", false, "b|A12");
        check("A1234", false, "b|Ac|1234");
        check("A12345678", false, "b|Ac|12345678");
        check("0109521234543213", true, "c|^0109521234543213");
        check("010952123454321310ABC\u{1d}21X", true, "c|^010952123454321310b|ABC^21X");
        assert_eq!(steps("", true), None);
        assert_eq!(steps("Ä", false), None);
        assert_eq!(steps("A\tB", false), None);
    }

    proptest! {
        #[test]
        fn the_steps_say_the_text_and_are_never_longer_than_letter_by_letter(text in "[ -~]{1,12}|([0-9]{1,9}[A-Z\u{1d}]?){1,4}", gs1: bool) {
            let steps = steps(&text, gs1).expect("printable");
            let (mut said, mut set) = (String::new(), None);
            for step in &steps {
                match *step {
                    Step::Enter(next) => { prop_assert_ne!(set, Some(next)); set = Some(next); }
                    Step::Letter(letter) => { prop_assert_eq!(set, Some(Set::B)); said.push(letter); }
                    Step::Pair(tens, ones) => { prop_assert_eq!(set, Some(Set::C)); said.push(tens); said.push(ones); }
                    Step::Fnc1 => said.push(SEPARATOR),
                }
            }
            let expected = if gs1 { format!("{SEPARATOR}{text}") } else { text };
            prop_assert!(steps.len() <= expected.chars().count() + 1);
            prop_assert_eq!(said, expected);
        }
    }
}

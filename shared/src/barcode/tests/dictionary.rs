//! The table of identifiers against the GS1 Barcode Syntax Dictionary, which lies beside the project, not in it.

use super::{
    super::{
        content::{Check, Set},
        table::{self, Part},
    },
    file,
};

/// One line of the dictionary.
#[derive(Debug, Default)]
struct Entry {
    is_fixed: bool,
    is_attribute: bool,
    parts: Vec<(Set, usize, usize, bool, Vec<Check>)>,
    needs: Vec<String>,
    excludes: Vec<String>,
    key: Option<String>,
}

fn part(word: &str) -> Option<(Set, usize, usize, bool, Vec<Check>)> {
    let (form, checks) = word.split_once(',').unwrap_or((word, ""));
    let inner = form.strip_prefix('[').and_then(|form| form.strip_suffix(']'));
    let (letter, length) = inner.unwrap_or(form).split_at_checked(1)?;
    let set = match letter {
        "N" => Set::Digits,
        "X" => Set::Text,
        "Y" => Set::Code39,
        "Z" => Set::Base64,
        _ => return None,
    };
    let most = length.trim_start_matches("..").parse().ok()?;
    let least = if length.starts_with("..") { 1 } else { most };
    let named = |name: &str| Check::named(name).unwrap_or_else(|| panic!("no rule is named {name}"));
    let checks = checks.split(',').filter(|name| !name.is_empty()).map(named).collect();
    Some((set, least, most, inner.is_some(), checks))
}

fn entry(words: &[&str]) -> Entry {
    let mut entry = Entry::default();
    for word in words {
        if let Some((name, value)) = word.split_once('=') {
            let list = || value.split(',').map(str::to_owned).collect::<Vec<_>>();
            match name {
                "req" => entry.needs = list(),
                "ex" => entry.excludes = list(),
                "dlpkey" => entry.key = Some(value.replace(',', " ")),
                _ => panic!("no attribute is named {name}"),
            }
        } else if *word == "dlpkey" {
            entry.key = Some(String::new());
        } else if let Some(part) = part(word) {
            entry.parts.push(part);
        } else {
            entry.is_fixed |= word.contains('*');
            entry.is_attribute |= word.contains('?');
            assert!(word.chars().all(|c| matches!(c, '*' | '?')), "{word} is not understood");
        }
    }
    entry
}

#[test]
fn every_identifier_is_as_the_dictionary_of_gs1_has_it() {
    let Some(dictionary) = file("gs1-syntax-dictionary.txt") else { return };
    let mut listed = Vec::new();
    for line in dictionary.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let Some((identifiers, words)) = words.split_first() else { continue };
        let wanted = entry(words);
        let (first, last) = identifiers.split_once('-').unwrap_or((identifiers, identifiers));
        for number in first.parse::<u16>().expect("number")..=last.parse::<u16>().expect("number") {
            let ai = format!("{number:0width$}", width = first.len());
            let rule = table::find(&ai).unwrap_or_else(|| panic!("({ai}) is missing"));
            assert_eq!(table::digits_of(&ai), Some(ai.len()), "digits of ({ai})");
            assert_eq!((rule.is_fixed, rule.is_attribute), (wanted.is_fixed, wanted.is_attribute), "flags of ({ai})");
            let own = |part: &Part| (part.set, part.least, part.most, part.optional, part.checks.to_vec());
            assert_eq!(rule.parts.iter().map(own).collect::<Vec<_>>(), wanted.parts, "value of ({ai})");
            assert_eq!(rule.needs.split_whitespace().collect::<Vec<_>>(), wanted.needs, "needs of ({ai})");
            let mut excludes: Vec<String> = rule.excludes.split_whitespace().map(str::to_owned).collect();
            excludes.extend(rule.is_alone.then(|| format!("{}n", &ai[..3])));
            excludes.sort_unstable();
            let mut wanted_excludes = wanted.excludes.clone();
            wanted_excludes.sort_unstable();
            assert_eq!(excludes, wanted_excludes, "excluded by ({ai})");
            assert_eq!(rule.key, wanted.key.as_deref(), "link of ({ai})");
            listed.push(ai);
        }
    }
    assert_eq!(listed.len(), 541, "identifiers in the dictionary");
    let every = (2..=4).flat_map(|width| (0..10_u16.pow(width)).map(move |n| format!("{n:0w$}", w = width as usize)));
    let invented: Vec<String> = every.filter(|ai| table::find(ai).is_some() && !listed.contains(ai)).collect();
    assert!(invented.is_empty(), "not in the dictionary: {invented:?}");
}

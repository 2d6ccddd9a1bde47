//! People from a file: `username,name,roles` and, where wanted, `language` and `approval_limit`.
//!
//! Absent: passwords (each person sets one with a one-time link) and disabling people (that is decided at the desk).

use super::{
    cell::Cells,
    report::{Outcome, Report},
    table::{Column, Need, Table},
};
use anyhow::Context;
use csv::StringRecord;
use shared::{language::Language, money::Money, role::Role};
use std::collections::HashMap;

const USERNAME: usize = 0;
const NAME: usize = 1;
const ROLES: usize = 2;
const LANGUAGE: usize = 3;
const APPROVAL_LIMIT: usize = 4;

/// The columns of a people file.
pub const COLUMNS: &[Column] = &[
    Column { names: &["username", "user"], need: Need::Required },
    Column { names: &["name"], need: Need::Required },
    Column { names: &["roles", "role"], need: Need::Required },
    Column { names: &["language"], need: Need::Optional },
    Column { names: &["approval_limit"], need: Need::Optional },
];

/// A person as a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// What they type to sign in, in lower case.
    pub username: String,
    /// What they are called.
    pub name: String,
    /// Language tag.
    pub language: String,
    /// What they are at the site, ascending, each once.
    pub roles: Vec<Role>,
    /// Up to which value they approve; `None`: no limit.
    pub approval_limit: Option<Money>,
}

/// Reads every row and answers the people that are new or changed.
///
/// # Errors
/// Only what is wrong with the file as a whole, or the listing; wrong rows are in the report.
pub fn read_people(
    table: &mut Table,
    known: &HashMap<String, PersonRow>,
    report: &mut Report,
) -> anyhow::Result<Vec<PersonRow>> {
    let layout = table.layout();
    let mut record = StringRecord::new();
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut read = Vec::new();
    while let Some(row) = table.read(&mut record)? {
        let mut cells = Cells::of(&layout, &record);
        let person = read_person(&mut cells, known);
        if let Some(earlier) = seen.get(&person.username) {
            cells.wrong(
                USERNAME,
                format!("is in row {earlier} already; put all roles of a person into one row, separated by ;"),
            );
        }
        let known = known.get(&person.username);
        if let Some(known) = known.filter(|known| known.name != person.name) {
            cells.wrong(
                NAME,
                format!(
                    "differs from the recorded name \"{}\"; if this is somebody else, choose another username",
                    known.name
                ),
            );
        }
        if !cells.fine() {
            report.refuse(row, &record, cells.errors).context("the list of rows cannot be written")?;
            continue;
        }
        seen.insert(person.username.clone(), row);
        let outcome = match known {
            None => Outcome::New,
            Some(known) if *known == person => Outcome::Same,
            Some(_) => Outcome::Changed,
        };
        report.row(row, outcome, &person.username)?;
        if outcome != Outcome::Same {
            read.push(person);
        }
    }
    Ok(read)
}

fn read_person(cells: &mut Cells, known: &HashMap<String, PersonRow>) -> PersonRow {
    let username = cells.code(USERNAME).to_lowercase();
    if username.chars().any(|c| c.is_whitespace() || matches!(c, '#' | '/' | '?' | ':')) {
        cells.wrong(USERNAME, "may not hold blanks or any of # / ? :, such as maria.silva");
    }
    let known = known.get(&username);
    let name = cells.text(NAME, 100).to_owned();
    if name.is_empty() {
        cells.wrong(NAME, "is empty; it is what others see");
    }
    let mut roles = Vec::new();
    for word in cells.raw(ROLES).split(';').filter(|word| !word.trim().is_empty()) {
        match Role::parse(word) {
            Some(role) => roles.push(role),
            None => cells.wrong(
                ROLES,
                format!("({}) is not a role; expected counter, lead, supervisor, auditor or admin", word.trim()),
            ),
        }
    }
    if roles.is_empty() && cells.fine() {
        cells.wrong(
            ROLES,
            "is empty; expected one or more of counter, lead, supervisor, auditor, admin, separated by ;",
        );
    }
    roles.sort_unstable();
    roles.dedup();
    let language = read_language(cells, known);
    let approval_limit = match (cells.has(APPROVAL_LIMIT), known) {
        (false, Some(known)) => known.approval_limit,
        _ => cells.money_or_unknown(APPROVAL_LIMIT),
    };
    PersonRow { username, name, language, roles, approval_limit }
}

/// The tag of the language; what the file does not say stays, and is English for somebody new.
fn read_language(cells: &mut Cells<'_>, known: Option<&PersonRow>) -> String {
    let said = cells.text(LANGUAGE, 20);
    match (said, known) {
        ("", Some(known)) => known.language.clone(),
        ("", None) => Language::default().tag().to_owned(),
        (said, _) => match Language::parse(said) {
            Some(language) => language.tag().to_owned(),
            None => {
                cells.wrong(LANGUAGE, format!("is no language of the handhelds; expected one of {}", Language::tags()));
                String::new()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::testing::{Said, said};

    fn check(known: &[PersonRow], text: &str) -> (Vec<PersonRow>, Said) {
        let known = known.iter().map(|person| (person.username.clone(), person.clone())).collect();
        said(text, COLUMNS, |table, report| read_people(table, &known, report))
    }

    #[test]
    fn people_are_new_changed_or_same() {
        let text = "username,name,roles,language,approval_limit\nMaria,Maria Silva,counter;Lead,pt,\nsam,Sam,supervisor,,500\n";
        let (first, said) = check(&[], text);
        assert_eq!((said.new, said.errors.len()), (2, 0), "{said:?}");
        assert_eq!((first[0].username.as_str(), &first[0].roles[..]), ("maria", &[Role::Counter, Role::Lead][..]));
        assert_eq!(first[1].approval_limit, "500".parse().ok());
        assert_eq!([&*first[0].language, &*first[1].language], ["pt-BR", "en"]);
        assert_eq!(check(&first, text).1.same, 2);
        let (changed, _) = check(&first, "username,name,roles\nsam,Sam,supervisor;auditor\n");
        assert_eq!(changed[0].approval_limit, first[1].approval_limit, "what the file does not say stays");
    }

    #[test]
    fn wrong_people_are_refused() {
        let (read, said) = check(
            &[],
            "username,name,roles,approval_limit,language\na b,A,counter,,\nb,,counter,,\nc,C,boss,,\nd,D,,,\ne,E,lead,-5,\nf,F,lead,,\nF,F,lead,,\ng,G,lead,,Klingon\n",
        );
        said.refuses(2, &["username \"a b\""]);
        said.refuses(3, &["name \"\""]);
        said.refuses(4, &["(boss) is not a role"]);
        said.refuses(5, &["roles \"\" is empty"]);
        said.refuses(6, &["approval_limit \"-5\""]);
        said.refuses(8, &["row 7 already"]);
        said.refuses(9, &["language \"Klingon\"", "en, es, de, fr, pl, pt-BR"]);
        assert_eq!(read.len(), 1);
    }
}

//! One and many of a thing, by the rules of each language.
//!
//! Absent: forms that no language here needs below a million.

use super::{fill, form::Form};

/// Which form goes with which number.
///
/// # Source
/// Unicode CLDR, cardinal plural rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plural {
    /// One thing, else many: English, German, Spanish.
    One,
    /// None and one go together: French, Portuguese of Brazil.
    UpToOne,
    /// 1 / 2–4, 22–24, … / 0, 5–21, 25–31, …
    Polish,
}

/// The forms of a text that has a number in it.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// Chooses among the forms.
    pub plural: Plural,
    /// Writes the number.
    pub form: &'static Form,
    /// For one; `{0}` is the number in all of them.
    pub one: &'static str,
    /// For a few, in languages that have such a form; else the same as `many`.
    pub few: &'static str,
    /// For many.
    pub many: &'static str,
}

impl Count {
    /// The text for this many.
    pub fn of(&self, n: usize) -> String {
        self.with(n, &[])
    }
    /// The text for this many, `{1}`, `{2}`… filled with `parts`.
    pub fn with(&self, n: usize, parts: &[&str]) -> String {
        let number = self.form.whole(n);
        let mut all = vec![number.as_str()];
        all.extend(parts);
        fill(self.template(n), &all)
    }
    fn template(&self, n: usize) -> &'static str {
        match (self.plural, n) {
            (_, 1) | (Plural::UpToOne, 0) => self.one,
            (Plural::Polish, n) if matches!(n % 10, 2..=4) && !matches!(n % 100, 12..=14) => self.few,
            _ => self.many,
        }
    }
}

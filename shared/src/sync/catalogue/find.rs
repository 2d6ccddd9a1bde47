//! Finding items by what a person remembers of them: every word somewhere in SKU or description, whatever the case.
//!
//! All items are looked at, tens of thousands on a slow processor, so texts are compared where they lie; only texts with
//! letters beyond ASCII are copied. Absent: spelling mistakes, ranking beyond "the SKU begins like this".

use super::CatalogueItem;

/// What is searched for.
#[derive(Debug, Clone)]
pub struct ItemSearch {
    words: Vec<String>,
}

/// The best items met so far: those whose SKU begins with the first word, then the others, each in the order met.
#[derive(Debug)]
pub struct Found<'a> {
    limit: usize,
    by_sku: Vec<CatalogueItem<'a>>,
    others: Vec<CatalogueItem<'a>>,
}

impl<'a> Found<'a> {
    /// Nothing yet, and at most so many.
    pub const fn new(limit: usize) -> Self {
        Self { limit, by_sku: Vec::new(), others: Vec::new() }
    }
    /// Whether nothing better can come.
    pub const fn is_full(&self) -> bool {
        self.by_sku.len() >= self.limit
    }
    /// The items.
    pub fn into_items(self) -> Vec<CatalogueItem<'a>> {
        let mut items = self.by_sku;
        items.extend(self.others);
        items.truncate(self.limit);
        items
    }
}

impl ItemSearch {
    /// The words of a text.
    pub fn new(text: &str) -> Self {
        Self { words: text.split_whitespace().map(str::to_lowercase).collect() }
    }
    /// Whether there is no word; such a search finds nothing.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
    /// Whether every word occurs.
    pub fn fits(&self, sku: &str, description: &str) -> bool {
        !self.is_empty() && self.words.iter().all(|word| contains(sku, word) || contains(description, word))
    }
    /// Takes an item in where it fits.
    pub fn meet<'a>(&self, item: CatalogueItem<'a>, found: &mut Found<'a>) {
        if found.is_full() || !self.fits(item.sku, item.description) {
            return;
        }
        let begins = self.words.first().is_some_and(|word| begins(item.sku, word));
        let list = if begins { &mut found.by_sku } else { &mut found.others };
        if list.len() < found.limit {
            list.push(item);
        }
    }
}

/// `word` is in lower case.
fn contains(text: &str, word: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(word);
    }
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else { return true };
    text.windows(word.len()).any(|part| {
        part.first().is_some_and(|begin| begin.eq_ignore_ascii_case(first)) && part.eq_ignore_ascii_case(word)
    })
}

/// `word` is in lower case.
fn begins(text: &str, word: &str) -> bool {
    match text.get(..word.len()) {
        Some(part) if part.is_ascii() => part.eq_ignore_ascii_case(word),
        _ => text.to_lowercase().starts_with(word),
    }
}

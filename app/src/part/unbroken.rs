//! Sentences in which a code stays in one piece: `AISLE-3` at the end of a line is read as another code than `AISLE-` and
//! `3`. A code longer than a line still breaks, and nothing of it is lost.

use leptos::prelude::*;

/// The sentence; each word with a hyphen goes to the next line whole.
pub fn view(sentence: &str) -> AnyView {
    if !sentence.contains('-') {
        return sentence.to_owned().into_any();
    }
    let words = sentence.split_inclusive(' ').map(|word| {
        let (word, gap) = word.strip_suffix(' ').map_or((word, ""), |word| (word, " "));
        let drawn = if word.contains('-') {
            view! { <span class="whole">{word.to_owned()}</span> }.into_any()
        } else {
            word.to_owned().into_any()
        };
        (drawn, gap)
    });
    // one child of a button, whatever lays its children out
    view! { <span>{words.collect_view()}</span> }.into_any()
}

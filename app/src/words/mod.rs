//! What the handheld says, per language. A language is one value of [`Words`], so a missing text does not compile.
//!
//! Texts for the floor have six words or fewer. `{0}`, `{1}` are filled in by [`fill`]; a language may turn them round.
//! Absent: numbers and dates, and choosing a language for a person (`language` of the person decides).

mod english;
#[cfg(test)]
mod tests;

pub use english::ENGLISH;

/// One and many of a thing. Languages with more forms choose by number in [`Count::of`].
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// For exactly one.
    pub one: &'static str,
    /// For any other number, `{0}` is the number.
    pub many: &'static str,
}

impl Count {
    /// The form for this many.
    pub fn of(&self, n: usize) -> String {
        if n == 1 { self.one.to_owned() } else { fill(self.many, &[&n.to_string()]) }
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $kind:ty),+ $(,)?) => {
        /// Every text of the handheld in one language.
        #[derive(Debug, Clone, Copy)]
        #[allow(missing_docs)] // the English value says what each is
        pub struct Words { pub tag: &'static str, $($(#[$doc])* pub $name: $kind),+ }

        #[cfg(test)]
        impl Words {
            fn texts(&self) -> Vec<(&'static str, Vec<&'static str>)> {
                vec![$((stringify!($name), Text::texts(&self.$name))),+]
            }
        }
    };
}

words! {
    // the page
    starting: &'static str, insecure_title: &'static str, insecure_help: &'static str, broken_title: &'static str,
    ready: &'static str, tap_to_scan: &'static str, try_again: &'static str, cancel: &'static str, close: &'static str,
    update_ready: &'static str, update_now: &'static str, load_again: &'static str,
    // ticks
    tick_saved: &'static str, tick_server: &'static str, tick_archived: &'static str, waiting: &'static str,
    not_saved: &'static str, not_saved_help: &'static str,
    // enrolment
    enrol_title: &'static str, enrol_help: &'static str, enrol_label: &'static str, enrol_go: &'static str,
    enrol_busy: &'static str, enrol_short: &'static str,
    // signing in
    who: &'static str, user: &'static str, password: &'static str, sign_in: &'static str, sign_in_busy: &'static str,
    sign_in_missing: &'static str, sign_in_wrong: &'static str, offline: &'static str, offline_pick: &'static str,
    offline_nobody: &'static str, unverified: &'static str, unverified_ask: &'static str, yes_its_me: &'static str,
    counts_safe: Count, sign_out: &'static str, sign_out_open: &'static str, device: &'static str, wait_long: &'static str,
    // tasks
    tasks_title: &'static str, tasks_left: Count, tasks_none: &'static str, tasks_none_help: &'static str, next_bin: &'static str,
    count_again: &'static str, only_items: Count, open_now: &'static str, done: &'static str, skipped: &'static str, pool: &'static str,
    resume: &'static str, bin_done: &'static str, bin_left: &'static str, bin_skipped: &'static str, no_such_bin: &'static str,
    item_not_bin: &'static str, loading: &'static str,
    type_bin: &'static str, open_bin: &'static str, more_tasks: &'static str,
    // counting
    scan_item: &'static str, count_these: &'static str, nothing_yet: &'static str, lines: Count, line_open: &'static str,
    total: &'static str, was: &'static str, case_one: &'static str, cases: &'static str, mixed: &'static str, lot: &'static str, serial: &'static str,
    expiry: &'static str, undo: &'static str, undo_scan: &'static str, undo_keyed: &'static str, undo_unknown: &'static str,
    bin_empty: &'static str, confirm_empty: &'static str, empty_ask: &'static str, finish: &'static str, finish_nothing: &'static str,
    confirm_nothing: &'static str, finish_missing: &'static str, confirm_missing: &'static str, go_back: &'static str,
    cannot_count: &'static str,
    find: &'static str, find_ask: &'static str, find_help: &'static str, find_none: &'static str, why_skip: &'static str, skip_blocked: &'static str, skip_damaged: &'static str,
    skip_unsafe: &'static str, skip_moving: &'static str, other_bin: &'static str, other_bin_yes: &'static str, other_bin_leave: &'static str,
    stay: &'static str, again_title: &'static str, again_fresh: &'static str, again_continue: &'static str,
    saving: &'static str, keypad: &'static str, zero_line: &'static str, back: &'static str, no_task: &'static str, closed_here: &'static str,
    // asking
    lot_ask: &'static str, lot_help: &'static str, lot_none: &'static str, serial_ask: &'static str, serial_help: &'static str, use_it: &'static str, large_ask: &'static str,
    large_yes: &'static str, keyed_ask: &'static str, keyed_add: &'static str, keyed_keep: &'static str,
    // notes
    note_same_bin: &'static str, note_already: &'static str, note_unknown: &'static str, note_unknown_help: &'static str, note_quantity_code: &'static str,
    note_quantity_long: &'static str, note_quantity_bad: &'static str, note_pick_line: &'static str,
    note_scan_serials: &'static str, note_undone: &'static str, note_nothing_to_undo: &'static str, note_undo_first: &'static str,
    note_answer_first: &'static str, note_receiving: &'static str, note_garbled: &'static str, note_overflow: &'static str,
    note_other_lot: &'static str,
}

/// Fills `{0}`, `{1}`… with texts.
pub fn fill(template: &str, parts: &[&str]) -> String {
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let number = rest.as_bytes().get(at + 1).map(|digit| usize::from(digit.wrapping_sub(b'0')));
        if let Some(part) = number.and_then(|n| parts.get(n)) {
            text.push_str(part);
        }
        rest = rest.get(at + 3..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The words for a language tag such as `de-AT`; English where the language is not here yet.
pub fn of(_language: &str) -> &'static Words {
    &ENGLISH
}

#[cfg(test)]
trait Text {
    fn texts(&self) -> Vec<&'static str>;
}
#[cfg(test)]
impl Text for &'static str {
    fn texts(&self) -> Vec<&'static str> {
        vec![*self]
    }
}
#[cfg(test)]
impl Text for Count {
    fn texts(&self) -> Vec<&'static str> {
        vec![self.one, self.many]
    }
}

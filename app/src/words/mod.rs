//! What the handheld says, per language. A language is one value of [`Words`], so a missing text does not compile.
//!
//! Texts for the floor have six words or fewer. `{0}`, `{1}` are filled in by [`fill`]; a language may turn them round.
//! Numbers and days go through [`Words::form`]. To add a text: a line in the macro below, and one at the same place in
//! each language's file. Absent: which language somebody has (`crate::part::settings`), and the desk, which speaks English.

mod english;
pub mod form;
mod french;
mod german;
pub mod plural;
mod polish;
mod portuguese;
mod spanish;
#[cfg(test)]
mod tests;
mod trouble;

pub use english::ENGLISH;
pub use french::FRENCH;
pub use german::GERMAN;
pub use polish::POLISH;
pub use portuguese::PORTUGUESE;
pub use spanish::SPANISH;

use form::Form;
use plural::Count;
use shared::{language::Language, quantity::Quantity};

type Text = &'static str;

macro_rules! words {
    ($of:ident { $($own:ident: $type:ty),* }, $($name:ident: $kind:ty),+ $(,)?) => {
        /// Every text of one part of the handheld in one language.
        #[derive(Debug, Clone, Copy)]
        #[allow(missing_docs)] // the English value says what each is
        pub struct $of { $(pub $own: $type,)* $(pub $name: $kind),+ }

        #[cfg(test)]
        impl $of {
            fn texts(&self) -> Vec<(&'static str, Vec<&'static str>)> {
                vec![$((stringify!($name), $crate::words::Texts::texts(&self.$name))),+]
            }
        }
    };
}

// behind the macro that it uses
pub mod scanner;

words! { Words { language: Language, form: &'static Form },
    // the page
    starting: Text,
    insecure_title: Text,
    insecure_help: Text,
    broken_title: Text,
    ready: Text,
    scanner_input: Text,
    tap_to_scan: Text,
    try_again: Text,
    cancel: Text,
    update_ready: Text,
    update_now: Text,
    load_again: Text,
    choose_language: Text,
    // settings
    settings: Text,
    sounds: Text,
    volume: Text,
    volume_off: Text,
    volume_low: Text,
    volume_high: Text,
    volume_full: Text,
    vibration: Text,
    on: Text,
    off: Text,
    theme: Text,
    theme_auto: Text,
    theme_light: Text,
    theme_dark: Text,
    theme_contrast: Text,
    hand: Text,
    hand_right: Text,
    hand_left: Text,
    tone_item: Text,
    tone_bin: Text,
    tone_complete: Text,
    tone_ask: Text,
    tone_wrong_bin: Text,
    tone_unknown: Text,
    tone_already: Text,
    tone_not_saved: Text,
    // ticks
    tick_saved: Text,
    tick_server: Text,
    tick_archived: Text,
    waiting: Text,
    not_saved: Text,
    not_saved_help: Text,
    why_disk: Text,
    why_too_long: Text,
    why_nobody: Text,
    why_not_connected: Text,
    // when nothing else works
    insecure_open: Text,
    insecure_ask: Text,
    insecure_proxy: Text,
    export_file: Text,
    share_file: Text,
    show_codes: Text,
    exported: Text,
    export_failed: Text,
    codes_too_long: Text,
    code_of: Text,
    codes_help: Text,
    codes_stop: Text,
    codes_go: Text,
    codes_back: Text,
    codes_next: Text,
    device_title: Text,
    log_current: Text,
    log_old: Text,
    entries_lost: Count,
    lost_numbers: Text,
    lost_help: Text,
    last_contact: Text,
    no_contact: Text,
    storage_kept: Text,
    storage_not_kept: Text,
    storage_help: Text,
    storage_used: Text,
    build: Text,
    send_now: Text,
    // enrolment
    enrol_title: Text,
    enrol_help: Text,
    enrol_label: Text,
    enrol_go: Text,
    enrol_busy: Text,
    enrol_short: Text,
    enrol_unknown: Text,
    // signing in
    who: Text,
    user: Text,
    password: Text,
    sign_in: Text,
    sign_in_busy: Text,
    sign_in_missing: Text,
    sign_in_wrong: Text,
    sign_in_role: Text,
    tries: Text,
    offline: Text,
    late: Text,
    refused: Text,
    connect_again: Text,
    offline_pick: Text,
    offline_nobody: Text,
    unverified: Text,
    unverified_ask: Text,
    pin: Text,
    pin_choose: Text,
    pin_wrong: Text,
    pin_ask_password: Text,
    pin_forgot: Text,
    pin_bad: Text,
    sign_in_soon: Text,
    pin_take: Text,
    yes_its_me: Text,
    counts_safe: Count,
    sign_out: Text,
    // tasks
    tasks_title: Text,
    tasks_left: Count,
    tasks_none: Text,
    tasks_none_help: Text,
    next_bin: Text,
    count_again: Text,
    only_items: Count,
    open_now: Text,
    done: Text,
    skipped: Text,
    resume: Text,
    bin_done: Text,
    bin_left: Text,
    bin_skipped: Text,
    no_such_bin: Text,
    item_not_bin: Text,
    loading: Text,
    type_bin: Text,
    open_bin: Text,
    more_tasks: Text,
    // counting
    scan_item: Text,
    count_these: Text,
    nothing_yet: Text,
    lines: Count,
    line_open: Text,
    was: Text,
    cases: Count,
    mixed: Text,
    lot: Text,
    serial: Text,
    expiry: Text,
    undo: Text,
    undo_scan: Text,
    undo_keyed: Text,
    undo_unknown: Text,
    bin_empty: Text,
    confirm_empty: Text,
    empty_ask: Text,
    finish: Text,
    finish_nothing: Text,
    finish_missing: Text,
    confirm_missing: Text,
    go_back: Text,
    cannot_count: Text,
    find: Text,
    find_ask: Text,
    find_help: Text,
    find_none: Text,
    why_skip: Text,
    skip_blocked: Text,
    skip_damaged: Text,
    skip_unsafe: Text,
    skip_moving: Text,
    other_bin: Text,
    other_bin_left: Text,
    other_bin_yes: Text,
    other_bin_leave: Text,
    stay: Text,
    again_title: Text,
    again_fresh: Text,
    again_continue: Text,
    saving: Text,
    keypad: Text,
    key_back: Text,
    key_point: Text,
    zero_line: Text,
    back: Text,
    // the camera
    camera: Text,
    camera_close: Text,
    camera_lamp: Text,
    camera_starting: Text,
    camera_point: Text,
    camera_denied: Text,
    camera_missing: Text,
    camera_busy: Text,
    camera_failed: Text,
    // asking
    lot_ask: Text,
    lot_help: Text,
    lot_none: Text,
    serial_ask: Text,
    serial_help: Text,
    use_it: Text,
    large_ask: Text,
    large_yes: Text,
    keyed_ask: Text,
    keyed_add: Text,
    keyed_keep: Text,
    scanner_test: Text,
    amount_ask: Text,
    amount_yes: Text,
    amount_plain: Text,
    weigh_ask: Text,
    case_ask: Text,
    case_unknown: Text,
    pack_of: Text,
    key_times: Text,
    key_plus: Text,
    hint_missing: Text,
    hint_doubtful: Text,
    hint_replaced: Text,
    hint_layout: Text,
    // notes
    note_same_bin: Text,
    note_already: Text,
    note_already_at: Text,
    note_unknown: Text,
    note_unknown_help: Text,
    note_quantity_code: Text,
    note_quantity_long: Text,
    note_quantity_bad: Text,
    note_pick_line: Text,
    note_scan_serials: Text,
    note_undone: Text,
    note_nothing_to_undo: Text,
    note_undo_first: Text,
    note_answer_first: Text,
    note_receiving: Text,
    note_garbled: Text,
    note_overflow: Text,
}

impl Words {
    /// A quantity as this language writes it.
    pub fn number(&self, quantity: Quantity) -> String {
        self.form.quantity(quantity)
    }
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

/// The words of a language.
pub const fn of(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
        Language::German => &GERMAN,
        Language::French => &FRENCH,
        Language::Polish => &POLISH,
        Language::Portuguese => &PORTUGUESE,
    }
}

#[cfg(test)]
trait Texts {
    fn texts(&self) -> Vec<&'static str>;
}
#[cfg(test)]
impl Texts for Text {
    fn texts(&self) -> Vec<&'static str> {
        vec![*self]
    }
}
#[cfg(test)]
impl Texts for Count {
    fn texts(&self) -> Vec<&'static str> {
        vec![self.one, self.few, self.many]
    }
}

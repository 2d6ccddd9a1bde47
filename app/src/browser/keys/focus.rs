//! Where the focus is, so that committed text is heard: taken back when it was lost to nothing, left to whoever walks over
//! the screen with Tab, given to the question that comes up.
//!
//! Absent: what is heard ([`super`]).

use super::{Glue, Hearing};
use gloo_timers::callback::Timeout;
use shared::scan::Listen;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

/// The focus is taken back this long after it was lost to nothing: at once would fight menus and keyboards.
const FOCUS_AFTER_MS: u32 = 150;
/// Where the page says that somebody works by keys (`handheld.css`).
const BY_KEYS: &str = "data-by-keys";
/// The first thing to press or fill in where no scan is waited for.
const FORM: &str = "main:not(:has([data-test=status-pill])) :is(button, input):not([tabindex], [hidden] *)";

impl Glue {
    /// What is keyed goes on in the ears: its Enter means the number, not the button that had the focus.
    pub(super) fn listen_again(&self, on_control: bool) {
        if on_control {
            let _ = self.field.focus();
        }
    }
    /// Somebody walks on. From the ears the open question comes first, wherever it stands on the screen.
    pub(super) fn tab(&self, event: &Event, back: bool) {
        self.works_by_keys(true);
        let active = self.document.active_element();
        let nowhere = active.is_none_or(|it| it.tag_name() == "BODY" || it == *self.field.unchecked_ref::<Element>());
        if nowhere && !back && self.focus_on(".ask input, .ask button:not([tabindex])") {
            event.prevent_default();
        }
    }
    pub(super) fn works_by_keys(&self, by_keys: bool) {
        self.by_keys.set(by_keys);
        if let Some(root) = self.document.document_element() {
            let _ = if by_keys { root.set_attribute(BY_KEYS, "") } else { root.remove_attribute(BY_KEYS) };
        }
    }
    fn focus_on(&self, selector: &str) -> bool {
        let found = self.document.query_selector(selector).ok().flatten();
        found.and_then(|found| found.dyn_into::<HtmlElement>().ok()).is_some_and(|found| found.focus().is_ok())
    }
    /// A tap on a button must not take the focus from the field; a tap into a text field may.
    pub(super) fn mouse_down(&self, event: &Event) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let typing = target.closest("input, textarea, select, label, summary").ok().flatten().is_some();
        if !typing && self.is_armed() {
            event.prevent_default();
        }
    }

    fn is_armed(&self) -> bool {
        if self.ears.listen() == Listen::Keys {
            return self.document.has_focus().unwrap_or(true);
        }
        let focused = self.document.active_element().is_some_and(|it| it == *self.field.unchecked_ref::<Element>());
        focused && self.document.has_focus().unwrap_or(true)
    }
    pub(super) fn hearing(&self) -> Hearing {
        match self.is_armed() {
            true => Hearing::Ready,
            false if self.by_keys.get() && self.document.has_focus().unwrap_or(true) => Hearing::Away,
            false => Hearing::Deaf,
        }
    }
    pub(super) fn arm_soon(&self) {
        let glue = self.clone();
        let timer = Timeout::new(FOCUS_AFTER_MS, move || {
            let by_keys = glue.by_keys.get();
            let tag = glue.document.active_element().map_or_else(|| "BODY".to_owned(), |it| it.tag_name());
            let lost = matches!(tag.as_str(), "BODY" | "HTML");
            // what had the focus is gone: the question that came instead has it, or the first thing of a page of forms
            let moved =
                lost && by_keys && (glue.focus_on(".ask input") || glue.focus_on(".ask") || glue.focus_on(FORM));
            if !moved && (lost || (tag == "BUTTON" && !by_keys)) && glue.ears.listen() != Listen::Keys {
                let _ = glue.field.focus();
            }
            glue.ears.armed(glue.hearing());
        });
        self.focus_timer.replace(Some(timer));
    }
}

/// Takes the focus to the field now: the person asked for it.
pub fn arm() {
    let field = web_sys::window().and_then(|window| window.document()?.get_element_by_id("ears"));
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

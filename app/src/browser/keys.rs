//! Listens to everything that a wedge scanner can do to a page: key events, committed text, composition, wherever the
//! focus is (`HANDHELD.md` 1.4).
//!
//! Committed text reaches a page only through a focused, editable field, so there is one: invisible, always the same,
//! with no keyboard of its own. Whoever walks over the screen with Tab keeps the focus where they put it; the ears have
//! it back with the next digit, with Escape, or with a touch. Absent: what the characters mean ([`shared::scan`]).

use gloo_timers::callback::Timeout;
use shared::scan::{
    Listen, Signal,
    keys::{Key, Pressed},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    AddEventListenerOptions, CompositionEvent, Document, Element, Event, EventTarget, HtmlInputElement, InputEvent,
    KeyboardEvent,
};

mod focus;
pub use focus::arm;

/// A Tab sooner after a character ends a scanner's code; slow scanners leave 110 ms between two keys.
const TAB_AFTER_MS: i64 = 300;
/// `keyCode` of a key that an input method keeps to itself.
const BY_INPUT_METHOD: u32 = 229;

/// Whether committed text would be heard right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// It would.
    Ready,
    /// Somebody works by keys and has the focus on something else; keys of a scanner would be heard.
    Away,
    /// It would not.
    Deaf,
}

/// Who listens.
pub trait Ears {
    /// Something was heard. The time is the event's own, in milliseconds of the page's clock.
    fn hear(&self, at_ms: i64, signal: Signal<'_>);
    /// Whether an Enter at this instant is the scanner's.
    fn owns_enter(&self, at_ms: i64) -> bool;
    /// When to call [`Ears::tick`].
    fn deadline(&self) -> Option<i64>;
    /// Time has passed.
    fn tick(&self, now_ms: i64);
    /// Whether committed text would be heard from now on.
    fn armed(&self, hearing: Hearing);
    /// Whether characters of a code are coming in.
    fn in_code(&self) -> bool;
    /// Which of what is heard belongs to the scanner.
    fn listen(&self) -> Listen;
    /// Whether somebody wants to see every event.
    fn is_watching(&self) -> bool;
    /// An event, in words, for whoever watches.
    fn watch(&self, at_ms: i64, line: String);
    /// Whether Caps Lock is on.
    fn caps_lock(&self, on: bool);
}

#[derive(Clone)]
struct Glue {
    ears: Rc<dyn Ears>,
    field: HtmlInputElement,
    document: Document,
    /// When it rings, and the timer.
    timer: Rc<RefCell<Option<(i64, Timeout)>>>,
    focus_timer: Rc<RefCell<Option<Timeout>>>,
    composing: Rc<Cell<bool>>,
    /// Whether somebody walks over the screen with Tab.
    by_keys: Rc<Cell<bool>>,
    /// When the last character or text came.
    heard_at: Rc<Cell<i64>>,
}

/// Milliseconds of the page's own clock, the one that stamps events.
pub fn page_ms() -> i64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0, |clock| clock.now() as i64)
}

/// Puts the field into the page and listens for as long as the page lives. `None` without a document.
pub fn listen(ears: Rc<dyn Ears>) -> Option<()> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let field: HtmlInputElement = document.create_element("input").ok()?.dyn_into().ok()?;
    field.set_id("ears");
    for (name, value) in [
        ("type", "text"),
        ("inputmode", "none"),
        ("virtualkeyboardpolicy", "manual"),
        ("autocomplete", "off"),
        ("autocorrect", "off"),
        ("autocapitalize", "none"),
        ("spellcheck", "false"),
        ("tabindex", "-1"),
    ] {
        field.set_attribute(name, value).ok()?;
    }
    // before everything else: from here Tab leads to the first thing on the screen
    let body = document.body()?;
    body.insert_before(&field, body.first_child().as_ref()).ok()?;
    let glue = Glue {
        ears,
        field,
        document,
        timer: Rc::default(),
        focus_timer: Rc::default(),
        composing: Rc::default(),
        by_keys: Rc::default(),
        heard_at: Rc::new(Cell::new(i64::MIN / 2)),
    };
    for name in ["keydown", "beforeinput", "input", "compositionend"] {
        on(&window, name, &glue, Glue::watch);
    }
    on(&window, "keydown", &glue, Glue::key_down);
    on(&window, "keyup", &glue, Glue::key_up);
    for name in ["beforeinput", "input", "compositionstart", "compositionend"] {
        on(&glue.field, name, &glue, Glue::text);
    }
    on(&window, "pointerdown", &glue, |glue, _| glue.works_by_keys(false));
    for name in ["focus", "pointerup"] {
        on(&window, name, &glue, |glue, _| glue.arm_soon());
    }
    for name in ["focusin", "focusout", "visibilitychange"] {
        on(&glue.document, name, &glue, |glue, _| glue.arm_soon());
    }
    on(&window, "beforeinput", &glue, Glue::text_in_search);
    on(&window, "mousedown", &glue, Glue::mouse_down);
    let _ = glue.field.focus();
    glue.ears.armed(glue.hearing());
    Some(())
}

fn on(target: &EventTarget, name: &str, glue: &Glue, act: impl Fn(&Glue, &Event) + 'static) {
    let glue = glue.clone();
    let closure = Closure::<dyn Fn(Event)>::new(move |event: Event| act(&glue, &event));
    let options = AddEventListenerOptions::new();
    options.set_capture(true);
    options.set_passive(false);
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
        name,
        closure.as_ref().unchecked_ref(),
        &options,
    );
    closure.forget();
}

/// Names the field for whoever has the screen read to them.
pub fn name(label: &str) {
    let field = web_sys::window().and_then(|window| window.document()?.get_element_by_id("ears"));
    if let Some(field) = field {
        let _ = field.set_attribute("aria-label", label);
    }
}

/// A field in which words are searched and scans are heard all the same: what is typed stays in it, the capture machine
/// is told as well.
const HEARING: &str = "[data-hears]";

/// Whether the person is in such a field.
pub fn is_in_search() -> bool {
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    active.is_some_and(|active| active.matches(HEARING).unwrap_or(false))
}

/// Where the person types on purpose: nothing is taken from there.
fn is_text_field(element: &Element, capture: &HtmlInputElement) -> bool {
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        && element != capture.unchecked_ref::<Element>()
}

impl Glue {
    fn hear(&self, event: &Event, signal: Signal<'_>) {
        self.ears.hear(event.time_stamp() as i64, signal);
        self.wind();
    }
    fn wind(&self) {
        let Some(due) = self.ears.deadline() else { return drop(self.timer.take()) };
        // one that rings sooner is wound again then: each of a code's characters moves the deadline
        if self.timer.borrow().as_ref().is_some_and(|(rings, _)| *rings <= due) {
            return;
        }
        let glue = self.clone();
        let wait = u32::try_from((due - page_ms()).max(0)).unwrap_or_default();
        let timer = Timeout::new(wait.saturating_add(1), move || {
            let rung = glue.timer.take();
            glue.ears.tick(page_ms());
            glue.wind();
            drop(rung); // what runs is dropped last
        });
        self.timer.replace(Some((due, timer)));
    }

    /// Describes an event for the scanner test.
    fn watch(&self, event: &Event) {
        if !self.ears.is_watching() {
            return;
        }
        let what = if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
            let held = [(key.ctrl_key(), " ctrl"), (key.alt_key(), " alt"), (key.shift_key(), " shift")];
            let held: String = held.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
            format!("key={:?} code={} keyCode={}{held}", key.key(), key.code(), key.key_code())
        } else if let Some(input) = event.dyn_ref::<InputEvent>() {
            format!("{} data={:?}", input.input_type(), input.data().unwrap_or_default())
        } else if let Some(composition) = event.dyn_ref::<CompositionEvent>() {
            format!("data={:?}", composition.data().unwrap_or_default())
        } else {
            String::new()
        };
        self.ears.watch(event.time_stamp() as i64, format!("{} {what}", event.type_()));
    }
    fn key_up(&self, event: &Event) {
        if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Alt") {
            self.hear(event, Signal::AltEnd);
        }
        // what was pressed may be gone, and the focus with it
        if self.by_keys.get() {
            self.arm_soon();
        }
    }
    fn pressed(&self, event: &KeyboardEvent) -> Pressed {
        let (key, code) = (event.key(), event.code());
        let (ctrl, alt, meta) = (event.ctrl_key(), event.alt_key(), event.meta_key());
        Key { key: &key, code: &code, ctrl, alt, meta }.pressed(self.ears.in_code())
    }

    fn key_down(&self, event: &Event) {
        let Some(key_event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let key = key_event.key();
        self.ears.caps_lock(key_event.get_modifier_state("CapsLock"));
        let foreign = key_event.is_composing() || key_event.key_code() == BY_INPUT_METHOD;
        if foreign || key_event.repeat() || matches!(key.as_str(), "" | "Unidentified" | "Process") {
            return;
        }
        let at_ms = event.time_stamp() as i64;
        match key.as_str() {
            "Tab" if at_ms - self.heard_at.get() >= TAB_AFTER_MS && !self.ears.in_code() => {
                return self.tab(event, key_event.shift_key());
            }
            "Escape" => drop(self.field.focus()),
            other if other.chars().nth(1).is_none() => self.heard_at.set(at_ms),
            _ => {}
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let active = self.document.active_element();
        if is_in_search() {
            return self.key_in_search(event, key_event);
        }
        if [&target, &active].into_iter().flatten().any(|element| is_text_field(element, &self.field)) {
            return;
        }
        let on_control = active.as_ref().is_some_and(|it| matches!(it.tag_name().as_str(), "BUTTON" | "A" | "SUMMARY"));
        match self.pressed(key_event) {
            Pressed::End if self.ears.owns_enter(at_ms) || (key == "Enter" && !on_control) => {
                event.prevent_default();
                event.stop_immediate_propagation();
                self.hear(event, Signal::End);
            }
            Pressed::Back => {
                event.prevent_default();
                self.listen_again(on_control);
                self.hear(event, Signal::Back);
            }
            // a space presses the focused button, unless it stands inside a code
            Pressed::Char(' ') if on_control && !self.ears.owns_enter(at_ms) => {}
            // it goes into the field and comes out as text
            Pressed::Char(c) if self.ears.listen() == Listen::Text && !c.is_control() => self.listen_again(on_control),
            Pressed::Char(c) => {
                event.prevent_default();
                self.listen_again(on_control);
                self.hear(event, Signal::Char(c));
            }
            Pressed::AltDigit(digit) => {
                event.prevent_default();
                self.listen_again(on_control);
                self.hear(event, Signal::AltDigit(digit));
            }
            Pressed::End | Pressed::Nothing => {}
        }
    }

    /// Characters stay in the field, unless they turn out to be a scan; the Enter of a scanner goes no further.
    fn key_in_search(&self, event: &Event, key_event: &KeyboardEvent) {
        match self.pressed(key_event) {
            Pressed::End if self.ears.owns_enter(event.time_stamp() as i64) => {
                event.prevent_default();
                event.stop_immediate_propagation();
                self.hear(event, Signal::End);
            }
            Pressed::Back => self.hear(event, Signal::Back),
            Pressed::Char(c) => {
                if c.is_control() {
                    event.prevent_default();
                }
                self.hear(event, Signal::Char(c));
            }
            Pressed::AltDigit(digit) => self.hear(event, Signal::AltDigit(digit)),
            Pressed::End | Pressed::Nothing => {}
        }
    }
    /// A scanner that commits its text whole has no other way into the page than the field with the focus.
    fn text_in_search(&self, event: &Event) {
        let Some(input) = event.dyn_ref::<InputEvent>().filter(|_| is_in_search()) else { return };
        let text = input.data().unwrap_or_default();
        match input.input_type().as_str() {
            "insertText" if text.chars().nth(1).is_some() => self.hear(event, Signal::Chunk(&text)),
            "insertLineBreak" if self.ears.owns_enter(event.time_stamp() as i64) => {
                event.prevent_default();
                self.hear(event, Signal::End);
            }
            _ => {}
        }
    }

    fn text(&self, event: &Event) {
        self.heard_at.set(event.time_stamp() as i64);
        if self.ears.listen() == Listen::Keys {
            // the keys of the same code are heard; text would count it twice
            event.prevent_default();
            return self.field.set_value("");
        }
        match event.type_().as_str() {
            "beforeinput" => {
                let Some(input) = event.dyn_ref::<InputEvent>() else { return };
                match input.input_type().as_str() {
                    "insertCompositionText" => {}
                    "insertLineBreak" | "insertParagraph" => {
                        event.prevent_default();
                        self.hear(event, Signal::End);
                    }
                    _ => {
                        if let Some(text) = input.data().filter(|text| !text.is_empty()) {
                            event.prevent_default();
                            self.hear(event, Signal::Chunk(&text));
                        }
                    }
                }
            }
            "compositionstart" => self.composing.set(true),
            "compositionend" => {
                self.composing.set(false);
                self.field.set_value("");
                let text = event.dyn_ref::<CompositionEvent>().and_then(CompositionEvent::data).unwrap_or_default();
                if !text.is_empty() {
                    self.hear(event, Signal::Chunk(&text));
                }
            }
            // whatever found its way into the field although nobody let it
            _ if !self.composing.get() => {
                let text = self.field.value();
                if !text.is_empty() {
                    self.field.set_value("");
                    self.hear(event, Signal::Chunk(&text));
                }
            }
            _ => {}
        }
    }
}

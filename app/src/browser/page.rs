//! Small things of the desk's page: times in a site's zone, files to save, the fragment.
//!
//! Absent: anything a count depends on, and what the browser remembers (`memory`).

pub use super::memory::{mark_root, recall, remember};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, Element, HtmlElement, HtmlInputElement, Url};

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeStyle {
    /// `23 Nov 14:05`
    Minute,
    /// `14:05:31`
    Clock,
    /// `23 Nov 2026`
    Day,
    /// `23 Nov 2026 14:05:31`
    Full,
}

impl TimeStyle {
    const fn parts(self) -> &'static [(&'static str, &'static str)] {
        const DAY: [(&str, &str); 2] = [("day", "numeric"), ("month", "short")];
        match self {
            Self::Minute => &[DAY[0], DAY[1], ("hour", "2-digit"), ("minute", "2-digit")],
            Self::Clock => &[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")],
            Self::Day => &[DAY[0], DAY[1], ("year", "numeric")],
            Self::Full => &[
                DAY[0],
                DAY[1],
                ("year", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
                ("second", "2-digit"),
            ],
        }
    }
}

thread_local! {
    // making a formatter takes about a hundred times as long as using one, and a queue shows hundreds of times
    static FORMATS: RefCell<HashMap<(String, TimeStyle), Function>> = RefCell::new(HashMap::new());
}

/// Writes an instant (milliseconds since 1970) as a clock in the named IANA zone shows it; in UTC where the browser does
/// not know the zone.
pub fn local_time(ms: i64, zone: &str, style: TimeStyle) -> String {
    let format = FORMATS.with(|formats| {
        formats.borrow_mut().entry((zone.to_owned(), style)).or_insert_with(|| formatter(zone, style)).clone()
    });
    let date = Date::new(&JsValue::from_f64(ms as f64));
    let text = format.call1(&JsValue::UNDEFINED, &date).ok().and_then(|text| text.as_string());
    text.unwrap_or_default().replace(", ", " ")
}

fn formatter(zone: &str, style: TimeStyle) -> Function {
    let make = |zone: &str| {
        let options = Object::new();
        let set = |name: &str, value: &str| Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        set("timeZone", zone)?;
        set("hourCycle", "h23")?;
        for (name, value) in style.parts() {
            set(name, value)?;
        }
        // the constructor throws for a zone it does not know, so it is called where that can be caught
        let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl"))?;
        let make: Function = Reflect::get(&intl, &JsValue::from_str("DateTimeFormat"))?.dyn_into()?;
        let format = Reflect::construct(&make, &Array::of2(&JsValue::from_str("en-GB"), &options))?;
        Ok::<_, JsValue>(format.unchecked_into::<Intl::DateTimeFormat>().format())
    };
    make(zone).or_else(|_| make("UTC")).unwrap_or_else(|_| Function::new_no_args(""))
}

/// The browser's clock, milliseconds since 1970. To show ages only; it decides nothing.
pub fn now_ms() -> i64 {
    Date::now() as i64
}

/// The browser's own IANA time zone, such as `Europe/Berlin`; empty where it does not say.
pub fn own_time_zone() -> String {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &JsValue::from_str("timeZone")).ok().and_then(|zone| zone.as_string()).unwrap_or_default()
}

/// Hands the person a file to save.
pub fn download(name: &str, media_type: &str, text: &str) {
    let save = || {
        let kind = BlobPropertyBag::new();
        kind.set_type(media_type);
        let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from_str(text)), &kind)?;
        let address = Url::create_object_url_with_blob(&blob)?;
        let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
        let link: HtmlElement = document.create_element("a")?.dyn_into()?;
        link.set_attribute("href", &address)?;
        link.set_attribute("download", name)?;
        link.click();
        // the browser has taken the bytes over by the time a minute is gone
        gloo_timers::callback::Timeout::new(60_000, move || drop(Url::revoke_object_url(&address))).forget();
        Ok::<_, JsValue>(())
    };
    if let Err(error) = save() {
        web_sys::console::error_1(&error);
    }
}

/// The text of the file that was chosen in a field; a letter that is no text costs its line, not the file. `None` while
/// there is none.
pub async fn chosen_text(field: &HtmlInputElement) -> Option<String> {
    let text = field.files()?.get(0)?.text();
    wasm_bindgen_futures::JsFuture::from(text).await.ok()?.as_string()
}

/// What follows `#` in the address, without the sign. It never leaves the browser, so one-time tokens travel in it.
pub fn fragment() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').map(str::to_owned).unwrap_or_default()
}

/// Scheme, host and port of this page.
pub fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// What the browser's tab says.
pub fn set_title(text: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(text);
    }
}

fn element(selector: &str) -> Option<Element> {
    web_sys::window()?.document()?.query_selector(selector).ok()?
}

/// Puts the focus on the first element that fits the selector; says whether there was one.
pub fn focus(selector: &str) -> bool {
    element(selector).and_then(|found| found.dyn_into::<HtmlElement>().ok()).is_some_and(|found| found.focus().is_ok())
}

/// Puts the focus on the first element that fits the selector, unless something has it.
pub fn focus_if_lost(selector: &str) {
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    if active.is_none_or(|active| matches!(active.tag_name().as_str(), "BODY" | "HTML")) {
        focus(selector);
    }
}

/// Scrolls the first element that fits the selector into view, no further than needed.
pub fn reveal(selector: &str) {
    if let Some(found) = element(selector) {
        let nearest = Object::new();
        let _ = Reflect::set(&nearest, &JsValue::from_str("block"), &JsValue::from_str("nearest"));
        if let Ok(scroll) =
            Reflect::get(&found, &JsValue::from_str("scrollIntoView")).and_then(|it| it.dyn_into::<Function>())
        {
            let _ = scroll.call1(&found, &nearest);
        }
    }
}

/// Scrolls the page to its beginning.
pub fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Whether the focus is where a key writes or chooses something, so that it must not be taken for a shortcut.
pub fn is_typing() -> bool {
    let Some(active) = web_sys::window().and_then(|window| window.document()?.active_element()) else { return false };
    match active.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => active
            .dyn_ref::<HtmlInputElement>()
            .is_none_or(|input| !matches!(input.type_().as_str(), "checkbox" | "radio" | "button" | "submit")),
        _ => active.has_attribute("contenteditable"),
    }
}

/// Copies a text to the clipboard where the browser lets us.
pub fn copy(text: &str) {
    let write = || {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let clipboard = Reflect::get(&window.navigator(), &JsValue::from_str("clipboard"))?;
        let write: Function = Reflect::get(&clipboard, &JsValue::from_str("writeText"))?.dyn_into()?;
        write.call1(&clipboard, &JsValue::from_str(text))
    };
    // plain http on another host has no clipboard: the text stays on the screen to be marked and copied by hand
    let _ = write();
}

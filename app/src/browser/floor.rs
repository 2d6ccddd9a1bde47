//! What only the handheld asks of the page: whether the address is secure, updates that wait, keeping the screen awake.
//!
//! Absent: keys and sounds, which have files of their own.

use js_sys::{Function, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlElement};

/// Whether the browser keeps data and workers for this address (`SYNC.md` section 1, fact 8).
pub fn is_secure() -> bool {
    web_sys::window().is_some_and(|window| window.is_secure_context())
}

/// What follows `#` in the address, taken out of it so that it is used once.
pub fn take_fragment() -> String {
    let Some(window) = web_sys::window() else { return String::new() };
    let hash = window.location().hash().unwrap_or_default();
    if !hash.is_empty()
        && let Ok(history) = window.history()
    {
        let path = window.location().pathname().unwrap_or_else(|_| "/".into());
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    hash
}

/// Calls when the address gets another fragment: a link opened while the page is open.
pub fn on_fragment(act: impl Fn() + 'static) {
    listen("hashchange", act);
}

/// Whether a whole new build waits on the device.
pub fn update_waits() -> bool {
    let root = web_sys::window().and_then(|window| window.document()?.document_element());
    root.and_then(|root| root.get_attribute("data-update")).as_deref() == Some("waiting")
}

/// Calls when a whole new build waits on the device.
pub fn on_update(act: impl Fn() + 'static) {
    listen("trueup:update-waiting", act);
}

/// Takes the new build; the page loads again.
pub fn take_update() {
    if let (Some(window), Ok(event)) = (web_sys::window(), Event::new("trueup:update-accept")) {
        let _ = window.dispatch_event(&event);
    }
}

/// Which build this page is of.
pub fn build() -> String {
    let named = web_sys::window().and_then(|window| window.document()?.query_selector("meta[name=build]").ok()?);
    named.and_then(|named| named.get_attribute("content")).unwrap_or_default()
}

/// The server's name and port, as the address has them.
pub fn host() -> String {
    web_sys::window().and_then(|window| window.location().host().ok()).unwrap_or_default()
}

/// Where this page would be over https.
pub fn secure_address() -> String {
    let name = web_sys::window().and_then(|window| window.location().hostname().ok()).unwrap_or_default();
    format!("https://{name}/")
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

fn listen(name: &str, act: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(act);
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    }
    closure.forget();
}

/// Puts the focus on the first element that fits the selector, once it is drawn.
pub fn focus_soon(selector: &'static str) {
    gloo_timers::callback::Timeout::new(0, move || {
        let found = web_sys::window().and_then(|window| window.document()?.query_selector(selector).ok()?);
        if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = found.focus();
        }
    })
    .forget();
}

thread_local! {
    static AWAKE: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Keeps the screen on while a bin is being counted, where the browser can. (The typed binding of this interface is not
/// stable, so it is called by name.)
pub fn keep_awake(awake: bool) {
    if let Some(lock) = AWAKE.take() {
        let _ = call(&lock, "release", None);
    }
    if awake {
        wasm_bindgen_futures::spawn_local(async {
            if let Some(asked) = request_lock()
                && let Ok(lock) = JsFuture::from(asked).await
            {
                AWAKE.set(Some(lock));
            }
        });
    }
}

fn request_lock() -> Option<Promise> {
    let navigator = web_sys::window()?.navigator();
    let wake_lock = Reflect::get(&navigator, &"wakeLock".into()).ok().filter(|lock| !lock.is_undefined())?;
    call(&wake_lock, "request", Some("screen"))?.dyn_into().ok()
}

fn call(on: &JsValue, name: &str, argument: Option<&str>) -> Option<JsValue> {
    let function: Function = Reflect::get(on, &name.into()).ok()?.dyn_into().ok()?;
    match argument {
        Some(argument) => function.call1(on, &argument.into()),
        None => function.call0(on),
    }
    .ok()
}

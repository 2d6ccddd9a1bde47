//! What the device itself gives: its clocks, randomness, whether it looks online and is looked at, and its promise to keep
//! what is stored.
//!
//! Absent: deciding anything from it. `online` is a hint, never a fact (`SYNC.md` section 7).

use js_sys::{Date, Reflect};
use shared::sync::{clock::Reading, message::StorageHealth};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, VisibilityState};

/// Both clocks, now.
pub fn clocks() -> Reading {
    let monotonic = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    Reading { wall_ms: Date::now() as i64, monotonic_ms: monotonic as i64 }
}

/// Fills with random bytes, fit for secrets and ids; `false` where the browser has none to give.
pub fn fill_random(bytes: &mut [u8]) -> bool {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    crypto.is_some_and(|crypto| crypto.get_random_values_with_u8_array(bytes).is_ok())
}

/// How many minutes the clocks of this place are ahead of UTC, now.
pub fn minutes_ahead() -> i32 {
    -(Date::new_0().get_timezone_offset() as i32)
}

/// Whether somebody can see the page.
pub fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Whether this is a place where the browser keeps data and runs workers: https, or this very machine.
pub fn is_secure() -> bool {
    web_sys::window().is_some_and(|window| window.is_secure_context())
}

/// Something that happened to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// The browser thinks that the network is back.
    Online,
    /// The page can be seen again.
    Shown,
    /// The page cannot be seen any more.
    Hidden,
}

/// Calls back for the life of the page.
pub fn on_happening(call: impl Fn(Happening) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        call(match event.type_().as_str() {
            "online" => Happening::Online,
            "visibilitychange" if !is_visible() => Happening::Hidden,
            _ => Happening::Shown,
        });
    });
    let function = listener.as_ref().unchecked_ref();
    let _ = window.add_event_listener_with_callback("online", function);
    let _ = window.add_event_listener_with_callback("pageshow", function);
    let _ = document.add_event_listener_with_callback("visibilitychange", function);
    let _ = document.add_event_listener_with_callback("resume", function);
    listener.forget();
}

/// Asks the browser to keep what is stored, and how much room there is. Best effort: `None` where it does not say.
pub async fn storage_health() -> StorageHealth {
    let mut health = StorageHealth { persistent: None, used_bytes: None, quota_bytes: None, mirror: None };
    let Some(window) = web_sys::window() else { return health };
    if !window.is_secure_context() {
        return health;
    }
    let storage = window.navigator().storage();
    if let Ok(asked) = storage.persist() {
        health.persistent = JsFuture::from(asked).await.ok().and_then(|answer| answer.as_bool());
    }
    if let Ok(asked) = storage.estimate()
        && let Ok(estimate) = JsFuture::from(asked).await
    {
        let number = |name: &str| {
            let value = Reflect::get(&estimate, &JsValue::from_str(name)).ok()?.as_f64()?;
            (value >= 0.0).then_some(value as u64)
        };
        (health.used_bytes, health.quota_bytes) = (number("usage"), number("quota"));
    }
    health
}

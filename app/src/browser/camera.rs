//! The camera, which a small script of its own drives and which is loaded only then (`app/web/camera-view.js`): opening
//! and closing it, its lamp, and what it tells.
//!
//! Absent: pictures. They never come into this part of the page.

use std::cell::RefCell;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CustomEvent, Event};

/// What the camera tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It looks for codes; `lamp`: it has one.
    Looking {
        /// Whether there is a lamp to switch.
        lamp: bool,
    },
    /// It sees a code: said again and again as long as it does.
    Sees(String),
    /// It is closed, because of this.
    Trouble(Trouble),
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The person, or who set the browser up, said no.
    Denied,
    /// There is none.
    Missing,
    /// Something else holds it.
    Busy,
    /// Anything else; the console says what.
    Failed,
}

impl Told {
    fn parse(detail: &str) -> Option<Self> {
        Some(match detail {
            "looking" => Self::Looking { lamp: false },
            "looking-light" => Self::Looking { lamp: true },
            "denied" => Self::Trouble(Trouble::Denied),
            "none" => Self::Trouble(Trouble::Missing),
            "busy" => Self::Trouble(Trouble::Busy),
            "failed" => Self::Trouble(Trouble::Failed),
            seen => Self::Sees(seen.strip_prefix("read:")?.to_owned()),
        })
    }
}

type Listening = Closure<dyn Fn(CustomEvent)>;

thread_local! {
    /// One listener for the life of the page.
    static LISTENING: RefCell<Option<Listening>> = const { RefCell::new(None) };
}

/// Whether the browser lets a page ask for a camera.
pub fn may_be_there() -> bool {
    web_sys::window().is_some_and(|window| {
        js_sys::Reflect::get(&window.navigator(), &"mediaDevices".into()).is_ok_and(|devices| !devices.is_undefined())
    })
}

/// Opens the camera into `<video id="camera">`, once that is drawn, and calls with what it tells.
pub fn open(told: impl Fn(Told) + 'static) {
    LISTENING.with_borrow_mut(|listening| {
        if listening.is_none() {
            let closure = Listening::new(move |event: CustomEvent| {
                if let Some(one) = event.detail().as_string().as_deref().and_then(Told::parse) {
                    told(one);
                }
            });
            if let Some(window) = web_sys::window() {
                let _ = window.add_event_listener_with_callback("trueup:camera", closure.as_ref().unchecked_ref());
            }
            *listening = Some(closure);
        }
    });
    gloo_timers::callback::Timeout::new(0, || say("trueup:camera-open")).forget();
}

/// Turns it off.
pub fn close() {
    say("trueup:camera-close");
}

/// Turns its lamp on, or off.
pub fn switch_lamp() {
    say("trueup:camera-lamp");
}

fn say(name: &str) {
    if let (Some(window), Ok(event)) = (web_sys::window(), Event::new(name)) {
        let _ = window.dispatch_event(&event);
    }
}

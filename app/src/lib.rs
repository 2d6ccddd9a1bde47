//! Trueup's screens. One crate, two browser bundles: `handheld` and `desk` are features, and the build makes one wasm of each.
//!
//! Without either feature the crate compiles natively and has no Leptos in it, so that screen models are tested in
//! milliseconds. Absent here: rules of the domain (they are `shared`'s) and building (`app/bundle`).
#![forbid(unsafe_code)]

pub mod api;
pub mod browser;
#[cfg(feature = "desk")]
pub mod desk;
#[cfg(feature = "handheld")]
pub mod handheld;
pub mod part;
pub mod replica;
pub mod scan;
pub mod screen;
pub mod words;

#[cfg(feature = "view")]
use wasm_bindgen::prelude::wasm_bindgen;

/// What the browser runs once the wasm is loaded.
#[cfg(feature = "view")]
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    #[cfg(feature = "desk")]
    desk::start();
    #[cfg(all(feature = "handheld", not(feature = "desk")))]
    handheld::start();
}

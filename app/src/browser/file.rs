//! Hands a text to the person as a file: into the device's downloads, or to whatever it can share with.
//!
//! Absent: what is in it.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, FilePropertyBag, HtmlElement, Url};

/// How long the browser may take to fetch what it was given to download.
const FETCHED_MS: u32 = 60_000;
const KIND: &str = "text/plain";

/// Puts it into the downloads. `None`: the browser does not let us.
pub fn save(name: &str, text: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let kind = BlobPropertyBag::new();
    kind.set_type(KIND);
    let blob = Blob::new_with_str_sequence_and_options(&parts(text), &kind).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link: HtmlElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", name).ok()?;
    document.body()?.append_child(&link).ok()?;
    link.click();
    link.remove();
    gloo_timers::callback::Timeout::new(FETCHED_MS, move || drop(Url::revoke_object_url(&address))).forget();
    Some(())
}

/// Whether this device can hand files to other applications. (The typed binding of this interface is not stable, so it is
/// called by name.)
pub fn can_share() -> bool {
    file("trueup.txt", "").is_some_and(|shared| call("canShare", &shared).is_some_and(|can| can.is_truthy()))
}

/// Hands it to another application. False: it could not, or the person changed their mind.
pub async fn share(name: &str, text: &str) -> bool {
    let asked = file(name, text).and_then(|shared| call("share", &shared)?.dyn_into::<Promise>().ok());
    match asked {
        Some(asked) => JsFuture::from(asked).await.is_ok(),
        None => false,
    }
}

fn parts(text: &str) -> JsValue {
    Array::of1(&JsValue::from_str(text)).into()
}

fn file(name: &str, text: &str) -> Option<JsValue> {
    let kind = FilePropertyBag::new();
    kind.set_type(KIND);
    let file = File::new_with_str_sequence_and_options(&parts(text), name, &kind).ok()?;
    let shared = Object::new();
    Reflect::set(&shared, &"files".into(), &Array::of1(&file)).ok()?;
    Some(shared.into())
}

fn call(name: &str, argument: &JsValue) -> Option<JsValue> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let function: Function = Reflect::get(&navigator, &name.into()).ok()?.dyn_into().ok()?;
    function.call1(&navigator, argument).ok()
}

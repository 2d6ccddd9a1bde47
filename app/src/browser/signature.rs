//! Whether a server signed something: asked of the browser, which knows ECDSA over P-256 by itself.
//!
//! Absent: what was signed.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

/// Whether the owner of a public key (an uncompressed point) signed the message; `None` where the browser cannot tell.
pub async fn is_signed(key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let subtle = web_sys::window()?.crypto().ok()?.subtle();
    let curve = object(&[("name", "ECDSA"), ("namedCurve", "P-256")])?;
    let uses = Array::of1(&JsValue::from_str("verify"));
    let imported = subtle.import_key_with_object("raw", &Uint8Array::from(key), &curve, false, &uses).ok()?;
    let key: CryptoKey = JsFuture::from(imported).await.ok()?.dyn_into().ok()?;
    let scheme = object(&[("name", "ECDSA"), ("hash", "SHA-256")])?;
    let (message, signature) = (Uint8Array::from(message), Uint8Array::from(signature));
    let told =
        subtle.verify_with_object_and_buffer_source_and_buffer_source(&scheme, &key, &signature, &message).ok()?;
    JsFuture::from(told).await.ok()?.as_bool()
}

fn object(fields: &[(&str, &str)]) -> Option<Object> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    Some(object)
}

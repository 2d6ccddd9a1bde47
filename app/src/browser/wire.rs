//! One exchange of the handheld with its server: authorised by the device's secret, bytes back.
//!
//! Absent: cookies (a handheld has no session), a limit on waiting, repeating, and belief: `shared::sync` judges what came back.

use crate::replica::ports::{Answer, NoAnswer, Request};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestCredentials, RequestInit, Response};

/// Gives up what is on its way when nobody waits for it any more.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends and waits for the whole answer; dropped, the exchange is given up.
///
/// # Errors
/// [`NoAnswer::Offline`]
pub async fn exchange(request: Request<'_>) -> Result<Answer, NoAnswer> {
    let abort = Abort(AbortController::new().map_err(|_| NoAnswer::Offline)?);
    send(request, &abort.0).await.map_err(|_| NoAnswer::Offline)
}

async fn send(request: Request<'_>, abort: &AbortController) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json, application/octet-stream")?;
    if let Some(secret) = request.secret {
        headers.set("authorization", &format!("Bearer {secret}"))?;
    }
    let init = RequestInit::new();
    init.set_method(if request.json.is_some() { "POST" } else { "GET" });
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&abort.signal()));
    if let Some(json) = request.json {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(&json));
    }
    init.set_headers(&headers);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(request.path, &init)).await?.dyn_into()?;
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Answer { status: response.status(), bytes: Uint8Array::new(&buffer).to_vec() })
}

/// A value as it stands in a query.
pub fn encoded(value: &str) -> String {
    js_sys::encode_uri_component(value).into()
}

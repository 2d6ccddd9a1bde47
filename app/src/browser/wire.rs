//! One exchange of the handheld with its server: authorised by the device's secret, with a limit on waiting, bytes back.
//!
//! Absent: cookies (a handheld has no session), repeating, and belief: `shared::sync` judges what came back.

use super::wait::within;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestCredentials, RequestInit, Response};

/// What to send.
pub struct Request<'a> {
    /// Where; begins with `/`.
    pub path: &'a str,
    /// The device's secret.
    pub secret: Option<&'a str>,
    /// A JSON body makes it a POST.
    pub json: Option<String>,
}

/// What came back, whatever its status.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Whether the status is a success.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// No answer came: no network, no server, or it took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// It did not get through.
    Offline,
    /// It took longer than the limit.
    Timeout,
}

/// Sends and waits for the whole answer, at most `patience_ms`; then the exchange is given up.
///
/// # Errors
/// [`NoAnswer`]
pub async fn exchange(request: Request<'_>, patience_ms: u32) -> Result<Answer, NoAnswer> {
    let abort = AbortController::new().map_err(|_| NoAnswer::Offline)?;
    match within(patience_ms, send(request, &abort)).await {
        Some(answer) => answer.map_err(|_| NoAnswer::Offline),
        None => {
            abort.abort();
            Err(NoAnswer::Timeout)
        }
    }
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

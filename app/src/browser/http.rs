//! One HTTP exchange with the server the page came from: text out, text back, with a limit on waiting.
//!
//! Absent: what the texts mean (`crate::api`), and repeating.

use gloo_timers::callback::Timeout;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit, Response};

/// An answer, whatever its status.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The request did not get through.
    Offline,
    /// It took longer than the limit.
    Timeout,
}

/// Sends a request with an optional JSON body and waits for the whole answer, at most `patience_ms`.
///
/// # Errors
/// [`NoAnswer`]; a status of refusal is an answer.
pub async fn exchange(method: &str, path: &str, json: Option<String>, patience_ms: u32) -> Result<Answer, NoAnswer> {
    let late = Rc::new(Cell::new(false));
    let abort = AbortController::new().map_err(|_| NoAnswer::Offline)?;
    let timer = {
        let (late, abort) = (Rc::clone(&late), abort.clone());
        Timeout::new(patience_ms, move || {
            late.set(true);
            abort.abort();
        })
    };
    let answer = send(method, path, json, &abort).await;
    drop(timer);
    answer.map_err(|_| if late.get() { NoAnswer::Timeout } else { NoAnswer::Offline })
}

async fn send(method: &str, path: &str, json: Option<String>, abort: &AbortController) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(Some(&abort.signal()));
    if let Some(json) = json {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(&json));
    }
    init.set_headers(&headers);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()?;
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { status: response.status(), body })
}

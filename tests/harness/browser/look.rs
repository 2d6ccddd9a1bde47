//! The eyes: reading what a person sees, and waiting for it. Absent: sleeping for a time in the hope that it is enough.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Browser, tidy};
use crate::process::PATIENCE;

/// Between two looks at the page.
const LOOK_EVERY: Duration = Duration::from_millis(25);

impl Browser {
    /// The visible text of the first element that fits, with runs of white space as one space.
    pub async fn text(&self, css: &str) -> String {
        self.wait_for(css).await;
        self.find_text(css).await.unwrap_or_default()
    }

    /// The visible texts of all elements that fit, now.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let found =
            self.js_with("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", css).await;
        found.as_array().into_iter().flatten().map(|text| tidy(text.as_str().unwrap_or(""))).collect()
    }

    /// How many elements fit, now.
    pub async fn count(&self, css: &str) -> usize {
        self.texts(css).await.len()
    }

    /// Everything a person can read on the page.
    pub async fn body(&self) -> String {
        self.js("return document.body ? document.body.innerText : ''").await.as_str().unwrap_or("").to_owned()
    }

    async fn find_text(&self, css: &str) -> Option<String> {
        let script = "const e = document.querySelector(arguments[0]); return e && e.innerText";
        self.js_with(script, css).await.as_str().map(tidy)
    }

    // ---- waiting

    /// Waits until an element is there.
    pub async fn wait_for(&self, css: &str) {
        self.until(&format!("`{css}`"), async || self.find_text(css).await.is_some()).await;
    }

    /// Waits until no element fits.
    pub async fn wait_gone(&self, css: &str) {
        self.until(&format!("`{css}` gone"), async || self.find_text(css).await.is_none()).await;
    }

    /// Waits until the first element that fits reads exactly so.
    pub async fn wait_text(&self, css: &str, wanted: &str) {
        self.until(&format!("`{css}` reading {wanted:?}"), async || {
            self.find_text(css).await.is_some_and(|text| text == wanted)
        })
        .await;
    }

    /// Waits until any element that fits has this in its text.
    pub async fn wait_contains(&self, css: &str, part: &str) {
        self.until(&format!("a `{css}` with {part:?} in it"), async || {
            self.texts(css).await.iter().any(|text| text.contains(part))
        })
        .await;
    }

    /// Waits until so many elements fit.
    pub async fn wait_count(&self, css: &str, count: usize) {
        self.until(&format!("{count} × `{css}`"), async || self.count(css).await == count).await;
    }

    /// Waits until a script returns something true.
    pub async fn wait_js(&self, what: &str, script: &str) {
        self.wait_js_within(PATIENCE, what, script).await;
    }

    /// The same, for as long as is promised.
    pub async fn wait_js_within(&self, limit: Duration, what: &str, script: &str) {
        let is_so = async || match self.try_js(script, Vec::new()).await {
            Ok(value) => !matches!(value, Value::Null | Value::Bool(false)) && value != 0 && value != "",
            Err(_) => false,
        };
        self.until_within(limit, what, is_so).await;
    }

    pub(crate) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        self.until_within(PATIENCE, what, is_so).await;
    }

    async fn until_within(&self, limit: Duration, what: &str, is_so: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + limit;
        while !is_so().await {
            if Instant::now() > deadline {
                panic!("there never was {what}.\n{}", self.describe().await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Where the page is, what is on it, and what the console says.
    pub async fn describe(&self) -> String {
        let console = self.driver().browser_log().await.unwrap_or_default();
        let console: Vec<_> = console.iter().map(|entry| format!("{} {}", entry.level, entry.message)).collect();
        let (path, body) = (self.path().await, self.body().await);
        format!("-- at {path}, on the screen:\n{body}\n-- in the console:\n{}", console.join("\n"))
    }
}

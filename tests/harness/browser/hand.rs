//! The hands: clicks, typing, and the two kinds of scanner.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::time::Instant;

use super::wire::Wire;
use super::{Browser, tidy};
use crate::keyboard::{self, CTRL, SHIFT, Stroke};

impl Browser {
    /// Clicks the first element that fits, as soon as it can be clicked.
    pub async fn click(&self, css: &str) {
        self.until(&format!("a `{css}` to click"), async || match self.driver().find(By::Css(css)).await {
            Ok(element) => {
                let is_enabled = element.is_enabled().await.is_ok_and(|is_enabled| is_enabled);
                let is_clicked = is_enabled && element.click().await.is_ok();
                if !is_clicked {
                    // what lies behind the bar at the bottom is scrolled to, as a thumb would
                    let _ = element.scroll_into_view().await;
                }
                is_clicked
            }
            Err(_) => false,
        })
        .await;
    }

    /// Clicks the first element that fits and reads exactly so: `click_text("button", "Approve")`.
    pub async fn click_text(&self, css: &str, wanted: &str) {
        self.until(&format!("a `{css}` reading {wanted:?} to click"), async || {
            for element in self.driver().find_all(By::Css(css)).await.unwrap_or_default() {
                if element.text().await.is_ok_and(|text| tidy(&text) == wanted) {
                    return element.is_enabled().await.is_ok_and(|yes| yes) && element.click().await.is_ok();
                }
            }
            false
        })
        .await;
    }

    /// Empties a field and types into it.
    pub async fn type_into(&self, css: &str, text: &str) {
        self.until(&format!("a `{css}` to type into"), async || {
            let Ok(field) = self.driver().find(By::Css(css)).await else { return false };
            field.clear().await.is_ok() && field.send_keys(text).await.is_ok()
        })
        .await;
    }

    /// Chooses an option of a `<select>` by its value.
    pub async fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value=\"{value}\"]")).await;
    }

    /// Presses and releases a key by name, wherever the focus is: see [`keyboard::named`].
    pub async fn press(&self, key: &str) {
        let mut characters = key.chars();
        let stroke = match (characters.next(), characters.next()) {
            (Some(character), None) => keyboard::stroke(character),
            _ => keyboard::named(key),
        };
        self.strike(&stroke.unwrap_or_else(|| panic!("the keyboard has no key {key:?}"))).await;
    }

    /// The same while Shift is held.
    pub async fn press_with_shift(&self, key: &str) {
        let stroke = keyboard::named(key).unwrap_or_else(|| panic!("the keyboard has no key {key:?}"));
        self.strike(&Stroke { modifiers: SHIFT, ..stroke }).await;
    }

    /// A wedge scanner: the keys of a code without a pause, then Enter.
    ///
    /// # Source
    /// `HANDHELD.md` 1.1, channel A.
    pub async fn scan(&self, code: &str) {
        let commands: Vec<_> = strokes(code, true).iter().flat_map(|stroke| key_commands(stroke, None)).collect();
        self.with_wire(async |wire| wire.send(&commands).await).await;
    }

    /// A slower wedge scanner: a key every `gap`; 80 ms is a Zebra over Bluetooth. Returns the longest pause between two
    /// keys as the page saw it: on a busy machine it may be longer than any scanner's, and what comes of it is then of no
    /// account.
    pub async fn scan_at_pace(&self, code: &str, gap: Duration, suffix: bool) -> Duration {
        let listen = "window.heard ??= (addEventListener('keydown', event => {
                if (event.key.length === 1) window.heard.push(event.timeStamp);
            }, true), []);
            window.heard.length = 0";
        self.js(listen).await;
        self.with_wire(async |wire| {
            let began = Instant::now();
            for (n, stroke) in (0..).zip(strokes(code, suffix)) {
                tokio::time::sleep_until(began + gap * n).await;
                wire.post(&key_commands(&stroke, None)).await;
            }
            wire.send(&[("Runtime.evaluate", json!({"expression": "0"}))]).await;
        })
        .await;
        let longest = "return Math.ceil(Math.max(0, ...window.heard.slice(1).map((at, n) => at - window.heard[n])))";
        Duration::from_millis(self.js(longest).await.as_u64().expect("a pause"))
    }

    /// The same scanner while the page is busy from the first key to the last: the keys carry the times at which they were
    /// pressed, to the millisecond, and reach the page all at once when it is done.
    pub async fn scan_while_busy(&self, code: &str, gap: Duration, suffix: bool) {
        let strokes = strokes(code, suffix);
        let keys = u32::try_from(strokes.len()).expect("a code");
        self.block(gap * keys + Duration::from_millis(150)).await;
        let began = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let at = |n: u32| (began + gap * n).as_secs_f64();
        let commands: Vec<_> = (0..).zip(&strokes).flat_map(|(n, stroke)| key_commands(stroke, Some(at(n)))).collect();
        self.with_wire(async |wire| wire.send(&commands).await).await;
    }

    async fn with_wire(&self, act: impl AsyncFnOnce(&mut Wire)) {
        let running = self.running();
        let mut wire = running.wire.lock().await;
        if wire.is_none() {
            let target = running.driver.window().await.expect("the page has a number");
            *wire = Some(Wire::open(self.profile.path(), &target.to_string()).await);
        }
        act(wire.as_mut().expect("it was just opened")).await;
    }

    /// A wedge scanner, key by key: each waits until the one before has been dealt with, and for `gap`.
    pub async fn scan_with_gap(&self, code: &str, gap: Duration) {
        for character in code.chars() {
            self.strike(&scanned(character, code)).await;
            tokio::time::sleep(gap).await;
        }
        self.press("Enter").await;
    }

    /// A scanner that commits its text through the input method, whole and without a key; add `"\n"` for a suffix.
    ///
    /// # Source
    /// `HANDHELD.md` 1.1, channel B.
    pub async fn scan_ime(&self, code: &str) {
        self.cdp("Input.insertText", json!({"text": code})).await;
    }

    /// A scanner whose text comes character by character; some announce each with a key that nobody can read.
    ///
    /// # Source
    /// `HANDHELD.md` 1.1, channel C.
    pub async fn scan_ime_by_character(&self, code: &str, with_keys: bool) {
        for character in code.chars() {
            if with_keys {
                self.cdp("Input.dispatchKeyEvent", key("rawKeyDown", "Unidentified", "", 229, "", 0)).await;
            }
            self.cdp("Input.insertText", json!({"text": character.to_string()})).await;
        }
    }

    /// An input method that composes the code before it commits it.
    pub async fn scan_composed(&self, code: &str) {
        let end = code.len();
        self.cdp("Input.imeSetComposition", json!({"text": code, "selectionStart": end, "selectionEnd": end})).await;
        self.cdp("Input.insertText", json!({"text": code})).await;
    }

    /// Keys of a part of a code, with a pause after each and no Enter: a scan that is not whole yet.
    pub async fn scan_part(&self, part: &str, gap: Duration) {
        for character in part.chars() {
            self.strike(&scanned(character, part)).await;
            tokio::time::sleep(gap).await;
        }
    }

    /// Keeps the page from doing anything for a while, from now on.
    pub async fn block(&self, pause: Duration) {
        let script = "const until = performance.now() + arguments[0];
            setTimeout(() => { while (performance.now() < until); }, 0)";
        let script = script.replace("arguments[0]", &pause.as_millis().to_string());
        self.js(&script).await;
    }

    async fn strike(&self, stroke: &Stroke) {
        for event in events(stroke) {
            self.cdp("Input.dispatchKeyEvent", event).await;
        }
    }
}

fn scanned(character: char, code: &str) -> Stroke {
    keyboard::stroke(character).unwrap_or_else(|| panic!("a scanner has no key for {character:?} in {code:?}"))
}

/// The keys of a code, and Enter behind them.
fn strokes(code: &str, suffix: bool) -> Vec<Stroke> {
    let enter = suffix.then(|| keyboard::named("Enter").expect("the keyboard has Enter"));
    code.chars().map(|character| scanned(character, code)).chain(enter).collect()
}

/// What brings one key to the page; `at` is when it was pressed, in seconds since 1970, else now.
fn key_commands(stroke: &Stroke, at: Option<f64>) -> Vec<(&'static str, Value)> {
    let stamped = |mut event: Value| {
        if let Some(at) = at {
            event["timestamp"] = json!(at);
        }
        ("Input.dispatchKeyEvent", event)
    };
    events(stroke).into_iter().map(stamped).collect()
}

/// The events of one key pressed and released, with its modifier around it.
fn events(stroke: &Stroke) -> Vec<Value> {
    let modifier = match stroke.modifiers {
        SHIFT => Some(("Shift", "ShiftLeft", 16)),
        CTRL => Some(("Control", "ControlLeft", 17)),
        _ => None,
    };
    let Stroke { key: name, code, key_code, text, modifiers } = stroke;
    let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
    let mut events =
        vec![key(down, name, code, *key_code, text, *modifiers), key("keyUp", name, code, *key_code, "", *modifiers)];
    if let Some((name, code, number)) = modifier {
        events.insert(0, key("rawKeyDown", name, code, number, "", stroke.modifiers));
        events.push(key("keyUp", name, code, number, "", 0));
    }
    events
}

fn key(kind: &str, key: &str, code: &str, number: u32, text: &str, modifiers: u8) -> Value {
    let mut event = json!({
        "type": kind, "key": key, "code": code, "modifiers": modifiers,
        "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number,
    });
    if !text.is_empty() {
        event["text"] = json!(text);
        event["unmodifiedText"] = json!(text);
    }
    event
}

//! A real Chromium, driven through Debian's chromedriver: a phone-sized handheld or a desk, each with a profile of its
//! own, that can be killed like a battery pulled out and started again on what it had on disk.
//!
//! Reading and waiting go by CSS selector and by what a person sees (`innerText`). Each wait has a limit, and a wait that
//! fails shows the page and the console. Absent: the page's "offline" switch, see [`crate::proxy`].

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

use crate::keyboard::{self, CTRL, SHIFT, Stroke};
use crate::process::{self, PATIENCE, Process};

/// Between two looks at the page.
const LOOK_EVERY: Duration = Duration::from_millis(25);

const FLAGS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-crash-restore-bubble",
    "--mute-audio",
];

/// What is held in the hand or stands on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 360 × 640 at two pixels to one, with touch.
    Handheld,
    /// 1280 × 800.
    Desk,
}

impl Screen {
    fn size(self) -> (u32, u32) {
        match self {
            Self::Handheld => (360, 640),
            Self::Desk => (1280, 800),
        }
    }
}

/// One browser on one profile, with one page.
pub struct Browser {
    base: String,
    screen: Screen,
    throttle: u32,
    profile: TempDir,
    running: Option<Running>,
    errors: Vec<String>,
}

struct Running {
    driver: WebDriver,
    /// the leader of the group that the browser is in, too
    chromedriver: Process,
    main: u32,
}

impl Browser {
    /// Starts a browser with an empty profile. `base` is the address of a server or a proxy, as their `url()` gives it.
    pub async fn open(base: &str, screen: Screen) -> Self {
        let profile = tempfile::Builder::new().prefix("trueup-browser-").tempdir().expect("a temporary folder");
        let mut browser = Self {
            base: base.trim_end_matches('/').to_owned(),
            screen,
            throttle: 1,
            profile,
            running: None,
            errors: Vec::new(),
        };
        browser.start().await;
        browser
    }

    async fn start(&mut self) {
        // a process group of its own, so that one signal ends the browser with its storage and network processes
        let chromedriver =
            Process::start("chromedriver", Command::new("chromedriver").arg("--port=0").process_group(0));
        let port = chromedriver.wait_line("its port", |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let mut wanted = DesiredCapabilities::chrome();
        let (width, height) = self.screen.size();
        let arguments =
            [format!("--user-data-dir={}", self.profile.path().display()), format!("--window-size={width},{height}")];
        wanted.set_binary(chromium()).expect("a capability");
        for argument in FLAGS.into_iter().chain(arguments.iter().map(String::as_str)) {
            wanted.add_arg(argument).expect("a capability");
        }
        wanted.set_browser_log_level(thirtyfour::LoggingPrefsLogLevel::All).expect("a capability");
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await;
        let driver = driver.unwrap_or_else(|error| panic!("no browser: {error}\n{}", chromedriver.output()));
        let main = main_process(self.profile.path());
        driver.set_script_timeout(PATIENCE).await.expect("a time limit");
        self.running = Some(Running { driver, chromedriver, main });
        let is_handheld = self.screen == Screen::Handheld;
        let density = if is_handheld { 2 } else { 1 };
        let size = json!({"width": width, "height": height, "deviceScaleFactor": density, "mobile": is_handheld});
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
        self.cdp("Emulation.setTouchEmulationEnabled", json!({"enabled": is_handheld})).await;
        if self.throttle != 1 {
            self.throttle(self.throttle).await;
        }
    }

    /// thirtyfour's own handle, for what is not here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.running.as_ref().expect("the browser was killed or closed; restart it first").driver
    }

    /// Sends a command of the Chrome DevTools Protocol.
    pub async fn cdp(&self, method: &str, parameters: Value) -> Value {
        let sent = self.driver().cdp().send_raw(method, parameters).await;
        sent.unwrap_or_else(|error| panic!("{method} failed: {error}"))
    }

    /// Slows the page's processor down so many times; 6 is a cheap phone. Stays through restarts.
    pub async fn throttle(&mut self, rate: u32) {
        self.throttle = rate;
        self.cdp("Emulation.setCPUThrottlingRate", json!({"rate": rate})).await;
    }

    // ---- going somewhere

    /// Opens a path below the base address, and waits for the page to have loaded.
    pub async fn goto(&self, path: &str) {
        let address = format!("{}{path}", self.base);
        let went = self.driver().goto(&address).await;
        went.unwrap_or_else(|error| panic!("cannot open {address}: {error}"));
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.driver().refresh().await.unwrap_or_else(|error| panic!("cannot reload: {error}"));
    }

    /// The path, query and fragment of the page.
    pub async fn path(&self) -> String {
        self.js("return location.pathname + location.search + location.hash").await.as_str().unwrap_or("").to_owned()
    }

    /// Waits until the handheld's service worker answers for this page, so that the server may go.
    pub async fn wait_controlled(&self) {
        self.wait_js("a service worker that controls the page", "return !!navigator.serviceWorker.controller").await;
    }

    // ---- reading

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
        self.until(what, async || match self.try_js(script, Vec::new()).await {
            Ok(value) => !matches!(value, Value::Null | Value::Bool(false)) && value != 0 && value != "",
            Err(_) => false,
        })
        .await;
    }

    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
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

    // ---- doing

    /// Clicks the first element that fits, as soon as it can be clicked.
    pub async fn click(&self, css: &str) {
        self.until(&format!("a `{css}` to click"), async || match self.driver().find(By::Css(css)).await {
            Ok(element) => {
                element.is_enabled().await.is_ok_and(|is_enabled| is_enabled) && element.click().await.is_ok()
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

    /// A wedge scanner: the keys of a code without a pause, then Enter.
    ///
    /// # Source
    /// `HANDHELD.md` 1.1, channel A.
    pub async fn scan(&self, code: &str) {
        self.scan_with_gap(code, Duration::ZERO).await;
    }

    /// A slower wedge scanner, with a pause after each key; 80 ms is a Zebra over Bluetooth.
    pub async fn scan_with_gap(&self, code: &str, gap: Duration) {
        for character in code.chars() {
            let stroke = keyboard::stroke(character);
            self.strike(&stroke.unwrap_or_else(|| panic!("a scanner has no key for {character:?} in {code:?}"))).await;
            if !gap.is_zero() {
                tokio::time::sleep(gap).await;
            }
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

    async fn strike(&self, stroke: &Stroke) {
        let modifier = match stroke.modifiers {
            SHIFT => Some(("Shift", "ShiftLeft", 16)),
            CTRL => Some(("Control", "ControlLeft", 17)),
            _ => None,
        };
        if let Some((key, code, number)) = modifier {
            self.key("rawKeyDown", key, code, number, "", stroke.modifiers).await;
        }
        let Stroke { key, code, key_code, text, modifiers } = stroke;
        let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        self.key(down, key, code, *key_code, text, *modifiers).await;
        self.key("keyUp", key, code, *key_code, "", *modifiers).await;
        if let Some((key, code, number)) = modifier {
            self.key("keyUp", key, code, number, "", 0).await;
        }
    }

    async fn key(&self, kind: &str, key: &str, code: &str, number: u32, text: &str, modifiers: u8) {
        let mut event = json!({
            "type": kind, "key": key, "code": code, "modifiers": modifiers,
            "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number,
        });
        if !text.is_empty() {
            event["text"] = json!(text);
            event["unmodifiedText"] = json!(text);
        }
        self.cdp("Input.dispatchKeyEvent", event).await;
    }

    // ---- scripts and pictures

    /// Runs a script (`return …`) in the page.
    pub async fn js(&self, script: &str) -> Value {
        self.try_js(script, Vec::new()).await.unwrap_or_else(|error| panic!("script failed: {error}\n{script}"))
    }

    /// Runs a script that calls `arguments[0]` with its result when it is done.
    pub async fn js_async(&self, script: &str) -> Value {
        let ran = self.driver().execute_async(script, Vec::new()).await;
        ran.unwrap_or_else(|error| panic!("script failed: {error}\n{script}")).json().clone()
    }

    async fn js_with(&self, script: &str, argument: &str) -> Value {
        // while a page is being replaced there is none to ask; the next look will find it
        self.try_js(script, vec![json!(argument)]).await.unwrap_or(Value::Null)
    }

    async fn try_js(&self, script: &str, arguments: Vec<Value>) -> WebDriverResult<Value> {
        Ok(self.driver().execute(script, arguments).await?.json().clone())
    }

    /// Writes a picture of the page, as PNG.
    pub async fn screenshot(&self, file: &Path) {
        self.driver().screenshot(file).await.unwrap_or_else(|error| panic!("no screenshot: {error}"));
    }

    // ---- the console

    /// What the console has said at the level of errors since the browser was opened, oldest first: uncaught errors,
    /// panics, refusals of the content security policy, and requests that failed. What was said just before a
    /// [`Browser::kill9`] died with it.
    pub async fn errors(&mut self) -> Vec<String> {
        if self.running.is_some() {
            let entries = self.driver().browser_log().await.unwrap_or_default();
            self.errors.extend(entries.into_iter().filter(|one| one.level == "SEVERE").map(|one| one.message));
        }
        self.errors.clone()
    }

    /// Fails when the console holds an error that is not just a request that failed: a dead server is normal here, a
    /// panic is not.
    pub async fn expect_no_errors(&mut self) {
        let mut errors = self.errors().await;
        errors.retain(|error| !error.contains("Failed to load resource"));
        assert!(errors.is_empty(), "the console has errors:\n{}", errors.join("\n"));
    }

    // ---- dying and coming back

    /// SIGKILL to every process of the browser at once, with no word to the page before it.
    pub fn kill9(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
            wait_released(self.profile.path());
        }
    }

    /// Closes the browser as a person does.
    pub async fn close(&mut self) {
        let _ = self.errors().await;
        if let Some(running) = self.running.take() {
            let Running { driver, chromedriver, main } = running;
            let _ = driver.quit().await;
            process::wait_gone(main);
            process::signal_group(chromedriver.id(), "KILL");
            wait_released(self.profile.path());
        }
    }

    /// Starts it again on the same profile; kills it first when it still runs. The page is empty until [`Browser::goto`].
    pub async fn restart(&mut self) {
        self.kill9();
        for name in ["SingletonLock", "SingletonCookie", "SingletonSocket"] {
            let _ = std::fs::remove_file(self.profile.path().join(name));
        }
        self.start().await;
    }
}

impl Running {
    fn kill(self) {
        process::signal_group(self.chromedriver.id(), "KILL");
        process::wait_gone(self.main);
        // the session is dead; saying goodbye to it would only wait
        let _ = self.driver.leak();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.kill9();
    }
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Debian's place first; `CHROMIUM` names another.
fn chromium() -> &'static str {
    static CHROMIUM: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    CHROMIUM.get_or_init(|| match std::env::var("CHROMIUM") {
        Ok(path) => path,
        Err(_) => {
            let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
            let found = known.into_iter().find(|path| Path::new(path).is_file());
            found.expect("Chromium is not installed; tests/run installs it").to_owned()
        }
    })
}

/// The browser's main process: its children say `--type=`, and chromedriver does not name the profile.
fn main_process(profile: &Path) -> u32 {
    let found = processes_on(profile).into_iter().find(|(_, line)| !line.contains("--type="));
    found.expect("the browser that has just started").0
}

/// Waits until no process writes to the profile any more.
fn wait_released(profile: &Path) {
    for (id, _) in processes_on(profile) {
        process::wait_gone(id);
    }
}

/// The processes that name the profile, with their command lines.
fn processes_on(profile: &Path) -> Vec<(u32, String)> {
    let wanted = format!("--user-data-dir={}", profile.display());
    let entries = std::fs::read_dir("/proc").expect("a /proc");
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    ids.filter_map(|id| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.contains(&wanted).then_some((id, line))
    })
    .collect()
}

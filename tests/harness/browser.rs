//! A real Chromium, driven through Debian's chromedriver: a phone-sized handheld or a desk, each with a profile of its
//! own, that can be killed like a battery pulled out and started again on what it had on disk.
//!
//! Reading and waiting go by CSS selector and by what a person sees (`innerText`). Each wait has a limit, and a wait that
//! fails shows the page and the console. Absent: the page's "offline" switch, see [`crate::proxy`].

mod hand;
mod journal;
mod look;
mod print;
pub mod profile;
mod tab;
mod watch;
mod wire;

pub use journal::Kept;
pub use print::Printed;
pub use watch::Seen;

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

use crate::process::{self, PATIENCE, Process};
use crate::tls::Certificate;

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
    is_watched: bool,
    watch: watch::Watch,
    /// more to start it with
    flags: Vec<String>,
}

/// What a browser is started with.
struct Start {
    profile: TempDir,
    is_watched: bool,
    flags: Vec<String>,
}

impl Start {
    fn plain() -> Self {
        Self { profile: profile_in(&std::env::temp_dir()), is_watched: false, flags: Vec::new() }
    }
}

struct Running {
    driver: WebDriver,
    /// the leader of the group that the browser is in, too
    chromedriver: Process,
    main: u32,
    wire: tokio::sync::Mutex<Option<wire::Wire>>,
}

/// A driver and its port. It takes a free one for IPv6 and wants the same for IPv4, where somebody else may have it: then
/// it ends, and another one is started.
fn start_driver() -> (Process, u16) {
    let started = "started successfully on port ";
    let start = || {
        // a process group of its own, so that one signal ends the browser with its storage and network processes
        Process::start("chromedriver", Command::new("chromedriver").arg("--port=0").process_group(0))
    };
    let mut driver = start();
    for _ in 1..DRIVERS_MAX {
        if driver.wait_line_or_end(|line| line.contains(started)) {
            break;
        }
        driver = start();
    }
    let port = driver.wait_line("its port", |line| {
        let (_, port) = line.split_once(started)?;
        port.trim_end_matches('.').parse::<u16>().ok()
    });
    (driver, port)
}

/// How often a driver is started that finds its port taken.
const DRIVERS_MAX: usize = 5;

impl Browser {
    /// Starts a browser with an empty profile. `base` is the address of a server or a proxy, as their `url()` gives it.
    pub async fn open(base: &str, screen: Screen) -> Self {
        Self::begin(base, screen, Start::plain()).await
    }

    /// The same, with its profile on another file system.
    pub async fn open_on(folder: &Path, base: &str, screen: Screen) -> Self {
        Self::begin(base, screen, Start { profile: profile_in(folder), ..Start::plain() }).await
    }

    /// The same, trusting this certificate and no other that it does not know, as a handheld that was set up for it.
    pub async fn open_trusting(certificate: &Certificate, base: &str, screen: Screen) -> Self {
        let hash = base64::engine::general_purpose::STANDARD.encode(certificate.key_hash());
        let flags = vec![format!("--ignore-certificate-errors-spki-list={hash}")];
        Self::begin(base, screen, Start { flags, ..Start::plain() }).await
    }

    /// The same, at a name that this browser finds on this machine, as one finds a server on a network.
    pub async fn open_named(name: &str, base: &str, screen: Screen) -> Self {
        let flags = vec![format!("--host-resolver-rules=MAP {name} 127.0.0.1")];
        let base = base.replace("127.0.0.1", name);
        Self::begin(&base, screen, Start { flags, ..Start::plain() }).await
    }

    /// The same, with every response kept for [`Browser::responses`].
    pub async fn open_watched(base: &str, screen: Screen) -> Self {
        Self::begin(base, screen, Start { is_watched: true, ..Start::plain() }).await
    }

    /// The same, with a camera before which this film (Y4M) runs again and again.
    pub async fn open_filming(base: &str, screen: Screen, film: &Path) -> Self {
        let file = format!("--use-file-for-fake-video-capture={}", film.display());
        let flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", &file];
        let flags = flags.map(str::to_owned).into();
        Self::begin(base, screen, Start { flags, ..Start::plain() }).await
    }

    async fn begin(base: &str, screen: Screen, start: Start) -> Self {
        let mut browser = Self {
            base: base.trim_end_matches('/').to_owned(),
            screen,
            throttle: 1,
            profile: start.profile,
            running: None,
            errors: Vec::new(),
            is_watched: start.is_watched,
            watch: watch::Watch::default(),
            flags: start.flags,
        };
        browser.start().await;
        browser
    }

    async fn start(&mut self) {
        let (chromedriver, port) = start_driver();
        let mut wanted = DesiredCapabilities::chrome();
        let (width, height) = self.screen.size();
        let arguments =
            [format!("--user-data-dir={}", self.profile.path().display()), format!("--window-size={width},{height}")];
        wanted.set_binary(chromium()).expect("a capability");
        let arguments: Vec<&String> = arguments.iter().chain(&self.flags).collect();
        for argument in FLAGS.into_iter().chain(arguments.into_iter().map(String::as_str)) {
            wanted.add_arg(argument).expect("a capability");
        }
        wanted.set_browser_log_level(thirtyfour::LoggingPrefsLogLevel::All).expect("a capability");
        if self.is_watched {
            wanted.set_logging_prefs("performance", thirtyfour::LoggingPrefsLogLevel::All).expect("a capability");
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await;
        let driver = driver.unwrap_or_else(|error| panic!("no browser: {error}\n{}", chromedriver.output()));
        let main = main_process(self.profile.path());
        driver.set_script_timeout(PATIENCE).await.expect("a time limit");
        self.running = Some(Running { driver, chromedriver, main, wire: tokio::sync::Mutex::new(None) });
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
        &self.running().driver
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the browser was killed or closed; restart it first")
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
            let Running { driver, chromedriver, main, .. } = running;
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

/// A folder of its own for a profile.
fn profile_in(folder: &Path) -> TempDir {
    tempfile::Builder::new().prefix("trueup-browser-").tempdir_in(folder).expect("a temporary folder")
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

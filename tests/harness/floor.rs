//! A handheld in somebody's hand: the counting application in a phone-sized browser, driven as a counter drives it, with
//! a ledger of everything that its screen has ticked.
//!
//! The ledger is the oracle of `SYNC.md` section 10: what is in it must be on the server, once. Absent: reading anything
//! that a person cannot see, except through [`Floor::browser`].

use std::cell::RefCell;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::browser::{Browser, Kept, Screen};
use crate::process::PATIENCE;
use crate::warehouse::{PASSWORD, Warehouse};

/// Nobody pulls a trigger again sooner; `HANDHELD.md` 1.4 takes the same code within 250 ms for the hardware's doing.
const TRIGGER_PAUSE: Duration = Duration::from_millis(300);

/// How the scanner of a handheld speaks (`HANDHELD.md` 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// Key events, channel A.
    Keys,
    /// Committed text, channel B.
    Text,
}

/// Something the screen has ticked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticked {
    /// The handheld.
    pub device: String,
    /// The bin on the screen.
    pub bin: String,
    /// The item in hand.
    pub sku: String,
    /// What was keyed, or `None` for a scan.
    pub keyed: Option<String>,
}

/// A handheld.
pub struct Floor {
    /// Its browser.
    pub browser: Browser,
    /// What is written on it.
    pub name: String,
    /// Everything its screen has ticked, oldest first.
    pub ledger: Vec<Ticked>,
    /// What was entered and not seen ticked: it may be on the disk or not, but not twice.
    pub tried: Vec<Ticked>,
    scanner: Scanner,
    bin: String,
    free_at: Instant,
}

impl Floor {
    /// A new handheld, connected to the warehouse by a code that is typed in.
    pub async fn enrol(warehouse: &Warehouse, name: &str, scanner: Scanner) -> Self {
        let browser = Browser::open(&warehouse.server.url(), Screen::Handheld).await;
        let code = warehouse.enrolment_code(name).await;
        Self::connect(browser, name, scanner, &code).await
    }

    /// A new handheld in a browser that is already open.
    pub async fn connect(browser: Browser, name: &str, scanner: Scanner, code: &str) -> Self {
        browser.goto("/").await;
        browser.type_into("[data-test=enrol-code]", code).await;
        browser.click("[data-test=enrol-go]").await;
        browser.wait_for("[data-test=user]").await;
        let free_at = Instant::now();
        Self {
            browser,
            name: name.to_owned(),
            ledger: Vec::new(),
            tried: Vec::new(),
            scanner,
            bin: String::new(),
            free_at,
        }
    }

    /// Somebody takes it, and it has everything it needs to work without a network.
    pub async fn sign_in(&self, username: &str) {
        self.browser.type_into("[data-test=user]", username).await;
        self.browser.type_into("[data-test=password]", PASSWORD).await;
        self.browser.click("[data-test=sign-in]").await;
        self.browser.wait_for("[data-test=task-list]").await;
        self.browser.wait_controlled().await;
        let whole = "return !document.querySelector('.list .warn') && document.querySelector('[data-test=tasks-left]')";
        self.browser.wait_js("a whole catalogue", whole).await;
    }

    /// Waits until a bin is in the list, in this round.
    pub async fn wait_task(&self, bin: &str, round: u8) {
        self.browser.wait_for(&format!("[data-test=task][data-location='{bin}'][data-round='{round}']")).await;
    }

    /// The bins in the list that are not done.
    pub async fn tasks(&self) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll('[data-test=task][data-state=todo]')].map(e => e.dataset.location)";
        let found = self.browser.js(script).await;
        found.as_array().into_iter().flatten().map(|code| code.as_str().unwrap_or("").to_owned()).collect()
    }

    /// One pull of the trigger.
    pub async fn scan(&mut self, code: &str) {
        sleep_until(self.free_at).await;
        match self.scanner {
            Scanner::Keys => self.browser.scan(code).await,
            Scanner::Text => self.browser.scan_ime(code).await,
        }
        self.free_at = Instant::now() + TRIGGER_PAUSE;
    }

    /// Scans a bin's label, and waits for the bin.
    pub async fn open_bin(&mut self, code: &str) {
        self.scan(code).await;
        self.browser.wait_text("[data-test=bin-code]", code).await;
        self.browser.wait_for("[data-test=last-scan]").await;
        self.bin = code.to_owned();
    }

    /// Scans an item, and waits for the tick beside its new total.
    pub async fn count(&mut self, barcode: &str, sku: &str, total: &str) {
        self.scan(barcode).await;
        self.wait_ticked(sku, total).await;
        self.tick(sku, None);
    }

    /// Keys the total of the item in hand, and waits for the tick.
    pub async fn key(&mut self, sku: &str, total: &str) {
        for digit in total.chars() {
            self.browser.click(&format!("[data-test=key-{digit}]")).await;
        }
        self.browser.wait_text("[data-test=big-quantity]", total).await;
        self.confirm(sku, total).await;
    }

    /// Enters the total that has been typed, and waits for the tick.
    pub async fn confirm(&mut self, sku: &str, total: &str) {
        self.browser.click("[data-test=key-ok]").await;
        self.wait_ticked(sku, total).await;
        self.tick(sku, Some(total.to_owned()));
    }

    /// Scans an item by its number, and does not wait for anything.
    pub async fn try_scan(&mut self, sku: &str) {
        let entry = self.entry(sku, None);
        self.tried.push(entry);
        self.scan(sku).await;
    }

    /// What was tried in the open bin has been ticked, as somebody saw.
    pub fn was_ticked(&mut self, sku: &str) {
        let entry = self.entry(sku, None);
        let at = self.tried.iter().rposition(|tried| *tried == entry).expect("something was tried");
        self.ledger.push(self.tried.remove(at));
    }

    /// The bin that is open in the tab that is looked at now.
    pub fn go_on_in(&mut self, bin: &str) {
        self.bin = bin.to_owned();
    }

    fn entry(&self, sku: &str, keyed: Option<String>) -> Ticked {
        Ticked { device: self.name.clone(), bin: self.bin.clone(), sku: sku.to_owned(), keyed }
    }

    fn tick(&mut self, sku: &str, keyed: Option<String>) {
        let entry = self.entry(sku, keyed);
        self.ledger.push(entry);
    }

    /// Waits until the screen says that this item with this total is on the disk.
    pub async fn wait_ticked(&self, sku: &str, total: &str) {
        let script = format!(
            "const text = name => document.querySelector(`[data-test=${{name}}]`)?.innerText.trim();
             const is = (name, key, value) => document.querySelector(`[data-test=${{name}}]`)?.dataset[key] === value;
             // large numbers are shown in groups
             return text('hand-sku') === {sku:?} && text('big-quantity')?.replaceAll(',', '') === {total:?}
                 && is('big-quantity', 'fate', 'saved') && is('tick-saved', 'state', 'yes')"
        );
        self.browser.wait_js(&format!("a tick beside {total} of {sku}"), &script).await;
    }

    /// Says that the bin is done, and waits for the list.
    pub async fn done(&self) {
        self.browser.click("[data-test=done]").await;
        self.browser.wait_for("[data-test=task-list]").await;
    }

    /// The number still waiting, as the screen says it.
    pub async fn waiting(&self) -> u64 {
        let text = self.browser.text("[data-test=waiting]").await;
        text.parse().unwrap_or_else(|_| panic!("`{text}` is waiting"))
    }

    /// The number waiting and where the logs stand on the handheld's disk, once the two say the same: neither fewer are
    /// shown nor more (I12).
    ///
    /// # Panics
    /// Where they do not come to agree.
    pub async fn waiting_truly(&self) -> (u64, Vec<Kept>) {
        let agreed = RefCell::new(None);
        self.browser
            .until("as many shown as waiting as are pending on its disk (I12)", async || {
                let (shown, kept) = (self.waiting().await, self.browser.logs().await);
                let is_so = kept.iter().map(Kept::pending).sum::<u64>() == shown;
                agreed.replace(is_so.then_some((shown, kept)));
                is_so
            })
            .await;
        agreed.into_inner().expect("it was just waited for")
    }

    /// Waits until nothing waits any more and everything is on the server.
    pub async fn wait_drained(&self) {
        self.wait_drained_within(PATIENCE).await;
    }

    /// The same, for as long as is promised.
    pub async fn wait_drained_within(&self, limit: Duration) {
        let drained = "return document.querySelector('[data-test=waiting]')?.innerText.trim() === '0'
            && document.querySelector('[data-test=tick-server]')?.dataset.state === 'yes'";
        self.browser.wait_js_within(limit, "a handheld with nothing that waits", drained).await;
    }
}

//! No pointer at all: a counter from signing in to the end of a visit, and a supervisor from signing in to a decision.
//! After every key the focus is somewhere, and it can be seen.

use std::time::Duration;

use shared::event::EventKind;
use tests::browser::{Browser, Screen};
use tests::floor::{Floor, Scanner};
use tests::handheld::Handheld;
use tests::record;
use tests::server::Launch;
use tests::warehouse::{PASSWORD, Warehouse};

/// Between two keys of a person; what comes sooner after another key is a scanner's.
const KEY_PAUSE: Duration = Duration::from_millis(180);
/// More steps than any screen has.
const STEPS_MAX: usize = 60;

/// Why the focus cannot be seen; null where it can. What listens to the scanner has no place of its own: the sign that a
/// scan would be heard stands for it.
const UNSEEN: &str = "
const active = document.activeElement, root = document.documentElement;
let shown = active;
if (!active || active === document.body || active === root || active.id === 'ears') {
    shown = document.querySelector('[data-test=status-pill]');
    if (!shown) return 'nothing has the focus';
}
const style = getComputedStyle(shown), after = getComputedStyle(shown, '::after');
const lined = one => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2;
const name = `${shown.tagName} ${shown.dataset.test ?? shown.className} “${(shown.innerText ?? '').slice(0, 30)}”`;
if (!lined(style) && !lined(after) && style.boxShadow === 'none') return `no line around ${name}`;
const rect = shown.getBoundingClientRect();
if (rect.width < 2 || rect.height < 2) return `${name} has no size`;
if (rect.bottom <= 0 || rect.top >= innerHeight || rect.right <= 0 || rect.left >= innerWidth) return `${name} is not on the screen`;
const y = Math.min(Math.max((rect.top + rect.bottom) / 2, 1), innerHeight - 1);
const hit = document.elementFromPoint((rect.left + rect.right) / 2, y);
return hit && (shown.contains(hit) || hit.contains(shown)) ? null : `${name} is covered`;
";

/// Somebody with ten fingers and no mouse.
struct Hands<'a>(&'a Browser);

impl Hands<'_> {
    /// One key, and a look at where the focus is.
    async fn press(&self, key: &str) {
        self.0.press(key).await;
        tokio::time::sleep(KEY_PAUSE).await;
        self.look(key).await;
    }
    async fn look(&self, key: &str) {
        let seen = format!("return (() => {{ {UNSEEN} }})() === null");
        let first = self.0.js(UNSEEN).await;
        if !first.is_null() {
            // what comes over the network takes a moment
            let what = format!("a focus that is seen after {key}, which says {first}");
            self.0.wait_js(&what, &seen).await;
        }
    }
    async fn back_tab(&self) {
        self.0.press_with_shift("Tab").await;
        tokio::time::sleep(KEY_PAUSE).await;
        self.look("Shift+Tab").await;
    }
    /// Tab until the focus is there.
    async fn reach(&self, css: &str) {
        tokio::time::sleep(2 * KEY_PAUSE).await;
        self.walk_to(css, async || self.press("Tab").await).await;
    }
    /// The same from the other end.
    async fn reach_back(&self, css: &str) {
        self.walk_to(css, async || self.back_tab().await).await;
    }
    async fn walk_to(&self, css: &str, step: impl AsyncFn()) {
        self.0.wait_for(css).await;
        for _ in 0..STEPS_MAX {
            if self.0.js(&format!("return document.activeElement.matches({css:?})")).await == true {
                return;
            }
            step().await;
        }
        panic!("no key leads to {css}\n{}", self.0.describe().await);
    }
    async fn enter(&self) {
        self.press("Enter").await;
    }
    /// A text, key by key, where the focus is.
    async fn write(&self, text: &str) {
        for character in text.chars() {
            self.0.press(&character.to_string()).await;
        }
        tokio::time::sleep(2 * KEY_PAUSE).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_counts_corrects_and_finishes_a_bin_by_keys_alone() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("items", "sku,description,barcodes\nNUT,Nut M8,4006381333931\nBOLT,Bolt M8,4006381333948\n");
    warehouse.import_text("locations", "code,zone,aisle,bay\nA-01,A,1,1\nA-02,A,1,2\n");
    warehouse.person("cara", &["counter"]).await;
    let lead = warehouse.person("lena", &["lead"]).await;
    lead.count_bin("A-01").await;
    let code = warehouse.enrolment_code("H-01").await;
    let browser = Browser::open(&warehouse.server.url(), Screen::Handheld).await;
    browser.goto("/").await;
    browser.wait_for("[data-test=enrol-code]").await;
    let hands = Hands(&browser);
    hands.reach("[data-test=enrol-code]").await;
    hands.write(&code).await;
    hands.enter().await;
    hands.reach("[data-test=user]").await;
    hands.write("cara").await;
    hands.reach("[data-test=password]").await;
    hands.write(PASSWORD).await;
    hands.enter().await;
    browser.wait_for("[data-test=next-bin]").await;
    browser.wait_controlled().await;

    hands.reach("[data-test=next-bin]").await;
    hands.enter().await;
    browser.wait_text("[data-test=bin-code]", "A-01").await;
    // an item whose code nobody can read, by its name
    hands.reach("[data-test=find]").await;
    hands.enter().await;
    hands.reach("[data-test=find-field]").await;
    hands.write("nut").await;
    browser.wait_for("[data-test=find-hit][data-sku=NUT]").await;
    hands.reach_back("[data-test=find-hit]").await;
    hands.enter().await;
    browser.wait_text("[data-test=hand-sku]", "NUT").await;
    let ticked = async |total: &str| {
        let saved = format!(
            "const big = document.querySelector('[data-test=big-quantity]');
             return big?.innerText.trim() === {total:?} && big.dataset.fate === 'saved'"
        );
        browser.wait_js(&format!("a tick beside {total}"), &saved).await;
    };
    for key in ["1", "2", "Enter"] {
        hands.press(key).await;
    }
    ticked("12").await;
    // a sum, and a digit taken back
    for key in ["1", "2", "*", "6", "Backspace", "2", "Enter"] {
        hands.press(key).await;
    }
    ticked("24").await;
    // a number is meant for the item, wherever the focus was when it was keyed
    hands.reach("[data-test=undo]").await;
    for key in ["2", "5", "Enter"] {
        hands.press(key).await;
    }
    ticked("25").await;
    hands.reach("[data-test=undo]").await;
    hands.enter().await;
    ticked("24").await;
    // a scan from a wedge is heard wherever the focus is, and is no press of a button
    hands.reach("[data-test=to-list]").await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    browser.scan("4006381333948").await;
    browser.wait_text("[data-test=hand-sku]", "BOLT").await;
    ticked("1").await;
    hands.look("a scan").await;
    // a question that a scan asks is next
    tokio::time::sleep(Duration::from_millis(400)).await;
    browser.scan("A-02").await;
    browser.wait_for("[data-test=ask][data-ask=other-bin]").await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    hands.press("Tab").await;
    assert_eq!(browser.js("return document.activeElement.dataset.test").await, "answer-no", "the question is next");
    hands.enter().await;
    browser.wait_gone("[data-test=ask]").await;
    // one that a key asked has the focus itself: a second press answers nothing
    hands.reach("[data-test=swap]").await;
    hands.enter().await;
    hands.reach("[data-test=skip]").await;
    hands.enter().await;
    browser.wait_for("[data-test=ask][data-ask=skip]").await;
    hands.enter().await;
    assert_eq!(browser.count("[data-test=ask][data-ask=skip]").await, 1, "a key pressed twice skips no bin");
    hands.reach("[data-test=answer-no]").await;
    hands.enter().await;
    hands.reach("[data-test=done]").await;
    hands.enter().await;
    browser.wait_for("[data-test=task-list]").await;
    browser.wait_contains("[data-test=notice]", "A-01").await;
    hands.reach("[data-test=sign-out]").await;
    hands.enter().await;
    browser.wait_for("[data-test=sign-in]").await;
    hands.look("signing out").await;

    // what waits is gone when it is on the server
    browser.wait_gone("[data-test=waits-safely]").await;
    let events = record::events(warehouse.server.data());
    assert!(events.iter().any(|it| matches!(it.event.kind, EventKind::SheetClosed { .. })), "the visit has ended");
    warehouse.verify();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_committed_text_is_heard_again_as_soon_as_escape_or_a_touch_says_so() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("items", "sku,description,barcodes\nNUT,Nut M8,4006381333931\n");
    warehouse.import_text("locations", "code,zone\nA-01,A\n");
    warehouse.person("cara", &["counter"]).await;
    let mut cara = Floor::enrol(&warehouse, "H-01", Scanner::Text).await;
    cara.sign_in("cara").await;
    cara.open_bin("A-01").await;
    cara.count("4006381333931", "NUT", "1").await;
    let hands = Hands(&cara.browser);
    hands.reach("[data-test=undo]").await;
    // text goes nowhere now, and the screen says so
    cara.browser.wait_for("[data-test=status-pill][data-state=away]").await;
    hands.press("Escape").await;
    cara.browser.wait_for("[data-test=status-pill][data-state=ready]").await;
    cara.count("4006381333931", "NUT", "2").await;
    let hands = Hands(&cara.browser);
    hands.reach("[data-test=undo]").await;
    cara.browser.wait_for("[data-test=status-pill][data-state=away]").await;
    cara.browser.click("[data-test=last-scan]").await;
    cara.browser.wait_for("[data-test=status-pill][data-state=ready]").await;
    cara.count("4006381333931", "NUT", "3").await;
    // a scanner that ends its code with Tab moves no focus
    tokio::time::sleep(Duration::from_millis(400)).await;
    cara.browser.scan_part("4006381333931", Duration::from_millis(5)).await;
    cara.browser.press("Tab").await;
    cara.wait_ticked("NUT", "4").await;
    cara.browser.wait_for("[data-test=status-pill][data-state=ready]").await;
    assert_eq!(cara.browser.js("return document.activeElement.id").await, "ears");
    cara.browser.expect_no_errors().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_decides_by_keys_alone() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("locations", "code,zone,aisle,bay,level,type\nA-01,A,1,1,1,pick\nA-02,A,1,2,1,pick\n");
    warehouse.import_text(
        "items",
        "sku,description,barcodes,uom,unit_cost,tracking\nBOLT,Bolt M8,4006381333948,EA,0.80,none\n",
    );
    warehouse.import_text("stock", "location,sku,qty\nA-01,BOLT,25\nA-02,BOLT,40\n");
    let lead = warehouse.person("lena", &["lead"]).await;
    warehouse.person("sam", &["supervisor"]).await;
    let (cara, carl) = (warehouse.person("cara", &["counter"]).await, warehouse.person("carl", &["counter"]).await);
    let mut handheld = Handheld::enrol(&warehouse, "H-01").await;
    let bolt = lead.item("BOLT").await;
    for (bin, counted) in [("A-01", 21), ("A-02", 30)] {
        let place = lead.location(bin).await;
        let (count, first) = lead.count_bin(bin).await;
        handheld.count(cara.id, place, Some(first), &[(bolt, counted)]);
        handheld.drain().await;
        let again = lead.tasks(count, 2).await;
        handheld.count(carl.id, place, again[0]["id"].as_i64(), &[(bolt, counted)]);
        handheld.drain().await;
    }
    let mut browser = Browser::open(&warehouse.server.url(), Screen::Desk).await;
    browser.goto("/desk").await;
    browser.wait_for("[data-test=sign-in]").await;
    let hands = Hands(&browser);
    // the first field has the focus by itself
    hands.write("sam").await;
    hands.press("Tab").await;
    hands.write(PASSWORD).await;
    hands.enter().await;
    browser.wait_for("[data-test=sign-out]").await;
    hands.look("signing in").await;
    hands.press("?").await;
    browser.wait_for("[role=dialog]").await;
    hands.press("Tab").await;
    let inside = "return !!document.activeElement.closest('[role=dialog]')";
    assert_eq!(browser.js(inside).await, true, "what lies below the sheet is not reached");
    hands.press("Escape").await;
    browser.wait_gone("[role=dialog]").await;
    hands.look("closing the sheet").await;
    hands.press("g").await;
    hands.press("q").await;
    browser.wait_count("[data-test=queue-row]", 2).await;
    // the second, then back to the first: worst value first
    hands.press("j").await;
    hands.press("j").await;
    hands.press("k").await;
    hands.enter().await;
    browser.wait_contains(".case-what", "A-02").await;
    for (bin, last) in [("A-02", false), ("A-01", true)] {
        browser.wait_contains(".case-what", bin).await;
        hands.press("r").await;
        hands.walk_to("[data-test=reason]", async || hands.press("r").await).await;
        hands.write("d").await;
        let chosen = "return document.querySelector('[data-test=reason]').value";
        browser.wait_js("a reason", chosen).await;
        hands.press("Tab").await;
        hands.write("crushed").await;
        hands.reach("[data-test=approve]").await;
        hands.enter().await;
        if last {
            browser.wait_js("the queue", "return location.pathname === '/desk/discrepancies'").await;
        }
    }
    hands.look("the last decision").await;
    browser.expect_no_errors().await;
    let rows = record::export(warehouse.server.data(), "adjustments");
    let mut posted: Vec<_> = rows.iter().map(|row| format!("{} {}", row["location"], row["quantity"])).collect();
    posted.sort();
    assert_eq!(posted, ["\"A-01\" \"-4\"", "\"A-02\" \"-10\""]);
    warehouse.verify();
}

//! How the handheld lies in the hand: nothing cut off, covered or out of reach on a five-inch screen, on the smallest
//! one and with letters twice as large; targets for thumbs in gloves; the mirror image for those who read from right to
//! left and for those who hold it in the left hand (`HANDHELD.md` 3.3).
//!
//! Two languages are looked at: French has the longest texts by measure, German the longest words. Absent: colours and
//! roles, which axe-core judges (`access`), and how it all feels.

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::floor::{Floor, Scanner};
use tests::report;
use tests::server::Launch;
use tests::warehouse::Warehouse;

use crate::access;
use crate::tour;
use crate::walk::walk;

/// How the page is shown.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    width: u32,
    height: u32,
    /// The size of letters that the person has chosen in the browser, in pixels; 16 is the usual one.
    letters: u32,
}

const FIVE_INCHES: Shape = Shape { name: "five inches", width: 360, height: 640, letters: 16 };
/// The same under the bars of the system and of the browser.
const UNDER_BARS: Shape = Shape { name: "five inches under bars", width: 360, height: 560, letters: 16 };
/// Handhelds with a keypad below the screen (`HANDHELD.md` 3.5).
const SMALLEST: Shape = Shape { name: "smallest", width: 320, height: 533, letters: 16 };
const TWICE: Shape = Shape { name: "letters twice as large", width: 360, height: 640, letters: 32 };
const SMALLEST_TWICE: Shape = Shape { name: "smallest, letters twice as large", width: 320, height: 533, letters: 32 };

const SHAPES: [Shape; 5] = [UNDER_BARS, SMALLEST, TWICE, SMALLEST_TWICE, FIVE_INCHES];

async fn show(browser: &Browser, shape: Shape) {
    let Shape { width, height, letters, .. } = shape;
    let size = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": true});
    browser.cdp("Emulation.setDeviceMetricsOverride", size).await;
    browser.cdp("Page.setFontSizes", json!({"fontSizes": {"standard": letters}})).await;
    let shown = format!(
        "return document.documentElement.clientWidth === {width} && document.documentElement.clientHeight === {height}
            && Math.abs(parseFloat(getComputedStyle(document.documentElement).fontSize) - {letters} * 1.125) < 0.1"
    );
    browser.wait_js(shape.name, &shown).await;
}

fn add(faults: &mut Vec<String>, place: &str, found: &Value) {
    let Value::Array(found) = found else { panic!("{place}: {found}") };
    for one in found {
        // a walk that ends early says what was seen until then
        eprintln!("{place}: {}", one.as_str().unwrap_or("?"));
        faults.push(format!("{place}: {}", one.as_str().unwrap_or("?")));
    }
}

/// Looks at every stop in every shape, and at its mirror image, and takes a picture; lets axe-core look where it is given.
async fn judge(language: &str, axe: Option<String>) {
    let mut faults = Vec::new();
    walk(language, async |browser: &Browser, stop: &str| {
        for shape in SHAPES {
            show(browser, shape).await;
            let found = browser.js(include_str!("layout.js")).await;
            add(&mut faults, &format!("{stop}, {}", shape.name), &found);
        }
        let found = browser.js(include_str!("mirror.js")).await;
        add(&mut faults, &format!("{stop}, from right to left"), &found);
        let picture = format!("walk-{language}-{}.png", stop.replace([' ', ','], "-"));
        browser.screenshot(&tour::pictures().join(picture)).await;
        if let Some(axe) = axe.as_deref().filter(|_| !access::is_seen(stop)) {
            access::judge(browser, axe, stop, &access::THEMES, &mut faults).await;
        }
    })
    .await;
    assert!(faults.is_empty(), "{} faults, the first: {}", faults.len(), faults[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_cut_off_or_out_of_reach_on_any_screen_in_the_longest_language() {
    // German has the longest words, and axe-core looks at the same walk: that one is part of every run
    if !report::is_long() {
        println!("skipped: a second language on the whole walk belongs to the long run");
        return;
    }
    judge("fr", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_with_the_longest_words_is_cut_off_or_shuts_anybody_out() {
    judge("de", access::axe()).await;
}

/// Where the middle of an element is, from the left, in percent of the screen.
async fn across(browser: &Browser, test: &str) -> f64 {
    let script = format!(
        "const at = document.querySelector('[data-test={test}]').getBoundingClientRect();
         return 50 * (at.left + at.right) / document.documentElement.clientWidth"
    );
    browser.js(&script).await.as_f64().expect("a number")
}

/// The digits of the keypad, row by row, as they are seen.
const DIGITS: &str = "
const rows = {};
for (const key of document.querySelectorAll('.keypad button')) {
    if (!/^[0-9]$/.test(key.innerText)) continue;
    const at = key.getBoundingClientRect();
    (rows[Math.round(at.top)] ??= []).push([at.left, key.innerText]);
}
return Object.keys(rows).sort((a, b) => a - b).map(top => rows[top].sort((a, b) => a[0] - b[0]).map(one => one[1]).join(''));
";

/// A handheld in the hand of somebody who counts nuts.
async fn counting() -> (Warehouse, Floor) {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("items", "sku,description,barcodes\nNUT,Nut M8,4006381333931\n");
    warehouse.import_text("locations", "code,zone\nA-01,A\n");
    warehouse.person("cara", &["counter"]).await;
    let mut cara = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    cara.sign_in("cara").await;
    cara.open_bin("A-01").await;
    cara.count("4006381333931", "NUT", "1").await;
    (warehouse, cara)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_left_hand_has_what_the_thumb_presses_most_under_its_thumb() {
    let (_warehouse, mut cara) = counting().await;
    let mut sides = Vec::new();
    for hand in ["right", "left"] {
        cara.browser.click("[data-test=to-list]").await;
        cara.browser.click("[data-test=settings]").await;
        cara.browser.click(&format!("[data-test=hand-{hand}]")).await;
        cara.scan("A-01").await;
        cara.browser.wait_for("[data-test=last-scan]").await;
        let mut side = Vec::new();
        for test in ["done", "undo", "key-ok", "to-list"] {
            side.push(across(&cara.browser, test).await);
        }
        let digits = cara.browser.js(DIGITS).await;
        assert_eq!(digits, json!(["123", "456", "789", "0"]), "digits stand as on every telephone in the {hand} hand");
        // the same question with its answers under the same thumb
        cara.browser.click("[data-test=swap]").await;
        for test in ["find", "skip"] {
            side.push(across(&cara.browser, test).await);
        }
        sides.push(side);
    }
    let (right, left) = (&sides[0], &sides[1]);
    for (n, (test, under_right)) in
        [("done", true), ("undo", false), ("key-ok", true), ("to-list", true)].into_iter().enumerate()
    {
        assert_eq!((right[n] > 50.0, left[n] > 50.0), (under_right, !under_right), "{test}: {sides:?}");
    }
    assert!((right[4] < right[5]) != (left[4] < left[5]), "the choices are turned round: {sides:?}");
    // it is the person's hand, not the handheld's
    cara.browser.reload().await;
    cara.browser.wait_for("[data-test=done]").await;
    assert!(across(&cara.browser, "done").await < 50.0, "it stays after the page was loaded again");
    cara.browser.expect_no_errors().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_for_whoever_asked_that_nothing_moves() {
    let (warehouse, cara) = counting().await;
    let ask = |value: &'static str| json!({"features": [{"name": "prefers-reduced-motion", "value": value}]});
    cara.browser.cdp("Emulation.setEmulatedMedia", ask("reduce")).await;
    for press in ["key-4", "key-ok", "undo", "swap", "done"] {
        cara.browser.click(&format!("[data-test={press}]")).await;
        let moving = cara.browser.js("return document.getAnimations().length").await;
        assert_eq!(moving, 0, "something moves after {press}");
    }
    // the desk breathes where it waits, for everybody else
    let desk = Browser::open(&warehouse.server.url(), tests::browser::Screen::Desk).await;
    desk.goto("/desk").await;
    desk.wait_for("[data-test=sign-in]").await;
    desk.js(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<div class=\"waiting-for\"><i></i></div>')",
    )
    .await;
    let moving = "return document.getAnimations().filter(one => one.playState === 'running').length";
    desk.cdp("Emulation.setEmulatedMedia", ask("no-preference")).await;
    desk.wait_js("something that moves", moving).await;
    desk.cdp("Emulation.setEmulatedMedia", ask("reduce")).await;
    desk.wait_js("nothing that moves", &format!("{moving} === 0")).await;
}

#[test]
fn the_styles_know_a_beginning_and_an_end_and_neither_left_nor_right() {
    for name in ["theme.css", "handheld.css", "desk.css"] {
        let styles = std::fs::read_to_string(tests::root().join("app/web").join(name)).expect("styles");
        let mut faults = Vec::new();
        for (number, line) in styles.lines().enumerate() {
            for one in line.split([';', '{', '}']) {
                let Some((property, value)) = one.split_once(':') else { continue };
                let (property, value) = (property.trim(), value.trim());
                let is_physical = matches!(property, "left" | "right")
                    || ["margin-left", "margin-right", "padding-left", "padding-right", "border-left", "border-right"]
                        .iter()
                        .any(|physical| property.starts_with(physical))
                    || (property == "text-align" && matches!(value, "left" | "right"));
                if is_physical {
                    faults.push(format!("{name} line {}: {}", number + 1, one.trim()));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

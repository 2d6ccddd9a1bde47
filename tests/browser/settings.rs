//! The settings, pressed one after the other: each is in force at once, and still after the page was loaded again.

use serde_json::{Value, json};
use tests::browser::{Browser, Screen};
use tests::floor::{Floor, Scanner};
use tests::server::Launch;
use tests::warehouse::Warehouse;

/// Keeps what the loudspeaker and the motor are told, from the start of every page.
const LISTEN: &str = "
window.told = [];
window.shaken = [];
const start = OscillatorNode.prototype.start;
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...more) {
    if (this instanceof GainNode) window.told.push(Math.round(this.gain.value * 100));
    return connect.call(this, to, ...more);
};
navigator.vibrate = pattern => { window.shaken.push([pattern].flat()); return true; };";

/// The colour of the ground, as numbers from 0 to 255.
async fn ground(browser: &Browser) -> Vec<u64> {
    let colour = browser
        .js("return getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)")
        .await;
    serde_json::from_value(colour).expect("a colour")
}

async fn chosen(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.settings [aria-pressed=true]')].map(e => e.dataset.test)";
    serde_json::from_value(browser.js(script).await).expect("names")
}

async fn open_settings(browser: &Browser) {
    browser.click("[data-test=settings]").await;
    browser.wait_for("[data-test=settings-done]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_is_in_force_at_once_and_after_the_page_is_loaded_again() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("items", "sku,description,barcodes\nNUT,Nut M8,4006381333931\n");
    warehouse.import_text("locations", "code,zone\nA-01,A\n");
    for name in ["cara", "carl"] {
        warehouse.person(name, &["counter"]).await;
    }
    let browser = Browser::open(&warehouse.server.url(), Screen::Handheld).await;
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": LISTEN})).await;
    let code = warehouse.enrolment_code("H-01").await;
    let mut cara = Floor::connect(browser, "H-01", Scanner::Keys, &code).await;
    cara.sign_in("cara").await;
    open_settings(&cara.browser).await;
    let usual = ["language-en", "volume-18", "vibration-on", "theme-auto", "hand-right"];
    assert_eq!(chosen(&cara.browser).await, usual);

    // colours: each is another one, and high contrast is black on white
    for (theme, is_dark) in [("dark", true), ("light", false), ("contrast", false)] {
        cara.browser.click(&format!("[data-test=theme-{theme}]")).await;
        let ground = ground(&cara.browser).await;
        assert_eq!(ground[0] < 100, is_dark, "{theme}: {ground:?}");
        cara.browser.screenshot(&crate::tour::pictures().join(format!("handheld-settings-{theme}.png"))).await;
    }
    assert_eq!(ground(&cara.browser).await, [255, 255, 255]);
    // as the device has it
    cara.browser.click("[data-test=theme-auto]").await;
    for (scheme, is_dark) in [("dark", true), ("light", false)] {
        let ask = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        cara.browser.cdp("Emulation.setEmulatedMedia", ask).await;
        let ground = ground(&cara.browser).await;
        assert_eq!(ground[0] < 100, is_dark, "{scheme}: {ground:?}");
    }
    cara.browser.click("[data-test=theme-contrast]").await;

    // loudness and motor are heard and felt as they are chosen
    cara.browser.js("window.told.length = window.shaken.length = 0").await;
    for volume in ["0", "6", "60"] {
        cara.browser.click(&format!("[data-test=volume-{volume}]")).await;
    }
    assert_eq!(cara.browser.js("return window.told").await, json!([6, 60]), "off is silent");
    assert_eq!(cara.browser.js("return window.shaken.length").await, 3, "what is not heard is felt");
    cara.browser.click("[data-test=vibration-off]").await;
    assert_eq!(cara.browser.js("return window.shaken.length").await, 3, "the motor is off");
    // every sound is another rhythm
    cara.browser.click("[data-test=vibration-on]").await;
    cara.browser.js("window.shaken.length = 0").await;
    let tones = cara.browser.count("[data-test=try-tone]").await;
    for n in 1..=tones {
        cara.browser.js(&format!("document.querySelectorAll('[data-test=try-tone]')[{}].click()", n - 1)).await;
    }
    let Value::Array(rhythms) = cara.browser.js("return window.shaken.map(String)").await else { panic!("rhythms") };
    let different: std::collections::BTreeSet<_> = rhythms.iter().map(ToString::to_string).collect();
    assert_eq!((rhythms.len(), different.len()), (tones, tones), "told apart by rhythm alone: {rhythms:?}");
    cara.browser.click("[data-test=vibration-off]").await;

    // hand and language are the person's
    cara.browser.click("[data-test=hand-left]").await;
    cara.browser.click("[data-test=language-pl]").await;
    cara.browser.wait_js("Polish", "return document.documentElement.lang === 'pl'").await;
    cara.browser.wait_contains(".settings h1", "Ustawienia").await;
    let wanted = ["language-pl", "volume-60", "vibration-off", "theme-contrast", "hand-left"];
    assert_eq!(chosen(&cara.browser).await, wanted);

    cara.browser.reload().await;
    cara.browser.wait_for("[data-test=settings]").await;
    open_settings(&cara.browser).await;
    assert_eq!(chosen(&cara.browser).await, wanted, "after the page was loaded again");
    assert_eq!(ground(&cara.browser).await, [255, 255, 255]);
    assert_eq!(cara.browser.js("return document.documentElement.dataset.hand").await, "left");
    // the first touch of a new page wakes the loudspeaker; from then on a scan is heard as loud as was chosen
    cara.browser.click("[data-test=settings-done]").await;
    cara.browser.js("window.told.length = 0").await;
    cara.open_bin("A-01").await;
    let told = cara.browser.js("return window.told").await;
    assert!(told.as_array().is_some_and(|told| !told.is_empty() && told.iter().all(|one| *one == 60)), "{told}");
    assert_eq!(cara.browser.js("return window.shaken.length").await, 0);

    // somebody else has their own hand and language on the same handheld, and its colours and loudness
    cara.browser.click("[data-test=to-list]").await;
    cara.browser.click("[data-test=sign-out]").await;
    cara.sign_in("carl").await;
    open_settings(&cara.browser).await;
    let carls = ["language-en", "volume-60", "vibration-off", "theme-contrast", "hand-right"];
    assert_eq!(chosen(&cara.browser).await, carls);
    cara.browser.expect_no_errors().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_follow_the_size_that_the_person_has_set_in_the_browser() {
    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse.import_text("locations", "code,zone\nA-01,A\n");
    warehouse.person("cara", &["counter"]).await;
    let mut cara = Floor::enrol(&warehouse, "H-01", Scanner::Keys).await;
    cara.sign_in("cara").await;
    cara.open_bin("A-01").await;
    let sizes = "return ['.bar', '[data-test=find]', '[data-test=to-list]', '.acts small'].map(css =>
        parseFloat(getComputedStyle(document.querySelector(css)).fontSize))";
    let usual: Vec<f64> = serde_json::from_value(cara.browser.js(sizes).await).expect("sizes");
    cara.browser.cdp("Page.setFontSizes", json!({"fontSizes": {"standard": 32}})).await;
    cara.browser.reload().await;
    cara.browser.wait_for("[data-test=done]").await;
    let large: Vec<f64> = serde_json::from_value(cara.browser.js(sizes).await).expect("sizes");
    for (usual, large) in usual.iter().zip(&large) {
        assert!((large / usual - 2.0).abs() < 0.01, "{usual} became {large}");
    }
}

//! What axe-core finds on the screens: nothing serious and nothing critical. Handheld screens are looked at in light, dark
//! and high contrast.
//!
//! `tests/run` installs axe-core and names it in `TRUEUP_AXE`; without it a test says that it was skipped.
//! What a counter can be asked or told is looked at in `layout`, on the walk past all of it. Absent: the page that refuses
//! plain http.

use crate::tour::{demo, person};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tests::browser::{Browser, Screen};
use tests::desk::Desk;
use tests::server::Launch;
use tests::warehouse::Warehouse;

/// The judge's source; `None` where it is not installed and nobody promised it.
pub fn axe() -> Option<String> {
    let promised = std::env::var_os("TRUEUP_AXE").map(PathBuf::from);
    let usual = tests::root().join("target/axe/node_modules/axe-core/axe.min.js");
    let read = std::fs::read_to_string(promised.as_ref().unwrap_or(&usual));
    match (read, promised) {
        (Ok(source), _) => Some(source),
        (Err(error), Some(promised)) => panic!("TRUEUP_AXE names {}: {error}", promised.display()),
        (Err(_), None) => {
            eprintln!("SKIPPED: axe-core is not installed; tests/run installs it");
            None
        }
    }
}

/// What is serious or worse, each with the rule and the first elements that break it.
const JUDGE: &str = "
// what is half faded in has less contrast than it will have
const fading = document.getAnimations().filter(one => Number.isFinite(one.effect.getComputedTiming().endTime));
const still = Promise.all(fading.map(one => one.finished.catch(() => null)));
const options = {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}};
return still.then(() => axe.run(document, options)).then(found => found.violations
    .filter(one => one.impact === 'serious' || one.impact === 'critical')
    .map(one => `${one.impact} ${one.id}: ` + one.nodes.slice(0, 3)
        .map(node => node.html.slice(0, 160) + ' (' + node.any.concat(node.all).map(it => it.message).join('; ') + ')')
        .join(' | ')));
";

/// Looks at a screen in each of these themes, and adds what is found. An empty name is what the device asks for.
pub async fn judge(browser: &Browser, axe: &str, name: &str, themes: &[&str], faults: &mut Vec<String>) {
    if browser.js("return typeof window.axe").await == "undefined" {
        browser.js(axe).await;
    }
    let before = browser.js("return document.documentElement.getAttribute('data-theme')").await;
    for theme in themes {
        if !theme.is_empty() {
            browser.js(&format!("document.documentElement.setAttribute('data-theme', {theme:?})")).await;
        }
        let found = browser.js(JUDGE).await;
        let Value::Array(found) = found else { panic!("axe-core answered {found} on {name}") };
        faults.extend(found.iter().map(|one| format!("{name} {theme}: {}", one.as_str().unwrap_or("?"))));
    }
    if let Some(before) = before.as_str() {
        browser.js(&format!("document.documentElement.setAttribute('data-theme', {before:?})")).await;
    }
}

/// What a handheld can be set to.
pub const THEMES: [&str; 3] = ["light", "dark", "contrast"];

/// Whether a stop of the walk is one of the screens that are looked at here.
pub fn is_seen(stop: &str) -> bool {
    let seen = [
        "connect",
        "languages",
        "bins",
        "device-open",
        "settings",
        "scanner-test",
        "a bin",
        "skip",
        "empty",
        "find",
        "counting",
        "an unknown code",
        "not saved",
        "codes",
    ];
    seen.contains(&stop)
}

/// From now on the journal takes nothing.
const BREAK: &str = "
const real = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const named = typeof stores === 'string' ? [stores] : [...stores];
    if (mode === 'readwrite' && named.includes('events')) throw new DOMException('the disk is full', 'UnknownError');
    return real.call(this, stores, mode, options);
};";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_is_found_on_the_screens_of_a_handheld() {
    let Some(axe) = axe() else { return };
    let (server, password) = demo();
    let code = server
        .wait_line("a code for handhelds", |line| line.split_once("#enrol=").map(|(_, code)| code.trim().to_owned()));
    let faults = &mut Vec::new();
    let handheld = Browser::open(&server.url(), Screen::Handheld).await;
    handheld.goto("/").await;
    handheld.wait_for("[data-test=enrol-code]").await;
    judge(&handheld, &axe, "connect", &THEMES, faults).await;
    handheld.type_into("[data-test=enrol-code]", &code).await;
    handheld.click("[data-test=enrol-go]").await;
    handheld.wait_for("[data-test=user]").await;
    judge(&handheld, &axe, "sign-in", &THEMES, faults).await;
    handheld.click("[data-test=language]").await;
    handheld.wait_for("[data-test=language-de]").await;
    judge(&handheld, &axe, "languages", &THEMES, faults).await;
    handheld.type_into("[data-test=user]", &person(&server, "counter")).await;
    handheld.type_into("[data-test=password]", &password).await;
    handheld.click("[data-test=sign-in]").await;
    handheld.wait_for("[data-test=next-bin]").await;
    handheld.wait_controlled().await;
    judge(&handheld, &axe, "bins", &THEMES, faults).await;
    for (open, shown, close) in [
        ("device-open", "device", "device-back"),
        ("settings", "settings-done", "settings-done"),
        ("scanner-test", "events", ""),
    ] {
        handheld.click(&format!("[data-test={open}]")).await;
        handheld.wait_for(&format!("[data-test={shown}]")).await;
        judge(&handheld, &axe, open, &THEMES, faults).await;
        if close.is_empty() {
            handheld.reload().await;
        } else {
            handheld.click(&format!("[data-test={close}]")).await;
        }
        handheld.wait_for("[data-test=next-bin]").await;
    }
    handheld.click("[data-test=next-bin]").await;
    handheld.wait_for("[data-test=last-scan]").await;
    judge(&handheld, &axe, "bin", &THEMES, faults).await;
    for ask in ["skip", "bin-empty"] {
        handheld.click(&format!("[data-test={ask}]")).await;
        handheld.wait_for("[data-test=ask]").await;
        judge(&handheld, &axe, ask, &THEMES, faults).await;
        handheld.click("[data-test=answer-no]").await;
    }
    handheld.click("[data-test=find]").await;
    handheld.type_into("[data-test=find-field]", "tube").await;
    handheld.wait_for("[data-test=find-hit]").await;
    judge(&handheld, &axe, "find", &THEMES, faults).await;
    handheld.click("[data-test=find-hit]").await;
    for key in ["1", "2", "ok"] {
        handheld.click(&format!("[data-test=key-{key}]")).await;
    }
    handheld.wait_for("[data-test=big-quantity][data-fate=saved]").await;
    judge(&handheld, &axe, "counting", &THEMES, faults).await;
    handheld.scan("9990000000017").await;
    handheld.wait_for("[data-test=unknown]").await;
    judge(&handheld, &axe, "unknown", &THEMES, faults).await;
    handheld.js(BREAK).await;
    handheld.scan("9990000000024").await;
    handheld.wait_for("[data-test=not-saved]").await;
    judge(&handheld, &axe, "not-saved", &THEMES, faults).await;
    handheld.click("[data-test=show-codes]").await;
    handheld.wait_for("[data-test=codes]").await;
    judge(&handheld, &axe, "codes", &THEMES, faults).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_is_found_behind_one_time_links_and_in_the_history() {
    let Some(axe) = axe() else { return };
    let faults = &mut Vec::new();
    let fresh = Launch::serve().bundles().start();
    let link = fresh.wait_line("its set-up link", |line| {
        let (_, path) = line.split_once("/desk/setup")?;
        Some(format!("/desk/setup{}", path.split_whitespace().next()?))
    });
    let browser = Browser::open(&fresh.url(), Screen::Desk).await;
    browser.goto(&link).await;
    browser.wait_for("[data-test=set-up]").await;
    judge(&browser, &axe, "set-up", &["light", "dark"], faults).await;
    browser.goto("/manifest.webmanifest").await;
    browser.goto("/desk/setup").await;
    browser.wait_for(".way-in-card h1").await;
    judge(&browser, &axe, "a link that is not whole", &["light", "dark"], faults).await;

    let mut warehouse = Warehouse::open(Launch::serve().bundles()).await;
    warehouse
        .import_text("items", "sku,description,barcodes,uom,unit_cost,tracking\nNUT,Nut,4006381333931,EA,1,none\n");
    warehouse.import_text("locations", "code,zone\nA-01,A\n");
    warehouse.import_text("stock", "location,sku,qty\nA-01,NUT,40\n");
    warehouse.person("olga", &["auditor"]).await;
    let new = serde_json::json!({"username": "nora", "name": "Nora", "language": "en", "roles": ["counter"],
        "approval_limit": null});
    let row: Value = warehouse.admin.post("people", &new).await;
    let link: Value = warehouse.admin.post(&format!("people/{}/link", row["id"]), &serde_json::json!({})).await;
    let desk = Desk { browser: Browser::open(&warehouse.server.url(), Screen::Desk).await };
    desk.browser.goto(link["path"].as_str().expect("a path")).await;
    desk.browser.type_into("[data-test=password]", "short").await;
    desk.browser.type_into("[data-test=password-again]", "shorter").await;
    desk.browser.click("[data-test=join]").await;
    desk.browser.wait_for(".note-bad").await;
    judge(&desk.browser, &axe, "join", &["light", "dark"], faults).await;
    desk.enter("olga", tests::warehouse::PASSWORD).await;
    for (words, subject) in [("NUT", "an item"), ("A-01", "a bin"), ("Olga", "a person")] {
        desk.open("history").await;
        desk.browser.type_into("[data-test=history-search]", words).await;
        desk.browser.wait_contains("[data-test=history-hit]", words).await;
        desk.browser.wait_js("all of it", "return !document.querySelector('.waiting-for, .is-stale')").await;
        judge(&desk.browser, &axe, "history, found", &["light"], faults).await;
        desk.browser.click("[data-test=history-hit]").await;
        desk.browser.wait_js("a history", "return location.pathname.startsWith('/desk/history/')").await;
        desk.browser.wait_js("all of it", "return !document.querySelector('.waiting-for, .is-stale')").await;
        judge(&desk.browser, &axe, &format!("history of {subject}"), &["light", "dark"], faults).await;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_is_found_on_the_screens_of_the_desk() {
    let Some(axe) = axe() else { return };
    let (server, password) = demo();
    let faults = &mut Vec::new();
    let browser = Browser::open(&server.url(), Screen::Desk).await;
    browser.goto("/desk").await;
    browser.wait_for("[data-test=sign-in]").await;
    judge(&browser, &axe, "desk sign-in", &[""], faults).await;
    // a judge that finds nothing anywhere proves nothing
    let planted = &mut Vec::new();
    browser.js("document.querySelector('main').append(new Image(20, 20))").await;
    judge(&browser, &axe, "planted", &[""], planted).await;
    assert!(planted.iter().any(|one| one.contains("image-alt")), "a picture without words was not seen: {planted:?}");
    browser.reload().await;
    browser.wait_for("[data-test=sign-in]").await;
    let desk = Desk { browser };
    let loaded = "return !document.querySelector('.waiting-for, .is-stale')";
    let (mut judged, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for role in ["lead", "supervisor", "auditor", "admin"] {
        desk.enter(&person(&server, role), &password).await;
        desk.browser.wait_for("[data-test=live-dot][data-state=open]").await;
        let script = "return [...document.querySelectorAll('nav [data-test^=nav-]')].map(e => e.dataset.test.slice(4))";
        let screens: Vec<String> = serde_json::from_value(desk.browser.js(script).await).expect("names");
        let has = |screen: &str| screens.iter().any(|one| one == screen);
        // a screen, and what it leads to by a click
        let deeper = [
            ("counts", "[data-test=count-row] a", "/desk/counts/"),
            ("counts", "[data-test=new-count]", "/desk/counts/new"),
            ("discrepancies", "[data-test=queue-row] a", "/desk/discrepancies/"),
        ];
        for screen in &screens {
            // what another role was shown as well is built of the same parts
            if !judged.insert(screen.clone()) {
                continue;
            }
            desk.open(screen).await;
            desk.browser.wait_js("a screen that has loaded", loaded).await;
            judge(&desk.browser, &axe, &format!("{role} {screen}"), &[""], faults).await;
        }
        for (screen, link, to) in deeper {
            if has(screen) && (to != "/desk/counts/new" || role == "lead") && seen.insert(to) {
                desk.open(screen).await;
                desk.browser.click(link).await;
                let there = format!("return location.pathname.startsWith({to:?})");
                desk.browser.wait_js("the page behind the link", &there).await;
                desk.browser.wait_js("a screen that has loaded", loaded).await;
                judge(&desk.browser, &axe, &format!("{role} {to}"), &[""], faults).await;
            }
        }
        desk.browser.click("[data-test=sign-out]").await;
        desk.browser.wait_for("[data-test=sign-in]").await;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

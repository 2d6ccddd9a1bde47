//! A walk through the demo as a stranger would take it: every role, every screen of its navigation, and a handheld, with
//! a picture of each under `target/screens`. A screen that says an error, to the person or to the console, fails.

use std::path::PathBuf;

use tests::browser::{Browser, Screen};
use tests::desk::Desk;
use tests::server::{Launch, Server};

/// Where pictures go.
pub fn pictures() -> PathBuf {
    let folder = tests::root().join("target").join("screens");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// The demo, and how it says one signs in.
pub fn demo() -> (Server, String) {
    let server = Launch::demo().bundles().start();
    let password = server.wait_line("everybody's password", |line| {
        line.split_once("password is:").map(|(_, password)| password.trim().to_owned())
    });
    // the last line of what it prints
    server.wait_line("where its data is", |line| line.contains("Data:").then_some(()));
    (server, password)
}

/// The first of the printed people with this role.
pub fn person(server: &Server, role: &str) -> String {
    let output = server.output();
    let found = output.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (name, of) = (words.next()?, words.next()?);
        (of == role).then(|| name.to_owned())
    });
    found.unwrap_or_else(|| panic!("the demo names no {role}:\n{output}"))
}

/// Waits until the screen has loaded what it shows, takes a picture of it, and adds what is wrong with it.
async fn picture(browser: &Browser, name: &str, faults: &mut Vec<String>) {
    browser.wait_js("a screen that has loaded", "return !document.querySelector('.waiting-for, .is-stale')").await;
    browser.js("return document.fonts.ready.then(() => true)").await;
    for trouble in [".shown + .note-warn", "main .note-warn[role=alert]", ".note-bad"] {
        let said = browser.texts(trouble).await;
        if !said.is_empty() {
            faults.push(format!("{name} says {said:?}"));
        }
    }
    let wide = browser.js(WIDE).await;
    if wide != serde_json::Value::Null {
        faults.push(format!("{name} is wider than its screen: {wide}"));
    }
    browser.screenshot(&pictures().join(format!("{name}.png"))).await;
}

/// What stands out of the screen at its right, the outermost; null where nothing does.
const WIDE: &str = "
if (document.documentElement.scrollWidth <= innerWidth + 1) return null;
const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
return out.length ? out[0].outerHTML.slice(0, 200) : 'something';
";

/// Fails when the console has said anything that is an error.
async fn expect_quiet(browser: &mut Browser, who: &str) {
    let mut errors = browser.errors().await;
    // who nobody is yet, is asked first
    errors.retain(|error| !(error.contains("/api/v1/me") && error.contains("401")));
    assert!(errors.is_empty(), "the console of {who} has errors:\n{}", errors.join("\n"));
}

/// Opens the first link that fits, and takes a picture of where it leads.
async fn follow(browser: &Browser, link: &str, to: &str, name: &str, faults: &mut Vec<String>) {
    browser.click(link).await;
    browser.wait_js("the page behind the link", &format!("return location.pathname.startsWith({to:?})")).await;
    picture(browser, name, faults).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_sees_every_screen_of_its_navigation_without_an_error() {
    let (server, password) = demo();
    let faults = &mut Vec::new();
    let browser = Browser::open(&server.url(), Screen::Desk).await;
    browser.goto("/desk").await;
    browser.wait_for("[data-test=sign-in]").await;
    picture(&browser, "desk-sign-in", faults).await;
    let mut desk = Desk { browser };
    for role in ["lead", "supervisor", "auditor", "admin"] {
        desk.enter(&person(&server, role), &password).await;
        desk.browser.wait_for("[data-test=live-dot][data-state=open]").await;
        let script = "return [...document.querySelectorAll('nav [data-test^=nav-]')].map(e => e.dataset.test.slice(4))";
        let screens = desk.browser.js(script).await;
        let screens: Vec<String> = serde_json::from_value(screens).expect("names");
        assert!(screens.len() >= 4, "{role} sees hardly anything: {screens:?}");
        for screen in &screens {
            desk.open(screen).await;
            picture(&desk.browser, &format!("{role}-{screen}"), faults).await;
        }
        if screens.iter().any(|screen| screen == "counts") {
            desk.open("counts").await;
            follow(&desk.browser, "[data-test=count-row] a", "/desk/counts/", &format!("{role}-count"), faults).await;
        }
        if role == "lead" {
            desk.open("counts").await;
            follow(&desk.browser, "[data-test=new-count]", "/desk/counts/new", "lead-count-new", faults).await;
        }
        if role == "auditor" {
            desk.open("history").await;
            desk.browser.type_into("[data-test=history-search]", "TY-").await;
            follow(&desk.browser, "[data-test=history-hit]", "/desk/history/", "auditor-history-of", faults).await;
        }
        if screens.iter().any(|screen| screen == "discrepancies") {
            desk.open("discrepancies").await;
            let row = "[data-test=queue-row] a";
            follow(&desk.browser, row, "/desk/discrepancies/", &format!("{role}-discrepancy"), faults).await;
        }
        desk.browser.click("[data-test=sign-out]").await;
        desk.browser.wait_for("[data-test=sign-in]").await;
        expect_quiet(&mut desk.browser, role).await;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_counts_a_bin_of_the_demo() {
    let (server, password) = demo();
    let code = server
        .wait_line("a code for handhelds", |line| line.split_once("#enrol=").map(|(_, code)| code.trim().to_owned()));
    let faults = &mut Vec::new();
    let mut handheld = Browser::open(&server.url(), Screen::Handheld).await;
    handheld.goto("/").await;
    handheld.wait_for("[data-test=enrol-code]").await;
    picture(&handheld, "handheld-connect", faults).await;
    // as the printed address does it
    handheld.goto("/manifest.webmanifest").await;
    handheld.goto(&format!("/#enrol={code}")).await;
    handheld.wait_for("[data-test=user]").await;
    picture(&handheld, "handheld-sign-in", faults).await;
    handheld.type_into("[data-test=user]", &person(&server, "counter")).await;
    handheld.type_into("[data-test=password]", &password).await;
    handheld.click("[data-test=sign-in]").await;
    handheld.wait_for("[data-test=next-bin]").await;
    handheld.wait_controlled().await;
    picture(&handheld, "handheld-bins", faults).await;
    handheld.click("[data-test=next-bin]").await;
    handheld.wait_for("[data-test=last-scan]").await;
    picture(&handheld, "handheld-bin", faults).await;
    for (ask, name) in [("skip", "handheld-skip"), ("bin-empty", "handheld-empty")] {
        handheld.click(&format!("[data-test={ask}]")).await;
        handheld.wait_for("[data-test=ask]").await;
        picture(&handheld, name, faults).await;
        handheld.click("[data-test=answer-no]").await;
    }
    // a scan into the field of the search is a scan all the same, and closes it
    handheld.click("[data-test=find]").await;
    handheld.click("[data-test=find-field]").await;
    handheld.scan("9990000000017").await;
    handheld.wait_for("[data-test=unknown][data-raw=\"9990000000017\"]").await;
    handheld.wait_gone("[data-test=find-field]").await;
    picture(&handheld, "handheld-unknown", faults).await;
    // no scanner, no readable barcode: the item is found by its words, and its number keyed
    handheld.click("[data-test=find]").await;
    handheld.type_into("[data-test=find-field]", "tube").await;
    handheld.wait_for("[data-test=find-hit]").await;
    picture(&handheld, "handheld-find", faults).await;
    handheld.click("[data-test=find-hit]").await;
    for key in ["1", "2", "ok"] {
        handheld.click(&format!("[data-test=key-{key}]")).await;
    }
    handheld.wait_text("[data-test=big-quantity]", "12").await;
    picture(&handheld, "handheld-counting", faults).await;
    expect_quiet(&mut handheld, "the handheld").await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

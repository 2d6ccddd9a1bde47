//! The desk as a lead or a supervisor uses it, in a desktop-sized browser.
//!
//! Absent: anything that the screens do not offer; for that there is [`crate::warehouse::Person`].

use thirtyfour::prelude::*;

use crate::browser::{Browser, Screen};
use crate::warehouse::{PASSWORD, Warehouse};

/// A desk with somebody at it.
pub struct Desk {
    /// Its browser.
    pub browser: Browser,
}

impl Desk {
    /// Opens the desk and signs in.
    pub async fn sign_in(warehouse: &Warehouse, username: &str) -> Self {
        let browser = Browser::open(&warehouse.server.url(), Screen::Desk).await;
        let desk = Self { browser };
        desk.enter(username, PASSWORD).await;
        desk
    }

    /// Signs in with another password, in a browser that is already open.
    pub async fn enter(&self, username: &str, password: &str) {
        self.browser.goto("/desk").await;
        self.browser.type_into("[data-test=user]", username).await;
        self.browser.type_into("[data-test=password]", password).await;
        self.browser.click("[data-test=sign-in]").await;
        self.browser.wait_for("[data-test=sign-out]").await;
    }

    /// Goes to a screen by the navigation.
    pub async fn open(&self, screen: &str) {
        self.browser.click(&format!("[data-test=nav-{screen}]")).await;
        let there = format!("return location.pathname.startsWith('/desk/{screen}')");
        self.browser.wait_js(&format!("the screen {screen}"), &there).await;
    }

    /// Makes a count of single bins for the pool, and waits for its page.
    pub async fn make_count(&self, name: &str, bins: &[&str]) {
        self.open("counts").await;
        self.browser.click("[data-test=new-count]").await;
        self.browser.click("[data-test=by-locations]").await;
        for bin in bins {
            self.type_and_enter("[data-test=location-filter]", bin).await;
            let box_of = format!("input[type=checkbox][data-location='{bin}']");
            self.browser.click(&box_of).await;
            let ticked = format!("return document.querySelector({box_of:?})?.checked");
            self.browser.wait_js(&format!("{bin} picked"), &ticked).await;
        }
        self.browser.type_into("[data-test=count-name]", name).await;
        self.browser.click("[data-test=create-count]").await;
        self.browser.wait_count("[data-test=task-row]", bins.len()).await;
    }

    /// Fills a field that takes its text with Enter.
    pub async fn type_and_enter(&self, css: &str, text: &str) {
        self.browser.type_into(css, text).await;
        let field = self.browser.driver().find(By::Css(css)).await.expect("the field that was just typed into");
        field.send_keys(Key::Enter + "").await.expect("a key");
    }

    /// Waits for a discrepancy in the queue and opens its page.
    pub async fn open_discrepancy(&self, bin: &str, sku: &str) {
        self.open("discrepancies").await;
        self.browser.click(&format!("[data-test=queue-row][data-location='{bin}'][data-sku='{sku}'] a")).await;
        self.browser.wait_for("[data-test=variance]").await;
    }

    /// Gives a reason and a note to the discrepancy on the screen.
    pub async fn reason(&self, code: &str, note: &str) {
        self.browser.choose("[data-test=reason]", code).await;
        self.browser.type_into("[data-test=note]", note).await;
    }

    /// A mark on the page that a reload would wipe away.
    pub async fn mark(&self) {
        self.browser.js("window.marked = true").await;
    }

    /// Panics when the page was loaded again since [`Desk::mark`].
    pub async fn expect_marked(&self) {
        assert_eq!(self.browser.js("return window.marked === true").await, true, "the page was loaded again");
    }
}

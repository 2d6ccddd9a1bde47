//! Several tabs of one browser, and what can happen to them and to it: a crash, standing still. And its profile, for tests
//! that change what is on the disk while it is closed.

use std::path::Path;

use serde_json::json;
use thirtyfour::WindowHandle;

use super::{Browser, wire};
use crate::process::{self, PATIENCE};

impl Browser {
    /// The folder of its profile; to be changed only while it is closed.
    #[must_use]
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// The tab that everything is done in.
    pub async fn tab(&self) -> WindowHandle {
        self.driver().window().await.unwrap_or_else(|error| panic!("no tab: {error}"))
    }

    /// Opens another tab and goes on in it.
    pub async fn open_tab(&self) -> WindowHandle {
        let tab = self.driver().new_tab().await.unwrap_or_else(|error| panic!("no new tab: {error}"));
        self.to_tab(&tab).await;
        tab
    }

    /// Goes on in a tab, which comes to the front.
    pub async fn to_tab(&self, tab: &WindowHandle) {
        let went = self.driver().switch_to_window(tab.clone()).await;
        went.unwrap_or_else(|error| panic!("cannot go to the tab: {error}"));
        // keys go to the page that the connection was made to
        *self.running().wire.lock().await = None;
        self.cdp("Page.bringToFront", json!({})).await;
    }

    /// Crashes the tab, as when memory runs out: what draws the page dies, with no word to it. The browser lives on; a new
    /// tab takes the place of the broken one, empty until [`Browser::goto`].
    pub async fn crash_tab(&mut self) {
        let broken = self.tab().await;
        let fresh = self.driver().new_tab().await.unwrap_or_else(|error| panic!("no new tab: {error}"));
        let tools = self.driver().cdp();
        let crashing = tools.send_raw("Page.crash", json!({}));
        // whoever drew the page is not there to answer
        let answer = tokio::time::timeout(PATIENCE, crashing).await.expect("the driver notices");
        assert!(answer.is_err(), "the tab answers: {answer:?}");
        self.to_tab(&fresh).await;
        // as a person closes the page that says so
        wire::close(self.profile.path(), &broken.to_string()).await;
    }

    /// SIGSTOP to every process of the browser at once.
    pub fn stand_still(&self) {
        process::signal_group(self.running().chromedriver.id(), "STOP");
    }

    /// SIGCONT after [`Browser::stand_still`].
    pub fn go_on(&self) {
        process::signal_group(self.running().chromedriver.id(), "CONT");
    }
}

//! What every screen of the desk knows: who is signed in, which site is shown, what just happened.
//!
//! Absent: data of screens; each loads its own ([`super::load`]).

use super::feed::Feed;
use crate::{
    api::Trouble,
    browser::page::{self, TimeStyle},
    screen::desk::{keys::Action, words},
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use shared::{
    api::session::{Me, MySite},
    id::DiscrepancyId,
    moment::Moment,
    money::Money,
    role::{Permission, Role, may},
};

const SITE_KEY: &str = "trueup-desk-site";
const THEME_KEY: &str = "trueup-desk-theme";
/// How long a message stays: long enough to read two lines.
const SAID_MS: u32 = 6_000;

/// Whether somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// Asking the server.
    Starting,
    /// The server did not answer.
    Failed(Trouble),
    /// Nobody. With a sentence when a session has ended.
    Out(Option<String>),
    /// Somebody.
    In(Me),
}

/// What all screens share. Cheap to copy: it only holds handles.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Who.
    pub session: RwSignal<Session>,
    /// Code of the chosen site.
    pub chosen: RwSignal<Option<String>>,
    /// Changes at the server.
    pub feed: Feed,
    /// The queue as it was last shown, so that a decision can go on to the next.
    pub queue: RwSignal<Vec<DiscrepancyId>>,
    /// The filter of the queue as it stood in the address, to come back to.
    pub queue_query: RwSignal<String>,
    /// A shortcut was pressed; the number tells two of the same apart.
    pub action: RwSignal<(u32, Option<Action>)>,
    /// A short message, and its number.
    pub said: RwSignal<(u32, String)>,
    /// `auto`, `light` or `dark`.
    pub theme: RwSignal<String>,
}

impl Desk {
    /// Makes it once, at the start of the page.
    pub fn start() -> Self {
        let theme = page::recall(THEME_KEY).unwrap_or_else(|| "auto".to_owned());
        page::mark_root("data-theme", &theme);
        Self {
            session: RwSignal::new(Session::Starting),
            chosen: RwSignal::new(page::recall(SITE_KEY)),
            feed: Feed::closed(),
            queue: RwSignal::new(Vec::new()),
            queue_query: RwSignal::new(String::new()),
            action: RwSignal::new((0, None)),
            said: RwSignal::new((0, String::new())),
            theme: RwSignal::new(theme),
        }
    }
    /// From any screen.
    pub fn here() -> Self {
        expect_context()
    }
    /// The chosen site, else the first one.
    pub fn site(&self) -> Option<MySite> {
        let chosen = self.chosen.get();
        self.session.with(|session| match session {
            Session::In(me) => {
                let named = me.sites.iter().find(|site| Some(&site.code) == chosen.as_ref());
                named.or_else(|| me.sites.first()).cloned()
            }
            _ => None,
        })
    }
    /// Its code, for paths; empty when nobody is signed in.
    pub fn code(&self) -> String {
        self.site().map(|site| site.code).unwrap_or_default()
    }
    /// Its code now, without following changes.
    pub fn code_now(&self) -> String {
        untrack(|| self.code())
    }
    /// Roles on the chosen site.
    pub fn roles(&self) -> Vec<Role> {
        self.site().map(|site| site.roles).unwrap_or_default()
    }
    /// Whether the person may.
    pub fn may(&self, permission: Permission) -> bool {
        may(&self.roles(), permission)
    }
    /// Chooses a site and remembers it.
    pub fn choose(&self, code: &str) {
        page::remember(SITE_KEY, code);
        self.queue.set(Vec::new());
        self.chosen.set(Some(code.to_owned()));
    }
    /// The next theme: automatic, light, dark.
    pub fn next_theme(&self) {
        let next = match self.theme.get_untracked().as_str() {
            "auto" => "light",
            "light" => "dark",
            _ => "auto",
        };
        page::remember(THEME_KEY, next);
        page::mark_root("data-theme", next);
        self.theme.set(next.to_owned());
    }
    /// An instant on the site's clock.
    pub fn time(&self, at: Moment, style: TimeStyle) -> String {
        let zone = untrack(|| self.site()).map(|site| site.time_zone).unwrap_or_default();
        page::local_time(at.0, &zone, style)
    }
    /// How long ago.
    pub fn ago(&self, at: Moment) -> String {
        words::age(page::now_ms() - at.0)
    }
    /// An amount with the site's currency.
    pub fn money(&self, amount: Money) -> String {
        format!("{} {}", words::money(amount), self.currency())
    }
    /// The site's currency.
    pub fn currency(&self) -> String {
        untrack(|| self.site()).map(|site| site.currency).unwrap_or_default()
    }
    /// Shows a short message for a while.
    pub fn say(&self, text: impl Into<String>) {
        let said = self.said;
        let number = said.get_untracked().0.wrapping_add(1);
        said.set((number, text.into()));
        Timeout::new(SAID_MS, move || {
            if said.get_untracked().0 == number {
                said.set((number, String::new()));
            }
        })
        .forget();
    }
    /// Takes note of trouble that concerns the whole desk.
    pub fn heed(&self, trouble: &Trouble) {
        if *trouble == Trouble::SignedOut && matches!(self.session.get_untracked(), Session::In(_)) {
            self.session.set(Session::Out(Some(trouble.to_string())));
        }
    }
    /// Does something for each shortcut pressed while the calling screen is shown.
    pub fn on_action(&self, act: impl Fn(Action) + 'static) {
        let action = self.action;
        let seen = action.get_untracked().0;
        Effect::new(move |_| {
            if let (number, Some(action)) = action.get()
                && number != seen
            {
                act(action);
            }
        });
    }
}

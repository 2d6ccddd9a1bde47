//! The cards of the ways in.
//!
//! Absent: anything that needs somebody signed in.

use super::model::{password_fault, proposed_code, token};
use crate::{
    api::session,
    browser::page,
    screen::desk::{
        part::{
            context::{Desk, Session},
            load::Act,
            note,
        },
        place::Place,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::api::session::{Me, SetUp};

/// Takes note of who signed in, and goes where they work.
fn enter(desk: Desk, me: Me, go_home: impl Fn()) {
    desk.session.set(Session::In(me));
    go_home();
}

fn card(title: &'static str, lead: impl IntoView + 'static, form: impl IntoView + 'static) -> AnyView {
    view! {
        <main class="way-in">
            <div class="way-in-card">
                <p class="brand"><img src="/favicon.svg" alt="" width="28" height="28"/>"Trueup"</p>
                <h1>{title}</h1>
                {lead}
                {form}
            </div>
            <p class="quiet way-in-foot">"Counting bins? "<a href="/" rel="external">"Open the handheld"</a>" on the device you scan with."</p>
        </main>
    }
    .into_any()
}

/// A labelled text field.
fn field(
    label: &'static str,
    kind: &'static str,
    name: &'static str,
    complete: &'static str,
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <label class="field">
            <span>{label}</span>
            <input type=kind autocomplete=complete data-test=name required
                prop:value=move || value.get() on:input:target=move |event| value.set(event.target().value())/>
        </label>
    }
}

/// Signing in. `ended` says why the person has to again.
pub fn sign_in(desk: Desk, ended: Option<String>) -> AnyView {
    let (user, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let act = Act::idle();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        act.run(session::sign_in(user.get_untracked().trim().to_owned(), password.get_untracked()), move |me| {
            desk.session.set(Session::In(me));
        });
    };
    Effect::new(move |_| {
        page::focus(".way-in input");
    });
    card(
        "Sign in",
        ended.map(|sentence| view! { <p class="note note-warn" role="status">{sentence}</p> }),
        view! {
            <form on:submit=submit>
                {field("Name to sign in", "text", "user", "username", user)}
                {field("Password", "password", "password", "current-password", password)}
                {note::refusal(act.trouble)}
                <button class="primary wide" data-test="sign-in" disabled=move || act.busy.get()>
                    {move || if act.busy.get() { "Signing in…" } else { "Sign in" }}
                </button>
            </form>
        },
    )
}

/// Setting a password by a one-time link.
pub fn join(desk: Desk) -> AnyView {
    let Some(token) = token(&page::fragment()) else { return spoiled() };
    let (password, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let fault = RwSignal::new(None::<&'static str>);
    let act = Act::idle();
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        fault.set(password_fault(&password.get_untracked(), &again.get_untracked()));
        if fault.get_untracked().is_none() {
            let navigate = navigate.clone();
            let home = move || navigate(&Place::Home.path(), NavigateOptions { replace: true, ..Default::default() });
            act.run(session::join(token.clone(), password.get_untracked()), move |me| enter(desk, me, home));
        }
    };
    card(
        "Choose your password",
        view! { <p class="quiet">"This link works once. With the password you sign in at the desk and on handhelds."</p> },
        view! {
            <form on:submit=submit>
                {field("New password", "password", "password", "new-password", password)}
                {field("The same again", "password", "password-again", "new-password", again)}
                {move || fault.get().map(|sentence| view! { <p class="note note-bad" role="alert">{sentence}</p> })}
                {note::refusal(act.trouble)}
                <button class="primary wide" data-test="join" disabled=move || act.busy.get()>"Set the password and sign in"</button>
            </form>
        },
    )
}

/// The first admin and the first site.
pub fn set_up(desk: Desk) -> AnyView {
    let Some(token) = token(&page::fragment()) else { return spoiled() };
    let text = || RwSignal::new(String::new());
    let (site_name, site_code, name, user, password, again) = (text(), text(), text(), text(), text(), text());
    let currency = RwSignal::new("EUR".to_owned());
    let zone =
        RwSignal::new(Some(page::own_time_zone()).filter(|zone| !zone.is_empty()).unwrap_or_else(|| "UTC".to_owned()));
    let fault = RwSignal::new(None::<&'static str>);
    let act = Act::idle();
    let navigate = use_navigate();
    Effect::new(move |before: Option<String>| {
        // the code follows the name until somebody types another one
        let proposed = proposed_code(&site_name.get());
        if before.as_ref().is_none_or(|before| site_code.get_untracked() == *before) {
            site_code.set(proposed.clone());
        }
        proposed
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        fault.set(password_fault(&password.get_untracked(), &again.get_untracked()));
        if fault.get_untracked().is_some() {
            return;
        }
        let trimmed = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let message = SetUp {
            token: token.clone(),
            site_code: trimmed(site_code),
            site_name: trimmed(site_name),
            currency: trimmed(currency).to_uppercase(),
            time_zone: trimmed(zone),
            username: trimmed(user).to_lowercase(),
            name: trimmed(name),
            password: password.get_untracked(),
        };
        let navigate = navigate.clone();
        let home = move || navigate(&Place::Home.path(), NavigateOptions { replace: true, ..Default::default() });
        act.run(session::set_up(message), move |me| enter(desk, me, home));
    };
    card(
        "Set up this server",
        view! { <p class="quiet">"One warehouse and one administrator to begin with. More of both come later."</p> },
        view! {
            <form on:submit=submit>
                <fieldset><legend>"Warehouse"</legend>
                    {field("Name", "text", "site-name", "organization", site_name)}
                    <div class="field-row">
                        {field("Short code", "text", "site-code", "off", site_code)}
                        {field("Currency", "text", "currency", "off", currency)}
                    </div>
                    {field("Time zone", "text", "time-zone", "off", zone)}
                </fieldset>
                <fieldset><legend>"Administrator"</legend>
                    <div class="field-row">
                        {field("Your name", "text", "name", "name", name)}
                        {field("Name to sign in", "text", "user", "username", user)}
                    </div>
                    <div class="field-row">
                        {field("Password", "password", "password", "new-password", password)}
                        {field("The same again", "password", "password-again", "new-password", again)}
                    </div>
                </fieldset>
                {move || fault.get().map(|sentence| view! { <p class="note note-bad" role="alert">{sentence}</p> })}
                {note::refusal(act.trouble)}
                <button class="primary wide" data-test="set-up" disabled=move || act.busy.get()>"Set up"</button>
            </form>
        },
    )
}

fn spoiled() -> AnyView {
    card(
        "This link is not whole",
        view! { <p>"The part after “#” is missing. Open the link exactly as you got it; if it still does not work, ask an administrator for a new one."</p> },
        view! { <a class="button wide" href=Place::Home.path()>"Sign in instead"</a> },
    )
}

//! The frame around every screen: navigation, who and where, the live dot, shortcuts; and which screen an address shows.
//!
//! Absent: what screens show.

use super::{
    adjustments, backups, barcodes, count_detail, count_new, counts, dashboard, devices, discrepancies, discrepancy,
    findings, history, incidents,
    keys::{Action, BURST_MS, Keys, SHEET},
    labels, marks, paper,
    part::{
        context::{Desk, Session},
        feed::Topic,
        load::{Loaded, load},
        note,
    },
    people,
    place::{NAVIGATION, Place, landing},
    sign_in, thresholds,
};
use crate::{
    api,
    browser::{live::Link, page},
};
use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use shared::{
    api::{history::Subject, incident::Attention},
    id::{CountId, DiscrepancyId},
    role::Permission,
};
use std::{cell::RefCell, rc::Rc};

/// Asks who is signed in.
fn begin(desk: Desk) {
    desk.session.set(Session::Starting);
    spawn_local(async move {
        desk.session.set(match api::session::me().await {
            Ok(me) => Session::In(me),
            Err(api::Trouble::SignedOut) => Session::Out(None),
            Err(trouble) => Session::Failed(trouble),
        });
    });
}

/// What of the session decides which of the few outer faces is shown; a site switch or a new name changes none of them.
#[derive(Clone, PartialEq)]
enum Face {
    Starting,
    Failed(String),
    Out(Option<String>),
    SetUp,
    Join,
    In,
}

/// The whole page.
#[component]
pub fn Shell() -> impl IntoView {
    let desk = Desk::here();
    let path = use_location().pathname;
    let place = Memo::new(move |_| Place::parse(&path.get()));
    begin(desk);

    Effect::new(move |_| {
        let site = desk.site().map(|site| site.name).unwrap_or_default();
        let place = place.get();
        page::set_title(&match (place, site.is_empty()) {
            // nobody is signed in: the page is called as it came
            (Place::Home, _) => "Trueup desk".to_owned(),
            (place, true) => format!("{} · Trueup", place.title()),
            (place, false) => format!("{} · {site} · Trueup", place.title()),
        });
    });
    let code = Memo::new(move |_| desk.code());
    Effect::new(move |_| desk.feed.follow(&code.get()));

    let face = Memo::new(move |_| match (place.get(), desk.session.get()) {
        (Place::SetUp, _) => Face::SetUp,
        (Place::Join, _) => Face::Join,
        (_, Session::Starting) => Face::Starting,
        (_, Session::Failed(trouble)) => Face::Failed(trouble.to_string()),
        (_, Session::Out(why)) => Face::Out(why),
        (_, Session::In(_)) => Face::In,
    });
    move || match face.get() {
        Face::SetUp => sign_in::view::set_up(desk),
        Face::Join => sign_in::view::join(desk),
        Face::Starting => {
            view! { <main class="way-in"><p class="quiet" role="status">"Opening…"</p></main> }.into_any()
        }
        Face::Failed(sentence) => view! {
            <main class="way-in"><div class="way-in-card">
                <h1>"No answer"</h1><p>{sentence}</p>
                <button class="primary" on:click=move |_| begin(desk)>"Try again"</button>
            </div></main>
        }
        .into_any(),
        Face::Out(why) => sign_in::view::sign_in(desk, why),
        Face::In => frame(desk, place),
    }
}

fn frame(desk: Desk, place: Memo<Place>) -> AnyView {
    let navigate = use_navigate();
    // home is no screen of its own: it leads on to where the role works; and so does an address that somebody else left
    // behind, when whoever signs in may not see it
    {
        let navigate = navigate.clone();
        Effect::new(move |before: Option<()>| {
            let (place, roles) = (place.get(), desk.roles());
            if (place == Place::Home || (before.is_none() && !place.is_open_to(&roles)))
                && let Some(landing) = landing(&roles)
            {
                navigate(&landing.path(), NavigateOptions { replace: true, ..Default::default() });
            }
        });
    }
    let help = RwSignal::new(false);
    listen(desk, place, help);
    {
        let navigate = navigate.clone();
        desk.on_action(move |action| match action {
            Action::Help => help.update(|open| *open = !*open),
            Action::Go(place) if place.is_open_to(&untrack(|| desk.roles())) => {
                help.set(false);
                navigate(&place.path(), NavigateOptions::default());
            }
            Action::Search => {
                page::focus("[data-search]");
            }
            _ => {}
        });
    }
    // the same screen for two ids is drawn anew only where its data differs
    let screen = Memo::new(move |_| match place.get() {
        Place::Count(_) => Place::Count(CountId(0)),
        Place::Discrepancy(_) => Place::Discrepancy(DiscrepancyId(0)),
        Place::HistoryOf(..) => Place::HistoryOf(Subject::Item, 0),
        other => other,
    });
    let site = Memo::new(move |_| desk.code());
    // a link that was followed goes with its screen; whoever followed it by a key goes on from the top of the next one
    Effect::new(move |_| {
        place.track();
        help.track();
        Timeout::new(0, || page::focus_if_lost("#main")).forget();
    });
    view! {
        <a class="skip" href="#main" rel="external">"To the content"</a>
        <div class="frame">
            {rail(desk, place, help)}
            <main id="main" class="page" tabindex="-1">
                {move || {
                    site.track();
                    let shown = screen.get();
                    if shown.is_open_to(&desk.roles()) { draw(desk, shown, place) } else { closed() }
                }}
            </main>
        </div>
        <div class="said" role="status" aria-live="polite">
            {move || { let (_, text) = desk.said.get(); (!text.is_empty()).then(|| view! { <p>{text}</p> }) }}
        </div>
        {move || help.get().then(|| sheet(help))}
    }
    .into_any()
}

fn draw(desk: Desk, screen: Place, place: Memo<Place>) -> AnyView {
    match screen {
        Place::Home if landing(&untrack(|| desk.roles())).is_none() => note::empty(
            "You count: use the handheld",
            "Your role works on the device you scan with. Open this server's address without “/desk” there.",
        ),
        Place::Home | Place::SetUp | Place::Join => ().into_any(),
        Place::Dashboard => dashboard::view::page(desk),
        Place::Counts => counts::view::page(desk),
        Place::CountNew => count_new::view::page(desk),
        Place::Count(_) => count_detail::view::page(desk, place),
        Place::Discrepancies => discrepancies::view::page(desk),
        Place::Discrepancy(_) => discrepancy::view::page(desk, place),
        Place::Barcodes => barcodes::view::page(desk),
        Place::Labels => labels::view::page(desk),
        Place::Paper => paper::view::page(desk),
        Place::History => history::view::search(desk),
        Place::HistoryOf(..) => history::view::page(desk, place),
        Place::People => people::view::page(desk),
        Place::Devices => devices::view::page(desk),
        Place::Thresholds => thresholds::view::page(desk),
        Place::Adjustments => adjustments::view::page(desk),
        Place::Findings => findings::view::page(desk),
        Place::Incidents => incidents::view::page(desk),
        Place::Backups => backups::view::page(desk),
        Place::Marks => marks::view::page(desk),
        Place::Nowhere => note::empty("There is nothing at this address", "Choose a screen on the left."),
    }
}

fn closed() -> AnyView {
    note::empty(
        "Not part of your roles here",
        "Choose a screen on the left, or ask an administrator for another role on this site.",
    )
}

/// How much waits for somebody on a screen, beside its name; nothing where nothing does.
fn badge(waiting: Loaded<Attention>, entry: Place) -> impl IntoView {
    let number = move || {
        waiting.value.with(|waiting| {
            waiting.as_ref().map_or(0, |waiting| match entry {
                Place::Incidents => waiting.incidents,
                Place::Marks => waiting.marks,
                _ => 0,
            })
        })
    };
    move || {
        let number = number();
        (number > 0).then(|| view! { <b class="badge number" data-test=format!("badge-{}", entry.stem())>{number}<span class="unseen">" waiting"</span></b> })
    }
}

fn rail(desk: Desk, place: Memo<Place>, help: RwSignal<bool>) -> impl IntoView {
    let sees = Memo::new(move |_| desk.may(Permission::SeeWork));
    let waiting = load(
        &[Topic::Incident],
        move || (desk.code(), sees.get()),
        |(site, sees)| async move { if sees { api::incident::attention(&site).await } else { Ok(Attention::default()) } },
    );
    let groups = move || {
        let roles = desk.roles();
        NAVIGATION
            .into_iter()
            .map(|group| {
                let entries: Vec<Place> = group.iter().copied().filter(|place| place.is_open_to(&roles)).collect();
                (!entries.is_empty()).then(|| {
                    view! {
                        <ul>{entries.into_iter().map(|entry| view! {
                            <li><a href=entry.path() data-test=format!("nav-{}", entry.stem())
                                aria-current=move || (place.get().stem() == entry.stem()).then_some("page")>
                                <span>{entry.title()}</span>{badge(waiting, entry)}
                                {move || help.get().then(|| view! { <kbd>{entry.key()}</kbd> })}
                            </a></li>
                        }).collect_view()}</ul>
                    }
                })
            })
            .collect_view()
    };
    let sites = move || {
        desk.session.with(|session| match session {
            Session::In(me) if me.sites.len() > 1 => {
                let current = desk.code();
                view! {
                    <label class="site"><span class="unseen">"Site"</span>
                        <select data-test="site" on:change:target=move |event| desk.choose(&event.target().value())>
                            {me.sites.iter().map(|site| view! {
                                <option value=site.code.clone() selected=site.code == current>{site.name.clone()}</option>
                            }).collect_view()}
                        </select>
                    </label>
                }
                .into_any()
            }
            Session::In(me) => view! { <p class="site">{me.sites.first().map(|site| site.name.clone())}</p> }.into_any(),
            _ => ().into_any(),
        })
    };
    let navigate = use_navigate();
    let sign_out = move |_| {
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::session::sign_out().await {
                Ok(()) | Err(api::Trouble::SignedOut) => {
                    desk.session.set(Session::Out(None));
                    desk.queue.set(Vec::new());
                    navigate(&Place::Home.path(), NavigateOptions { replace: true, ..Default::default() });
                }
                Err(trouble) => desk.say(trouble.to_string()),
            }
        });
    };
    let name = move || {
        desk.session.with(|session| match session {
            Session::In(me) => me.name.clone(),
            _ => String::new(),
        })
    };
    let roles = move || desk.roles().into_iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
    view! {
        <nav class="rail" aria-label="Screens">
            <p class="brand"><img src="/favicon.svg" alt="" width="22" height="22"/>"Trueup"</p>
            {sites}
            <div class="rail-groups">{groups}</div>
            <div class="rail-foot">
                {live_dot(desk)}
                <p class="who"><b>{name}</b><span>{roles}</span></p>
                <div class="rail-tools">
                    <button class="plain" on:click=move |_| desk.next_theme() title="Colours: automatic, light or dark">
                        {move || match desk.theme.get().as_str() { "light" => "☀ light", "dark" => "☾ dark", _ => "◐ auto" }}
                    </button>
                    <button class="plain" on:click=move |_| help.set(true) title="Keyboard shortcuts" aria-label="Keyboard shortcuts">"?"</button>
                    <button class="plain" on:click=sign_out data-test="sign-out">"Sign out"</button>
                </div>
            </div>
        </nav>
    }
}

fn live_dot(desk: Desk) -> impl IntoView {
    let link = desk.feed.link;
    let words = move || match link.get() {
        Link::Open => "live",
        Link::Connecting => "connecting…",
        Link::Closed => "no live updates",
    };
    let title = move || match link.get() {
        Link::Open => "Changes appear by themselves.",
        _ => "Changes do not arrive by themselves at the moment; what you see is loaded again every 15 seconds.",
    };
    let state = move || match link.get() {
        Link::Open => "open",
        Link::Connecting => "connecting",
        Link::Closed => "closed",
    };
    view! { <p class="live" data-test="live-dot" data-state=state title=title><i aria-hidden="true"></i>{words}</p> }
}

/// Listens for shortcuts as long as the frame stands.
fn listen(desk: Desk, place: Memo<Place>, help: RwSignal<bool>) {
    let keys = Rc::new(RefCell::new(Keys::default()));
    let listening = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && help.get_untracked() {
            help.set(false);
            return;
        }
        if event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || event.is_composing()
            || page::is_typing()
            || event.key() == "Shift"
        {
            return;
        }
        // the browser's own search opens with a slash; a burst that merely contains one must not move the focus, so
        // only the browser is held back here
        if event.key() == "/" {
            event.prevent_default();
        }
        let Some(ticket) = keys.borrow_mut().press(&event.key(), page::now_ms()) else { return };
        let keys = Rc::clone(&keys);
        Timeout::new(u32::try_from(BURST_MS).unwrap_or_default(), move || {
            let Some(action) = keys.borrow_mut().settle(ticket, page::now_ms()) else { return };
            if place.try_get_untracked().is_some() {
                desk.action.update(|(number, last)| {
                    *number = number.wrapping_add(1);
                    *last = Some(action);
                });
            }
        })
        .forget();
    });
    on_cleanup(move || listening.remove());
}

fn sheet(help: RwSignal<bool>) -> AnyView {
    Effect::new(move |_| {
        page::focus(".sheet-close");
    });
    // the one thing to press; Tab does not lead below the sheet
    let hold = |event: ev::KeyboardEvent| {
        if event.key() == "Tab" {
            event.prevent_default();
        }
    };
    view! {
        <div class="veil" on:click=move |_| help.set(false)>
            <section class="sheet" role="dialog" aria-modal="true" aria-label="Keyboard shortcuts" on:click=|event| event.stop_propagation()>
                <header><h2>"Keyboard"</h2><button class="plain sheet-close" on:keydown=hold on:click=move |_| help.set(false)>"Close"</button></header>
                <dl>{SHEET.into_iter().map(|(keys, what)| view! { <dt><kbd>{keys}</kbd></dt><dd>{what}</dd> }).collect_view()}</dl>
                <p class="quiet">"A barcode scanner triggers none of these: keys that come faster than people type are no shortcuts."</p>
            </section>
        </div>
    }
    .into_any()
}

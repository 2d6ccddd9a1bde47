//! Which screen is shown, and what is above every one of them: the ticks, what waits, whether a scan would be heard, and
//! in red what is not saved.
//!
//! Absent: what the screens do.

use super::{
    camera, count, device, enrol,
    floor::{Floor, Screen},
    rescue, scanner, settings, sign_in, tasks,
};
use crate::{
    browser::{
        floor as page,
        keys::{self, Hearing},
    },
    words::Words,
};
use leptos::prelude::*;

/// The whole handheld.
pub fn view(floor: Floor) -> impl IntoView {
    floor.apply_settings();
    let has_codes = Memo::new(move |_| floor.codes.with(Option::is_some));
    view! {
        <main class="handheld" lang=move || floor.words().language.tag()>
            {move || {
                let words = floor.words();
                if has_codes.get() {
                    return rescue::view::codes(floor).into_any();
                }
                match floor.screen.get() {
                    Screen::Starting => plain(words.starting, ""),
                    Screen::Insecure => insecure(words),
                    Screen::Broken(why) => broken(floor, why),
                    Screen::Enrol(code) => enrol::view::view(floor, code).into_any(),
                    Screen::SignIn => sign_in::view::view(floor).into_any(),
                    Screen::Tasks => tasks::view::view(floor).into_any(),
                    Screen::Again(bin) => tasks::again::view(floor, bin).into_any(),
                    Screen::Settings => settings::view::view(floor).into_any(),
                    Screen::Count => count::view::view(floor).into_any(),
                    Screen::Device => device::view::view(floor).into_any(),
                    Screen::Scanner => scanner::view::view(floor).into_any(),
                }
            }}
            {camera::panel(floor)}
        </main>
    }
}

fn plain(title: &'static str, help: &'static str) -> AnyView {
    view! {
        <section class="plain" role="status">
            <h1>{title}</h1>
            <p>{help}</p>
        </section>
    }
    .into_any()
}

/// Nothing is counted here: what to do instead, step by step.
fn insecure(words: &'static Words) -> AnyView {
    view! {
        <section class="plain steps" role="alert" data-test="insecure">
            <h1>{words.insecure_title}</h1>
            <p>{words.insecure_help}</p>
            <ol>
                <li>{words.insecure_open}" "<a class="code" data-test="secure-address" href=page::secure_address()>{page::secure_address()}</a></li>
                <li>{words.insecure_ask}</li>
                <li>{words.insecure_proxy}</li>
            </ol>
        </section>
    }
    .into_any()
}

/// Nothing can be counted, and it is tried again; what the second journal holds can be taken off meanwhile.
fn broken(floor: Floor, why: String) -> AnyView {
    let words = floor.words();
    view! {
        <section class="plain" role="alert">
            <h1>{words.broken_title}</h1>
            <p>{why}</p>
            <button class="primary" on:click=|_| page::reload()>{words.load_again}</button>
            {rescue::view::buttons(floor)}
        </section>
    }
    .into_any()
}

/// The slim header of every screen with counts behind it.
pub fn bar(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let tick = move |name: &'static str, word: &'static str, on: Signal<bool>| {
        view! {
            <span class="tick" class:on=on data-test=name data-state=move || if on.get() { "yes" } else { "no" }>
                <i aria-hidden="true">{move || if on.get() { "✓" } else { "○" }}</i>
                {word}
            </span>
        }
    };
    let writing = move || {
        floor.not_saved.with(Option::is_some)
            || floor.visit.with(|visit| visit.as_ref().is_some_and(|visit| visit.is_writing()))
    };
    let saved = Signal::derive(move || !writing() && floor.status.with(|status| status.saved_seq > 0));
    let server = Signal::derive(move || {
        saved.get() && floor.status.with(|status| status.waiting == 0 && status.durable_seq >= status.saved_seq)
    });
    let archived =
        Signal::derive(move || server.get() && floor.status.with(|status| status.archived_seq >= status.saved_seq));
    // drawn once, however often it is tried again: somebody may be about to press a button of it
    let not_saved = Memo::new(move |_| floor.not_saved.with(Option::is_some));
    view! {
        <header class="bar">
            {tick("tick-saved", words.tick_saved, saved)}
            {tick("tick-server", words.tick_server, server)}
            {tick("tick-archived", words.tick_archived, archived)}
            <span class="waiting" class:some=move || floor.status.with(|status| status.waiting > 0)>
                <b data-test="waiting">{move || floor.status.with(|status| status.waiting)}</b>
                " "
                {words.waiting}
            </span>
            {move || match floor.hearing.get() {
                Hearing::Ready => view! {
                    <span class="ready" data-test="status-pill" data-state="ready"><i aria-hidden="true">"●"</i>{words.ready}</span>
                }.into_any(),
                // small: what is walked over with keys must not move
                Hearing::Away => view! {
                    <span class="ready away" data-test="status-pill" data-state="away"><i aria-hidden="true">"▲"</i>{words.tap_to_scan}</span>
                }.into_any(),
                Hearing::Deaf => ().into_any(),
            }}
        </header>
        {move || {
            (floor.hearing.get() == Hearing::Deaf).then(|| view! {
                <button class="arm" data-test="status-pill" data-state="tap" on:click=|_| keys::arm()>
                    <i aria-hidden="true">"▲ "</i>
                    {words.tap_to_scan}
                </button>
            })
        }}
        {move || {
            not_saved.get().then(|| view! {
                <section class="not-saved" role="alert" data-test="not-saved">
                    <p><b><i aria-hidden="true">"✕ "</i>{words.not_saved}</b></p>
                    <p>{words.not_saved_help}</p>
                    <p class="why">{move || floor.not_saved.get()}</p>
                    <button data-test="try-again" on:click=move |_| floor.try_again()>{words.try_again}</button>
                    {rescue::view::buttons(floor)}
                </section>
            })
        }}
    }
}

/// Offers a new build; only where no sheet is open.
pub fn update(floor: Floor) -> impl IntoView {
    let words = floor.words();
    move || {
        let idle = floor.visit.with(Option::is_none) && floor.not_saved.with(Option::is_none);
        (floor.update.get() && idle).then(|| {
            view! {
                <section class="update" role="status">
                    <p>{words.update_ready}</p>
                    <button data-test="update" on:click=|_| page::take_update()>{words.update_now}</button>
                </section>
            }
        })
    }
}

//! Draws the settings: loudness, motor, colours, hand, language, and every sound to be tried.
//!
//! Absent: what is kept and applied (`super`).

use super::languages;
use crate::{
    browser::sound,
    part::{
        settings::{Hand, Settings, Theme, Volume},
        tone::Tone,
    },
    screen::handheld::{
        floor::{Floor, Screen},
        shell,
    },
    words::Words,
};
use leptos::prelude::*;

/// The page. What is chosen is in force at once, and heard where it can be heard.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let person = move || floor.person.with(|held| held.as_ref().map(|held| held.person.id));
    let volume = |volume| match volume {
        Volume::Off => words.volume_off,
        Volume::Low => words.volume_low,
        Volume::High => words.volume_high,
        Volume::Full => words.volume_full,
    };
    let theme = |theme| match theme {
        Theme::Auto => words.theme_auto,
        Theme::Light => words.theme_light,
        Theme::Dark => words.theme_dark,
        Theme::Contrast => words.theme_contrast,
    };
    view! {
        {shell::bar(floor)}
        <div class="settings">
            <div class="head">
                <h1>{words.settings}</h1>
                <button data-test="settings-done" on:click=move |_| floor.show(Screen::Tasks)>{words.finish}</button>
            </div>
            <section>
                <h2>{words.choose_language}</h2>
                {languages::choices(floor, words.language)}
            </section>
            <section>
                <h2>{words.volume}</h2>
                <div class="choice-grid">{Volume::ALL.map(|at| choice(
                    format!("volume-{}", at.percent()), volume(at),
                    move || floor.settings.with(|settings| settings.volume == at), move || hear(floor, |settings| settings.volume = at),
                )).into_iter().collect_view()}</div>
            </section>
            <section>
                <h2>{words.vibration}</h2>
                <div class="choice-grid">
                    {choice("vibration-on".into(), words.on, move || floor.settings.with(|settings| settings.vibration),
                        move || hear(floor, |settings| settings.vibration = true))}
                    {choice("vibration-off".into(), words.off, move || floor.settings.with(|settings| !settings.vibration),
                        move || hear(floor, |settings| settings.vibration = false))}
                </div>
            </section>
            <section>
                <h2>{words.sounds}</h2>
                <div class="choice-grid">{Tone::ALL.map(|tone| view! {
                    <button data-test="try-tone" on:click=move |_| sound::play(tone)>
                        <i aria-hidden="true">"♪ "</i>{name(words, tone)}
                    </button>
                }).into_iter().collect_view()}</div>
            </section>
            <section>
                <h2>{words.theme}</h2>
                <div class="choice-grid">{Theme::ALL.map(|at| choice(
                    format!("theme-{}", at.word()), theme(at),
                    move || floor.settings.with(|settings| settings.theme == at),
                    move || floor.set(|settings| settings.theme = at),
                )).into_iter().collect_view()}</div>
            </section>
            <section>
                <h2>{words.hand}</h2>
                <div class="choice-grid">{[(Hand::Left, words.hand_left), (Hand::Right, words.hand_right)].map(|(at, text)| choice(
                    format!("hand-{}", at.word()), text,
                    move || floor.settings.with(|settings| settings.hand(person()) == at),
                    move || if let Some(person) = person() { floor.set(|settings| settings.take_hand(person, at)) },
                )).into_iter().collect_view()}</div>
            </section>
        </div>
    }
}

/// Changes how it sounds or shakes, and lets it be heard.
fn hear(floor: Floor, change: impl FnOnce(&mut Settings)) {
    floor.set(change);
    // effects run after this, and the sound is to be the new one
    floor.settings.with_untracked(|settings| sound::set_level(settings.volume.percent(), settings.vibration));
    sound::play(Tone::Item);
}

fn choice(
    test: String,
    text: &'static str,
    chosen: impl Fn() -> bool + Send + Sync + 'static,
    choose: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button data-test=test aria-pressed=move || chosen().to_string() on:click=move |_| choose()>{text}</button>
    }
}

fn name(words: &Words, tone: Tone) -> &'static str {
    match tone {
        Tone::Item => words.tone_item,
        Tone::Bin => words.tone_bin,
        Tone::Complete => words.tone_complete,
        Tone::Ask => words.tone_ask,
        Tone::WrongBin => words.tone_wrong_bin,
        Tone::Unknown => words.tone_unknown,
        Tone::Already => words.tone_already,
        Tone::NotSaved => words.tone_not_saved,
    }
}

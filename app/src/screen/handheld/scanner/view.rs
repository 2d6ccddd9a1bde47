//! Draws the scanner test and the scanner's settings.
//!
//! Absent: the four codes' pictures; they are printed (`docs/scanner-test.html`), since no scanner reads its own screen.

use crate::{
    browser::file,
    screen::handheld::{
        floor::{Floor, Notice, Screen},
        shell,
    },
};
use leptos::prelude::*;
use shared::scan::{Capture, Channel, Listen, trial::Sample};

/// Events drawn at once.
const LINES_SHOWN: usize = 40;

/// The settings of a DataWedge profile, in the order of its menus.
const DATAWEDGE: [(&str, &str); 11] = [
    ("Associated apps", "Chrome, and the installed Trueup app"),
    ("Barcode input, decoders", "Code 128 with GS1-128, EAN/UPC, ITF-14, DataMatrix, QR"),
    ("UPC-A, EAN: report check digit, preamble", "on"),
    ("UPC-E: convert to UPC-A", "on"),
    ("Scan params: Code ID type", "AIM"),
    ("Reader params: picklist", "on"),
    ("Scan params: decode beep, vibration", "off: Trueup plays what a scan means"),
    ("Keystroke output", "on"),
    ("Key event options: send characters, control characters as events", "on"),
    ("Inter-character delay", "0"),
    ("Basic data formatting: send ENTER key", "on, no prefix"),
];

/// The screen.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let listen = RwSignal::new(floor.scanner.with_value(|scanner| scanner.listen));
    let next = Memo::new(move |_| floor.trial.with(|trial| trial.next()));
    let choice = move |one: Listen, name: &'static str, test: &'static str| {
        view! {
            <button data-test=test aria-pressed=move || (listen.get() == one).to_string()
                on:click=move |_| { listen.set(one); floor.listen_to(one); }>{name}</button>
        }
    };
    let export = move |_| {
        let device =
            floor.replica().and_then(|replica| replica.enrolled()).map(|it| it.device_name).unwrap_or_default();
        let text = floor.trial.with_untracked(|trial| trial.export(&device));
        if file::save("trueup-scanner-test.txt", &text).is_none() {
            floor.notice.set(Some(Notice { text: floor.words().try_again.to_owned(), bad: true }));
        }
    };
    view! {
        {shell::bar(floor)}
        <div class="bin">
            <div class="where"><h1>{words.scanner_test}</h1></div>
            <button class="back" data-test="to-list" on:click=move |_| floor.show(Screen::Tasks)>{words.back}</button>
        </div>
        <div class="scanner">
            {move || next.get().map_or_else(
                || view! { <p class="hint" data-test="trial-done"><b>"All four codes arrived."</b></p> }.into_any(),
                |sample: Sample| view! {
                    <p class="hint" data-test="trial-next"><b>"Scan code "{sample.name()}</b><br/>"The sheet to print: docs/scanner-test.html"</p>
                }.into_any(),
            )}
            <p class="quiet" data-test="learned">{move || { floor.trial.track(); learned(floor) }}</p>
            {move || floor.caps_lock.get().then(|| view! { <p class="warn" data-test="caps">"Caps Lock is on."</p> })}
            <ol class="findings">
                {move || floor.trial.with(|trial| trial.found().iter().map(|(finding, heard)| {
                    let advice = finding.advice(floor.caps_lock.get());
                    view! {
                        <li data-test="finding" data-exact=finding.exact.to_string()>
                            <h2>{finding.sample.name()}</h2>
                            <p class="code">{heard.clone()}</p>
                            <ul>{finding.lines().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                            {advice.into_iter().map(|line| view! { <p class="warn" data-test="advice">{line}</p> }).collect_view()}
                        </li>
                    }
                }).collect_view())}
            </ol>
            <button data-test="trial-again" on:click=move |_| floor.trial.update(|trial| trial.restart())>"Start again"</button>
            <h2>"What belongs to the scanner"</h2>
            <div class="choice-grid">
                {choice(Listen::Auto, "Everything", "listen-auto")}
                {choice(Listen::Text, "Text", "listen-text")}
                {choice(Listen::Keys, "Keys", "listen-keys")}
            </div>
            <p class="quiet">"Leave it at Everything unless each scan counts twice: then the scanner sends keys and text, and one of them is enough."</p>
            <h2>"DataWedge profile"</h2>
            <dl class="settings">
                {DATAWEDGE.map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).into_iter().collect_view()}
            </dl>
            <h2>"Events, newest first"</h2>
            <button data-test="export" on:click=export>"Save as a file"</button>
            <pre class="events" data-test="events">
                {move || floor.trial.with(|trial| trial.recent(LINES_SHOWN).join("\n"))}
            </pre>
        </div>
    }
}

fn learned(floor: Floor) -> String {
    let learned = floor.capture.with_value(Capture::learned);
    if learned.seen == 0 {
        return "Nothing scanned on this handheld yet.".to_owned();
    }
    let channel = match learned.channel {
        Some(Channel::Keys) => "keys",
        Some(Channel::Text) => "whole text",
        Some(Channel::TextByCharacter) => "text by character",
        None => "unknown",
    };
    let end = if learned.suffix { "ends with Enter" } else { "no terminator" };
    let aim = if learned.aim { "names symbols" } else { "names no symbols" };
    format!("Learned: {channel}, {end}, {aim}, {} ms between characters, {} scans.", learned.gap_ms, learned.seen)
}

//! Draws the scanner test and the scanner's settings.
//!
//! Absent: the four codes' pictures; they are printed (`docs/scanner-test.html`), since no scanner reads its own screen.

use crate::{
    browser::file,
    screen::handheld::{
        floor::{Floor, Notice, Screen},
        shell,
    },
    words::{
        fill,
        scanner::{self, ScannerWords},
    },
};
use leptos::prelude::*;
use shared::scan::{Capture, Listen, trial::Sample};

/// Events drawn at once.
const LINES_SHOWN: usize = 40;

/// The sheet with the four codes.
const SHEET: &str = "docs/scanner-test.html";

/// The settings of a DataWedge profile, in the order of its menus and by the names that they have there.
fn datawedge(says: &ScannerWords) -> [(&'static str, &'static str); 11] {
    [
        ("Associated apps", says.apps),
        ("Barcode input, decoders", "Code 128, GS1-128, EAN/UPC, ITF-14, DataMatrix, QR"),
        ("UPC-A, EAN: report check digit, preamble", says.on),
        ("UPC-E: convert to UPC-A", says.on),
        ("Scan params: Code ID type", "AIM"),
        ("Reader params: picklist", says.on),
        ("Scan params: decode beep, vibration", says.quiet),
        ("Keystroke output", says.on),
        ("Key event options: send characters, control characters as events", says.on),
        ("Inter-character delay", "0"),
        ("Basic data formatting: send ENTER key", says.enter_on),
    ]
}

/// The screen.
pub fn view(floor: Floor) -> impl IntoView {
    let words = floor.words();
    let says = scanner::of(words.language);
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
        let text = floor.trial.with_untracked(|trial| trial.export(&device, says));
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
                || view! { <p class="hint" data-test="trial-done"><b>{says.all_arrived}</b></p> }.into_any(),
                |sample: Sample| view! {
                    <p class="hint" data-test="trial-next"><b>{fill(says.scan_code, &[sample.name()])}</b><br/>{fill(says.sheet, &[SHEET])}</p>
                }.into_any(),
            )}
            <p class="quiet" data-test="learned">{move || { floor.trial.track(); says.learned(floor.capture.with_value(Capture::learned)) }}</p>
            {move || floor.caps_lock.get().then(|| view! { <p class="warn" data-test="caps">{says.caps_on}</p> })}
            <ol class="findings">
                {move || floor.trial.with(|trial| trial.found().iter().map(|(finding, heard)| {
                    let advice = finding.advice(floor.caps_lock.get());
                    view! {
                        <li data-test="finding" data-exact=finding.exact.to_string()>
                            <h2>{finding.sample.name()}</h2>
                            <p class="code">{heard.clone()}</p>
                            <ul>{says.lines(finding).into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                            {advice.into_iter().map(|line| view! { <p class="warn" data-test="advice">{says.advice(line)}</p> }).collect_view()}
                        </li>
                    }
                }).collect_view())}
            </ol>
            <button data-test="trial-again" on:click=move |_| floor.trial.update(|trial| trial.restart())>{says.again}</button>
            <h2>{says.belongs}</h2>
            <div class="choice-grid">
                {choice(Listen::Auto, says.everything, "listen-auto")}
                {choice(Listen::Text, says.text, "listen-text")}
                {choice(Listen::Keys, says.keys, "listen-keys")}
            </div>
            <p class="quiet">{says.belongs_help}</p>
            <h2>{says.profile}</h2>
            <dl class="settings">
                {datawedge(says).map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).into_iter().collect_view()}
            </dl>
            <h2>{says.events}</h2>
            <button data-test="export" on:click=export>{says.save}</button>
            <pre class="events" data-test="events">
                {move || floor.trial.with(|trial| trial.recent(LINES_SHOWN).join("\n"))}
            </pre>
        </div>
    }
}

//! Feeds what the browser hears into the capture machine, and what comes out to the screen that is shown.
//!
//! Absent: numbers and judgement ([`shared::scan`]).

use crate::{
    browser::{
        keys::{Ears, Hearing},
        sound,
    },
    part::tone::Tone,
    screen::handheld::floor::{Floor, Notice, Screen},
};
use leptos::prelude::*;
use shared::scan::{Capture, Captured, Listen, Signal};

/// The ears of the handheld.
pub struct Listener(pub Floor);

impl Listener {
    fn with<T>(&self, act: impl FnOnce(&mut Capture) -> T) -> Option<T> {
        self.0.capture.try_update_value(act)
    }
    fn take(&self, captured: Vec<Captured>) {
        let floor = self.0;
        let has_scan = captured.iter().any(|one| matches!(one, Captured::Scan { .. }));
        let counting = floor.screen.with_untracked(|screen| *screen == Screen::Count);
        // what a hand types then belongs to the field
        let counting = counting && !floor.is_finding();
        for one in captured {
            match one {
                Captured::Scan { text, companion } => floor.scanned(&text, companion),
                Captured::Typed(digits) if counting => floor.act(|visit| {
                    digits.chars().for_each(|digit| visit.press(digit));
                    vec![]
                }),
                Captured::Entered if counting => floor.act(|visit| visit.press_ok()),
                Captured::Erased if counting => floor.act(|visit| {
                    visit.press_back();
                    vec![]
                }),
                Captured::Receiving => floor.receives(true),
                Captured::Garbled(_) => {
                    floor.receives(false);
                    sound::play(Tone::Unknown);
                    floor.notice.set(Some(Notice { text: floor.words().note_garbled.to_owned(), bad: true }));
                }
                Captured::Typed(_) | Captured::Entered | Captured::Erased | Captured::Ignored(_) => {}
            }
        }
        if has_scan {
            floor.keep_learned();
        }
    }
}

impl Ears for Listener {
    fn hear(&self, at_ms: i64, signal: Signal<'_>) {
        let captured = self.with(|capture| capture.feed(at_ms, signal)).unwrap_or_default();
        self.take(captured);
    }
    fn owns_enter(&self, at_ms: i64) -> bool {
        self.0.capture.with_value(|capture| capture.owns_enter(at_ms))
    }
    fn deadline(&self) -> Option<i64> {
        self.0.capture.with_value(Capture::deadline)
    }
    fn tick(&self, now_ms: i64) {
        let captured = self.with(|capture| capture.tick(now_ms)).unwrap_or_default();
        self.take(captured);
    }
    fn in_code(&self) -> bool {
        self.0.capture.with_value(Capture::in_code)
    }
    fn listen(&self) -> Listen {
        self.0.scanner.with_value(|scanner| scanner.listen)
    }
    fn is_watching(&self) -> bool {
        self.0.screen.with_untracked(|screen| *screen == Screen::Scanner)
    }
    fn watch(&self, at_ms: i64, line: String) {
        self.0.trial.update(|trial| trial.watch(at_ms, &line));
    }
    fn caps_lock(&self, on: bool) {
        if self.0.caps_lock.get_untracked() != on {
            self.0.caps_lock.set(on);
        }
    }
    fn armed(&self, hearing: Hearing) {
        if self.0.hearing.get_untracked() != hearing {
            self.0.hearing.set(hearing);
        }
    }
}

//! Plays tones and shakes the handheld. One audio context for the life of the page, woken by the first touch or key.
//!
//! Absent: which tone means what ([`crate::part::tone`]).
#![allow(clippy::float_arithmetic)] // the clock and the loudness of Web Audio are floating point

use crate::part::tone::Tone;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{AudioContext, AudioContextState, OscillatorType};

thread_local! {
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
    /// Percent, and whether the motor speaks as well.
    static LEVEL: Cell<(u8, bool)> = const { Cell::new((0, false)) };
}

/// Sets how loud, in percent, and whether the motor speaks as well.
pub fn set_level(percent: u8, vibration: bool) {
    LEVEL.set((percent, vibration));
}

/// Browsers let a page sound only after a gesture: the first one wakes the audio, and every later one if it fell asleep.
pub fn wake_on_gesture() {
    let Some(window) = web_sys::window() else { return };
    let wake = Closure::<dyn Fn()>::new(|| {
        CONTEXT.with_borrow_mut(|context| {
            if context.is_none() {
                *context = AudioContext::new().ok();
            }
            if let Some(context) = context.as_ref().filter(|it| it.state() != AudioContextState::Running) {
                let _ = context.resume();
            }
        });
    });
    for name in ["pointerdown", "keydown"] {
        let _ = window.add_event_listener_with_callback(name, wake.as_ref().unchecked_ref());
    }
    wake.forget();
}

/// Says something to ear and hand. Silent where the browser does not let us: the screen says it as well.
pub fn play(tone: Tone) {
    let (percent, vibration) = LEVEL.get();
    CONTEXT.with_borrow(|context| {
        if let Some(context) = context.as_ref().filter(|_| percent > 0) {
            let _ = sound(context, tone, f32::from(percent) / 100.0);
        }
    });
    if !vibration {
        return;
    }
    let pattern: js_sys::Array = tone.vibration().iter().map(|ms| JsValue::from(*ms)).collect();
    if let Some(window) = web_sys::window() {
        let navigator = window.navigator();
        // not every browser has a motor to call
        if js_sys::Reflect::has(&navigator, &JsValue::from_str("vibrate")).unwrap_or(false) {
            let _ = navigator.vibrate_with_pattern(&pattern);
        }
    }
}

fn sound(context: &AudioContext, tone: Tone, loudness: f32) -> Result<(), JsValue> {
    let mut at = context.current_time();
    for note in tone.notes() {
        let oscillator = context.create_oscillator()?;
        let gain = context.create_gain()?;
        oscillator.set_type(OscillatorType::Square);
        oscillator.frequency().set_value(f32::from(note.hertz));
        gain.gain().set_value(loudness);
        oscillator.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&context.destination())?;
        let end = at + f64::from(note.ms) / 1_000.0;
        oscillator.start_with_when(at)?;
        oscillator.stop_with_when(end)?;
        at = end + f64::from(note.rest_ms) / 1_000.0;
    }
    Ok(())
}

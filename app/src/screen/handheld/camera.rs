//! Scanning with the camera, on devices that have no scanner: a picture over the lower half of the list and of a bin, and
//! what it sees goes where a scan goes.
//!
//! Absent: reading pictures (`app/camera`), and which reads count ([`shared::scan::hold`]).

use super::floor::{Floor, Screen};
use crate::{
    browser::{
        camera::{self, Told, Trouble},
        device,
    },
    words::Words,
};
use leptos::prelude::*;

/// How the camera stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Camera {
    /// Nobody wants it.
    #[default]
    Closed,
    /// The person, or the browser, is being asked.
    Starting,
    /// It looks for codes.
    Looking {
        /// Whether there is a lamp to switch.
        lamp: bool,
    },
    /// It could not be had.
    Trouble(Trouble),
}

impl Camera {
    const fn is_open(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

/// Screens on which a scan means a bin or an item.
fn is_scanning(screen: &Screen) -> bool {
    matches!(screen, Screen::Tasks | Screen::Again(_) | Screen::Count)
}

impl Floor {
    /// Opens the camera; it stays open from bin to bin.
    pub fn open_camera(self) {
        self.camera.set(Camera::Starting);
        camera::open(move |told| self.camera_told(told));
    }
    /// Closes it.
    pub fn close_camera(self) {
        self.camera.set(Camera::Closed);
        camera::close();
    }
    fn camera_told(self, told: Told) {
        if !self.camera.get_untracked().is_open() {
            return;
        }
        match told {
            Told::Looking { lamp } => self.camera.set(Camera::Looking { lamp }),
            Told::Trouble(trouble) => self.camera.set(Camera::Trouble(trouble)),
            Told::Sees(text) => {
                let now = device::clocks().monotonic_ms;
                if self.hold.try_update_value(|hold| hold.admits(&text, now)).unwrap_or(false) {
                    self.scanned(&text, false);
                }
            }
        }
    }
}

/// The button that opens it.
pub fn button(floor: Floor) -> impl IntoView {
    let words = floor.words();
    move || {
        (!floor.camera.get().is_open() && camera::may_be_there()).then(|| {
            view! {
                <button class="camera-open" data-test="camera-open" on:click=move |_| floor.open_camera()>
                    {words.camera}
                </button>
            }
        })
    }
}

/// The picture, above whatever screen is shown.
pub fn panel(floor: Floor) -> impl IntoView {
    Effect::new(move || {
        if floor.camera.get().is_open() && !floor.screen.with(is_scanning) {
            floor.close_camera();
        }
    });
    let open = Memo::new(move |_| floor.camera.get().is_open());
    move || {
        let words = floor.words();
        open.get().then(|| {
            view! {
                <section class="camera" data-test="camera" data-state=move || state(floor.camera.get())>
                    <video id="camera" autoplay muted playsinline></video>
                    <p role="status">{move || sentence(words, floor.camera.get())}</p>
                    <div class="row">
                        {move || matches!(floor.camera.get(), Camera::Looking { lamp: true }).then(|| view! {
                            <button data-test="camera-lamp" on:click=move |_| camera::switch_lamp()>{words.camera_lamp}</button>
                        })}
                        <button data-test="camera-close" on:click=move |_| floor.close_camera()>{words.camera_close}</button>
                    </div>
                </section>
            }
        })
    }
}

const fn state(camera: Camera) -> &'static str {
    match camera {
        Camera::Closed | Camera::Starting => "starting",
        Camera::Looking { .. } => "looking",
        Camera::Trouble(_) => "trouble",
    }
}

const fn sentence(words: &Words, camera: Camera) -> &'static str {
    match camera {
        Camera::Closed | Camera::Starting => words.camera_starting,
        Camera::Looking { .. } => words.camera_point,
        Camera::Trouble(Trouble::Denied) => words.camera_denied,
        Camera::Trouble(Trouble::Missing) => words.camera_missing,
        Camera::Trouble(Trouble::Busy) => words.camera_busy,
        Camera::Trouble(Trouble::Failed) => words.camera_failed,
    }
}

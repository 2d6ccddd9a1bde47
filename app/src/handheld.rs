//! Where the handheld begins: ears first, so that no scan between the first paint and the first listener is lost, then
//! the screens.
//!
//! Absent: a router. There is one address; where we are follows from the journal.

use crate::{
    browser::{
        device::{Happening, on_happening},
        floor as page, keys, sound,
    },
    scan::listen::Listener,
    screen::handheld::{floor::Floor, shell},
};
use leptos::{prelude::*, task::spawn_local};
use std::rc::Rc;

/// Puts the handheld into the page.
pub fn start() {
    mount_to_body(|| {
        let floor = Floor::default();
        if keys::listen(Rc::new(Listener(floor))).is_none() {
            floor.hearing.set(keys::Hearing::Deaf);
        }
        sound::wake_on_gesture();
        on_happening(move |happening| {
            if happening == Happening::Shown {
                floor.stay_awake();
            }
        });
        page::on_update(move || floor.update.set(true));
        page::on_fragment(move || {
            if floor.replica().is_some_and(|replica| replica.enrolled().is_none()) {
                floor.route();
            }
        });
        spawn_local(floor.start());
        shell::view(floor)
    });
}

//! A tab that the browser freezes. It may hold nothing that other tabs wait for: its open transaction would keep every one
//! of them from writing until it goes on. So what it has not yet asked the disk to keep is given up in its last turn, and
//! done again when it goes on.
//!
//! Absent: what is given up (`storage`), and doing it again (`replica::journal`, which does so after any failure).

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::pin,
    task::{Poll, Waker},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Event;

#[derive(Default)]
struct Freeze {
    is_frozen: Cell<bool>,
    is_listening: Cell<bool>,
    /// who is to be woken when that changes
    waiting: RefCell<BTreeMap<u64, Waker>>,
    next: Cell<u64>,
}

thread_local! {
    static FREEZE: Freeze = Freeze::default();
}

/// A place among those who wait; left when it is dropped.
struct Place(u64);

impl Place {
    fn take() -> Self {
        listen();
        FREEZE.with(|freeze| Self(freeze.next.replace(freeze.next.get() + 1)))
    }
    /// Whether the page is frozen; `waker` is woken when that changes.
    fn is_frozen(&self, waker: &Waker) -> bool {
        FREEZE.with(|freeze| {
            freeze.waiting.borrow_mut().insert(self.0, waker.clone());
            freeze.is_frozen.get()
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        FREEZE.with(|freeze| freeze.waiting.borrow_mut().remove(&self.0));
    }
}

/// The result of `work`, or `None` where the page is frozen before it is done. The work is then dropped where it stands,
/// before the page stands still: what is woken in an event runs before the next thing happens.
pub async fn unless_frozen<T>(work: impl Future<Output = T>) -> Option<T> {
    let (mut work, place) = (pin!(work), Place::take());
    poll_fn(|context| {
        if place.is_frozen(context.waker()) {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// Waits until the page goes on; at once, where it is not frozen.
pub async fn thawed() {
    let place = Place::take();
    poll_fn(|context| if place.is_frozen(context.waker()) { Poll::Pending } else { Poll::Ready(()) }).await;
}

fn listen() {
    if FREEZE.with(|freeze| freeze.is_listening.replace(true)) {
        return;
    }
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let listener = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        let waiting = FREEZE.with(|freeze| {
            freeze.is_frozen.set(event.type_() == "freeze");
            freeze.waiting.take()
        });
        waiting.into_values().for_each(Waker::wake);
    });
    let function = listener.as_ref().unchecked_ref();
    let _ = document.add_event_listener_with_callback("freeze", function);
    let _ = document.add_event_listener_with_callback("resume", function);
    listener.forget();
}

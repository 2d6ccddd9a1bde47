//! Loading what a screen shows, keeping it while it is loaded again, and carrying out what a person decided.
//!
//! Absent: caching between screens.

use super::{context::Desk, feed::Topic};
use crate::api::Trouble;
use leptos::{prelude::*, task::spawn_local};
use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::Rc,
};

/// Something loaded. What was there stays until what replaces it has come, so that nothing jumps.
pub struct Loaded<T: Send + Sync + 'static> {
    /// What came last.
    pub value: RwSignal<Option<T>>,
    /// Why the last attempt failed; what is shown may be out of date then.
    pub trouble: RwSignal<Option<Trouble>>,
    /// Whether an answer for other questions than those of `value` is on its way.
    pub stale: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

impl<T: Send + Sync + 'static> Loaded<T> {
    /// Loads again.
    pub fn again(&self) {
        let _ = self.again.try_update(|number| *number = number.wrapping_add(1));
    }
}

struct Turn<K> {
    number: Cell<u32>,
    running: Cell<bool>,
    wanted_again: Cell<bool>,
    key: RefCell<Option<K>>,
}

/// Loads whenever the key changes or one of the topics does. While one answer is on its way, further changes of the same
/// key wait and are answered together by one more loading.
pub fn load<K, T, F>(
    topics: &'static [Topic],
    key: impl Fn() -> K + 'static,
    fetch: impl Fn(K) -> F + 'static,
) -> Loaded<T>
where
    K: Clone + PartialEq + 'static,
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Trouble>> + 'static,
{
    let desk = Desk::here();
    let loaded = Loaded {
        value: RwSignal::new(None),
        trouble: RwSignal::new(None),
        stale: RwSignal::new(true),
        again: RwSignal::new(0),
    };
    let fetch = Rc::new(fetch);
    let turn = Rc::new(Turn {
        number: Cell::new(0),
        running: Cell::new(false),
        wanted_again: Cell::new(false),
        key: RefCell::new(None),
    });
    Effect::new(move |_| {
        let key = key();
        loaded.again.track();
        for topic in topics {
            desk.feed.track(*topic);
        }
        let same = turn.key.borrow().as_ref() == Some(&key);
        if same && turn.running.get() {
            turn.wanted_again.set(true);
            return;
        }
        if !same {
            loaded.stale.set(true);
        }
        *turn.key.borrow_mut() = Some(key.clone());
        let number = turn.number.get().wrapping_add(1);
        turn.number.set(number);
        turn.running.set(true);
        let (turn, fetch) = (Rc::clone(&turn), Rc::clone(&fetch));
        spawn_local(async move {
            loop {
                turn.wanted_again.set(false);
                let answer = fetch(key.clone()).await;
                if turn.number.get() != number {
                    return;
                }
                arrive(desk, loaded, answer);
                if !turn.wanted_again.get() {
                    turn.running.set(false);
                    return;
                }
            }
        });
    });
    loaded
}

// the screen may be gone by now: the `try_` functions do nothing then
fn arrive<T: PartialEq + Send + Sync + 'static>(desk: Desk, loaded: Loaded<T>, answer: Result<T, Trouble>) {
    match answer {
        Ok(value) => {
            let changed = loaded.value.try_with_untracked(|old| old.as_ref() != Some(&value)).unwrap_or(false);
            let _ = loaded.trouble.try_set(None);
            let _ = loaded.stale.try_set(false);
            if changed {
                let _ = loaded.value.try_set(Some(value));
            }
        }
        Err(trouble) => {
            desk.heed(&trouble);
            let _ = loaded.trouble.try_set(Some(trouble));
        }
    }
}

/// Something a person asked for: at most once at a time, and what went wrong stays on the screen.
#[derive(Clone, Copy)]
pub struct Act {
    /// Whether it is under way.
    pub busy: RwSignal<bool>,
    /// What went wrong last.
    pub trouble: RwSignal<Option<Trouble>>,
    desk: Desk,
}

impl Act {
    /// Not begun.
    pub fn idle() -> Self {
        Self { busy: RwSignal::new(false), trouble: RwSignal::new(None), desk: Desk::here() }
    }
    /// Carries it out and goes on when it worked. Does nothing while one is under way.
    pub fn run<T: 'static>(
        self,
        doing: impl Future<Output = Result<T, Trouble>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        let desk = self.desk;
        self.busy.set(true);
        self.trouble.set(None);
        spawn_local(async move {
            let answer = doing.await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(value) => then(value),
                Err(trouble) => {
                    desk.heed(&trouble);
                    let _ = self.trouble.try_set(Some(trouble));
                }
            }
        });
    }
}

//! Waiting in a page: for a time, for a time at most, or until somebody wakes the waiting.
//!
//! Absent: threads. There is one; everything here runs between two turns of the browser's loop.

use gloo_timers::future::TimeoutFuture;
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Poll, Waker},
};

/// The result of `work`, or `None` when it takes longer than `ms`. The work is then dropped where it stands.
pub async fn within<T>(ms: u32, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut timer) = (pin!(work), TimeoutFuture::new(ms));
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        Pin::new(&mut timer).poll(context).map(|()| None)
    })
    .await
}

/// Something to wake a loop with. A call that comes while nobody waits is not lost.
#[derive(Default)]
pub struct Bell {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Bell {
    /// Wakes the loop.
    pub fn ring(&self) {
        self.rung.set(true);
        let waker = self.waker.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
    /// Waits for a ring, at most `ms`; says whether there was one.
    pub async fn wait(&self, ms: u32) -> bool {
        let mut timer = TimeoutFuture::new(ms);
        poll_fn(|context| {
            if self.rung.replace(false) {
                return Poll::Ready(true);
            }
            *self.waker.borrow_mut() = Some(context.waker().clone());
            Pin::new(&mut timer).poll(context).map(|()| false)
        })
        .await
    }
}

//! Waiting: for a time at most, or until somebody wakes the waiting. The time is a future that somebody else hands in.
//!
//! Absent: clocks and threads. There is one thread; everything here runs between two turns of its loop.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    task::{Poll, Waker},
};

/// The result of `work`, or `None` when the timer is done sooner. The work is then dropped where it stands.
pub async fn within<T>(timer: impl Future<Output = ()>, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut timer) = (pin!(work), pin!(timer));
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        timer.as_mut().poll(context).map(|()| None)
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
    /// Waits for a ring, at most until the timer is done; says whether there was one.
    pub async fn wait(&self, timer: impl Future<Output = ()>) -> bool {
        let mut timer = pin!(timer);
        poll_fn(|context| {
            if self.rung.replace(false) {
                return Poll::Ready(true);
            }
            *self.waker.borrow_mut() = Some(context.waker().clone());
            timer.as_mut().poll(context).map(|()| false)
        })
        .await
    }
}

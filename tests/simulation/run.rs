//! One thread, many pages: futures that are polled in an order that chance gives, and a time that passes only when
//! nothing else can happen, or when chance wants it to. A page that is killed is a page whose futures are dropped.
//!
//! Absent: threads, and the clock of the machine.

use crate::chance::Chance;
use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::BinaryHeap,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// Whether a future has reason to be polled.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Somebody who waits for a time; the earliest first.
struct Timer {
    at_ms: i64,
    turn: u64,
    waker: Waker,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        (self.at_ms, self.turn) == (other.at_ms, other.turn)
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_ms, self.turn).cmp(&(other.at_ms, other.turn))
    }
}

struct Task {
    page: u64,
    future: Pin<Box<dyn Future<Output = ()>>>,
    flag: Arc<Flag>,
}

/// Time, chance and who waits for what: shared by everything in one world.
pub struct Clockwork {
    chance: RefCell<Chance>,
    now_ms: Cell<i64>,
    timers: RefCell<BinaryHeap<Reverse<Timer>>>,
    turn: Cell<u64>,
    moment: Cell<u64>,
    tasks: RefCell<Vec<Task>>,
    spawned: RefCell<Vec<Task>>,
}

impl Clockwork {
    pub fn new(seed: u64, now_ms: i64) -> Rc<Self> {
        Rc::new(Self {
            chance: RefCell::new(Chance::new(seed)),
            now_ms: Cell::new(now_ms),
            timers: RefCell::default(),
            turn: Cell::new(0),
            moment: Cell::new(0),
            tasks: RefCell::default(),
            spawned: RefCell::default(),
        })
    }
    pub fn chance<T>(&self, ask: impl FnOnce(&mut Chance) -> T) -> T {
        ask(&mut self.chance.borrow_mut())
    }
    pub fn percent(&self, percent: u64) -> bool {
        self.chance(|chance| chance.percent(percent))
    }
    pub fn below(&self, end: usize) -> usize {
        self.chance(|chance| chance.below(end))
    }
    pub fn now_ms(&self) -> i64 {
        self.now_ms.get()
    }
    /// A number for what happens now, greater than that of anything that happened before: no clock says which of two came
    /// first.
    pub fn moment(&self) -> u64 {
        self.moment.set(self.moment.get() + 1);
        self.moment.get()
    }
    /// Runs a future as part of a page, until it is done or the page is killed.
    pub fn spawn(&self, page: u64, future: impl Future<Output = ()> + 'static) {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        self.spawned.borrow_mut().push(Task { page, future: Box::pin(future), flag });
    }
    /// Drops everything that a page was doing, wherever it was.
    pub fn kill(&self, page: u64) {
        let spawned = std::mem::take(&mut *self.spawned.borrow_mut());
        let tasks = std::mem::take(&mut *self.tasks.borrow_mut());
        let (gone, left): (Vec<_>, Vec<_>) = tasks.into_iter().chain(spawned).partition(|task| task.page == page);
        *self.tasks.borrow_mut() = left;
        drop(gone);
    }
    /// Polls one future that has reason to be, as chance picks it. `false`: everybody waits.
    pub fn poll_one(&self) -> bool {
        self.tasks.borrow_mut().append(&mut self.spawned.borrow_mut());
        let picked = {
            let mut tasks = self.tasks.borrow_mut();
            let ready: Vec<usize> =
                (0..tasks.len()).filter(|index| tasks[*index].flag.0.load(Ordering::Relaxed)).collect();
            if ready.is_empty() {
                return false;
            }
            tasks.swap_remove(ready[self.below(ready.len())])
        };
        let mut task = picked;
        task.flag.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&task.flag));
        if task.future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.tasks.borrow_mut().push(task);
        }
        true
    }
    /// Lets time pass, and wakes whoever waited for it.
    pub fn pass(&self, ms: i64) {
        self.now_ms.set(self.now_ms.get() + ms);
        let mut timers = self.timers.borrow_mut();
        while timers.peek().is_some_and(|timer| timer.0.at_ms <= self.now_ms.get()) {
            let Some(Reverse(timer)) = timers.pop() else { break };
            timer.waker.wake();
        }
    }
    /// Lets time pass until the next of those who wait for a time.
    pub fn pass_to_next(&self) {
        let next = self.timers.borrow().peek().map_or(1_000, |timer| timer.0.at_ms - self.now_ms.get());
        self.pass(next.max(1));
    }
    /// Waits so long.
    pub async fn sleep(&self, ms: u32) {
        let at_ms = self.now_ms.get() + i64::from(ms);
        poll_fn(|context| {
            if self.now_ms.get() >= at_ms {
                return Poll::Ready(());
            }
            self.turn.set(self.turn.get() + 1);
            let timer = Timer { at_ms, turn: self.turn.get(), waker: context.waker().clone() };
            self.timers.borrow_mut().push(Reverse(timer));
            Poll::Pending
        })
        .await;
    }
    /// Lets others go first, as often as chance says: what a disk or a message takes.
    pub async fn turns(&self) {
        let mut left = self.below(3);
        poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

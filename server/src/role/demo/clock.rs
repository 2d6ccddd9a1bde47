//! The sample's clock: told what time it is, so that six weeks pass in a second and every fact says when it was.

use crate::store::Clock;
use shared::moment::Moment;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that stands until it is set.
pub struct SetClock(AtomicI64);

impl SetClock {
    /// Showing this instant.
    pub const fn at(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.0))
    }
    /// Sets it forward; it never goes back, as no good clock does.
    pub fn set(&self, moment: Moment) {
        self.0.fetch_max(moment.0, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

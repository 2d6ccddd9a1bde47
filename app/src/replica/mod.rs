//! The handheld's own copy of what it needs, and the journal of what it did: everything a screen asks for is answered
//! from here, at once, whether there is a network or not.
//!
//! ```text
//! screen ── record() ──→ journal (IndexedDB, strict) ──→ mirror (OPFS, flushed) ──→ tick ──→ push loop ──→ server
//!    ↑ tasks, people, catalogue, status ── view in memory ←── cache (IndexedDB) ←── pull loop ←── server
//! ```
//!
//! Nothing here waits for the network before it says "saved", and nothing that came from the network touches the
//! journal. The decisions (what to send, which answer to believe) are `shared::sync`'s; what is here ([`engine`]) holds
//! them against a database, a network and clocks that it is handed ([`ports`]). In a page those are the browser's; in
//! `tests/simulation` they are made up, and the very same code runs over them.
//!
//! A second journal ([`mirror`]) lies beside the first in files; [`start`] holds the two against each other, and what
//! [`salvage`] finds is put together again. Absent: the service worker, which never sees a count.

pub mod care;
pub mod catalogue;
pub mod engine;
pub mod export;
pub mod grant;
pub mod head;
pub mod journal;
pub mod mirror;
pub mod open_sheet;
pub mod person;
pub mod ports;
pub mod push;
pub mod record;
pub mod rescue;
pub mod salvage;
pub mod start;
pub mod state;
pub mod status;
pub mod wait;

#[cfg(feature = "handheld")]
mod browser;
#[cfg(feature = "handheld")]
mod cache;
#[cfg(feature = "handheld")]
mod facade;
#[cfg(feature = "handheld")]
mod page;
#[cfg(feature = "handheld")]
mod pull;

pub use catalogue::Catalogue;
pub use engine::Engine;
pub use grant::PinAnswer;
pub use open_sheet::OpenSheet;
pub use record::Composed;
pub use rescue::{Extent, RescueText};
pub use status::{Enrolment, LogState, NotSaved, Problem, Saved, SignedIn, SyncStatus, Tick, Topic};

#[cfg(feature = "handheld")]
pub use facade::{Replica, Subscription};

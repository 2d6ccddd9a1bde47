//! The handheld's own copy of what it needs, and the journal of what it did: everything a screen asks for is answered
//! from here, at once, whether there is a network or not.
//!
//! ```text
//! screen ── record() ──→ journal (IndexedDB, strict) ──→ tick ──→ push loop ──→ server
//!    ↑ tasks, people, catalogue, status ── view in memory ←── cache (IndexedDB) ←── pull loop ←── server
//! ```
//!
//! Nothing here waits for the network before it says "saved", and nothing that came from the network touches the
//! journal. The decisions (what to send, which answer to believe) are `shared::sync`'s; what is here holds them against
//! the browser's database, clock and network. Files without a browser in them compile natively and are tested there.
//!
//! Absent in this form: a second journal (OPFS mirror), deleting anything, and the service worker, which never sees a count.

pub mod catalogue;
pub mod head;
pub mod open_sheet;
pub mod state;
pub mod status;

#[cfg(feature = "handheld")]
mod cache;
#[cfg(feature = "handheld")]
mod facade;
#[cfg(feature = "handheld")]
mod journal;
#[cfg(feature = "handheld")]
mod page;
#[cfg(feature = "handheld")]
mod pull;
#[cfg(feature = "handheld")]
mod push;

pub use catalogue::Catalogue;
pub use open_sheet::OpenSheet;
pub use status::{Enrolment, NotSaved, Problem, Saved, SignedIn, SyncStatus, Tick, Topic};

#[cfg(feature = "handheld")]
pub use facade::{Composed, Replica, Subscription};

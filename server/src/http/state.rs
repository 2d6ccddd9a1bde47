//! What every handler is handed.

use super::limits;
use crate::action::password::Turns;
use crate::action::shard::Shards;
use crate::store::Store;
use tokio::sync::watch;

/// The server's own things. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Where everything is.
    pub store: Store,
    /// Turns at hashing passwords.
    pub turns: Turns,
    /// The packed catalogue, as far as it was asked for lately.
    pub shards: Shards,
    /// Whether people reach this server by https: cookies are then for https alone.
    pub https: bool,
    /// True once somebody asked to go back to a backup: the server then closes its database and does so.
    pub restoring: watch::Sender<bool>,
    /// True once the server stops: streams that have no end of their own end then.
    pub(super) closing: watch::Sender<bool>,
}

impl AppState {
    /// A server over this store. `https` says how browsers reach it, which behind a proxy only whoever set it up knows.
    #[must_use]
    pub fn new(store: Store, https: bool) -> Self {
        let turns = Turns::new(limits::HASHES_AT_ONCE, limits::HASH_WAIT_SECONDS_MAX);
        let (restoring, closing) = (watch::Sender::new(false), watch::Sender::new(false));
        Self { store, turns, shards: Shards::default(), https, restoring, closing }
    }
}

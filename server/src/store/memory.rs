//! What the writer remembers between jobs, so that a push asks the database as little as possible.
//!
//! Everything here can be read back from tables; after a job was taken back it is forgotten and read again. Absent:
//! anything that only exists here.

use super::{Error, Identity, device, grant, log, seen, sheet};
use crate::project::known;
use rusqlite::{Connection, OptionalExtension, params};
use shared::{
    access::Access,
    fact::chain_start,
    id::{CountId, DeviceId, IncidentId, ItemId, LocationId, LogId, PersonId, SheetId, SiteId},
    merge::ClosedSheet,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Rows kept of each kind before all of that kind are dropped and read again: at most some tens of megabytes.
const KEPT_MAX: usize = 100_000;

/// Sheets kept with their events: those of a shift of a hundred counters.
const SHEETS_MAX: usize = 4_000;
/// Counts kept with their policies.
const COUNTS_MAX: usize = 1_000;

fn bound<K, V>(kept: &mut HashMap<K, V>, max: usize) {
    if kept.len() > max {
        kept.clear();
    }
}

/// What is remembered.
#[derive(Default)]
pub struct Memory {
    chains: Chains,
    pub(crate) logs: HashMap<LogId, log::LogRow>,
    pub(crate) devices: HashMap<DeviceId, Option<device::DeviceRow>>,
    /// From when on somebody may count at a site.
    pub(crate) counters: HashMap<(SiteId, PersonId), Arc<Access>>,
    /// What this server signs grants with, once it was asked.
    pub(crate) grant_key: Option<Arc<grant::Key>>,
    pub(crate) locations: HashMap<LocationId, Option<Arc<known::Place>>>,
    pub(crate) items: HashMap<ItemId, Option<Arc<known::KnownItem>>>,
    pub(crate) counts: HashMap<CountId, Arc<known::KnownCount>>,
    pub(crate) sheets: HashMap<SheetId, sheet::Working>,
    pub(crate) dirty_sheets: Vec<SheetId>,
    pub(crate) seen: HashMap<DeviceId, seen::Seen>,
    /// Incidents of a log that mend once it has arrived up to a number.
    pub(crate) awaited: HashMap<i64, Vec<(IncidentId, u64)>>,
    /// Open incidents about silent handhelds; `None`: not looked up yet.
    pub(crate) silent: Option<HashMap<DeviceId, IncidentId>>,
    /// Open incidents about restores, by site; `None`: not looked up yet.
    pub(crate) restored: Option<HashMap<SiteId, Vec<IncidentId>>>,
    /// Up to where a verified backup holds a log.
    pub(crate) archived: HashMap<LogId, u64>,
    /// Who this installation is, once it was asked.
    pub(crate) identity: Option<Identity>,
    /// Closed sheets, folded.
    pub(crate) folded: HashMap<SheetId, Arc<ClosedSheet>>,
}

/// Where facts go next. Unlike the rest it runs ahead of the tables until the commit, so a job that is taken back goes
/// back to where the job before it left off, not to the tables.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chains {
    next_position: Option<i64>,
    heads: HashMap<SiteId, ChainHead>,
    moved: HashSet<SiteId>,
    /// The last fact of all sites, since it was last asked for.
    last: Option<ChainHead>,
}

/// Where a site's chain of facts stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// Of its last fact; 0 without any.
    pub position: i64,
    /// There.
    pub chain: [u8; 32],
}

impl Memory {
    /// Where facts go next, to come back to.
    pub(crate) fn chains(&self) -> Chains {
        self.chains.clone()
    }

    /// Forgets everything, to be read again when needed, and takes up the chains where they were.
    pub(crate) fn forget(&mut self, chains: Chains) {
        *self = Self { chains, ..Self::default() };
    }

    /// Drops what has grown beyond its bound; called between jobs, when no sheet waits to be written.
    pub(crate) fn bound(&mut self) {
        bound(&mut self.locations, KEPT_MAX);
        bound(&mut self.items, KEPT_MAX);
        bound(&mut self.counters, KEPT_MAX);
        bound(&mut self.devices, KEPT_MAX);
        bound(&mut self.logs, KEPT_MAX);
        bound(&mut self.archived, KEPT_MAX);
        bound(&mut self.seen, KEPT_MAX);
        bound(&mut self.counts, COUNTS_MAX);
        bound(&mut self.awaited, KEPT_MAX);
        bound(&mut self.folded, SHEETS_MAX);
        if self.dirty_sheets.is_empty() {
            bound(&mut self.sheets, SHEETS_MAX);
        }
    }

    /// The position of the next fact.
    pub(crate) fn next_position(&mut self, conn: &Connection) -> Result<i64, Error> {
        let next = match self.chains.next_position {
            Some(next) => next,
            None => conn.query_row("SELECT coalesce(max(position), 0) + 1 FROM fact", [], |row| row.get(0))?,
        };
        self.chains.next_position = Some(next);
        Ok(next)
    }

    /// The position last asked for is used.
    pub(crate) fn take_position(&mut self) {
        self.chains.next_position = self.chains.next_position.map(|next| next + 1);
    }

    /// Where a site's chain stands.
    pub(crate) fn head(&mut self, conn: &Connection, site: SiteId) -> Result<ChainHead, Error> {
        if let Some(head) = self.chains.heads.get(&site) {
            return Ok(*head);
        }
        let head = load_head(conn, site)?;
        self.chains.heads.insert(site, head);
        Ok(head)
    }

    pub(crate) fn move_head(&mut self, site: SiteId, head: ChainHead) {
        self.chains.heads.insert(site, head);
        self.chains.moved.insert(site);
        self.chains.last = Some(head);
    }

    /// The last fact since this was last asked; asked after a commit.
    pub(crate) fn take_last(&mut self) -> Option<(i64, [u8; 32])> {
        self.chains.last.take().map(|head| (head.position, head.chain))
    }

    /// Writes the heads that moved, once per commit.
    pub(crate) fn store_heads(&mut self, conn: &Connection) -> Result<(), Error> {
        for site in self.chains.moved.drain() {
            if let Some(head) = self.chains.heads.get(&site) {
                conn.prepare_cached(
                    "INSERT INTO chain_head (site_id, position, chain) VALUES ($1, $2, $3)
                     ON CONFLICT (site_id) DO UPDATE SET position = excluded.position, chain = excluded.chain",
                )?
                .execute(params![site.0, head.position, head.chain.as_slice()])?;
            }
        }
        Ok(())
    }
}

/// The stored head of a site's chain.
pub(crate) fn load_head(conn: &Connection, site: SiteId) -> Result<ChainHead, Error> {
    let stored: Option<(i64, Vec<u8>)> = conn
        .prepare_cached("SELECT position, chain FROM chain_head WHERE site_id = $1")?
        .query_row([site.0], |row| Ok((row.get("position")?, row.get("chain")?)))
        .optional()?;
    match stored {
        None => Ok(ChainHead { position: 0, chain: chain_start(site) }),
        Some((position, chain)) => Ok(ChainHead {
            position,
            chain: chain.try_into().map_err(|_| Error::unreadable("chain head", "it is not 32 bytes"))?,
        }),
    }
}

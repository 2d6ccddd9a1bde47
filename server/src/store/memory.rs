//! What the writer remembers between jobs, so that a push asks the database as little as possible.
//!
//! Everything here can be read back from tables; after a job was taken back it is forgotten and read again. Absent:
//! anything that only exists here.

use super::Error;
use rusqlite::{Connection, OptionalExtension, params};
use shared::{
    fact::chain_start,
    id::{DeviceId, ItemId, LocationId, LogId, PersonId, SheetId, SiteId},
};
use std::collections::{HashMap, HashSet};

/// Rows kept of each kind before all of that kind are dropped and read again: at most some tens of megabytes.
const KEPT_MAX: usize = 100_000;

/// What is remembered.
#[derive(Default)]
pub struct Memory {
    next_position: Option<i64>,
    heads: HashMap<SiteId, ChainHead>,
    moved: HashSet<SiteId>,
    pub(crate) logs: HashMap<LogId, crate::store::log::LogRow>,
    pub(crate) devices: HashMap<DeviceId, Option<crate::store::device::DeviceRow>>,
    /// Whether the person may count at the site.
    pub(crate) counters: HashMap<(SiteId, PersonId), bool>,
    pub(crate) locations: HashMap<LocationId, Option<SiteId>>,
    pub(crate) items: HashMap<ItemId, Option<SiteId>>,
    pub(crate) sheets: HashMap<SheetId, crate::store::sheet::SheetRow>,
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
    /// Forgets everything; it is read again when needed.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Drops what has grown beyond its bound.
    pub(crate) fn bound(&mut self) {
        if self.locations.len() > KEPT_MAX {
            self.locations.clear();
        }
        if self.items.len() > KEPT_MAX {
            self.items.clear();
        }
        // a sheet is some 200 bytes; those of a busy shift fit
        if self.sheets.len() > KEPT_MAX / 10 {
            self.sheets.clear();
        }
        if self.logs.len() > KEPT_MAX / 10 {
            self.logs.clear();
        }
    }

    /// The position of the next fact.
    pub(crate) fn next_position(&mut self, conn: &Connection) -> Result<i64, Error> {
        let next = match self.next_position {
            Some(next) => next,
            None => conn.query_row("SELECT coalesce(max(position), 0) + 1 FROM fact", [], |row| row.get(0))?,
        };
        self.next_position = Some(next + 1);
        Ok(next)
    }

    /// Where a site's chain stands.
    pub(crate) fn head(&mut self, conn: &Connection, site: SiteId) -> Result<ChainHead, Error> {
        if let Some(head) = self.heads.get(&site) {
            return Ok(*head);
        }
        let head = load_head(conn, site)?;
        self.heads.insert(site, head);
        Ok(head)
    }

    pub(crate) fn move_head(&mut self, site: SiteId, head: ChainHead) {
        self.heads.insert(site, head);
        self.moved.insert(site);
    }

    /// Writes the heads that moved, once per commit.
    pub(crate) fn store_heads(&mut self, conn: &Connection) -> Result<(), Error> {
        for site in self.moved.drain() {
            if let Some(head) = self.heads.get(&site) {
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

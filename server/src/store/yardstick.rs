//! Plain SQLite as a yardstick: the rows that a push leaves as facts, inserted by the same statement into the same
//! schema with the same settings, and nothing else. What the server does beyond that is what its figures are held
//! against.

use super::{
    Error, Header, OpenError, Position,
    fact::{self, EVENT, InLog, NewFact},
    open,
};
use rusqlite::Connection;
use shared::{
    fact::chain_start,
    id::{EventId, PersonId, SiteId},
    moment::Moment,
    sync::log::Chain,
};
use std::{fs::File, path::Path};

/// A database of its own.
pub struct Yardstick {
    conn: Connection,
    next: i64,
    _lock: File,
}

/// One event as it is stored.
pub struct Row<'a> {
    /// Which log.
    pub log_no: i64,
    /// Where in it.
    pub seq: u64,
    /// Its id.
    pub id: EventId,
    /// The log's chain there.
    pub chain: Chain,
    /// Its bytes.
    pub body: &'a [u8],
}

impl Yardstick {
    /// In an empty folder.
    ///
    /// # Errors
    /// As opening a store.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let opened = open::open(folder)?;
        Ok(Self { conn: opened.writer, next: 1, _lock: opened.lock })
    }

    /// Inserts rows in one transaction, which is on the disk when this returns.
    ///
    /// # Errors
    /// [`Error::Engine`].
    pub fn insert<'a>(&mut self, rows: impl Iterator<Item = Row<'a>>) -> Result<(), Error> {
        let transaction = self.conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // any 32 bytes do: nobody verifies them
        let chain = chain_start(SiteId(1));
        for row in rows {
            let header = Header {
                position: Position(self.next),
                site: SiteId(1),
                recorded_at: Moment(self.next),
                actor: Some(PersonId(1)),
                origin: "H-01".into(),
            };
            let log = InLog { log_no: row.log_no, seq: row.seq, id: Some(row.id), chain: row.chain };
            fact::insert(&transaction, &header, &NewFact { kind: EVENT, body: row.body, log: Some(log) }, &chain)?;
            self.next += 1;
        }
        Ok(transaction.commit()?)
    }
}

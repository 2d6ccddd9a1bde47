//! Facts on disk: appended, and read back in order.
//!
//! Absent: changing or deleting them; triggers refuse both.

use super::{Error, Position};
use rusqlite::{Connection, params};
use shared::{
    id::{EventId, PersonId, SiteId},
    moment::Moment,
    sync::log::Chain,
};

/// The kind of a fact that a handheld recorded.
pub const EVENT: &str = "event";

/// Who, when, from where: what surrounds a fact's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its place in the commit order.
    pub position: Position,
    /// The site; 0 is the installation itself.
    pub site: SiteId,
    /// When the server learned it.
    pub recorded_at: Moment,
    /// Who decided or captured; `None` is the system.
    pub actor: Option<PersonId>,
    /// From where: `desk`, `import`, `system`, or a handheld's name.
    pub origin: String,
}

/// A fact about to be stored.
pub(crate) struct NewFact<'a> {
    pub kind: &'a str,
    pub body: &'a [u8],
    pub log: Option<InLog>,
}

/// Where an event stands in its handheld's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InLog {
    pub log_no: i64,
    pub seq: u64,
    /// `None`: another event has this id.
    pub id: Option<EventId>,
    pub chain: Chain,
}

/// A stored fact.
#[derive(Debug, Clone)]
pub(crate) struct StoredFact {
    pub header: Header,
    pub kind: String,
    pub body: Vec<u8>,
    pub chain: Vec<u8>,
    pub log: Option<InLog>,
}

pub(crate) fn insert(conn: &Connection, header: &Header, new: &NewFact<'_>, chain: &[u8; 32]) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO fact (position, site_id, kind, recorded_at, actor_id, origin, body, chain, log_no, seq, event_id, device_chain)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )?
    .execute(params![
        header.position.0,
        header.site.0,
        new.kind,
        header.recorded_at.0,
        header.actor.map(|person| person.0),
        header.origin,
        new.body,
        chain.as_slice(),
        new.log.map(|log| log.log_no),
        new.log.map(|log| log.seq.cast_signed()),
        new.log.as_ref().and_then(|log| log.id.as_ref()).map(|id| id.as_bytes().as_slice()),
        new.log.as_ref().map(|log| log.chain.0.as_slice()),
    ])?;
    Ok(())
}

/// The fact at a position.
pub(crate) fn find(conn: &Connection, position: i64) -> Result<Option<StoredFact>, Error> {
    let mut statement = conn.prepare_cached(
        "SELECT position, site_id, kind, recorded_at, actor_id, origin, body, chain, log_no, seq, event_id, device_chain
         FROM fact WHERE position = $1",
    )?;
    let mut rows = statement.query([position])?;
    rows.next()?.map(read).transpose()
}

/// Reads facts from a position on, in order, handing each to `each` until it says stop.
pub(crate) fn scan<E: From<Error>>(
    conn: &Connection,
    table: &str,
    after: i64,
    mut each: impl FnMut(StoredFact) -> Result<(), E>,
) -> Result<(), E> {
    let sql = format!(
        "SELECT position, site_id, kind, recorded_at, actor_id, origin, body, chain, log_no, seq, event_id, device_chain
         FROM {table} WHERE position > $1 ORDER BY position"
    );
    let mut statement = conn.prepare(&sql).map_err(Error::from)?;
    let mut rows = statement.query([after]).map_err(Error::from)?;
    while let Some(row) = rows.next().map_err(Error::from)? {
        each(read(row)?)?;
    }
    Ok(())
}

fn read(row: &rusqlite::Row<'_>) -> Result<StoredFact, Error> {
    let log_no: Option<i64> = row.get("log_no")?;
    let log = match log_no {
        None => None,
        Some(log_no) => Some(InLog {
            log_no,
            seq: row.get::<_, i64>("seq")?.cast_unsigned(),
            id: match row.get::<_, Option<Vec<u8>>>("event_id")? {
                None => None,
                Some(bytes) => Some(
                    EventId::from_slice(&bytes).ok_or_else(|| Error::unreadable("event id", "it is not 16 bytes"))?,
                ),
            },
            chain: Chain::from_slice(row.get_ref("device_chain")?.as_blob().unwrap_or_default())
                .ok_or_else(|| Error::unreadable("log chain", "it is not 32 bytes"))?,
        }),
    };
    Ok(StoredFact {
        header: Header {
            position: Position(row.get("position")?),
            site: SiteId(row.get("site_id")?),
            recorded_at: Moment(row.get("recorded_at")?),
            actor: row.get::<_, Option<i64>>("actor_id")?.map(PersonId),
            origin: row.get("origin")?,
        },
        kind: row.get("kind")?,
        body: row.get("body")?,
        chain: row.get("chain")?,
        log,
    })
}

/// Whether a position exists, and the chain there.
pub(crate) fn chain_at(conn: &Connection, position: i64) -> Result<Option<Vec<u8>>, Error> {
    use rusqlite::OptionalExtension;
    Ok(conn
        .prepare_cached("SELECT chain FROM fact WHERE position = $1")?
        .query_row([position], |row| row.get("chain"))
        .optional()?)
}

//! Sessions of people at the desk. The key is the SHA-256 of the session's id: whoever reads the file cannot use one.
//!
//! Absent: what is in them (bytes of the HTTP side) and when they end (it says so).

use super::{Error, ReadTx, WriteTx};
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};
use shared::id::PersonId;
use shared::moment::Moment;

/// A stored session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Whose; `None` before anybody signed in.
    pub person: Option<PersonId>,
    /// What the HTTP side keeps in it.
    pub data: Vec<u8>,
    /// When it ends.
    pub expires_at: Moment,
}

fn key(id: &[u8]) -> [u8; 32] {
    Sha256::digest(id).into()
}

/// Adds a session; false when the id is taken. Sessions that have ended are cleared away with it.
pub fn create(tx: &WriteTx<'_>, id: &[u8], row: &SessionRow) -> Result<bool, Error> {
    tx.conn().prepare_cached("DELETE FROM session WHERE expires_at <= $1")?.execute([tx.now().0])?;
    let added = tx
        .conn()
        .prepare_cached(
            "INSERT INTO session (id_hash, person_id, data, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id_hash) DO NOTHING",
        )?
        .execute(params![key(id).as_slice(), row.person.map(|person| person.0), row.data, row.expires_at.0])?;
    Ok(added == 1)
}

/// Changes a session that still exists. Never adds one: a slow request must not revive a session that was ended.
pub fn save(tx: &WriteTx<'_>, id: &[u8], row: &SessionRow) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("UPDATE session SET person_id = $1, data = $2, expires_at = $3 WHERE id_hash = $4")?
        .execute(params![row.person.map(|person| person.0), row.data, row.expires_at.0, key(id).as_slice()])?;
    Ok(())
}

/// A session that has not ended.
pub fn find(tx: &ReadTx<'_>, id: &[u8]) -> Result<Option<SessionRow>, Error> {
    Ok(tx
        .conn()
        .prepare_cached("SELECT person_id, data, expires_at FROM session WHERE id_hash = $1 AND expires_at > $2")?
        .query_row(params![key(id).as_slice(), tx.now().0], |row| {
            Ok(SessionRow {
                person: row.get::<_, Option<i64>>("person_id")?.map(PersonId),
                data: row.get("data")?,
                expires_at: Moment(row.get("expires_at")?),
            })
        })
        .optional()?)
}

/// Ends one session.
pub fn delete(tx: &WriteTx<'_>, id: &[u8]) -> Result<(), Error> {
    tx.conn().prepare_cached("DELETE FROM session WHERE id_hash = $1")?.execute([key(id).as_slice()])?;
    Ok(())
}

/// Ends every session of a person.
pub fn delete_of_person(tx: &WriteTx<'_>, person: PersonId) -> Result<(), Error> {
    tx.conn().prepare_cached("DELETE FROM session WHERE person_id = $1")?.execute([person.0])?;
    Ok(())
}

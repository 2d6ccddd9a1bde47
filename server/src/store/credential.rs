//! Passwords of people (their hashes) and secrets of handhelds (their hashes).
//!
//! Absent: hashing passwords, which takes long and is done before the store is asked.

use super::device::{self, DeviceRow};
use super::{Error, ReadTx, WriteTx};
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};
use shared::id::{DeviceId, PersonId};

/// Somebody who tries to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Who.
    pub person: PersonId,
    /// Whether they may no longer sign in.
    pub disabled: bool,
    /// PHC string of the password; `None` where none was set.
    pub password_hash: Option<String>,
}

/// By what they type to sign in.
pub fn find(tx: &ReadTx<'_>, username: &str) -> Result<Option<CredentialRow>, Error> {
    Ok(tx
        .conn()
        .prepare_cached(
            "SELECT p.person_id, p.disabled, c.password_hash
             FROM person p LEFT JOIN credential c ON c.person_id = p.person_id WHERE p.username = $1",
        )?
        .query_row([username], |row| {
            Ok(CredentialRow {
                person: PersonId(row.get("person_id")?),
                disabled: row.get("disabled")?,
                password_hash: row.get("password_hash")?,
            })
        })
        .optional()?)
}

/// Sets or replaces the hash of a person's password.
pub fn set(tx: &WriteTx<'_>, person: PersonId, password_hash: &str) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO credential (person_id, password_hash) VALUES ($1, $2)
             ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash",
        )?
        .execute(params![person.0, password_hash])?;
    Ok(())
}

/// Takes a person's password away.
pub fn delete(tx: &WriteTx<'_>, person: PersonId) -> Result<(), Error> {
    tx.conn().prepare_cached("DELETE FROM credential WHERE person_id = $1")?.execute([person.0])?;
    Ok(())
}

/// Keeps the hash of a handheld's secret. 256 random bits need no slow hash.
pub fn set_device_secret(tx: &WriteTx<'_>, device: DeviceId, secret: &str) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO device_secret (device_id, secret_hash) VALUES ($1, $2)
             ON CONFLICT (device_id) DO UPDATE SET secret_hash = excluded.secret_hash",
        )?
        .execute(params![device.0, Sha256::digest(secret).as_slice()])?;
    Ok(())
}

/// The handheld with this secret.
pub fn find_device(tx: &ReadTx<'_>, secret: &str) -> Result<Option<DeviceRow>, Error> {
    let found = tx
        .conn()
        .prepare_cached("SELECT device_id FROM device_secret WHERE secret_hash = $1")?
        .query_row([Sha256::digest(secret).as_slice()], |row| Ok(DeviceId(row.get("device_id")?)))
        .optional()?;
    match found {
        Some(id) => device::find(tx.conn(), id),
        None => Ok(None),
    }
}

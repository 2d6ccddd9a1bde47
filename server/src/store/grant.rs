//! The key that grants are signed with, and who holds which handheld from where on in its log.
//!
//! The secret is in the database, and so in its backups: without it a restored server would not know its own word.
//! Absent: what a grant means ([`shared::grant`]), and when it is missing ([`shared::access`]).

use super::{Error, ReadTx, WriteTx};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer as _, Verifier as _},
};
use rusqlite::{Connection, OptionalExtension as _, params};
use shared::{
    access::Held,
    grant::{Grant, GrantKey, Opened, SignedGrant},
    id::PersonId,
    moment::{Moment, Window},
};
use std::sync::Arc;

/// This server's key.
pub struct Key {
    secret: SigningKey,
    public: VerifyingKey,
    /// Logs up to this number began before there were grants.
    pub logs_before: i64,
}

impl Key {
    /// Signs a grant.
    pub fn sign(&self, grant: &Grant) -> SignedGrant {
        let signature: Signature = self.secret.sign(grant.message().as_bytes());
        grant.seal(&signature.to_bytes().into())
    }
    /// Whether this server signed it.
    pub fn has_signed(&self, opened: &Opened) -> bool {
        Signature::from_slice(&opened.signature)
            .is_ok_and(|signature| self.public.verify(opened.message.as_bytes(), &signature).is_ok())
    }
    /// What handhelds check signatures with.
    ///
    /// # Errors
    /// [`Error::Unreadable`].
    pub fn public(&self) -> Result<GrantKey, Error> {
        point(&self.public).map(|point| GrantKey::new(&point))
    }
}

fn point(key: &VerifyingKey) -> Result<[u8; GrantKey::BYTES], Error> {
    let point = key.to_sec1_point(false);
    point.as_bytes().try_into().map_err(|error| Error::unreadable("grant key", error))
}

/// Makes the key where there is none: when a database is made, or first opened by a program that knows of grants.
pub(super) fn ensure(conn: &Connection) -> Result<(), Error> {
    if conn.prepare("SELECT 1 FROM grant_key")?.exists([])? {
        return Ok(());
    }
    let secret = loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
        // one of four thousand million draws is no scalar of the curve
        if let Ok(secret) = SigningKey::from_slice(&bytes) {
            break secret;
        }
    };
    let public = point(secret.verifying_key())?;
    conn.execute(
        "INSERT INTO grant_key (only, secret, public, logs_before)
         VALUES (1, $1, $2, (SELECT coalesce(max(log_no), 0) FROM device_log))",
        params![secret.to_bytes().as_slice(), public.as_slice()],
    )?;
    Ok(())
}

/// This server's key.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn load(tx: &ReadTx<'_>) -> Result<Key, Error> {
    let (secret, logs_before): (Vec<u8>, i64) = tx
        .conn()
        .prepare_cached("SELECT secret, logs_before FROM grant_key")?
        .query_row([], |row| Ok((row.get("secret")?, row.get("logs_before")?)))?;
    let secret = SigningKey::from_slice(&secret).map_err(|error| Error::unreadable("grant key", error))?;
    Ok(Key { public: *secret.verifying_key(), secret, logs_before })
}

/// This server's key, as the writer remembers it.
pub(crate) fn known(tx: &mut WriteTx<'_>) -> Result<Arc<Key>, Error> {
    if let Some(key) = &tx.memory.grant_key {
        return Ok(Arc::clone(key));
    }
    let key = Arc::new(load(&tx.as_read())?);
    tx.memory.grant_key = Some(Arc::clone(&key));
    Ok(key)
}

/// Remembers who holds it from here on.
pub(crate) fn hold(conn: &Connection, (log_no, seq): (i64, u64), held: Held) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO holder (log_no, seq, person_id, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        log_no,
        seq.cast_signed(),
        held.person.map(|person| person.0),
        held.grant.map(|grant| grant.from.0),
        held.grant.map(|grant| grant.to.0),
    ])?;
    Ok(())
}

/// Who held it at a place in its log; `None`: the log does not say.
pub(crate) fn held_at(conn: &Connection, log_no: i64, seq: u64) -> Result<Option<Held>, Error> {
    Ok(conn
        .prepare_cached(
            "SELECT person_id, issued_at, expires_at FROM holder WHERE log_no = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(params![log_no, seq.cast_signed()], |row| {
            let (from, to): (Option<i64>, Option<i64>) = (row.get("issued_at")?, row.get("expires_at")?);
            Ok(Held {
                person: row.get::<_, Option<i64>>("person_id")?.map(PersonId),
                grant: from.zip(to).map(|(from, to)| Window { from: Moment(from), to: Moment(to) }),
            })
        })
        .optional()?)
}

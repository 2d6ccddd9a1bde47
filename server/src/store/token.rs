//! One-time tokens: set-up and join links, enrolment codes. Only their hashes are kept.
//!
//! Absent: making them; their randomness is handed in.

use super::{Error, ReadTx, WriteTx};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use shared::id::{PersonId, SiteId};
use shared::moment::Moment;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The first admin and the first site.
    SetUp,
    /// A person sets a password.
    Join,
    /// A handheld is enrolled.
    Enrol,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::SetUp => "setup",
            Self::Join => "join",
            Self::Enrol => "enrol",
        }
    }
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// The site, for enrolment.
    pub site: Option<SiteId>,
    /// The person, for joining; for enrolment, who made the code.
    pub person: Option<PersonId>,
    /// What is to be written on the handheld, for enrolment; empty otherwise.
    pub name: String,
    /// How often it may still be used.
    pub uses_left: u32,
    /// From when on it no longer works.
    pub expires_at: Moment,
}

fn key(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Keeps a token's hash. Expired ones are cleared away with it.
pub fn create(tx: &WriteTx<'_>, token: &str, purpose: Purpose, row: &TokenRow) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("DELETE FROM one_time_token WHERE expires_at <= $1 OR uses_left <= 0")?
        .execute([tx.now().0])?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO one_time_token (token_hash, purpose, site_id, person_id, name, uses_left, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )?
        .execute(params![
            key(token).as_slice(),
            purpose.word(),
            row.site.map(|site| site.0),
            row.person.map(|person| person.0),
            row.name,
            row.uses_left,
            row.expires_at.0,
        ])?;
    Ok(())
}

const FIND: &str = "SELECT site_id, person_id, name, uses_left, expires_at FROM one_time_token
    WHERE token_hash = $1 AND purpose = $2 AND uses_left > 0 AND expires_at > $3";

fn read(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    Ok(TokenRow {
        site: row.get::<_, Option<i64>>("site_id")?.map(SiteId),
        person: row.get::<_, Option<i64>>("person_id")?.map(PersonId),
        name: row.get("name")?,
        uses_left: row.get("uses_left")?,
        expires_at: Moment(row.get("expires_at")?),
    })
}

/// A token that still works.
pub fn find(tx: &ReadTx<'_>, token: &str, purpose: Purpose) -> Result<Option<TokenRow>, Error> {
    let hash = key(token);
    Ok(tx
        .conn()
        .prepare_cached(FIND)?
        .query_row(params![hash.as_slice(), purpose.word(), tx.now().0], read)
        .optional()?)
}

/// Uses a token once; `None` when it does not exist, was used up, or has expired: whoever tries learns no difference.
pub fn take(tx: &WriteTx<'_>, token: &str, purpose: Purpose) -> Result<Option<TokenRow>, Error> {
    let found = find(&tx.as_read(), token, purpose)?;
    if found.is_some() {
        tx.conn()
            .prepare_cached("UPDATE one_time_token SET uses_left = uses_left - 1 WHERE token_hash = $1")?
            .execute([key(token).as_slice()])?;
    }
    Ok(found)
}

/// Takes back every token of a purpose, or only those of one person.
pub fn revoke(tx: &WriteTx<'_>, purpose: Purpose, person: Option<PersonId>) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("DELETE FROM one_time_token WHERE purpose = $1 AND ($2 IS NULL OR person_id = $2)")?
        .execute(params![purpose.word(), person.map(|person| person.0)])?;
    Ok(())
}

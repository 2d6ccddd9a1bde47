//! The small writers that every projection uses: the history index, the change rows of sync, and findings.
//!
//! Absent: anything that reads them.

use crate::store::{Error, Header, WriteTx};
use rusqlite::params;
use sha2::{Digest, Sha256};
use shared::{
    api::history::Subject,
    id::{ItemId, LocationId, PersonId, SiteId},
    moment::Moment,
};

/// A number that is the same whenever and in whatever order it is derived: 52 bits of a hash, so that every JSON
/// reader holds it exactly, with the highest set, so that it never meets a number that was counted up.
///
/// What projections create (spot counts, recount tasks, discrepancies, findings) is numbered by this.
pub fn derived(what: &str, parts: &[&[u8]]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(what.as_bytes());
    for part in parts {
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    (i64::from_be_bytes(bytes) & ((1 << 51) - 1)) | (1 << 51)
}

/// Puts a fact into the history of something.
pub(crate) fn history(tx: &WriteTx<'_>, header: &Header, subject: Subject, id: i64) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO history (subject, subject_id, position) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![subject.word(), id, header.position.0])?;
    Ok(())
}

/// What sync tells handhelds about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeSubject {
    Task,
    Person,
    ItemShard,
    LocationShard,
}

impl ChangeSubject {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Person => "person",
            Self::ItemShard => "item_shard",
            Self::LocationShard => "location_shard",
        }
    }
}

/// Says that something a handheld may hold is different since this fact.
pub(super) fn change(
    tx: &WriteTx<'_>,
    header: &Header,
    site: SiteId,
    subject: ChangeSubject,
    id: i64,
) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO change (site_id, subject, subject_id, position) VALUES ($1, $2, $3, $4)
             ON CONFLICT (site_id, subject, subject_id) DO UPDATE SET position = excluded.position",
        )?
        .execute(params![site.0, subject.word(), id, header.position.0])?;
    Ok(())
}

/// Something noticed that blocks nobody.
pub(crate) struct Finding<'a> {
    pub kind: &'a str,
    /// Names what it is about: the same sentence of the same kind is one finding, however often it is noticed.
    pub sentence: String,
    pub location: Option<LocationId>,
    pub item: Option<ItemId>,
    pub person: Option<PersonId>,
    pub at: Moment,
}

pub(crate) fn finding(tx: &mut WriteTx<'_>, header: &Header, finding: &Finding<'_>) -> Result<(), Error> {
    let id = derived("finding", &[&header.site.0.to_be_bytes(), finding.kind.as_bytes(), finding.sentence.as_bytes()]);
    tx.conn()
        .prepare_cached(
            "INSERT INTO finding (finding_id, site_id, kind, sentence, location_id, item_id, person_id, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            id,
            header.site.0,
            finding.kind,
            finding.sentence,
            finding.location.map(|id| id.0),
            finding.item.map(|id| id.0),
            finding.person.map(|id| id.0),
            finding.at.0,
        ])?;
    tx.changed(header.site, "finding", header.position);
    Ok(())
}

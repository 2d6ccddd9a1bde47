//! Timelines: an installation that goes on from an older state begins a new one, so that every handheld asks what is
//! still here and sends again what is not (`SYNC.md` section 8). Kept beside it: what is known to be missing.
//!
//! Absent: putting the older state in place ([`super::restore`]).

use super::{Error, Identity, WriteTx};
use rusqlite::{OptionalExtension, params};
use shared::{
    api::backup::TimelineWhy,
    fact::Fact,
    id::{LogId, PersonId, SiteId},
    moment::Moment,
};
use uuid::Uuid;

/// A handheld that claims to know more than is here begins a timeline at most this often: the others find it begun, and
/// a handheld that is out of its mind does not make all of them load everything again with each push.
const CLAIM_EVERY_MS: i64 = 60 * 60 * 1000;

/// Something that was here once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The log.
    pub log: LogId,
    /// Whose it is.
    pub device_name: String,
    /// Up to where it was here.
    pub seq: u64,
}

/// Why a timeline begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// How it came about.
    pub why: TimelineWhy,
    /// The name of the backup, where one was restored.
    pub file: String,
    /// Who asked for it at the desk.
    pub by: Option<PersonId>,
    /// What is known to have been here.
    pub expected: Vec<Expected>,
}

impl Start {
    /// Without anybody having asked for it.
    pub const fn noticed(why: TimelineWhy) -> Self {
        Self { why, file: String::new(), by: None, expected: Vec::new() }
    }
}

/// Begins a new timeline.
///
/// # Errors
/// [`Error::Engine`], [`Error::Random`].
pub fn begin(tx: &mut WriteTx<'_>, start: &Start) -> Result<Uuid, Error> {
    let fresh = fresh_id()?;
    let last: Option<i64> = tx
        .conn()
        .query_row("SELECT recorded_at FROM fact ORDER BY position DESC LIMIT 1", [], |row| row.get(0))
        .optional()?;
    tx.conn().execute("UPDATE meta SET value = $1 WHERE key = 'timeline'", [fresh.as_bytes().as_slice()])?;
    tx.conn().execute("DELETE FROM timeline_log", [])?;
    tx.conn().execute(
        "INSERT INTO timeline_log (log_id, device_name, held, expected)
         SELECT l.log_id, d.name, l.head_seq, l.head_seq FROM device_log l JOIN device d ON d.device_id = l.device_id",
        [],
    )?;
    for expected in &start.expected {
        expect(tx, expected)?;
    }
    let fact = Fact::TimelineStarted {
        timeline: fresh,
        why: start.why,
        restored_to: last.map_or(tx.now(), Moment),
        file: start.file.clone(),
    };
    tx.append(SiteId(0), start.by, "system", &fact)?;
    let identity = Identity { timeline: fresh, ..tx.identity()? };
    tx.memory.identity = Some(identity);
    Ok(fresh)
}

/// A handheld knows that more of a log was here than is.
pub(crate) fn expect(tx: &WriteTx<'_>, expected: &Expected) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO timeline_log (log_id, device_name, held, expected) VALUES ($1, $2, 0, $3)
             ON CONFLICT (log_id) DO UPDATE SET expected = max(expected, excluded.expected)",
        )?
        .execute(params![
            expected.log.as_bytes().as_slice(),
            expected.device_name,
            i64::try_from(expected.seq).unwrap_or(i64::MAX)
        ])?;
    Ok(())
}

/// Whether everything that a site is known to have had before is here again, and every handheld that keeps a log of it
/// has said since that it holds nothing more. Handhelds that were revoked are not waited for.
pub(crate) fn is_healed(tx: &WriteTx<'_>, site: SiteId) -> Result<bool, Error> {
    Ok(!tx
        .conn()
        .prepare_cached(
            "SELECT 1 FROM timeline_log t
             LEFT JOIN device_log l ON l.log_id = t.log_id
             LEFT JOIN device d ON d.device_id = l.device_id
             LEFT JOIN device_seen s ON s.device_id = l.device_id
             WHERE coalesce(l.site_id, $1) = $1 AND coalesce(d.revoked, 0) = 0
               AND (coalesce(l.head_seq, 0) < t.expected
                    OR (l.device_id NOT IN (SELECT device_id FROM paper_device)
                        AND (s.seen_at IS NULL OR s.waiting > 0
                             OR s.seen_at < (SELECT started_at FROM timeline ORDER BY position DESC LIMIT 1))))
               AND NOT EXISTS (SELECT 1 FROM device o
                               WHERE l.log_id IS NULL AND o.name = t.device_name AND o.site_id <> $1)
             LIMIT 1",
        )?
        .exists([site.0])?)
}

/// Whether a handheld's claim may begin a timeline now.
pub(crate) fn may_be_claimed(tx: &WriteTx<'_>) -> Result<bool, Error> {
    let last: Option<i64> = tx
        .conn()
        .prepare_cached("SELECT max(started_at) FROM timeline WHERE why = $1")?
        .query_row([TimelineWhy::DeviceKnewMore.word()], |row| row.get(0))?;
    Ok(last.is_none_or(|at| !(0..CLAIM_EVERY_MS).contains(&tx.now().ms_since(Moment(at)))))
}

/// A random id.
pub(super) fn fresh_id() -> Result<Uuid, Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| Error::Random)?;
    Ok(uuid::Builder::from_random_bytes(random).into_uuid())
}

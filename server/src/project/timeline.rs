//! When this installation went on from an older state.
//!
//! Absent: what was missing then; that is operations (`store/timeline.rs`).

use super::incident;
use crate::store::{Error, Header, WriteTx};
use rusqlite::params;
use shared::{api::backup::TimelineWhy, id::SiteId, moment::Moment};
use uuid::Uuid;

pub(super) fn started(
    tx: &mut WriteTx<'_>,
    header: &Header,
    timeline: Uuid,
    why: TimelineWhy,
    (restored_to, file): (Moment, &str),
) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO timeline (timeline, position, started_at, why, restored_to, file, person_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )?
        .execute(params![
            timeline.as_bytes().as_slice(),
            header.position.0,
            header.recorded_at.0,
            why.word(),
            restored_to.0,
            file,
            header.actor.map(|person| person.0),
        ])?;
    // where a handheld noticed it, its own incident says so
    if why == TimelineWhy::DeviceKnewMore {
        return Ok(());
    }
    for site in sites(tx)? {
        let header = Header { site, ..header.clone() };
        incident::notice(tx, &header, &incident::Noticed::restored(timeline, restored_to))?;
    }
    Ok(())
}

fn sites(tx: &WriteTx<'_>) -> Result<Vec<SiteId>, Error> {
    let mut statement = tx.conn().prepare_cached("SELECT site_id FROM site ORDER BY site_id")?;
    Ok(statement.query_map([], |row| row.get("site_id").map(SiteId))?.collect::<Result<_, _>>()?)
}

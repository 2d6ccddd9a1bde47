//! A handheld asks what has changed (`SYNC.md` section 4): rows in pages, each with the cursor it leads to.
//!
//! A cursor is `timeline.position.hash.subject.id.snapshot`: a place in the order of changes, proved by the hash of the
//! facts there, and up to where the first load goes (what was gone before that is not sent as gone). Opaque to the device.
//! Absent: book quantities; no type of the page can hold one.

use super::Failure;
use crate::store::{Error, Identity, ReadTx, change, device::DeviceRow, site};
use shared::{
    id::{PersonId, TaskId},
    sync::message::{Cursor, PullPage, PullRow, ShardKind, ShardVersion},
};

/// Rows of a page, at most: some 100 KB.
const PAGE_ROWS_MAX: usize = 500;
/// Changes looked at for one page, at most: most of a first load may be tasks of long ago, which are not sent.
const PAGE_CHANGES_MAX: u32 = 5_000;

/// A place in the order of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    position: i64,
    subject: String,
    id: i64,
    snapshot: i64,
}

/// One page after a cursor; without one, or with one of another past, the first page of everything.
///
/// # Errors
/// `not_found` when the device's site is gone, [`Failure::Store`].
pub fn pull(
    tx: &ReadTx<'_>,
    identity: Identity,
    device: &DeviceRow,
    cursor: Option<&Cursor>,
) -> Result<PullPage, Failure> {
    let known = cursor.map(|cursor| read(tx, identity, cursor)).transpose()?.flatten();
    let reset = cursor.is_some() && known.is_none();
    let from = match known {
        Some(place) => place,
        None => Place { position: 0, subject: String::new(), id: 0, snapshot: change::last(tx, device.site)? },
    };
    let changes = change::list_after(tx, device.site, (from.position, &from.subject, from.id), PAGE_CHANGES_MAX)?;
    let mut rows = Vec::new();
    let mut at = from.clone();
    let mut seen = 0;
    for found in &changes {
        if rows.len() == PAGE_ROWS_MAX {
            break;
        }
        seen += 1;
        at = Place { position: found.position, subject: found.subject.clone(), id: found.id, snapshot: from.snapshot };
        rows.extend(row(tx, device, found, from.snapshot)?);
    }
    let more = seen < changes.len() || changes.len() == PAGE_CHANGES_MAX as usize;
    Ok(PullPage {
        server: identity.server,
        timeline: identity.timeline,
        now: tx.now(),
        reset,
        rows,
        cursor: write(tx, identity, &at)?,
        more,
        site: site::find(tx, device.site)?.ok_or_else(|| Failure::not_found("site"))?,
    })
}

fn row(tx: &ReadTx<'_>, device: &DeviceRow, found: &change::Change, snapshot: i64) -> Result<Option<PullRow>, Error> {
    // what the device never had it need not forget
    let is_news = found.position > snapshot;
    Ok(match found.subject.as_str() {
        "task" => match change::find_task(tx, device.site, TaskId(found.id))? {
            Some(task) => Some(PullRow::Task { task }),
            None => is_news.then_some(PullRow::TaskGone { task: TaskId(found.id) }),
        },
        "person" => match change::find_person(tx, device.site, PersonId(found.id))? {
            Some(person) => Some(PullRow::Person { person }),
            None => is_news.then_some(PullRow::PersonGone { person: PersonId(found.id) }),
        },
        subject => {
            let kind = if subject == "item_shard" { ShardKind::Items } else { ShardKind::Locations };
            let number = u32::try_from(found.id).map_err(|error| Error::unreadable("shard", error))?;
            Some(PullRow::Shard { shard: ShardVersion { kind, number, version: found.position } })
        }
    })
}

/// Reads a cursor; `None` when it is of another past, or none of ours.
fn read(tx: &ReadTx<'_>, identity: Identity, cursor: &Cursor) -> Result<Option<Place>, Error> {
    let parts: Vec<&str> = cursor.0.split('.').collect();
    let [timeline, position, hash, subject, id, snapshot] = parts.as_slice() else { return Ok(None) };
    let (Ok(position), Ok(id), Ok(snapshot)) = (position.parse(), id.parse(), snapshot.parse()) else {
        return Ok(None);
    };
    if *timeline != identity.timeline.simple().to_string() || Some(*hash) != proof(tx, position)?.as_deref() {
        return Ok(None);
    }
    Ok(Some(Place { position, subject: (*subject).to_owned(), id, snapshot }))
}

fn write(tx: &ReadTx<'_>, identity: Identity, place: &Place) -> Result<Cursor, Error> {
    let hash = proof(tx, place.position)?.ok_or_else(|| Error::unreadable("change", "its fact is gone"))?;
    let Place { position, subject, id, snapshot } = place;
    Ok(Cursor(format!("{}.{position}.{hash}.{subject}.{id}.{snapshot}", identity.timeline.simple())))
}

/// The first eight bytes of the chain of facts there.
fn proof(tx: &ReadTx<'_>, position: i64) -> Result<Option<String>, Error> {
    if position == 0 {
        return Ok(Some("0".into()));
    }
    let chain = change::chain_at(tx, position)?;
    Ok(chain.map(|chain| chain.iter().take(8).map(|byte| format!("{byte:02x}")).collect()))
}

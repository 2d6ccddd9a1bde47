//! Paper sheets: under which handheld they stand, and who typed which.
//!
//! Absent: what they say. Their events are those of any handheld ([`super::event`]).

use super::{device, trace::history};
use crate::store::{Error, Header, WriteTx};
use rusqlite::params;
use shared::{
    api::history::Subject,
    id::{DeviceId, LocationId, PersonId, SheetId, TaskId},
};

pub(super) fn opened(tx: &mut WriteTx<'_>, header: &Header, device: DeviceId, name: &str) -> Result<(), Error> {
    device::enrolled(tx, header, device, name)?;
    tx.conn()
        .prepare_cached("INSERT INTO paper_device (site_id, device_id) VALUES ($1, $2)")?
        .execute([header.site.0, device.0])?;
    Ok(())
}

/// A sheet that was typed in.
pub(super) struct Typed<'a> {
    pub sheet: SheetId,
    pub code: &'a str,
    pub task: TaskId,
    pub location: LocationId,
    pub person: PersonId,
}

pub(super) fn typed(tx: &mut WriteTx<'_>, header: &Header, sheet: &Typed<'_>) -> Result<(), Error> {
    let typist = header.actor.ok_or_else(|| Error::unreadable("fact", "nobody typed the sheet"))?;
    tx.conn()
        .prepare_cached(
            "INSERT INTO paper_sheet (sheet_id, site_id, task_id, code, person_id, typist_id, typed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )?
        .execute(params![
            sheet.sheet.as_bytes().as_slice(),
            header.site.0,
            sheet.task.0,
            sheet.code,
            sheet.person.0,
            typist.0,
            header.recorded_at.0,
        ])?;
    history(tx, header, Subject::Task, sheet.task.0)?;
    history(tx, header, Subject::Location, sheet.location.0)?;
    history(tx, header, Subject::Person, typist.0)?;
    if typist != sheet.person {
        history(tx, header, Subject::Person, sheet.person.0)?;
    }
    Ok(())
}

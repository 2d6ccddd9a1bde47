//! Entries that were carried in by hand: where they continue a sheet, and where they do not.
//!
//! A handheld that cannot save keeps its entries on the screen and exports them; they say after which event of its log
//! they came. Here they continue the sheet as if they stood there. Should the handheld save them after all, they arrive a
//! second time and have no second effect. Should it go on *without* them (somebody started it anew and counted on), what
//! it shows is what counts, and the rescued entries are set aside: nothing is guessed, and nothing counts twice.
//!
//! A handheld that leaves a log for a new one carries open visits over: the new log holds their entries once more, with the
//! same ids, before those that follow. A visit goes on there where nothing of it is lacking; where the server has entries
//! that the handheld no longer knew of, or another device goes on with the old log, a person decides.
//!
//! Absent: entries that only lack what came before them; a log of those continues nothing.

use super::{
    event::Arrived,
    mark, sheet,
    trace::{Finding, finding, history},
    words,
};
use crate::store::{
    Error, Header, WriteTx, log,
    sheet::{SheetRow, touch, working},
};
use rusqlite::{OptionalExtension, params};
use shared::{
    api::history::Subject,
    event::Event,
    id::{DeviceId, LogId, SheetId},
    sync::{carry, rescue::After},
};
use std::collections::HashSet;

/// The code of an entry that the handheld went on without.
pub(super) const WENT_ON: &str = "went_on_without";

/// A log of entries that could not be saved was begun.
pub(super) fn begun(tx: &WriteTx<'_>, log_no: i64, after: After) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("INSERT INTO rescue_log (log_no, after_log, after_seq) VALUES ($1, $2, $3)")?
        .execute(params![log_no, after.log.as_bytes().as_slice(), after.seq.cast_signed()])?;
    Ok(())
}

/// Somebody carried a file in.
pub(super) fn taken(tx: &WriteTx<'_>, header: &Header, device: Option<DeviceId>) -> Result<(), Error> {
    match device {
        Some(device) => history(tx, header, Subject::Device, device.0),
        None => Ok(()),
    }
}

/// What an event is whose id another event has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twin {
    /// Something else under the same id.
    Stranger,
    /// The same event, which had its effect in another log of the handheld.
    Counted,
    /// The same event, which was set aside where it stood.
    SetAside,
}

/// Looks at who has the id that this event wanted.
pub(super) fn twin(tx: &WriteTx<'_>, header: &Header, arrived: &Arrived, event: Option<&Event>) -> Result<Twin, Error> {
    let Some(event) = event else { return Ok(Twin::Stranger) };
    let found = tx
        .conn()
        .prepare_cached(
            "SELECT known.body = own.body AND log.device_id = $1 AND known.log_no <> $2 AS same,
                coalesce(mark.mark <> 'needs_confirm' AND mark.state <> 'released', 0) AS set_aside
             FROM fact own, fact known JOIN device_log log ON log.log_no = known.log_no
                LEFT JOIN mark ON mark.position = known.position
             WHERE own.position = $3 AND known.event_id = $4 AND known.position < $3",
        )?
        .query_row(
            params![arrived.device.0, arrived.log_no, header.position.0, event.id.as_bytes().as_slice()],
            |row| Ok((row.get::<_, bool>("same")?, row.get::<_, bool>("set_aside")?)),
        )
        .optional()?;
    Ok(match found {
        Some((true, false)) => Twin::Counted,
        Some((true, true)) => Twin::SetAside,
        _ => Twin::Stranger,
    })
}

/// Whether an entry continues a sheet that was opened in another log, or goes on in another; else the code of why it does
/// not.
pub(super) fn continues(
    tx: &mut WriteTx<'_>,
    header: &Header,
    row: &SheetRow,
    arrived: &Arrived,
) -> Result<Result<(), &'static str>, Error> {
    if row.device != arrived.device {
        return Ok(Err("other_log"));
    }
    let own = after_log(tx, arrived.log_no)?;
    let fits = match own {
        Some(after) => log::find(tx.conn(), after)?.is_some_and(|log| log.no == row.log_no),
        None => match after_log(tx, row.log_no)? {
            Some(after) => log::find(tx.conn(), after)?.is_some_and(|log| log.no == arrived.log_no),
            None => is_carried(tx, header, row, arrived)?,
        },
    };
    if !fits {
        return Ok(Err("other_log"));
    }
    if own.is_some() && went_on(tx, header, arrived.log_no)? {
        return Ok(Err(WENT_ON));
    }
    Ok(Ok(()))
}

/// Whether a sheet goes on in the log of this entry: that log carries, before it, everything that counts of the sheet so
/// far. The sheet belongs to that log then.
fn is_carried(tx: &mut WriteTx<'_>, header: &Header, row: &SheetRow, arrived: &Arrived) -> Result<bool, Error> {
    if row.carried_to == Some(arrived.log_no) {
        return Ok(true);
    }
    let carried = tx
        .conn()
        .prepare_cached("SELECT body FROM fact WHERE log_no = $1 AND seq < $2")?
        .query_map(params![arrived.log_no, arrived.seq.cast_signed()], |found| found.get::<_, Vec<u8>>("body"))?
        .collect::<Result<HashSet<_>, _>>()?;
    let so_far = sheet::stored(tx, row, header.position)?;
    if !carry::goes_on(so_far.iter().map(|entry| entry.body.as_slice()), |body| carried.contains(body)) {
        return Ok(false);
    }
    if let Some(working) = working(tx, row.id)? {
        // of two logs that carry the same so far, one may have been heard of by halves before the other
        working.row.carried_to = Some(arrived.log_no).filter(|log| *log != row.log_no);
    }
    touch(tx, row.id);
    Ok(true)
}

fn after_log(tx: &WriteTx<'_>, log_no: i64) -> Result<Option<LogId>, Error> {
    let found: Option<Vec<u8>> = tx
        .conn()
        .prepare_cached("SELECT after_log FROM rescue_log WHERE log_no = $1")?
        .query_row([log_no], |row| row.get("after_log"))
        .optional()?;
    found
        .map(|bytes| LogId::from_slice(&bytes).ok_or_else(|| Error::unreadable("rescue log", "its id is damaged")))
        .transpose()
}

/// Whether the handheld saved anything else after the place where these entries belong.
fn went_on(tx: &WriteTx<'_>, header: &Header, log_no: i64) -> Result<bool, Error> {
    Ok(tx
        .conn()
        .prepare_cached(
            "SELECT 1 FROM rescue_log rescued JOIN device_log log ON log.log_id = rescued.after_log
                JOIN fact entry ON entry.log_no = rescued.log_no AND entry.position <= $1
                JOIN fact next ON next.log_no = log.log_no AND next.seq = rescued.after_seq + entry.seq AND next.position < $1
             WHERE rescued.log_no = $2 AND next.body <> entry.body",
        )?
        .exists(params![header.position.0, log_no])?)
}

/// Whether some entries of a sheet are found by their positions and not by its log.
pub(super) fn is_elsewhere(tx: &WriteTx<'_>, sheet: SheetId) -> Result<bool, Error> {
    let mut known = tx.conn().prepare_cached("SELECT 1 FROM sheet_entry WHERE sheet_id = $1")?;
    Ok(known.exists([sheet.as_bytes().as_slice()])?)
}

/// Remembers that an entry of a sheet is found by its position and not by its log.
pub(super) fn elsewhere(tx: &mut WriteTx<'_>, header: &Header, sheet: SheetId) -> Result<(), Error> {
    tx.conn()
        .prepare_cached("INSERT INTO sheet_entry (sheet_id, position) VALUES ($1, $2)")?
        .execute(params![sheet.as_bytes().as_slice(), header.position.0])?;
    if let Some(working) = tx.memory.sheets.get_mut(&sheet) {
        // in another order than their numbers say: they are read back when the sheet closes
        working.events = None;
    }
    Ok(())
}

/// A sheet closes: rescued entries on it that the handheld went on without are set aside.
pub(super) fn settle(tx: &mut WriteTx<'_>, header: &Header, sheet: SheetId) -> Result<(), Error> {
    let mut statement = tx.conn().prepare_cached(
        "SELECT entry.position, f.log_no FROM sheet_entry entry JOIN fact f ON f.position = entry.position
            JOIN rescue_log rescued ON rescued.log_no = f.log_no
         WHERE entry.sheet_id = $1 ORDER BY entry.position",
    )?;
    let rows = statement.query_map([sheet.as_bytes().as_slice()], |row| {
        Ok((row.get::<_, i64>("position")?, row.get::<_, i64>("log_no")?))
    })?;
    let rescued: Vec<(i64, i64)> = rows.collect::<Result<_, _>>()?;
    drop(statement);
    let mut aside = Vec::new();
    for (position, log_no) in rescued {
        if went_on(tx, header, log_no)? {
            aside.push(position);
        }
    }
    if aside.is_empty() {
        return Ok(());
    }
    for position in &aside {
        tx.conn()
            .prepare_cached("DELETE FROM sheet_entry WHERE sheet_id = $1 AND position = $2")?
            .execute(params![sheet.as_bytes().as_slice(), position])?;
        mark::quarantine(tx, header, *position, WENT_ON)?;
    }
    let Some(working) = working(tx, sheet)? else { return Ok(()) };
    working.row.entries = working.row.entries.saturating_sub(u32::try_from(aside.len()).unwrap_or(u32::MAX));
    let (device, location, person) = (working.row.device, working.row.location, working.row.person);
    let (name, code) = (words::device(tx.conn(), device)?, words::location(tx.conn(), location)?);
    let entries = if aside.len() == 1 { "An entry".to_owned() } else { format!("{} entries", aside.len()) };
    let sentence = format!(
        "{entries} of {code} that {name} could not save were carried in by hand, and it then went on without them. They are kept and have no effect; count {code} again if in doubt."
    );
    let at = header.recorded_at;
    let (location, person) = (Some(location), Some(person));
    finding(tx, header, &Finding { kind: "rescued", sentence, location, item: None, person, at })
}

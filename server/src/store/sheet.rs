//! Sheets: one person's visit to one location on one device.
//!
//! The writer keeps sheets it is working on in memory and writes each once per push. Absent: what is on them; that is
//! folded from their events when they close.

use super::{Error, WriteTx};
use rusqlite::{Connection, OptionalExtension, Row, params};
use shared::{
    event::{Event, SheetIntent},
    id::{CountId, DeviceId, LocationId, PersonId, SheetId, SiteId, TaskId},
    moment::Moment,
};

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Which.
    pub id: SheetId,
    /// Where it was made.
    pub site: SiteId,
    /// The number of its log.
    pub log_no: i64,
    /// The handheld.
    pub device: DeviceId,
    /// Whose, as captured.
    pub person: PersonId,
    /// Of which location.
    pub location: LocationId,
    /// The count it belongs to.
    pub count: CountId,
    /// The task it belongs to.
    pub task: TaskId,
    /// The round.
    pub round: u8,
    /// What it means beside others.
    pub intent: SheetIntent,
    /// Its first number in the log.
    pub open_seq: u64,
    /// Its last, once closed.
    pub close_seq: Option<u64>,
    /// By the corrected clock.
    pub opened_at: Moment,
    /// By the corrected clock.
    pub closed_at: Option<Moment>,
    /// The latest that any event of it can have been.
    pub ends_at: Option<Moment>,
    /// When the server learned the last of it.
    pub received_at: Moment,
    /// Entries that have arrived.
    pub entries: u32,
    /// Whether the whole location was counted.
    pub location_done: Option<bool>,
    /// Whether it arrived after its round was decided.
    pub late: bool,
    /// Whether somebody said that it is not of whoever it names: it counts for nothing, and stays.
    pub set_aside: bool,
    /// The log that its handheld left the first one for: the visit goes on there and nowhere else.
    pub carried_to: Option<i64>,
}

/// A sheet as the writer works on it.
#[derive(Debug)]
pub(crate) struct Working {
    pub row: SheetRow,
    /// Changed since it was last written.
    pub dirty: bool,
    /// Its events so far, where the writer has seen all of them; otherwise they are read back.
    pub events: Option<Vec<(u64, Event)>>,
}

const fn intent_word(intent: SheetIntent) -> &'static str {
    match intent {
        SheetIntent::Own => "own",
        SheetIntent::Continue => "continue",
        SheetIntent::Helping => "helping",
    }
}

const SELECT: &str = "SELECT sheet_id, site_id, log_no, device_id, person_id, location_id, count_id, task_id, round,
    intent, open_seq, close_seq, opened_at, closed_at, ends_at, received_at, entries, location_done, late, set_aside,
    carried_to FROM sheet";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<SheetRow, Error>> {
    let intent: String = row.get("intent")?;
    let found = [SheetIntent::Own, SheetIntent::Continue, SheetIntent::Helping]
        .into_iter()
        .find(|known| intent_word(*known) == intent);
    let id = SheetId::from_slice(row.get_ref("sheet_id")?.as_blob().unwrap_or_default());
    let round = u8::try_from(row.get::<_, i64>("round")?);
    let entries = u32::try_from(row.get::<_, i64>("entries")?);
    let (Some(intent), Some(id), Ok(round), Ok(entries)) = (found, id, round, entries) else {
        return Ok(Err(Error::unreadable("sheet", "its id, intent, round or number of entries is damaged")));
    };
    Ok(Ok(SheetRow {
        id,
        site: SiteId(row.get("site_id")?),
        log_no: row.get("log_no")?,
        device: DeviceId(row.get("device_id")?),
        person: PersonId(row.get("person_id")?),
        location: LocationId(row.get("location_id")?),
        count: CountId(row.get("count_id")?),
        task: TaskId(row.get("task_id")?),
        round,
        intent,
        open_seq: row.get::<_, i64>("open_seq")?.cast_unsigned(),
        close_seq: row.get::<_, Option<i64>>("close_seq")?.map(i64::cast_unsigned),
        opened_at: Moment(row.get("opened_at")?),
        closed_at: row.get::<_, Option<i64>>("closed_at")?.map(Moment),
        ends_at: row.get::<_, Option<i64>>("ends_at")?.map(Moment),
        received_at: Moment(row.get("received_at")?),
        entries,
        location_done: row.get("location_done")?,
        late: row.get("late")?,
        set_aside: row.get("set_aside")?,
        carried_to: row.get("carried_to")?,
    }))
}

/// A sheet by its id.
///
/// # Errors
/// [`Error::Engine`], [`Error::Unreadable`].
pub fn find(conn: &Connection, sheet: SheetId) -> Result<Option<SheetRow>, Error> {
    conn.prepare_cached(&format!("{SELECT} WHERE sheet_id = $1"))?
        .query_row([sheet.as_bytes().as_slice()], read)
        .optional()?
        .transpose()
}

/// Every sheet of one location of a count that nobody has set aside, in the order of their ids.
pub(crate) fn list_place(conn: &Connection, count: CountId, location: LocationId) -> Result<Vec<SheetRow>, Error> {
    conn.prepare_cached(&format!(
        "{SELECT} WHERE count_id = $1 AND location_id = $2 AND set_aside = 0 ORDER BY sheet_id"
    ))?
    .query_map([count.0, location.0], read)?
    .map(|row| row?)
    .collect()
}

/// A sheet by its id as the writer works on it.
pub(crate) fn working<'m>(tx: &'m mut WriteTx<'_>, sheet: SheetId) -> Result<Option<&'m mut Working>, Error> {
    if !tx.memory.sheets.contains_key(&sheet) {
        let Some(row) = find(tx.conn(), sheet)? else { return Ok(None) };
        tx.memory.sheets.insert(sheet, Working { row, dirty: false, events: None });
    }
    Ok(tx.memory.sheets.get_mut(&sheet))
}

/// Takes up a sheet that was just opened.
pub(crate) fn begin(tx: &mut WriteTx<'_>, row: SheetRow) {
    tx.memory.dirty_sheets.push(row.id);
    tx.memory.sheets.insert(row.id, Working { row, dirty: true, events: Some(Vec::new()) });
}

/// Writes every sheet that changed: one upsert a sheet, however many events.
pub(crate) fn flush(tx: &mut WriteTx<'_>) -> Result<(), Error> {
    let dirty = std::mem::take(&mut tx.memory.dirty_sheets);
    let conn = tx.conn();
    for sheet in dirty {
        let Some(working) = tx.memory.sheets.get_mut(&sheet).filter(|working| working.dirty) else { continue };
        upsert(conn, &working.row)?;
        working.dirty = false;
    }
    Ok(())
}

fn upsert(conn: &Connection, row: &SheetRow) -> Result<(), Error> {
    conn.prepare_cached(
        "INSERT INTO sheet (sheet_id, site_id, log_no, device_id, person_id, location_id, count_id, task_id, round, intent,
            open_seq, close_seq, opened_at, closed_at, ends_at, received_at, entries, location_done, late, set_aside,
            carried_to)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
         ON CONFLICT (sheet_id) DO UPDATE SET close_seq = excluded.close_seq, closed_at = excluded.closed_at,
            ends_at = excluded.ends_at, received_at = excluded.received_at, entries = excluded.entries,
            location_done = excluded.location_done, late = excluded.late, set_aside = excluded.set_aside,
            carried_to = excluded.carried_to",
    )?
    .execute(params![
        row.id.as_bytes().as_slice(),
        row.site.0,
        row.log_no,
        row.device.0,
        row.person.0,
        row.location.0,
        row.count.0,
        row.task.0,
        row.round,
        intent_word(row.intent),
        row.open_seq.cast_signed(),
        row.close_seq.map(u64::cast_signed),
        row.opened_at.0,
        row.closed_at.map(|at| at.0),
        row.ends_at.map(|at| at.0),
        row.received_at.0,
        row.entries,
        row.location_done,
        row.late,
        row.set_aside,
        row.carried_to,
    ])?;
    Ok(())
}

/// Remembers that a sheet has to be written.
pub(crate) fn touch(tx: &mut WriteTx<'_>, sheet: SheetId) {
    if let Some(working) = tx.memory.sheets.get_mut(&sheet)
        && !working.dirty
    {
        working.dirty = true;
        tx.memory.dirty_sheets.push(sheet);
    }
}

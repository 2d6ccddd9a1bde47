//! What a closed sheet says: its events folded into lines, and the barcodes on it that nobody has named.
//!
//! Absent: other sheets of the same place, and the book ([`super::place`]).

use super::place::{self, Why};
use crate::store::{
    Error, Header, Position, WriteTx, log,
    sheet::{self as table, SheetRow},
};
use rusqlite::{OptionalExtension, params};
use shared::{
    event::{Event, upcast},
    id::{CountId, ItemId, LocationId, SheetId, SiteId},
    key::ItemKey,
    merge::ClosedSheet,
    moment::Window,
    quantity::Quantity,
    sheet::{FoldedSheet, Named, fold},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// A sheet was closed, and its log is here without a gap up to there: it counts.
pub(super) fn closed(tx: &mut WriteTx<'_>, header: &Header, id: SheetId) -> Result<(), Error> {
    let Some(working) = table::working(tx, id)? else { return Ok(()) };
    let (count, location) = (working.row.count, working.row.location);
    let is_over = super::known::count(tx, count)?.is_some_and(|count| count.closed);
    if (is_over || place::is_settled(tx, count, location)?)
        && let Some(working) = table::working(tx, id)?
    {
        working.row.late = true;
    }
    let events = table::working(tx, id)?.and_then(|working| working.events.take());
    // a line refers to its sheet, so that has to be there first
    table::flush(tx)?;
    write(tx, id, events, Before::Nothing)?;
    if table::working(tx, id)?.is_some_and(|working| working.row.set_aside) {
        return Ok(());
    }
    counted(tx, id)?;
    place::judge_place(tx, header, count, location, Why::Sheet(id))
}

/// When the location was last counted whole: the latest closing of a first count that said so, by its capture time.
fn counted(tx: &mut WriteTx<'_>, id: SheetId) -> Result<(), Error> {
    let Some(working) = table::working(tx, id)? else { return Ok(()) };
    let (location, whole) = (working.row.location, working.row.round == 1 && working.row.location_done == Some(true));
    if let Some(at) = working.row.closed_at.filter(|_| whole) {
        tx.conn()
            .prepare_cached(
                "UPDATE location SET counted_at = $1 WHERE location_id = $2 AND (counted_at IS NULL OR counted_at < $1)",
            )?
            .execute([at.0, location.0])?;
    }
    Ok(())
}

/// Folds a closed sheet again, because a barcode on it has got a name; answers the place to judge.
pub(super) fn fold_again(tx: &mut WriteTx<'_>, id: SheetId) -> Result<Option<(CountId, LocationId)>, Error> {
    tx.memory.folded.remove(&id);
    let Some(working) = table::working(tx, id)? else { return Ok(None) };
    let place = (working.row.count, working.row.location);
    write(tx, id, None, Before::Lines)?;
    Ok(Some(place))
}

/// What was written of a sheet before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Lines,
}

/// Folds a sheet and writes what is on it.
fn write(tx: &mut WriteTx<'_>, id: SheetId, events: Option<Vec<(u64, Event)>>, before: Before) -> Result<(), Error> {
    let Some(working) = table::working(tx, id)? else { return Ok(()) };
    let row = working.row.clone();
    let (sheet, named) = build(tx, &row, events)?;
    let sheet = Arc::new(sheet);
    let conn = tx.conn();
    let key = id.as_bytes().as_slice();
    if before == Before::Lines {
        conn.prepare_cached("DELETE FROM sheet_line WHERE sheet_id = $1")?.execute([key])?;
        conn.prepare_cached("DELETE FROM unknown_barcode WHERE sheet_id = $1")?.execute([key])?;
        conn.prepare_cached("DELETE FROM named_barcode WHERE sheet_id = $1")?.execute([key])?;
    }
    for (what, line) in &sheet.folded.lines {
        conn.prepare_cached(
            "INSERT INTO sheet_line (sheet_id, item_id, lot, serial, quantity_micro, first_at, last_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )?
        .execute(params![
            key,
            what.item.0,
            what.lot,
            what.serial,
            line.quantity.micro(),
            line.first.from.0,
            line.last.to.0
        ])?;
    }
    for (barcode, code) in &sheet.folded.unknown {
        let proposed = sheet.folded.proposed.get(barcode);
        conn.prepare_cached(
            "INSERT INTO unknown_barcode
                 (sheet_id, barcode, site_id, quantity_micro, at, proposed_item_id, proposed_factor_micro)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )?
        .execute(params![
            key,
            barcode,
            row.site.0,
            code.quantity.micro(),
            code.at.0,
            proposed.map(|(item, _)| item.0),
            proposed.map(|(_, factor)| factor.micro())
        ])?;
    }
    for barcode in named {
        conn.prepare_cached("INSERT INTO named_barcode (sheet_id, barcode, site_id) VALUES ($1, $2, $3)")?
            .execute(params![key, barcode, row.site.0])?;
    }
    tx.memory.folded.insert(id, sheet);
    Ok(())
}

/// A closed sheet with everything on it, as remembered or folded anew from its events.
pub(super) fn folded(tx: &mut WriteTx<'_>, row: &SheetRow) -> Result<Arc<ClosedSheet>, Error> {
    if let Some(sheet) = tx.memory.folded.get(&row.id) {
        return Ok(Arc::clone(sheet));
    }
    let sheet = Arc::new(build(tx, row, None)?.0);
    tx.memory.folded.insert(row.id, Arc::clone(&sheet));
    Ok(sheet)
}

/// The sheet, and which of the barcodes that were unknown when they were read have a name by now.
fn build(
    tx: &mut WriteTx<'_>,
    row: &SheetRow,
    events: Option<Vec<(u64, Event)>>,
) -> Result<(ClosedSheet, BTreeSet<String>), Error> {
    let events = match events {
        Some(events) => events,
        None => read_back(tx, row)?,
    };
    let names = names(tx, row.site, &events)?;
    let folded: FoldedSheet =
        fold(events.iter().map(|(seq, event)| (*seq, event)), &|barcode| names.get(barcode).cloned());
    let log = match tx.memory.logs.values().find(|log| log.no == row.log_no) {
        Some(log) => log.id,
        None => {
            log::find_by_no(tx.conn(), row.log_no)?.ok_or_else(|| Error::unreadable("sheet", "its log is gone"))?.id
        }
    };
    let bare = |at| Window { from: at, to: at };
    let sheet = ClosedSheet {
        sheet: row.id,
        person: row.person,
        device: row.device,
        log,
        open_seq: row.open_seq,
        intent: row.intent,
        opened_at: folded.opened.as_ref().map_or(bare(row.opened_at), |opened| opened.at),
        closed_at: folded.closed.as_ref().map_or(bare(row.closed_at.unwrap_or(row.opened_at)), |closed| closed.at),
        location_done: row.location_done.unwrap_or(false),
        folded,
    };
    Ok((sheet, names.into_keys().collect()))
}

/// An entry of a sheet as it is stored.
pub(super) struct StoredEntry {
    seq: u64,
    /// Its exact bytes.
    pub body: Vec<u8>,
    event: Event,
}

/// Everything that counts of a sheet before a fact, in the order in which it arrived.
pub(super) fn stored(tx: &WriteTx<'_>, row: &SheetRow, before: Position) -> Result<Vec<StoredEntry>, Error> {
    stored_up_to(tx, row, i64::MAX, before.0)
}

/// Entries of the sheet's log up to a number, and those that stand elsewhere (see [`super::rescue`]), without those that
/// were set aside.
fn stored_up_to(tx: &WriteTx<'_>, row: &SheetRow, last: i64, before: i64) -> Result<Vec<StoredEntry>, Error> {
    let mut statement = tx.conn().prepare_cached(
        "SELECT f.position, f.seq, f.body FROM fact f LEFT JOIN mark m ON m.position = f.position
         WHERE f.log_no = $1 AND f.seq BETWEEN $2 AND $3 AND f.event_id IS NOT NULL AND f.position < $4
            AND (m.mark IS NULL OR m.mark = 'needs_confirm' OR m.state = 'released')
         UNION ALL
         SELECT f.position, f.seq, f.body FROM sheet_entry e JOIN fact f ON f.position = e.position
         WHERE e.sheet_id = $5 AND f.position < $4
         ORDER BY 1",
    )?;
    let key = row.id.as_bytes().as_slice();
    let mut rows = statement.query(params![row.log_no, row.open_seq.cast_signed(), last, before, key])?;
    let mut entries = Vec::new();
    while let Some(found) = rows.next()? {
        let seq = found.get::<_, i64>("seq")?.cast_unsigned();
        let body: Vec<u8> = found.get("body")?;
        match upcast::read(&body) {
            Ok(event) if event.sheet == Some(row.id) => entries.push(StoredEntry { seq, body, event }),
            Ok(_) => {}
            // what stands behind the sheet, and is marked when its turn comes
            Err(_) if last == i64::MAX => {}
            Err(_) => return Err(Error::unreadable("event", "it is not what was accepted")),
        }
    }
    Ok(entries)
}

/// The sheet's events from the facts. Where some of them stand elsewhere, all are numbered in the order in which they
/// arrived, and the closing is the last of them.
fn read_back(tx: &WriteTx<'_>, row: &SheetRow) -> Result<Vec<(u64, Event)>, Error> {
    if !super::rescue::is_elsewhere(tx, row.id)? {
        let last = row.close_seq.unwrap_or(row.open_seq).cast_signed();
        let entries = stored_up_to(tx, row, last, i64::MAX)?;
        return Ok(entries.into_iter().map(|entry| (entry.seq, entry.event)).collect());
    }
    let mut events = Vec::new();
    // the log in which it was closed may not be the one in which it was opened
    for entry in stored_up_to(tx, row, i64::MAX, i64::MAX)? {
        let closes = matches!(entry.event.kind, shared::event::EventKind::SheetClosed { .. });
        events.push((events.len() as u64 + 1, entry.event));
        if closes {
            break;
        }
    }
    Ok(events)
}

/// What the unknown barcodes among the events are called by now.
fn names(tx: &WriteTx<'_>, site: SiteId, events: &[(u64, Event)]) -> Result<HashMap<String, Named>, Error> {
    let mut names = HashMap::new();
    for (_, event) in events {
        let shared::event::EventKind::UnknownBarcode { raw, .. } = &event.kind else { continue };
        if names.contains_key(raw) {
            continue;
        }
        let named = tx
            .conn()
            .prepare_cached("SELECT item_id, pack_factor_micro FROM barcode WHERE site_id = $1 AND barcode = $2")?
            .query_row(params![site.0, raw], |row| {
                Ok(Named {
                    key: ItemKey::untracked(ItemId(row.get("item_id")?)),
                    pack_factor: Quantity::from_micro(row.get("pack_factor_micro")?),
                })
            })
            .optional()?;
        if let Some(named) = named {
            names.insert(raw.clone(), named);
        }
    }
    Ok(names)
}

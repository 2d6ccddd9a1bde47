//! Marks on events, and what people decide about them: confirmed, set aside, let take effect, dismissed.
//!
//! An event that is let take effect is applied as of the decision, as if it had arrived late; at its own place it stays
//! without effect, so that a rebuild comes to the same. Absent: what may be decided ([`shared::mark`]).

use super::{
    event::{self, Arrived},
    incident,
    place::{Why, judge_place},
    trace::history,
};
use crate::store::{Error, Header, WriteTx, fact, log, mark as table, sheet};
use rusqlite::params;
use shared::{
    api::history::Subject,
    event::upcast,
    id::{CountId, LocationId, LogId, SheetId},
    mark::{MarkDecision, MarkState},
    sync::{
        message::Mark,
        receive::{Odd, read_body},
    },
};
use std::collections::BTreeSet;

/// Marks an event.
pub(super) fn put(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    mark: Mark,
    code: &'static str,
) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO mark (position, site_id, log_no, seq, device_id, mark, code) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )?
        .execute(params![
            header.position.0,
            header.site.0,
            arrived.log_no,
            arrived.seq.cast_signed(),
            arrived.device.0,
            mark.word(),
            code
        ])?;
    tx.changed(header.site, "incident", header.position);
    history(tx, header, Subject::Device, arrived.device.0)
}

/// Takes the effect of an event that was applied: it does not fit after all.
pub(super) fn quarantine(tx: &WriteTx<'_>, header: &Header, position: i64, code: &str) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO mark (position, site_id, log_no, seq, device_id, mark, code)
             SELECT f.position, $1, f.log_no, f.seq, g.device_id, 'quarantined', $2
             FROM fact f JOIN device_log g ON g.log_no = f.log_no WHERE f.position = $3
             ON CONFLICT (position) DO UPDATE SET mark = excluded.mark, code = excluded.code, state = 'open',
                decided_at = NULL, decided_by = NULL, reason = ''",
        )?
        .execute(params![header.site.0, code, position])?;
    Ok(())
}

/// Applies a decision to every event it names that is still open.
pub(super) fn decided(
    tx: &mut WriteTx<'_>,
    header: &Header,
    (log, seqs): (LogId, &[u64]),
    decision: MarkDecision,
    reason: &str,
) -> Result<(), Error> {
    let Some(log) = log::find(tx.conn(), log)? else { return Ok(()) };
    let mut set_aside: BTreeSet<SheetId> = BTreeSet::new();
    for seq in seqs {
        let Some(marked) = table::find_open(tx.conn(), log.no, *seq)? else { continue };
        set_state(tx, header, marked.position, decision.state(), reason)?;
        match decision {
            MarkDecision::Confirm | MarkDecision::Dismiss => {}
            MarkDecision::Release => release(tx, header, &marked)?,
            MarkDecision::NotTheirs => set_aside.extend(sheets_of(tx, header, &marked)?),
        }
    }
    put_aside(tx, header, &set_aside)?;
    tx.changed(header.site, "incident", header.position);
    history(tx, header, Subject::Device, log.device.0)
}

fn set_state(tx: &WriteTx<'_>, header: &Header, position: i64, state: MarkState, reason: &str) -> Result<(), Error> {
    tx.conn()
        .prepare_cached(
            "UPDATE mark SET state = $1, decided_at = $2, decided_by = $3, reason = $4 WHERE position = $5",
        )?
        .execute(params![state.word(), header.recorded_at.0, header.actor.map(|person| person.0), reason, position])?;
    Ok(())
}

/// Lets an event take effect. Where it still does not fit it stays open, with why it does not.
fn release(tx: &mut WriteTx<'_>, header: &Header, marked: &table::MarkRow) -> Result<(), Error> {
    let Some(stored) = fact::find(tx.conn(), marked.position)? else { return Ok(()) };
    let id = stored.log.and_then(|place| place.id);
    let reading = match (id, std::str::from_utf8(&stored.body)) {
        (None, _) => Err("id_known"),
        (Some(id), Ok(body)) => read_body(body, id).map_err(Odd::code),
        (Some(_), Err(_)) => Err(Odd::Malformed.code()),
    };
    let arrived = Arrived { log_no: marked.log_no, device: marked.device, seq: marked.seq, id };
    let fits = match reading {
        Err(code) => Err(code),
        Ok(event) => {
            // whoever recorded it did; whoever decided stands in the mark
            let header = Header { actor: Some(event.actor), origin: stored.header.origin, ..header.clone() };
            event::release(tx, &header, &arrived, event)?
        }
    };
    if let Err(code) = fits {
        tx.conn()
            .prepare_cached(
                "UPDATE mark SET state = 'open', decided_at = NULL, decided_by = NULL, reason = '', code = $1,
                    mark = CASE WHEN mark = 'needs_confirm' THEN mark WHEN $1 = 'unknown_kind' THEN 'deferred' ELSE 'quarantined' END
                 WHERE position = $2",
            )?
            .execute(params![code, marked.position])?;
    }
    incident::arrived(tx, header, marked.log_no, marked.seq)
}

/// The visits that a marked event says its person made: its own, or all from an unlocking to the next.
fn sheets_of(tx: &mut WriteTx<'_>, header: &Header, marked: &table::MarkRow) -> Result<Vec<SheetId>, Error> {
    let Some(stored) = fact::find(tx.conn(), marked.position)? else { return Ok(Vec::new()) };
    let Ok(event) = upcast::read(&stored.body) else { return Ok(Vec::new()) };
    sheet::flush(tx)?;
    if event.kind.is_take_over() {
        let until = table::next_hand_over(tx.conn(), marked.log_no, marked.seq)?;
        return table::list_sheets(tx.conn(), marked.log_no, event.actor, (marked.seq, until), header.position);
    }
    Ok(event.sheet.into_iter().collect())
}

/// Sets sheets aside: their places are judged anew without them. They stay as evidence.
fn put_aside(tx: &mut WriteTx<'_>, header: &Header, sheets: &BTreeSet<SheetId>) -> Result<(), Error> {
    let mut places: BTreeSet<(CountId, LocationId)> = BTreeSet::new();
    for id in sheets {
        let Some(working) = sheet::working(tx, *id)? else { continue };
        if working.row.set_aside {
            continue;
        }
        working.row.set_aside = true;
        places.insert((working.row.count, working.row.location));
        sheet::touch(tx, *id);
    }
    for (count, location) in places {
        history(tx, header, Subject::Location, location.0)?;
        judge_place(tx, header, count, location, Why::Evidence)?;
    }
    Ok(())
}

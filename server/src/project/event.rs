//! What handhelds recorded, applied: sheets opened, their entries counted, bins skipped. An event that does not fit is
//! marked and kept, and has no effect; nothing is refused (`SYNC.md` section 3).
//!
//! Absent: what a closed sheet says ([`super::sheet`]) and what follows from it ([`super::place`]).

use super::{
    access, attach, incident, known, mark,
    place::{Why, judge_place},
    rescue::{self, Twin},
    sheet,
    trace::{Finding, finding, history},
    words,
};
use crate::store::{
    Error, Header, WriteTx, device, mark as table,
    sheet::{SheetRow, begin, touch, working},
};
use shared::{
    access::Doubt,
    api::history::Subject,
    event::{Event, EventKind, SheetIntent, SkipReason},
    id::{DeviceId, EventId, LocationId, SheetId, SiteId, TaskId},
    policy::Meaning,
    sync::{message::Mark, receive::Odd},
};

/// Where an event came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived {
    pub log_no: i64,
    pub device: DeviceId,
    pub seq: u64,
    /// `None`: its id is that of another event, so it takes no effect a second time (I4).
    pub id: Option<EventId>,
}

/// What became of an event beyond being stored.
pub(crate) type Marked = Option<(Mark, &'static str)>;

/// Applies one event, and marks it where it does not fit.
pub(crate) fn apply_event(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    reading: Result<Event, Odd>,
) -> Result<Marked, Error> {
    let marked = judge(tx, header, arrived, reading)?;
    incident::arrived(tx, header, arrived.log_no, arrived.seq)?;
    if let Some((mark, code)) = marked {
        mark::put(tx, header, arrived, mark, code)?;
    }
    Ok(marked)
}

fn judge(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    reading: Result<Event, Odd>,
) -> Result<Marked, Error> {
    if arrived.id.is_none() {
        match rescue::twin(tx, header, arrived, reading.as_ref().ok())? {
            Twin::Stranger => return Ok(Some((Mark::Quarantined, "id_known"))),
            Twin::Counted => return Ok(None),
            // it had no effect where it stood first, so it may have one here
            Twin::SetAside => {}
        }
    }
    let event = match reading {
        Ok(event) => event,
        Err(odd) => return Ok(Some((odd.mark(), odd.code()))),
    };
    if let Some(code) = unfit_device(tx, header.site, arrived.device)? {
        return Ok(Some((Mark::Quarantined, code)));
    }
    let confirm = confirmed(access::doubt(tx, header, arrived, &event)?);
    match apply_kind(tx, header, arrived, event)? {
        Ok(marked) => Ok(marked.or(confirm)),
        Err(code) => Ok(Some((Mark::Quarantined, code))),
    }
}

/// The mark of what somebody has to confirm.
fn confirmed(doubt: Option<Doubt>) -> Marked {
    doubt.map(|doubt| (Mark::NeedsConfirm, doubt.code()))
}

/// Why nothing of a handheld takes effect at the site: it was revoked, or it was enrolled at another one.
fn unfit_device(tx: &mut WriteTx<'_>, site: SiteId, device: DeviceId) -> Result<Option<&'static str>, Error> {
    if !tx.memory.devices.contains_key(&device) {
        device::known(tx, device)?;
    }
    Ok(match tx.memory.devices.get(&device).and_then(Option::as_ref) {
        None => Some("device_revoked"),
        Some(row) if row.revoked => Some("device_revoked"),
        Some(row) if row.site != site => Some("device_of_other_site"),
        Some(_) => None,
    })
}

/// Applies an event that somebody let take effect. The inner error is the code of one that still does not fit.
pub(super) fn release(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    event: Event,
) -> Result<Result<(), &'static str>, Error> {
    if let Some(id) = event.sheet
        && let Some(working) = working(tx, id)?
        && working.row.log_no == arrived.log_no
    {
        // its place is between others: the visit is read back, not put together as it comes
        working.events = None;
        let row = &working.row;
        let is_inside = row.open_seq < arrived.seq && row.close_seq.is_some_and(|close| arrived.seq < close);
        if rescue::is_elsewhere(tx, id)? {
            // put together by hand already, perhaps with a second copy of this very entry
            return Ok(Err("put_together"));
        }
        if is_inside {
            return insert(tx, header, id, &event);
        }
    }
    Ok(apply_kind(tx, header, arrived, event)?.map(drop))
}

/// Puts an entry into a visit that is closed already: it is folded and its place judged again.
fn insert(
    tx: &mut WriteTx<'_>,
    header: &Header,
    id: SheetId,
    event: &Event,
) -> Result<Result<(), &'static str>, Error> {
    if let Some(code) = unfit_item(tx, header.site, event)? {
        return Ok(Err(code));
    }
    if let Some(working) = working(tx, id)? {
        working.row.entries += 1;
        working.row.received_at = header.recorded_at;
        working.row.ends_at = working.row.ends_at.max(Some(event.at.window().to));
    }
    touch(tx, id);
    if let Some((count, location)) = sheet::fold_again(tx, id)? {
        judge_place(tx, header, count, location, Why::Evidence)?;
    }
    Ok(Ok(()))
}

/// Applies what happened. The inner error is the code of an event that does not fit.
fn apply_kind(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    event: Event,
) -> Result<Result<Marked, &'static str>, Error> {
    match &event.kind {
        EventKind::SheetOpened { location, .. } => {
            let location = *location;
            if let Some(code) = unfit_location(tx, header.site, location)? {
                return Ok(Err(code));
            }
            opened(tx, header, arrived, event, location)
        }
        EventKind::LocationSkipped { location, task, reason } => {
            if let Some(code) = unfit_location(tx, header.site, *location)? {
                return Ok(Err(code));
            }
            skipped(tx, header, *location, *task, *reason).map(|()| Ok(None))
        }
        EventKind::Unlocked { verified } => {
            history(tx, header, Subject::Person, event.actor.0)?;
            history(tx, header, Subject::Device, arrived.device.0)?;
            let doubt = access::unlocked(tx, header, arrived, (event.actor, *verified), event.at.window())?;
            Ok(Ok(confirmed(doubt)))
        }
        EventKind::HandheldTaken { by, grant } => {
            history(tx, header, Subject::Person, event.actor.0)?;
            history(tx, header, Subject::Device, arrived.device.0)?;
            let shown = (event.actor, *by, grant.as_ref());
            Ok(Ok(confirmed(access::taken(tx, header, arrived, shown, event.at.window())?)))
        }
        EventKind::Locked => {
            history(tx, header, Subject::Person, event.actor.0)?;
            history(tx, header, Subject::Device, arrived.device.0)?;
            access::given_back(tx, arrived)?;
            Ok(Ok(None))
        }
        EventKind::Scanned { .. }
        | EventKind::Keyed { .. }
        | EventKind::UnknownBarcode { .. }
        | EventKind::PackProposed { .. }
        | EventKind::Undone { .. }
        | EventKind::ConfirmedEmpty
        | EventKind::SheetClosed { .. } => entry(tx, header, arrived, event),
    }
}

fn unfit_location(tx: &mut WriteTx<'_>, site: SiteId, location: LocationId) -> Result<Option<&'static str>, Error> {
    Ok(match known::location(tx, location)? {
        None => Some("unknown_location"),
        Some(place) if place.site != site => Some("other_site"),
        Some(_) => None,
    })
}

fn unfit_item(tx: &mut WriteTx<'_>, site: SiteId, event: &Event) -> Result<Option<&'static str>, Error> {
    let Some(item) = event.kind.item() else { return Ok(None) };
    Ok(match known::item(tx, item)? {
        None => Some("unknown_item"),
        Some(known) if known.site != site => Some("other_site"),
        Some(_) => None,
    })
}

fn opened(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    event: Event,
    location: LocationId,
) -> Result<Result<Marked, &'static str>, Error> {
    let (Some(id), EventKind::SheetOpened { intent, .. }) = (event.sheet, &event.kind) else {
        return Ok(Err("no_sheet"));
    };
    if working(tx, id)?.is_some() {
        return Ok(Err("sheet_known"));
    }
    let intent = *intent;
    let place = attach::attach(tx, header, &event, location)?;
    // what was not theirs stays not theirs, however late it arrives, until somebody takes the handheld again
    let set_aside = table::is_disowned(tx.conn(), arrived.log_no, event.actor, arrived.seq)?;
    let row = SheetRow {
        id,
        site: header.site,
        log_no: arrived.log_no,
        device: arrived.device,
        person: event.actor,
        location,
        count: place.count,
        task: place.task,
        round: place.round,
        intent,
        open_seq: arrived.seq,
        close_seq: None,
        opened_at: event.at.instant(),
        closed_at: None,
        ends_at: Some(event.at.window().to),
        received_at: header.recorded_at,
        entries: 0,
        location_done: None,
        late: false,
        set_aside,
        carried_to: None,
    };
    begin(tx, row);
    keep(tx, id, arrived.seq, event);
    if arrived.id.is_none() {
        rescue::elsewhere(tx, header, id)?;
    }
    if set_aside {
        return Ok(Ok(None));
    }
    attach::begun(tx, header, place.task)?;
    // a part that is still open makes the whole incomplete; a count of its own does not touch the others
    let shared = known::count(tx, place.count)?.is_some_and(|count| count.policy.meaning == Meaning::Shared);
    if intent != SheetIntent::Own || shared {
        judge_place(tx, header, place.count, location, Why::Evidence)?;
    }
    Ok(Ok(None))
}

/// Keeps an event of an open sheet in memory, so that closing the sheet reads nothing back.
fn keep(tx: &mut WriteTx<'_>, sheet: SheetId, seq: u64, event: Event) {
    if let Some(events) = tx.memory.sheets.get_mut(&sheet).and_then(|working| working.events.as_mut()) {
        events.push((seq, event));
    }
}

fn entry(
    tx: &mut WriteTx<'_>,
    header: &Header,
    arrived: &Arrived,
    event: Event,
) -> Result<Result<Marked, &'static str>, Error> {
    let Some(id) = event.sheet else { return Ok(Err("no_sheet")) };
    if let Some(code) = unfit_item(tx, header.site, &event)? {
        return Ok(Err(code));
    }
    let Some(sheet) = working(tx, id)? else { return Ok(Err("unknown_sheet")) };
    if sheet.row.close_seq.is_some() {
        return Ok(Err("sheet_closed"));
    }
    // a sheet is one visit on one device: its entries are ordered by one log, by what could not be saved in it, and by the
    // log that it was left for
    let (home, goes_on_in) = (sheet.row.log_no, sheet.row.carried_to.unwrap_or(sheet.row.log_no));
    if goes_on_in != arrived.log_no || home != arrived.log_no {
        let row = sheet.row.clone();
        if let Err(code) = rescue::continues(tx, header, &row, arrived)? {
            return Ok(Err(code));
        }
    }
    if home != arrived.log_no || arrived.id.is_none() {
        rescue::elsewhere(tx, header, id)?;
    }
    let Some(working) = working(tx, id)? else { return Ok(Err("unknown_sheet")) };
    working.row.received_at = header.recorded_at;
    // the latest of all entries: a clock that was set back may have closed the sheet before it scanned
    working.row.ends_at = working.row.ends_at.max(Some(event.at.window().to));
    let closing = if let EventKind::SheetClosed { location_done } = event.kind {
        working.row.close_seq = Some(arrived.seq);
        working.row.closed_at = Some(event.at.instant());
        working.row.location_done = Some(location_done);
        true
    } else {
        working.row.entries += 1;
        false
    };
    keep(tx, id, arrived.seq, event);
    touch(tx, id);
    if closing {
        rescue::settle(tx, header, id)?;
        sheet::closed(tx, header, id)?;
    }
    Ok(Ok(None))
}

fn skipped(
    tx: &mut WriteTx<'_>,
    header: &Header,
    location: LocationId,
    task: Option<TaskId>,
    reason: SkipReason,
) -> Result<(), Error> {
    let word = serde_json::to_value(reason).map_err(|error| Error::unreadable("reason", error))?;
    let word = word.as_str().unwrap_or_default().to_owned();
    history(tx, header, Subject::Location, location.0)?;
    if let Some(task) = attach::task_to_skip(tx, location, task)? {
        return attach::skip(tx, header, task, &word);
    }
    let code = words::location(tx.conn(), location)?;
    let sentence = format!("{code} could not be counted ({}), and no task was open for it.", word.replace('_', " "));
    let person = header.actor;
    let at = header.recorded_at;
    finding(tx, header, &Finding { kind: "skipped", sentence, location: Some(location), item: None, person, at })
}

//! Somebody at the desk types a paper count sheet in. It becomes what a handheld would have recorded: events of the
//! person who counted, in the chained log of the site's paper, taken by the same push as any handheld's. Who typed it is
//! a fact of its own, because they decide about it as little as whoever counted.
//!
//! Absent: judging. A sheet that came on paper is judged, recounted and approved like any other.

use super::{Doer, Failure, decide::decider, push};
use crate::{
    read::label,
    store::{Error, ReadTx, WriteTx, device, number, number::Numbered, paper, person, site},
};
use chrono::{NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
use shared::{
    api::paper::{NewPaperSheet, PaperSheet, SheetTyped},
    event::{CaptureTime, EVENT_VERSION, Event, EventKind, SheetIntent},
    fact::Fact,
    id::{DeviceId, EventId, ItemId, LogId, SheetId, SiteId},
    moment::Moment,
    paper::{PaperCode, UNCERTAINTY_MINUTES_MAX, entries},
    sync::{
        log::Chain,
        message::{Belief, ClockSample, Head, LogReason, PROTOCOL, PushRequest, PushedEvent},
        receive::read_body,
    },
};
use uuid::Uuid;

/// What the site's paper is called where handhelds are named.
pub const PAPER: &str = "Paper";
/// A written time in the form in which forms of browsers send it.
const WRITTEN: &str = "%Y-%m-%dT%H:%M";
const MINUTE_MS: i64 = 60_000;

/// Types a sheet in.
///
/// # Errors
/// `bad_code`, `already_typed`, `not_found`, `bad_time`, `bad_item`, `paper_closed`, and those of [`entries`].
pub fn type_sheet(tx: &mut WriteTx<'_>, doer: &Doer, new: &NewPaperSheet) -> Result<SheetTyped, Failure> {
    decider(doer)?;
    let (code, found) = find_sheet(&tx.as_read(), doer.site, &new.code)?;
    if let Some(typed) = found.typed {
        let sentence = format!(
            "{} has typed this sheet in already, as the count of {}. Compare the code; another sheet has another one.",
            typed.typist, typed.counter
        );
        return Err(Failure::refused("already_typed", sentence));
    }
    let counter = person::find(&tx.as_read(), new.person)?.ok_or_else(|| Failure::not_found("person"))?;
    let at = written(tx.now(), zone(&tx.as_read(), doer.site)?, new)?;
    let kinds = entries(&new.lines, new.is_empty)?;
    check_items(&tx.as_read(), doer.site, new)?;
    let count = paper::find_count(tx.conn(), code.task)?.ok_or_else(|| Failure::not_found("task"))?;
    let device = open(tx, doer)?;

    let sheet = code.sheet(doer.site);
    let fact = Fact::PaperSheetTyped {
        sheet,
        code: code.to_string(),
        task: code.task,
        location: found.location,
        person: new.person,
    };
    tx.append(doer.site, doer.person, doer.origin, &fact)?;
    let intent = SheetIntent::Own;
    let opened = EventKind::SheetOpened { location: found.location, task: Some(code.task), count: Some(count), intent };
    let closed = EventKind::SheetClosed { location_done: new.location_done };
    let kinds = std::iter::once(opened).chain(kinds).chain([closed]);
    let request = write(tx, device, &Sheet { id: sheet, new, at }, kinds)?;
    let readings = request.events.iter().map(|event| read_body(&event.body, event.id)).collect();
    let answer = push::push(tx, device, &request, readings)?;
    let lines = u32::try_from(new.lines.len()).unwrap_or(u32::MAX);
    let mut marks: Vec<String> = answer.notes.into_iter().map(|note| note.code).collect();
    marks.dedup();
    Ok(SheetTyped { location_code: found.location_code, counter: counter.name, lines, marks })
}

/// What a typed code stands for.
///
/// # Errors
/// `bad_code`, `not_found`.
pub fn find_sheet(tx: &ReadTx<'_>, site: SiteId, code: &str) -> Result<(PaperCode, PaperSheet), Failure> {
    let code: PaperCode = code.parse().map_err(|error| Failure::refused("bad_code", format!("{code}: {error}.")))?;
    let found = label::find_sheet(tx, site, code)?;
    let mut found = found.ok_or_else(|| Failure::not_found("task for this sheet"))?;
    found.now = wall_clock(tx, site)?.format(WRITTEN).to_string();
    Ok((code, found))
}

/// What the clocks on the site's walls show.
///
/// # Errors
/// Those of the store.
pub fn wall_clock(tx: &ReadTx<'_>, site: SiteId) -> Result<chrono::DateTime<Tz>, Failure> {
    let now = chrono::DateTime::from_timestamp_millis(tx.now().0).unwrap_or_default();
    Ok(now.with_timezone(&zone(tx, site)?))
}

/// The site's own clock, which is the one on its walls.
fn zone(tx: &ReadTx<'_>, site: SiteId) -> Result<Tz, Failure> {
    let found = site::find(tx, site)?.ok_or_else(|| Failure::not_found("site"))?;
    Ok(found.time_zone.parse().map_err(|error| Error::unreadable("time zone", error))?)
}

/// The written time. A time to come is a slip of the pen or of the typist: the paper is still there to be looked at.
fn written(now: Moment, zone: Tz, new: &NewPaperSheet) -> Result<CaptureTime, Failure> {
    let text = new.written_at.as_str();
    let local = NaiveDateTime::parse_from_str(text, WRITTEN).ok();
    // in the hour that comes twice it is the first; nobody wrote down which
    let at = local.and_then(|local| zone.from_local_datetime(&local).earliest());
    let Some(at) = at.map(|at| Moment(at.timestamp_millis())) else {
        let sentence = format!("\"{text}\" is no time of this site's clock; it looks like 2026-11-23T14:30.");
        return Err(Failure::refused("bad_time", sentence));
    };
    let minutes = new.uncertainty_minutes;
    if !(1..=UNCERTAINTY_MINUTES_MAX).contains(&minutes) {
        let sentence = format!("A written time is sure to 1 to {UNCERTAINTY_MINUTES_MAX} minutes, not to {minutes}.");
        return Err(Failure::refused("bad_time", sentence));
    }
    if at > now {
        let sentence =
            "The time on the sheet has not come yet. Look at the paper again: date and time may be mixed up.";
        return Err(Failure::refused("bad_time", sentence));
    }
    Ok(CaptureTime { wall_ms: at.0, offset_ms: 0, uncertainty_ms: i64::from(minutes) * MINUTE_MS })
}

fn check_items(tx: &ReadTx<'_>, site: SiteId, new: &NewPaperSheet) -> Result<(), Failure> {
    let items: Vec<ItemId> = new.lines.iter().filter_map(|line| line.item).collect();
    match label::list_foreign_items(tx, site, &items)?.first() {
        None => Ok(()),
        Some(item) => {
            let sentence =
                format!("There is no item with the number {item} at this site. Choose it from the list again.");
            Err(Failure::refused("bad_item", sentence))
        }
    }
}

/// The handheld under which the site's paper stands; made with the first sheet.
fn open(tx: &mut WriteTx<'_>, doer: &Doer) -> Result<DeviceId, Failure> {
    if let Some(known) = paper::find_device(tx.conn(), doer.site)? {
        if device::known(tx, known)?.is_none_or(|row| row.revoked) {
            let sentence = "An admin has revoked the handheld that paper sheets stand under, so nothing can be typed in. Ask them why.";
            return Err(Failure::refused("paper_closed", sentence));
        }
        return Ok(known);
    }
    let device = DeviceId(number::next(tx, Numbered::Device)?);
    let mut name = PAPER.to_owned();
    for number in 2.. {
        if !device::is_name_taken(&tx.as_read(), doer.site, &name)? {
            break;
        }
        name = format!("{PAPER}-{number}");
    }
    tx.append(doer.site, doer.person, doer.origin, &Fact::PaperOpened { device, name })?;
    Ok(device)
}

struct Sheet<'a> {
    id: SheetId,
    new: &'a NewPaperSheet,
    at: CaptureTime,
}

/// The sheet's events as a push of the site's paper.
fn write(
    tx: &mut WriteTx<'_>,
    device: DeviceId,
    sheet: &Sheet<'_>,
    kinds: impl Iterator<Item = EventKind>,
) -> Result<PushRequest, Failure> {
    let (now, timeline) = (tx.now(), tx.identity()?.timeline);
    let known = paper::find_log(tx.conn(), device)?;
    let log = known.map_or_else(|| Ok(LogId::from_parts(now.0, &random()?)), |log| Ok::<_, Error>(log.id))?;
    let held = known.map_or(Head { seq: 0, chain: Chain::start(log) }, |log| log.head);
    let (mut head, mut events) = (held, Vec::new());
    for kind in kinds {
        let id = EventId::from_parts(now.0, &random()?);
        let event = Event { v: EVENT_VERSION, id, actor: sheet.new.person, sheet: Some(sheet.id), at: sheet.at, kind };
        let body = serde_json::to_string(&event).map_err(|error| Error::unreadable("event", error))?;
        head = Head { seq: head.seq + 1, chain: head.chain.next(body.as_bytes()) };
        events.push(PushedEvent { seq: head.seq, id, body });
    }
    Ok(PushRequest {
        protocol: PROTOCOL,
        app: "typed at the desk".into(),
        nonce: Uuid::from_bytes(*EventId::from_parts(now.0, &random()?).as_bytes()),
        log,
        reason: LogReason::Fresh,
        durable: known.map(|log| Belief { head: log.head, timeline }),
        head,
        others: Vec::new(),
        missing: Default::default(),
        prev: Some(held.chain),
        events,
        clock: ClockSample { wall_ms: now.0, monotonic_ms: 0, offset_ms: 0 },
        storage: None,
    })
}

fn random() -> Result<[u8; 10], Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// The number of a sheet that is about to be printed: twenty random bits.
///
/// # Errors
/// [`Error::Random`] when the operating system has none.
pub fn new_number() -> Result<u32, Error> {
    let [a, b, c, ..] = random()?;
    Ok(u32::from_be_bytes([0, a, b, c]))
}

//! A file that somebody carried in from a handheld is stored: its events as a push would have stored them, its entries
//! that were never saved in a log of their own (`SYNC.md` section 2). What is here already is skipped, so the same file may
//! be brought as often as anybody likes.
//!
//! Absent: reading the text ([`shared::sync::rescue`]) and what an event means. Nothing is refused for what it says; a file
//! of a handheld that nobody knows is kept as it is.

use super::{
    Doer, Failure,
    push::{Deposited, deposit},
};
use crate::store::{
    self, Identity, Store, WriteTx,
    device::{self, DeviceRow},
    log,
    rescue::{self as table, Known},
};
use sha2::{Digest, Sha256};
use shared::{
    api::rescue::{RescueMark, RescueReport, RescuedLog, Tally},
    fact::Fact,
    id::{DeviceId, LogId},
    sync::{
        log::Chain,
        message::{
            BATCH_BYTES_MAX, BATCH_EVENTS_MAX, ClockSample, EventNote, Head, LogReason, PROTOCOL, PushRequest,
            PushedEvent,
        },
        receive::read_body,
        rescue::{After, Rescue, Run, frame, looks_like, read},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Why nothing was kept: something is wrong, or only a try was wished.
enum Stop {
    Tried(Box<RescueReport>),
    Failed(Failure),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Stores what a text holds, or says with `dry_run` what would become of it.
///
/// # Errors
/// `bad_rescue`, `bad_codes`; [`Failure::Store`] when nothing was kept.
pub async fn rescue(store: &Store, doer: Doer, text: String, dry_run: bool) -> Result<RescueReport, Failure> {
    let (text, identity) = (text_of(text)?, store.identity());
    untried(store.write(move |tx| take_or_try(tx, identity, &doer, &text, dry_run)).await)
}

/// As [`rescue`], for the command line.
///
/// # Errors
/// As [`rescue`].
pub fn rescue_blocking(store: &Store, doer: Doer, text: String, dry_run: bool) -> Result<RescueReport, Failure> {
    let (text, identity) = (text_of(text)?, store.identity());
    untried(store.write_blocking(move |tx| take_or_try(tx, identity, &doer, &text, dry_run)))
}

fn untried(ended: Result<RescueReport, Stop>) -> Result<RescueReport, Failure> {
    match ended {
        Ok(report) => Ok(report),
        Err(Stop::Tried(report)) => Ok(*report),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}

/// The text of a file, whether it came as a file or as QR codes.
fn text_of(text: String) -> Result<String, Failure> {
    if looks_like(&text) {
        return Ok(text);
    }
    let codes = frame::join(&text);
    match codes.text {
        Some(text) if looks_like(&text) => Ok(text),
        None if codes.total > 0 => {
            let missing: Vec<_> = codes.missing.iter().map(u16::to_string).collect();
            let which = if missing.is_empty() { "one that was read wrongly".to_owned() } else { missing.join(", ") };
            let sentence =
                format!("Of {} codes these are missing: {which}. Scan them and send all again.", codes.total);
            Err(Failure::refused("bad_codes", sentence))
        }
        _ => Err(Failure::refused(
            "bad_rescue",
            "This is no rescue file and no code of one: not one line of it can be read. Nothing was stored. Export it \
             again on the handheld, and bring the file as it is.",
        )),
    }
}

fn take_or_try(
    tx: &mut WriteTx<'_>,
    identity: Identity,
    doer: &Doer,
    text: &str,
    dry_run: bool,
) -> Result<RescueReport, Stop> {
    let (device, mut report) = take(tx, identity, doer, &read(text))?;
    report.kept = report.tally.is_left() || !report.damages.is_empty();
    report.dry_run = dry_run;
    if dry_run {
        // a job that fails is taken back whole, which is what is wished here
        return Err(Stop::Tried(Box::new(report)));
    }
    let brought = report.tally.new + report.tally.apart + report.tally.conflicting;
    if brought > 0 {
        let file = hash_of(text).iter().map(|byte| format!("{byte:02x}")).collect();
        let fact = Fact::RescueTaken { device, file, new: brought };
        tx.append(doer.site, doer.person, doer.origin, &fact)?;
    }
    let file = report.kept.then_some(text);
    table::keep(tx, &hash_of(text), (doer.site, doer.person), file, &report)?;
    Ok(report)
}

/// What a text is known by.
pub fn hash_of(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Whose file it was, where it is somebody's here, and what became of it.
type Taken = (Option<DeviceId>, RescueReport);

fn take(tx: &mut WriteTx<'_>, identity: Identity, doer: &Doer, file: &Rescue) -> Result<Taken, Failure> {
    let (report, marks) = (RescueReport::default(), BTreeMap::new());
    let mut import = Import { tx, identity, doer, file, device: None, report, marks };
    import.report.device_name = file.origin.as_ref().map(|origin| origin.device_name.clone()).unwrap_or_default();
    import.report.damages.clone_from(&file.damages);
    import.report.damages_unnamed = file.damages_unnamed;
    for run in &file.runs {
        import.run(run)?;
    }
    import.unsaved()?;
    let Import { device, mut report, marks, .. } = import;
    report.tally = report.logs.iter().fold(report.unsaved, |sum, log| sum.plus(log.tally));
    report.marks = marks.into_iter().map(|(code, events)| RescueMark { code, events }).collect();
    Ok((device, report))
}

/// One import under way.
struct Import<'a, 'c> {
    tx: &'a mut WriteTx<'c>,
    identity: Identity,
    doer: &'a Doer,
    file: &'a Rescue,
    device: Option<DeviceId>,
    report: RescueReport,
    marks: BTreeMap<String, u64>,
}

impl Import<'_, '_> {
    /// The handheld that a log belongs to: whom it is bound to here, else whom the file says, where it is of this server.
    /// `None`: nobody here, or somebody of another site.
    fn owner(&mut self, log: LogId, said: Option<DeviceId>) -> Result<Option<DeviceRow>, Failure> {
        let origin = self.file.origin.as_ref().filter(|origin| origin.server == self.identity.server);
        let device = match log::known(self.tx, log)? {
            Some(bound) => Some(bound.device),
            None => origin.map(|origin| said.unwrap_or(origin.device)),
        };
        let Some(device) = device else { return Ok(None) };
        let owner = device::known(self.tx, device)?.filter(|owner| owner.site == self.doer.site);
        if let Some(owner) = &owner {
            self.report.device_name.clone_from(&owner.name);
            self.device = Some(owner.id);
        }
        Ok(owner)
    }

    /// Events that follow each other without a gap.
    fn run(&mut self, run: &Run) -> Result<(), Failure> {
        let count = run.events.len() as u64;
        let Some(owner) = self.owner(run.log, run.device)? else {
            self.tally(run, Tally { foreign: count, ..Tally::default() });
            return Ok(());
        };
        if let Some(prev) = self.before(run)? {
            let events = run.events.iter().map(|event| (event.seq, event.id, event.body.as_str()));
            let part = Part { log: run.log, reason: run.reason.unwrap_or(LogReason::Rescue), prev, after: None };
            if let Some(tally) = self.deposit(&owner, &part, events)? {
                self.tally(run, tally);
                return Ok(());
            }
        }
        // what comes before them is neither here nor in the file: they cannot continue their log
        let events = (1..).zip(&run.events).map(|(seq, event)| (seq, event.id, event.body.as_str()));
        let log = run.stray_log();
        let part = Part { log, reason: LogReason::Rescue, prev: Chain::start(log), after: None };
        let tally = self.deposit(&owner, &part, events)?.unwrap_or_default();
        self.tally(run, Tally { new: 0, apart: tally.new, ..tally });
        Ok(())
    }

    /// The chain before the first event of a run, from the file or from what is held here.
    fn before(&mut self, run: &Run) -> Result<Option<Chain>, Failure> {
        let Some(first) = run.events.first() else { return Ok(None) };
        if run.prev.is_some() || first.seq <= 1 {
            return Ok(run.prev.or(Some(Chain::start(run.log))));
        }
        let held = self.chain_at(run.log, first.seq - 1)?;
        Ok(held.filter(|chain| chain.next(first.body.as_bytes()) == first.chain))
    }

    fn chain_at(&mut self, log: LogId, seq: u64) -> Result<Option<Chain>, Failure> {
        match log::known(self.tx, log)? {
            _ if seq == 0 => Ok(Some(Chain::start(log))),
            Some(row) if row.head.seq == seq => Ok(Some(row.head.chain)),
            Some(row) => Ok(log::chain_at(self.tx.conn(), row.no, seq)?),
            None => Ok(None),
        }
    }

    /// Stores events as a push would. `None`: they do not continue what is here.
    fn deposit<'e>(
        &mut self,
        owner: &DeviceRow,
        part: &Part,
        events: impl Iterator<Item = (u64, shared::id::EventId, &'e str)>,
    ) -> Result<Option<Tally>, Failure> {
        let mut tally = Tally::default();
        let mut prev = part.prev;
        let mut events = events.peekable();
        while events.peek().is_some() {
            let (mut batch, mut bytes, before) = (Vec::new(), 0, prev);
            while let Some((seq, id, body)) = events.next_if(|(_, _, body)| {
                batch.is_empty() || batch.len() < BATCH_EVENTS_MAX && bytes + body.len() <= BATCH_BYTES_MAX
            }) {
                bytes += body.len();
                prev = prev.next(body.as_bytes());
                batch.push(PushedEvent { seq, id, body: body.to_owned() });
            }
            let head = Head { seq: batch.last().map_or(0, |event| event.seq), chain: prev };
            let readings = batch.iter().map(|event| read_body(&event.body, event.id)).collect();
            let request = PushRequest {
                protocol: PROTOCOL,
                app: String::new(),
                nonce: Uuid::nil(),
                log: part.log,
                reason: part.reason,
                durable: None,
                head,
                others: Vec::new(),
                prev: Some(before),
                events: batch,
                clock: ClockSample { wall_ms: 0, monotonic_ms: 0, offset_ms: 0 },
                storage: None,
                missing: Vec::new(),
            };
            let bound = log::known(self.tx, part.log)?;
            let Deposited { plan, notes, .. } = deposit(self.tx, owner, bound, &request, part.after, readings)?;
            if plan.want.is_some() {
                return Ok(None); // only ever of the first batch: each continues the one before it
            }
            let (new, conflicting) = (plan.appended(), plan.conflicting());
            let known = (plan.steps.len() as u64).saturating_sub(new + conflicting);
            tally = tally.plus(Tally { new, conflicting, known, ..Tally::default() });
            self.note(&notes);
        }
        Ok(Some(tally))
    }

    /// Entries that the handheld never saved.
    fn unsaved(&mut self) -> Result<(), Failure> {
        let (Some(log), Some(after)) = (self.file.unsaved_log(), self.file.after()) else { return Ok(()) };
        let entries = &self.file.unsaved;
        let count = entries.len() as u64;
        let Some(owner) = self.owner(after.log, None)? else {
            self.report.unsaved.foreign = count;
            return Ok(());
        };
        let mut known = 0;
        for entry in entries {
            known += u64::from(table::known(self.tx.conn(), entry.id, &entry.body)? == Known::Same);
        }
        if known == count || log::known(self.tx, log)?.is_some() {
            self.report.unsaved.known = count;
            return Ok(());
        }
        // in the order made: what the handheld did before them has to be here first
        if self.chain_at(after.log, after.seq)? != Some(after.chain) {
            self.report.unsaved = Tally { known, waiting: count - known, ..Tally::default() };
            return Ok(());
        }
        let part = Part { log, reason: LogReason::Rescue, prev: Chain::start(log), after: Some(after) };
        let events = (1..).zip(entries).map(|(seq, entry)| (seq, entry.id, entry.body.as_str()));
        let tally = self.deposit(&owner, &part, events)?.unwrap_or_default();
        self.report.unsaved = Tally { known, new: tally.new.saturating_sub(known), ..tally };
        Ok(())
    }

    fn tally(&mut self, run: &Run, tally: Tally) {
        match self.report.logs.iter_mut().find(|log| log.log == run.log) {
            Some(log) => log.tally = log.tally.plus(tally),
            None => {
                let reason = run.reason.unwrap_or(LogReason::Rescue);
                self.report.logs.push(RescuedLog { log: run.log, reason, tally });
            }
        }
    }

    fn note(&mut self, notes: &[EventNote]) {
        for note in notes {
            *self.marks.entry(note.code.clone()).or_default() += 1;
        }
    }
}

/// Where a part of a file goes.
struct Part {
    log: LogId,
    reason: LogReason,
    prev: Chain,
    after: Option<After>,
}
